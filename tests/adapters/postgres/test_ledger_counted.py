"""What counts a journey stands in the journey: what becomes of its numbers, call by call."""

from datetime import date, timedelta

import pytest

from tests.adapters.postgres.ledger_checks import counted_as, require_agreement
from tests.adapters.postgres.test_ledger_restate import LATER, PLAIN, take, transition
from tests.builders.places import MONDAY, NOW, scheme_of
from tests.builders.quotas import reserve
from tests.builders.schemes import quota
from tongguan.adapters.postgres.stores.retention import PostgresRetention
from tongguan.app.ledger_port import PlacesTaken
from tongguan.core.scheme.model import EACH, Leg, QuotaPer

TUESDAY = MONDAY + timedelta(days=1)
SATURDAY = MONDAY - timedelta(days=2)
DAY = quota("day", per=QuotaPer.DAY, limit=9, direction=EACH)
WEEK = quota("week", per=QuotaPer.WEEK, limit=20)
OWN = quota("own", per=QuotaPer.WEEK, limit=4, person=EACH)
EARLY_NAME = reserve("a-reserve", 2, direction=EACH, category="business")


@pytest.fixture(autouse=True)
def _exact_at_the_end(ledger):
    yield
    with ledger.connection() as connection:
        require_agreement(connection)


def counted(ledger, journey):
    """By number: what counts the journey, and how many of it."""
    with ledger.connection() as connection:
        rows = connection.execute(
            "SELECT number, quota, starts, dimensions, persons FROM tongguan.journey_window"
            " WHERE journey = %s",
            (journey,),
        ).fetchall()
    return {number: tuple(window) for number, *window in rows}


def numbers_in_order(ledger, journey):
    with ledger.connection() as connection:
        (numbers,) = connection.execute(
            "SELECT windows FROM tongguan.journey WHERE id = %s", (journey,)
        ).fetchone()
    return numbers


def by_quota(ledger, journey):
    return sorted((each[0], each[1].day, each[3]) for each in counted(ledger, journey).values())


@pytest.mark.parametrize(
    ("window", "persons", "after"),
    [
        (5, 7, ([4, 5, 6], [1, 7, 3])),
        (4, 0, ([5, 6], [2, 3])),
        (5, -1, ([4, 6], [1, 3])),
        (9, 8, ([4, 5, 6, 9], [1, 2, 3, 8])),
        (9, 0, ([4, 5, 6], [1, 2, 3])),
        (5, None, ([4, 6], [1, 3])),
    ],
)
def test_counted__of_one_window__leaves_the_others_as_they_stood(ledger, window, persons, after):
    with ledger.connection() as connection:
        row = connection.execute(
            "SELECT * FROM tongguan.ledger_counted('{4,5,6}', '{1,2,3}', %s, %s::integer)",
            (window, persons),
        ).fetchone()
    assert row == after


def test_counted__twice_in_one_window__becomes_once(ledger):
    with ledger.connection() as connection:
        for persons, after in ((4, ([5, 6], [4, 3])), (0, ([6], [3]))):
            row = connection.execute(
                "SELECT * FROM tongguan.ledger_counted('{5,6,5}', '{1,3,1}', 5, %s)", (persons,)
            ).fetchone()
            assert row == after


def test_release__of_one_way__takes_out_what_counted_it_alone(ledger):
    scheme = scheme_of(DAY, WEEK, OWN)
    taken = take(ledger, scheme, [1, 2], home=TUESDAY)
    before = numbers_in_order(ledger, taken.journey.id)
    for number, left in ((1, [("day", 13, 2), ("day", 14, 1)]), (0, [("day", 13, 2)])):
        with ledger.transaction() as transaction:
            transaction.ledger.release(taken.journey.id, Leg.HOME, [number], NOW)
        by_day = [each for each in by_quota(ledger, taken.journey.id) if each[0] == "day"]
        assert by_day == left
    after = counted(ledger, taken.journey.id)
    kept = [number for number in before if number in after]
    assert numbers_in_order(ledger, taken.journey.id) == kept
    assert sorted(each[3] for each in after.values() if each[0] != "day") == [1, 1, 2]


def test_release__gives_back_the_first_part_by_name__whichever_was_opened_first(ledger):
    scheme = scheme_of(DAY, EARLY_NAME)
    take(ledger, scheme, [7])
    taken = take(ledger, scheme, [1, 2, 3], category="business", home=TUESDAY)
    numbers = {
        window[0]: number
        for number, window in counted(ledger, taken.journey.id).items()
        if window[1] == MONDAY and (window[0] == "a-reserve" or "part=open" in window[2])
    }
    assert numbers["a-reserve"] > numbers["day"], "by number the open part would be the first"
    with ledger.transaction() as transaction:
        transaction.ledger.release(taken.journey.id, Leg.OUT, [0], NOW)
    on_monday = [each for each in by_quota(ledger, taken.journey.id) if each[1] == MONDAY.day]
    assert on_monday == [("a-reserve", 13, 1), ("day", 13, 1), ("day", 13, 2)]
    with ledger.transaction() as transaction:
        transaction.ledger.release(taken.journey.id, Leg.OUT, [1], NOW)
    on_monday = [each for each in by_quota(ledger, taken.journey.id) if each[1] == MONDAY.day]
    assert on_monday == [("day", 13, 1), ("day", 13, 1)]


def test_restate__of_the_later_of_two_weeks__keeps_the_numbers_of_the_earlier(ledger):
    taken = take(ledger, PLAIN, [1, 2], out=SATURDAY, home=MONDAY, now=NOW - timedelta(days=3))
    before = counted(ledger, taken.journey.id)
    earlier = {number: each for number, each in before.items() if each[1] < MONDAY}
    assert sorted(each[0] for each in earlier.values()) == ["day", "week"]
    transition(ledger, scheme_of(quota("other", per=QuotaPer.DAY, limit=5, direction=EACH)))
    after = counted(ledger, taken.journey.id)
    assert {number: after[number] for number in earlier} == earlier
    later = [each for number, each in after.items() if number not in earlier]
    assert [(each[0], each[1], each[3]) for each in later] == [("other", MONDAY, 2)]


def test_window__gone_and_opened_anew__is_called_by_another_number(ledger):
    cancelled = take(ledger, PLAIN, [1, 2])
    numbers = set(counted(ledger, cancelled.journey.id))
    with ledger.transaction() as transaction:
        transaction.ledger.cancel(cancelled.journey.id, NOW)
    transition(ledger, PLAIN)
    again = take(ledger, PLAIN, [3], now=LATER)
    assert isinstance(again, PlacesTaken)
    assert numbers.isdisjoint(counted(ledger, again.journey.id))
    left = counted(ledger, cancelled.journey.id)
    assert left == dict.fromkeys(numbers, (None, None, None, 2)), "it names no window any more"
    with ledger.connection() as connection:
        connection.execute("SELECT tongguan.forget_journeys(%s::uuid[])", ([cancelled.journey.id],))
        rows = connection.execute("SELECT taken, forgotten FROM tongguan.quota_window").fetchall()
    assert rows == [(1, 0), (1, 0)]


def test_window_of_a_person__stays__while_a_journey_names_it(ledger):
    scheme = scheme_of(OWN)
    kept, given_back = take(ledger, scheme, [1]), take(ledger, scheme, [2])
    with ledger.transaction() as transaction:
        transaction.ledger.cancel(given_back.journey.id, NOW)

    def deleted(today: date) -> int:
        with ledger.connection() as connection:
            return PostgresRetention(connection).delete_windows_before(today)

    over = MONDAY + timedelta(days=7)
    assert deleted(over) == 0
    with ledger.connection() as connection:
        connection.execute("SELECT tongguan.forget_journeys(%s::uuid[])", ([kept.journey.id],))
    assert deleted(over - timedelta(days=1)) == 0, "its week is not over"
    assert deleted(over) == 1
    with ledger.connection() as connection:
        connection.execute(
            "SELECT tongguan.forget_journeys(%s::uuid[])", ([given_back.journey.id],)
        )
    assert deleted(over) == 1


def test_cancel__gives_back_what_the_journey_says__no_more_and_no_less(ledger):
    """The record decides, not the places: a count too low leaves the rest in the counter."""
    scheme = scheme_of(DAY, WEEK)
    taken = take(ledger, scheme, [1, 2, 3])
    with ledger.connection() as connection:
        connection.execute(counted_as("1", "quota = 'week'"))
    with ledger.transaction() as transaction:
        transaction.ledger.cancel(taken.journey.id, NOW)
    with ledger.connection() as connection:
        left = connection.execute(
            "SELECT quota, taken FROM tongguan.quota_window ORDER BY quota"
        ).fetchall()
        assert left == [("day", 0), ("week", 2)]
        connection.execute("UPDATE tongguan.quota_window SET taken = 0")
