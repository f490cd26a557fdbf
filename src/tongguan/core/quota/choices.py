"""Reserves: the windows from which a crossing's place under a cap may be taken, in order.

A cap with reserves inside it is split into the windows of its reserves and an open part, whose
limit is what the reserves leave of the cap's. The cap's own window counts everyone as before. Each
crossing that the cap counts takes one place out of its choice of these parts: a reserve it is kept
for and the open part, in the order that the reserve states, and after them the reserves that have
been released by then. So an outsider never takes a kept place before its release, and afterwards
nothing is wasted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from tongguan.core.booking.releases import deadline_instant
from tongguan.core.quota.limits import Reckoning, stated_window
from tongguan.core.quota.windows import (
    DAYS_IN,
    OPEN_PART,
    PERSON_DIMENSION,
    Crossing,
    UnstatedQuotaError,
    Window,
)
from tongguan.core.scheme.model import EACH, OrderOfUse, Quota, Reserve
from tongguan.core.scheme.slots import find_slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """How many persons take a place each out of these windows, the first with room first."""

    cap: Window
    """The window that counts them all, beside the part from which each place is taken."""
    windows: tuple[Window, ...]
    persons: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPart:
    """One window of a reserve, in the window of the cap whose places it keeps."""

    quota: Quota
    reserve: Reserve
    window: Window


def parts_kept(reckoning: Reckoning, cap: Quota, window: Window) -> tuple[KeptPart, ...]:
    """Every window of a reserve that lies in the cap's window, with its stated limit.

    Raises ``UnstatedQuotaError`` for a reserve whose windows do not lie in one of the cap's each.
    """
    return tuple(
        KeptPart(quota=quota, reserve=quota.reserve, window=replace(part, part_of=window.key))
        for quota in reckoning.phase.quotas
        if quota.reserve is not None and quota.reserve.inside == cap.id
        for part in _windows_inside(reckoning, quota, window)
    )


def choice_of(
    reckoning: Reckoning, cap: Window, kept: Sequence[KeptPart], crossing: Crossing
) -> tuple[Window, ...]:
    """The parts from which the crossing's place is taken, in order; limits are as given."""
    own = [part for part in kept if part.window.holds(crossing)]
    first = [part for part in own if part.reserve.order_of_use is OrderOfUse.RESERVE_FIRST]
    then = [part for part in own if part.reserve.order_of_use is OrderOfUse.OPEN_FIRST]
    released = [
        part for part in kept if part not in own and _is_released(reckoning, part, crossing)
    ]
    return (
        *(part.window for part in first),
        _open_part(cap, kept),
        *(part.window for part in then),
        *(part.window for part in released),
    )


def _open_part(cap: Window, kept: Sequence[KeptPart]) -> Window:
    return replace(
        cap,
        dimensions=tuple(sorted((*cap.dimensions, OPEN_PART))),
        limit=max(0, cap.limit - sum(part.window.limit for part in kept)),
        part_of=cap.key,
    )


def _is_released(reckoning: Reckoning, part: KeptPart, crossing: Crossing) -> bool:
    """Whether the part is open to crossings of that day by now; a week's day by day."""
    if part.reserve.released is None:
        return False
    zone = reckoning.version.zone
    found = find_slot(reckoning.phase, crossing.direction, crossing.slot)
    if found is not None:
        starts = found.on(crossing.day, zone).start
        opens = deadline_instant(part.reserve.released, day=crossing.day, starts=starts, zone=zone)
        return opens <= reckoning.now
    return False


def _windows_inside(reckoning: Reckoning, reserve: Quota, cap: Window) -> Iterator[Window]:
    wider = set(dict(cap.dimensions)) - set(reserve.counts)
    if wider or DAYS_IN[reserve.per] != cap.days:
        raise UnstatedQuotaError(f"the windows of {reserve.id} do not lie in one of {cap.quota}")
    names = sorted(reserve.counts)
    for values in product(*(_values(reckoning, reserve, name, cap) for name in names)):
        dimensions = tuple(zip(names, values, strict=True))
        yield stated_window(reckoning, reserve, dimensions, cap.starts)


def _values(reckoning: Reckoning, reserve: Quota, name: str, cap: Window) -> tuple[str, ...]:
    """The values of a dimension for which the reserve has windows inside the cap's window."""
    counted = reserve.counts[name]
    if counted is None or name == PERSON_DIMENSION:
        raise UnstatedQuotaError(f"reserve {reserve.id} does not state for which {name}")
    within = dict(cap.dimensions).get(name)
    if counted != EACH:
        return (counted,) if within in (None, counted) else ()
    return _listed(reckoning, name) if within is None else (within,)


def _listed(reckoning: Reckoning, name: str) -> tuple[str, ...]:
    """Every value that the phase has for a dimension that the cap does not distinguish."""
    phase = reckoning.phase
    points = phase.entry.control_points if phase.entry else None
    slots = (slot.id for direction in phase.directions for slot in direction.slots or ())
    listed: dict[str, tuple[str, ...]] = {
        "direction": tuple(each.id for each in phase.directions),
        "category": tuple(each.id for each in phase.categories),
        "control_point": tuple(each.id for each in points or () if each.booking_required),
        "slot": tuple(dict.fromkeys(slots)),
        "sponsor": tuple(each.id for each in phase.sponsors),
    }
    return listed[name]
