"""What anyone may see: what holds now and next, and how many places are left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, what_holds
from tongguan.core.booking.releases import deadline_instant, is_within_hours, openings_of
from tongguan.core.calendar import local_day, slot_interval, weekday_of
from tongguan.core.identifiers import (
    CategoryId,
    ControlPointId,
    DirectionId,
    PersonKey,
    QuotaId,
    SlotId,
)
from tongguan.core.quota.windows import PERSON_DIMENSION, Crossing, Window, windows_touched
from tongguan.core.scheme.model import Direction, Phase, Slot

_NOBODY = PersonKey(b"")


@dataclass(frozen=True, kw_only=True, slots=True)
class Availability:
    """Places left for one direction, day, control point and slot, by category."""

    direction: DirectionId
    day: date
    control_point: ControlPointId
    slot: Slot
    starts: datetime
    ends: datetime
    left: Mapping[CategoryId, int]
    bound_by: Mapping[CategoryId, QuotaId]
    """The quota that leaves the fewest places, whether or not it is full."""
    bookable: bool
    """Whether booking is open at this moment; a day or slot may still be to come or be over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaCount:
    """How full one quota's window is, as published."""

    window: Window
    taken: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What holds, and the places of the coming days."""

    now: datetime
    holding: Holding | None
    next_phase: Phase | None
    availability: tuple[Availability, ...]
    """Empty where the other authority keeps the ledger: this one's says nothing of the places."""
    quotas: tuple[QuotaCount, ...]
    booked_elsewhere: bool = False
    """Whether the scheme gives places to the other authority, which knows what is left."""


def public_overview(authority: Authority, *, days: int = 8) -> Overview:
    """What holds now and next, with the places left on each of the coming service days."""
    with authority.database.transaction() as transaction:
        holding = what_holds(transaction)
        if holding is None:
            return Overview(
                now=transaction.now, holding=None, next_phase=None, availability=(), quotas=()
            )
        if holding.version.booking_authority != authority.id:
            return Overview(
                now=transaction.now,
                holding=holding,
                next_phase=_next_phase(holding),
                availability=(),
                quotas=(),
                booked_elsewhere=True,
            )
        availability, quotas = _availability(transaction, holding, days)
        return Overview(
            now=transaction.now,
            holding=holding,
            next_phase=_next_phase(holding),
            availability=availability,
            quotas=quotas,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Offer:
    direction: Direction
    day: date
    control_point: ControlPointId
    slot: Slot

    def crossing(self, category: CategoryId) -> Crossing:
        """An anonymous crossing of this offer, for finding the windows it would touch."""
        return Crossing(
            direction=self.direction.id,
            category=category,
            control_point=self.control_point,
            slot=SlotId(self.slot.id),
            day=self.day,
            person=_NOBODY,
        )


def _availability(
    transaction: Transaction, holding: Holding, days: int
) -> tuple[tuple[Availability, ...], tuple[QuotaCount, ...]]:
    first = local_day(transaction.now, holding.version.zone)
    offers = [
        (offer, _windows_by_category(holding, offer))
        for offer in _offers(holding.phase, first, days)
    ]
    windows = tuple(
        sorted({each for _, touched in offers for found in touched.values() for each in found})
    )
    counts = {each.window: each for each in transaction.ledger.counts(windows)}
    left = {window: max(0, each.capacity - each.taken) for window, each in counts.items()}
    availability = []
    for offer, touched in offers:
        least = {
            category: min((left[window], window.quota) for window in found)
            for category, found in touched.items()
            if found
        }
        interval = slot_interval(offer.day, offer.slot, holding.version.zone)
        availability.append(
            Availability(
                direction=offer.direction.id,
                day=offer.day,
                control_point=offer.control_point,
                slot=offer.slot,
                starts=interval.start,
                ends=interval.end,
                left={category: found[0] for category, found in least.items()},
                bound_by={category: found[1] for category, found in least.items()},
                bookable=_bookable(holding, offer, interval.start, transaction.now),
            )
        )
    quotas = tuple(QuotaCount(window=each, taken=counts[each].taken) for each in windows)
    return tuple(availability), quotas


def _windows_by_category(
    holding: Holding, offer: _Offer
) -> Mapping[CategoryId, tuple[Window, ...]]:
    """The windows that anybody of a category would touch, those of single persons left out."""
    return {
        each.id: tuple(
            window
            for window in windows_touched(holding.version, holding.phase, offer.crossing(each.id))
            if all(name != PERSON_DIMENSION for name, _ in window.dimensions)
        )
        for each in holding.phase.categories
    }


def _offers(phase: Phase, first: date, days: int) -> Iterator[_Offer]:
    points = (phase.entry.control_points if phase.entry else None) or ()
    for number in range(days):
        day = first + timedelta(days=number)
        if phase.ends is not None and day > phase.ends:
            return
        for direction in phase.directions:
            if weekday_of(day) not in (direction.weekdays or ()) or day in direction.closed_days:
                continue
            for point in points:
                for slot in direction.slots or ():
                    yield _Offer(direction=direction, day=day, control_point=point.id, slot=slot)


def _bookable(holding: Holding, offer: _Offer, starts: datetime, now: datetime) -> bool:
    booking = offer.direction.booking
    if booking is None or holding.takes_applications() is not None:
        return False
    zone = holding.version.zone
    opened = any(
        each.contains(now) for each in openings_of(holding.version, booking, offer.day)
    ) and is_within_hours(booking.hours, now, zone)
    return opened and now < deadline_instant(
        booking.closes, day=offer.day, starts=starts, zone=zone
    )


def _next_phase(holding: Holding) -> Phase | None:
    names = [each.id for each in holding.version.phases]
    following = holding.version.phases[names.index(holding.phase.id) + 1 :]
    return following[0] if following else None
