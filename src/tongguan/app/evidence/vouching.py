"""What stands behind evidence in the authority's own records, whoever brings it to the door."""

from tongguan.app.control.store import ProposalKind, ProposalState
from tongguan.app.evidence.sources import causers_of
from tongguan.app.ports import Transaction
from tongguan.core.evidence.batch import source_key
from tongguan.core.evidence.limits import officer_causer, unit_causer
from tongguan.core.evidence.records import Evidence
from tongguan.core.evidence.routes import ROUTE_RULES, Hand
from tongguan.core.identifiers import EvidenceSourceId, ProposalId, RegistrationId


def is_vouched(
    transaction: Transaction, evidence: Evidence, open_registration: RegistrationId | None
) -> bool:
    """Whether the records hold what the evidence's route asks for.

    ``open_registration`` is that of the person. A second look: whoever comes to the door has asked
    already, and a use case that forgot to is found out here.
    """
    rule = ROUTE_RULES[evidence.route]
    match rule.hand:
        case Hand.OWN:
            return open_registration is not None and evidence.registration == open_registration
        case Hand.SIGNED_SOURCE:
            return _is_enrolled(transaction, evidence)
        case Hand.TWO_OFFICERS:
            return _is_proposed(transaction, evidence)


def _is_enrolled(transaction: Transaction, evidence: Evidence) -> bool:
    source = transaction.evidence_sources.get(EvidenceSourceId(evidence.source))
    return (
        source is not None
        and source.kind is ROUTE_RULES[evidence.route].source
        and source.withdrawn_at is None
        and source_key(source).covers(transaction.now)
        and set(evidence.causers) == set(causers_of(source))
        and evidence.batch is not None
    )


def _is_proposed(transaction: Transaction, evidence: Evidence) -> bool:
    """That the other officer is of another unit is the table's own constraint when it closes."""
    proposal = transaction.controls.proposal(ProposalId(evidence.id))
    return (
        proposal is not None
        and proposal.kind is ProposalKind.FINDING
        and proposal.state in (ProposalState.OPEN, ProposalState.CARRIED_OUT)
        and proposal.person == evidence.person
        and {officer_causer(proposal.proposed_by), unit_causer(proposal.unit)}
        <= set(evidence.causers)
    )
