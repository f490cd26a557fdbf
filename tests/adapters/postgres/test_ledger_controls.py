"""The negative control: the shipped ledger without what protects it, and checks that are lied to.

Whoever looks for a place too many or a journey doubled has to be seen finding one. So the shipped
migrations are read as text, a protection is taken out, and what is left is made in a database of
the test's own. The shipped code has no switch for any of it.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.adapters.postgres.ledger_checks import counted_as, require_exact
from tests.builders.places import NOW, place_request, scheme_of
from tests.builders.schemes import OUT, quota
from tongguan.adapters.postgres.connections import AskAgain, Database
from tongguan.adapters.postgres.migrate import bundled_migrations
from tongguan.app.ledger_port import PlaceRequest, PlacesTaken
from tongguan.core.scheme.model import QuotaPer

FIVE_A_DAY = scheme_of(quota("day", per=QuotaPer.DAY, limit=5, direction=OUT))
CALLERS = 32

LOCKS = (r"FOR (NO KEY )?UPDATE( OF counted)?(?=[;\s])", "")
CONDITION = (r"AND counted\.taken \+ change\.persons <= counted\.capacity", "")
CHECK = (r",\s*CONSTRAINT quota_window_never_exceeded\s*CHECK \(.*\)\n", "")
KNOWN = (
    r"CASE WHEN known\.id IS NULL THEN 0 WHEN known\.request_hash = hash THEN 2 ELSE 3 END",
    "0",
)
ONE_OF_AN_ID = (r"(?<=CREATE TABLE tongguan\.journey \(\n    id uuid )PRIMARY KEY", "NOT NULL")
KEY_OF_PLACES = (
    r",\s*PRIMARY KEY \(cell_scheme, cell_week, journey, leg, person_number\)(?=,\s*UNIQUE)",
    "",
)
SLOWLY = (r"(?=    INSERT INTO tongguan\.journey \()", "    PERFORM pg_sleep(0.02);\n")
"""Between deciding and writing, so that callers meet there."""


def made_without(database_url: str, *protections: tuple[str, str]) -> Database:
    """The shipped ledger with each of these texts replaced; every one of them is there."""
    text = "\n".join(each.sql for each in bundled_migrations())
    for pattern, instead in protections:
        text, count = re.subn(pattern, instead, text)
        assert count, f"the control no longer finds {pattern}"
    with psycopg.connect(database_url) as connection:
        connection.execute("DROP SCHEMA tongguan CASCADE")
        connection.execute("CREATE SCHEMA tongguan")
        connection.execute(text.encode())
    return Database(database_url, connections_max=16, durability_required=False)


def race(ledger: Database, requests: list[PlaceRequest]) -> list[Exception]:
    """All of them at once; the errors that callers met."""
    errors: list[Exception] = []

    def take(request: PlaceRequest) -> None:
        try:
            with ledger.transaction() as transaction:
                transaction.ledger.take(request, NOW)
        except psycopg.Error as error:
            errors.append(error)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(take, requests))
    return errors


def race_for_five(database_url: str, *protections: tuple[str, str]) -> tuple[int, list[Exception]]:
    """How many of five places are held after the race, and the errors that callers met."""
    with made_without(database_url, SLOWLY, *protections) as ledger:
        errors = race(ledger, [place_request(FIVE_A_DAY, [each]) for each in range(CALLERS)])
        with ledger.connection() as connection:
            return count(connection, "tongguan.place"), errors


def count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608
    assert row is not None
    return int(row[0])


def test_control__oversells__without_locks_condition_and_check(database_url: str) -> None:
    held, errors = race_for_five(database_url, LOCKS, CONDITION, CHECK)
    assert errors == []
    assert held > 5


def test_control__raises__when_only_the_check_is_left(database_url: str) -> None:
    held, errors = race_for_five(database_url, LOCKS, CONDITION)
    assert errors
    assert all(isinstance(error, psycopg.errors.CheckViolation) for error in errors)
    assert held == 5


def test_control__raises__when_only_the_condition_is_left(database_url: str) -> None:
    held, errors = race_for_five(database_url, LOCKS, CHECK)
    assert errors
    assert all("a locked window changed" in str(error) for error in errors)
    assert held == 5


@pytest.mark.parametrize("protections", [(CHECK,), (CHECK, CONDITION)])
def test_control__is_exact__with_the_locks_alone(
    database_url: str, protections: tuple[tuple[str, str], ...]
) -> None:
    held, errors = race_for_five(database_url, *protections)
    assert errors == []
    assert held == 5


def test_control__oversold__is_seen_by_the_checks(database_url: str) -> None:
    with made_without(database_url, SLOWLY, LOCKS, CONDITION, CHECK) as ledger:
        race(ledger, [place_request(FIVE_A_DAY, [each]) for each in range(CALLERS)])
        with ledger.transaction() as transaction:
            (exceeded,) = transaction.ledger.windows_exceeded()
        assert exceeded.taken > 5
        with ledger.connection() as connection, pytest.raises(AssertionError):
            require_exact(connection)


def twice(ledger: Database) -> list[object]:
    """One request, asked again after its acknowledgement was lost."""
    request = place_request(FIVE_A_DAY, [1, 2], live_journeys=2)
    answers: list[object] = []
    for _ in range(2):
        with ledger.transaction() as transaction:
            answers.append(transaction.ledger.take(request, NOW))
    return answers


def test_control__doubles__without_the_known_and_the_keys(database_url: str) -> None:
    with made_without(database_url, KNOWN, ONE_OF_AN_ID, KEY_OF_PLACES) as ledger:
        first, second = twice(ledger)
        assert isinstance(first, PlacesTaken)
        assert isinstance(second, PlacesTaken)
        assert not second.replayed
        with ledger.connection() as connection:
            assert count(connection, "tongguan.journey") == 2
            assert count(connection, "tongguan.place") == 4
            with pytest.raises(AssertionError):
                require_exact(connection)


def test_control__raises__when_only_the_key_of_ids_is_left(database_url: str) -> None:
    with made_without(database_url, KNOWN, KEY_OF_PLACES) as ledger:
        with pytest.raises(AskAgain):
            twice(ledger)
        with ledger.connection() as connection:
            assert count(connection, "tongguan.journey") == 1
            require_exact(connection)


def test_control__raises__when_only_the_key_of_places_is_left(database_url: str) -> None:
    with made_without(database_url, KNOWN, ONE_OF_AN_ID) as ledger:
        with pytest.raises(psycopg.errors.UniqueViolation):
            twice(ledger)
        with ledger.connection() as connection:
            assert count(connection, "tongguan.journey") == 1
            require_exact(connection)


PLANTED = {
    "a counter says one more": "UPDATE tongguan.quota_window SET taken = taken + 1, capacity = 99",
    "a counter says one less": "UPDATE tongguan.quota_window SET taken = taken - 1",
    "a place is gone": "DELETE FROM tongguan.place WHERE person_number = 1",
    "a place is there twice": """
        INSERT INTO tongguan.place SELECT (p).* FROM (
            SELECT jsonb_populate_record(place, '{"person_number": 7}') AS p
            FROM tongguan.place WHERE person_number = 0) AS doubled
    """,
    "a journey is gone": "DELETE FROM tongguan.journey",
    "what would be given back is gone": counted_as("0", "true"),
    "what would be given back is more": counted_as("persons + 1", "true"),
    "what would be given back is there twice": """
        UPDATE tongguan.journey
        SET windows = windows || windows, window_persons = window_persons || window_persons
    """,
    "what would be given back is of no window": """
        UPDATE tongguan.journey SET windows = ARRAY(SELECT -number FROM unnest(windows) AS number)
    """,
    "more is honoured than a cut left": "UPDATE tongguan.quota_window SET honoured = 1",
    "it was cancelled and kept its places": "UPDATE tongguan.journey SET cancelled_at = booked_at",
    "its people may not book again": """
        UPDATE tongguan.live_journey SET journey = gen_random_uuid() WHERE journey IS NOT NULL
    """,
}
"""Errors in rows that no call of the ledger leaves, and that its keys let pass."""


@pytest.mark.parametrize("error", PLANTED)
def test_checks__fail__where_an_error_is_planted(database_url: str, error: str) -> None:
    with made_without(database_url, CHECK, KEY_OF_PLACES) as ledger:
        with ledger.transaction() as transaction:
            transaction.ledger.take(place_request(FIVE_A_DAY, [1, 2]), NOW)
        with ledger.connection() as connection:
            require_exact(connection)
            connection.execute(PLANTED[error].encode())
            with pytest.raises(AssertionError):
                require_exact(connection)
