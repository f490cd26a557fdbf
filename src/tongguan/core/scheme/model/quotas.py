"""Limits on persons: what they count, what is kept for whom, what one window hands to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongguan.core.identifiers import QuotaId
from tongguan.core.scheme.model.directions import Deadline
from tongguan.core.scheme.model.sources import Basis, Weekday
from tongguan.core.texts import Text


class QuotaKind(StrEnum):
    """What a number means."""

    CAP = "cap"
    """No more than this."""
    RESERVE = "reserve"
    """This many of another quota's places are kept for the crossings it counts."""


class QuotaPer(StrEnum):
    """The length of a quota's window, on the service day of the crossing."""

    DAY = "day"
    WEEK = "week"


class OrderOfUse(StrEnum):
    """Which places those for whom some are kept take first."""

    RESERVE_FIRST = "reserve_first"
    OPEN_FIRST = "open_first"


class CarryOver(StrEnum):
    """What a window that is over hands to the next one of its quota."""

    NONE = "none"
    ADD_UNUSED = "add_unused"
    """Its unused places, of its own limit without what it was handed itself."""
    DEDUCT_EXCESS = "deduct_excess"
    """What it took beyond its own limit is taken off."""


class PartialWeeks(StrEnum):
    """What a weekly limit is in a week of which the phase holds only some days."""

    WHOLE = "whole"
    PRORATED = "prorated"
    """A seventh of it for each day, rounded down."""


EACH = "each"
"""In ``counts``: one window for every value of the dimension."""

QUOTA_DIMENSIONS = ("direction", "category", "control_point", "slot", "sponsor", "person")


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitException:
    """Another limit for some windows of a quota, such as an uplift for a port on four days."""

    id: str
    where: Mapping[str, str]
    """Dimension to value; a dimension that is absent is not distinguished."""
    first: date | None
    """First service day; ``None`` = from the beginning."""
    last: date | None
    weekdays: tuple[Weekday, ...] | None
    """``None`` = every day."""
    limit: int | None
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Reserve:
    """What a reserve is kept from, in which order it is used, and when the rest opens to all."""

    inside: QuotaId
    """The cap whose places it keeps; its windows hold the reserve's."""
    order_of_use: OrderOfUse | None
    released: Deadline | None
    """Before the service day of the crossing; ``None`` = never."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """A limit on persons in every window that its ``counts`` picks out.

    ``counts`` maps a dimension to a value, to ``each``, or to ``None`` where nobody stated it; a
    dimension that is absent is not distinguished. ``direction`` is always present.
    """

    id: QuotaId
    name: Text
    kind: QuotaKind | None
    per: QuotaPer
    limit: int | None
    counts: Mapping[str, str | None]
    basis: Basis
    limits: tuple[LimitException, ...] = ()
    """The last one that matches a window holds there."""
    reserve: Reserve | None = None
    """For a reserve, and for nothing else."""
    carry_over: CarryOver = CarryOver.NONE
    partial_weeks: PartialWeeks | None = None
    """``None`` = not stated: the whole limit, in a whole week as in a part of one."""
