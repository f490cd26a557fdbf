"""Counts every window anew from the places themselves, in SQL of its own.

Written from what the run's texts lay down, not from the program: six quotas, by name, each with
the crossings that it counts.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg

FAR_BACK = date(2000, 1, 1)
_PLACED = """
    WITH placed AS MATERIALIZED (
        SELECT place.*, 'direction=' || direction AS way, 'control_point=' || control_point AS port,
            'slot=' || slot AS hour, 'person=' || encode(person, 'hex') AS who,
            date_trunc('week', day)::date AS monday
        FROM tongguan.place JOIN tongguan.journey ON journey.id = place.journey
        WHERE journey.cancelled_at IS NULL AND cell_week >= %(week)s
    ), counted AS (
        SELECT 'all-day' AS quota, day AS starts, ARRAY[way] AS dimensions, count(*) AS persons
        FROM placed GROUP BY day, way
        UNION ALL
        SELECT 'port-day', day, ARRAY[port, way], count(*) FROM placed GROUP BY day, port, way
        UNION ALL
        SELECT 'slot', day, ARRAY[port, way, hour], count(*)
        FROM placed GROUP BY day, port, way, hour
        UNION ALL
        SELECT 'business-week', monday, ARRAY['category=business', way], count(*)
        FROM placed WHERE category = 'business' AND direction = 'HK-GD' GROUP BY monday, way
        UNION ALL
        SELECT 'person-week', monday, ARRAY[way, who], count(*)
        FROM placed WHERE direction = 'HK-GD' GROUP BY monday, way, who
    )
"""
_DIFFERENCES = """
    SELECT quota, starts, dimensions, coalesce(persons, 0) AS persons, kept.taken
    FROM counted
    FULL JOIN (SELECT * FROM tongguan.quota_window
               WHERE part_of IS NULL AND cell_week >= %(week)s) AS kept
        USING (quota, starts, dimensions)
    WHERE coalesce(persons, 0) IS DISTINCT FROM coalesce(kept.taken, 0)
"""
_MOST = "SELECT quota, max(persons) FROM counted GROUP BY quota"
_EXCEEDED = """
    SELECT quota, starts, dimensions, taken, capacity, honoured FROM tongguan.quota_window
    WHERE cell_week >= %(week)s AND (taken > capacity + honoured OR taken < 0)
"""
_RECORDED = """
    SELECT quota, starts, dimensions, coalesce(sum, 0), taken
    FROM tongguan.quota_window
    LEFT JOIN (
        SELECT cell_week, quota, starts, dimensions, sum(persons) AS sum
        FROM tongguan.journey_window AS held
        JOIN tongguan.journey ON journey.id = held.journey AND cancelled_at IS NULL
        WHERE cell_week >= %(week)s
            -- Whoever counts a week while the run goes on need not read all journeys of the run.
            AND journey.id IN (SELECT journey FROM tongguan.place WHERE cell_week >= %(week)s)
        GROUP BY cell_week, quota, starts, dimensions
    ) AS held USING (cell_week, quota, starts, dimensions)
    WHERE cell_week >= %(week)s AND coalesce(sum, 0) <> taken
"""
_PARTS = """
    SELECT cap.quota, cap.starts, cap.dimensions, sum(part.taken), cap.taken
    FROM tongguan.quota_window AS cap
    JOIN tongguan.quota_window AS part ON part.cell_week = cap.cell_week
        AND part.part_of = ARRAY[cap.quota, cap.starts::text] || cap.dimensions
    WHERE cap.part_of IS NULL AND cap.cell_week >= %(week)s
    GROUP BY cap.quota, cap.starts, cap.dimensions, cap.taken
    HAVING sum(part.taken) <> cap.taken
"""
_QUESTIONS = {
    "a window that does not hold what it says": "".join((_PLACED, _DIFFERENCES)),
    "a window beyond its limit": _EXCEEDED,
    "a window that differs from what its journeys took": _RECORDED,
    "a cap that its parts do not make up": _PARTS,
}


def differences(
    connection: psycopg.Connection[Any], from_week: date = FAR_BACK
) -> Iterator[tuple[str, str]]:
    """Every window that is not as the places say, of one moment: the caller's transaction."""
    for kind, question in _QUESTIONS.items():
        for row in connection.execute(question.encode(), {"week": from_week}):
            yield kind, " ".join(str(each) for each in row)


def most_counted(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The most persons that any window of a quota holds, by the places."""
    rows = connection.execute((_PLACED + _MOST).encode(), {"week": FAR_BACK}).fetchall()
    return {str(quota): int(persons) for quota, persons in rows}
