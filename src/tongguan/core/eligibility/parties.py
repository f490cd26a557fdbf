"""Rules on a party's head: the first person, who answers for the others."""

from collections.abc import Iterator
from datetime import date

from tongguan.core.decisions import Reason
from tongguan.core.people import age_on
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Booking, Direction, Phase


def needs_age(phase: Phase) -> bool:
    """Whether the head of a party must state a date of birth under the phase."""
    return any(True for _ in _age_rules(phase))


def head_age_reasons(phase: Phase, born: date | None) -> Iterator[Reason]:
    """Refuses a head who states no date of birth where one is needed; the age comes with a day."""
    for direction, rule in _age_rules(phase):
        if born is None:
            yield Reason(
                code=ReasonCode.AGE_NOT_STATED,
                clause=_clause(phase, direction),
                claims=rule.basis.claims,
            )
            return


def head_too_young(
    phase: Phase, direction: Direction, born: date | None, day: date
) -> Reason | None:
    """Why a head may not lead a party on this direction and day; ``None`` when they may."""
    rule = direction.booking
    if rule is None or rule.party.head_age_min is None:
        return None
    if born is None:
        return Reason(
            code=ReasonCode.AGE_NOT_STATED,
            clause=_clause(phase, direction),
            claims=rule.basis.claims,
        )
    if age_on(born, day) >= rule.party.head_age_min:
        return None
    return Reason(
        code=ReasonCode.HEAD_TOO_YOUNG,
        clause=_clause(phase, direction),
        claims=rule.basis.claims,
        facts={"age_min": str(rule.party.head_age_min), "day": day.isoformat()},
    )


def _age_rules(phase: Phase) -> Iterator[tuple[Direction, Booking]]:
    for direction in phase.directions:
        rule = direction.booking
        if rule is not None and rule.party.head_age_min is not None:
            yield direction, rule


def _clause(phase: Phase, direction: Direction) -> str:
    return f"phases/{phase.id}/directions/{direction.id}/booking/party"
