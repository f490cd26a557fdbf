"""Time: days in order, weeks that begin, releases and deadlines that say one thing, slots."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Final

from tongguan.core.scheme.faults import FaultCode, Path
from tongguan.core.scheme.language.directions import (
    ANNEX_BOUNDS,
    BOOKING_HOURS,
    DEADLINE,
    RELEASE,
    RELEASE_ONCE,
    RELEASE_WEEKLY,
)
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.quotas import QUOTA
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning.nodes import (
    control_points,
    name_of,
    node,
    nodes,
    number,
    slots,
    stated,
    walk,
)
from tongguan.core.scheme.model import Leg, QuotaPer

_HOUR_MINUTES: Final = 60
_DAY_MINUTES: Final = 24 * _HOUR_MINUTES


def _check_interval_order(version: Parsed, reader: Reader) -> None:
    for item in walk(version):
        first, last = item.values.get("first"), item.values.get("last")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            _report_order(reader, (*item.path, "last"), first, last)


def _report_order(reader: Reader, path: Path, earlier: date, later: date) -> None:
    facts = {"earlier": earlier.isoformat(), "later": later.isoformat()}
    reader.fault(FaultCode.DATES_OUT_OF_ORDER, path, **facts)


def _check_week(version: Parsed, reader: Reader) -> None:
    written = isinstance(reader.data, dict) and "week" in reader.data
    if written:
        return
    for item in walk(version, QUOTA, RELEASE_WEEKLY):
        if item.form is RELEASE_WEEKLY:
            reader.fault(FaultCode.WEEK_WITHOUT_START, (*item.path, "weekday"))
            return
        if item.values.get("per") is QuotaPer.WEEK:
            reader.fault(FaultCode.WEEK_WITHOUT_START, (*item.path, "per"))
            return


def _first_day(phase: Parsed) -> date | None:
    interval = node(phase, "not_before")
    first = interval.values.get("first") if interval is not None else None
    return first if isinstance(first, date) else None


def _last_day_that_is_sure(phase: Parsed) -> date | None:
    """The day until which the phase may hold, or may at least begin."""
    interval = node(phase, "not_before")
    last = interval.values.get("last") if interval is not None else None
    ends = phase.values.get("ends")
    days = [day for day in (ends, last) if isinstance(day, date)]
    return days[0] if days else None


def _check_phases_overlap(version: Parsed, reader: Reader) -> None:
    dated = [
        (first, phase)
        for phase in nodes(version, "phases")
        if (first := _first_day(phase)) is not None
    ]
    dated.sort(key=lambda pair: pair[0])
    for index, (_, earlier) in enumerate(dated):
        last = _last_day_that_is_sure(earlier)
        for first, later in dated[index + 1 :]:
            if last is not None and first <= last:
                names = {"value": name_of(later), "other": name_of(earlier)}
                reader.fault(FaultCode.PHASES_OVERLAP, (*later.path, "not_before"), **names)


def _check_phase_ends(_: Parsed, phase: Parsed, reader: Reader) -> None:
    first, ends = _first_day(phase), phase.values.get("ends")
    if first is not None and isinstance(ends, date) and ends < first:
        _report_order(reader, (*phase.path, "ends"), first, ends)


def _check_data_ends(version: Parsed, phase: Parsed, reader: Reader) -> None:
    """Nothing of a journey may be deleted before its last slot is over."""
    data = node(version, "data")
    data_ends = data.values.get("ends") if data is not None else None
    last = phase.values.get("ends")
    if data is None or not isinstance(data_ends, date) or not isinstance(last, date):
        return
    spans = (_minutes(slot, "starts", "ends") for slot in slots(phase))
    if last < date.max and any(span is not None and span[1] > _DAY_MINUTES for span in spans):
        last += timedelta(days=1)
    if data_ends < last:
        facts = {"value": data_ends.isoformat(), "later": last.isoformat()}
        path = (*data.path, "ends")
        reader.fault(FaultCode.DATA_ENDS_TOO_EARLY, path, other=name_of(phase), **facts)


def _check_deadlines(version: Parsed, reader: Reader) -> None:
    for deadline in walk(version, DEADLINE):
        said = stated(deadline, "minutes_before", "days_before", "at")
        if said not in (None, ("minutes_before",), ("days_before", "at")):
            reader.fault(FaultCode.DEADLINE_NOT_ONE, deadline.path)


def _check_releases(version: Parsed, reader: Reader) -> None:
    for release in walk(version, RELEASE):
        said = stated(release, "once", "weekly", "daily")
        if said is not None and len(said) != 1:
            reader.fault(FaultCode.RELEASE_NOT_ONE, release.path)
    for once in walk(version, RELEASE_ONCE):
        days = node(once, "days")
        on, last = once.values.get("on"), None if days is None else days.values.get("last")
        if days is not None and isinstance(on, date) and isinstance(last, date) and last < on:
            _report_order(reader, (*days.path, "last"), on, last)


def _check_booking_hours(version: Parsed, reader: Reader) -> None:
    for hours in walk(version, BOOKING_HOURS):
        opens, closes = hours.values.get("opens"), hours.values.get("closes")
        # From 00:00 to 00:00 is the whole day.
        if isinstance(opens, time) and opens == closes and opens != time(0):
            reader.fault(FaultCode.HOURS_EMPTY, (*hours.path, "closes"), value=f"{opens:%H:%M}")


def _check_annex_bounds(version: Parsed, reader: Reader) -> None:
    for bounds in walk(version, ANNEX_BOUNDS):
        least, most = number(bounds, "days_ahead_min"), number(bounds, "days_ahead_max")
        if least is not None and most is not None and most < least:
            path = (*bounds.path, "days_ahead_max")
            reader.fault(FaultCode.BOUNDS_CROSSED, path, value=str(most), other=str(least))


def _check_no_shows(_: Parsed, phase: Parsed, reader: Reader) -> None:
    """A crossing may reach the authority as late as a gate's lists may be old."""
    credentials = node(phase, "credentials")
    age_minutes = number(credentials, "status_list_age_minutes_max") if credentials else None
    for direction in nodes(phase, "directions"):
        booking, lateness = node(direction, "booking"), node(direction, "lateness")
        hours = number(booking, "no_show_hours") if booking is not None else None
        if booking is None or hours is None:
            continue
        path = (*booking.path, "no_show_hours")
        if direction.values.get("leg") is Leg.HOME:
            reader.fault(FaultCode.NO_SHOW_OF_WAY_HOME, path)
            continue
        grace_minutes = number(lateness, "grace_minutes") if lateness is not None else None
        least_minutes = max(age_minutes or 0, grace_minutes or 0)
        if hours * _HOUR_MINUTES < least_minutes:
            facts = {"value": str(hours), "other": str(-(-least_minutes // _HOUR_MINUTES))}
            reader.fault(FaultCode.NO_SHOW_TOO_SOON, path, **facts)


def _minutes(slot: Parsed, start_key: str, end_key: str) -> tuple[int, int] | None:
    start, end = slot.values.get(start_key), slot.values.get(end_key)
    if not isinstance(start, time) or not isinstance(end, time):
        return None
    first = start.hour * 60 + start.minute
    last = end.hour * 60 + end.minute
    return (first, last if last > first else last + _DAY_MINUTES)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two times of day share a minute, on the same day or over midnight."""
    return any(
        one[0] < other[1] + shift and other[0] + shift < one[1]
        for shift in (-_DAY_MINUTES, 0, _DAY_MINUTES)
    )


def _check_slots(_: Parsed, phase: Parsed, reader: Reader) -> None:
    for direction in nodes(phase, "directions"):
        seen: list[tuple[tuple[int, int], str]] = []
        for slot in nodes(direction, "slots"):
            span, name = _minutes(slot, "starts", "ends"), name_of(slot)
            if span is None:
                continue
            for other_span, other in seen:
                if _overlap(span, other_span):
                    facts = {"value": name, "other": other}
                    reader.fault(FaultCode.SLOTS_OVERLAP, slot.path, **facts)
            seen.append((span, name))
        _check_slots_within_hours(direction, phase, reader)


def _check_slots_within_hours(direction: Parsed, phase: Parsed, reader: Reader) -> None:
    points = control_points(phase)
    hours = [_minutes(point, "opens", "closes") for point in points]
    open_hours = [span for span in hours if span is not None]
    if not points or len(open_hours) < len(points):
        return
    for slot in nodes(direction, "slots"):
        span = _minutes(slot, "starts", "ends")
        if span is not None and not any(_holds(opening, span) for opening in open_hours):
            allowed = ", ".join(sorted({_clock(opening) for opening in open_hours}))
            facts = {"value": name_of(slot), "allowed": allowed}
            reader.fault(FaultCode.SLOT_OUTSIDE_HOURS, slot.path, **facts)


def _holds(opening: tuple[int, int], span: tuple[int, int]) -> bool:
    if opening[1] - opening[0] == _DAY_MINUTES:
        return True
    return any(
        opening[0] <= span[0] + shift and span[1] + shift <= opening[1]
        for shift in (0, _DAY_MINUTES)
    )


def _clock(span: tuple[int, int]) -> str:
    start, end = (f"{minutes // 60 % 24:02}:{minutes % 60:02}" for minutes in span)
    return f"{start}–{end}"


CHECKS_OF_ANY_TEXT: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    _check_interval_order,
    _check_releases,
    _check_booking_hours,
)
"""Those that hold for an annex as for a version."""

CHECKS_OF_VERSION: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    *CHECKS_OF_ANY_TEXT,
    _check_week,
    _check_phases_overlap,
    _check_deadlines,
    _check_annex_bounds,
)

CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_phase_ends,
    _check_data_ends,
    _check_no_shows,
    _check_slots,
)
