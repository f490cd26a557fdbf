"""The Henan replay: two insiders with all their rights want 1,317 named people red.

At most ten succeed, whatever they try and however patiently; the alarm comes with the third. Who is
red is told at once by whom, why, until when and how to contest; others lift it the same day.
Without the limits the same attempts turn everybody red, so these tests can fail.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.evidence import a_contact, enrolled
from tests.builders.henan import (
    DEPOSITORS,
    HONEST,
    World,
    give_discharges,
    no_limits,
    world,
)
from tests.builders.henan_ways import (
    all_proposed_first,
    by_claims,
    by_claims_under,
    by_discharging,
    by_hand,
    by_signed_orders,
    by_taking_back,
    by_upholding,
    by_waiting_claims,
    in_their_names,
    judging_themselves,
    under_discharges,
    upholding,
)
from tests.builders.officers import WORDS, lifted, new_proposal, proposed, told
from tests.builders.travel import code, registration_request
from tongguan.adapters.words import words
from tongguan.app.control.proposals import confirm, propose_claim
from tongguan.app.health.public import health_figures
from tongguan.app.registration.registrations import NumberClaimed, claim_number
from tongguan.core.evidence.limits import AlarmKind
from tongguan.core.evidence.records import Route
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId, EvidenceId, RegistrationId
from tongguan.core.people import Person
from tongguan.core.texts import Language

ALL_OF_THEM = pytest.param(DEPOSITORS, marks=pytest.mark.soak)
"""What goes to the desk several times for each of them takes minutes."""
some_or_all = pytest.mark.parametrize("people", [200, ALL_OF_THEM])
few_or_all = pytest.mark.parametrize("people", [30, ALL_OF_THEM])
RED_MAX = 10
BY_TWO = 5
THIRD = 3
HOUR = timedelta(hours=1)


@pytest.fixture
def depositors(active: Pair) -> World:
    return world(active)


def acts_of(made: World) -> Any:
    with made.hk.database.transaction() as transaction:
        return transaction.evidence.acts_since(START)


def assert_alarm_in_time(made: World) -> None:
    """At the third act or attempt of any one hand, and within the hour of the first."""
    acts = acts_of(made)
    counts: Counter[str] = Counter()
    for act in acts:
        counts.update(act.causers)
        if max(counts.values()) == THIRD:
            break
    with made.hk.database.transaction() as transaction:
        alarms = transaction.controls.alarms()
    raised = min(each.raised_at for each in alarms if each.kind is AlarmKind.CAUSER)
    assert raised == act.at
    assert raised - acts[0].at <= HOUR


def assert_told_at_once(made: World, red: Sequence[Person]) -> list[tuple[Person, EvidenceId]]:
    """Each who is red: by whom, on what ground, until when, how to contest."""
    acts = {each.evidence: each for each in acts_of(made)}
    found = []
    for who in red:
        (notice,) = told(made.hk, who)
        evidence = EvidenceId(notice.facts["evidence"])
        assert notice.code == HealthNoticeCode.FINDING_COUNTS
        assert notice.at == acts[evidence].at
        assert all(notice.facts[each] for each in ("who", "ground", "until"))
        said = words(f"health_controls.notices.{notice.code}.remedy", Language.EN, **notice.facts)
        assert "ask for correction" in said
        found.append((who, evidence))
    return found


def assert_lifted_the_same_day(made: World, found: list[tuple[Person, EvidenceId]]) -> None:
    """By two officers of units that had no part in it; then the person takes a green code."""
    for who, evidence in found:
        proposed(lifted(made.hk, evidence, by=HONEST[0]))
        code(made.hk, who)
    assert made.red() == []


def assert_counted(made: World, *, acts: int, held: int) -> None:
    """What officers did by hand is public, to the last one."""
    counted = health_figures(made.hk).months[0].acts[Route.OFFICERS]
    assert (counted.acts, counted.held) == (acts, held)


def test_henan__one_by_one_by_hand__reaches_five(depositors: World) -> None:
    by_hand(depositors, depositors.people)

    red = depositors.red()
    assert len(red) == len(depositors.without_code()) == BY_TWO
    assert len(acts_of(depositors)) == DEPOSITORS
    assert_alarm_in_time(depositors)
    assert_counted(depositors, acts=DEPOSITORS, held=DEPOSITORS - BY_TWO)
    found = assert_told_at_once(depositors, red)
    assert {told(depositors.hk, who)[0].facts["who"] for who in red} == {
        "case-management, contact-tracing",
        "contact-tracing, case-management",
    }
    judging_themselves(depositors)
    upholding(depositors, found, START)
    assert depositors.red() == []  # nobody decided in time: relief
    assert_lifted_the_same_day(depositors, found)


def test_henan__patiently__reaches_five(depositors: World) -> None:
    for number in range(30):
        days = number if number < 15 else 7 * (number - 13)
        depositors.pair.set_time(START + timedelta(days=days))
        by_hand(depositors, depositors.people[5 * number : 5 * number + 5], days=days)
        assert len(depositors.red()) <= BY_TWO
    with depositors.hk.database.transaction() as transaction:
        counting = [each for each in transaction.evidence.acts_since(START) if not each.held]
    assert len(counting) == BY_TWO
    assert_alarm_in_time(depositors)


@some_or_all
def test_henan__a_heap_of_proposals__is_no_list(depositors: World, people: int) -> None:
    assert all_proposed_first(depositors, depositors.people[:people]) == 2 * BY_TWO
    assert len(depositors.red()) == BY_TWO
    assert_alarm_in_time(depositors)


def test_henan__orders_signed_with_the_offices_key__reach_five(depositors: World) -> None:
    by_signed_orders(depositors, depositors.people)

    red = depositors.red()
    assert len(red) == len(depositors.without_code()) == BY_TWO
    assert_alarm_in_time(depositors)
    by_hand(depositors, depositors.people[:20])  # whose hand is used up by its office
    assert depositors.red() == red
    assert_lifted_the_same_day(depositors, assert_told_at_once(depositors, red))


@some_or_all
def test_henan__in_their_names__reaches_nobody(depositors: World, people: int) -> None:
    assert in_their_names(depositors, depositors.people[:people]) == 0
    assert depositors.red() == depositors.without_code() == []


@some_or_all
def test_henan__claims_of_their_numbers__reach_ten(depositors: World, people: int) -> None:
    half = people // 2
    earlier = by_claims(depositors, depositors.people[:half])
    by_waiting_claims(depositors, depositors.people[half:people], earlier)

    red = depositors.red()
    assert len(red) <= RED_MAX
    assert_alarm_in_time(depositors)
    for who in red:
        notices = [each for each in told(depositors.hk, who) if is_of(each, who)]
        assert notices[0].code == HealthNoticeCode.NUMBER_GIVEN
        assert notices[0].facts["who"]
    assert_given_back(depositors, red)


@pytest.mark.parametrize("people", [12, pytest.param(90, marks=pytest.mark.soak)])
def test_henan__claims_under_the_ids_of_honest_orders__reach_five(
    active: Pair, people: int
) -> None:
    """What is looked at by releasing another's order is that order, and no act of one's own."""
    made = world(active, people)
    honest = enrolled(made.hk, SourceKind.ORDER_OFFICE, "orders-r", unit="records")
    orders = [a_contact(person(500 + number)) for number in range(BY_TWO + len(made.people))]
    honest.says(*orders)

    held = [each.id for each in orders[BY_TWO:]]
    taken = by_claims_under(made, made.people, held)

    assert 0 < len(made.red()) == taken <= BY_TWO
    assert_alarm_in_time(made)
    unseen = [each for each in acts_of(made) if each.reviewed_at is None]
    assert sum("officer:ho" in each.causers and not each.held for each in unseen) == BY_TWO


def is_of(notice: Any, who: Person) -> bool:
    """Whether it is for the registration that the person made."""
    return notice.facts.get("registration") == registration_request(who).id


def assert_given_back(made: World, lost: Sequence[Person]) -> None:
    """Each claims the number and shows the document to two officers; green the same day."""
    for number, who in enumerate(lost):
        first, second = HONEST[number >= BY_TWO]
        claim, wanted = CaseId(str(uuid4())), RegistrationId(str(uuid4()))
        request = registration_request(who, id=wanted)
        assert isinstance(claim_number(made.hk, claim, request), NumberClaimed)
        proposal = new_proposal()
        proposed(propose_claim(made.hk, proposal, claim, words=WORDS, officer=first))
        proposed(confirm(made.hk, proposal, officer=second))
    assert made.red() == []


@some_or_all
def test_henan__taking_back_what_spoke_for_them__reaches_five(
    depositors: World, people: int
) -> None:
    give_discharges(depositors, people)
    assert depositors.red() == []

    assert by_taking_back(depositors) == BY_TWO

    assert len(depositors.red()) == BY_TWO
    assert_alarm_in_time(depositors)
    for who in depositors.red():
        assert told(depositors.hk, who)[0].code == HealthNoticeCode.FAVOURABLE_WITHDRAWN


@pytest.mark.parametrize("people", [20, pytest.param(500, marks=pytest.mark.soak)])
@pytest.mark.parametrize("hours", [(9,), (7, 14)], ids=["after_relief", "in_time_and_again"])
def test_henan__upholding_what_a_laboratory_found__keeps_five_red(
    active: Pair, hours: tuple[int, ...], people: int
) -> None:
    """The laboratory may turn hundreds red; its width is not lent to who decides against them."""
    made = world(active, people)

    answers = by_upholding(made, made.people, hours)

    assert Counter(answers)["upheld"] == BY_TWO
    refused = set(answers) - {"upheld"}
    assert TwoOfficersFault.LIMIT_REACHED in refused
    # What is not done stays open, until an officer may open no more.
    assert refused <= {TwoOfficersFault.LIMIT_REACHED, TwoOfficersFault.TOO_MANY_OPEN}
    assert len(made.red()) <= BY_TWO
    acts = [each for each in acts_of(made) if "officer:ho" in each.causers]
    assert {each.route for each in acts} == {Route.OFFICERS}
    assert_counted(made, acts=len(acts), held=len(acts) - BY_TWO)
    with made.hk.database.transaction() as transaction:
        subjects = {each.subject for each in transaction.controls.alarms()}
    assert {"officer:ho", "officer:lam"} <= subjects
    before = len(made.red())
    by_hand(made, made.people, days=1)  # whose hand is used up
    assert len(made.red()) == before


@few_or_all
def test_henan__discharging_whom_others_lift__keeps_nobody_red(active: Pair, people: int) -> None:
    made = world(active, people)
    by_discharging(made, made.people)

    assert len(made.red()) == BY_TWO
    assert_alarm_in_time(made)
    found = assert_told_at_once(made, made.red())
    assert_lifted_the_same_day(made, found)


@few_or_all
def test_henan__cases_under_discharges__are_five_and_wake_for_nobody(
    active: Pair, people: int
) -> None:
    """Counted on the day on which they are entered, though they turn nobody red on that day."""
    made = world(active, people)
    give_discharges(made, people)
    under_discharges(made, made.people)
    assert [each.held for each in acts_of(made)] == [
        *[False] * BY_TWO,
        *[True] * (people - BY_TWO),
    ]
    assert_alarm_in_time(made)
    heard = [[each.code for each in told(made.hk, who)] for who in made.people]
    assert heard == [[HealthNoticeCode.CASE_UNDER_DISCHARGE]] * BY_TWO + [[]] * (people - BY_TWO)

    assert by_taking_back(made) == 0

    assert made.red() == []


@some_or_all
def test_henan__everything_together__reaches_ten(depositors: World, people: int) -> None:
    made = depositors
    parts = [made.people[start : start + people // 4] for start in range(0, people, people // 4)]
    by_waiting_claims(made, parts[1], by_claims(made, parts[0]))
    by_signed_orders(made, made.people[:people])
    by_hand(made, made.people[:people])
    all_proposed_first(made, parts[2])
    in_their_names(made, parts[3])

    assert len(made.red()) <= RED_MAX
    assert_alarm_in_time(made)
    for number in (2, 7, 30):
        made.pair.set_time(START + timedelta(days=number))
        by_hand(made, made.people[:50], days=number)
        assert len(made.red()) <= RED_MAX


WAYS: dict[str, Callable[[World, Sequence[Person]], object]] = {
    "by_hand": by_hand,
    "all_proposed_first": all_proposed_first,
    "by_signed_orders": by_signed_orders,
    "by_claims": by_claims,
    "by_waiting_claims": by_waiting_claims,
    "by_upholding": by_upholding,
}


@pytest.mark.parametrize("way", WAYS)
def test_henan__without_the_limits__reaches_everybody(active: Pair, way: str) -> None:
    made = world(active, 12, no_limits(active.hk))

    WAYS[way](made, made.people)

    assert len(made.red()) == len(made.people) > RED_MAX
