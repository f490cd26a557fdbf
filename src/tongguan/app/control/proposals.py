"""Proposals: what one officer proposes does nothing until an officer of another unit confirms it.

Everything is looked at again when it is confirmed, in the transaction in which it is carried out
and with the proposal locked. A refusal is a value and changes nothing, but stands in the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.control.alarms import controls_of
from tongguan.app.control.proposal_acts import carry_out, fault_of_content, judges_itself
from tongguan.app.control.store import Proposal, ProposalKind, ProposalState
from tongguan.app.ports import Transaction
from tongguan.app.schemes import holding_or_raise
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day
from tongguan.core.evidence.limits import officer_causer, unit_causer
from tongguan.core.evidence.records import EvidenceKind, Route, Standing, standing_of
from tongguan.core.evidence.two_officers import (
    Proposed,
    TwoOfficersFault,
    fault_of_words,
    who_confirms,
)
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import CaseId, EvidenceId, PersonKey, ProposalId, UnitId
from tongguan.core.people import Document

_OPEN_MAX = 20
"""Proposals of any kind that one officer may have waiting: more than anybody has read again by
others within their two hours, and so few that no heap of one hides what others propose."""
_LAPSED_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingProposal:
    """Evidence that an officer would enter by hand: one person, one ground, an end, a reference."""

    id: ProposalId
    document: Document = field(repr=False)
    kind: EvidenceKind
    ground: HealthReason = field(repr=False)
    on: date
    """The day of the fact."""
    ends_on: date
    """The last day on which it counts."""
    reference: str = field(repr=False)
    """The order or file that it rests on."""
    words: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class TwoOfficersRefused:
    """What two officers may not do, or not these two, or not now; nothing was changed."""

    code: TwoOfficersFault


def propose_finding(
    authority: Authority, finding: FindingProposal, *, officer: str
) -> Proposal | TwoOfficersRefused:
    """Propose evidence against one person; a unit has only so many proposed at a time."""
    document = finding.document
    content = {
        "document": [document.type.value, document.number, document.issuer],
        "kind": finding.kind.value,
        "ground": finding.ground.value,
        "on": finding.on.isoformat(),
        "ends_on": finding.ends_on.isoformat(),
        "reference": finding.reference.strip(),
        "words": finding.words.strip(),
    }
    person = authority.index.person(document)
    return _propose(authority, _Wanted(finding.id, ProposalKind.FINDING, content, officer, person))


def propose_lift(
    authority: Authority,
    proposal: ProposalId,
    evidence: EvidenceId,
    *,
    words: str,
    officer: str,
) -> Proposal | TwoOfficersRefused:
    """Propose that evidence does not hold; a case about it is then decided for the person."""
    content = {"evidence": evidence, "words": words.strip()}
    return _propose(authority, _Wanted(proposal, ProposalKind.LIFT, content, officer))


def propose_release(
    authority: Authority,
    proposal: ProposalId,
    evidence: EvidenceId,
    *,
    words: str,
    officer: str,
) -> Proposal | TwoOfficersRefused:
    """Propose that held evidence was in order, so that it counts."""
    content = {"evidence": evidence, "words": words.strip()}
    return _propose(authority, _Wanted(proposal, ProposalKind.RELEASE, content, officer))


def propose_review(
    authority: Authority,
    proposal: ProposalId,
    *,
    acts: Sequence[int] = (),
    alarms: Sequence[int] = (),
    words: str,
    officer: str,
) -> Proposal | TwoOfficersRefused:
    """Propose that adverse acts were looked into, and alarms, by their serials."""
    content = {
        "acts": sorted(set(acts)),
        "alarms": sorted(set(alarms)),
        "words": words.strip(),
    }
    return _propose(authority, _Wanted(proposal, ProposalKind.REVIEW, content, officer))


def propose_uphold(
    authority: Authority, proposal: ProposalId, case: CaseId, *, words: str, officer: str
) -> Proposal | TwoOfficersRefused:
    """Propose to decide a case against the person."""
    content = {"case": case, "words": words.strip()}
    return _propose(authority, _Wanted(proposal, ProposalKind.UPHOLD, content, officer))


def propose_claim(
    authority: Authority, proposal: ProposalId, claim: CaseId, *, words: str, officer: str
) -> Proposal | TwoOfficersRefused:
    """Propose to give a number that is registered to the one who claims it."""
    content = {"claim": claim, "words": words.strip()}
    return _propose(authority, _Wanted(proposal, ProposalKind.CLAIM, content, officer))


def confirm(
    authority: Authority, proposal: ProposalId, *, officer: str
) -> Proposal | TwoOfficersRefused:
    """Carry out what an officer of another unit proposed; by the same officer again is harmless."""
    with authority.database.transaction() as transaction:
        found = transaction.controls.proposal(proposal, lock=True)
        if found is None:
            return TwoOfficersRefused(code=TwoOfficersFault.PROPOSAL_UNKNOWN)
        if found.state is not ProposalState.OPEN:
            return _decided_before(found, officer)
        two = who_confirms(
            Proposed(
                by=found.proposed_by,
                unit=found.unit,
                unit_now=transaction.controls.unit_of(found.proposed_by),
                lapses_at=found.lapses_at,
            ),
            officer,
            transaction.controls.unit_of(officer),
            transaction.now,
        )
        if isinstance(two, TwoOfficersFault):
            if two is TwoOfficersFault.PROPOSAL_LAPSED:
                _close(transaction, found, ProposalState.LAPSED)
            return _refused(transaction, officer, found.id, two)
        fault = fault_of_content(authority, transaction, found, two.names, two.units)
        fault = fault or carry_out(authority, transaction, found, two)
        if fault is not None:
            return _refused(transaction, officer, found.id, fault)
        decided = _close(
            transaction, found, ProposalState.CARRIED_OUT, officer=officer, unit=two.units[1]
        )
        _note(transaction, officer, "proposal.confirm", found.id, found.kind.value)
        return decided


def refuse(
    authority: Authority, proposal: ProposalId, *, officer: str
) -> Proposal | TwoOfficersRefused:
    """Close an open proposal without doing it: the proposer may, and any officer with a unit.

    Not who caused what it would lift or look into: they would keep others from undoing it.
    """
    with authority.database.transaction() as transaction:
        found = transaction.controls.proposal(proposal, lock=True)
        if found is None:
            return TwoOfficersRefused(code=TwoOfficersFault.PROPOSAL_UNKNOWN)
        if found.state is not ProposalState.OPEN:
            return _decided_before(found, officer)
        unit = transaction.controls.unit_of(officer)
        if unit is None:
            return _refused(transaction, officer, found.id, TwoOfficersFault.NO_UNIT)
        if officer != found.proposed_by and judges_itself(
            authority, transaction, found, officer, unit
        ):
            return _refused(transaction, officer, found.id, TwoOfficersFault.INVOLVED)
        decided = _close(transaction, found, ProposalState.REFUSED, officer=officer, unit=unit)
        _note(transaction, officer, "proposal.refuse", found.id, found.kind.value)
        return decided


def lapse_proposals(authority: Authority) -> int:
    """Close the open proposals whose time is over, in steps until none is left; how many.

    They could not be confirmed any more without it; from now on they are told as lapsed.
    """
    lapsed = 0
    while True:
        with authority.database.transaction() as transaction:
            found = transaction.controls.lapsed_proposals(transaction.now, limit=_LAPSED_AT_ONCE)
            for each in found:
                _close(transaction, each, ProposalState.LAPSED)
                _note(transaction, "tongguan", "proposal.lapse", each.id, each.kind.value)
        lapsed += len(found)
        if len(found) < _LAPSED_AT_ONCE:
            return lapsed


def standing_of_finding(authority: Authority, proposal: ProposalId) -> Standing | None:
    """Of the evidence that a finding became, which may be held; ``None`` until it is confirmed."""
    with authority.database.transaction() as transaction:
        kept = transaction.evidence.get(EvidenceId(proposal))
        return None if kept is None else standing_of(kept, transaction.now)


def look_at_proposal(
    authority: Authority, proposal: ProposalId, *, officer: str
) -> Proposal | None:
    """One proposal for an officer who has a unit; the look is recorded before it is shown."""
    with authority.database.transaction() as transaction:
        if transaction.controls.unit_of(officer) is None:
            return None
        found = transaction.controls.proposal(proposal)
        if found is not None:
            _note(transaction, officer, "proposal.look", found.id, found.kind.value)
        return found


def open_proposals(authority: Authority, *, officer: str, limit: int = 50) -> tuple[Proposal, ...]:
    """What waits to be confirmed, to an officer who belongs to a unit; each look is recorded."""
    with authority.database.transaction() as transaction:
        if transaction.controls.unit_of(officer) is None:
            return ()
        found = transaction.controls.open_proposals(transaction.now, limit=limit)
        for each in found:
            _note(transaction, officer, "proposal.look", each.id, each.kind.value)
        return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an officer wants to propose."""

    id: ProposalId
    kind: ProposalKind
    content: Mapping[str, object] = field(repr=False)
    officer: str
    person: PersonKey | None = None


def _propose(authority: Authority, wanted: _Wanted) -> Proposal | TwoOfficersRefused:
    officer, kind, content = wanted.officer, wanted.kind, wanted.content
    with authority.database.transaction() as transaction:
        kept = transaction.controls.proposal(wanted.id)
        if kept is not None:
            return _same(kept, wanted)
        unit = transaction.controls.unit_of(officer)
        if unit is None:
            return _refused(transaction, officer, wanted.id, TwoOfficersFault.NO_UNIT)
        holding = holding_or_raise(transaction)
        made = Proposal(
            id=wanted.id,
            kind=kind,
            person=wanted.person,
            content=content,
            proposed_by=officer,
            unit=unit,
            proposed_at=transaction.now,
            lapses_at=transaction.now + controls_of(authority).proposal_time,
            state=ProposalState.OPEN,
        )
        fault = fault_of_words(str(content["words"]))
        fault = fault or fault_of_content(authority, transaction, made, (officer,), (unit,))
        if fault is TwoOfficersFault.ID_TAKEN:
            raise RequestIdReusedError
        fault = fault or _too_many_open(authority, transaction, made)
        if fault is not None:
            return _refused(transaction, officer, wanted.id, fault)
        delete_after = holding.delete_after(local_day(made.lapses_at, holding.version.zone))
        if not transaction.controls.propose(made, delete_after):
            raise RequestIdReusedError  # the same id in two requests at the same moment
        _note(transaction, officer, "proposal.propose", wanted.id, kind.value)
        return made


def _too_many_open(
    authority: Authority, transaction: Transaction, made: Proposal
) -> TwoOfficersFault | None:
    """A heap is not laid before others to be confirmed by habit, nor to hide what they propose."""
    transaction.evidence.hold_causers((unit_causer(made.unit), officer_causer(made.proposed_by)))
    store, now = transaction.controls, transaction.now
    is_over = store.open_of_officer(made.proposed_by, now) >= _OPEN_MAX
    if made.kind is ProposalKind.FINDING:
        limit = controls_of(authority).unreviewed_max[Route.OFFICERS]
        is_over = is_over or store.open_findings_of(made.unit, now) >= limit
    return TwoOfficersFault.TOO_MANY_OPEN if is_over else None


def _same(kept: Proposal, wanted: _Wanted) -> Proposal:
    same = (wanted.kind, wanted.officer, dict(wanted.content))
    if (kept.kind, kept.proposed_by, dict(kept.content)) != same:
        raise RequestIdReusedError
    return kept


def _decided_before(found: Proposal, officer: str) -> Proposal | TwoOfficersRefused:
    if found.decided_by == officer:
        return found
    lapsed = found.state is ProposalState.LAPSED
    return TwoOfficersRefused(
        code=TwoOfficersFault.PROPOSAL_LAPSED if lapsed else TwoOfficersFault.ALREADY_DECIDED
    )


def _close(
    transaction: Transaction,
    found: Proposal,
    state: ProposalState,
    *,
    officer: str | None = None,
    unit: UnitId | None = None,
) -> Proposal:
    decided = replace(
        found,
        state=state,
        decided_by=officer,
        decided_unit=unit,
        decided_at=transaction.now,
    )
    transaction.controls.decide_proposal(decided)
    return decided


def _refused(
    transaction: Transaction, officer: str, proposal: ProposalId, code: TwoOfficersFault
) -> TwoOfficersRefused:
    _note(transaction, officer, "proposal.refused", proposal, "refused", codes=(code.value,))
    return TwoOfficersRefused(code=code)


def _note(
    transaction: Transaction,
    officer: str,
    action: str,
    subject: str,
    outcome: str,
    *,
    codes: tuple[str, ...] = (),
) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=officer,
            action=action,
            subject=subject,
            outcome=outcome,
            codes=codes,
        )
    )
