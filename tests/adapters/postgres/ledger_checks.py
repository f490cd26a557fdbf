"""What must hold of the ledger's rows at every commit, whoever wrote them."""

from psycopg import Connection

_DISAGREE = """
    SELECT quota, starts, dimensions, taken, recounted
    FROM tongguan.quota_window_recounted WHERE taken <> recounted
"""
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
    SELECT journey FROM tongguan.journey_window
    WHERE journey NOT IN (SELECT id FROM tongguan.journey)
    UNION ALL
    SELECT id FROM tongguan.journey WHERE id NOT IN (SELECT journey FROM tongguan.place)
"""
_DOUBLED = """
    SELECT journey, leg, person FROM tongguan.place
    GROUP BY journey, leg, person HAVING count(*) > 1
"""
_PARTS_DIFFER = """
    SELECT quota, starts, dimensions, recounted, in_parts
    FROM tongguan.quota_window_recounted WHERE recounted <> in_parts
"""
_HONOURED_DIFFERS = """
    SELECT quota, starts, dimensions, taken, capacity, honoured
    FROM tongguan.quota_window WHERE honoured <> greatest(0, taken - capacity)
"""
_LOCKS_LEFT = "SELECT person FROM tongguan.live_journey WHERE journey IS NULL"


def require_exact(connection: Connection) -> None:
    """Counters, places and what would be given back agree; nothing hangs loose or is doubled."""
    for query in (
        _DISAGREE,
        _GIVEN_BACK,
        _PARTS_DIFFER,
        _HONOURED_DIFFERS,
        _ORPHANS,
        _DOUBLED,
        _LOCKS_LEFT,
    ):
        assert connection.execute(query).fetchall() == []
