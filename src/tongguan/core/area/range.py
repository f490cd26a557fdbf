"""Whether places lie within a scheme's activity range."""

from collections.abc import Sequence
from datetime import date

from tongguan.core.area.divisions import is_division, is_within
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import DivisionCode
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Area


def unknown_divisions(codes: Sequence[str]) -> tuple[str, ...]:
    """The codes that name no division of the table: the sender's fault, to be named to them."""
    return tuple(code for code in codes if not is_division(code))


def check_area(
    area: Area, codes: Sequence[DivisionCode], on: date, *, clause: str = ""
) -> Decision:
    """Grants when every place lies within the range, or refuses and names each that does not.

    A code of no table lies within no range; ask ``unknown_divisions`` first. ``on`` is the day of
    the visit and stands among the facts; ``clause`` is the path of the area in the signed text.
    """
    outside = [code for code in codes if not _is_within_range(area, code, on)]
    if not outside:
        return Decision(outcome=Outcome.GRANT)
    return Decision(
        outcome=Outcome.REFUSE,
        reasons=tuple(
            Reason(
                code=ReasonCode.AREA_OUTSIDE_RANGE,
                clause=clause,
                claims=area.basis.claims,
                facts={"division": code, "on": on.isoformat()},
            )
            for code in outside
        ),
    )


def _is_within_range(area: Area, code: DivisionCode, on: date) -> bool:
    if not is_division(code):
        return False
    allowed = any(is_within(code, division) for division in area.allow)
    return allowed and not any(
        each.holds_on(on) and is_within(code, each.code) for each in area.deny
    )
