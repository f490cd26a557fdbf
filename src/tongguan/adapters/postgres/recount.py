"""Counting every window anew, from the places themselves and trusting no counter."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

_SETTINGS = {
    # Every join here is of rows with equal keys, so hashing is right whatever the statistics say.
    # Without statistics the planner takes tables just filled for nearly empty ones, and would go
    # through all of one for each row of another.
    "enable_nestloop": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
# A place meets the windows that count it by their keys: each kind of window in a cell says which
# of a place's values name its window. Alike places are counted first, so that only windows of one
# person are looked for place by place. From which part of a cap somebody has a place no place says;
# there the journeys' own record counts. `in_parts` is what the parts of a cap hold together: it has
# to be what the cap holds. A place whose journey is gone counts: somebody may come with it.
_WINDOWS_RECOUNTED = """
    WITH placed AS MATERIALIZED (
        SELECT place.cell_scheme, place.cell_week, place.day, place.direction, place.category,
            place.control_point, place.slot, place.sponsor, place.person
        FROM tongguan.place LEFT JOIN tongguan.journey ON journey.id = place.journey
        WHERE journey.cancelled_at IS NULL
    ), alike AS MATERIALIZED (
        SELECT cell_scheme, cell_week, day, direction, category, control_point, slot, sponsor,
            count(*) AS persons
        FROM placed
        GROUP BY cell_scheme, cell_week, day, direction, category, control_point, slot, sponsor
    ), kinds AS MATERIALIZED (
        SELECT DISTINCT cell_scheme, cell_week, quota, days, ARRAY(
            SELECT split_part(pair, '=', 1)
            FROM unnest(dimensions) WITH ORDINALITY AS each (pair, number)
            ORDER BY number) AS names
        FROM tongguan.quota_window WHERE part_of IS NULL
    ), met AS (
        SELECT cell_scheme, cell_week, quota, persons,
            CASE days WHEN 1 THEN day ELSE cell_week END AS starts,
            ARRAY(
                SELECT (name || '=' || CASE name
                    WHEN 'direction' THEN direction WHEN 'category' THEN category
                    WHEN 'control_point' THEN control_point WHEN 'slot' THEN slot
                    WHEN 'sponsor' THEN sponsor END) COLLATE "C"
                FROM unnest(names) WITH ORDINALITY AS each (name, number)
                ORDER BY number) AS dimensions
        FROM alike JOIN kinds USING (cell_scheme, cell_week)
        WHERE 'person' <> ALL (names)
        UNION ALL
        SELECT cell_scheme, cell_week, quota, 1,
            CASE days WHEN 1 THEN day ELSE cell_week END,
            ARRAY(
                SELECT (name || '=' || CASE name
                    WHEN 'direction' THEN direction WHEN 'category' THEN category
                    WHEN 'control_point' THEN control_point WHEN 'slot' THEN slot
                    WHEN 'sponsor' THEN sponsor WHEN 'person' THEN encode(person, 'hex')
                    END) COLLATE "C"
                FROM unnest(names) WITH ORDINALITY AS each (name, number)
                ORDER BY number)
        FROM placed JOIN kinds USING (cell_scheme, cell_week)
        WHERE 'person' = ANY (names)
    ), counted_anew AS MATERIALIZED (
        SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons)::integer AS persons
        FROM met GROUP BY cell_scheme, cell_week, quota, starts, dimensions
    ), recorded AS MATERIALIZED (
        SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons)::integer AS persons
        FROM tongguan.journey_window AS held
        LEFT JOIN tongguan.journey ON journey.id = held.journey
        WHERE journey.cancelled_at IS NULL
        GROUP BY cell_scheme, cell_week, quota, starts, dimensions
    ), parts AS MATERIALIZED (
        SELECT cell_scheme, cell_week, part_of, sum(coalesce(persons, 0))::integer AS persons
        FROM tongguan.quota_window
        LEFT JOIN recorded USING (cell_scheme, cell_week, quota, starts, dimensions)
        WHERE part_of IS NOT NULL
        GROUP BY cell_scheme, cell_week, part_of
    ), window_recounted AS (
        SELECT counted.*,
            coalesce(CASE WHEN counted.part_of IS NULL THEN counted_anew.persons
                ELSE recorded.persons END, 0) AS recounted,
            parts.persons AS in_parts
        FROM tongguan.quota_window AS counted
        LEFT JOIN counted_anew USING (cell_scheme, cell_week, quota, starts, dimensions)
        LEFT JOIN recorded USING (cell_scheme, cell_week, quota, starts, dimensions)
        LEFT JOIN parts ON parts.cell_scheme = counted.cell_scheme
            AND parts.cell_week = counted.cell_week
            AND parts.part_of = ARRAY[counted.quota, counted.starts::text] || counted.dimensions
    )
"""


def of_recount(statement: str) -> str:
    """The statement, with ``window_recounted`` to read from: every window and what it has to say.

    Its columns are those of ``quota_window`` and ``recounted`` and ``in_parts``. To be executed
    within ``planned_for_whole_tables``.
    """
    return _WINDOWS_RECOUNTED + statement


@contextmanager
def planned_for_whole_tables(connection: Connection[Any]) -> Iterator[None]:
    """Within it statements are planned as suits whole tables, whatever the statistics say."""
    names = list(_SETTINGS)
    before = connection.execute(
        "SELECT current_setting(name) FROM unnest(%s::text[]) AS name", (names,)
    ).fetchall()
    _set(connection, _SETTINGS)
    yield
    # Not after an exception: what was set ends with the transaction, which is lost then.
    _set(connection, dict(zip(names, (value for (value,) in before), strict=True)))


def _set(connection: Connection[Any], settings: dict[str, str]) -> None:
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, true)", (name, value))
