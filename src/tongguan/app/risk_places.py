"""Places of high risk: listed and ended by signed batches, public, and never about a person.

Who declared a stay there is judged by the list at their next code. Codes in use are not looked
through: what their holders declared is sealed, and every code is over by the end of its day.
"""

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.core.evidence.batch import SignedBatch
from tongguan.core.evidence.batch_faults import BatchFault, BatchFaultError
from tongguan.core.evidence.records import RiskPlace


def risk_places(authority: Authority) -> tuple[RiskPlace, ...]:
    """Every place that is or was listed."""
    with authority.database.transaction() as transaction:
        return transaction.evidence_sources.risk_places()


def take_places(transaction: Transaction, signed: SignedBatch) -> None:
    """List and end the places of a batch.

    ``BatchFaultError`` for an end of what this source has not listed; a source ends its own alone.
    """
    store, source = transaction.evidence_sources, signed.source.id
    for listed in signed.batch.listed:
        store.list_risk_place(
            RiskPlace(
                division=listed.division,
                first_on=listed.first_on,
                last_on=listed.last_on,
                source=source,
                listed_at=transaction.now,
            )
        )
    for number, ended in enumerate(signed.batch.ended):
        if not store.end_risk_place(ended.division, ended.last_on, source):
            raise BatchFaultError(BatchFault.NOT_ITS_OWN, f"risk_places/ended/{number}")
