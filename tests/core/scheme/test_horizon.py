"""What operates by an annex's releases: every service day, far enough ahead, for long enough."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.schemes import OUT, booking, direction, phase, released_daily, version
from tongguan.core.booking.releases import openings_of
from tongguan.core.scheme.horizon import OPEN_LEAST, Horizon, HorizonBreach, horizon_breach
from tongguan.core.scheme.model import (
    DateInterval,
    Release,
    ReleaseDaily,
    ReleaseOnce,
    ReleaseWeekly,
    Weekday,
    WeekTime,
)

FIRST, LAST = date(2021, 12, 13), date(2022, 1, 31)
HORIZON = Horizon(least=6, most=60)


def _daily(ahead: int, first: date | None = None, last: date | None = None) -> Release:
    return Release(daily=ReleaseDaily(days_ahead=ahead, at=time(6), first=first, last=last))


def _once(on: date, first: date, last: date) -> Release:
    days = DateInterval(first=first, last=last)
    return Release(once=ReleaseOnce(on=on, at=time(9), days=days))


def _weekly(
    weeks: int, closes: WeekTime | None = None, first: date | None = None, last: date | None = None
) -> Release:
    return Release(
        weekly=ReleaseWeekly(
            weeks_ahead=weeks,
            weekday=Weekday.MONDAY,
            at=time(6),
            first=first,
            last=last,
            closes=closes,
        )
    )


def _breach(
    *releases: Release,
    since: date | None = None,
    ends: date | None = LAST,
    horizon: Horizon = HORIZON,
    closed: tuple[date, ...] = (),
) -> HorizonBreach | None:
    rules = booking(releases=releases)
    way = direction(OUT, booking=rules, closed_days=closed)
    days = DateInterval(first=FIRST, last=FIRST)
    part = phase(not_before=days, ends=ends, directions=(way,))
    return horizon_breach(version(part), part, way, rules, horizon, since=since)


@pytest.mark.parametrize(
    ("releases", "day", "ahead"),
    [
        ((_daily(13, first=date(2199, 1, 1)),), FIRST, None),
        ((_daily(13, last=date(2000, 1, 1)), _daily(0)), FIRST + timedelta(days=1), 0),
        ((_once(date(2021, 12, 5), date(2021, 12, 20), date(2021, 12, 20)),), FIRST, None),
        ((_weekly(1, WeekTime(weekday=Weekday.MONDAY, at=time(6, 1))),), FIRST, None),
        ((_daily(61),), FIRST, 61),
        ((_daily(13), _once(date(2021, 12, 1), date(2021, 12, 6), LAST)), LAST, 61),
        ((_daily(13, last=date(2022, 1, 5)),), date(2022, 1, 19), None),
        ((_daily(13, first=date(2022, 1, 5)), _daily(5)), date(2021, 12, 19), 5),
    ],
)
def test_releases__that_do_not_open_every_day__are_a_breach_on_the_first_such_day(
    releases: tuple[Release, ...], day: date, ahead: int | None
) -> None:
    assert _breach(*releases) == HorizonBreach(day=day, days_ahead=ahead)


@pytest.mark.parametrize(
    "releases",
    [
        (_daily(6),),
        (_daily(60), _daily(0)),
        (_once(date(2021, 12, 10), FIRST, date(2022, 1, 2)), _weekly(2, first=date(2021, 12, 20))),
        (_weekly(1, WeekTime(weekday=Weekday.TUESDAY, at=time(6))),),
    ],
)
def test_releases__that_open_every_day__are_no_breach(releases: tuple[Release, ...]) -> None:
    assert _breach(*releases) is None


def test_days_over__when_the_annex_is_signed__need_no_release() -> None:
    later = (_once(date(2022, 1, 3), date(2022, 1, 3), LAST),)
    assert _breach(*later) == HorizonBreach(day=FIRST, days_ahead=None)
    assert _breach(*later, since=date(2022, 1, 3)) is None
    assert _breach(*later, since=date(2022, 1, 2)) is not None
    assert _breach(*later, since=date(2023, 1, 1)) is not None, "signed when all is over"


def test_day_without_places__needs__no_release() -> None:
    only = (_daily(13, last=date(2021, 12, 31)),)
    gap = date(2022, 1, 14)
    assert _breach(*only, ends=gap) == HorizonBreach(day=gap, days_ahead=None)
    assert _breach(*only, ends=gap, closed=(gap,)) is None


def test_rule_that_stops__in_a_phase_without_an_end__is_a_breach_however_late() -> None:
    stopped = _breach(_daily(7, last=date(2040, 1, 1)), ends=None)
    assert stopped == HorizonBreach(day=date(2040, 1, 9), days_ahead=None)


def test_phase__whose_beginning_nobody_stated__has_no_day_to_open() -> None:
    way = direction(OUT, booking=booking(releases=(released_daily(0),)))
    part = phase(not_before=None, directions=(way,))
    assert way.booking is not None
    found = horizon_breach(version(part), part, way, way.booking, HORIZON, since=None)
    assert found is None


_DAYS = st.dates(FIRST - timedelta(days=80), LAST + timedelta(days=20))
_MAYBE = st.none() | _DAYS
_RELEASES = st.lists(
    st.one_of(
        st.builds(_daily, st.integers(0, 70), _MAYBE, _MAYBE),
        st.builds(
            _weekly,
            st.integers(0, 8),
            st.none() | st.builds(WeekTime, weekday=st.sampled_from(Weekday), at=st.just(time(6))),
            _MAYBE,
            _MAYBE,
        ),
        st.builds(
            lambda on, first, days: _once(on, first, first + timedelta(days=days)),
            _DAYS,
            _DAYS,
            st.integers(0, 60),
        ),
    ),
    min_size=1,
    max_size=3,
)


@given(releases=_RELEASES, least=st.integers(0, 14), since=_MAYBE)
@settings(max_examples=120, deadline=None)
def test_days_looked_at__find__what_every_day_of_the_phase_would(
    releases: list[Release], least: int, since: date | None
) -> None:
    horizon = Horizon(least=least, most=60)
    rules = booking(releases=tuple(releases))
    text = version(phase(directions=(direction(OUT, booking=rules),)))
    begins = FIRST if since is None or since > LAST else max(since, FIRST)
    zone = ZoneInfo(text.zone)

    def is_sound(day: date) -> bool:
        found = openings_of(text, rules, day)
        soonest = day - timedelta(days=60)
        starts = [each.opens.astimezone(zone).date() for each in found]
        lasting = [
            start
            for start, each in zip(starts, found, strict=True)
            if (each.shuts or datetime.max.replace(tzinfo=zone)) - each.opens >= OPEN_LEAST
        ]
        return min(starts, default=day) >= soonest and any(
            start <= min(day, max(begins, day - timedelta(days=least))) for start in lasting
        )

    days = [begins + timedelta(days=each) for each in range((LAST - begins).days + 1)]
    expected = next((day for day in days if not is_sound(day)), None)
    found = _breach(*releases, since=since, horizon=horizon)
    assert (None if found is None else found.day) == expected
