"""Where a party was on the days before."""

from dataclasses import replace
from datetime import date

from tests.builders.schemes import basis, phase
from tongguan.core.eligibility.stays import Stay, stay_reasons
from tongguan.core.identifiers import DivisionCode
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Denied, DivisionKind, Participation, Stayed

TODAY = date(2021, 9, 15)
STREET = Denied(
    code=DivisionCode("440305007"),
    kind=DivisionKind.STREET,
    name=None,
    first=date(2021, 9, 10),
    last=None,
    basis=basis("at-risk"),
)
RULE = Stayed(
    days=14, allow=(DivisionCode("44"), DivisionCode("82")), deny=(STREET,), basis=basis("14-days")
)
PHASE = phase(
    participation=Participation(
        divisions=(DivisionCode("44"),), document_types=None, stayed=RULE, basis=basis()
    )
)


def reasons(*stays: tuple[str, str]):
    said = tuple(
        Stay(division=DivisionCode(code), last_on=date.fromisoformat(day)) for code, day in stays
    )
    return list(stay_reasons(PHASE, said, TODAY))


def test_stays__must_be_stated__where_the_scheme_asks() -> None:
    for stays in (None, ()):
        found = list(stay_reasons(PHASE, stays, TODAY))
        assert [each.code for each in found] == [ReasonCode.STAY_NOT_STATED]
        assert found[0].facts == {"days": "14"}
    assert list(stay_reasons(phase(), None, TODAY)) == []


def test_stay__outside__counts_until_fourteen_days_have_passed() -> None:
    (found,) = reasons(("440300", "2021-09-15"), ("310000", "2021-09-01"))
    assert found.code is ReasonCode.STAYED_OUTSIDE
    assert found.facts["division"] == "310000"
    assert found.claims == ("14-days",)
    assert reasons(("440300", "2021-09-15"), ("310000", "2021-08-31")) == []


def test_stays__of_other_days__state_nothing() -> None:
    for day in ("2021-08-31", "2021-09-16", "1999-01-01"):
        assert [each.code for each in reasons(("440300", day))] == [ReasonCode.STAY_NOT_STATED]


def test_stay__named_too_broadly__must_be_named_more_exactly() -> None:
    city = Denied(
        code=DivisionCode("440600"),
        kind=DivisionKind.DIVISION,
        name=None,
        first=date(2021, 9, 10),
        last=None,
        basis=basis("at-risk"),
    )
    rule = replace(RULE, deny=(STREET, city))
    part = replace(PHASE.participation, stayed=rule)
    broad = (Stay(division=DivisionCode("440000"), last_on=date(2021, 9, 12)),)
    (found,) = stay_reasons(replace(PHASE, participation=part), broad, TODAY)
    assert found.code is ReasonCode.STAY_TOO_BROAD
    assert found.clause == "phases/pilot/participation/stayed/deny/440600"
    before = (replace(broad[0], last_on=date(2021, 9, 9)),)
    assert list(stay_reasons(replace(PHASE, participation=part), before, TODAY)) == []
    exact = (replace(broad[0], division=DivisionCode("440600")),)
    (found,) = stay_reasons(replace(PHASE, participation=part), exact, TODAY)
    assert found.code is ReasonCode.STAYED_OUTSIDE


def test_stay__in_a_street_at_risk__counts_from_the_day_of_the_list() -> None:
    (found,) = reasons(("440305007", "2021-09-10"))
    assert found.clause == "phases/pilot/participation/stayed/deny/440305007"
    assert found.claims == ("at-risk",)
    assert reasons(("440305007", "2021-09-09")) == []
    assert reasons(("440305008", "2021-09-12"), ("820000", "2021-09-14")) == []
