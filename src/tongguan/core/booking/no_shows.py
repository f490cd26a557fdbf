"""No-shows: from when a place home is given back, where nobody has used the way out.

An authority knows of the crossings that its own gates told it, and of no others. So it judges
nobody by a slot of which it has heard too little: then it is what it knows that is missing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tongguan.core.calendar import local_day, slot_interval
from tongguan.core.identifiers import DirectionId, SlotId
from tongguan.core.scheme.model import Leg, Phase, Slot, Version

TOLD_PERCENT_MIN: Final = 50
"""Of those who held a place out in a slot, on a day at a control point, so many must have crossed
at gates that report here; else nobody of them is taken for a no-show."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotWaitedFor:
    """A slot of the way out, with the last day on which it was waited for long enough."""

    direction: DirectionId
    slot: SlotId
    last_day: date


def slots_waited_for(version: Version, phase: Phase, now: datetime) -> Iterator[SlotWaitedFor]:
    """Those of the phase that ended the stated hours ago; none where no hours are stated."""
    for direction in phase.directions:
        rule = direction.booking
        if direction.leg is not Leg.OUT or rule is None or rule.no_show_hours is None:
            continue
        ended_by = now - timedelta(hours=rule.no_show_hours)
        for slot in direction.slots or ():
            last_day = _last_day_over(slot, ended_by, version.zone)
            yield SlotWaitedFor(direction=direction.id, slot=slot.id, last_day=last_day)


def days_judged(versions: Iterable[Version]) -> int:
    """For how many days after the day of a way out somebody may be judged by it.

    As long as every record of that day is still kept, whatever text was followed when they crossed:
    those of a slot over midnight go in two parts, and who crossed before it would seem absent.
    """
    # A text that leaves it open was never followed.
    kept = (each.data.retention_days for each in versions)
    return min((days for days in kept if days is not None), default=0)


def _last_day_over(slot: Slot, ended_by: datetime, zone: str) -> date:
    """The last service day on which the slot was over by an instant."""
    day = local_day(ended_by, zone)
    while slot_interval(day, slot, zone).end > ended_by:
        day -= _ONE_DAY
    return day
