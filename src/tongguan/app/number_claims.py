"""Claims: a number that is registered already, and somebody says that it is theirs.

Who holds the document can show it, so an officer who saw it decides. Where the present
registration was verified, two officers of different units do. Nobody loses a number unheard:
the holder is told at once, and is told again of the end.

When the clock runs out undecided, a claim against a registration that was never verified is upheld
by itself, or a stranger's registration would keep a person out for as long as no officer finds the
time. A thief may wait for that hour too, so three things stand against it: the holder may ask for
verification, once, which starts the clock anew and gives as long again to show the document, and a
verified registration no clock takes away; what the clock gives away counts against the clock as
what officers do counts against them, so that beyond the same limit it waits until officers of
different units have looked; and what the clock gives is not verified, so that the next claim
against it takes one officer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.control_store import Alarm
from tongguan.app.evidence_consequences import NoHealthRulesError, lists_of
from tongguan.app.evidence_store import AdverseAct
from tongguan.app.health_notices import tell
from tongguan.app.ports import Transaction
from tongguan.app.registering import (
    Registered,
    RegistrationIdTakenError,
    hold_number,
    record,
    register_free,
)
from tongguan.app.registration_requests import (
    RegistrationRefusal,
    RegistrationRefused,
    RegistrationRequest,
    Shown,
    assurance_of,
    request_fault,
    request_hash,
)
from tongguan.app.registration_store import (
    ClaimState,
    NumberClaim,
    Registration,
    RegistrationRoute,
    RegistrationState,
)
from tongguan.app.schemes import Holding, holding_or_raise
from tongguan.core.calendar import local_day
from tongguan.core.credentials.index import Slip
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import alarms_due, causers_of_two, is_held
from tongguan.core.evidence.records import Route
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId, EvidenceId, RegistrationId, UnitId
from tongguan.core.people import Assurance

CLOCK: Final = "clock:claims"
"""Who answers for claims that nobody decided in time."""
_DUE_AT_ONCE: Final = 50
_TWO: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberClaimed:
    """The claim as it now stands, and the slip that opens the claimant's registration if upheld."""

    claim: NumberClaim
    slip: Slip
    replayed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimDecided:
    """A claim that was decided."""

    claim: NumberClaim
    registration: Registration | None
    """The claimant's, open from now on, where it was upheld."""


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
            person = authority.index.person(request.holder.document)
            present = hold_number(transaction, person)
            kept = _kept(authority, transaction, claim, request, hashed)
            if kept is not None:
                return kept
            today = local_day(transaction.now, holding.version.zone)
            code = request_fault(request, shown, today)
            if code is not None:
                return RegistrationRefused(code=code)
            if present is None:
                return register_free(authority, transaction, holding, request, shown, hashed)
            opened = NumberClaim(
                id=claim,
                person=person,
                registration=request.id,
                holder=replace(request.holder, assurance=assurance_of(request, shown)),
                document_issued_on=request.document_issued_on,
                phone=request.phone,
                address=request.address,
                state=ClaimState.OPEN,
                opened_at=transaction.now,
                decide_by=transaction.now + _controls(authority).claim_time,
            )
            if not transaction.registrations.add_claim(opened, hashed, holding.delete_after(today)):
                raise RegistrationIdTakenError
            facts = {"decide_by": opened.decide_by.isoformat()}
            _tell(transaction, holding, present, HealthNoticeCode.NUMBER_CLAIMED, facts)
            record(transaction, officer or "traveller", "number.claim", claim, "opened")
            slip = authority.index.registration_slip(request.id)
            return NumberClaimed(claim=opened, slip=slip, replayed=False)
    except RegistrationIdTakenError:
        raise RequestIdReusedError from None


def claim_of(authority: Authority, claim: CaseId, secret: str) -> NumberClaim | None:
    """The claim, to whoever holds the secret of its slip; ``None`` to anyone else."""
    with authority.database.transaction() as transaction:
        found = transaction.registrations.claim(claim)
    if found is None or not authority.index.opens_registration(found.registration, secret):
        return None
    return found


def open_claims_against(
    authority: Authority, registration: RegistrationId
) -> tuple[NumberClaim, ...]:
    """Claims that wait for a decision on the number of an open registration."""
    with authority.database.transaction() as transaction:
        found = transaction.registrations.get(registration)
        if found is None or found.state is not RegistrationState.OPEN:
            return ()
        return transaction.registrations.open_claims_of(found.person)


def claims_to_decide(
    authority: Authority, *, officer: str, limit: int = 50
) -> tuple[NumberClaim, ...]:
    """The desk's queue, the one whose time runs out first at the head; each look is recorded."""
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        claims = transaction.registrations.open_claims(limit=limit)
        for each in claims:
            record(transaction, officer, "number.look", each.id, each.state.value)
        return claims


def look_at_claim(
    authority: Authority, claim: CaseId, *, officer: str
) -> tuple[NumberClaim, Registration | None] | None:
    """A claim and the registration it is against; the look is recorded before it is shown."""
    with authority.database.transaction() as transaction:
        found = transaction.registrations.claim(claim)
        if found is None:
            return None
        record(transaction, officer, "number.look", claim, found.state.value)
        return found, transaction.registrations.open_of(found.person)


def ask_verification(authority: Authority, registration: RegistrationId) -> int:
    """The holder will show the document: the clock of each claim starts anew, once; how many."""
    claim_time = _controls(authority).claim_time
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
            if each.decide_by - each.opened_at <= claim_time
        ]
        for each in delayed:
            transaction.registrations.delay_claim(each.id, transaction.now + claim_time)
            record(transaction, "traveller", "number.answer", each.id, "delayed")
        return len(delayed)


def decide_claim(
    authority: Authority, claim: CaseId, *, uphold: bool, officer: str
) -> ClaimDecided | RegistrationRefused:
    """Decide as an officer who saw the document; a claim already decided stays as it is.

    Against a verified registration it takes two officers of different units, by a proposal.
    """
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        unit = transaction.controls.unit_of(officer)
        if unit is None:
            return RegistrationRefused(code=RegistrationRefusal.OFFICER_WITHOUT_UNIT)
        if uphold:
            return uphold_claim(authority, transaction, claim, (officer,), (unit,))
        found = _held_claim(transaction, claim)
        if isinstance(found, RegistrationRefused):
            return found
        opened, present = found
        if present is not None and officer in (present.registered_by, present.verified_by):
            return RegistrationRefused(code=RegistrationRefusal.OFFICER_INVOLVED)
        refused = _decided(transaction, opened, ClaimState.REFUSED, (officer,), (unit,))
        if present is not None:
            holding = holding_or_raise(transaction)
            _tell(transaction, holding, present, HealthNoticeCode.NUMBER_KEPT, {"who": unit})
        record(transaction, officer, "number.decide", claim, "refused")
        return ClaimDecided(claim=refused, registration=None)


def uphold_claim(
    authority: Authority,
    transaction: Transaction,
    claim: CaseId,
    officers: Sequence[str],
    units: Sequence[UnitId],
) -> ClaimDecided | RegistrationRefused:
    """Give the number to the claimant within a transaction, on the word of who saw the document.

    Everything is looked at again: one officer for a registration that was never verified, two of
    different units for one that was. Refused as ``CLAIM_HELD`` beyond the limit of those who
    decide; the attempt is kept and counted, so the transaction must be committed all the same.
    """
    found = _held_claim(transaction, claim)
    if isinstance(found, RegistrationRefused):
        return found
    opened, present = found
    if present is not None and present.assurance is Assurance.VERIFIED:
        if len(set(officers)) < _TWO or len(set(units)) < _TWO:
            return RegistrationRefused(code=RegistrationRefusal.TWO_OFFICERS_NEEDED)
        if not {present.registered_by, present.verified_by}.isdisjoint(officers):
            return RegistrationRefused(code=RegistrationRefusal.OFFICER_INVOLVED)
    return _give(authority, transaction, opened, present, tuple(officers), tuple(units))


def uphold_due_claims(authority: Authority) -> int:
    """Uphold the claims that nobody decided in time, each in a transaction; how many were.

    A touch of any registration comes here first, so that no decision rests on one that is over.
    """
    with authority.database.transaction() as transaction:
        due = transaction.registrations.due_claims(transaction.now, limit=_DUE_AT_ONCE)
    return sum(_uphold_if_due(authority, each) for each in due)


def _uphold_if_due(authority: Authority, claim: CaseId) -> bool:
    with authority.database.transaction() as transaction:
        found = _held_claim(transaction, claim)
        if isinstance(found, RegistrationRefused):
            return False
        opened, present = found
        if opened.decide_by > transaction.now:
            return False
        if present is not None and present.assurance is Assurance.VERIFIED:
            return False
        return isinstance(_give(authority, transaction, opened, present, (), ()), ClaimDecided)


def _kept(
    authority: Authority,
    transaction: Transaction,
    claim: CaseId,
    request: RegistrationRequest,
    hashed: bytes,
) -> NumberClaimed | Registered | None:
    """What came of the same request before; ``None`` when it is new."""
    slip = authority.index.registration_slip(request.id)
    kept_hash = transaction.registrations.claim_request_hash(claim)
    if kept_hash is not None:
        kept = transaction.registrations.claim(claim)
        if kept_hash != hashed or kept is None:
            raise RequestIdReusedError
        return NumberClaimed(claim=kept, slip=slip, replayed=True)
    registered_hash = transaction.registrations.request_hash(request.id)
    if registered_hash is None:
        return None
    registered = transaction.registrations.get(request.id)
    if registered_hash != hashed or registered is None:
        raise RequestIdReusedError
    return Registered(registration=registered, slip=slip, replayed=True)


def _held_claim(
    transaction: Transaction, claim: CaseId
) -> tuple[NumberClaim, Registration | None] | RegistrationRefused:
    """An open claim and the registration it is against, both held."""
    found = transaction.registrations.claim(claim)
    if found is None:
        return RegistrationRefused(code=RegistrationRefusal.CLAIM_UNKNOWN)
    present = hold_number(transaction, found.person)
    opened = transaction.registrations.claim(claim, lock=True)
    if opened is None:
        return RegistrationRefused(code=RegistrationRefusal.CLAIM_UNKNOWN)
    if opened.state is not ClaimState.OPEN:
        return RegistrationRefused(code=RegistrationRefusal.CLAIM_DECIDED)
    return opened, present


def _give(
    authority: Authority,
    transaction: Transaction,
    claim: NumberClaim,
    present: Registration | None,
    officers: tuple[str, ...],
    units: tuple[UnitId, ...],
) -> ClaimDecided | RegistrationRefused:
    """Put the claimant's registration in the place of the present one, where the limit allows."""
    causers = causers_of_two(officers, units) or (CLOCK,)
    if present is not None and _is_held(authority, transaction, claim, causers):
        return RegistrationRefused(code=RegistrationRefusal.CLAIM_HELD)
    holding = holding_or_raise(transaction)
    who = ", ".join(units) or CLOCK
    if present is not None:
        transaction.registrations.replace(present.id, claim.registration, transaction.now)
        for code in transaction.health_codes.live(claim.person):
            transaction.health_codes.revoke(code.id, transaction.now)
        _tell(transaction, holding, present, HealthNoticeCode.NUMBER_GIVEN, {"who": who})
    given = _registration_of(authority, transaction, claim, officers)
    hashed = transaction.registrations.claim_request_hash(claim.id)
    today = local_day(transaction.now, holding.version.zone)
    if hashed is None or not transaction.registrations.add(
        given, hashed, holding.delete_after(today)
    ):
        raise RequestIdReusedError
    _tell(transaction, holding, given, HealthNoticeCode.NUMBER_GIVEN, {"who": who})
    decided = _decided(transaction, claim, ClaimState.UPHELD, officers, units)
    record(transaction, ", ".join(officers) or CLOCK, "number.decide", claim.id, "upheld")
    return ClaimDecided(claim=decided, registration=given)


def _registration_of(
    authority: Authority, transaction: Transaction, claim: NumberClaim, officers: tuple[str, ...]
) -> Registration:
    """What the claim asked for: verified where an officer saw the document, else as it was sent."""
    level = Assurance.VERIFIED if officers else claim.holder.assurance
    is_verified = level is Assurance.VERIFIED
    return Registration(
        id=claim.registration,
        reference=authority.index.registration_slip(claim.registration).reference,
        person=claim.person,
        holder=replace(claim.holder, assurance=level),
        document_issued_on=claim.document_issued_on,
        phone=claim.phone,
        address=claim.address,
        route=RegistrationRoute.ASSISTED if officers else RegistrationRoute.SELF,
        state=RegistrationState.OPEN,
        registered_at=transaction.now,
        registered_by=None,
        verified_at=transaction.now if is_verified else None,
        verified_by=officers[0] if officers else None,
    )


def _decided(
    transaction: Transaction,
    claim: NumberClaim,
    state: ClaimState,
    officers: tuple[str, ...],
    units: tuple[UnitId, ...],
) -> NumberClaim:
    decided = replace(
        claim, state=state, decided_at=transaction.now, decided_by=officers, units=units
    )
    transaction.registrations.decide_claim(decided)
    return decided


def _is_held(
    authority: Authority, transaction: Transaction, claim: NumberClaim, causers: tuple[str, ...]
) -> bool:
    """Count the act against who answers for it; whether it is beyond what they may do unseen."""
    controls, evidence = _controls(authority), transaction.evidence
    targets = lists_of(transaction, claim.person)
    evidence.hold_causers(sorted({*causers, *targets}))
    held = is_held(Route.OFFICERS, {each: evidence.unreviewed(each) for each in causers}, controls)
    subject = EvidenceId(claim.id)
    if held and causers == (CLOCK,) and any(each.held for each in evidence.acts_of(subject)):
        return True  # the clock tries again and again: once is enough to be looked at
    act = AdverseAct(
        serial=0,
        evidence=subject,
        route=Route.OFFICERS,
        causers=causers,
        targets=targets,
        at=transaction.now,
        held=held,
    )
    _raise_alarms(transaction, act, controls)
    evidence.add_act(act)
    if held:
        record(transaction, ", ".join(causers), "number.decide", claim.id, "held")
    return held


def _raise_alarms(transaction: Transaction, act: AdverseAct, controls: Controls) -> None:
    opened = {(each.kind, each.subject) for each in transaction.controls.alarms(open_only=True)}
    recent = transaction.evidence.acts_since(
        act.at - max(controls.alarm_window, controls.target_window)
    )
    for due in alarms_due(act, recent, opened, controls):
        transaction.controls.raise_alarm(
            Alarm(serial=0, kind=due.kind, subject=due.subject, acts=due.acts, raised_at=act.at)
        )


def _tell(
    transaction: Transaction,
    holding: Holding,
    registration: Registration,
    code: HealthNoticeCode,
    facts: dict[str, str],
) -> None:
    """Tell the holder of this registration alone: two people say that the number is theirs."""
    delete_after = holding.delete_after(local_day(transaction.now, holding.version.zone))
    told = {**facts, "registration": registration.id}
    tell(transaction, registration.person, code, told, delete_after=delete_after)


def _controls(authority: Authority) -> Controls:
    if authority.health_rules is None:
        raise NoHealthRulesError(authority.id)
    return authority.health_rules.controls
