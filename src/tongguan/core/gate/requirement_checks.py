"""Whether what is asked of a person's health in one way or another is met in any of them.

Where it is met nothing is said: whoever is exempt gets the same answer as anyone else, and no
reason tells by which way it was met. Where it is not, the reason names the nearest way. It never
tells an age, since reasons are kept: a birthday to come would tell the date of birth.
"""

from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.health.papers import facts_of_papers
from tongguan.core.health.requirements import (
    ClosedWay,
    RequirementMet,
    WayFault,
    judge_requirements,
)
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import HealthRequirement

_CODES = {
    WayFault.FROM_FUTURE: ReasonCode.HEALTH_REQUIREMENT_FROM_FUTURE,
    WayFault.NOT_SHOWN: ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN,
    WayFault.TIME_NOT_STATED: ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN,
    WayFault.TOO_EARLY: ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET,
}
"""Whatever is wrong else, with a paper that was shown, is certain."""


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
    nearest = found.nearest
    code = _CODES.get(nearest.fault, ReasonCode.HEALTH_REQUIREMENT_NOT_MET)
    clause = f"health/requirements/{requirement.id}"
    facts = {"requirement": requirement.id, **_facts(crossing, code, clause, nearest)}
    return crossing.reason(code, clause, requirement.basis, **facts)


def _facts(crossing: Crossing, code: ReasonCode, clause: str, nearest: ClosedWay) -> dict[str, str]:
    """What could be done; ways are given by their paths, as a change of the text names them."""
    ways = f"phases/{crossing.phase.id}/{clause}/ways"
    if code is ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN:
        return {"ways": ways}
    facts = {"way": f"{ways}/{nearest.number}"}
    if code is ReasonCode.HEALTH_REQUIREMENT_NOT_MET:
        facts["lacking"] = nearest.fault.value
    if code is ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET and nearest.met_from is not None:
        facts["met_from"] = crossing.local(nearest.met_from)
    return facts
