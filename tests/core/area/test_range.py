"""The activity range: granted within, refused outside, each place named."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.area.divisions import DIVISIONS
from tongguan.core.area.range import check_area, unknown_divisions
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import ClaimId, DivisionCode
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Area, Basis, Denied, DivisionKind

ON = date(2021, 12, 15)


def _denied(code: str, first: date | None = None, last: date | None = None) -> Denied:
    kind = DivisionKind.STREET if len(code) == 9 else DivisionKind.DIVISION
    return Denied(
        code=DivisionCode(code), kind=kind, name=None, first=first, last=last, basis=Basis()
    )


def _area(*allow: str, deny: tuple[str, ...] = ()) -> Area:
    return Area(
        allow=tuple(DivisionCode(code) for code in allow),
        deny=tuple(_denied(code) for code in deny),
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


def test_denied_street__is_refused__on_its_days_and_alone() -> None:
    street = _denied("440305007", date(2021, 12, 20), date(2022, 1, 3))
    area = Area(allow=(DivisionCode("44"),), deny=(street,), basis=Basis())
    place = _codes("440305007")
    refused = check_area(area, place, date(2021, 12, 20), clause="phases/pilot/area")
    assert refused.reasons[0].clause == "phases/pilot/area/deny/440305007"
    assert refused.reasons[0].facts["denied_until"] == "2022-01-03"
    assert check_area(area, place, date(2022, 1, 3)).outcome is Outcome.REFUSE
    assert check_area(area, place, date(2021, 12, 19)).outcome is Outcome.GRANT
    assert check_area(area, place, date(2022, 1, 4)).outcome is Outcome.GRANT
    others = _codes("440305", "440305008", "440300")
    assert check_area(area, others, date(2021, 12, 20)).outcome is Outcome.GRANT


def test_street__lies__where_its_division_lies() -> None:
    assert unknown_divisions(["440305007", "441000001", "44030500", "4403050071"]) == (
        "441000001",
        "44030500",
        "4403050071",
    )
    assert check_area(_area("44"), _codes("110101001"), ON).outcome is Outcome.REFUSE


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
