"""Which pass a crossing uses up, the same on a device and on a server."""

from tongguan.core.decisions import Decision
from tongguan.core.gate.crossing import Crossing
from tongguan.core.gate.decide import crossing_of
from tongguan.core.gate.situation import GateSituation
from tongguan.core.identifiers import PassId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.reasons import ReasonCode

_NOT_OF_THIS_CROSSING = frozenset(
    (ReasonCode.PASS_OTHER_HOLDER, ReasonCode.PASS_OTHER_SCHEME, ReasonCode.WRONG_DIRECTION)
)
"""A pass shown with one of these is not what lets its bearer through, so it is not used up."""


def used_pass(situation: GateSituation, decision: Decision) -> PassId | None:
    """The pass that the crossing uses, should the person go through.

    None where none is needed; nor one that was used before, is another's, or is for another way.
    """
    if not isinstance(situation.pass_, PassClaims):
        return None
    if situation.earlier_use is not None or _NOT_OF_THIS_CROSSING.intersection(decision.codes):
        return None
    crossing = crossing_of(situation)
    if isinstance(crossing, Crossing) and not crossing.pass_needed:
        return None
    return situation.pass_.pass_id
