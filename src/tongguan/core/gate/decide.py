"""Admit, deny or refer: the whole law of the gate, the same on a device and on a server.

What is certain and against the crossing denies it. What is doubtful refers to an officer, and so
does every denial of a person who has the right to enter the side they are going to, and every
denial on the way home. What the scheme does not state is never a reason. Nothing admits by default.

Where the scheme admits under a condition, what is found of a person's health is not against them.
They are told the condition, whether the gate lets them in or an officer does for another reason.
"""

from collections.abc import Iterable
from dataclasses import replace

from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.gate.health_checks import HealthObjection, check_health
from tongguan.core.gate.pass_checks import check_pass
from tongguan.core.gate.place_checks import check_control_point, check_phase
from tongguan.core.gate.situation import GateSituation
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import ConditionalAdmission, Leg
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
    ReasonCode.TEST_TOO_OLD,
    ReasonCode.TEST_SPECIMEN_NOT_ACCEPTED,
    ReasonCode.HEALTH_REQUIREMENT_NOT_MET,
    ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET,
)
"""Certain and against the crossing, in the order in which a decision lists them.

First what no other pass or code could put right, then what a person mends by going elsewhere or
coming at another time, then what a new code, test or paper mends.
"""
REFERRING = (
    ReasonCode.DIRECTION_CLOSED,
    ReasonCode.CONTROL_POINT_UNKNOWN,
    ReasonCode.PLACE_OF_EARLIER_TEXT,
    ReasonCode.PASS_MISSING,
    ReasonCode.PASS_UNREADABLE,
    ReasonCode.PASS_TEXT_UNKNOWN,
    ReasonCode.SLOT_PASSED,
    ReasonCode.PASS_EXPIRED,
    ReasonCode.HEALTH_CODE_MISSING,
    ReasonCode.HEALTH_CODE_UNREADABLE,
    ReasonCode.HEALTH_CODE_NOT_RECOGNISED,
    ReasonCode.HEALTH_CODE_EXPIRED,
    ReasonCode.TEST_NOT_SHOWN,
    ReasonCode.TEST_FROM_FUTURE,
    ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN,
    ReasonCode.HEALTH_REQUIREMENT_FROM_FUTURE,
    ReasonCode.STATUS_LIST_MISSING,
    ReasonCode.STATUS_LIST_STALE,
)
"""Doubtful, for an officer to settle, in the order in which a decision lists them.

Whoever is late is in doubt, not in the wrong; a pass of another day is refused as that. A health
code that has expired, or is not recognised, says as little about today as one that is missing.
"""
_ORDER = {code: rank for rank, code in enumerate((*DENYING, *REFERRING))}
_HEALTH = frozenset(code for code in ReasonCode if code.startswith(("health_", "test_")))


def decide(situation: GateSituation) -> Decision:
    """The decision on one person at one gate, with every reason that applies.

    Reasons that deny come before those that only refer, each group in the order of its list; a
    right of entry comes first of all. An admission has the reason ``admitted``, or
    ``admitted_under_condition`` for each condition and then what was found. Findings that a
    condition covers come last, name it in the fact ``condition``, and decide nothing.
    """
    crossing = crossing_of(situation)
    if isinstance(crossing, Reason):
        return Decision(outcome=Outcome.REFER, reasons=(crossing,))
    objections = [(each, _condition(crossing, each)) for each in check_health(crossing)]
    conditions = {condition.id: condition for _, condition in objections if condition is not None}
    covered = [_covered(crossing, each, under) for each, under in objections if under is not None]
    against = [
        *check_phase(crossing),
        *check_control_point(crossing),
        *check_pass(crossing),
        *(each.reason for each, condition in objections if condition is None),
    ]
    if not against:
        reasons = (*_admitted(crossing, conditions.values()), *_in_order(covered))
        return Decision(outcome=Outcome.ADMIT, reasons=reasons)
    denied = any(reason.code in DENYING for reason in against)
    right = _right_of_entry(crossing, against) if denied else None
    return Decision(
        outcome=Outcome.DENY if denied and right is None else Outcome.REFER,
        reasons=(
            *(() if right is None else (right,)),
            *_in_order(against),
            *_in_order(covered),
        ),
    )


def _in_order(reasons: list[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda reason: _ORDER[reason.code])


def _condition(crossing: Crossing, objection: HealthObjection) -> ConditionalAdmission | None:
    """The first clause of the scheme that admits with this finding on this direction."""
    health = crossing.phase.health
    return next(
        (
            each
            for each in (() if health is None else health.admitted_under)
            if crossing.direction.id in each.directions and objection.finding in each.findings
        ),
        None,
    )


def _covered(
    crossing: Crossing, objection: HealthObjection, condition: ConditionalAdmission
) -> Reason:
    """The reason with the condition under which it keeps nobody out."""
    facts = {**objection.reason.facts, "condition": _clause_of(crossing, condition)}
    return replace(objection.reason, facts=facts)


def _clause_of(crossing: Crossing, condition: ConditionalAdmission) -> str:
    return f"phases/{crossing.phase.id}/health/admitted_under/{condition.id}"


def _admitted(crossing: Crossing, conditions: Iterable[ConditionalAdmission]) -> tuple[Reason, ...]:
    under = tuple(
        crossing.reason(
            ReasonCode.ADMITTED_UNDER_CONDITION,
            f"health/admitted_under/{each.id}",
            each.basis,
            condition=_clause_of(crossing, each),
        )
        for each in conditions
    )
    way, basis = f"directions/{crossing.direction.id}", crossing.direction.basis
    return under or (crossing.reason(ReasonCode.ADMITTED, way, basis),)


def crossing_of(situation: GateSituation) -> Crossing | Reason:
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
