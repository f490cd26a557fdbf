"""A category that is gone takes no places where no cap would count them."""

from datetime import date

import pytest

from tests.builders.places import scheme_of
from tests.builders.quotas import reserve
from tests.builders.schemes import HOME, OUT, category, quota
from tongguan.core.identifiers import CategoryId, ControlPointId, PersonKey, SlotId
from tongguan.core.quota.uncounted import has_places_for, uncounted_reasons
from tongguan.core.quota.windows import Crossing
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import EACH, QuotaPer

BUSINESS = quota("business", per=QuotaPer.DAY, limit=10, direction=EACH, category="business")
PERSON = quota("person", per=QuotaPer.WEEK, limit=1, person=EACH)


def crossing(name="gone", direction=OUT):
    return Crossing(
        direction=direction,
        category=CategoryId(name),
        control_point=ControlPointId("SZB"),
        slot=SlotId("day"),
        day=date(2021, 12, 13),
        person=PersonKey(b"one"),
    )


def reasons(*quotas, crossings=None):
    phase = scheme_of(*quotas, categories=(category("business"), category("family"))).phases[0]
    return uncounted_reasons(phase, crossings or [crossing()])


@pytest.mark.parametrize("beside", [(), (PERSON,), (reserve("kept", 2, inside="business"),)])
def test_category_gone__is_refused__where_caps_count_other_categories_alone(beside):
    (reason,) = reasons(BUSINESS, *beside, crossings=[crossing(), crossing()])
    assert reason.code is ReasonCode.CATEGORY_NOT_COUNTED
    assert reason.clause == "phases/pilot/quotas/business"
    assert reason.claims == BUSINESS.basis.claims
    assert reason.facts == {"category": "gone"}


@pytest.mark.parametrize(
    "quotas",
    [
        (BUSINESS, quota("all", per=QuotaPer.WEEK, limit=10, direction=EACH)),
        (quota("each", per=QuotaPer.DAY, limit=10, category=EACH),),
        (quota("home", per=QuotaPer.DAY, limit=10, direction=HOME, category="business"),),
        (PERSON,),
        (),
    ],
    ids=["a cap of all", "each category", "the other way", "each person", "no quota"],
)
def test_category_gone__is_counted__or_nothing_is_limited_there(quotas):
    assert reasons(*quotas) == ()


def test_category_of_the_phase__that_no_cap_names__is_free_as_the_text_says():
    assert reasons(BUSINESS, crossings=[crossing("family"), crossing("business")]) == ()


@pytest.mark.parametrize(
    ("name", "quotas", "expected"),
    [
        ("gone", (BUSINESS, PERSON), False),
        ("family", (BUSINESS,), True),
        ("gone", (BUSINESS, quota("home", per=QuotaPer.WEEK, limit=9, direction=HOME)), True),
        ("gone", (quota("each", per=QuotaPer.DAY, limit=9, category=EACH),), True),
        ("gone", (PERSON,), True),
    ],
)
def test_category__has_places__where_a_cap_may_count_it(name, quotas, expected):
    phase = scheme_of(*quotas, categories=(category("business"), category("family"))).phases[0]
    assert has_places_for(phase, CategoryId(name)) is expected
