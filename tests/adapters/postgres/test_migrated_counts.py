"""A database with rows of `journey_window` becomes one whose journeys say what counts them."""

from collections import Counter

import psycopg
import pytest

from tests.adapters.postgres.ledger_checks import require_agreement
from tongguan.adapters.postgres.migrate import bundled_migrations, migrate

BEFORE = 10
"""The last migration under which rows of their own said what counts a journey."""
KEPT, ALONE, OVER, GONE = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(4))
THIS, TUESDAY, NEXT = "2021-12-13", "2021-12-14", "2021-12-20"
OUT, HOME = ["direction=HK-GD"], ["direction=GD-HK"]
WINDOWS = [
    (THIS, "day", THIS, OUT, 1, 3),
    (THIS, "day", TUESDAY, HOME, 1, 1),
    (THIS, "week", THIS, [], 7, 4),
    (NEXT, "day", NEXT, HOME, 1, 2),
    (NEXT, "week", NEXT, [], 7, 2),
]
COUNTED = [
    (THIS, KEPT, "day", THIS, OUT, 2),
    (THIS, KEPT, "week", THIS, [], 2),
    (NEXT, KEPT, "day", NEXT, HOME, 2),
    (NEXT, KEPT, "week", NEXT, [], 2),
    (THIS, ALONE, "day", THIS, OUT, 1),
    (THIS, ALONE, "day", TUESDAY, HOME, 1),
    (THIS, ALONE, "week", THIS, [], 2),
    (THIS, OVER, "day", THIS, OUT, 4),
    (THIS, OVER, "week", THIS, [], 4),
]
OF_NO_WINDOW = [(THIS, ALONE, "lost", THIS, [], 1), (THIS, OVER, "swept", THIS, [], 4)]
"""The window of one was lost; the other's went when it counted nobody any more."""


def insert(connection, table, columns, rows):
    values = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO tongguan.{table} ({columns}) VALUES ({values})",  # noqa: S608
            rows,
        )


@pytest.fixture
def old_url(cluster):
    """A database as it was, in which a party, one alone and one who cancelled had booked."""
    cluster.drop_database("counted_before")
    cluster.ensure_database("counted_before")
    url = cluster.url("counted_before")
    migrate(url, bundled_migrations()[:BEFORE])
    with psycopg.connect(url) as connection:
        insert(
            connection,
            "quota_window",
            "cell_scheme, cell_week, quota, starts, dimensions, days, taken, capacity",
            [("test", *window, 9) for window in WINDOWS],
        )
        insert(
            connection,
            "journey",
            "id, scheme, cell_weeks, cancelled_at, application, phase, version_digest,"
            " request_hash, booked_at",
            [
                (id_, "test", weeks, over, id_, "pilot", "text", b"", "2021-12-01T00:00Z")
                for id_, weeks, over in (
                    (KEPT, [THIS, NEXT], None),
                    (ALONE, [THIS], None),
                    (OVER, [THIS], "2021-12-02T00:00Z"),
                    (GONE, [THIS], "2021-12-02T00:00Z"),
                )
            ],
        )
        insert(
            connection,
            "place",
            "cell_scheme, cell_week, journey, leg, person_number, person, direction, category,"
            " control_point, slot, day",
            [
                (
                    *("test", week, id_, leg, number, f"{id_}{number}".encode()),
                    *("HK-GD" if leg == "out" else "GD-HK", "family", "SZB", "day", day),
                )
                for id_, persons, ways in (
                    (KEPT, 2, ((THIS, THIS, "out"), (NEXT, NEXT, "home"))),
                    (ALONE, 1, ((THIS, THIS, "out"), (THIS, TUESDAY, "home"))),
                    (OVER, 4, ((THIS, THIS, "out"),)),
                    (GONE, 1, ((THIS, THIS, "out"),)),
                )
                for week, day, leg in ways
                for number in range(persons)
            ],
        )
        insert(
            connection,
            "journey_window",
            "cell_scheme, cell_week, journey, quota, starts, dimensions, persons",
            [("test", *row) for row in (*COUNTED, *OF_NO_WINDOW)],
        )
    yield url
    cluster.drop_database("counted_before")


def test_rows__become_numbers_in_journeys__with_the_same_sums(old_url):
    migrate(old_url, bundled_migrations())
    with psycopg.connect(old_url) as connection:
        rows = connection.execute(
            "SELECT cell_week::text, journey::text, quota, starts::text, dimensions, persons"
            " FROM tongguan.journey_window"
        ).fetchall()
        sums = connection.execute(
            "SELECT cell_week::text, quota, starts::text, dimensions, days, sum(held.persons)"
            " FROM tongguan.journey CROSS JOIN unnest(windows, window_persons) AS held"
            " (number, persons) JOIN tongguan.quota_window USING (number)"
            " WHERE cancelled_at IS NULL GROUP BY 1, 2, 3, 4, 5"
        ).fetchall()
        empty = connection.execute(
            "SELECT windows, window_persons FROM tongguan.journey WHERE id = %s", (GONE,)
        ).fetchone()
    assert Counter(map(str, rows)) == Counter(map(str, COUNTED))
    assert Counter(map(str, sums)) == Counter(map(str, WINDOWS))
    assert empty == ([], [])


def test_journeys_from_before__agree_with_their_places__and_are_given_back(old_url):
    migrate(old_url, bundled_migrations())
    with psycopg.connect(old_url) as connection:
        (marked,) = connection.execute(
            "WITH live AS (INSERT INTO tongguan.live_journey"
            " SELECT person, cell_scheme, 1, journey, '2022-01-01T00:00Z' FROM tongguan.place"
            " JOIN tongguan.journey ON id = journey WHERE cancelled_at IS NULL AND leg = 'out'"
            " RETURNING 1) SELECT count(*) FROM live"
        ).fetchone()
        assert marked == 3
        require_agreement(connection)
        connection.execute(
            "SELECT tongguan.release_places(%s, 'home', '{1}', '2021-12-03T00:00Z')", (KEPT,)
        )
        left = connection.execute("SELECT taken FROM tongguan.quota_window ORDER BY number")
        assert sorted(taken for (taken,) in left) == [1, 1, 1, 3, 4]
        require_agreement(connection)
