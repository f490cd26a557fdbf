"""Service days, weeks and slots: which day a crossing belongs to, in the scheme's own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tongguan.core.scheme.model import Direction, Slot, Weekday

_MIDNIGHT = time(0)
_ONE_DAY = timedelta(days=1)
SLOT_TIME_MAX: Final = timedelta(days=2)
"""From the start of a slot to the end of its grace, each a day at most: so long may a scheme accept
what was valid at the start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """Instants from start (included) to end (excluded)."""

    start: datetime
    end: datetime

    def contains(self, instant: datetime) -> bool:
        """Whether the instant lies in the interval."""
        return self.start <= instant < self.end


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in the zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def whole_second(instant: datetime) -> datetime:
    """The instant in UTC without its fraction, as everything that is signed is dated."""
    return instant.astimezone(UTC).replace(microsecond=0)


def weekday_of(day: date) -> Weekday:
    """The day of the week."""
    return list(Weekday)[day.weekday()]


def week_start(day: date, starts_on: Weekday) -> date:
    """The first day of the week that holds the day, for weeks that start on ``starts_on``."""
    return day - timedelta(days=(day.weekday() - list(Weekday).index(starts_on)) % 7)


def closed_by(direction: Direction, day: date) -> str | None:
    """Which of a direction's clauses leaves a day without crossings; ``None`` where it runs."""
    if direction.weekdays is not None and weekday_of(day) not in direction.weekdays:
        return "weekdays"
    return "closed_days" if day in direction.closed_days else None


def runs_on(direction: Direction, day: date) -> bool:
    """Whether a direction has crossings on a service day."""
    return closed_by(direction, day) is None


def is_within_hours(opens: time | None, closes: time | None, at: time) -> bool:
    """Whether a time of day lies in hours that repeat every day and may reach over midnight.

    Hours that nobody stated begin and end at midnight; an end at or before the beginning lies on
    the next day.
    """
    begins, ends = opens or _MIDNIGHT, closes or _MIDNIGHT
    if begins < ends:
        return begins <= at < ends
    return at >= begins or at < ends


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The instant of a local time on a day, in the zone."""
    return datetime.combine(day, at, ZoneInfo(zone))


def end_of_day(day: date, zone: str) -> datetime:
    """23:59 of the day: the last minute a code of that day is shown as valid."""
    return instant_of(day, time(23, 59), zone)


def spans_midnight(slot: Slot) -> bool:
    """Whether the slot ends on the calendar day after the one it starts on."""
    return slot.ends <= slot.starts


def slot_interval(day: date, slot: Slot, zone: str) -> Interval:
    """When a slot of a service day begins and ends; it belongs to the day it starts on."""
    last = day + _ONE_DAY if spans_midnight(slot) else day
    return Interval(start=instant_of(day, slot.starts, zone), end=instant_of(last, slot.ends, zone))


def service_day(instant: datetime, slots: tuple[Slot, ...], zone: str) -> date:
    """The day a crossing at this instant counts for.

    The night part of a slot that began yesterday counts for yesterday; all else for its own day.
    """
    day = local_day(instant, zone)
    for slot in slots:
        if spans_midnight(slot) and slot_interval(day - _ONE_DAY, slot, zone).contains(instant):
            return day - _ONE_DAY
    return day
