"""What must hold of the ledger's rows at every commit, whoever wrote them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import namedtuple_row

from tongguan.adapters.postgres.places_check import PostgresPlacesCheck
from tongguan.adapters.postgres.recount import of_recount, planned_for_whole_tables

_RECOUNTED = of_recount("""
    SELECT quota, starts, dimensions, taken, recounted FROM window_recounted
""")
_DISAGREE = of_recount("""
    SELECT quota, starts, dimensions, taken, recounted
    FROM window_recounted WHERE taken <> recounted
""")
_GIVEN_BACK = """
    SELECT counted.quota, counted.starts, counted.taken, coalesce(sum(held.persons), 0)
    FROM tongguan.quota_window AS counted
    LEFT JOIN (
        tongguan.journey_window AS held JOIN tongguan.journey
        ON journey.id = held.journey AND journey.cancelled_at IS NULL
    ) USING (cell_scheme, cell_week, quota, starts, dimensions)
    GROUP BY counted.cell_scheme, counted.cell_week, counted.quota, counted.starts,
        counted.dimensions
    HAVING counted.taken <> coalesce(sum(held.persons), 0)
"""
_ORPHANS = """
    SELECT journey FROM tongguan.place WHERE journey NOT IN (SELECT id FROM tongguan.journey)
    UNION ALL
    SELECT id FROM tongguan.journey WHERE id NOT IN (SELECT journey FROM tongguan.place)
"""
_COUNTED_NOWHERE = """
    SELECT journey, number FROM tongguan.journey_window AS held JOIN tongguan.journey
    ON journey.id = held.journey AND journey.cancelled_at IS NULL
    WHERE quota IS NULL
"""
_COUNTED_TWICE = """
    SELECT journey, number FROM tongguan.journey_window
    GROUP BY journey, number HAVING count(*) > 1
"""
_DOUBLED = """
    SELECT journey, leg, person FROM tongguan.place
    GROUP BY journey, leg, person HAVING count(*) > 1
"""
_PARTS_DIFFER = of_recount("""
    SELECT quota, starts, dimensions, recounted, in_parts
    FROM window_recounted WHERE recounted <> in_parts
""")
_HONOURED_DIFFERS = """
    SELECT quota, starts, dimensions, taken, capacity, honoured
    FROM tongguan.quota_window WHERE honoured <> greatest(0, taken - capacity)
"""
_LEFT_BEHIND = """
    SELECT journey FROM tongguan.live_journey WHERE journey IS NOT NULL AND journey NOT IN (
        SELECT id FROM tongguan.journey WHERE cancelled_at IS NULL)
"""

_LOOKED_AT = """
    SELECT relname, seq_scan, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
    FROM pg_stat_xact_user_tables WHERE schemaname = 'tongguan'
        AND relname IN ('journey', 'place', 'live_journey', 'quota_window')
"""


def require_exact(connection: Connection) -> None:
    """Counters, places and what would be given back agree; nothing hangs loose or is doubled."""
    with planned_for_whole_tables(connection):
        for query in (
            _DISAGREE,
            _GIVEN_BACK,
            _PARTS_DIFFER,
            _HONOURED_DIFFERS,
            _ORPHANS,
            _DOUBLED,
            _COUNTED_NOWHERE,
            _COUNTED_TWICE,
            _LEFT_BEHIND,
        ):
            assert connection.execute(query).fetchall() == []


def require_agreement(connection: Connection) -> None:
    """``require_exact``, and what `tongguan places verify` finds: nothing."""
    require_exact(connection)
    assert list(PostgresPlacesCheck(connection).differences({}, date.max)) == []


def counted_as(persons: str, where: str) -> str:
    """A statement that lets the windows ``where`` count so many of each journey; 0 for none."""
    return f"""
        UPDATE tongguan.journey SET (windows, window_persons) = (
            SELECT coalesce(array_agg(number), '{{}}'), coalesce(array_agg(count), '{{}}')
            FROM (
                SELECT number, CASE WHEN {where} THEN {persons} ELSE persons END AS count
                FROM unnest(windows, window_persons) AS held (number, persons)
                LEFT JOIN tongguan.quota_window USING (number)) AS counted
            WHERE count > 0)
        WHERE EXISTS (
            SELECT FROM tongguan.quota_window WHERE number = ANY (windows) AND {where})
    """  # noqa: S608 - of constants of tests


def looked_at(connection: Connection) -> dict[str, tuple[int, int]]:
    """Of each table: how often it was scanned as a whole, and the rows read of it.

    By this connection, since the server last took note of that: two answers of one transaction tell
    what was done between them.
    """
    rows = connection.execute(_LOOKED_AT).fetchall()
    return {table: (scans, read) for table, scans, read in rows}


def windows_recounted(connection: Connection) -> Sequence[Any]:
    """Every window with what it says and what it has to say."""
    with (
        planned_for_whole_tables(connection),
        connection.cursor(row_factory=namedtuple_row) as rows,
    ):
        return rows.execute(_RECOUNTED).fetchall()
