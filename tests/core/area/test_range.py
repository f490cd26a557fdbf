"""The activity range: granted within, refused outside, each place named."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.area.divisions import DIVISIONS
from tongguan.core.area.range import check_area, unknown_divisions
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import ClaimId, DivisionCode
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Area, Basis

ON = date(2021, 12, 15)


def _area(*allow: str, deny: tuple[str, ...] = ()) -> Area:
    return Area(
        allow=tuple(DivisionCode(code) for code in allow),
        deny=tuple(DivisionCode(code) for code in deny),
        basis=Basis(claims=(ClaimId("F10"),)),
    )


def _codes(*codes: str) -> list[DivisionCode]:
    return [DivisionCode(code) for code in codes]


def test_places_within__are_granted__without_reason() -> None:
    decision = check_area(_area("44"), _codes("440300", "441900", "440305", "440106"), ON)
    assert (decision.outcome, decision.reasons) == (Outcome.GRANT, ())


def test_places_outside__are_refused__each_named_with_clause_and_claims() -> None:
    codes = _codes("420100", "440300", "820000")
    decision = check_area(_area("44"), codes, ON, clause="phases/pilot/area")
    assert decision.outcome is Outcome.REFUSE
    assert decision.codes == (ReasonCode.AREA_OUTSIDE_RANGE,) * 2
    facts = [reason.facts for reason in decision.reasons]
    assert [fact["division"] for fact in facts] == ["420100", "820000"]
    assert {fact["on"] for fact in facts} == {"2021-12-15"}
    assert {reason.clause for reason in decision.reasons} == {"phases/pilot/area"}
    assert {reason.claims for reason in decision.reasons} == {("F10",)}


def test_denied_part__is_refused__within_what_is_allowed() -> None:
    area = _area("44", deny=("440305", "441900"))
    assert check_area(area, _codes("440304"), ON).outcome is Outcome.GRANT
    assert check_area(area, _codes("440305"), ON).outcome is Outcome.REFUSE
    assert check_area(area, _codes("441900"), ON).outcome is Outcome.REFUSE


def test_wider_place__is_outside__a_narrower_range() -> None:
    assert check_area(_area("4403"), _codes("440000"), ON).outcome is Outcome.REFUSE


def test_unknown_code__is_named__and_never_within() -> None:
    assert unknown_divisions(["440300", "441000", "x"]) == ("441000", "x")
    assert check_area(_area("44"), _codes("441000"), ON).outcome is Outcome.REFUSE


@given(st.sampled_from(DIVISIONS), st.sampled_from(DIVISIONS))
def test_range__agrees__with_the_first_digits(place: object, allowed: object) -> None:
    code, division = place.code, allowed.code  # type: ignore[attr-defined]
    digits = 2 if division.endswith("0000") else 4 if division.endswith("00") else 6
    inside = code[:digits] == division[:digits]
    outcome = check_area(_area(division), [code], ON).outcome
    assert outcome is (Outcome.GRANT if inside else Outcome.REFUSE)
