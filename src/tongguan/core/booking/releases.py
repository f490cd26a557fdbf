"""When the places of a service day come up for booking, and the moments before a crossing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tongguan.core.calendar import instant_of, is_within_hours, local_day, week_start, weekday_of
from tongguan.core.scheme.model import (
    Booking,
    BookingHours,
    Deadline,
    Release,
    ReleaseDaily,
    ReleaseOnce,
    ReleaseWeekly,
    Version,
    Weekday,
)

_MIDNIGHT = time(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """Instants from which, and until which, a release offers the places of a day."""

    opens: datetime
    shuts: datetime | None
    """Excluded; ``None`` = it stays open."""

    def contains(self, instant: datetime) -> bool:
        """Whether places are offered at the instant."""
        return self.opens <= instant and (self.shuts is None or instant < self.shuts)


def openings_of(version: Version, booking: Booking, day: date) -> tuple[Opening, ...]:
    """When the places of a service day are offered, the earliest first.

    A weekly release says nothing where nobody has stated when the week starts.
    """
    return tuple(
        sorted(_openings(version, booking, day), key=lambda each: (each.opens, each.shuts is None))
    )


def deadline_instant(deadline: Deadline, *, day: date, starts: datetime, zone: str) -> datetime:
    """The instant of a deadline of a crossing on ``day`` whose slot starts at ``starts``."""
    if deadline.minutes_before is not None:
        return starts - timedelta(minutes=deadline.minutes_before)
    days = timedelta(days=deadline.days_before or 0)
    return instant_of(day - days, deadline.at or _MIDNIGHT, zone)


def may_be_booked_at(hours: BookingHours | None, now: datetime, zone: str) -> bool:
    """Whether places may be taken at this time of day."""
    if hours is None:
        return True
    return is_within_hours(hours.opens, hours.closes, now.astimezone(ZoneInfo(zone)).time())


def next_within_hours(hours: BookingHours, now: datetime, zone: str) -> datetime:
    """The next instant at which places may be taken: now, or when the hours next begin."""
    if may_be_booked_at(hours, now, zone):
        return now
    today = local_day(now, zone)
    opens = instant_of(today, hours.opens, zone)
    return opens if opens > now else instant_of(today + timedelta(days=1), hours.opens, zone)


def _openings(version: Version, booking: Booking, day: date) -> Iterator[Opening]:
    for release in booking.releases:
        opening = None
        if release.once is not None:
            opening = _once(release.once, day, version.zone)
        elif release.weekly is not None and version.week_starts_on is not None:
            opening = _weekly(release.weekly, day, version.week_starts_on, version.zone)
        elif release.daily is not None:
            opening = _daily(release.daily, day, version.zone)
        if opening is not None:
            yield opening


def _once(release: ReleaseOnce, day: date, zone: str) -> Opening | None:
    if not release.days.first <= day <= release.days.last:
        return None
    return Opening(opens=instant_of(release.on, release.at, zone), shuts=None)


def _weekly(release: ReleaseWeekly, day: date, starts_on: Weekday, zone: str) -> Opening | None:
    week = week_start(day, starts_on) - timedelta(weeks=release.weeks_ahead)
    on = _next_weekday(week, release.weekday)
    if not _operates(release, on):
        return None
    opens = instant_of(on, release.at, zone)
    if release.closes is None:
        return Opening(opens=opens, shuts=None)
    until = _next_weekday(on, release.closes.weekday)
    shuts = instant_of(until, release.closes.at, zone)
    if shuts <= opens:
        shuts = instant_of(until + timedelta(weeks=1), release.closes.at, zone)
    return Opening(opens=opens, shuts=shuts)


def _daily(release: ReleaseDaily, day: date, zone: str) -> Opening | None:
    on = day - timedelta(days=release.days_ahead)
    if not _operates(release, on):
        return None
    return Opening(opens=instant_of(on, release.at, zone), shuts=None)


def _operates(release: ReleaseWeekly | ReleaseDaily, on: date) -> bool:
    """Whether the rule was in use on the day of the release."""
    return (release.first is None or release.first <= on) and (
        release.last is None or on <= release.last
    )


def _next_weekday(day: date, weekday: Weekday) -> date:
    """The first such weekday on or after the day."""
    ahead = (list(Weekday).index(weekday) - list(Weekday).index(weekday_of(day))) % 7
    return day + timedelta(days=ahead)


def days_ahead_max(booking: Booking) -> int:
    """How far ahead of a release's own day its places may lie, at the most; in days."""
    return max(_days_ahead(each) for each in booking.releases)


def _days_ahead(release: Release) -> int:
    if release.once is not None:
        return (release.once.days.last - release.once.on).days
    if release.weekly is not None:
        return release.weekly.weeks_ahead * 7 + 6
    return release.daily.days_ahead if release.daily is not None else 0
