"""After a full window: the next one with service, and from when it may be booked."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.builders.places import scheme_of
from tests.builders.schemes import (
    HOME,
    OUT,
    booking,
    control_point,
    direction,
    entry,
    quota,
    released_daily,
)
from tongguan.core.quota.next_window import NextWindow, next_window
from tongguan.core.scheme.model import (
    EACH,
    BookingHours,
    Deadline,
    Leg,
    QuotaPer,
    Release,
    ReleaseWeekly,
    Weekday,
    WeekTime,
)
from tongguan.core.scheme.suspensions import Suspension
from tongguan.core.texts import Text

MONDAY = date(2021, 12, 13)
NOON = datetime(2021, 12, 13, 4, tzinfo=UTC)
"""12:00 in Hong Kong on the Monday."""
DAY = quota("day", per=QuotaPer.DAY, limit=1, direction=EACH)
WEEK = quota("week", per=QuotaPer.WEEK, limit=1, direction=EACH)
WEEKLY = Release(
    weekly=ReleaseWeekly(
        weekday=Weekday.WEDNESDAY,
        at=time(9),
        weeks_ahead=1,
        closes=WeekTime(weekday=Weekday.FRIDAY, at=time(18)),
        first=None,
        last=None,
    )
)


def hong_kong(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def found(
    of=DAY, *, after=MONDAY, now=NOON, suspensions=(), dimensions=None, out=None, **changes
) -> NextWindow | None:
    if out is not None:
        changes["directions"] = (direction(**out), direction(HOME, Leg.HOME))
    version = scheme_of(of, **changes)
    return next_window(
        version,
        version.phases[0],
        of,
        {"direction": OUT} if dimensions is None else dimensions,
        after=after,
        now=now,
        suspensions=suspensions,
    )


def test_next_window__is_open__where_its_day_is_within_the_horizon() -> None:
    assert found() == NextWindow(starts=MONDAY + timedelta(days=1), opens=NOON)


def test_next_window__opens__when_the_horizon_reaches_its_day() -> None:
    last = MONDAY + timedelta(days=7)
    following = last + timedelta(days=1)
    assert found(after=last) == NextWindow(
        starts=following, opens=hong_kong(following - timedelta(days=7))
    )


def test_next_window__opens__with_the_hours_of_booking() -> None:
    hours = BookingHours(opens=time(14), closes=time(18))
    opened = found(out={"booking": booking(hours=hours)})
    assert opened is not None
    assert opened.opens == hong_kong(MONDAY, 14)
    evening = hong_kong(MONDAY, 19)
    assert found(out={"booking": booking(hours=hours)}, now=evening) == NextWindow(
        starts=MONDAY + timedelta(days=2), opens=hong_kong(MONDAY + timedelta(days=1), 14)
    )  # the Tuesday closes at one in the afternoon, before the hours begin again


def test_next_window__passes_over__days_without_service() -> None:
    weekdays = (Weekday.MONDAY, Weekday.FRIDAY)
    friday = MONDAY + timedelta(days=4)
    assert found(out={"weekdays": weekdays}).starts == friday
    closed = {"weekdays": weekdays, "closed_days": (friday,)}
    assert found(out=closed).starts == MONDAY + timedelta(days=7)
    tuesday = MONDAY + timedelta(days=1)
    shut = entry(control_point(closed_days=(tuesday,)))
    assert found(entry=shut).starts == MONDAY + timedelta(days=2)


def test_next_window__passes_over__what_can_no_longer_be_booked() -> None:
    rule = booking(closes=Deadline(days_before=2, at=time(12)))
    assert found(out={"booking": rule}).starts == MONDAY + timedelta(days=3)


def test_next_window__is_none__where_the_phase_ends_before() -> None:
    assert found(ends=MONDAY) is None
    assert found(ends=MONDAY + timedelta(days=1)) is not None
    assert found(WEEK, ends=MONDAY + timedelta(days=6)) is None


def test_next_window__is_none__where_nobody_has_stated_when_to_book() -> None:
    assert found(out={"booking": None}) is None
    assert found(out={"booking": booking(releases=(released_daily(0),)), "weekdays": ()}) is None


def test_next_window__of_a_week__opens_with_the_first_of_its_days() -> None:
    week = MONDAY + timedelta(days=7)
    assert found(WEEK) == NextWindow(starts=week, opens=NOON)
    weekly = found(WEEK, out={"booking": booking(releases=(WEEKLY,))})
    assert weekly == NextWindow(starts=week, opens=hong_kong(MONDAY + timedelta(days=2), 9))
    shut = hong_kong(MONDAY + timedelta(days=4), 18)
    later = found(WEEK, out={"booking": booking(releases=(WEEKLY,))}, now=shut)
    assert later.starts == week + timedelta(days=7)


@pytest.mark.parametrize("dimensions", [{"slot": "gone"}, {"control_point": "gone"}])
def test_next_window__is_none__where_nothing_serves_its_dimensions(dimensions) -> None:
    assert found(dimensions={"direction": OUT} | dimensions) is None


def test_next_window__of_both_directions__opens_with_either() -> None:
    """The way out is closed for good; the same quota still counts the way home."""
    assert found(dimensions={}, out={"weekdays": ()}) == NextWindow(
        starts=MONDAY + timedelta(days=1), opens=NOON
    )


def test_next_window__passes_over__what_a_suspension_closes() -> None:
    standing = Suspension(
        order="one",
        authority=None,
        breaker=None,
        control_points=None,
        directions=None,
        announced_at=NOON,
        effective_at=NOON,
        until=hong_kong(MONDAY + timedelta(days=4)),
        reason=Text(zh_hant="x", zh_hans="x", en="x"),
    )
    assert found(suspensions=(standing,)).starts == MONDAY + timedelta(days=4)
