"""What is decided on claims of a number, by officers who saw the document or by the clock.

One officer decides; where the present registration was verified, two officers of different units.
Nobody loses a number unheard: the holder is told when it is claimed, and of the end.

When the clock runs out undecided, a claim against a registration that was never verified is upheld
by itself, or a stranger's registration would keep a person out for as long as no officer finds the
time. A thief may wait for that hour too, so three things stand against it. The holder may ask for
verification, once, which starts the clock anew: as long again to show the document, and a verified
registration no clock takes away. What the clock gives away counts against the clock as what
officers do counts against them, so that beyond the same limit it waits until officers of different
units have looked. And what the clock gives is not verified, so that one officer can give it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.evidence.consequences import Bench, NoHealthRulesError, ring
from tongguan.app.health.notices import tell
from tongguan.app.ports import Transaction
from tongguan.app.registration.registering import hold_number, record
from tongguan.app.registration.requests import RegistrationRefusal, RegistrationRefused
from tongguan.app.registration.store import (
    ClaimState,
    NumberClaim,
    Registration,
    RegistrationRoute,
    RegistrationState,
)
from tongguan.app.schemes import Holding, holding_or_raise
from tongguan.core.calendar import local_day
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import (
    CLAIMS_CLOCK,
    AlarmDue,
    AlarmKind,
    causers_of_two,
    officers_of,
)
from tongguan.core.evidence.records import Route
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId, EvidenceId, RegistrationId, UnitId
from tongguan.core.people import Assurance

CLOCK: Final = CLAIMS_CLOCK
"""Who answers for claims that nobody decided in time, and beside the officer for those that one
officer decided alone: one hand and none share a limit, or two hands, each alone, and the clock
would take a number three times as often as two officers together."""
_DUE_AT_ONCE: Final = 50
_ACTS: Final = UUID("0e9d7a36-5b1c-4a57-9c3e-6f1b2d8e40c7")
_TWO: Final = 2
_HEARD_BY: Final = 3
"""Units that hear a number's claims before one of them hears another: two may collude, and whoever
claims without end would wear out more, where few of an authority's units see people at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimDecided:
    """A claim that was decided."""

    claim: NumberClaim
    registration: Registration | None
    """The claimant's, open from now on, where it was upheld."""


def decide_claim(
    authority: Authority, claim: CaseId, *, uphold: bool, officer: str
) -> ClaimDecided | RegistrationRefused:
    """Decide as an officer who saw the document; a claim already decided stays as it is.

    Against a verified registration it takes two officers of different units, by a proposal. A unit
    that has refused a claim of the number does not refuse another before three units have: whoever
    claims it again is heard by others, and two units cannot take turns.
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
        if officer in who_gave(transaction, present):
            return RegistrationRefused(code=RegistrationRefusal.OFFICER_INVOLVED)
        if _must_leave_it(transaction, opened, unit):
            return RegistrationRefused(code=RegistrationRefusal.UNIT_REFUSED_BEFORE)
        refused = _decided(transaction, opened, ClaimState.REFUSED, (officer,), (unit,))
        _ring_where_many(authority, transaction, causers_of_two((officer,), (unit,)))
        if present is not None:
            holding = holding_or_raise(transaction)
            tell_holder(transaction, holding, present, HealthNoticeCode.NUMBER_KEPT, {"who": unit})
        record(transaction, officer, "number.decide", claim, "refused")
        return ClaimDecided(claim=refused, registration=None)


def who_gave(transaction: Transaction, registration: Registration | None) -> frozenset[str]:
    """The officers who typed or verified a registration, or decided the claim that opened it.

    They keep nobody from getting the number back, and take no part in giving it to another.
    """
    if registration is None:
        return frozenset()
    names = {registration.registered_by, registration.verified_by}
    for act in transaction.evidence.acts_of(act_of_giving(registration.id)):
        if not act.held:
            names |= set(officers_of(act.causers))
    return frozenset(each for each in names if each is not None)


def _must_leave_it(transaction: Transaction, claim: NumberClaim, unit: UnitId) -> bool:
    """Whether others have to hear this claim, as the unit has refused one of the number before."""
    refused = transaction.registrations.units_that_refused(claim.person)
    units = set(transaction.controls.units().values())
    return unit in refused and len(refused) < max(_TWO, min(_HEARD_BY, len(units)))


def _ring_where_many(
    authority: Authority, transaction: Transaction, causers: tuple[str, ...]
) -> None:
    """Raise an alarm on who refuses so many that nobody gets back a number that others took.

    The caller holds the number, and with it comes before these names in the order of locks.
    """
    controls = controls_of(authority)
    transaction.evidence.hold_causers(causers)
    refused = transaction.registrations.refusals_since(transaction.now - controls.alarm_window)
    for causer in causers:
        acts = sum(causer in each for each in refused)
        if acts >= controls.alarm_acts[Route.OFFICERS]:
            due = AlarmDue(kind=AlarmKind.CAUSER, subject=causer, acts=acts)
            ring(transaction, due, at=transaction.now)


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
    if not officers or not units:
        raise ValueError("an officer decides, of a unit")
    found = _held_claim(transaction, claim)
    if isinstance(found, RegistrationRefused):
        return found
    opened, present = found
    if present is not None and present.assurance is Assurance.VERIFIED:
        if len(set(officers)) < _TWO or len(set(units)) < _TWO:
            return RegistrationRefused(code=RegistrationRefusal.TWO_OFFICERS_NEEDED)
        if not who_gave(transaction, present).isdisjoint(officers):
            return RegistrationRefused(code=RegistrationRefusal.OFFICER_INVOLVED)
    return _give(authority, transaction, opened, present, tuple(officers), units=tuple(units))


def uphold_due_claims(authority: Authority) -> int:
    """Uphold the claims that nobody decided in time, each in a transaction; how many were.

    A touch of any registration comes here first, so that no decision rests on one that is over.
    """
    with authority.database.transaction() as transaction:
        due = transaction.registrations.due_claims(transaction.now, limit=_DUE_AT_ONCE)
        if due and _is_at_limit(authority, transaction):
            # One try is kept and rings; all the others would only keep whoever comes waiting.
            due = due[:1]
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
        if _waits_for_review(authority, transaction, opened):
            return False
        given = _give(authority, transaction, opened, present, (), units=())
        return isinstance(given, ClaimDecided)


def _waits_for_review(authority: Authority, transaction: Transaction, claim: NumberClaim) -> bool:
    """Whether the clock tried before and is at its limit still: once is enough to be looked at."""
    if not any(
        each.held for each in transaction.evidence.acts_of(act_of_giving(claim.registration))
    ):
        return False
    return _is_at_limit(authority, transaction)


def _is_at_limit(authority: Authority, transaction: Transaction) -> bool:
    """Whether the clock may give nothing more away before others have looked."""
    limit = controls_of(authority).unreviewed_max[Route.OFFICERS]
    return transaction.evidence.unreviewed(CLOCK) >= limit


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
    *,
    units: tuple[UnitId, ...],
) -> ClaimDecided | RegistrationRefused:
    """Put the claimant's registration in the place of the present one, where the limit allows."""
    if transaction.registrations.get(claim.registration) is not None:
        # The claimant registered something else under the id meanwhile: there is nothing to open.
        _decided(transaction, claim, ClaimState.REFUSED, officers, units)
        return RegistrationRefused(code=RegistrationRefusal.CLAIM_DECIDED)
    holding = holding_or_raise(transaction)
    who = ", ".join(units) or CLOCK
    if present is not None:
        bench = Bench.of(authority, transaction, claim.person)
        causers = causers_of_two(officers, units)
        if len(set(units)) < _TWO:
            causers = (*causers, CLOCK)
        if bench.count_act(act_of_giving(claim.registration), Route.OFFICERS, causers):
            return RegistrationRefused(code=RegistrationRefusal.CLAIM_HELD)
        transaction.registrations.replace(present.id, claim.registration, transaction.now)
        for code in transaction.health_codes.acceptable(claim.person):
            transaction.health_codes.revoke(code.id, transaction.now)
        tell_holder(transaction, holding, present, HealthNoticeCode.NUMBER_GIVEN, {"who": who})
    given = _registration_of(authority, transaction, claim, officers)
    hashed = transaction.registrations.claim_request_hash(claim.id)
    delete_after = holding.delete_after(local_day(transaction.now, holding.version.zone))
    if hashed is None or not transaction.registrations.add(given, hashed, delete_after):
        raise RequestIdReusedError  # the id of another registration in the same moment
    tell_holder(transaction, holding, given, HealthNoticeCode.NUMBER_GIVEN, {"who": who})
    decided = _decided(transaction, claim, ClaimState.UPHELD, officers, units)
    record(transaction, ", ".join(officers) or CLOCK, "number.decide", claim.id, "upheld")
    _begin_anew(authority, transaction, holding, given)
    return ClaimDecided(claim=decided, registration=given)


def _begin_anew(
    authority: Authority, transaction: Transaction, holding: Holding, given: Registration
) -> None:
    """Let the other claims of the number wait a whole clock: its new holder is heard on each."""
    decide_by = transaction.now + controls_of(authority).claim_time
    for each in transaction.registrations.open_claims_of(given.person):
        transaction.registrations.delay_claim(each.id, decide_by)
        facts = {"decide_by": decide_by.isoformat()}
        tell_holder(transaction, holding, given, HealthNoticeCode.NUMBER_CLAIMED, facts)
        record(transaction, CLOCK, "number.begin_anew", each.id, "delayed")


def _registration_of(
    authority: Authority, transaction: Transaction, claim: NumberClaim, officers: tuple[str, ...]
) -> Registration:
    """What the claim asked for: verified where officers saw the document, else as it was sent.

    What the clock gives is never verified, whoever typed the claim.
    """
    level = min(claim.holder.assurance, Assurance.DOCUMENT_READ, key=list(Assurance).index)
    return Registration(
        id=claim.registration,
        reference=authority.index.registration_slip(claim.registration).reference,
        person=claim.person,
        holder=replace(claim.holder, assurance=Assurance.VERIFIED if officers else level),
        document_issued_on=claim.document_issued_on,
        phone=claim.phone,
        address=claim.address,
        route=RegistrationRoute.ASSISTED if officers else RegistrationRoute.SELF,
        state=RegistrationState.OPEN,
        registered_at=transaction.now,
        registered_by=officers[0] if officers else None,
        verified_at=transaction.now if officers else None,
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


def tell_holder(
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


def act_of_giving(registration: RegistrationId) -> EvidenceId:
    """Under which the act of giving a number to a registration is kept; nobody chooses it.

    Whoever claims chooses the claim's id, and would choose that of somebody else's evidence.
    """
    return EvidenceId(str(uuid5(_ACTS, registration)))


def controls_of(authority: Authority) -> Controls:
    """The figures in the authority's rules; ``NoHealthRulesError`` where it has none."""
    if authority.health_rules is None:
        raise NoHealthRulesError(authority.id)
    return authority.health_rules.controls
