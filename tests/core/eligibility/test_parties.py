"""The age of a party's head, on the day of the crossing."""

from datetime import date

import pytest

from tests.builders.schemes import booking, direction, phase
from tongguan.core.eligibility.parties import head_age_reasons, head_too_young, needs_age
from tongguan.core.people import age_on
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import PartyRule

ADULTS = direction(booking=booking(party=PartyRule(size_max=4, head_age_min=18)))
PHASE = phase(directions=(ADULTS,))


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2003-12-14", "2021-12-13", 17),
        ("2003-12-14", "2021-12-14", 18),
        ("2004-02-29", "2022-02-28", 17),
        ("2004-02-29", "2022-03-01", 18),
    ],
)
def test_age__counts__whole_years(born: str, day: str, years: int) -> None:
    assert age_on(date.fromisoformat(born), date.fromisoformat(day)) == years


def test_head__must_state__a_date_of_birth_where_a_rule_asks_for_age() -> None:
    assert needs_age(PHASE)
    assert [each.code for each in head_age_reasons(PHASE, None)] == [ReasonCode.AGE_NOT_STATED]
    assert list(head_age_reasons(PHASE, date(2010, 1, 1))) == []
    assert not needs_age(phase())
    assert list(head_age_reasons(phase(), None)) == []


def test_head__leads_a_party__from_the_birthday_on() -> None:
    born = date(2003, 12, 14)
    reason = head_too_young(PHASE, ADULTS, born, date(2021, 12, 13))
    assert reason is not None
    assert reason.code is ReasonCode.HEAD_TOO_YOUNG
    assert reason.clause == "phases/pilot/directions/HK-GD/booking/party"
    assert reason.facts == {"age_min": "18", "day": "2021-12-13"}
    assert head_too_young(PHASE, ADULTS, born, date(2021, 12, 14)) is None
    assert head_too_young(phase(), direction(), None, date(2021, 12, 13)) is None


def test_head__without_birth_date__leads_nobody_where_age_is_asked() -> None:
    reason = head_too_young(PHASE, ADULTS, None, date(2021, 12, 13))
    assert reason is not None
    assert reason.code is ReasonCode.AGE_NOT_STATED
