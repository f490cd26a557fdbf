"""Whether the health documents asked for are there, this person's, valid and good."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.gate.pass_checks import HOLDER_KEY_MISSING
from tongguan.core.gate.requirement_checks import check_requirement
from tongguan.core.gate.situation import NotRecognised
from tongguan.core.gate.status_checks import check_status
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.tests import (
    PaperFault,
    PresentedTest,
    anchor_of,
    paper_fault,
    valid_until,
)
from tongguan.core.identifiers import AuthorityId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import (
    ExemptFrom,
    Health,
    HealthCodeRequirement,
    HealthFinding,
    HealthTestRequirement,
)

NOT_YET_VALID = "not_yet_valid"
"""Fault of a code that is dated later than now, by more than clocks may differ."""
CLOCKS_DIFFER_MAX = timedelta(minutes=5)
_GRAVITY = tuple(Colour)
_COLOUR_FINDINGS = {Colour.AMBER: HealthFinding.CODE_AMBER, Colour.RED: HealthFinding.CODE_RED}
_FINDINGS = {
    ReasonCode.HEALTH_CODE_MISSING: HealthFinding.CODE_MISSING,
    ReasonCode.HEALTH_CODE_NOT_RECOGNISED: HealthFinding.CODE_MISSING,
    ReasonCode.HEALTH_CODE_UNREADABLE: HealthFinding.CODE_MISSING,
    ReasonCode.HEALTH_CODE_EXPIRED: HealthFinding.CODE_MISSING,
    ReasonCode.TEST_NOT_SHOWN: HealthFinding.TEST_MISSING,
    ReasonCode.TEST_SPECIMEN_NOT_ACCEPTED: HealthFinding.TEST_MISSING,
    ReasonCode.TEST_TOO_OLD: HealthFinding.TEST_TOO_OLD,
    ReasonCode.HEALTH_REQUIREMENT_NOT_MET: HealthFinding.REQUIREMENT_NOT_MET,
    ReasonCode.HEALTH_REQUIREMENT_NOT_SHOWN: HealthFinding.REQUIREMENT_NOT_MET,
    ReasonCode.HEALTH_REQUIREMENT_NOT_YET_MET: HealthFinding.REQUIREMENT_NOT_MET,
}
"""What a reason comes to: a code or a paper that says nothing is no better or worse than none."""
_PAPER_FAULTS = {
    PaperFault.FROM_FUTURE: ReasonCode.TEST_FROM_FUTURE,
    PaperFault.TIME_NOT_STATED: ReasonCode.TEST_NOT_SHOWN,
    PaperFault.TOO_OLD: ReasonCode.TEST_TOO_OLD,
    PaperFault.SPECIMEN_NOT_ACCEPTED: ReasonCode.TEST_SPECIMEN_NOT_ACCEPTED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthObjection:
    """A reason against a crossing, and the finding under which a scheme may admit all the same."""

    reason: Reason
    finding: HealthFinding | None
    """Beside the reason, for reasons are kept and shown and do not tell a person's colour."""


def check_health(crossing: Crossing) -> list[HealthObjection]:
    """Everything that is wrong or doubtful with what is asked for on this direction."""
    health = crossing.phase.health
    if health is None:
        return []
    found: list[HealthObjection] = []
    if not crossing.is_exempt(ExemptFrom.HEALTH_CODE):
        found.extend(_check_codes(crossing, health))
    found.extend(
        HealthObjection(reason=reason, finding=_FINDINGS.get(reason.code))
        for reason in _check_papers(crossing, health)
    )
    return found


def _check_papers(crossing: Crossing, health: Health) -> Iterator[Reason]:
    """What is wrong with tests, and with what is met in one way or another."""
    way = crossing.direction.id
    if health.tests and not crossing.is_exempt(ExemptFrom.TEST):
        asked = (each for each in health.tests if way in each.directions)
        yield from filter(None, (_check_test(crossing, each) for each in asked))
    if health.requirements and not crossing.is_exempt(ExemptFrom.HEALTH_REQUIREMENT):
        required = (each for each in health.requirements if way in each.directions)
        yield from filter(None, (check_requirement(crossing, each) for each in required))


def _check_codes(crossing: Crossing, health: Health) -> Iterator[HealthObjection]:
    for requirement in health.codes:
        if crossing.direction.id not in requirement.directions:
            continue
        code = _newest(crossing.situation.codes, requirement.issuer)
        for reason in _check_code(crossing, requirement, code):
            finding = _FINDINGS.get(reason.code)
            if code is not None and reason.code is ReasonCode.HEALTH_CODE_NOT_GREEN:
                finding = _COLOUR_FINDINGS.get(code.colour)
            yield HealthObjection(reason=reason, finding=finding)


def _check_code(
    crossing: Crossing, requirement: HealthCodeRequirement, code: HealthCodeClaims | None
) -> Iterator[Reason]:
    def reason(code: ReasonCode, **facts: str) -> Reason:
        clause = f"health/codes/{requirement.issuer}"
        return crossing.reason(code, clause, requirement.basis, issuer=requirement.issuer, **facts)

    if code is None:
        shown = crossing.situation.codes
        faults = [each for each in shown if isinstance(each, Unreadable)]
        if NotRecognised(issuer=requirement.issuer) in shown:
            yield reason(ReasonCode.HEALTH_CODE_NOT_RECOGNISED)
        elif faults:
            yield reason(ReasonCode.HEALTH_CODE_UNREADABLE, fault=faults[0].code.value)
        else:
            yield reason(ReasonCode.HEALTH_CODE_MISSING)
        return
    match crossing.holds(code.holder_tag, code.holder_period):
        case None:
            yield reason(ReasonCode.HEALTH_CODE_UNREADABLE, fault=HOLDER_KEY_MISSING)
        case False:
            yield reason(ReasonCode.HEALTH_CODE_OTHER_HOLDER)
    if code.issued_at - crossing.situation.now > CLOCKS_DIFFER_MAX:
        yield reason(ReasonCode.HEALTH_CODE_UNREADABLE, fault=NOT_YET_VALID)
    if crossing.judged(requirement.judged_at) >= code.valid_until:
        yield reason(ReasonCode.HEALTH_CODE_EXPIRED, expired_at=crossing.local(code.valid_until))
    if code.colour is not Colour.GREEN:
        yield reason(ReasonCode.HEALTH_CODE_NOT_GREEN)
    yield from check_status(
        crossing,
        issuer=code.issuer,
        list_id=code.status_list,
        index=code.status_index,
        revoked=ReasonCode.HEALTH_CODE_REVOKED,
    )


def _newest(
    codes: tuple[HealthCodeClaims | NotRecognised | Unreadable, ...], issuer: AuthorityId
) -> HealthCodeClaims | None:
    """The issuer's code that was issued last: an earlier green says nothing beside a later red.

    Of two of the same second, the graver.
    """
    own = [each for each in codes if isinstance(each, HealthCodeClaims) and each.issuer == issuer]
    if len(own) == 1:
        return own[0]
    return max(own, key=lambda each: (each.issued_at, _GRAVITY.index(each.colour)), default=None)


def _check_test(crossing: Crossing, requirement: HealthTestRequirement) -> Reason | None:
    """Why no paper meets the requirement; of several, what is least against the person."""
    situation = crossing.situation
    judged, zone = crossing.judged(requirement.judged_at), situation.version.zone
    faults = [
        (paper_fault(requirement, each, judged=judged, now=situation.now, zone=zone), each)
        for each in situation.tests
    ]
    if any(fault is None for fault, _ in faults):
        return None
    code, facts = ReasonCode.TEST_NOT_SHOWN, {"test": requirement.id}
    for worse in reversed(PaperFault):
        papers = [each for fault, each in faults if fault is worse]
        if papers:
            code, facts = _PAPER_FAULTS[worse], _paper_facts(crossing, requirement, worse, papers)
    return crossing.reason(code, f"health/tests/{requirement.id}", requirement.basis, **facts)


def _paper_facts(
    crossing: Crossing,
    requirement: HealthTestRequirement,
    fault: PaperFault,
    papers: list[PresentedTest],
) -> dict[str, str]:
    facts = {"test": requirement.id}
    if fault is PaperFault.TOO_OLD:
        zone = crossing.situation.version.zone
        anchors = (anchor_of(requirement, each) for each in papers)
        latest = max(anchor for anchor in anchors if anchor is not None)
        facts["valid_until"] = crossing.local(valid_until(requirement, latest, zone))
    if fault is PaperFault.SPECIMEN_NOT_ACCEPTED:
        facts["specimens"] = ", ".join(requirement.specimens or ())
    return facts
