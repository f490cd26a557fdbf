"""What stands behind evidence in the authority's own records, whoever brings it to the door."""

from tongguan.app.control.store import ProposalKind, ProposalState
from tongguan.app.evidence.sources import causers_of
from tongguan.app.ports import Transaction
from tongguan.core.evidence.batch import source_key
from tongguan.core.evidence.limits import CONSOLE, officer_causer, unit_causer
from tongguan.core.evidence.records import Evidence, EvidenceEvent, Route
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
            is_own = open_registration is not None and evidence.registration == open_registration
            return is_own and (
                evidence.route is not Route.CERTIFICATE or _is_brought(transaction, evidence)
            )
        case Hand.SIGNED_SOURCE:
            return _is_enrolled(transaction, evidence)
        case Hand.TWO_OFFICERS:
            return _is_proposed(transaction, evidence)


def _is_brought(transaction: Transaction, evidence: Evidence) -> bool:
    """Whether a certificate that was verified here counts for the registration."""
    certificate = bytes.fromhex(evidence.batch or "")
    return transaction.certificates.registration_of(certificate) == evidence.registration


def may_take_back(transaction: Transaction, evidence: Evidence, event: EvidenceEvent) -> bool:
    """Whether the records hold what the console asks for, where an event is the console's.

    The authority takes back nothing here and there: only what it received of a source since the
    time from which on it noted, for everybody to read, that nothing of that source stands.
    """
    if event.by != (CONSOLE,):
        return True
    source = transaction.evidence_sources.get(EvidenceSourceId(evidence.source))
    since = None if source is None else source.unsound_since
    return since is not None and evidence.received_at >= since


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
