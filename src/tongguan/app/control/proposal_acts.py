"""What each kind of proposal asks, when it is made and again when it is carried out."""

from datetime import date, datetime, time, timedelta
from typing import Any

import rfc8785

from tongguan.app.authorities import Authority
from tongguan.app.control.alarms import controls_of, involved_in, waits_for_release
from tongguan.app.control.store import CaseState, CorrectionCase, Proposal, ProposalKind
from tongguan.app.evidence.consequences import answer_for
from tongguan.app.evidence.entry import become, enter, hold
from tongguan.app.health.corrections import close_case, tell_of_case
from tongguan.app.ports import Transaction
from tongguan.app.registration.claim_decisions import who_gave
from tongguan.app.registration.registrations import uphold_claim
from tongguan.app.registration.requests import RegistrationRefusal, RegistrationRefused
from tongguan.app.registration.store import ClaimState
from tongguan.core.calendar import instant_of, local_day
from tongguan.core.documents import number_fault
from tongguan.core.evidence.limits import is_nobodys_hand, uninvolved
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    KeptEvidence,
    Route,
    Standing,
    standing_of,
)
from tongguan.core.evidence.two_officers import (
    ByHand,
    TwoOfficers,
    TwoOfficersFault,
    fault_by_hand,
    ground_of,
    speaks_against,
)
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId, EvidenceId, UnitId
from tongguan.core.people import Document, DocumentType

_OVER = frozenset({Standing.LIFTED, Standing.SUPERSEDED, Standing.WITHDRAWN})


def fault_of_content(
    authority: Authority,
    transaction: Transaction,
    proposal: Proposal,
    officers: tuple[str, ...],
    units: tuple[UnitId, ...],
) -> TwoOfficersFault | None:
    """Why this could not be carried out now by these officers; ``None`` when it could.

    Asked of the one who proposes, so that nothing is proposed in vain, and of both again.
    """
    content: Any = proposal.content
    match proposal.kind:
        case ProposalKind.FINDING:
            return _finding_fault(authority, transaction, proposal)
        case ProposalKind.CLAIM:
            claim = transaction.registrations.claim(CaseId(content["claim"]))
            is_open = claim is not None and claim.state is ClaimState.OPEN
            return None if is_open else TwoOfficersFault.CLAIM_NOT_OPEN
        case ProposalKind.REVIEW:
            return _review_fault(authority, transaction, content, officers, units)
        case ProposalKind.UPHOLD:
            case = transaction.controls.case(CaseId(content["case"]))
            if case is None or case.state is not CaseState.OPEN:
                return TwoOfficersFault.CASE_NOT_OPEN
            kept = transaction.evidence.get(case.evidence)
            return _involvement(kept, officers, units)
        case ProposalKind.RELEASE:
            kept = transaction.evidence.get(EvidenceId(content["evidence"]))
            is_held = kept is not None and standing_of(kept, transaction.now) is Standing.HELD
            return _involvement(kept, officers, units) or (
                None if is_held else TwoOfficersFault.NOTHING_TO_DO
            )
        case ProposalKind.LIFT:
            return _lift_fault(transaction, EvidenceId(content["evidence"]))


def carry_out(
    authority: Authority, transaction: Transaction, proposal: Proposal, two: TwoOfficers
) -> TwoOfficersFault | None:
    """Do what both officers want; or why it came to nothing. Both are kept."""
    content: Any = proposal.content
    match proposal.kind:
        case ProposalKind.FINDING:
            _enter_finding(authority, transaction, proposal, two)
            return None
        case ProposalKind.CLAIM:
            return _give_number(authority, transaction, CaseId(content["claim"]), two)
        case ProposalKind.REVIEW:
            return _review(authority, transaction, content, two)
        case ProposalKind.UPHOLD:
            return _uphold(authority, transaction, CaseId(content["case"]), two)
        case ProposalKind.RELEASE:
            return _release(authority, transaction, EvidenceId(content["evidence"]), two)
        case ProposalKind.LIFT:
            return _lift(authority, transaction, EvidenceId(content["evidence"]), two)


def judges_itself(
    authority: Authority,
    transaction: Transaction,
    proposal: Proposal,
    officer: str,
    unit: UnitId,
) -> bool:
    """Whether this officer, or the unit, caused what a proposal would lift or look into."""
    content: Any = proposal.content
    if proposal.kind is ProposalKind.CLAIM:
        claim = transaction.registrations.claim(CaseId(content["claim"]))
        present = None if claim is None else transaction.registrations.open_of(claim.person)
        return officer in who_gave(transaction, present)
    if proposal.kind is ProposalKind.LIFT:
        kept = transaction.evidence.get(EvidenceId(content["evidence"]))
        fault = _involvement(kept, (officer,), (unit,))
    else:
        fault = fault_of_content(authority, transaction, proposal, (officer,), (unit,))
    return fault is TwoOfficersFault.INVOLVED


def by_hand(content: Any) -> ByHand:
    """What a finding says, as it was proposed."""
    return ByHand(
        kind=EvidenceKind(content["kind"]),
        ground=HealthReason(content["ground"]),
        on=date.fromisoformat(content["on"]),
        ends_on=date.fromisoformat(content["ends_on"]),
        reference=content["reference"],
        words=content["words"],
    )


def document_of(content: Any) -> Document:
    """Whom a finding is about, as it was proposed."""
    kind, number, issuer = content["document"]
    return Document(type=DocumentType(kind), number=number, issuer=issuer)


def _finding_fault(
    authority: Authority, transaction: Transaction, proposal: Proposal
) -> TwoOfficersFault | None:
    content = proposal.content
    if transaction.evidence.request_hash(EvidenceId(proposal.id)) is not None:
        return TwoOfficersFault.ID_TAKEN
    today = local_day(transaction.now, _zone(authority))
    if number_fault(document_of(content), today=today) is not None:
        return TwoOfficersFault.NUMBER_WRONG
    return fault_by_hand(by_hand(content), today, controls_of(authority))


def _lift_fault(transaction: Transaction, evidence: EvidenceId) -> TwoOfficersFault | None:
    kept = transaction.evidence.get(evidence)
    if kept is None:
        return TwoOfficersFault.EVIDENCE_UNKNOWN
    if kept.evidence.route is Route.DECLARATION:
        return TwoOfficersFault.OWN_WORD
    is_over = standing_of(kept, transaction.now) in _OVER
    if is_over or not speaks_against(kept.evidence):
        return TwoOfficersFault.NOTHING_TO_DO
    return None


def _involvement(
    kept: KeptEvidence | None, officers: tuple[str, ...], units: tuple[UnitId, ...]
) -> TwoOfficersFault | None:
    if kept is None:
        return TwoOfficersFault.EVIDENCE_UNKNOWN
    if not uninvolved(units, kept.evidence.causers, officers=officers):
        return TwoOfficersFault.INVOLVED
    return None


def _review_fault(
    authority: Authority,
    transaction: Transaction,
    content: Any,
    officers: tuple[str, ...],
    units: tuple[UnitId, ...],
) -> TwoOfficersFault | None:
    acts, alarms = set(content["acts"]), set(content["alarms"])
    if not acts and not alarms:
        return TwoOfficersFault.NOTHING_TO_DO
    found = transaction.evidence.unreviewed_among(acts)
    to_review = {each.serial: each for each in found}
    opened = {each.serial: each for each in transaction.controls.alarms(open_only=True)}
    if not acts <= to_review.keys() or not alarms <= opened.keys():
        return TwoOfficersFault.ACT_UNKNOWN
    if any(waits_for_release(transaction, each) for each in found):
        return TwoOfficersFault.STILL_HELD
    causers = {causer for serial in acts for causer in to_review[serial].causers}
    for serial in alarms:
        causers |= involved_in(transaction, opened[serial], controls_of(authority))
    return None if uninvolved(units, causers, officers=officers) else TwoOfficersFault.INVOLVED


def _review(
    authority: Authority, transaction: Transaction, content: Any, two: TwoOfficers
) -> TwoOfficersFault | None:
    """Note that both looked; what was nobody's hand, they answer for from now on.

    Else two who let claims wait for the clock could clear its count themselves, for ever, and so
    could two with the key of an office.
    """
    to_review = transaction.evidence.unreviewed_among(content["acts"])
    nobodys = [each for each in to_review if is_nobodys_hand(each.causers) and not each.held]
    controls = controls_of(authority)
    if nobodys and not answer_for(transaction, controls, nobodys, two.causers):
        return TwoOfficersFault.LIMIT_REACHED
    transaction.evidence.review(content["acts"], at=transaction.now, by=two.names)
    transaction.controls.review_alarms(content["alarms"], at=transaction.now, by=two.names)
    return None


def _enter_finding(
    authority: Authority, transaction: Transaction, proposal: Proposal, two: TwoOfficers
) -> None:
    content: Any = proposal.content
    said = by_hand(content)
    assert proposal.person is not None  # noqa: S101 - a finding is about one person
    ends_at = instant_of(said.ends_on + timedelta(days=1), time(0), _zone(authority))
    reference = authority.index.reference_target(said.reference)
    evidence = Evidence(
        id=EvidenceId(proposal.id),
        person=proposal.person,
        registration=None,
        route=Route.OFFICERS,
        kind=said.kind,
        ground=said.ground,
        source=", ".join(two.units),
        causers=two.causers,
        on=said.on,
        facts={"reference": said.reference, "words": said.words},
        issued_at=proposal.proposed_at,
        received_at=transaction.now,
        ends_at=ends_at,
        targets=(reference,),
    )
    request_hash = authority.index.request(rfc8785.dumps(content))
    enter(authority, transaction, evidence, request_hash=request_hash)


def _give_number(
    authority: Authority, transaction: Transaction, claim: CaseId, two: TwoOfficers
) -> TwoOfficersFault | None:
    given = uphold_claim(authority, transaction, claim, two.names, two.units)
    if not isinstance(given, RegistrationRefused):
        return None
    return {
        RegistrationRefusal.CLAIM_HELD: TwoOfficersFault.LIMIT_REACHED,
        RegistrationRefusal.OFFICER_INVOLVED: TwoOfficersFault.INVOLVED,
    }.get(given.code, TwoOfficersFault.CLAIM_NOT_OPEN)


def _uphold(
    authority: Authority, transaction: Transaction, case_id: CaseId, two: TwoOfficers
) -> TwoOfficersFault | None:
    """Decide against the person; after relief that is one more adverse act, of these two."""
    case = _held_case(transaction, case_id, two)
    if case is None:
        return TwoOfficersFault.CASE_NOT_OPEN
    event = _event(case.evidence, EventKind.UPHELD, two, transaction.now, case=case.id)
    entered = become(authority, transaction, event, causers=two.causers)
    if not entered.is_new:
        limited = entered.is_adverse
        return TwoOfficersFault.LIMIT_REACHED if limited else TwoOfficersFault.NOTHING_TO_DO
    kept = transaction.evidence.get(case.evidence)
    close_case(transaction, case.evidence, CaseState.UPHELD, by=two.names)
    if kept is not None:
        facts = {
            "ground": ground_of(kept.evidence),
            "who": ", ".join(two.units),
            "case": case.id,
        }
        tell_of_case(transaction, case, HealthNoticeCode.CASE_UPHELD, facts)
    return None


def _held_case(
    transaction: Transaction, case_id: CaseId, two: TwoOfficers
) -> CorrectionCase | None:
    case = transaction.controls.case(case_id)
    if case is None:
        return None
    hold(transaction, [case.person], two.causers, ())
    case = transaction.controls.case(case_id, lock=True)
    return case if case is not None and case.state is CaseState.OPEN else None


def _release(
    authority: Authority, transaction: Transaction, evidence: EvidenceId, two: TwoOfficers
) -> TwoOfficersFault | None:
    """Let it count; the act by which it was held is reviewed with it, and nothing else is."""
    kept = transaction.evidence.get(evidence)
    if kept is None:
        return TwoOfficersFault.EVIDENCE_UNKNOWN
    event = _event(evidence, EventKind.RELEASED, two, transaction.now)
    causers = two.causers if is_nobodys_hand(kept.evidence.causers) else ()
    entered = become(authority, transaction, event, causers=causers)
    if not entered.is_new:
        limited = entered.is_adverse
        return TwoOfficersFault.LIMIT_REACHED if limited else TwoOfficersFault.NOTHING_TO_DO
    _review_holding(transaction, kept, two)
    return None


def _review_holding(transaction: Transaction, kept: KeptEvidence, two: TwoOfficers) -> None:
    """Note that both looked at the act by which this evidence was held, and at nothing else."""
    serials = [
        each.serial
        for each in transaction.evidence.acts_of(kept.evidence.id)
        if each.held and set(each.causers) == set(kept.evidence.causers)
    ]
    transaction.evidence.review(serials, at=transaction.now, by=two.names)


def _lift(
    authority: Authority, transaction: Transaction, evidence: EvidenceId, two: TwoOfficers
) -> TwoOfficersFault | None:
    kept = transaction.evidence.get(evidence)
    if kept is None:
        return TwoOfficersFault.EVIDENCE_UNKNOWN
    transaction.evidence.hold_person(kept.evidence.person)
    case = transaction.controls.case_of(evidence)
    case_id = case.id if case is not None and case.state is CaseState.OPEN else None
    event = _event(evidence, EventKind.LIFTED, two, transaction.now, case=case_id)
    entered = become(authority, transaction, event, causers=two.causers)
    if not entered.is_new:
        return TwoOfficersFault.NOTHING_TO_DO
    if _involvement(kept, two.names, two.units) is None:
        _review_holding(transaction, kept, two)
    close_case(transaction, evidence, CaseState.LIFTED, by=two.names)
    return None


def _event(
    evidence: EvidenceId,
    kind: EventKind,
    two: TwoOfficers,
    at: datetime,
    *,
    case: CaseId | None = None,
) -> EvidenceEvent:
    return EvidenceEvent(
        evidence=evidence,
        kind=kind,
        at=at,
        by=two.names,
        units=two.units,
        case=case,
    )


def _zone(authority: Authority) -> str:
    controls_of(authority)
    assert authority.health_rules is not None  # noqa: S101 - or there were no controls
    return authority.health_rules.colours.zone
