"""Claims: a number that is registered already, and somebody says that it is theirs.

The holder of the present registration is told at once. Who holds the document can show it, so
officers decide (``claim_decisions.py``, which also says what comes of a clock that runs out).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.control.store import Alarm
from tongguan.app.ports import Transaction
from tongguan.app.registration.claim_decisions import (
    controls_of,
    tell_holder,
    uphold_due_claims,
)
from tongguan.app.registration.registering import (
    Registered,
    RegistrationIdTakenError,
    hold_number,
    record,
    register_free,
)
from tongguan.app.registration.requests import (
    RegistrationRefusal,
    RegistrationRefused,
    RegistrationRequest,
    Shown,
    assurance_of,
    is_slip_given,
    request_fault,
    request_hash,
)
from tongguan.app.registration.store import (
    ClaimState,
    NumberClaim,
    Registration,
    RegistrationRoute,
    RegistrationState,
)
from tongguan.app.schemes import Holding, holding_or_raise
from tongguan.core.calendar import local_day
from tongguan.core.credentials.index import Slip
from tongguan.core.evidence.limits import AlarmKind, officer_causer
from tongguan.core.evidence.records import Route
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId, RegistrationId

_ONE_SECOND: Final = timedelta(seconds=1)
_WAITING_MAX: Final = 3
"""Claims of one number that people may have waiting; each is a notice to its holder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberClaimed:
    """The claim as it now stands, and the slip that opens the claimant's registration if upheld."""

    claim: NumberClaim
    slip: Slip
    replayed: bool


def claim_number(
    authority: Authority,
    claim: CaseId,
    request: RegistrationRequest,
    *,
    route: RegistrationRoute = RegistrationRoute.SELF,
    officer: str | None = None,
    is_proof_seen: bool = False,
) -> NumberClaimed | Registered | RegistrationRefused:
    """Open a claim under an id, at most once; the holder of the present registration is told.

    A number that is free is registered at once: to ask would otherwise tell that it is, and leave
    no trace. Raises ``RequestIdReusedError`` for another request under a known id.
    """
    shown = Shown(route=route, officer=officer, is_proof_seen=is_proof_seen)
    hashed = request_hash(authority, request, shown)
    uphold_due_claims(authority)
    try:
        with authority.database.transaction() as transaction:
            holding = holding_or_raise(transaction)
            present = hold_number(transaction, authority.index.person(request.holder.document))
            kept = _kept(authority, transaction, claim, request, shown, hashed=hashed)
            if kept is not None:
                return kept
            code = request_fault(request, shown, _today(transaction, holding))
            if code is not None:
                return RegistrationRefused(code=code)
            if present is None:
                return register_free(
                    authority, transaction, holding, request, shown, request_hash=hashed
                )
            if _is_waiting_enough(transaction, present, shown):
                return RegistrationRefused(code=RegistrationRefusal.CLAIMS_WAITING)
            opened = _opened(authority, transaction, claim, request, shown)
            _keep(transaction, holding, opened, hashed)
            facts = {"decide_by": opened.decide_by.isoformat()}
            tell_holder(transaction, holding, present, HealthNoticeCode.NUMBER_CLAIMED, facts)
            record(transaction, officer or "traveller", "number.claim", claim, "opened")
            _ring_where_disputed(authority, transaction, present)
            slip = authority.index.registration_slip(request.id)
            return NumberClaimed(claim=opened, slip=slip, replayed=False)
    except RegistrationIdTakenError:
        raise RequestIdReusedError from None


def claim_of(authority: Authority, claim: CaseId, secret: str) -> NumberClaim | None:
    """The claim, to whoever holds the secret of its slip; ``None`` to anyone else."""
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        found = transaction.registrations.claim(claim)
        opened = None if found is None else transaction.registrations.get(found.registration)
    turn = 0 if opened is None else opened.slip_turn
    if found is None or not authority.index.opens_registration(found.registration, secret, turn):
        return None
    return found


def open_claims_against(
    authority: Authority, registration: RegistrationId
) -> tuple[NumberClaim, ...]:
    """Claims that wait for a decision on the number of an open registration."""
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        found = transaction.registrations.get(registration)
        if found is None or found.state is not RegistrationState.OPEN:
            return ()
        return transaction.registrations.open_claims_of(found.person)


def claims_to_decide(
    authority: Authority, *, officer: str, limit: int = 50
) -> tuple[NumberClaim, ...]:
    """The queue of an officer who has a unit, the one whose time runs out first at the head.

    Each look is recorded.
    """
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        if transaction.controls.unit_of(officer) is None:
            return ()
        claims = transaction.registrations.open_claims(limit=limit)
        for each in claims:
            record(transaction, officer, "number.look", each.id, each.state.value)
        return claims


def look_at_claim(
    authority: Authority, claim: CaseId, *, officer: str
) -> tuple[NumberClaim, Registration | None] | None:
    """A claim and the registration it is against, to an officer who has a unit.

    The look is recorded before it is shown.
    """
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        if transaction.controls.unit_of(officer) is None:
            return None
        found = transaction.registrations.claim(claim)
        if found is None:
            return None
        record(transaction, officer, "number.look", claim, found.state.value)
        return found, transaction.registrations.open_of(found.person)


def ask_verification(authority: Authority, registration: RegistrationId) -> int:
    """The holder will show the document: the clock of each claim starts anew, once; how many."""
    claim_time = controls_of(authority).claim_time
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        found = transaction.registrations.get(registration)
        if found is None:
            return 0
        present = hold_number(transaction, found.person)
        if present is None or present.id != registration:
            return 0
        delayed = [
            each
            for each in transaction.registrations.open_claims_of(found.person)
            if each.decide_by - _begun(each, present) <= claim_time
        ]
        for each in delayed:
            # Beyond the first clock by a second at least, so that it is seen to have been moved.
            decide_by = max(transaction.now, _begun(each, present) + _ONE_SECOND) + claim_time
            transaction.registrations.delay_claim(each.id, decide_by)
            record(transaction, "traveller", "number.answer", each.id, "delayed")
        return len(delayed)


def _begun(claim: NumberClaim, present: Registration) -> datetime:
    """When the clock of a claim began against this holder, who may not have been the first."""
    return max(claim.opened_at, present.registered_at)


def _kept(
    authority: Authority,
    transaction: Transaction,
    claim: CaseId,
    request: RegistrationRequest,
    shown: Shown,
    *,
    hashed: bytes,
) -> NumberClaimed | Registered | RegistrationRefused | None:
    """What came of the same request before; ``None`` when it is new."""
    slip = authority.index.registration_slip(request.id)
    kept_hash = transaction.registrations.claim_request_hash(claim)
    if kept_hash is not None:
        kept = transaction.registrations.claim(claim)
        if kept_hash != hashed or kept is None:
            raise RequestIdReusedError
        given = transaction.registrations.get(kept.registration)
        is_renewed = given is not None and given.slip_turn > 0
        if is_renewed or is_slip_given(shown, kept.opened_at, transaction.now):
            return RegistrationRefused(code=RegistrationRefusal.SLIP_GIVEN)
        return NumberClaimed(claim=kept, slip=slip, replayed=True)
    registered_hash = transaction.registrations.request_hash(request.id)
    if registered_hash is None:
        return None
    registered = transaction.registrations.get(request.id)
    if registered_hash != hashed or registered is None:
        raise RequestIdReusedError
    if registered.slip_turn or is_slip_given(shown, registered.registered_at, transaction.now):
        return RegistrationRefused(code=RegistrationRefusal.SLIP_GIVEN)
    return Registered(registration=registered, slip=slip, replayed=True)


def _is_waiting_enough(transaction: Transaction, present: Registration, shown: Shown) -> bool:
    """Whether no more may wait; who comes to an officer is never turned away."""
    if shown.route is not RegistrationRoute.SELF:
        return False
    return len(transaction.registrations.open_claims_of(present.person)) >= _WAITING_MAX


def _opened(
    authority: Authority,
    transaction: Transaction,
    claim: CaseId,
    request: RegistrationRequest,
    shown: Shown,
) -> NumberClaim:
    return NumberClaim(
        id=claim,
        person=authority.index.person(request.holder.document),
        registration=request.id,
        holder=replace(request.holder, assurance=assurance_of(request, shown)),
        document_issued_on=request.document_issued_on,
        phone=request.phone,
        address=request.address,
        state=ClaimState.OPEN,
        opened_at=transaction.now,
        decide_by=transaction.now + controls_of(authority).claim_time,
    )


def _ring_where_disputed(
    authority: Authority, transaction: Transaction, present: Registration
) -> None:
    """Raise an alarm on an officer whose registrations so many people say are false.

    Whoever typed a list of numbers into registrations of their own would leave the people on it
    without a code; each of them finds it out here.
    """
    controls = controls_of(authority)
    opened = {each.subject for each in transaction.controls.alarms(open_only=True)}
    officers = {each for each in (present.registered_by, present.verified_by) if each is not None}
    for officer in sorted(officers):
        since = transaction.now - controls.alarm_window
        disputed = transaction.registrations.disputed_since(officer, since)
        subject = officer_causer(officer)
        if disputed < controls.alarm_acts[Route.OFFICERS] or subject in opened:
            continue
        transaction.controls.raise_alarm(
            Alarm(
                serial=0,
                kind=AlarmKind.CAUSER,
                subject=subject,
                acts=disputed,
                raised_at=transaction.now,
            )
        )
        record(transaction, "tongguan", "health_alarm.raise", subject, AlarmKind.CAUSER.value)


def _keep(transaction: Transaction, holding: Holding, claim: NumberClaim, hashed: bytes) -> None:
    delete_after = holding.delete_after(_today(transaction, holding))
    if not transaction.registrations.add_claim(claim, hashed, delete_after):
        raise RegistrationIdTakenError


def _today(transaction: Transaction, holding: Holding) -> date:
    return local_day(transaction.now, holding.version.zone)
