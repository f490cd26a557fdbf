"""The slot of a place is found on its own direction or not at all."""

from datetime import UTC, date, datetime

import pytest

from tests.builders.changes import assumed
from tongguan.core.identifiers import DirectionId, SlotId
from tongguan.core.scheme.slots import find_direction, find_slot, slot_of

OUT, EVENING = DirectionId("HK-GD"), SlotId("evening")


def test_slot__found__is_that_of_its_direction_and_lasts_as_it_says() -> None:
    text = assumed()
    found = find_slot(text.phases[0], OUT, EVENING)
    assert found is not None
    assert (found.direction.id, found.slot.id) == (OUT, EVENING)
    assert found.direction is find_direction(text.phases[0], OUT)
    lasts = found.on(date(2021, 12, 14), text.zone)
    assert lasts.start == datetime(2021, 12, 14, 8, tzinfo=UTC)
    assert lasts.end == datetime(2021, 12, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(("direction", "slot"), [("HK-GD", "night"), ("HK-MO", "evening")])
def test_slot__that_the_phase_has_not__is_none_or_an_error(direction: str, slot: str) -> None:
    phase = assumed().phases[0]
    assert find_slot(phase, DirectionId(direction), SlotId(slot)) is None
    with pytest.raises(LookupError):
        slot_of(phase, DirectionId(direction), SlotId(slot))
