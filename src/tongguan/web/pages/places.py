"""Places left, laid out as one table for each direction and control point."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.app.public import Availability
from tongguan.app.schemes import Holding
from tongguan.core.identifiers import CategoryId, ControlPointId, DirectionId
from tongguan.core.scheme.model import Slot
from tongguan.core.scheme.suspensions import suspension_at


@dataclass(frozen=True, kw_only=True, slots=True)
class CategoryLeft:
    """Places left for one category."""

    category: CategoryId
    left: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One slot of one day."""

    slot: Slot
    offered: bool
    bookable: bool = False
    closed_key: str = ""
    """Words for why it cannot be booked now."""
    most: int = 0
    """Places left for the category that has most."""
    fewer: tuple[CategoryLeft, ...] = ()
    """Categories for which fewer are left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One day."""

    day: date
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacesTable:
    """The days and slots of one direction at one control point."""

    direction: DirectionId
    control_point: ControlPointId
    slots: tuple[Slot, ...]
    rows: tuple[Row, ...]


def places_tables(
    found: Iterable[Availability], now: datetime, holding: Holding
) -> tuple[PlacesTable, ...]:
    """The tables in the order in which directions and control points appear."""
    groups: dict[tuple[DirectionId, ControlPointId], list[Availability]] = {}
    for each in found:
        groups.setdefault((each.direction, each.control_point), []).append(each)
    return tuple(
        _table(direction, point, group, now, holding)
        for (direction, point), group in groups.items()
    )


def _table(
    direction: DirectionId,
    point: ControlPointId,
    group: list[Availability],
    now: datetime,
    holding: Holding,
) -> PlacesTable:
    slots = tuple(sorted({each.slot for each in group}, key=lambda slot: slot.starts))
    by_place = {(each.day, each.slot): each for each in group}
    days = sorted({each.day for each in group})
    rows = tuple(
        Row(
            day=day,
            cells=tuple(_cell(by_place.get((day, slot)), slot, now, holding) for slot in slots),
        )
        for day in days
    )
    return PlacesTable(direction=direction, control_point=point, slots=slots, rows=rows)


def _cell(found: Availability | None, slot: Slot, now: datetime, holding: Holding) -> Cell:
    if found is None:
        return Cell(slot=slot, offered=False)
    if _is_suspended(found, holding):
        return Cell(slot=slot, offered=True, closed_key="standing.suspension.here")
    if not found.bookable:
        nearly_over = (found.starts - now).days < 1
        key = "pages.public.closed" if nearly_over else "pages.public.not_open"
        return Cell(slot=slot, offered=True, closed_key=key)
    most = max(found.left.values(), default=0)
    if most == 0:
        return Cell(slot=slot, offered=True, closed_key="pages.public.full")
    fewer = tuple(
        CategoryLeft(category=category, left=left)
        for category, left in found.left.items()
        if left < most
    )
    return Cell(slot=slot, offered=True, bookable=True, most=most, fewer=fewer)


def _is_suspended(found: Availability, holding: Holding) -> bool:
    """Whether a suspension that stands closes the slot."""
    way = next(each for each in holding.phase.directions if each.id == found.direction)
    suspension = suspension_at(
        holding.suspensions, direction=way, control_point=found.control_point, at=found.starts
    )
    return suspension is not None
