"""Breakers: the numbers of Hong Kong–Singapore and of the talks with Guangdong, and their law."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.figures import FIRST, both, bubble, figures, measure, metric, series
from tests.builders.schemes import GD, HK, SZB, phase, version
from tongguan.core.identifiers import ControlPointId, VersionDigest
from tongguan.core.scheme.activation import phase_state
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.breakers import Since, Trip, breaker_suspensions, breaker_trips
from tongguan.core.scheme.figures import DailyFigures
from tongguan.core.scheme.model import Breaker, Statistic, Version
from tongguan.core.scheme.state import PhaseState

ACTIVATED = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
DIGEST = VersionDigest("ab" * 32)


def text(*breakers: Breaker) -> Version:
    return version(phase(breakers=breakers or (bubble(),), ends=None), metrics=(metric(),))


def _asked(scheme: Version, since: datetime = ACTIVATED) -> Since:
    """Every breaker of the phase, from its activation on."""
    return {each.id: since for each in scheme.phases[0].breakers}


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Hong Kong."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)


def day(number: int) -> date:
    """The first day of the phase is 0."""
    return FIRST + timedelta(days=number)


def trips(
    said: Iterable[DailyFigures], now: datetime, *breakers: Breaker, since: datetime = ACTIVATED
) -> tuple[Trip, ...]:
    scheme = text(*breakers)
    return breaker_trips(scheme, scheme.phases[0], _asked(scheme, since), said, now)


def said_by_both(hong_kong: Iterable[int], first: date = FIRST) -> Iterable[DailyFigures]:
    numbers = [*hong_kong]
    return both({HK: numbers, GD: [0] * len(numbers)}, first)


def test_bubble__is_suspended__two_days_after_the_mean_exceeds_5_for_14_days() -> None:
    """Days 0 to 6 sum to 35; on day 7 the mean is 36/7."""
    numbers = [5] * 7 + [6]
    (trip,) = trips(said_by_both(numbers), midnight(day(8)))
    assert (trip.day, trip.authorities) == (day(7), (HK,))
    assert trip.effective_at == midnight(day(10))
    assert trip.until == midnight(day(24))
    assert trips(said_by_both([5] * 60), midnight(day(61))) == ()


def test_bubble__resumes__when_the_mean_of_its_last_day_is_5_or_less() -> None:
    calm = [5] * 7 + [6] + [5] * 40
    (trip,) = trips(said_by_both(calm), midnight(day(24)))
    assert trip.until == midnight(day(24))
    assert trip.is_over(midnight(day(24)))
    assert trip.asked_last is not None
    assert trip.asked_last.day == day(23)

    restless = [5] * 7 + [6] * 20
    (longer,) = trips(said_by_both(restless), midnight(day(24)))
    assert longer.until == midnight(day(38)), "as long again"


def test_bubble__without_figures_of_its_last_day__lasts_as_long_again_until_they_come() -> None:
    until_22 = [*said_by_both([5] * 7 + [6] + [5] * 15)]
    silent = midnight(day(24)) + timedelta(hours=1)
    (trip,) = trips(until_22, silent)
    assert trip.until == midnight(day(38))
    late = [figures(day(23), 0, by=by, at=silent) for by in (HK, GD)]
    (heard,) = trips([*until_22, *late], silent)
    assert heard.until == midnight(day(24)), "over as soon as the figures say so"


def test_breaker__trips_again__only_on_a_day_after_its_end() -> None:
    numbers = [9] * 16 + [0] * 10 + [9] * 30
    first, second = trips(said_by_both(numbers), midnight(day(35)))
    assert (first.day, first.until) == (day(6), midnight(day(23)))
    assert second.day == day(29), "four days of 9 in seven: 36/7"


def test_breaker__looks__back_before_the_activation_and_trips_from_its_day_on() -> None:
    before = said_by_both([9] * 7, first=FIRST - timedelta(days=6))
    (trip,) = trips(before, midnight(day(1)))
    assert trip.day == FIRST
    week_earlier = said_by_both([9] * 7, first=FIRST - timedelta(days=7))
    assert trips(week_earlier, midnight(day(1))) == ()


@pytest.mark.parametrize(("cases", "bound", "tripped"), [(1, 0, True), (1, 1, False), (2, 1, True)])
def test_talks__counted__cases_of_unknown_source(cases: int, bound: int, tripped: bool) -> None:
    """The Mainland side spoke of one case, the Hong Kong side of two or more."""
    count = bubble(
        keeps=measure(Statistic.SUM, 1, at_most=bound),
        resumes=None,
        notice_minutes=0,
        lasts_days=7,
    )
    found = trips([figures(FIRST, cases)], midnight(day(1)), count)
    assert bool(found) is tripped
    for trip in found:
        assert (trip.effective_at, trip.until) == (midnight(day(1)), midnight(day(8)))
        assert trips([figures(FIRST, cases)], midnight(day(60)), count)[0].until == trip.until


def test_breaker__by_order_alone_or_without_data__never_trips() -> None:
    assert trips(said_by_both([9] * 30), midnight(day(30)), bubble(keeps=None)) == ()
    assert trips(series([9] * 6), midnight(day(30))) == ()
    assert trips((), midnight(day(30))) == ()


def test_breaker__not_by_itself__is_shown_and_suspends_nothing() -> None:
    scheme = text(bubble(by_itself=False))
    said = [*said_by_both([9] * 7)]
    now = midnight(day(10))
    assert len(breaker_trips(scheme, scheme.phases[0], _asked(scheme), said, now)) == 1
    assert breaker_suspensions(scheme, scheme.phases[0], _asked(scheme), said, now) == ()


def _acts(scheme: Version) -> list[Act]:
    def act(kind: ActKind, by: str, at: datetime) -> Act:
        return Act(
            kind=kind,
            authority=by,  # type: ignore[arg-type]
            scheme=scheme.scheme,
            version=scheme.id,
            digest=DIGEST,
            phase=None if kind is ActKind.SIGN_VERSION else scheme.phases[0].id,
            at=at,
        )

    hour = timedelta(hours=1)
    return [
        *(act(ActKind.SIGN_VERSION, by, ACTIVATED - hour) for by in ("HK", "GD")),
        act(ActKind.ACTIVATE_PHASE, "HK", ACTIVATED),
    ]


def _standing(scheme: Version, said: Any, now: datetime) -> Any:
    return phase_state(scheme, DIGEST, _acts(scheme), scheme.phases[0].id, now, figures=said)


def test_phase__is_suspended__by_the_breaker_and_active_again_after_it() -> None:
    scheme, said = text(), [*said_by_both([5] * 7 + [6] + [5] * 40)]
    states = {
        number: _standing(scheme, said, midnight(day(number))).state
        for number in (7, 9, 10, 23, 24)
    }
    assert states == {
        7: PhaseState.ACTIVE,
        9: PhaseState.ACTIVE,
        10: PhaseState.SUSPENDED,
        23: PhaseState.SUSPENDED,
        24: PhaseState.ACTIVE,
    }
    announced = _standing(scheme, said, midnight(day(9)))
    (order,) = announced.suspensions
    assert (order.authority, order.breaker) == (None, "bubble")
    assert order.order == f"breaker/bubble/{day(7).isoformat()}"
    suspended = _standing(scheme, said, midnight(day(10)))
    assert (suspended.since, suspended.by, suspended.acts) == (midnight(day(10)), (), ())
    assert _standing(scheme, said, midnight(day(24))).since == midnight(day(24))


def test_breaker_of_one_port__leaves__the_phase_active() -> None:
    scheme = text(bubble(control_points=(ControlPointId(SZB),)))
    found = _standing(scheme, [*said_by_both([9] * 7)], midnight(day(10)))
    assert found.state is PhaseState.ACTIVE
    assert [each.control_points for each in found.suspensions] == [(SZB,)]


def test_corrected_figures__count__from_the_correction_on() -> None:
    """What was decided while it was suspended was decided by the figures of then."""
    scheme, said = text(), [*said_by_both([5] * 7 + [6] + [5] * 20)]
    corrected_at = midnight(day(12))
    mended = [*said, figures(day(7), 5, at=corrected_at)]
    before = corrected_at - timedelta(seconds=1)
    assert _standing(scheme, mended, before).state is PhaseState.SUSPENDED
    assert _standing(scheme, mended, before) == _standing(scheme, said, before)
    assert _standing(scheme, mended, corrected_at).state is PhaseState.ACTIVE


_NUMBERS = st.lists(st.integers(0, 9), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(
    hong_kong=_NUMBERS,
    guangdong=_NUMBERS,
    now=st.integers(0, 70),
    days=st.sampled_from([1, 3, 7]),
    lasts=st.sampled_from([1, 5, 14]),
    resumes=st.booleans(),
    order=st.randoms(use_true_random=False),
)
def test_breaker__follows__the_figures_and_not_their_order(
    *,
    hong_kong: list[int],
    guangdong: list[int],
    now: int,
    days: int,
    lasts: int,
    resumes: bool,
    order: Any,
) -> None:
    asked = measure(days=days)
    rule = bubble(keeps=asked, lasts_days=lasts, resumes=asked if resumes else None)
    said = [*both({HK: hong_kong, GD: guangdong}, FIRST)]
    at = midnight(day(now))
    found = trips(said, at, rule)
    order.shuffle(said)
    assert trips([*said, *said[:3]], at, rule) == found
    assert found == trips((each for each in said if each.at <= at), at, rule)
    for earlier, later in pairwise(found):
        assert earlier.is_over(at)
        assert midnight(later.day) >= earlier.until
    for trip in found:
        length = trip.until - trip.effective_at
        assert length % timedelta(days=lasts) == timedelta(0)
        assert trip.effective_at == midnight(trip.day + timedelta(days=3))
        assert resumes or length == timedelta(days=lasts)
    if found and not found[-1].is_over(at):
        follows = text(replace(rule, by_itself=True))
        last = breaker_suspensions(follows, follows.phases[0], _asked(follows), said, at)[-1]
        assert last.is_in_effect(at) is (found[-1].effective_at <= at)
