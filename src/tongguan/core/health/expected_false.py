"""How many people a version of the rules must be expected to colour who are not infected.

A rule that turns nobody wrongly does not exist; what it costs is stated beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import ByExposure, ByTests, ExpectedFrom, HealthRules


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedFalse:
    """People of 10,000 who have a colour on one day and are not infected."""

    by_ground: Mapping[HealthReason, Decimal | None]
    """Of each ground of the version; ``None``: not stated, which is not zero."""
    by_colour: Mapping[Colour, Decimal | None]
    """The sum of what is stated, so at least this many; ``None`` where nothing is stated."""
    not_stated: tuple[HealthReason, ...]


def expected_false_per_10000(rules: HealthRules) -> ExpectedFalse:
    """What the stated figures come to, by ground and by colour."""
    by_ground: dict[HealthReason, Decimal | None] = {}
    by_colour: dict[Colour, Decimal | None] = {Colour.AMBER: None, Colour.RED: None}
    for rule in rules.colours.rules:
        figures = rules.expected_from.get(rule.reason)
        expected = None if figures is None else _expected(figures)
        by_ground[rule.reason] = expected
        if expected is not None:
            by_colour[rule.colour] = (by_colour[rule.colour] or Decimal(0)) + expected
    return ExpectedFalse(
        by_ground=by_ground,
        by_colour=by_colour,
        not_stated=tuple(reason for reason, expected in by_ground.items() if expected is None),
    )


def _expected(figures: ExpectedFrom) -> Decimal:
    match figures:
        case ByTests():
            well = figures.tests_per_10000_daily * (1 - figures.prevalence)
            return well * (1 - figures.specificity) * figures.days
        case ByExposure():
            return figures.persons_per_10000 * (1 - figures.infected)
