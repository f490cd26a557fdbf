"""Daily limits set against what sources say of demand: where and when could they have bound.

The limits follow from the text alone. Demand is a range, and every number in it says whether a
source states it, a source's words bound it, or we assumed it. Unknown is neither zero nor enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from tongguan.core.calendar import instant_of, runs_on
from tongguan.core.identifiers import ClaimId, ControlPointId, DirectionId, VersionId
from tongguan.core.quota.limits import Reckoning, stated_window
from tongguan.core.scheme.model import (
    EACH,
    ControlPoint,
    Direction,
    Phase,
    Quota,
    QuotaKind,
    QuotaPer,
    Version,
)
from tongguan.core.texts import Text

_PORT_DIMENSIONS = frozenset({"direction", "control_point"})


class FigureKind(StrEnum):
    """How a number came about."""

    STATED = "stated"
    """A source gives it."""
    BOUND = "bound"
    """A source's words imply that it was no less, or no more: ``full``, ``never full``."""
    ASSUMED = "assumed"
    """Ours, with a reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number of persons, how it came about, and on what it rests."""

    persons: int
    kind: FigureKind
    claims: tuple[ClaimId, ...]
    because: Text | None
    """How the number follows; must be there for one that no source states."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandRow:
    """Persons a day who wanted to cross, on the days from first to last; ``None`` = not known."""

    id: str
    direction: DirectionId
    control_point: ControlPointId
    first: date
    last: date
    low: Figure | None
    high: Figure | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandTotal:
    """Persons over several days together, at one control point or at all."""

    id: str
    name: Text
    direction: DirectionId
    control_point: ControlPointId | None
    first: date
    last: date
    persons: Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandFigures:
    """What is known of demand for one version; of the rows for a day the last one holds."""

    version: VersionId
    rows: tuple[DemandRow, ...]
    totals: tuple[DemandTotal, ...]


class Binding(StrEnum):
    """What a day's demand is to its limit, from most to least."""

    BINDS = "binds"
    """The least demand is above it."""
    FILLED = "filled"
    """The least demand is as much as it; whether more was wanted is not known."""
    COULD_BIND = "could_bind"
    """The greatest demand is above it, or not known."""
    CANNOT_BIND = "cannot_bind"
    """The greatest demand is not above it."""
    NO_DATA = "no_data"
    """No figure stands for the day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortDay:
    """One service day at one control point in one direction."""

    direction: DirectionId
    control_point: ControlPointId
    day: date
    limit: int
    limit_without: int
    """As it would be without the dated limits of the text."""
    row: DemandRow | None

    @property
    def is_lifted(self) -> bool:
        """Whether the dated limits of the text change the day's limit."""
        return self.limit != self.limit_without

    @property
    def binding(self) -> Binding:
        """What demand is to the limit."""
        return binding_of(self.limit, self.row)

    @property
    def binding_without(self) -> Binding:
        """What demand would be to the limit without the dated limits."""
        return binding_of(self.limit_without, self.row)


@dataclass(frozen=True, kw_only=True, slots=True)
class TotalUse:
    """A total of persons against all the places of its days, dated limits left out."""

    total: DemandTotal
    places: int

    @property
    def percent(self) -> int:
        """Persons of a hundred places, rounded down."""
        return self.total.persons.persons * 100 // self.places if self.places else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Backtest:
    """Every day and control point with a daily limit, and the totals."""

    days: tuple[PortDay, ...]
    totals: tuple[TotalUse, ...]

    @property
    def lifted(self) -> tuple[PortDay, ...]:
        """The days that the dated limits of the text lift or lower."""
        return tuple(each for each in self.days if each.is_lifted)


def binding_of(limit: int, row: DemandRow | None) -> Binding:
    """What the demand of a row is to a limit."""
    if row is None or (row.low is None and row.high is None):
        return Binding.NO_DATA
    low = 0 if row.low is None else row.low.persons
    if low >= limit:
        return Binding.BINDS if low > limit else Binding.FILLED
    is_within = row.high is not None and row.high.persons <= limit
    return Binding.CANNOT_BIND if is_within else Binding.COULD_BIND


def backtest(version: Version, phase: Phase, figures: DemandFigures) -> Backtest:
    """The daily limits of a phase against demand; quotas that count anything else are left out.

    Raises ``UnstatedQuotaError`` where a daily limit is not stated, ``ValueError`` for a phase
    that does not say when it begins or on how many days there are figures or service.
    """
    first, last = _span(phase, figures)
    ports = _Ports(version=version, phase=phase, at=instant_of(first, _MIDNIGHT, version.zone))
    days = [
        PortDay(
            direction=direction.id,
            control_point=point,
            day=day,
            limit=limit,
            limit_without=ports.limit(direction.id, point, day, dated=False) or 0,
            row=_row(figures, direction.id, point, day),
        )
        for direction in phase.directions
        for point in ports.booked()
        for day in _service_days(direction, first, last)
        if not ports.is_closed(point, day)
        if (limit := ports.limit(direction.id, point, day, dated=True)) is not None
    ]
    directions = {direction.id for direction in phase.directions}
    totals = [
        TotalUse(total=each, places=ports.places(each))
        for each in figures.totals
        if each.direction in directions
    ]
    return Backtest(days=tuple(days), totals=tuple(totals))


_MIDNIGHT = datetime.min.time()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ports:
    """The daily limits of a phase by direction and control point."""

    version: Version
    phase: Phase
    at: datetime

    def booked(self) -> tuple[ControlPointId, ...]:
        """The control points whose places are booked."""
        return tuple(point.id for point in self._points() if point.booking_required)

    def is_closed(self, point: ControlPointId, day: date) -> bool:
        """Whether the control point is closed to passengers on the day."""
        return any(each.id == point and day in each.closed_days for each in self._points())

    def _points(self) -> tuple[ControlPoint, ...]:
        return (self.phase.entry.control_points if self.phase.entry else None) or ()

    def limit(
        self, direction: DirectionId, point: ControlPointId, day: date, *, dated: bool
    ) -> int | None:
        """The least of the daily limits there, with the dated ones or without; ``None`` = none."""
        values = {"direction": direction, "control_point": point}
        limits = [
            self._limit_of(quota if dated else replace(quota, limits=()), values, day)
            for quota in self.phase.quotas
            if _counts_a_port_day(quota, values)
        ]
        return min(limits, default=None)

    def _limit_of(self, quota: Quota, values: dict[str, str], day: date) -> int:
        dimensions = tuple(sorted((name, values[name]) for name in quota.counts))
        reckoning = Reckoning(version=self.version, phase=self.phase, now=self.at)
        return stated_window(reckoning, quota, dimensions, day).limit

    def places(self, total: DemandTotal) -> int:
        """All the places of the days of a total."""
        points = self.booked() if total.control_point is None else (total.control_point,)
        direction = next(each for each in self.phase.directions if each.id == total.direction)
        return sum(
            self.limit(total.direction, point, day, dated=False) or 0
            for point in points
            for day in _service_days(direction, total.first, total.last)
            if not self.is_closed(point, day)
        )


def _counts_a_port_day(quota: Quota, values: dict[str, str]) -> bool:
    """Whether it limits all persons of a day at these values, and nothing narrower."""
    return (
        quota.kind is QuotaKind.CAP
        and quota.per is QuotaPer.DAY
        and set(quota.counts) <= _PORT_DIMENSIONS
        and all(value in (EACH, values[name]) for name, value in quota.counts.items())
    )


def _span(phase: Phase, figures: DemandFigures) -> tuple[date, date]:
    if phase.not_before is None:
        raise ValueError(f"nobody has stated when {phase.id} begins")
    last = phase.ends or max((row.last for row in figures.rows), default=None)
    if last is None:
        raise ValueError(f"{phase.id} has no last day, and there are no figures")
    return phase.not_before.first, last


def _service_days(direction: Direction, first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if runs_on(direction, day):
            yield day


def _row(
    figures: DemandFigures, direction: DirectionId, point: ControlPointId, day: date
) -> DemandRow | None:
    """The last row for the day."""
    matching = (
        row
        for row in reversed(figures.rows)
        if (row.direction, row.control_point) == (direction, point) and row.first <= day <= row.last
    )
    return next(matching, None)
