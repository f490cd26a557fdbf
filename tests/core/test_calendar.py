"""Days, weeks and slots in the scheme's own zone, at the edges where systems go wrong."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.schemes import OUT, direction
from tongguan.core.calendar import (
    closed_by,
    end_of_day,
    is_within_hours,
    local_day,
    runs_on,
    service_day,
    slot_interval,
    spans_midnight,
    week_start,
    weekday_of,
    whole_second,
)
from tongguan.core.identifiers import SlotId
from tongguan.core.scheme.model import Slot, Weekday

HONG_KONG = "Asia/Hong_Kong"
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
TIMES = st.times().map(lambda at: at.replace(microsecond=0))
NIGHT = Slot(id=SlotId("night"), starts=time(18), ends=time(6))
MORNING = Slot(id=SlotId("morning"), starts=time(10), ends=time(13))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(HONG_KONG))


@given(day=DAYS, starts_on=st.sampled_from(Weekday))
def test_week__start__is_that_weekday_and_at_most_six_days_back(
    day: date, starts_on: Weekday
) -> None:
    start = week_start(day, starts_on)
    assert weekday_of(start) is starts_on
    assert timedelta(0) <= day - start <= timedelta(days=6)


@given(day=DAYS, starts_on=st.sampled_from(Weekday))
def test_week__start__the_same_for_its_seven_days_and_no_other(
    day: date, starts_on: Weekday
) -> None:
    start = week_start(day, starts_on)
    week = {start + timedelta(days=number) for number in range(7)}
    assert {week_start(each, starts_on) for each in week} == {start}
    assert week_start(start - timedelta(days=1), starts_on) != start
    assert week_start(start + timedelta(days=7), starts_on) != start


def test_week__start__as_the_schemes_before_had_it() -> None:
    """Return2hk counted Monday to Sunday, the system of 2023 Sunday to Saturday."""
    assert week_start(date(2020, 11, 29), Weekday.MONDAY) == date(2020, 11, 23)
    assert week_start(date(2023, 3, 11), Weekday.SUNDAY) == date(2023, 3, 5)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC), date(2021, 12, 13)),
        (datetime(2021, 12, 13, 16, 0, tzinfo=UTC), date(2021, 12, 14)),
        (datetime(2021, 12, 31, 16, 0, tzinfo=UTC), date(2022, 1, 1)),
    ],
)
def test_day__local__changes_at_midnight_of_the_zone_not_of_utc(
    instant: datetime, day: date
) -> None:
    assert local_day(instant, HONG_KONG) == day


@given(day=DAYS, starts=TIMES, ends=TIMES)
def test_slot__interval__starts_on_its_day_and_lasts_a_day_at_most(
    day: date, starts: time, ends: time
) -> None:
    slot = Slot(id=SlotId("any"), starts=starts, ends=ends)
    interval = slot_interval(day, slot, HONG_KONG)
    assert local_day(interval.start, HONG_KONG) == day
    assert timedelta(0) < interval.end - interval.start <= timedelta(days=1)
    assert interval.contains(interval.start)
    assert not interval.contains(interval.end)
    assert spans_midnight(slot) is (local_day(interval.end, HONG_KONG) > day)


@given(day=DAYS, minutes=st.integers(min_value=0, max_value=12 * 60 - 1))
def test_slot__night__every_minute_of_it_belongs_to_the_day_it_starts_on(
    day: date, minutes: int
) -> None:
    instant = at(day, 18) + timedelta(minutes=minutes)
    assert service_day(instant, (MORNING, NIGHT), HONG_KONG) == day


@pytest.mark.parametrize(
    ("hour", "minute", "offset"), [(23, 59, 0), (0, 0, -1), (5, 59, -1), (6, 0, 0), (17, 59, 0)]
)
def test_day__service__at_the_edges_of_the_night(hour: int, minute: int, offset: int) -> None:
    day = date(2021, 12, 14)
    expected = day + timedelta(days=offset)
    assert service_day(at(day, hour, minute), (MORNING, NIGHT), HONG_KONG) == expected


@given(day=DAYS)
def test_day__end__is_2359_of_that_day(day: date) -> None:
    end = end_of_day(day, HONG_KONG)
    assert local_day(end, HONG_KONG) == day
    assert local_day(end + timedelta(minutes=1), HONG_KONG) == day + timedelta(days=1)


def test_second__whole__is_utc_without_fraction() -> None:
    instant = datetime(2021, 12, 13, 9, 0, 0, 999_999, tzinfo=ZoneInfo(HONG_KONG))
    assert whole_second(instant) == datetime(2021, 12, 13, 1, 0, tzinfo=UTC)


CHRISTMAS = date(2021, 12, 25)
SATURDAYS = frozenset({Weekday.SATURDAY})


@pytest.mark.parametrize(
    ("weekdays", "closed_days", "clause"),
    [
        (None, (), None),
        (SATURDAYS, (), None),
        (frozenset({Weekday.SUNDAY}), (), "weekdays"),
        (None, (CHRISTMAS,), "closed_days"),
        (SATURDAYS, (CHRISTMAS,), "closed_days"),
        (SATURDAYS, (CHRISTMAS + timedelta(days=7),), None),
    ],
)
def test_direction__runs__on_its_weekdays_but_the_closed_days(weekdays, closed_days, clause):
    way = direction(OUT, weekdays=weekdays, closed_days=closed_days)
    assert closed_by(way, CHRISTMAS) == clause
    assert runs_on(way, CHRISTMAS) is (clause is None)


@pytest.mark.parametrize(
    ("opens", "closes", "inside", "outside"),
    [
        (time(9), time(17), [time(9), time(16, 59)], [time(8, 59), time(17)]),
        (time(18), time(6), [time(18), time(23, 59), time(0), time(5, 59)], [time(6), time(17)]),
        (time(6), time(0), [time(6), time(23, 59)], [time(0), time(5, 59)]),
        (time(6), None, [time(6), time(23, 59)], [time(5, 59)]),
        (None, time(6), [time(0), time(5, 59)], [time(6), time(23, 59)]),
        (None, None, [time(0), time(12), time(23, 59)], []),
        (time(9), time(9), [time(0), time(8, 59), time(9), time(23, 59)], []),
    ],
)
def test_hours__hold__also_over_midnight(opens, closes, inside, outside):
    assert all(is_within_hours(opens, closes, each) for each in inside)
    assert not any(is_within_hours(opens, closes, each) for each in outside)
