"""Measures: met, not met or no data, compared exactly and asked of each authority."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.figures import CASES, FIRST, both, figures, measure, metric, series
from tests.builders.schemes import GD, HK, version
from tongguan.core.identifiers import MetricId
from tongguan.core.scheme.figures import figures_by_day
from tongguan.core.scheme.measures import Evaluation, MeasureState, evaluate
from tongguan.core.scheme.model import Measure, Statistic

TEXT = version(metrics=(metric(),))
WEEK = FIRST + timedelta(days=6)
LATE = figures(FIRST + timedelta(days=300), 0).at


def asked(said: object, what: Measure | None = None) -> Evaluation:
    reported = figures_by_day(said, TEXT, LATE)  # type: ignore[arg-type]
    return evaluate(TEXT, what or measure(), reported, WEEK)


@pytest.mark.parametrize(
    ("hong_kong", "state", "number"),
    [
        ([5] * 7, MeasureState.MET, Fraction(5)),
        ([5] * 6 + [6], MeasureState.NOT_MET, Fraction(36, 7)),
        ([35, 0, 0, 0, 0, 0, 0], MeasureState.MET, Fraction(5)),
        ([36, 0, 0, 0, 0, 0, 0], MeasureState.NOT_MET, Fraction(36, 7)),
        ([0] * 6, MeasureState.NO_DATA, None),
    ],
)
def test_mean__is_compared__exactly(
    hong_kong: list[int], state: MeasureState, number: Fraction | None
) -> None:
    found = asked(both({HK: hong_kong, GD: [0] * 7}, FIRST))
    assert found.readings[0].state is state
    assert found.readings[0].number == number
    assert found.readings[1].state is MeasureState.MET
    assert found.state is state


def test_measure__is_not_met__where_one_side_fails_though_the_other_is_silent() -> None:
    found = asked(series([9] * 7))
    assert found.state is MeasureState.NOT_MET
    assert found.authorities(MeasureState.NO_DATA) == (GD,)


def test_measure__without_figures_of_one_side__has_no_data() -> None:
    assert asked(series([0] * 7)).state is MeasureState.NO_DATA
    assert asked(()).state is MeasureState.NO_DATA


def test_measure__of_a_metric_that_nobody_reports__has_no_data() -> None:
    unknown = measure(metric=MetricId("unheard-of"))
    assert asked(series([0] * 7), unknown).state is MeasureState.NO_DATA


@pytest.mark.parametrize(
    ("statistic", "number"),
    [(Statistic.SUM, 28), (Statistic.MEAN, 4), (Statistic.MAXIMUM, 7)],
)
def test_statistic__makes__one_number_of_the_days(statistic: Statistic, number: int) -> None:
    said = both({HK: range(1, 8), GD: range(1, 8)}, FIRST)
    for bounds, state in (
        ({"at_most": number}, MeasureState.MET),
        ({"at_most": number - 1}, MeasureState.NOT_MET),
        ({"at_most": None, "at_least": number}, MeasureState.MET),
        ({"at_most": None, "at_least": number + 1}, MeasureState.NOT_MET),
    ):
        found = asked(said, measure(statistic, **bounds))
        assert found.state is state
        assert {each.number for each in found.readings} == {Fraction(number)}


@given(
    numbers=st.lists(st.integers(0, 12), min_size=7, max_size=7),
    missing=st.sets(st.integers(0, 6), max_size=2),
)
def test_reading__shows__every_day_and_says_the_truth(
    numbers: list[int], missing: set[int]
) -> None:
    said = [each for place, each in enumerate(series(numbers)) if place not in missing]
    (reading, _) = asked(said).readings
    shown = tuple(None if place in missing else n for place, n in enumerate(numbers))
    assert reading.values == shown
    if missing:
        assert reading.state is MeasureState.NO_DATA
    else:
        assert (reading.state is MeasureState.MET) == (sum(numbers) <= 5 * 7)
    assert CASES == "unlinked-cases"
