"""One leg of a journey, and whether the text has such a place at all, whoever asks and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from tongguan.core.booking.hours import is_open_during
from tongguan.core.calendar import closed_by, weekday_of
from tongguan.core.decisions import Reason
from tongguan.core.identifiers import ControlPointId, DirectionId, SlotId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Basis, ControlPoint, Direction, Phase, Slot
from tongguan.core.scheme.slots import find_direction, find_slot

SHOWN_CHARACTERS_MAX = 40
"""How much of a name that the scheme does not know is repeated to the sender."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""No scheme has crossings outside these days, and reckoning with them is safe within."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegWanted:
    """One leg of a journey, the same for everyone in the party."""

    direction: DirectionId
    day: date
    """The service day: the one on which the slot starts."""
    slot: SlotId
    control_point: ControlPointId


def no_such_place(phase: Phase, wanted: LegWanted) -> Iterator[Reason]:
    """Why the phase has no such place: its direction, day, control point or slot is not there."""
    direction = find_direction(phase, wanted.direction)
    if direction is None:
        yield _reason(
            ReasonCode.DIRECTION_CLOSED,
            f"phases/{phase.id}/directions",
            phase.basis,
            direction=wanted.direction[:SHOWN_CHARACTERS_MAX],
        )
        return
    yield from _day_reasons(phase, direction, wanted.day)
    if not FIRST_DAY <= wanted.day <= LAST_DAY:
        return
    found = find_slot(phase, wanted.direction, wanted.slot)
    slot = None if found is None else found.slot
    yield from _control_point_reasons(phase, wanted, slot)
    if slot is None:
        yield _reason(
            ReasonCode.SLOT_UNKNOWN,
            f"{_path(phase, direction)}/slots",
            direction.basis,
            direction=direction.id,
            slot=wanted.slot[:SHOWN_CHARACTERS_MAX],
        )


def _day_reasons(phase: Phase, direction: Direction, day: date) -> Iterator[Reason]:
    if phase.ends is not None and day > phase.ends:
        yield _reason(
            ReasonCode.PHASE_ENDED,
            f"phases/{phase.id}/ends",
            phase.basis,
            day=day.isoformat(),
            last_day=phase.ends.isoformat(),
        )
    clause = closed_by(direction, day)
    if not FIRST_DAY <= day <= LAST_DAY:
        yield _reason(
            ReasonCode.DAY_CLOSED,
            f"phases/{phase.id}",
            phase.basis,
            direction=direction.id,
            day=day.isoformat(),
        )
    elif clause is not None:
        named = {"weekday": weekday_of(day).value} if clause == "weekdays" else {}
        yield _reason(
            ReasonCode.DAY_CLOSED,
            f"{_path(phase, direction)}/{clause}",
            direction.basis,
            direction=direction.id,
            day=day.isoformat(),
            **named,
        )


def _control_point_reasons(phase: Phase, wanted: LegWanted, slot: Slot | None) -> Iterator[Reason]:
    entry = phase.entry
    points = () if entry is None else entry.control_points or ()
    point = next((each for each in points if each.id == wanted.control_point), None)
    if point is None:
        yield _reason(
            ReasonCode.CONTROL_POINT_UNKNOWN,
            f"phases/{phase.id}/entry/control_points",
            phase.basis if entry is None else entry.basis,
            control_point=wanted.control_point[:SHOWN_CHARACTERS_MAX],
        )
        return
    clause = f"phases/{phase.id}/entry/control_points/{point.id}"
    if not point.booking_required:
        yield _reason(
            ReasonCode.BOOKING_NOT_NEEDED,
            f"{clause}/booking_required",
            point.basis,
            control_point=point.id,
        )
    elif _is_closed(point, wanted.day, slot):
        yield _reason(
            ReasonCode.CONTROL_POINT_CLOSED,
            clause,
            point.basis,
            control_point=point.id,
            opens=_hour(point.opens),
            closes=_hour(point.closes),
        )


def _is_closed(point: ControlPoint, day: date, slot: Slot | None) -> bool:
    """On that day altogether, or during the slot on every day."""
    return day in point.closed_days or (slot is not None and not is_open_during(point, slot))


def _path(phase: Phase, direction: Direction) -> str:
    return f"phases/{phase.id}/directions/{direction.id}"


def _reason(code: ReasonCode, clause: str, basis: Basis, **facts: str) -> Reason:
    return Reason(code=code, clause=clause, claims=basis.claims, facts=facts)


def _hour(at: time | None) -> str:
    return "" if at is None else f"{at:%H:%M}"
