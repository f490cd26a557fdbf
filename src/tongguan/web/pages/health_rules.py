"""The public page of the rules: what gives which colour, from where, and how often it is wrong;
and the places of high risk that count now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.app.evidence.risk_places import places_that_count
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.expected_false import ExpectedFalse, expected_false_per_10000
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import ColourRule, HealthRules, Stated
from tongguan.web.pages.registrations import rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority

_CONTROLS = "controls/"


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureShown:
    """A figure under the words of its key, with where it is from."""

    key: str
    stated: Stated


@dataclass(frozen=True, kw_only=True, slots=True)
class GroundShown:
    """One rule, how many it colours wrongly, and the figures from which that follows."""

    rule: ColourRule
    title_key: str
    wrong: str | None
    """Of 10,000 people; ``None``: not stated."""
    inputs: tuple[FigureShown, ...]


@allows(Permission.ANYONE)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, every figure with its source; not there without any."""
    health_rules = rules_or_404()
    expected = expected_false_per_10000(health_rules)
    context = {
        "rules": health_rules,
        "schemes": sorted(health_rules.colours.schemes_without_effect),
        "grounds": tuple(
            _ground(each, health_rules, expected) for each in health_rules.colours.rules
        ),
        "wrong": tuple((each, _rounded(expected.by_colour[each])) for each in _ADVERSE),
        "places": places_that_count(current_authority()),
        "assurance": health_rules.stated["assurance_min"],
        "controls": tuple(_figures(health_rules, _CONTROLS, "health.rules.figures")),
    }
    return render(request, "public/health_rules.html", context)


_ADVERSE = (Colour.RED, Colour.AMBER)


def _ground(rule: ColourRule, health_rules: HealthRules, expected: ExpectedFalse) -> GroundShown:
    inputs = f"grounds/{rule.reason}/expected_false/"
    return GroundShown(
        rule=rule,
        title_key=_title_key(rule.reason),
        wrong=_rounded(expected.by_ground[rule.reason]),
        inputs=tuple(_figures(health_rules, inputs, "health.rules.inputs")),
    )


def _title_key(reason: HealthReason) -> str:
    return f"health.reasons.{reason}.title"


def _figures(health_rules: HealthRules, place: str, key: str) -> Iterator[FigureShown]:
    for path, stated in health_rules.stated.items():
        if path.startswith(place):
            name = path.removeprefix(place).replace("/", ".")
            yield FigureShown(key=f"{key}.{name}", stated=stated)


def _rounded(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.2f}"
