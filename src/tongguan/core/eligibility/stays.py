"""Whether a party was only where the scheme allows on the days before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tongguan.core.area.range import check_area, denied_within
from tongguan.core.decisions import Reason
from tongguan.core.identifiers import DivisionCode
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """A place where someone of the party was, and the last day there."""

    division: DivisionCode
    last_on: date


def stay_reasons(phase: Phase, stays: tuple[Stay, ...] | None, on: date) -> Iterator[Reason]:
    """Refuses what is not stated, and every stay of the last days in a place not allowed.

    A place is judged by what held on the last day there; one left before those days says nothing,
    and neither does a day to come. A place named so broadly that a denied one lies within it must
    be named more exactly.
    """
    part = phase.participation
    rule = None if part is None else part.stayed
    if rule is None:
        return
    clause, days = f"phases/{phase.id}/participation/stayed", str(rule.days)
    since = on - timedelta(days=rule.days)
    lately = tuple(each for each in stays or () if since <= each.last_on <= on)
    if not lately:
        yield Reason(
            code=ReasonCode.STAY_NOT_STATED,
            clause=clause,
            claims=rule.basis.claims,
            facts={"days": days},
        )
    for stay in lately:
        denied = denied_within(rule.deny, stay.division, stay.last_on)
        if denied is not None:
            yield Reason(
                code=ReasonCode.STAY_TOO_BROAD,
                clause=f"{clause}/deny/{denied.code}",
                claims=denied.basis.claims,
                facts={"division": stay.division},
            )
        for reason in check_area(rule, (stay.division,), stay.last_on, clause=clause).reasons:
            yield Reason(
                code=ReasonCode.STAYED_OUTSIDE,
                clause=reason.clause,
                claims=reason.claims,
                facts={**reason.facts, "days": days},
            )
