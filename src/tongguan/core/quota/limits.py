"""The limit of a window: what the text states for it, and what the window before hands on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tongguan.core.calendar import runs_on, weekday_of
from tongguan.core.quota.carry_over import handed_on
from tongguan.core.quota.windows import (
    DAYS_IN,
    Dimensions,
    UnstatedQuotaError,
    Window,
    WindowKey,
    cell_week,
)
from tongguan.core.scheme.model import (
    CarryOver,
    LimitException,
    PartialWeeks,
    Phase,
    Quota,
    QuotaKind,
    QuotaPer,
    Version,
)
from tongguan.core.scheme.state import end_of_service

_DAYS_WITHOUT_SERVICE_MAX = 31
"""How far back the day before is looked for; longer ago it hands nothing on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextApplied:
    """A phase of a text under which places stood from an instant until the next one."""

    version: Version
    phase: Phase
    """Its ``ends`` is the last service day it held."""
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Reckoning:
    """What limits are reckoned from: a phase of a text at an instant."""

    version: Version
    phase: Phase
    """Its ``ends`` is the last service day it holds."""
    now: datetime
    first_day: date | None = None
    """The first service day on which the phase holds; ``None`` = no day is before it."""
    taken_before: Mapping[WindowKey, int] = field(default_factory=dict)
    """Persons in the windows that hand something on; see ``demand.windows_before``."""
    applied: Sequence[TextApplied] | None = None
    """Texts under which places stood by now, the oldest first; ``None`` = this one all the time."""

    def holds_on(self, day: date) -> bool:
        """Whether the phase holds on a service day."""
        return (self.first_day is None or self.first_day <= day) and (
            self.phase.ends is None or day <= self.phase.ends
        )

    def at_the_end_of(self, day: date) -> "Reckoning | None":
        """As reckoned by the text that held when the service day ended; ``None`` before any did."""
        if self.applied is None:
            return self
        for each in reversed(self.applied):
            if each.since < end_of_service(each.version, each.phase, day):
                return replace(self, version=each.version, phase=each.phase)
        return None

    def runs_on(self, dimensions: Dimensions, day: date) -> bool:
        """Whether there are crossings with these values on the day."""
        values = dict(dimensions)
        for direction in self.phase.directions:
            if direction.id == values.get("direction") and not runs_on(direction, day):
                return False
        points = self.phase.entry.control_points if self.phase.entry else None
        return self.holds_on(day) and not any(
            point.id == values.get("control_point") and day in point.closed_days
            for point in points or ()
        )


def require_stated(quota: Quota) -> None:
    """Raise ``UnstatedQuotaError`` where nobody has stated the limit, the kind or the order."""
    if quota.limit is None or quota.kind is None:
        raise UnstatedQuotaError(f"quota {quota.id} has no stated limit and kind")
    reserve = quota.reserve
    if quota.kind is QuotaKind.RESERVE and (reserve is None or reserve.order_of_use is None):
        raise UnstatedQuotaError(f"reserve {quota.id} does not state how it is used")


def stated_window(reckoning: Reckoning, quota: Quota, dimensions: Dimensions, day: date) -> Window:
    """The quota's window of these dimensions that holds the day, with the limit the text states."""
    week = cell_week(reckoning.version, day)
    starts = week if quota.per is QuotaPer.WEEK else day
    return Window(
        scheme=reckoning.version.scheme,
        cell_week=week,
        quota=quota.id,
        starts=starts,
        dimensions=dimensions,
        days=DAYS_IN[quota.per],
        limit=_stated_limit(reckoning, quota, dimensions, starts),
    )


def reckoned(reckoning: Reckoning, quota: Quota, window: Window) -> Window:
    """The window with its limit at the instant: as stated, or with what the one before hands on.

    Raises ``KeyError`` when nobody has read how much the window before holds.
    """
    before = window_before(reckoning, quota, window)
    if before is None:
        return window
    taken = reckoning.taken_before[before.key]
    change = handed_on(quota.carry_over, stated=before.limit, taken=taken)
    return replace(window, limit=max(0, window.limit + change))


def window_before(reckoning: Reckoning, quota: Quota, window: Window) -> Window | None:
    """The window that hands something on to this one by now, with its stated limit; or ``None``.

    It is the last one before with service, in the time of the phase, and it is over. Its limit is
    what was stated while it held; where the quota was not there then, nothing is handed on.
    """
    if quota.carry_over is CarryOver.NONE:
        return None
    for day in _days_before(quota, window):
        then = reckoning.at_the_end_of(day)
        if then is not None and then.runs_on(window.dimensions, day):
            return _window_over(then, _as_it_was(reckoning, then, quota), window.dimensions, day)
    return None


def _window_over(
    then: Reckoning, quota: Quota | None, dimensions: Dimensions, last: date
) -> Window | None:
    """The quota's window of these dimensions that holds the day, where it was there and is over."""
    if quota is None:
        return None
    window = stated_window(then, quota, dimensions, last)
    last_day = window.starts + timedelta(days=window.days - 1)
    is_over = end_of_service(then.version, then.phase, last_day) <= then.now
    return window if is_over else None


def _as_it_was(reckoning: Reckoning, then: Reckoning, quota: Quota) -> Quota | None:
    """The quota by the text of then; ``None`` where its windows were others, or not there."""
    if then.version.week_starts_on is not reckoning.version.week_starts_on:
        return None
    counted = (quota.id, quota.kind, quota.per, quota.counts)
    return next(
        (
            each
            for each in then.phase.quotas
            if (each.id, each.kind, each.per, each.counts) == counted
        ),
        None,
    )


def _days_before(quota: Quota, window: Window) -> Iterator[date]:
    """The days that may belong to the window before, the latest first."""
    reach = DAYS_IN[QuotaPer.WEEK] if quota.per is QuotaPer.WEEK else _DAYS_WITHOUT_SERVICE_MAX
    return (window.starts - timedelta(days=number) for number in range(1, reach + 1))


def _stated_limit(reckoning: Reckoning, quota: Quota, dimensions: Dimensions, starts: date) -> int:
    limit = quota.limit
    for exception in quota.limits:
        if _matches(exception, dimensions, starts):
            limit = exception.limit
    if limit is None:
        raise UnstatedQuotaError(f"quota {quota.id} has no stated limit on {starts}")
    if quota.per is QuotaPer.WEEK and quota.partial_weeks is PartialWeeks.PRORATED:
        week = (starts + timedelta(days=number) for number in range(DAYS_IN[QuotaPer.WEEK]))
        limit = limit * sum(map(reckoning.holds_on, week)) // DAYS_IN[QuotaPer.WEEK]
    return limit


def _matches(exception: LimitException, dimensions: Dimensions, starts: date) -> bool:
    """Whether it is for a window of these dimensions; a week is dated by the day it starts."""
    return (
        set(exception.where.items()) <= set(dimensions)
        and (exception.first is None or exception.first <= starts)
        and (exception.last is None or starts <= exception.last)
        and (exception.weekdays is None or weekday_of(starts) in exception.weekdays)
    )
