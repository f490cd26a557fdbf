"""Holds: for how long the scheme keeps places for a party that has yet to confirm them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from tongguan.core.decisions import Reason
from tongguan.core.identifiers import DirectionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Direction, Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldDecision:
    """For how many minutes places are held, or why they are not."""

    minutes: int | None
    reasons: tuple[Reason, ...]


def decide_hold(phase: Phase, named: Collection[DirectionId]) -> HoldDecision:
    """The shortest time that any of these directions states; none where one states none."""
    directions = [each for each in phase.directions if each.id in named]
    minutes = [each.booking.hold_minutes for each in directions if each.booking is not None]
    stated = [each for each in minutes if each is not None]
    if stated and len(stated) == len(directions):
        return HoldDecision(minutes=min(stated), reasons=())
    return HoldDecision(
        minutes=None, reasons=tuple(_not_offered(phase, each) for each in directions if _none(each))
    )


def _none(direction: Direction) -> bool:
    return direction.booking is None or direction.booking.hold_minutes is None


def _not_offered(phase: Phase, direction: Direction) -> Reason:
    basis = direction.basis if direction.booking is None else direction.booking.basis
    return Reason(
        code=ReasonCode.HOLDS_NOT_OFFERED,
        clause=f"phases/{phase.id}/directions/{direction.id}/booking/hold_minutes",
        claims=basis.claims,
        facts={"direction": direction.id},
    )


def hold_expired(phase: Phase, named: Collection[DirectionId], held_until: datetime) -> Reason:
    """Why places that were held in these directions are gone: their hour has come."""
    rules = [
        (each.booking.hold_minutes, each.id, each.booking.basis.claims)
        for each in phase.directions
        if each.id in named and each.booking is not None and each.booking.hold_minutes is not None
    ]
    _, direction, claims = min(rules, default=(0, None, phase.basis.claims))
    path = f"phases/{phase.id}/directions"
    return Reason(
        code=ReasonCode.HOLD_EXPIRED,
        clause=path if direction is None else f"{path}/{direction}/booking/hold_minutes",
        claims=claims,
        facts={"held_until": held_until.astimezone(UTC).isoformat(timespec="minutes")},
    )


def journey_over(phase: Phase, state: str) -> Reason:
    """Why nothing more can be done with a journey: it was given back or replaced."""
    return Reason(
        code=ReasonCode.JOURNEY_OVER,
        clause=f"phases/{phase.id}/directions",
        claims=phase.basis.claims,
        facts={"state": state},
    )
