"""Whether what is asked of a person's health in one way or another is met in any of them.

Where it is met nothing is said: whoever is exempt gets the same answer as anyone else, and no
reason tells by which way it was met. Where it is not, the reason names the nearest way. It never
tells an age, since reasons are kept: a birthday to come would tell the date of birth.

Papers are a person's own to show: whoever shows none for a way has not said that it is open. An age
stands in a document that everybody shows, so that one nobody has read is never held against them.
"""

from typing import Final

from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.health.papers import facts_of_papers
from tongguan.core.health.requirements import (
    ClosedWay,
    RequirementMet,
    RequirementNotMet,
    WayFault,
    judge_requirements,
)
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import ExemptByAge, HealthRequirement, JudgedAt

TOO_EARLY_FOR_SLOT: Final = "too_early_for_slot"
"""What is lacking where a way opens only after the start of the slot that it is now."""
_CODES = {
    WayFault.FROM_FUTURE: ReasonCode.HEALTH_REQUIREMENT_FROM_FUTURE,
    WayFault.NOT_SHOWN: ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN,
    WayFault.TIME_NOT_STATED: ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN,
    WayFault.TOO_EARLY: ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET,
    WayFault.WRONG_AGE: ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN,
}
"""Whatever is wrong else, with a paper that was shown, is certain."""
_CERTAIN = (
    ReasonCode.HEALTH_REQUIREMENT_NOT_MET,
    ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET,
)


def check_requirement(crossing: Crossing, requirement: HealthRequirement) -> Reason | None:
    """Why no way of the requirement is open; of several, what is least against the person."""
    situation = crossing.situation
    (found,) = judge_requirements(
        (requirement,),
        facts_of_papers(situation.tests, situation.papers),
        judged=crossing.judged(requirement.judged_at),
        now=situation.now,
        zone=situation.version.zone,
    )
    if isinstance(found, RequirementMet):
        return None
    code, lacking = _code(found), found.nearest.fault.value
    in_slot = requirement.judged_at is JudgedAt.SLOT_START and crossing.in_slot is not None
    if in_slot and code is ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET:
        # The start of this slot stays where it is: whoever waits is told the same again.
        code, lacking = ReasonCode.HEALTH_REQUIREMENT_NOT_MET, TOO_EARLY_FOR_SLOT
    clause = f"health/requirements/{requirement.id}"
    facts = {"requirement": requirement.id, **_facts(crossing, code, clause, found.nearest)}
    if code is ReasonCode.HEALTH_REQUIREMENT_NOT_MET:
        facts["lacking"] = lacking
    return crossing.reason(code, clause, requirement.basis, **facts)


def _code(found: RequirementNotMet) -> ReasonCode:
    code = _CODES.get(found.nearest.fault, ReasonCode.HEALTH_REQUIREMENT_NOT_MET)
    if code in _CERTAIN and _age_was_not_read(found):
        return ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN
    return code


def _age_was_not_read(found: RequirementNotMet) -> bool:
    """Whether an age would do, and nobody has looked at the date of birth."""
    return any(
        isinstance(each.way, ExemptByAge) and each.fault is WayFault.NOT_SHOWN
        for each in found.closed
    )


def _facts(crossing: Crossing, code: ReasonCode, clause: str, nearest: ClosedWay) -> dict[str, str]:
    """What could be done; ways are given by their paths, as a change of the text names them."""
    ways = f"phases/{crossing.phase.id}/{clause}/ways"
    if code is ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN:
        return {"ways": ways}
    facts = {"way": f"{ways}/{nearest.number}"}
    if code is ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET and nearest.met_from is not None:
        facts["met_from"] = crossing.local(nearest.met_from)
    return facts
