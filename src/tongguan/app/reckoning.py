"""What limits are reckoned from, with what earlier windows hand on looked up in the ledger."""

from collections.abc import Sequence
from dataclasses import replace

from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, version_by_digest
from tongguan.core.quota.demand import windows_before
from tongguan.core.quota.limits import Reckoning, TextApplied
from tongguan.core.quota.windows import Crossing
from tongguan.core.scheme.model import CarryOver
from tongguan.core.scheme.state import find_phase


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
    if all(quota.carry_over is CarryOver.NONE for quota in holding.phase.quotas):
        return reckoning
    reckoning = replace(reckoning, applied=_texts_applied(transaction, holding))
    before = windows_before(reckoning, crossings)
    counts = transaction.ledger.counts(before)
    taken = {each.window.key: each.taken for each in counts}
    return replace(reckoning, taken_before=taken)


def _texts_applied(transaction: Transaction, holding: Holding) -> tuple[TextApplied, ...]:
    """The texts of the scheme under which places stood, the oldest first."""
    found = []
    for each in transaction.transitions.all():
        if each.scheme != holding.version.scheme:
            continue
        version = version_by_digest(transaction, each.digest)
        phase = find_phase(version, each.phase)
        if phase is not None:
            phase = replace(phase, ends=each.last_day)
            found.append(TextApplied(version=version, phase=phase, since=each.applied_at))
    return tuple(found)
