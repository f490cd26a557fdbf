"""What befalls a party of the demonstration; the plain story is that all goes well."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Story(StrEnum):
    """What is out of the ordinary about a party, in alphabetical order."""

    AFTER_HOURS = "after_hours"
    BROKEN_CODE = "broken_code"
    BROKEN_PASS = "broken_pass"
    CANCELS = "cancels"
    CANCELS_AND_COMES = "cancels_and_comes"
    CODE_OF_YESTERDAY = "code_of_yesterday"
    COMES_TWICE = "comes_twice"
    DAY_LATE = "day_late"
    DAY_LATE_HOME = "day_late_home"
    EVIDENCE_FORGOTTEN = "evidence_forgotten"
    EVIDENCE_TOO_WEAK = "evidence_too_weak"
    FIRST_AT_THE_GATE = "first_at_the_gate"
    """Comes before the gate has the other side's lists."""
    GATE_CUT_OFF = "gate_cut_off"
    ILL = "ill"
    ILL_ON_THE_WAY_HOME = "ill_on_the_way_home"
    LATE = "late"
    LEAVES_THE_RANGE = "leaves_the_range"
    LOST_PASS_HOME = "lost_pass_home"
    MEETS_THE_SUSPENSION = "meets_the_suspension"
    NOT_TURNING_UP = "not_turning_up"
    NO_CODE = "no_code"
    NO_PASS = "no_pass"
    OLD_CODE = "old_code"
    """Shows a code that a newer one has replaced."""
    ORDINARY = "ordinary"
    OTHERS_CODE = "others_code"
    OTHERS_PASS = "others_pass"
    POSITIVE_TEST = "positive_test"
    """A laboratory of the other side finds it positive in the morning, after it got its codes."""
    TOO_EARLY = "too_early"
    WRONG_CONTROL_POINT = "wrong_control_point"
    WRONG_DIRECTION = "wrong_direction"
    WRONG_LANE = "wrong_lane"
    """A gate set to a direction that the scheme does not have."""


SHARES: Final[Mapping[Story, float]] = MappingProxyType(
    {
        Story.CANCELS: 0.04,
        Story.CANCELS_AND_COMES: 0.01,
        Story.COMES_TWICE: 0.01,
        Story.EVIDENCE_FORGOTTEN: 0.01,
        Story.EVIDENCE_TOO_WEAK: 0.01,
        Story.ILL: 0.01,
        Story.ILL_ON_THE_WAY_HOME: 0.005,
        Story.LATE: 0.01,
        Story.LEAVES_THE_RANGE: 0.005,
        Story.NOT_TURNING_UP: 0.02,
        Story.TOO_EARLY: 0.01,
    }
)
"""How many of the parties each story takes; those that are not named take the least number."""

PARTIES_MIN: Final = 2
"""Of every story, however small the population: one of them at least should get its place."""
