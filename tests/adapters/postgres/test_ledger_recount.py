"""Counting anew from the places: as exact with ten thousand personal windows, and soon done."""

import pytest

from tests.adapters.postgres.ledger_checks import require_exact, windows_recounted

_JOURNEYS = """
    INSERT INTO tongguan.journey
        (id, application, scheme, cell_weeks, phase, version_digest, request_hash, booked_at)
    SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, gen_random_uuid(),
        'test-pilot', ARRAY['2021-12-13'::date], 'pilot', 'text', '', now()
    FROM generate_series(1, 10000) AS n
"""
_PLACES = """
    INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
        direction, category, control_point, slot, day)
    SELECT scheme, cell_weeks[1], id, leg, 0, uuid_send(id), leg, 'family', 'SZB', 'day',
        cell_weeks[1] + (row_number() OVER ())::integer % 7
    FROM tongguan.journey, unnest(ARRAY['out', 'home']) AS leg
"""
_MET = """
    CREATE TEMPORARY TABLE met AS
    SELECT cell_scheme, cell_week, journey, 'once' AS quota, cell_week AS starts,
        ARRAY['person=' || encode(person, 'hex')] AS dimensions, count(*) AS persons
    FROM tongguan.place GROUP BY cell_scheme, cell_week, journey, person
    UNION ALL
    SELECT cell_scheme, cell_week, journey, 'day', day, ARRAY['direction=' || leg], 1
    FROM tongguan.place
"""
_WINDOWS = """
    INSERT INTO tongguan.quota_window
        (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, taken)
    SELECT cell_scheme, cell_week, quota, starts, dimensions,
        CASE quota WHEN 'day' THEN 1 ELSE 7 END, 100000, sum(persons)
    FROM met GROUP BY cell_scheme, cell_week, quota, starts, dimensions
"""
_COUNTED = """
    UPDATE tongguan.journey SET windows = held.numbers, window_persons = held.counts
    FROM (
        SELECT journey, array_agg(number) AS numbers, array_agg(persons) AS counts
        FROM met
        JOIN tongguan.quota_window USING (cell_scheme, cell_week, quota, starts, dimensions)
        GROUP BY journey) AS held
    WHERE journey.id = held.journey
"""


@pytest.mark.parametrize("statistics", ["none", "of empty tables", "of full tables"])
def test_recount__of_a_week_of_personal_windows__is_soon_done(database, statistics):
    """Twenty thousand places: comparing each with each window would take minutes."""
    with database.connection() as connection:
        if statistics == "of empty tables":
            connection.execute("ANALYZE")
        for statement in (_JOURNEYS, _PLACES, _MET, _WINDOWS, _COUNTED):
            connection.execute(statement)
        if statistics == "of full tables":
            connection.execute("ANALYZE")
        connection.execute("SET LOCAL statement_timeout = '10s'")
        require_exact(connection)
        connection.execute(
            "UPDATE tongguan.quota_window SET taken = taken + 1"
            " WHERE dimensions = ARRAY['person=00000000000040008000000000000007']"
        )
        differing = [
            (each.taken, each.recounted)
            for each in windows_recounted(connection)
            if each.taken != each.recounted
        ]
        assert differing == [(3, 2)]


def test_planning__is_as_before__when_the_recount_is_done(database):
    with database.connection() as connection:
        connection.execute("SET enable_mergejoin = off")
        windows_recounted(connection)
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('enable_nestloop', 'jit',"
            " 'enable_mergejoin')"
        ).fetchall()
        standard = connection.execute("SELECT boot_val FROM pg_settings WHERE name = 'jit'")
        (jit,) = standard.fetchone()
        assert dict(rows) == {"enable_nestloop": "on", "jit": jit, "enable_mergejoin": "off"}
