"""A slot of the way out is waited for until the stated hours after its end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders.schemes import HOME, OUT, booking, direction, phase, slot, version
from tongguan.core.booking.no_shows import SlotWaitedFor, days_judged, slots_waited_for
from tongguan.core.scheme.model import Leg

DAY = date(2021, 12, 14)
NIGHT = slot("night", "22:00", "06:00")
MORNING = slot("morning", "10:00", "13:00")


def waited(now: datetime, *slots, hours=24):  # type: ignore[no-untyped-def]
    rule = booking(no_show_hours=hours)
    out = direction(OUT, slots=slots, booking=rule)
    home = direction(HOME, Leg.HOME, slots=slots, booking=rule)
    pilot = phase(directions=(out, home))
    return list(slots_waited_for(version(pilot), pilot, now))


def hong_kong(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(("minute", "last_day"), [(59, DAY - timedelta(days=1)), (60, DAY)])
def test_slot__is_waited_for__to_the_minute(minute: int, last_day: date) -> None:
    now = hong_kong(DAY + timedelta(days=1), 12) + timedelta(minutes=minute)
    assert waited(now, MORNING) == [
        SlotWaitedFor(direction=OUT, slot=MORNING.id, last_day=last_day)
    ]


def test_slot_over_midnight__ends__on_the_next_day() -> None:
    over = hong_kong(DAY + timedelta(days=2), 6)
    assert waited(over, NIGHT)[0].last_day == DAY
    assert waited(over - timedelta(minutes=1), NIGHT)[0].last_day == DAY - timedelta(days=1)


def test_slots__are_none__where_nobody_has_stated_how_long() -> None:
    assert waited(hong_kong(DAY, 12), MORNING, hours=None) == []


@pytest.mark.parametrize(
    ("retentions", "days"), [([31], 31), ([31, 2, 90], 2), ([None, 31], 31), ([None], 0), ([0], 0)]
)
def test_days_judged__are__as_long_as_every_text_keeps_crossings(
    retentions: list[int | None], days: int
) -> None:
    """A text that leaves it open cannot be activated, so nobody crossed under it."""
    texts = [version(data=replace(version().data, retention_days=each)) for each in retentions]
    assert days_judged(texts) == days
