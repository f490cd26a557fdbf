"""Reviews: others look at what was done, and what is held does not vanish by it."""

from typing import Any

import pytest

from tests.builders.authorities import Pair, person
from tests.builders.evidence import a_contact, enrolled
from tests.builders.officers import found, lifted, proposed, released, reviewed, with_units
from tongguan.app.control.alarms import acts_shown
from tongguan.app.control.proposals import TwoOfficersRefused, standing_of_finding
from tongguan.app.control.units import put_in_unit
from tongguan.core.evidence.records import Standing
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.identifiers import ProposalId


@pytest.fixture
def hk(active: Pair) -> Any:
    """Hong Kong with officers in four units."""
    return with_units(active.hk)


def code_of(answer: object) -> TwoOfficersFault:
    assert isinstance(answer, TwoOfficersRefused), answer
    return answer.code


def test_review__by_others__gives_the_hand_back(hk: Any) -> None:
    for number in range(5):
        found(hk, person(number))
    with hk.database.transaction() as transaction:
        serials = [each.serial for each in transaction.evidence.acts_to_review(limit=10)]

    assert code_of(reviewed(hk, acts=serials, by=("ho", "chan"))) is TwoOfficersFault.INVOLVED
    assert code_of(reviewed(hk, acts=[999])) is TwoOfficersFault.ACT_UNKNOWN
    assert code_of(reviewed(hk, acts=[])) is TwoOfficersFault.NOTHING_TO_DO
    proposed(reviewed(hk, acts=serials))

    assert standing_of_finding(hk, ProposalId(found(hk, person(6)))) is Standing.COUNTS


def test_review__of_what_is_held__is_refused_until_it_is_released_or_lifted(hk: Any) -> None:
    """Found in order and held for good: nobody would ever see it again."""
    for number in range(5):
        found(hk, person(number))
    right, wrong, beside = (found(hk, person(number)) for number in (6, 7, 8))
    serials = {each.act.evidence: each.act.serial for each in acts_shown(hk, officer="lee")}
    assert {each.act.evidence for each in acts_shown(hk, officer="lee") if each.waits} == {
        right,
        wrong,
        beside,
    }

    assert code_of(reviewed(hk, acts=[serials[right]])) is TwoOfficersFault.STILL_HELD
    proposed(released(hk, right))
    proposed(lifted(hk, wrong))
    proposed(lifted(hk, beside, by=("ho", "chan")))  # who lift what they caused review nothing

    assert standing_of_finding(hk, ProposalId(right)) is Standing.COUNTS
    waiting = [each.act.evidence for each in acts_shown(hk, officer="lee") if each.act.held]
    assert waiting == [beside]
    proposed(reviewed(hk, acts=[serials[beside]]))


def test_acts__of_which_many_are_held__hide_no_act_that_counts(hk: Any) -> None:
    for number in range(8):
        found(hk, person(number))

    shown = acts_shown(hk, officer="lee", limit=2)

    assert [each.act.held for each in shown] == [True, True, False, False]


def test_review__by_one_who_left_the_unit__stays_refused(hk: Any) -> None:
    found(hk, person())
    put_in_unit(hk, "ho", "inspectorate", by="console")
    with hk.database.transaction() as transaction:
        (act,) = transaction.evidence.acts_to_review(limit=10)

    answer = reviewed(hk, acts=[act.serial], by=("chan", "ho"))
    assert code_of(answer) is TwoOfficersFault.INVOLVED


def test_release__reviews__the_act_that_held_it_and_no_attempt_of_others(hk: Any) -> None:
    for officer, unit in (("wu", "records"), ("yip", "helpdesk")):
        put_in_unit(hk, officer, unit, by="console")
    office = enrolled(hk, SourceKind.ORDER_OFFICE, "orders", unit="contact-tracing")
    orders = [a_contact(person(number)) for number in range(6)]
    office.says(*orders)
    for number in range(10, 15):
        found(hk, person(number), by=("chan", "lee"))
    assert code_of(released(hk, orders[5].id)) is TwoOfficersFault.LIMIT_REACHED

    proposed(released(hk, orders[5].id, by=("wu", "yip")))

    with hk.database.transaction() as transaction:
        acts = transaction.evidence.acts_of(orders[5].id)
    assert [(each.held, each.reviewed_by) for each in acts] == [
        (True, ("wu", "yip")),  # the order's
        (True, ()),  # the attempt's
        (False, ()),  # the release's
    ]
