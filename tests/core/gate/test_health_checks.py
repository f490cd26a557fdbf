"""Which of several codes of one issuer counts."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.builders.gate import health_code, hong_kong, situation
from tests.builders.schemes import GD, HK
from tongguan.core.decisions import Outcome
from tongguan.core.gate.decide import decide
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.reasons import ReasonCode

EIGHT = hong_kong(13, "08:00")


def coloured(colour: Colour, seconds: int = 0) -> HealthCodeClaims:
    return health_code(GD, colour=colour, issued_at=EIGHT + timedelta(seconds=seconds))


@pytest.mark.parametrize(("graver"), [Colour.AMBER, Colour.RED])
def test_code__of_the_same_second__counts_when_it_is_the_graver(graver: Colour) -> None:
    """Nobody shows a green one beside the red one that was issued with it, and goes through."""
    for codes in permutations((coloured(Colour.GREEN), coloured(graver))):
        decision = decide(situation(codes=(health_code(HK), *codes)))
        assert decision.outcome is not Outcome.ADMIT
        assert decision.codes == (ReasonCode.HEALTH_CODE_NOT_GREEN,)


def test_code__issued_last__counts_whatever_came_before() -> None:
    for codes in permutations((coloured(Colour.GREEN, 1), coloured(Colour.RED))):
        assert decide(situation(codes=(health_code(HK), *codes))).outcome is Outcome.ADMIT
    for codes in permutations((coloured(Colour.GREEN), coloured(Colour.RED, 1))):
        assert decide(situation(codes=(health_code(HK), *codes))).outcome is not Outcome.ADMIT
