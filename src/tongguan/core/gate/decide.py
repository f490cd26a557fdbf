"""Admit, deny or refer: the whole law of the gate, the same on a device and on a server.

What is certain and against the crossing denies it. What is doubtful refers to an officer, and so
does every denial of a person who has the right to enter the side they are going to, and every
denial on the way home. What the scheme does not state is never a reason. Nothing admits by default.
"""

from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.gate.health_checks import check_health
from tongguan.core.gate.pass_checks import check_pass
from tongguan.core.gate.place_checks import check_control_point, check_phase
from tongguan.core.gate.situation import GateSituation
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg
from tongguan.core.scheme.state import find_phase

DENYING = (
    ReasonCode.PHASE_NOT_ACTIVE,
    ReasonCode.PHASE_ENDED,
    ReasonCode.PHASE_SUSPENDED,
    ReasonCode.PASS_OTHER_HOLDER,
    ReasonCode.PASS_OTHER_SCHEME,
    ReasonCode.PASS_REVOKED,
    ReasonCode.PASS_ALREADY_USED,
    ReasonCode.WRONG_DIRECTION,
    ReasonCode.WRONG_DAY,
    ReasonCode.WRONG_CONTROL_POINT,
    ReasonCode.TOO_EARLY,
    ReasonCode.CONTROL_POINT_CLOSED,
    ReasonCode.RETURN_PLACE_MISSING,
    ReasonCode.HEALTH_CODE_OTHER_HOLDER,
    ReasonCode.HEALTH_CODE_NOT_GREEN,
    ReasonCode.HEALTH_CODE_REVOKED,
)
"""Certain and against the crossing, in the order in which a decision lists them.

First what no other pass or code could put right, then what a person mends by going elsewhere or
coming at another time, then what a new code mends.
"""
REFERRING = (
    ReasonCode.DIRECTION_CLOSED,
    ReasonCode.CONTROL_POINT_UNKNOWN,
    ReasonCode.PASS_MISSING,
    ReasonCode.PASS_UNREADABLE,
    ReasonCode.SLOT_PASSED,
    ReasonCode.PASS_EXPIRED,
    ReasonCode.HEALTH_CODE_MISSING,
    ReasonCode.HEALTH_CODE_UNREADABLE,
    ReasonCode.HEALTH_CODE_EXPIRED,
    ReasonCode.STATUS_LIST_MISSING,
    ReasonCode.STATUS_LIST_STALE,
)
"""Doubtful, for an officer to settle, in the order in which a decision lists them.

Whoever is late is in doubt, not in the wrong; a pass of another day is refused as that. A health
code that has expired says as little about today as one that is missing.
"""
_ORDER = {code: rank for rank, code in enumerate((*DENYING, *REFERRING))}
_HEALTH = frozenset(code for code in ReasonCode if code.startswith("health_code_"))


def decide(situation: GateSituation) -> Decision:
    """The decision on one person at one gate, with every reason that applies.

    Reasons that deny come before those that only refer, each group in the order of its list; a
    right of entry comes first of all. An admission has the one reason ``admitted``.
    """
    crossing = _crossing(situation)
    if isinstance(crossing, Reason):
        return Decision(outcome=Outcome.REFER, reasons=(crossing,))
    reasons = sorted(
        (
            *check_phase(crossing),
            *check_control_point(crossing),
            *check_pass(crossing),
            *check_health(crossing),
        ),
        key=lambda reason: _ORDER[reason.code],
    )
    if not reasons:
        admitted = crossing.reason(
            ReasonCode.ADMITTED, f"directions/{crossing.direction.id}", crossing.direction.basis
        )
        return Decision(outcome=Outcome.ADMIT, reasons=(admitted,))
    if reasons[0].code not in DENYING:
        return Decision(outcome=Outcome.REFER, reasons=tuple(reasons))
    right = _right_of_entry(crossing, reasons)
    if right is None:
        return Decision(outcome=Outcome.DENY, reasons=tuple(reasons))
    return Decision(outcome=Outcome.REFER, reasons=(right, *reasons))


def _crossing(situation: GateSituation) -> Crossing | Reason:
    """The crossing, or why a gate set up for something else cannot judge anyone."""
    phase = find_phase(situation.version, situation.phase_id)
    if phase is None:
        clause = f"phases/{situation.phase_id}"
        return Reason(code=ReasonCode.PHASE_NOT_ACTIVE, clause=clause)
    direction = next((each for each in phase.directions if each.id == situation.direction), None)
    if direction is None:
        return Reason(
            code=ReasonCode.DIRECTION_CLOSED,
            clause=f"phases/{phase.id}/directions",
            claims=phase.basis.claims,
            facts={"direction": situation.direction},
        )
    return Crossing(situation=situation, phase=phase, direction=direction)


def _right_of_entry(crossing: Crossing, reasons: list[Reason]) -> Reason | None:
    facts: dict[str, str] = {}
    health = crossing.phase.health
    concerns_health = any(reason.code in _HEALTH for reason in reasons)
    if concerns_health and health is not None and health.care is not None:
        facts["care"] = f"phases/{crossing.phase.id}/health/care"
    destination = crossing.direction.destination
    for right in crossing.phase.rights_of_entry:
        if (
            right.party == destination
            and crossing.situation.holder.document_type in right.document_types
        ):
            return crossing.reason(
                ReasonCode.RIGHT_OF_ENTRY,
                f"rights_of_entry/{destination}",
                right.basis,
                ground="document",
                **facts,
            )
    if crossing.direction.leg is not Leg.HOME:
        return None
    # Whatever is shown or not shown: a pass that is wrong must not be worse than none at all.
    return crossing.reason(
        ReasonCode.RIGHT_OF_ENTRY,
        f"directions/{crossing.direction.id}",
        crossing.direction.basis,
        ground="way_home",
        **facts,
    )
