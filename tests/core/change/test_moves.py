"""Nobody is moved to where somebody else may have to be honoured."""

from datetime import timedelta

import pytest

from tests.core.change.test_plan import DAY, HONOUR, MOVE, REVOKE, journey, per_day, phase, planned
from tests.core.change.test_plan import fates as fates_of
from tests.core.change.test_plan import rule as holders
from tongguan.core.change.plan import Fate
from tongguan.core.scheme.model import Leg, Remedy

TOMORROW, THEN = DAY + timedelta(days=1), DAY + timedelta(days=2)


@pytest.mark.parametrize("rest", [(HONOUR,), ()])
def test_move__leads_not_to_where_a_party_is_too_many_and_stays(rest: tuple[Remedy, ...]) -> None:
    """A party of two on a day that has one place left is honoured there: no third comes beside."""
    people = [journey(1), journey(2), journey(3, TOMORROW, people=2)]
    plan = planned(phase(), phase(per_day(1)), people, holders(MOVE, *rest))
    assert fates_of(plan) == [Fate.KEPT, Fate.MOVED, Fate.HONOURED]
    assert plan.journeys[1].moved_to[Leg.OUT] == THEN


def test_move__where_others_are_revoked__goes_before_who_booked_later() -> None:
    people = [journey(1), journey(2), journey(3, TOMORROW, people=2)]
    plan = planned(phase(), phase(per_day(1)), people, holders(MOVE, REVOKE))
    assert fates_of(plan) == [Fate.KEPT, Fate.MOVED, Fate.REVOKED]
    assert plan.journeys[1].moved_to[Leg.OUT] == TOMORROW


def test_move__of_who_is_expected_to_stay__makes_room_for_those_after() -> None:
    """The first of two who are too many on a day goes a day on, the second a day further."""
    people = [journey(1), journey(2), journey(3)]
    plan = planned(phase(), phase(per_day(1)), people, holders(MOVE, HONOUR))
    assert [each.moved_to.get(Leg.OUT) for each in plan.journeys] == [None, TOMORROW, THEN]
