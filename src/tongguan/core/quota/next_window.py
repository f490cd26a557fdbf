"""After a full window: the next one of its quota with service, and from when it may be booked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tongguan.core.booking.legs import LAST_DAY, LegWanted, no_such_place
from tongguan.core.booking.releases import deadline_instant, next_within_hours, openings_of
from tongguan.core.calendar import slot_interval
from tongguan.core.quota.windows import DAYS_IN
from tongguan.core.scheme.model import Direction, Phase, Quota, Slot, Version
from tongguan.core.scheme.suspensions import Suspension, suspension_at

DAYS_LOOKED_AHEAD_MAX: Final = 366
"""A window further ahead than that helps nobody who has to travel now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NextWindow:
    """A window that can still be booked; it may be full by then."""

    starts: date
    """Its first service day."""
    opens: datetime
    """The first instant from now on at which a place of it may be taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sought:
    """What is looked for: windows of these dimensions that can be booked from now on."""

    version: Version
    phase: Phase
    dimensions: Mapping[str, str]
    now: datetime
    suspensions: tuple[Suspension, ...]


def next_window(
    version: Version,
    phase: Phase,
    quota: Quota,
    dimensions: Mapping[str, str],
    *,
    after: date,
    now: datetime,
    suspensions: tuple[Suspension, ...] = (),
) -> NextWindow | None:
    """The next window of these dimensions after the one that starts on ``after``.

    ``None`` where the phase ends before there is one, or none of them will open again.
    """
    sought = _Sought(
        version=version, phase=phase, dimensions=dimensions, now=now, suspensions=suspensions
    )
    length = timedelta(days=DAYS_IN[quota.per])
    last = min(phase.ends or LAST_DAY, after + timedelta(days=DAYS_LOOKED_AHEAD_MAX), LAST_DAY)
    starts = after + length
    while starts <= last:
        days = (starts + timedelta(days=number) for number in range(length.days))
        opens = min((each for day in days for each in _opens(sought, day)), default=None)
        if opens is not None:
            return NextWindow(starts=starts, opens=opens)
        starts += length
    return None


def _opens(sought: _Sought, day: date) -> Iterator[datetime]:
    """From when each slot of the day with service may be booked, those that never may left out."""
    for direction, slot in _slots(sought):
        starts = slot_interval(day, slot, sought.version.zone).start
        if _has_service(sought, direction, slot, day):
            yield from _bookable_from(sought, direction, day, starts)


def _slots(sought: _Sought) -> Iterator[tuple[Direction, Slot]]:
    """Those of the phase that the dimensions do not leave out."""
    for direction in sought.phase.directions:
        for slot in direction.slots or ():
            named = {"direction": direction.id, "slot": slot.id}
            if all(sought.dimensions.get(name, value) == value for name, value in named.items()):
                yield direction, slot


def _has_service(sought: _Sought, direction: Direction, slot: Slot, day: date) -> bool:
    """Whether there is such a place at some control point, and no suspension closes it."""
    starts = slot_interval(day, slot, sought.version.zone).start
    entry = sought.phase.entry
    for point in (entry.control_points if entry else None) or ():
        if sought.dimensions.get("control_point", point.id) != point.id:
            continue
        wanted = LegWanted(direction=direction.id, day=day, slot=slot.id, control_point=point.id)
        if next(no_such_place(sought.phase, wanted), None) is not None:
            continue
        closing = suspension_at(
            sought.suspensions, direction=direction, control_point=point.id, at=starts
        )
        if closing is None:
            return True
    return False


def _bookable_from(
    sought: _Sought, direction: Direction, day: date, starts: datetime
) -> Iterator[datetime]:
    """The first instant from now on within each opening, before booking closes."""
    rule, zone = direction.booking, sought.version.zone
    if rule is None:
        return
    closes = deadline_instant(rule.closes, day=day, starts=starts, zone=zone)
    for opening in openings_of(sought.version, rule, day):
        instant = max(sought.now, opening.opens)
        if rule.hours is not None:
            instant = next_within_hours(rule.hours, instant, zone)
        if instant < closes and opening.contains(instant):
            yield instant
