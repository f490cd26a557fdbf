"""Whether this phase, this direction and this control point are open to a crossing now."""

from collections.abc import Iterator
from datetime import time

from tongguan.core.calendar import is_within_hours
from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.passes.claims import PassClaims, pass_version_digest
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.suspensions import suspension_at


def check_phase(crossing: Crossing) -> Iterator[Reason]:
    """The phase must be active and this crossing not suspended now; the way home always is open."""
    situation = crossing.situation
    match situation.phase_state:
        case PhaseState.ACTIVE | PhaseState.SUSPENDED as state:
            order = suspension_at(
                situation.suspensions,
                direction=crossing.direction,
                control_point=situation.control_point,
                at=situation.now,
            )
            if order is not None:
                facts = order.facts(situation.version.zone, situation.now)
                yield crossing.reason(ReasonCode.PHASE_SUSPENDED, "", None, **facts)
            elif state is PhaseState.SUSPENDED and crossing.direction.leg is not Leg.HOME:
                yield crossing.reason(ReasonCode.PHASE_SUSPENDED)
        case PhaseState.ENDED:
            yield crossing.reason(ReasonCode.PHASE_ENDED)
        case _:
            yield crossing.reason(ReasonCode.PHASE_NOT_ACTIVE)


def check_control_point(crossing: Crossing) -> Iterator[Reason]:
    """The gate must stand at a control point of the phase, within its hours where stated."""
    entry = crossing.phase.entry
    if entry is None or entry.control_points is None:
        return
    here, point = crossing.situation.control_point, crossing.control_point
    if point is None:
        yield crossing.reason(
            ReasonCode.CONTROL_POINT_UNKNOWN, "entry", entry.basis, control_point=here
        )
        return
    at, day = crossing.local_now.time(), crossing.service_day
    if day in point.closed_days or not is_within_hours(point.opens, point.closes, at):
        # Who was told that a place of an earlier text is kept is not turned away by a later one.
        kept = _has_place_of_earlier_text(crossing)
        yield crossing.reason(
            ReasonCode.PLACE_OF_EARLIER_TEXT if kept else ReasonCode.CONTROL_POINT_CLOSED,
            f"entry/control_points/{here}",
            point.basis,
            control_point=here,
            day=day.isoformat(),
            opens=_shown(point.opens),
            closes=_shown(point.closes),
        )


def _has_place_of_earlier_text(crossing: Crossing) -> bool:
    """Whether the pass gives a place at this very gate under a text that was in force before."""
    situation, shown = crossing.situation, crossing.situation.pass_
    return (
        isinstance(shown, PassClaims)
        and shown.control_point == situation.control_point
        and shown.version_digest in {pass_version_digest(each) for each in situation.texts_before}
    )


def _shown(at: time | None) -> str:
    return "" if at is None else f"{at:%H:%M}"
