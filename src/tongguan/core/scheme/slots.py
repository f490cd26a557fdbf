"""Where a phase has the slot of a place: one lookup for all who book, hold or show places."""

from dataclasses import dataclass
from datetime import date

from tongguan.core.calendar import Interval, slot_interval
from tongguan.core.identifiers import DirectionId, SlotId
from tongguan.core.scheme.model import Direction, Phase, Slot


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundSlot:
    """A slot with the direction it is of."""

    direction: Direction
    slot: Slot

    def on(self, day: date, zone: str) -> Interval:
        """From when to when it lasts on a service day."""
        return slot_interval(day, self.slot, zone)


def find_direction(phase: Phase, direction: DirectionId) -> Direction | None:
    """The direction of this name, if the phase has it."""
    return next((each for each in phase.directions if each.id == direction), None)


def find_slot(phase: Phase, direction: DirectionId, slot: SlotId) -> FoundSlot | None:
    """The slot of this name on a direction, if the phase has both."""
    way = find_direction(phase, direction)
    if way is None:
        return None
    found = next((each for each in way.slots or () if each.id == slot), None)
    return None if found is None else FoundSlot(direction=way, slot=found)


def slot_of(phase: Phase, direction: DirectionId, slot: SlotId) -> FoundSlot:
    """A slot that the phase is known to have; ``LookupError`` where it has not."""
    found = find_slot(phase, direction, slot)
    if found is None:
        raise LookupError(f"{direction}/{slot}")
    return found
