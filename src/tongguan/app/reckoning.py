"""What limits are reckoned from, with what earlier windows hand on looked up in the ledger."""

from collections.abc import Sequence
from dataclasses import replace

from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding
from tongguan.core.quota.demand import windows_before
from tongguan.core.quota.limits import Reckoning
from tongguan.core.quota.windows import Crossing


def reckoning_of(
    transaction: Transaction, holding: Holding, crossings: Sequence[Crossing]
) -> Reckoning:
    """From what the limits of these crossings' windows follow now, under the text that holds."""
    reckoning = Reckoning(
        version=holding.version,
        phase=holding.phase,
        now=transaction.now,
        first_day=holding.first_day,
    )
    before = windows_before(reckoning, crossings)
    if not before:
        return reckoning
    counts = transaction.ledger.counts(before)
    taken = {each.window.key: each.taken for each in counts}
    return replace(reckoning, taken_before=taken)
