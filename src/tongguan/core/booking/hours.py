"""Whether a control point is open at any time of a slot."""

from datetime import time

from tongguan.core.scheme.model import ControlPoint, Slot

_DAY_MINUTES = 24 * 60


def is_open_during(point: ControlPoint, slot: Slot) -> bool:
    """Whether the hours of the control point meet the slot; hours nobody stated close nothing.

    Both repeat every day and may reach over midnight.
    """
    opens, closes = _span(point.opens or time(0), point.closes or time(0))
    starts, ends = _span(slot.starts, slot.ends)
    return any(
        opens + shift < ends and starts < closes + shift
        for shift in (-_DAY_MINUTES, 0, _DAY_MINUTES)
    )


def _span(start: time, end: time) -> tuple[int, int]:
    """Minutes since 00:00; an end at or before the start lies on the next day."""
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return first, last if last > first else last + _DAY_MINUTES
