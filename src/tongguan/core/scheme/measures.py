"""Measures: a statement on daily figures, asked for a day, with the numbers that answer it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from tongguan.core.identifiers import AuthorityId, MetricId
from tongguan.core.scheme.figures import DailyFigures
from tongguan.core.scheme.model import Measure, Statistic, Version

Reported = Mapping[tuple[AuthorityId, date], DailyFigures]
"""The figures that count, by authority and day (``figures.figures_by_day``)."""


class MeasureState(StrEnum):
    """Whether a measure holds."""

    MET = "met"
    NOT_MET = "not_met"
    NO_DATA = "no_data"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the figures of one authority say."""

    authority: AuthorityId
    state: MeasureState
    values: tuple[int | None, ...]
    """The figure of each day, the first day first; ``None`` where there is none."""
    number: Fraction | None
    """Sum, mean or maximum, exactly; ``None`` without data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """A measure asked for a day: of each authority that reports its metric, in their order."""

    measure: Measure
    day: date
    readings: tuple[Reading, ...]

    @property
    def state(self) -> MeasureState:
        """Not met where it is not met for anyone; else no data; met only where all have met it."""
        states = {each.state for each in self.readings}
        if MeasureState.NOT_MET in states:
            return MeasureState.NOT_MET
        return MeasureState.MET if states == {MeasureState.MET} else MeasureState.NO_DATA

    def authorities(self, state: MeasureState) -> tuple[AuthorityId, ...]:
        """Those of whom this is so."""
        return tuple(each.authority for each in self.readings if each.state is state)


def evaluate(version: Version, measure: Measure, reported: Reported, day: date) -> Evaluation:
    """The measure for a day, by the figures of its last days, the day itself included."""
    days = [day - timedelta(days=back) for back in reversed(range(measure.days))]
    return Evaluation(
        measure=measure,
        day=day,
        readings=tuple(
            _reading(measure, authority, _values(reported, authority, measure.metric, days))
            for authority in _reporting(version, measure.metric)
        ),
    )


def _reporting(version: Version, metric: MetricId) -> tuple[AuthorityId, ...]:
    declared = next((each for each in version.metrics if each.id == metric), None)
    return () if declared is None else declared.reported_by


def _values(
    reported: Reported, authority: AuthorityId, metric: MetricId, days: Iterable[date]
) -> tuple[int | None, ...]:
    statements = (reported.get((authority, day)) for day in days)
    return tuple(None if each is None else each.values.get(metric) for each in statements)


def _reading(measure: Measure, authority: AuthorityId, values: tuple[int | None, ...]) -> Reading:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        state, number = MeasureState.NO_DATA, None
    else:
        number = _number(measure.statistic, known)
        state = MeasureState.MET if _holds(measure, number) else MeasureState.NOT_MET
    return Reading(authority=authority, state=state, values=values, number=number)


def _number(statistic: Statistic, values: list[int]) -> Fraction:
    match statistic:
        case Statistic.SUM:
            return Fraction(sum(values))
        case Statistic.MEAN:
            return Fraction(sum(values), len(values))
        case Statistic.MAXIMUM:
            return Fraction(max(values))


def _holds(measure: Measure, number: Fraction) -> bool:
    """Fractions compare exactly: a mean against a bound is the sum against bound times days."""
    is_low_enough = measure.at_most is None or number <= measure.at_most
    is_high_enough = measure.at_least is None or number >= measure.at_least
    return is_low_enough and is_high_enough
