"""From one text to the next after journeys were deleted: who used a place counts all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.postgres.test_ledger_restate import (
    DAY,
    LATER,
    PLAIN,
    WEEK,
    WITH_RESERVE,
    rows,
    take,
    transition,
)
from tests.builders.places import MONDAY, scheme_of
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def used(ledger):
    """Four places of Monday whose journeys are deleted, and one of Tuesday."""
    for people in ([1, 2], [3, 4]):
        take(ledger, WITH_RESERVE, people, category="business")
    with ledger.connection() as connection:
        connection.execute(
            "SELECT tongguan.forget_journeys(ARRAY(SELECT id FROM tongguan.journey))"
        )
    take(ledger, WITH_RESERVE, [5], out=TUESDAY)


@pytest.mark.usefixtures("used")
def test_restate__counts_beside_the_living__those_whose_journeys_are_deleted(ledger):
    transition(ledger, scheme_of(DAY, replace(WEEK, limit=7)))
    assert rows(ledger)["week", 13] == (5, 7, 0)
    assert rows(ledger)["day", 14] == (1, 6, 0)
    less = scheme_of(DAY, replace(WEEK, limit=7))
    refused = take(ledger, less, [6, 7, 8], out=TUESDAY, now=LATER)
    assert isinstance(refused, PlacesRefused)
    assert isinstance(take(ledger, less, [6, 7], out=TUESDAY, now=LATER), PlacesTaken)


@pytest.mark.usefixtures("used")
def test_restate__window_of_the_deleted_alone__stays_full__and_is_honoured_beyond(ledger):
    less = scheme_of(replace(DAY, limit=3), WEEK)
    for limit, honoured in ((6, 0), (3, 1)):
        transition(ledger, less)
        assert rows(ledger)["day", 13] == (4, limit, honoured)
        assert isinstance(take(ledger, less, [6], now=LATER), PlacesRefused)
        assert rows(ledger)["day", 13] == (4, 3, 1)


@pytest.mark.usefixtures("used")
def test_restate__parts_of_the_deleted__go__and_their_cap_counts_on(ledger):
    transition(ledger, PLAIN)
    assert {name for name, _ in rows(ledger)} == {"day", "week"}
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()


@pytest.mark.usefixtures("used")
def test_forgotten__stay_in_every_counter__beside_the_living(ledger):
    with ledger.connection() as connection:
        for table in ("place", "journey"):
            (left,) = connection.execute(
                f"SELECT count(*) FROM tongguan.{table} WHERE "  # noqa: S608
                + ("id" if table == "journey" else "journey")
                + " NOT IN (SELECT journey FROM tongguan.live_journey WHERE journey IS NOT NULL)"
            ).fetchone()
            assert left == 0, table
        counted = connection.execute(
            "SELECT quota, starts, part_of IS NOT NULL, taken, forgotten FROM tongguan.quota_window"
            " ORDER BY 1, 2, 3"
        ).fetchall()
    assert counted == [
        ("day", MONDAY, False, 4, 4),
        ("day", MONDAY, True, 2, 2),
        ("day", TUESDAY, False, 1, 0),
        ("day", TUESDAY, True, 1, 0),
        ("kept", MONDAY, True, 2, 2),
        ("week", MONDAY, False, 5, 4),
    ]


def test_forget__of_a_cancelled_journey__counts_nobody(ledger):
    request = take(ledger, PLAIN, [1, 2]).journey
    with ledger.transaction() as transaction:
        transaction.ledger.cancel(request.id, LATER)
    with ledger.connection() as connection:
        connection.execute(
            "SELECT tongguan.forget_journeys(ARRAY(SELECT id FROM tongguan.journey))"
        )
        rows = connection.execute("SELECT taken, forgotten FROM tongguan.quota_window").fetchall()
    assert set(rows) == {(0, 0)}
