"""The time that a case has, as pages show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """The time that a case has."""

    decide_by: datetime
    minutes: int
    """Whole minutes to it, or since it."""
    is_overdue: bool


def clock_until(decide_by: datetime, now: datetime) -> Clock:
    """How long there is to an instant, or how long it is over."""
    left = decide_by - now
    return Clock(
        decide_by=decide_by,
        minutes=abs(left) // timedelta(minutes=1),
        is_overdue=left < timedelta(0),
    )


def minutes_of(time: timedelta) -> int:
    """A length of time in whole minutes."""
    return time // timedelta(minutes=1)
