"""The Henan replay with a key that no officer should hold: who releases what it signs answers."""

from datetime import timedelta

import pytest

from tests.app.control.test_henan import ALL_OF_THEM, RED_MAX, assert_alarm_in_time
from tests.builders.authorities import START, Pair
from tests.builders.evidence import a_contact, a_test, enrolled
from tests.builders.henan import HONEST, A, B, no_limits, world
from tests.builders.henan_keys import anothers_office, unreviewed_of, with_anothers_key
from tests.builders.henan_ways import by_hand
from tests.builders.officers import proposed, released, reviewed
from tongguan.app.control.proposals import TwoOfficersRefused
from tongguan.app.health.public import health_figures
from tongguan.core.evidence.records import Route, Standing
from tongguan.core.evidence.two_officers import TwoOfficersFault

FIVE = 5
LIMIT_REACHED = TwoOfficersRefused(code=TwoOfficersFault.LIMIT_REACHED)


@pytest.mark.parametrize("people", [30, ALL_OF_THEM])
def test_henan__key_of_anothers_office_and_two_who_release__reach_ten(
    active: Pair, people: int
) -> None:
    made = world(active, people)

    with_anothers_key(made, made.people)
    by_hand(made, made.people)

    assert len(made.red()) == RED_MAX
    assert_alarm_in_time(made)
    with made.hk.database.transaction() as transaction:
        alarms = {each.subject: each for each in transaction.controls.alarms()}
    for causer in (f"officer:{A}", f"officer:{B}", "source:orders-x", "unit:records"):
        assert alarms[causer].raised_at - START <= timedelta(hours=1)
    for days in (2, 9):
        made.pair.set_time(START + timedelta(days=days))
        by_hand(made, made.people, days=days)
        assert len(made.red()) <= RED_MAX


def test_henan__key_and_two__without_the_limits__reach_everybody(active: Pair) -> None:
    made = world(active, 12, no_limits(active.hk))
    with_anothers_key(made, made.people, rounds=1)
    assert len(made.red()) == 12


def test_wave__released_by_two_and_looked_through_by_two_more__counts_to_the_last(
    active: Pair,
) -> None:
    """An honest office in a wave: four officers of four units let through what two cannot."""
    made = world(active, 20)
    office = anothers_office(made)
    orders = [a_contact(who) for who in made.people]
    receipt = office.says(*orders)
    assert receipt.standings == {Standing.COUNTS: FIVE, Standing.HELD: 15}
    reviews = 0
    for each in orders[FIVE:]:
        answer = released(made.hk, each.id, by=HONEST[0])
        if answer == LIMIT_REACHED:
            serials = unreviewed_of(made, f"officer:{HONEST[0][0]}")
            proposed(reviewed(made.hk, acts=serials, by=(A, B)))
            reviews += 1
            answer = released(made.hk, each.id, by=HONEST[0])
        proposed(answer)
    assert (len(made.red()), reviews) == (20, 2)


def test_review__of_what_a_laboratory_found__is_answered_for_as_widely_and_counted_once(
    active: Pair,
) -> None:
    made = world(active, 12)
    laboratory = enrolled(made.hk)
    laboratory.says(*(a_test(who) for who in made.people))
    source = f"source:{laboratory.id}"

    proposed(reviewed(made.hk, acts=unreviewed_of(made, source), by=(A, B)))

    assert len(unreviewed_of(made, f"officer:{A}")) == 12
    counted = health_figures(made.hk).months[0].acts[Route.LABORATORY]
    assert (counted.acts, counted.reviewed) == (12, 12)
    by_hand(made, made.people[:1])  # nothing else until others have looked
    with made.hk.database.transaction() as transaction:
        acts = transaction.evidence.acts_since(START)
    assert [each.held for each in acts if each.route is Route.OFFICERS] == [True]
    proposed(reviewed(made.hk, acts=unreviewed_of(made, f"officer:{A}"), by=HONEST[0]))
    assert unreviewed_of(made, f"officer:{HONEST[0][0]}") == []


def test_review__of_more_orders_than_two_may_enter__is_refused(active: Pair) -> None:
    made = world(active, 12)
    orders = [a_contact(who) for who in made.people]
    office = anothers_office(made)
    office.says(*orders[:FIVE])
    serials = unreviewed_of(made, "source:orders-x")
    by_hand(made, made.people[11:])
    assert reviewed(made.hk, acts=serials, by=(A, B)) == LIMIT_REACHED
    proposed(reviewed(made.hk, acts=serials[:4], by=(A, B)))
    assert reviewed(made.hk, acts=serials[4:], by=(A, B)) == LIMIT_REACHED
    proposed(reviewed(made.hk, acts=serials[4:], by=HONEST[0]))
