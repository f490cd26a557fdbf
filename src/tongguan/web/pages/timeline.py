"""The public line of time: milestones and phases in order, with now among them."""

from dataclasses import dataclass
from datetime import date, datetime

from tongguan.core.calendar import local_day
from tongguan.core.scheme.model import Basis, DateInterval, Version
from tongguan.core.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEntry:
    """One point on the line."""

    status: str
    interval: DateInterval
    name: Text | None = None
    basis: Basis | None = None
    is_now: bool = False

    @property
    def first(self) -> date:
        """The first day of its interval."""
        return self.interval.first


def timeline_of(version: Version, now: datetime) -> tuple[TimelineEntry, ...]:
    """The milestones of a version by date, with the present day marked."""
    today = local_day(now, version.zone)
    entries = [
        TimelineEntry(status=each.status.value, interval=each.on, name=each.name, basis=each.basis)
        for each in version.milestones
    ]
    entries.append(
        TimelineEntry(status="now", interval=DateInterval(first=today, last=today), is_now=True)
    )
    return tuple(sorted(entries, key=lambda each: (each.interval.first, each.is_now)))
