"""Evidence as it is laid before whom it is about, or before an officer."""

from collections.abc import Iterable
from dataclasses import dataclass

from tongguan.app.authorities import Authority
from tongguan.app.control.store import CorrectionCase
from tongguan.app.ports import Transaction
from tongguan.app.stores import AuditEntry
from tongguan.core.evidence.records import KeptEvidence, Route
from tongguan.core.identifiers import EvidenceId, EvidenceSourceId

_UNIT = "unit:"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EvidenceShown:
    """One piece of evidence with what is kept beside it; personal data, hidden when printed."""

    kept: KeptEvidence
    said_by: tuple[str, ...]
    """Names of who says it: a source's own name, an authority's id, units of officers; nobody for
    a person's own word."""
    case: CorrectionCase | None
    """The latest request for its correction."""

    def __repr__(self) -> str:
        return f"EvidenceShown({self.kept!r})"


def evidence_shown(
    authority: Authority, evidence: Iterable[EvidenceId]
) -> dict[EvidenceId, EvidenceShown]:
    """What is kept of each; an id that is not kept is left out. Who may see it is the caller's."""
    with authority.database.transaction() as transaction:
        found = ((each, transaction.evidence.get(each)) for each in evidence)
        return {each: _shown(transaction, kept) for each, kept in found if kept is not None}


def look_at_evidence(
    authority: Authority, evidence: EvidenceId, *, officer: str
) -> EvidenceShown | None:
    """Evidence to an officer who belongs to a unit; the look is recorded before it is shown."""
    with authority.database.transaction() as transaction:
        kept = transaction.evidence.get(evidence)
        if kept is None or transaction.controls.unit_of(officer) is None:
            return None
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor=officer,
                action="evidence.look",
                subject=evidence,
                outcome=kept.evidence.route.value,
            )
        )
        return _shown(transaction, kept)


def source_name(authority: Authority, source: str) -> str | None:
    """What an enrolled source calls itself; ``None`` when none has this id."""
    with authority.database.transaction() as transaction:
        found = transaction.evidence_sources.get(EvidenceSourceId(source))
        return None if found is None else found.name


def _shown(transaction: Transaction, kept: KeptEvidence) -> EvidenceShown:
    return EvidenceShown(
        kept=kept,
        said_by=_said_by(transaction, kept),
        case=transaction.controls.case_of(kept.evidence.id),
    )


def _said_by(transaction: Transaction, kept: KeptEvidence) -> tuple[str, ...]:
    evidence = kept.evidence
    match evidence.route:
        case Route.DECLARATION:
            return ()
        case Route.OFFICERS:
            causers = evidence.causers
            return tuple(each.removeprefix(_UNIT) for each in causers if each.startswith(_UNIT))
        case Route.CERTIFICATE | Route.CONVERSION:
            return (evidence.source,)
        case Route.ARRIVAL_FEED | Route.LABORATORY | Route.ORDER_OFFICE:
            source = transaction.evidence_sources.get(EvidenceSourceId(evidence.source))
            return (evidence.source if source is None else source.name,)
