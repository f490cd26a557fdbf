"""Which of the legs a party asks for a suspension closes; a way home never is one."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from tongguan.core.decisions import Reason
from tongguan.core.identifiers import ControlPointId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Direction, Phase, Version
from tongguan.core.scheme.suspensions import Suspension, in_time, suspension_at

Begun = tuple[Direction, ControlPointId, datetime]
"""A leg: which way, through which control point, and when its slot begins."""


def suspension_reasons(
    version: Version,
    phase: Phase,
    legs: Iterable[Begun],
    suspensions: tuple[Suspension, ...],
    now: datetime,
) -> Iterator[Reason]:
    """One reason for each suspension that closes a leg; a slot that begins before it stays open."""
    closing: dict[str, Suspension] = {}
    for direction, control_point, starts in legs:
        order = suspension_at(
            suspensions, direction=direction, control_point=control_point, at=starts
        )
        if order is not None:
            closing[order.order] = order
    for order in sorted(closing.values(), key=in_time):
        yield Reason(
            code=ReasonCode.PHASE_SUSPENDED,
            clause=f"phases/{phase.id}",
            claims=phase.basis.claims,
            facts=order.facts(version.zone, now),
        )
