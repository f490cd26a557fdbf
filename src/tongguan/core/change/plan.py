"""What becomes of every journey when another text, or another last day, begins to hold.

Nobody loses what the new text has room for, and where its quotas and places are as they were nobody
is touched. Whoever may be across the border keeps everything. Of the others, those for whom there
is no room are found from the last one booked, and the holders' rule of the new phase is tried on
them in order; what it does not say takes nothing away.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from tongguan.core.booking.legs import LegWanted
from tongguan.core.change.held import HeldJourney, HeldLeg, WindowBefore
from tongguan.core.change.moves import find_move, is_there
from tongguan.core.change.seats import Seats
from tongguan.core.identifiers import JourneyId, QuotaId
from tongguan.core.quota.demand import Demand
from tongguan.core.quota.limits import Reckoning
from tongguan.core.quota.seating import Counted
from tongguan.core.quota.windows import Crossing, WindowKey
from tongguan.core.scheme.model import CarryOver, Holders, Leg, Phase, Remedy


class Fate(StrEnum):
    """What becomes of a journey."""

    KEPT = "kept"
    """As it was: nothing that it rests on has changed."""
    HONOURED = "honoured"
    """As it was, although the new text has no room for it."""
    WAY_HOME_HONOURED = "way_home_honoured"
    """The way home stays as it was, although the new text has no room for it."""
    MOVED = "moved"
    REVOKED = "revoked"
    REVOKED_PHASE_ENDS = "revoked_phase_ends"
    """Its way out lies after the last day of the phase."""


REVOKED = frozenset((Fate.REVOKED, Fate.REVOKED_PHASE_ENDS))


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedJourney:
    """A journey with its fate, its days where they change, and what counts it from now on."""

    journey: HeldJourney
    fate: Fate
    counted: Counted
    """In the weeks that are rewritten; nothing where it is revoked."""
    moved_to: Mapping[Leg, date]
    """The days of all its legs, where it is moved."""


class WindowFate(StrEnum):
    """What becomes of a window in which people are counted."""

    RAISED = "raised"
    CUT = "cut"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowChange:
    """A window that somebody is counted in, and that is not as it was."""

    quota: QuotaId
    fate: WindowFate


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Every journey's fate, and every window that changes for someone."""

    journeys: tuple[PlannedJourney, ...]
    windows: tuple[WindowChange, ...]


def plan_transition(
    reckoning: Reckoning,
    holders: Holders | None,
    journeys: Sequence[HeldJourney],
    before: Mapping[WindowKey, WindowBefore],
    forgotten: Mapping[WindowKey, int] | None = None,
) -> Plan:
    """The fate of every journey, given in the order booked, under the phase reckoned with.

    ``before`` are the windows that count them now, ``forgotten`` the persons counted besides,
    whose journeys are deleted. Limits that follow from earlier windows must be in the reckoning
    for every one of ``crossings_considered``.
    """
    seats = Seats(reckoning=reckoning, before=before, taken=Counter(forgotten or {}))
    planning = _Planning(seats=seats, holders=holders)
    planning.seat_those_who_may_be_across(journeys)
    planning.revoke_what_begins_after_the_end(journeys)
    planning.keep_what_has_not_changed(journeys)
    planning.remedy(planning.without_room(journeys))
    return Plan(
        journeys=tuple(planning.planned[each.id] for each in journeys),
        windows=tuple(_window_changes(before, planning.limits_after(journeys))),
    )


def crossings_considered(
    phase: Phase, holders: Holders | None, journeys: Sequence[HeldJourney]
) -> list[Crossing]:
    """Every crossing whose limits a plan may ask for; none where no limit rests on another's."""
    if all(quota.carry_over is CarryOver.NONE for quota in phase.quotas):
        return []
    days = _move_days_max(holders)
    return [
        replace(each, day=each.day + timedelta(days=shift))
        for each in dict.fromkeys(_rewritten(journeys))
        for shift in range(days + 1)
    ]


@dataclass(kw_only=True, slots=True)
class _Planning:
    seats: Seats
    holders: Holders | None
    planned: dict[JourneyId, PlannedJourney] = field(default_factory=dict)
    _demands: dict[JourneyId, Demand] = field(default_factory=dict)
    _there: dict[tuple[LegWanted, Leg], bool] = field(default_factory=dict)

    def seat_those_who_may_be_across(self, journeys: Sequence[HeldJourney]) -> None:
        """Everything stays theirs, and is counted before anybody else is seated."""
        for journey in journeys:
            if not journey.may_be_across(self.seats.reckoning.now):
                continue
            demand = self._demand(journey)
            counted = self.seats.seat_kept(demand, journey.counted)
            fate = self._fate_of_the_way_home(journey, has_room=counted is not None)
            self._keep(
                journey, fate, self.seats.seat_beyond(demand) if counted is None else counted
            )

    def revoke_what_begins_after_the_end(self, journeys: Sequence[HeldJourney]) -> None:
        """No way out leads into a phase that is over, whatever is promised to its holder."""
        for journey in self._open(journeys):
            if self._after_the_end(journey.out):
                self._decide(journey, Fate.REVOKED_PHASE_ENDS, ())

    def keep_what_has_not_changed(self, journeys: Sequence[HeldJourney]) -> None:
        """Those whose every place is there and whose every window is as it was, or has grown."""
        for journey in self._open(journeys):
            if not self._all_there(journey):
                continue
            demand = self._demand(journey)
            counted = self.seats.as_before(demand, journey.counted)
            if counted is None or self.seats.has_shrunk(counted):
                continue
            if self.seats.holds(counted):
                self._keep(journey, self._kept(journey), counted)

    def without_room(self, journeys: Sequence[HeldJourney]) -> list[HeldJourney]:
        """Seat the others, the first booked first; those for whom there is no room.

        Nobody keeps what someone who booked earlier cannot keep.
        """
        left = []
        for journey in self._open(journeys):
            if not self._all_there(journey):
                left.append(journey)
                continue
            demand = self._demand(journey)
            counted = None
            if not self.seats.is_closed(demand):
                counted = self.seats.seat_kept(demand, journey.counted)
            if counted is None:
                self.seats.close_for_later(demand)
                left.append(journey)
            else:
                self._keep(journey, self._kept(journey), counted)
        return left

    def remedy(self, journeys: Sequence[HeldJourney]) -> None:
        """Find what becomes of those without room, the first booked first.

        Where they would rather be honoured than revoked, nobody is moved to where another of them
        may have to be honoured.
        """
        expected = {}
        if self._honours():
            expected = {each.id: self.seats.expect(self._demand(each)) for each in journeys}
        for journey in journeys:
            self.seats.expect_no_longer(expected.get(journey.id, ()))
            self._remedy(journey)

    def _honours(self) -> bool:
        """Whether who cannot be moved is honoured, and not revoked."""
        for remedy in () if self.holders is None else self.holders.places:
            if remedy is not Remedy.MOVE:
                return remedy is Remedy.HONOUR
        return True

    def _remedy(self, journey: HeldJourney) -> None:
        """Try what the rule says in its order; where nothing of it is possible, honour."""
        for remedy in () if self.holders is None else self.holders.places:
            if remedy is Remedy.HONOUR:
                break
            if remedy is Remedy.REVOKE:
                self._decide(journey, Fate.REVOKED, ())
                return
            move = find_move(self.seats, journey, _move_days_max(self.holders))
            if move is not None:
                self._decide(
                    journey, Fate.MOVED, self.seats.count(move.counted), moved_to=move.days
                )
                return
        self._keep(journey, Fate.HONOURED, self.seats.seat_beyond(self._demand(journey)))

    def _open(self, journeys: Sequence[HeldJourney]) -> list[HeldJourney]:
        return [each for each in journeys if each.id not in self.planned]

    def _keep(self, journey: HeldJourney, fate: Fate, counted: Counted) -> None:
        self._decide(journey, fate, self.seats.count(counted))

    def _decide(
        self,
        journey: HeldJourney,
        fate: Fate,
        counted: Counted,
        *,
        moved_to: Mapping[Leg, date] | None = None,
    ) -> None:
        self.planned[journey.id] = PlannedJourney(
            journey=journey, fate=fate, counted=counted, moved_to=moved_to or {}
        )

    def limits_after(self, journeys: Sequence[HeldJourney]) -> dict[WindowKey, int]:
        """The limit of every window and part that the phase has for the crossings held now."""
        limits: dict[WindowKey, int] = {}
        for journey in journeys:
            demand = self._demand(journey)
            if not self._all_there(journey):
                legs = (each for each in journey.legs if each.is_rewritten and self._is_there(each))
                demand = self.seats.demand([one for leg in legs for one in leg.crossings])
            limits.update({window.key: window.limit for window, _ in demand.windows})
            for choice in demand.choices:
                limits.update({window.key: window.limit for window in choice.windows})
        return limits

    def _demand(self, journey: HeldJourney) -> Demand:
        known = self._demands.get(journey.id)
        if known is None:
            known = self.seats.demand(list(_rewritten((journey,))))
            self._demands[journey.id] = known
        return known

    def _all_there(self, journey: HeldJourney) -> bool:
        return all(self._is_there(leg) for leg in journey.legs)

    def _is_there(self, leg: HeldLeg | None) -> bool:
        if leg is None:
            return True
        known = self._there.get((leg.wanted, leg.leg))
        if known is None:
            phase = self.seats.reckoning.phase
            known = is_there(phase, leg.wanted, is_way_home=leg.leg is Leg.HOME)
            self._there[leg.wanted, leg.leg] = known
        return known

    def _kept(self, journey: HeldJourney) -> Fate:
        after = self._after_the_end(journey.home)
        return Fate.WAY_HOME_HONOURED if after else Fate.KEPT

    def _after_the_end(self, leg: HeldLeg | None) -> bool:
        ends = self.seats.reckoning.phase.ends
        return leg is not None and ends is not None and leg.wanted.day > ends

    def _fate_of_the_way_home(self, journey: HeldJourney, *, has_room: bool) -> Fate:
        if journey.home is None or journey.home.starts <= self.seats.reckoning.now:
            return Fate.KEPT
        if has_room and self._is_there(journey.home):
            return self._kept(journey)
        return Fate.WAY_HOME_HONOURED


def _rewritten(journeys: Sequence[HeldJourney]) -> Iterator[Crossing]:
    for journey in journeys:
        for leg in journey.legs:
            if leg.is_rewritten:
                yield from leg.crossings


def _move_days_max(holders: Holders | None) -> int:
    if holders is None or Remedy.MOVE not in holders.places:
        return 0
    return holders.move_days_max or 0


def _window_changes(
    before: Mapping[WindowKey, WindowBefore], after: Mapping[WindowKey, int]
) -> Iterator[WindowChange]:
    """What changes for those counted now, the parts of a cap among it."""
    for key in sorted(after.keys() | before.keys()):
        limit = after.get(key)
        fate = None
        if limit is None:
            fate = WindowFate.GONE
        elif key not in before:
            fate = WindowFate.NEW
        elif limit > before[key].capacity:
            fate = WindowFate.RAISED
        elif limit < before[key].capacity:
            fate = WindowFate.CUT
        if fate is not None:
            _, _, quota, _, _ = key
            yield WindowChange(quota=quota, fate=fate)
