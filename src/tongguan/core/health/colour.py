"""A health colour: a pure function of what a person declared, a rule version and the day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tongguan.core.calendar import end_of_day, local_day
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import Arrival, HealthDeclaration, HighRiskStay
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import ColourRule, ColourRules

__all__ = [
    "Arrival",
    "ColourDecision",
    "ColourRule",
    "ColourRules",
    "HealthDeclaration",
    "HighRiskStay",
    "colour_of",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColourDecision:
    """A colour with every ground that gives it or a lesser one, the gravest first."""

    colour: Colour = field(repr=False)
    reasons: tuple[HealthReason, ...] = field(repr=False)
    until: datetime
    """Excluded: 23:59:59 of the day of issue in the rules' zone, so that it holds through the
    minute that is shown, 23:59, and not at midnight."""


def colour_of(
    declaration: HealthDeclaration, rules: ColourRules, *, on: datetime
) -> ColourDecision:
    """The colour that the rules give to what is declared, on the day of ``on``.

    In the last second of a day it is that of the next: a code must not end as it begins.
    """
    today = local_day(on + _ONE_SECOND, rules.zone)
    until = end_of_day(today, rules.zone) + _LAST_MINUTE
    declared = _declared(declaration, rules)
    held = [rule for rule in rules.rules if _holds(rule, declared[rule.reason], today)]
    held.sort(key=lambda rule: (-_GRAVITY[rule.colour], rule.reason))
    if not held:
        return ColourDecision(
            colour=Colour.GREEN, reasons=(HealthReason.NOTHING_ADVERSE,), until=until
        )
    reasons = tuple(rule.reason for rule in held)
    return ColourDecision(colour=held[0].colour, reasons=reasons, until=until)


_ONE_SECOND = timedelta(seconds=1)
_LAST_MINUTE = timedelta(seconds=59)
_GRAVITY = {Colour.GREEN: 0, Colour.AMBER: 1, Colour.RED: 2}


def _holds(rule: ColourRule, declared: bool | Collection[date], today: date) -> bool:
    if isinstance(declared, bool):
        return declared
    # A date that is still to come counts like today: a slip of the pen must not turn a code green.
    return any(rule.days is None or (today - day).days < rule.days for day in declared)


def _declared(
    declaration: HealthDeclaration, rules: ColourRules
) -> Mapping[HealthReason, bool | Collection[date]]:
    """On each ground what was declared: yes or no, or the days on which it happened."""
    return {
        HealthReason.CONFIRMED: declaration.confirmed,
        HealthReason.SUSPECTED: declaration.suspected,
        HealthReason.CLOSE_CONTACT: declaration.close_contact,
        HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT: declaration.household_of_close_contact,
        HealthReason.UNDER_QUARANTINE: declaration.under_compulsory_quarantine,
        HealthReason.DISCHARGED_RECENTLY: _days(declaration.discharged_on),
        HealthReason.SYMPTOMS: _days(declaration.symptoms_last_on),
        HealthReason.HIGH_RISK_STAY: [stay.last_on for stay in declaration.high_risk_stays],
        HealthReason.ARRIVED_FROM_OUTSIDE: [
            arrival.arrived_on
            for arrival in declaration.arrivals
            if arrival.scheme not in rules.schemes_without_effect
        ],
    }


def _days(day: date | None) -> tuple[date, ...]:
    return () if day is None else (day,)
