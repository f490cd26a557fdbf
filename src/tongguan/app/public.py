"""What anyone may see: what holds now and next, and how many places are left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.reckoning import reckoning_of
from tongguan.app.schemes import Holding, what_holds
from tongguan.core.booking.keepers import keeper_of, keeps_places
from tongguan.core.booking.legs import LegWanted, no_such_place
from tongguan.core.booking.releases import deadline_instant, may_be_booked_at, openings_of
from tongguan.core.calendar import local_day, slot_interval
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    PersonKey,
    QuotaId,
    SlotId,
    SponsorId,
)
from tongguan.core.quota.choices import Choice
from tongguan.core.quota.demand import Demand, demand_of
from tongguan.core.quota.windows import PERSON_DIMENSION, Crossing, Window
from tongguan.core.scheme.model import Direction, Phase, Slot, Sponsor
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.suspensions import suspension_at

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
class Allotment:
    """What a sponsor may give to those on its list in one window, and what is left of it."""

    sponsor: Sponsor
    window: Window
    """Of a quota that counts by sponsor; its ``limit`` is the allotment."""
    taken: int
    left: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptElsewhere:
    """A direction whose places another authority gives out."""

    direction: DirectionId
    keeper: AuthorityId


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
    allotments: tuple[Allotment, ...] = ()
    """The sponsors' allotments of the coming days, by window and in the order of the phase."""
    kept_elsewhere: tuple[KeptElsewhere, ...] = ()
    """Where this authority keeps some directions: those whose places another keeps."""


def public_overview(
    authority: Authority,
    *,
    days: int = 8,
    first: date | None = None,
    sponsor: SponsorId | None = None,
    category: CategoryId | None = None,
) -> Overview:
    """What holds now and next, with the places left on each of the coming service days.

    ``first`` is the first of those days; ``None`` = today. Places are those left for a person on
    the list of ``sponsor``; ``None`` = on nobody's. ``category`` is counted beside those of the
    phase, for the holder of a grant that a later text keeps though it has no such category.
    """
    with authority.database.transaction() as transaction:
        holding = what_holds(transaction)
        if holding is None:
            return Overview(
                now=transaction.now, holding=None, next_phase=None, availability=(), quotas=()
            )
        if not keeps_places(holding.version, holding.phase, authority.id):
            return Overview(
                now=transaction.now,
                holding=holding,
                next_phase=_next_phase(holding),
                availability=(),
                quotas=(),
                booked_elsewhere=True,
            )
        from_day = first or local_day(transaction.now, holding.version.zone)
        offers = tuple(_offers(holding, authority.id, from_day, days))
        board = _board(transaction, holding, offers, sponsor, category)
        return Overview(
            now=transaction.now,
            holding=holding,
            next_phase=_next_phase(holding),
            availability=tuple(_availability(board, offer, sponsor) for offer in board.offers),
            quotas=_quota_counts(board),
            allotments=_allotments(board),
            kept_elsewhere=tuple(
                KeptElsewhere(direction=each.id, keeper=keeper)
                for each in holding.phase.directions
                if (keeper := keeper_of(holding.version, each)) not in (None, authority.id)
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Offer:
    direction: Direction
    day: date
    control_point: ControlPointId
    slot: Slot

    def crossing(self, category: CategoryId, sponsor: SponsorId | None = None) -> Crossing:
        """An anonymous crossing of this offer, for finding the windows it would touch."""
        return Crossing(
            direction=self.direction.id,
            category=category,
            control_point=self.control_point,
            slot=SlotId(self.slot.id),
            day=self.day,
            person=_NOBODY,
            sponsor=sponsor,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Board:
    """The offers of the coming days, what each anonymous crossing would ask, and what is taken."""

    holding: Holding
    now: datetime
    offers: tuple[_Offer, ...]
    categories: tuple[CategoryId, ...]
    demands: Mapping[Crossing, Demand]
    taken: Mapping[Window, int]

    def left(self, window: Window) -> int:
        """Persons for whom the window has room, by the limit as it is now."""
        return max(0, window.limit - self.taken[window])


def _board(
    transaction: Transaction,
    holding: Holding,
    offers: tuple[_Offer, ...],
    sponsor: SponsorId | None,
    category: CategoryId | None,
) -> _Board:
    phase = holding.phase
    categories = dict.fromkeys(each.id for each in phase.categories)
    if category is not None:
        categories[category] = None
    asked = [offer.crossing(each, sponsor) for offer in offers for each in categories]
    crossings = [*asked, *_on_the_lists(phase, asked)]
    reckoning = reckoning_of(transaction, holding, crossings)
    demands = {each: _without_persons(demand_of(reckoning, [each])) for each in crossings}
    windows = {window for demand in demands.values() for window in _windows(demand)}
    counts = transaction.ledger.counts(tuple(sorted(windows)))
    return _Board(
        holding=holding,
        now=transaction.now,
        offers=offers,
        categories=tuple(categories),
        demands=demands,
        taken={each.window: each.taken for each in counts},
    )


def _on_the_lists(phase: Phase, asked: Sequence[Crossing]) -> Iterator[Crossing]:
    """Of each sponsor's people: one crossing for all that its quotas count alike."""
    by_sponsor = [each for each in phase.quotas if "sponsor" in each.counts]
    caps = {each.reserve.inside for each in by_sponsor if each.reserve is not None}
    told_apart = {
        name
        for quota in phase.quotas
        if quota in by_sponsor or quota.id in caps
        for name in quota.counts
    } - {"sponsor", PERSON_DIMENSION}
    alike = {(each.day, *(each.value(name) for name in sorted(told_apart))): each for each in asked}
    for crossing in alike.values() if by_sponsor else ():
        yield from (replace(crossing, sponsor=each.id) for each in phase.sponsors)


def _without_persons(demand: Demand) -> Demand:
    """What everybody's crossing asks for, the windows of single persons left out."""
    return Demand(
        windows=tuple(each for each in demand.windows if not _is_of_a_person(each[0])),
        choices=tuple(each for each in demand.choices if not _is_of_a_person(each.cap)),
    )


def _is_of_a_person(window: Window) -> bool:
    return any(name == PERSON_DIMENSION for name, _ in window.dimensions)


def _windows(demand: Demand) -> Iterator[Window]:
    yield from (window for window, _ in demand.windows)
    yield from (window for choice in demand.choices for window in choice.windows)


def _availability(board: _Board, offer: _Offer, sponsor: SponsorId | None) -> Availability:
    least = {}
    for category in board.categories:
        demand = board.demands[offer.crossing(category, sponsor)]
        left = [(board.left(window), window.quota) for window, _ in demand.windows]
        left.extend((_left_of(board, each), each.cap.quota) for each in demand.choices)
        if left:
            least[category] = min(left)
    interval = slot_interval(offer.day, offer.slot, board.holding.version.zone)
    return Availability(
        direction=offer.direction.id,
        day=offer.day,
        control_point=offer.control_point,
        slot=offer.slot,
        starts=interval.start,
        ends=interval.end,
        left={category: found[0] for category, found in least.items()},
        bound_by={category: found[1] for category, found in least.items()},
        bookable=_bookable(board.holding, offer, interval.start, board.now),
    )


def _left_of(board: _Board, choice: Choice) -> int:
    """The places of a cap that the crossing may have: what is kept for others is not left."""
    return sum(board.left(window) for window in choice.windows)


def _quota_counts(board: _Board) -> tuple[QuotaCount, ...]:
    """The caps' windows: parts and reserves are within them, and no sponsor's is shown here."""
    return tuple(
        QuotaCount(window=window, taken=taken)
        for window, taken in sorted(board.taken.items())
        if window.part_of is None and _sponsor_of(window) is None
    )


def _allotments(board: _Board) -> tuple[Allotment, ...]:
    sponsors = {each.id: each for each in board.holding.phase.sponsors}
    return tuple(
        Allotment(
            sponsor=sponsors[sponsor],
            window=window,
            taken=taken,
            left=board.left(window),
        )
        for window, taken in sorted(board.taken.items())
        if (sponsor := _sponsor_of(window)) in sponsors
    )


def _sponsor_of(window: Window) -> SponsorId | None:
    sponsor = dict(window.dimensions).get("sponsor")
    return None if sponsor is None else SponsorId(sponsor)


def _offers(holding: Holding, keeper: AuthorityId, first: date, days: int) -> Iterator[_Offer]:
    """What this authority gives out, on the directions whose places it keeps."""
    phase = holding.phase
    points = (phase.entry.control_points if phase.entry else None) or ()
    kept = [each for each in phase.directions if keeper_of(holding.version, each) == keeper]
    coming = (first + timedelta(days=number) for number in range(days))
    for day, direction, point in product(coming, kept, points):
        for slot in direction.slots or ():
            wanted = LegWanted(
                direction=direction.id, day=day, slot=slot.id, control_point=point.id
            )
            if not any(no_such_place(phase, wanted)):
                yield _Offer(direction=direction, day=day, control_point=point.id, slot=slot)


def _bookable(holding: Holding, offer: _Offer, starts: datetime, now: datetime) -> bool:
    booking = offer.direction.booking
    if booking is None or holding.state not in (PhaseState.ACTIVE, PhaseState.SUSPENDED):
        return False
    closed = suspension_at(
        holding.suspensions,
        direction=offer.direction,
        control_point=offer.control_point,
        at=starts,
    )
    zone = holding.version.zone
    opened = any(
        each.contains(now) for each in openings_of(holding.version, booking, offer.day)
    ) and may_be_booked_at(booking.hours, now, zone)
    closes = deadline_instant(booking.closes, day=offer.day, starts=starts, zone=zone)
    return closed is None and opened and now < closes


def _next_phase(holding: Holding) -> Phase | None:
    names = [each.id for each in holding.version.phases]
    following = holding.version.phases[names.index(holding.phase.id) + 1 :]
    return following[0] if following else None
