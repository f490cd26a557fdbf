"""Whether the health codes that the phase asks for are there, this person's, valid and green."""

from collections.abc import Iterator

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.gate.pass_checks import HOLDER_KEY_MISSING
from tongguan.core.gate.status_checks import check_status
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import AuthorityId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import HealthCodeRequirement


def check_health(crossing: Crossing) -> Iterator[Reason]:
    """Everything that is wrong or doubtful with each code asked for on this direction."""
    health = crossing.phase.health
    if health is None or _is_exempt(crossing):
        return
    for requirement in health.codes:
        if crossing.direction.id in requirement.directions:
            yield from _check_code(crossing, requirement)


def _is_exempt(crossing: Crossing) -> bool:
    document_type = crossing.situation.holder.document_type
    return any(
        crossing.direction.id in exemption.directions and document_type in exemption.document_types
        for exemption in crossing.phase.exemptions
    )


def _check_code(crossing: Crossing, requirement: HealthCodeRequirement) -> Iterator[Reason]:
    def reason(code: ReasonCode, **facts: str) -> Reason:
        clause = f"health/codes/{requirement.issuer}"
        return crossing.reason(code, clause, requirement.basis, issuer=requirement.issuer, **facts)

    code = _newest(crossing.situation.codes, requirement.issuer)
    if code is None:
        faults = [each for each in crossing.situation.codes if isinstance(each, Unreadable)]
        if faults:
            yield reason(ReasonCode.HEALTH_CODE_UNREADABLE, fault=faults[0].code.value)
        else:
            yield reason(ReasonCode.HEALTH_CODE_MISSING)
        return
    match crossing.holds(code.holder_tag, code.holder_period):
        case None:
            yield reason(ReasonCode.HEALTH_CODE_UNREADABLE, fault=HOLDER_KEY_MISSING)
        case False:
            yield reason(ReasonCode.HEALTH_CODE_OTHER_HOLDER)
    if crossing.situation.now >= code.valid_until:
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
    codes: tuple[HealthCodeClaims | Unreadable, ...], issuer: AuthorityId
) -> HealthCodeClaims | None:
    """The issuer's code that was issued last: an earlier green says nothing beside a later red."""
    own = [each for each in codes if isinstance(each, HealthCodeClaims) and each.issuer == issuer]
    return max(
        own, key=lambda each: (each.issued_at, each.colour is not Colour.GREEN), default=None
    )
