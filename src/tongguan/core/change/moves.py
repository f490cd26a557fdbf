"""The nearest later days on which a journey has room, at the same control points and slots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tongguan.core.booking.legs import LegWanted, no_such_place
from tongguan.core.change.held import HeldJourney, HeldLeg
from tongguan.core.change.seats import Seats
from tongguan.core.quota.seating import Counted
from tongguan.core.quota.windows import Crossing
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg, Phase
from tongguan.core.scheme.slots import slot_of

_NO_HINDRANCE = frozenset((ReasonCode.BOOKING_NOT_NEEDED,))
"""Where travellers cross without a place, those who have one cross all the same."""

_MENDED_BY_ANOTHER_DAY = _NO_HINDRANCE | {
    ReasonCode.CONTROL_POINT_CLOSED,
    ReasonCode.DAY_CLOSED,
    ReasonCode.PHASE_ENDED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """The days of each leg after a move, and what counts the journey there."""

    days: Mapping[Leg, date]
    counted: Counted


def find_move(seats: Seats, journey: HeldJourney, days_max: int) -> Move | None:
    """The move by the fewest days in all, of the way out first; ``None`` where there is none.

    A leg moves only where the other cannot stay otherwise; neither moves by more than
    ``days_max``.
    """
    phase = seats.reckoning.phase
    if any(
        reason.code not in _MENDED_BY_ANOTHER_DAY
        for leg in journey.legs
        for reason in no_such_place(phase, leg.wanted)
    ):
        return None
    search = _Search(seats=seats, journey=journey)
    for shifts in _shifts(len(journey.legs), days_max):
        move = search.try_shifts(shifts)
        if move is not None:
            return move
    return None


def is_there(phase: Phase, wanted: LegWanted, *, is_way_home: bool) -> bool:
    """Whether the phase still has the place; a way home stays open after its last day."""
    accepted = _NO_HINDRANCE | ({ReasonCode.PHASE_ENDED} if is_way_home else set())
    return all(reason.code in accepted for reason in no_such_place(phase, wanted))


@dataclass(kw_only=True, slots=True)
class _Search:
    seats: Seats
    journey: HeldJourney
    _room: dict[tuple[Leg, int], bool] = field(default_factory=dict)

    def try_shifts(self, shifts: tuple[int, ...]) -> Move | None:
        legs = tuple(zip(self.journey.legs, shifts, strict=True))
        if not all(self._has_room(leg, shift) for leg, shift in legs):
            return None
        if not self._is_a_journey([_moved(leg, shift) for leg, shift in legs]):
            return None
        crossings = [each for leg, shift in legs for each in _crossings(leg, shift)]
        counted = self.seats.seat_new(self.seats.demand(crossings))
        if counted is None:
            return None
        days = {leg.leg: _moved(leg, shift).day for leg, shift in legs}
        return Move(days=days, counted=counted)

    def _has_room(self, leg: HeldLeg, shift: int) -> bool:
        """Whether the leg alone would do; asked once for each leg and day."""
        known = self._room.get((leg.leg, shift))
        if known is None:
            stays_home = leg.leg is Leg.HOME and shift == 0
            known = is_there(
                self.seats.reckoning.phase, _moved(leg, shift), is_way_home=stays_home
            ) and (self.seats.seat_new(self.seats.demand(_crossings(leg, shift))) is not None)
            self._room[leg.leg, shift] = known
        return known

    def _is_a_journey(self, legs: list[LegWanted]) -> bool:
        """Home after out, and no longer away than the text allows."""
        by_leg = dict(zip((each.leg for each in self.journey.legs), legs, strict=True))
        out, home = by_leg.get(Leg.OUT), by_leg.get(Leg.HOME)
        if out is None or home is None:
            return True
        rule = self.seats.reckoning.phase.return_
        stay_days_max = None if rule is None else rule.stay_days_max
        stay_days = (home.day - out.day).days + 1
        return self._starts(out) <= self._starts(home) and (
            stay_days_max is None or stay_days <= stay_days_max
        )

    def _starts(self, wanted: LegWanted) -> datetime:
        version, phase = self.seats.reckoning.version, self.seats.reckoning.phase
        return slot_of(phase, wanted.direction, wanted.slot).on(wanted.day, version.zone).start


def _shifts(legs: int, days_max: int) -> Iterator[tuple[int, ...]]:
    """How many days each leg moves, the fewest in all first; nothing at all is no move."""
    if legs == 1:
        yield from ((days,) for days in range(1, days_max + 1))
        return
    for days in range(1, 2 * days_max + 1):
        for home in range(max(0, days - days_max), min(days, days_max) + 1):
            yield days - home, home


def _moved(leg: HeldLeg, shift: int) -> LegWanted:
    return replace(leg.wanted, day=leg.wanted.day + timedelta(days=shift))


def _crossings(leg: HeldLeg, shift: int) -> list[Crossing]:
    return [replace(each, day=each.day + timedelta(days=shift)) for each in leg.crossings]
