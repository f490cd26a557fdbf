"""A sponsor must be one of the phase's and answer for everyone."""

from tests.builders.schemes import basis, category, phase, text
from tongguan.core.eligibility.sponsors import sponsor_reasons
from tongguan.core.identifiers import SponsorId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import AllocationMethod, Sponsor

CHAMBER = SponsorId("general-chamber")
BY_LIST = category("business", allocation=AllocationMethod.SPONSOR_LIST)
OPEN = category("family")
PHASE = phase(
    categories=(BY_LIST, OPEN),
    sponsors=(Sponsor(id=CHAMBER, name=text("General Chamber"), basis=basis()),),
)


def codes(category, sponsor, not_on_list=()):
    return [each.code for each in sponsor_reasons(PHASE, category, sponsor, not_on_list)]


def test_category_by_list__needs__a_sponsor() -> None:
    assert codes(BY_LIST, None) == [ReasonCode.SPONSOR_MISSING]
    assert codes(OPEN, None) == []


def test_sponsor__must_stand__in_the_phase() -> None:
    assert codes(BY_LIST, SponsorId("nobody")) == [ReasonCode.SPONSOR_UNKNOWN]
    assert codes(OPEN, SponsorId("nobody")) == [ReasonCode.SPONSOR_UNKNOWN]
    assert codes(BY_LIST, CHAMBER) == []


def test_sponsor__must_answer__for_everyone_under_any_category() -> None:
    for each in (BY_LIST, OPEN):
        reasons = list(sponsor_reasons(PHASE, each, CHAMBER, (0, 2)))
        assert [reason.code for reason in reasons] == [ReasonCode.NOT_ON_SPONSOR_LIST]
        assert reasons[0].facts["person_numbers"] == "1, 3"
