"""Every record of places against every other: each planted error is found, and told from others."""

# ruff: noqa: S608 - statements of constants

from collections.abc import Sequence
from datetime import timedelta

import psycopg
import pytest

from tests.adapters.postgres.ledger_checks import counted_as, require_exact
from tests.builders.places import (
    DAY_EACH,
    MONDAY,
    NOW,
    new_journey,
    person,
    place_request,
    scheme_of,
)
from tests.builders.quotas import reserve
from tests.builders.schemes import OUT, quota
from tongguan.app.ledger_port import PlacesTaken
from tongguan.app.places_check_port import Difference
from tongguan.app.places_check_port import DifferenceKind as Kind
from tongguan.core.identifiers import SchemeId
from tongguan.core.scheme.model import EACH, Leg, QuotaPer

TUESDAY = MONDAY + timedelta(days=1)
ONCE = quota("once", per=QuotaPer.WEEK, limit=2, person=EACH)
CAP = quota("cap", per=QuotaPer.DAY, limit=3, direction=OUT)
KEPT = reserve("kept", 1, direction=OUT, category="business")
SCHEME = scheme_of(DAY_EACH, ONCE, CAP, KEPT)
WEEK_STARTS = {SchemeId(SCHEME.scheme): (1,)}


@pytest.fixture
def places(ledger):
    """Three journeys: a party of two out and home, one in the reserve, one that was cancelled."""
    asked = {
        "party": place_request(SCHEME, [1, 2], home=TUESDAY),
        "single": place_request(SCHEME, [3], category="business"),
        "cancelled": place_request(SCHEME, [4], out=TUESDAY),
    }
    for request in asked.values():
        with ledger.transaction() as transaction:
            assert isinstance(transaction.ledger.take(request, NOW), PlacesTaken)
    with ledger.transaction() as transaction:
        transaction.ledger.cancel(asked["cancelled"].journey, NOW)
    return {name: request.journey for name, request in asked.items()}


def found(ledger, after=MONDAY) -> Sequence[Difference]:
    with ledger.transaction() as transaction:
        transaction.places_check.look_at_one_moment()
        transaction.places_check.take_time()
        return list(transaction.places_check.differences(WEEK_STARTS, after))


def repaired(ledger) -> Sequence[Difference]:
    """What is left after everything that can be put right was."""
    with ledger.transaction() as transaction:
        for each in transaction.places_check.differences(WEEK_STARTS, MONDAY):
            if each.is_repairable:
                transaction.places_check.repair(each, NOW + timedelta(days=2))
    return found(ledger)


def plant(ledger, statement, **row):
    with ledger.connection() as connection:
        changed = connection.execute(statement, row).rowcount
    assert changed > 0, "nothing was planted"


def told(differences):
    return [
        (each.kind, each.window[2] if each.window else None, each.says, each.should)
        for each in differences
    ]


def test_check__of_real_work__finds_nothing(ledger, places):
    assert found(ledger) == []
    with ledger.transaction() as transaction:
        transaction.ledger.release(places["party"], Leg.HOME, [1], NOW)
    held = place_request(SCHEME, [5], out=TUESDAY, held_until=NOW + timedelta(minutes=5))
    again = place_request(SCHEME, [3], out=TUESDAY)
    with ledger.transaction() as transaction:
        assert isinstance(transaction.ledger.take(held, NOW), PlacesTaken)
    with ledger.transaction() as transaction:
        assert isinstance(transaction.ledger.rebook(places["single"], again, NOW), PlacesTaken)
    assert found(ledger) == []
    with ledger.transaction() as transaction:
        assert len(transaction.ledger.expire(NOW + timedelta(hours=1))) == 1
    assert found(ledger) == []
    with ledger.connection() as connection:
        connection.execute("SELECT tongguan.forget_journeys(%s::uuid[])", ([places["party"]],))
    assert found(ledger) == []
    with ledger.transaction() as transaction:
        extent = transaction.places_check.extent()
    assert (extent.journeys, extent.places) == (4, 4)


DAY_OUT = "quota = 'day' AND starts = '2021-12-13' AND part_of IS NULL"
DAY_HOME = "quota = 'day' AND starts = '2021-12-14' AND dimensions = '{direction=GD-HK}'"
SECONDS = "dimensions = '{person=00000000000000000000000000000002}'"


def window(change: str, where: str) -> str:
    return f"UPDATE tongguan.quota_window SET {change} WHERE {where}"


COUNTED_WRONGLY = {
    window("taken = taken + 1", DAY_OUT): (Kind.COUNTER_TOO_HIGH, "day", 4, 3),
    window("taken = taken - 2", DAY_OUT): (Kind.COUNTER_TOO_LOW, "day", 1, 3),
    window("taken = 0", SECONDS): (Kind.COUNTER_TOO_LOW, "once", 0, 2),
    window("taken = 2, honoured = 1", "quota = 'kept' AND starts = '2021-12-13'"): (
        Kind.COUNTER_TOO_HIGH,
        "kept",
        2,
        1,
    ),
    window("honoured = 2", DAY_OUT): (Kind.HONOURED, "day", 2, 0),
    counted_as("0", DAY_HOME): (Kind.COUNT_MISSING, "day", 0, 2),
    counted_as("1", DAY_HOME): (Kind.COUNT_DIFFERS, "day", 1, 2),
    "UPDATE tongguan.journey SET windows = windows || number, window_persons = window_persons || 1"
    f" FROM tongguan.quota_window WHERE id = %(single)s AND {DAY_HOME}": (
        Kind.COUNT_STRAY,
        "day",
        1,
        0,
    ),
    "UPDATE tongguan.journey SET windows = windows || number, window_persons = window_persons || 2"
    f" FROM tongguan.quota_window WHERE id = %(party)s AND {DAY_HOME}": (
        Kind.COUNT_DIFFERS,
        "day",
        4,
        2,
    ),
}
RECORDED_WRONGLY = {
    "UPDATE tongguan.journey SET cell_weeks = '{2021-12-06}' WHERE id = %(party)s": Kind.CELL_WEEKS,
    "UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL"
    " WHERE journey = %(party)s AND person = %(second)s": Kind.LIVE_MISSING,
    "DELETE FROM tongguan.live_journey WHERE journey = %(party)s AND person = %(second)s": (
        Kind.LIVE_MISSING
    ),
    "UPDATE tongguan.live_journey SET journey = %(cancelled)s, live_until = now()"
    " WHERE person = %(fourth)s": Kind.LIVE_LEFT,
    "INSERT INTO tongguan.live_journey VALUES (%(fourth)s, 'test-pilot', 2, %(nobody)s, now())": (
        Kind.LIVE_LEFT
    ),
}
PEOPLE = {"second": person(2), "fourth": person(4), "nobody": new_journey()}


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        *COUNTED_WRONGLY.items(),
        *((each, (kind, None, None, None)) for each, kind in RECORDED_WRONGLY.items()),
    ],
)
def test_error_of_one_kind__is_found__and_put_right(ledger, places, statement, error):
    plant(ledger, statement, **places, **PEOPLE)
    differences = found(ledger)
    assert told(differences) == [error]
    assert differences[0].is_repairable
    assert repaired(ledger) == []
    with ledger.connection() as connection:
        require_exact(connection)


BEYOND_COUNTING = {
    "DELETE FROM tongguan.journey WHERE id = %(party)s": Kind.PLACE_WITHOUT_JOURNEY,
    "DELETE FROM tongguan.place WHERE journey = %(single)s": Kind.JOURNEY_WITHOUT_PLACES,
    "UPDATE tongguan.place SET cell_week = '2021-12-12' WHERE journey = %(single)s": (
        Kind.PLACE_WITHOUT_CELL
    ),
    "UPDATE tongguan.place SET cell_scheme = 'no-scheme' WHERE journey = %(single)s": (
        Kind.PLACE_OF_OTHER_SCHEME
    ),
    "UPDATE tongguan.journey SET windows = array_replace(windows, number, -number)"
    f" FROM tongguan.quota_window WHERE number = ANY (windows) AND {DAY_HOME}": (
        Kind.COUNT_WITHOUT_WINDOW
    ),
    f"DELETE FROM tongguan.quota_window WHERE {DAY_HOME}": Kind.COUNT_WITHOUT_WINDOW,
    counted_as("0", "quota = 'kept'"): Kind.PARTS,
    window(
        "capacity = 2, taken = 2", "quota = 'cap' AND starts = '2021-12-13' AND part_of IS NULL"
    ): Kind.WINDOW_EXCEEDED,
}


@pytest.mark.parametrize(("statement", "kind"), BEYOND_COUNTING.items())
def test_error_that_no_counting_mends__is_found__and_left(ledger, places, statement, kind):
    plant(ledger, statement, **places)
    differences = [each for each in found(ledger) if each.kind is kind]
    assert differences
    assert not any(each.is_repairable for each in differences)
    before = counters(ledger)
    assert kind in {each.kind for each in repaired(ledger)}
    assert counters(ledger) == before, "nothing that is in doubt was given away"
    with ledger.connection() as connection:
        (cancelled,) = connection.execute(
            "SELECT count(*) FROM tongguan.journey WHERE cancelled_at IS NOT NULL"
        ).fetchone()
    assert cancelled == 1, "nobody's place was cancelled"


def test_window_that_is_lost__is_told_by_its_number__as_nobody_knows_its_key(ledger, places):
    with ledger.connection() as connection:
        (number,) = connection.execute(
            f"SELECT number FROM tongguan.quota_window WHERE {DAY_HOME}"
        ).fetchone()
    plant(ledger, f"DELETE FROM tongguan.quota_window WHERE {DAY_HOME}")
    (lost,) = found(ledger)
    assert (lost.kind, lost.journey) == (Kind.COUNT_WITHOUT_WINDOW, places["party"])
    assert (lost.window, lost.says, lost.should) == (None, 2, 0)
    assert lost.facts == {"window": str(number)}
    assert not lost.is_repairable


def counters(ledger):
    with ledger.connection() as connection:
        return connection.execute(
            "SELECT quota, starts, dimensions, taken, honoured FROM tongguan.quota_window"
            " ORDER BY quota, starts, dimensions"
        ).fetchall()


def test_two_persons_too_many__are_said__with_how_many_there_are(ledger, places):
    """Written past the ledger's functions, as a fault of the disk or of a person might."""
    strangers = [place_request(SCHEME, [number]) for number in (8, 9)]
    with ledger.connection() as connection:
        for each in strangers:
            connection.execute(
                "INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase,"
                " version_digest, request_hash, booked_at) VALUES (%s, %s, %s, %s, 'pilot', '',"
                " '', now())",
                (each.journey, each.application, SCHEME.scheme, [MONDAY]),
            )
            connection.execute(
                "INSERT INTO tongguan.place SELECT cell_scheme, cell_week, %s, leg, person_number,"
                " %s, direction, category, control_point, slot, day, sponsor FROM tongguan.place"
                " WHERE journey = %s",
                (each.journey, each.persons[0], places["single"]),
            )
    (exceeded,) = [each for each in found(ledger) if each.kind is Kind.WINDOW_EXCEEDED]
    assert (exceeded.says, exceeded.should) == (5, 3)
    assert exceeded.window[2] == "cap"
    assert not exceeded.is_repairable
    assert Kind.WINDOW_EXCEEDED in {each.kind for each in repaired(ledger)}


def test_check__changes_nothing__and_sees_one_moment(ledger, places):
    with ledger.transaction() as transaction:
        transaction.places_check.look_at_one_moment()
        list(transaction.places_check.differences(WEEK_STARTS, MONDAY))
        with ledger.transaction() as other:
            other.ledger.cancel(places["party"], NOW)
        assert list(transaction.places_check.differences(WEEK_STARTS, MONDAY)) == []
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            transaction.ledger.cancel(places["single"], NOW)


def test_repair__refuses__a_row_that_is_not_as_it_was_shown(ledger, places):
    plant(ledger, "UPDATE tongguan.quota_window SET taken = taken + 1 WHERE quota = 'day'")
    first, *_ = found(ledger)
    plant(ledger, "UPDATE tongguan.quota_window SET taken = taken + 1 WHERE quota = 'day'")
    with pytest.raises(LookupError), ledger.transaction() as transaction:
        transaction.places_check.repair(first, None)


def test_check__of_places_that_no_scheme_was_adopted_for__says_so(ledger, places):
    with ledger.transaction() as transaction:
        kinds = {each.kind for each in transaction.places_check.differences({}, MONDAY)}
        assert kinds == set(), "where nothing was adopted, nothing is known of weeks"
        other = {SchemeId("another"): (1,)}
        differences = list(transaction.places_check.differences(other, MONDAY))
    assert {each.kind for each in differences} == {Kind.PLACE_WITHOUT_CELL}
