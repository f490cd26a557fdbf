"""Whether places lie within a scheme's activity range, on a day."""

from collections.abc import Iterable, Sequence
from datetime import date

from tongguan.core.area.divisions import is_place, is_within
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import DivisionCode
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Area, Denied, DivisionKind, Stayed


def unknown_divisions(codes: Sequence[str]) -> tuple[str, ...]:
    """The codes that name no place of the table: the sender's fault, to be named to them."""
    return tuple(code for code in codes if not is_place(code))


def check_area(
    area: Area | Stayed, codes: Sequence[DivisionCode], on: date, *, clause: str = ""
) -> Decision:
    """Grants when every place lies within the range, or refuses and names each that does not.

    A code of no table lies within no range; ask ``unknown_divisions`` first. ``on`` is the day of
    the visit and stands among the facts; ``clause`` is the path of the area in the signed text. A
    place that is denied on that day cites the denial and says until when it holds.
    """
    found = [each for code in codes if (each := _reason(area, code, on, clause)) is not None]
    outcome = Outcome.REFUSE if found else Outcome.GRANT
    return Decision(outcome=outcome, reasons=tuple(found))


def denied_within(deny: Iterable[Denied], code: str, on: date) -> Denied | None:
    """A denied division that lies within a place named too broadly to tell, on a day.

    Who names a whole city has not said that they kept out of its denied district. Streets are left
    out: nobody is asked to name every street.
    """
    return next(
        (
            each
            for each in deny
            if each.kind is DivisionKind.DIVISION and each.holds_on(on)
            if is_within(each.code, code) and not is_within(code, each.code)
        ),
        None,
    )


def denied_by(deny: Iterable[Denied], code: str, on: date) -> Denied | None:
    """The denial that a place falls under on a day, if any.

    A district is not denied because one of its streets is: whoever names the district alone has
    named no street.
    """
    return next((each for each in deny if each.holds_on(on) and is_within(code, each.code)), None)


def _reason(area: Area | Stayed, code: DivisionCode, on: date, clause: str) -> Reason | None:
    facts = {"division": code, "on": on.isoformat()}
    claims = area.basis.claims
    if is_place(code) and any(is_within(code, division) for division in area.allow):
        denial = denied_by(area.deny, code, on)
        if denial is None:
            return None
        claims = denial.basis.claims
        if clause:
            clause = f"{clause}/deny/{denial.code}"
        if denial.last is not None:
            facts["denied_until"] = denial.last.isoformat()
    return Reason(code=ReasonCode.AREA_OUTSIDE_RANGE, clause=clause, claims=claims, facts=facts)
