"""Builders of daily figures and what asks for them: imported and unlinked cases of two sides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.builders.schemes import GD, HK, basis, text
from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.identifiers import AuthorityId, MetricId, SchemeId, VersionId
from tongguan.core.scheme.figures import DailyFigures
from tongguan.core.scheme.model import (
    Basis,
    Breaker,
    Criterion,
    Measure,
    Metric,
    MetricUnit,
    Statistic,
    Version,
)

CASES = MetricId("unlinked-cases")
FIRST = date(2021, 12, 13)
"""The day on which the tests' phase begins."""


def metric(id_: str = CASES, **changes: Any) -> Metric:
    values: dict[str, Any] = {
        "id": MetricId(id_),
        "name": text(id_),
        "unit": MetricUnit.COUNT,
        "reported_by": (HK, GD),
        "basis": basis(),
    }
    return Metric(**values | changes)


def measure(statistic: Statistic = Statistic.MEAN, days: int = 7, **changes: Any) -> Measure:
    values: dict[str, Any] = {
        "metric": CASES,
        "statistic": statistic,
        "days": days,
        "at_most": 5,
        "at_least": None,
    }
    return Measure(**values | changes)


def bubble(**changes: Any) -> Breaker:
    """Hong Kong–Singapore: a 7-day mean above 5 suspends two days later for 14 days."""
    values: dict[str, Any] = {
        "id": "bubble",
        "name": text("unlinked cases"),
        "keeps": measure(),
        "by_itself": True,
        "control_points": None,
        "directions": None,
        "notice_minutes": 2 * 24 * 60,
        "lasts_days": 14,
        "resumes": measure(),
        "basis": basis(),
    }
    return Breaker(**values | changes)


def figures(
    day: date,
    number: int,
    *,
    by: AuthorityId = HK,
    at: datetime | None = None,
    metric_id: MetricId = CASES,
    scheme: str = "test-pilot",
) -> DailyFigures:
    """Signed at 22:00 of the day in Hong Kong, when nothing else is said."""
    signed = at or datetime.combine(day, time(14), UTC)
    return DailyFigures(
        authority=by, scheme=SchemeId(scheme), day=day, at=signed, values={metric_id: number}
    )


def series(
    numbers: Sequence[int], *, by: AuthorityId = HK, first: date = FIRST
) -> tuple[DailyFigures, ...]:
    """One figure a day from the first day on."""
    return tuple(
        figures(first + timedelta(days=number), value, by=by)
        for number, value in enumerate(numbers)
    )


def both(numbers: Mapping[AuthorityId, Sequence[int]], first: date) -> Iterable[DailyFigures]:
    """The series of both sides together."""
    return [each for by, values in numbers.items() for each in series(values, by=by, first=first)]


ONE_DAY = bubble(
    keeps=measure(Statistic.SUM, 1),
    resumes=measure(Statistic.SUM, 1),
    notice_minutes=60,
    lasts_days=2,
)


def measured() -> Version:
    """The assumed pilot with figures: a criterion to begin, and a breaker of one day."""
    bundled = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot = bundled.phases[0]
    cited = Basis(claims=pilot.basis.claims)
    criterion = Criterion(
        id="calm", name=text("few cases"), measure=measure(Statistic.SUM, 2), basis=cited
    )
    phase = replace(pilot, criteria=(criterion,), breakers=(replace(ONE_DAY, basis=cited),))
    use = metric("use", unit=MetricUnit.PERCENT, basis=cited)
    return replace(bundled, metrics=(metric(basis=cited), use), phases=(phase, *bundled.phases[1:]))
