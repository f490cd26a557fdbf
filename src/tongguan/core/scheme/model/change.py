"""How a phase comes, is broken off, and treats those who hold something when the text changes."""

from dataclasses import dataclass
from enum import StrEnum

from tongguan.core.identifiers import AuthorityId, ControlPointId, DirectionId, MetricId
from tongguan.core.scheme.model.sources import Basis
from tongguan.core.texts import Text


class MetricUnit(StrEnum):
    """What a figure is a number of."""

    COUNT = "count"
    PERCENT = "percent"
    MINUTES = "minutes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """A figure that authorities sign each day, such as imported cases."""

    id: MetricId
    name: Text
    unit: MetricUnit
    reported_by: tuple[AuthorityId, ...]
    basis: Basis


class Statistic(StrEnum):
    """How the figures of several days become one number."""

    SUM = "sum"
    MEAN = "mean"
    """A moving mean; compared exactly, never rounded first."""
    MAXIMUM = "maximum"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """A statement on figures that holds or does not: of each authority that reports the metric.

    Exactly one of ``at_most`` and ``at_least`` is stated. Without figures for every one of the
    days there is no data, which is neither yes nor no.
    """

    metric: MetricId
    statistic: Statistic
    days: int
    """The last so many days, the day asked about included."""
    at_most: int | None
    at_least: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """What the parties want to see before they move to the phase; the move is a signed act."""

    id: str
    name: Text
    measure: Measure
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Breaker:
    """What suspends the phase: a measure that stops holding, or an order alone."""

    id: str
    name: Text
    keeps: Measure | None
    """While it holds for every authority, all is well; ``None`` = by order of an authority."""
    by_itself: bool
    """Whether it suspends by itself; else it only says that it has tripped."""
    control_points: tuple[ControlPointId, ...] | None
    """What it suspends; ``None`` = every control point."""
    directions: tuple[DirectionId, ...] | None
    """``None`` = every direction; the way home stays open all the same."""
    notice_minutes: int
    """From the end of the day on which it trips to the suspension."""
    lasts_days: int
    resumes: Measure | None
    """Asked on the last day: where it does not hold, the suspension lasts as long again."""
    basis: Basis


class Remedy(StrEnum):
    """What becomes of a place for which a new text has no room."""

    HONOUR = "honour"
    MOVE = "move"
    """To the nearest later day with room, at the same control point and slot."""
    REVOKE = "revoke"


class GrantRule(StrEnum):
    """What becomes of a grant without places."""

    KEEP = "keep"
    LAPSE = "lapse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holders:
    """What happens to those who hold something under the text before."""

    places: tuple[Remedy, ...]
    """Tried in order for places beyond a limit, or where the text has no room; latest first."""
    move_days_max: int | None
    """How many days later a place may be moved; must be stated where ``move`` is."""
    grants: GrantRule
    """Also ``keep`` keeps none of a category that is gone where every cap is for another."""
    basis: Basis
