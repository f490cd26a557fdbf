"""Corrections: a person says that a finding is wrong, and a clock runs for those who decide.

Relief needs nobody: when the clock runs out undecided, ``standing_of`` says so from that instant.
Two officers of different units lift; against the person decide only two whose units had no part in
the evidence. A signed source may withdraw what it said meanwhile, which ends the case as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.control.alarms import controls_of
from tongguan.app.control.store import CaseState, CorrectionCase
from tongguan.app.evidence.consequences import Bench
from tongguan.app.evidence.entry import become
from tongguan.app.health.notices import tell
from tongguan.app.ports import Transaction
from tongguan.app.registration.store import Registration, RegistrationState
from tongguan.app.schemes import holding_or_raise
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    KeptEvidence,
    Route,
    Standing,
    standing_of,
)
from tongguan.core.evidence.two_officers import fault_of_words, ground_of, speaks_against
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId, EvidenceId, RegistrationId

_AT_ONCE = 100
_TOLD_WITHIN = timedelta(days=2)
"""Longer after the clock ran out, the page of the code says it and a notice would be no news."""


class CorrectionFault(StrEnum):
    """Why no case was opened; the words stand in ``texts/``."""

    CONTESTED_ALREADY = "contested_already"
    EVIDENCE_UNKNOWN = "evidence_unknown"
    """Nothing of this id counts against this person."""
    OWN_WORD = "own_word"
    """Their own declaration, which they can change at once."""
    WORDS_MISSING = "words_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionRefused:
    """No case was opened; nothing was changed."""

    code: CorrectionFault


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseShown:
    """A case with the evidence that it is about, for officers."""

    case: CorrectionCase
    kept: KeptEvidence = field(repr=False)


def contest(
    authority: Authority,
    case: CaseId,
    registration: RegistrationId,
    evidence: EvidenceId,
    words: str,
) -> CorrectionCase | CorrectionRefused:
    """Open a case about a finding of one's own, at most once for an id; the clock starts.

    The caller has opened the registration. Raises ``RequestIdReusedError`` for another request
    under a known id.
    """
    words = words.strip()
    with authority.database.transaction() as transaction:
        own = transaction.registrations.get(registration)
        if own is None or own.state is not RegistrationState.OPEN:
            return CorrectionRefused(code=CorrectionFault.EVIDENCE_UNKNOWN)
        transaction.evidence.hold_person(own.person)
        known = transaction.controls.case(case)
        if known is not None:
            if (known.registration, known.evidence, known.words) != (registration, evidence, words):
                raise RequestIdReusedError
            return known
        found = transaction.evidence.get(evidence)
        if found is None or not _is_of(found.evidence, own):
            return CorrectionRefused(code=CorrectionFault.EVIDENCE_UNKNOWN)
        fault = _fault(authority, transaction, found, words)
        if fault is not None:
            return CorrectionRefused(code=fault)
        opened = CorrectionCase(
            id=case,
            person=own.person,
            registration=registration,
            evidence=evidence,
            words=words,
            state=CaseState.OPEN,
            opened_at=transaction.now,
            decide_by=transaction.now + controls_of(authority).correction_time,
        )
        return _opened(authority, transaction, opened, found.evidence)


def open_cases(authority: Authority, *, officer: str, limit: int = 50) -> tuple[CaseShown, ...]:
    """Cases to decide, the one whose time runs out first at the head; each look is recorded."""
    with authority.database.transaction() as transaction:
        if transaction.controls.unit_of(officer) is None:
            return ()
        found = transaction.controls.open_cases(limit=limit)
        return tuple(shown for each in found if (shown := _shown(transaction, each, officer)))


def look_at_case(authority: Authority, case: CaseId, *, officer: str) -> CaseShown | None:
    """One case for an officer who belongs to a unit; the look is recorded before it is shown."""
    with authority.database.transaction() as transaction:
        found = transaction.controls.case(case)
        if found is None or transaction.controls.unit_of(officer) is None:
            return None
        return _shown(transaction, found, officer)


def case_of(authority: Authority, evidence: EvidenceId) -> CorrectionCase | None:
    """The latest case about evidence, for the person's own page."""
    with authority.database.transaction() as transaction:
        return transaction.controls.case_of(evidence)


def tell_of_relief(authority: Authority) -> int:
    """Tell those whose case was not decided in time, once each; how many.

    Relief itself began with the clock and waits for nobody; this is only the word of it.
    """
    told = 0
    while True:
        with authority.database.transaction() as transaction:
            now = transaction.now
            since = now - _TOLD_WITHIN
            due = transaction.controls.cases_to_tell(since, now, limit=_AT_ONCE)
        told += sum(_tell_if_relieved(authority, each.id) for each in due)
        if len(due) < _AT_ONCE:
            return told


def _tell_if_relieved(authority: Authority, case_id: CaseId) -> bool:
    """Each in a transaction of its own, so that nobody is held for another's sake; and each noted,
    told or not, so that it stands before nobody the next time.
    """
    with authority.database.transaction() as transaction:
        case = transaction.controls.case(case_id)
        if case is None:
            return False
        transaction.evidence.hold_person(case.person)
        transaction.controls.note_told(case.id, transaction.now)
        found = transaction.evidence.get(case.evidence)
        if found is None or standing_of(found, transaction.now) is not Standing.RELIEVED:
            return False
        if _was_told(transaction, case):
            return False
        facts = {"ground": ground_of(found.evidence), "case": case.id}
        tell_of_case(transaction, case, HealthNoticeCode.RELIEF_BEGAN, facts)
        return True


def close_case(
    transaction: Transaction, evidence: EvidenceId, state: CaseState, *, by: tuple[str, ...]
) -> CorrectionCase | None:
    """Decide the open case about evidence, if there is one."""
    found = transaction.controls.case_of(evidence)
    case = None if found is None else transaction.controls.case(found.id, lock=True)
    if case is None or case.state is not CaseState.OPEN:
        return None
    decided = replace(case, state=state, decided_at=transaction.now, decided_by=by)
    transaction.controls.decide_case(decided)
    return decided


def tell_of_case(
    transaction: Transaction,
    case: CorrectionCase,
    code: HealthNoticeCode,
    facts: Mapping[str, str],
) -> None:
    """Tell the person of their case."""
    holding = holding_or_raise(transaction)
    delete_after = holding.delete_after(local_day(transaction.now, holding.version.zone))
    tell(transaction, case.person, code, facts, delete_after=delete_after)


def _is_of(evidence: Evidence, own: Registration) -> bool:
    """What somebody else declared or brought under this number counts for nobody here."""
    return evidence.person == own.person and evidence.registration in (None, own.id)


def _fault(
    authority: Authority, transaction: Transaction, kept: KeptEvidence, words: str
) -> CorrectionFault | None:
    if kept.evidence.route is Route.DECLARATION:
        return CorrectionFault.OWN_WORD
    standing = standing_of(kept, transaction.now)
    # A case may count after its end: its person was discharged, and not long ago.
    may_be = standing in _CONTESTABLE or (
        standing is Standing.ENDED
        and Bench.of(authority, transaction, kept.evidence.person).is_finding(kept.evidence.id)
    )
    if not may_be or not speaks_against(kept.evidence):
        return CorrectionFault.EVIDENCE_UNKNOWN
    earlier = transaction.controls.case_of(kept.evidence.id)
    if earlier is not None and earlier.state is CaseState.OPEN:
        return CorrectionFault.CONTESTED_ALREADY
    return None if fault_of_words(words) is None else CorrectionFault.WORDS_MISSING


_CONTESTABLE = frozenset({Standing.COUNTS, Standing.RELIEVED})


def _opened(
    authority: Authority, transaction: Transaction, case: CorrectionCase, evidence: Evidence
) -> CorrectionCase:
    holding = holding_or_raise(transaction)
    delete_after = holding.delete_after(local_day(case.decide_by, holding.version.zone))
    if not transaction.controls.open_case(case, delete_after):
        raise RequestIdReusedError  # the same id in two requests at the same moment
    transaction.evidence.keep_until(evidence.id, delete_after)
    event = EvidenceEvent(
        evidence=evidence.id,
        kind=EventKind.CONTESTED,
        at=case.opened_at,
        by=(case.registration,),
        case=case.id,
        decide_by=case.decide_by,
    )
    become(authority, transaction, event, causers=())
    facts = {
        "ground": ground_of(evidence),
        "decide_by": case.decide_by.isoformat(),
        "case": case.id,
    }
    tell_of_case(transaction, case, HealthNoticeCode.CASE_OPENED, facts)
    _note(transaction, "traveller", "correction.open", case.id, "open")
    return case


def _was_told(transaction: Transaction, case: CorrectionCase) -> bool:
    return any(
        each.code == HealthNoticeCode.RELIEF_BEGAN and each.facts.get("case") == case.id
        for each in transaction.controls.told(case.person)
    )


def _shown(transaction: Transaction, case: CorrectionCase, officer: str) -> CaseShown | None:
    kept = transaction.evidence.get(case.evidence)
    if kept is None:
        return None
    _note(transaction, officer, "correction.look", case.id, case.state.value)
    return CaseShown(case=case, kept=kept)


def _note(transaction: Transaction, actor: str, action: str, subject: str, outcome: str) -> None:
    transaction.audit.record(
        AuditEntry(at=transaction.now, actor=actor, action=action, subject=subject, outcome=outcome)
    )
