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
    # A cursor is read to its end.
    "cursor_tuple_fraction": "1",
}
# A place meets the windows that count it by their keys: each kind of window in a cell says which
# of a place's values name its window. Alike places are looked at once; only the person is filled in
# place by place. A place whose journey is gone counts: somebody may come with it.
_MET = """
    WITH placed AS MATERIALIZED (
        SELECT place.journey, place.cell_scheme, place.cell_week, place.day, place.direction,
            place.category, place.control_point, place.slot, coalesce(place.sponsor, '') AS sponsor,
            place.person
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
    ), met AS MATERIALIZED (
        SELECT alike.*, quota, 'person' = ANY (names) AS is_personal,
            CASE days WHEN 1 THEN day ELSE cell_week END AS starts,
            ARRAY(
                SELECT (name || '=' || CASE name
                    WHEN 'direction' THEN direction WHEN 'category' THEN category
                    WHEN 'control_point' THEN control_point WHEN 'slot' THEN slot
                    WHEN 'sponsor' THEN sponsor WHEN 'person' THEN '' END) COLLATE "C"
                FROM unnest(names) WITH ORDINALITY AS each (name, number)
                ORDER BY number) AS dimensions
        FROM alike JOIN kinds USING (cell_scheme, cell_week)
    )"""
_SAME_PLACE = "(cell_scheme, cell_week, day, direction, category, control_point, slot, sponsor)"
_OWN_DIMENSIONS = """
        array_replace(dimensions, 'person=' COLLATE "C",
            ('person=' || encode(person, 'hex')) COLLATE "C")"""
# From which part of a cap somebody has a place no place says; there what the journeys took counts.
_WINDOWS = f"""{_MET}, counted_anew AS MATERIALIZED (
        SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons)::integer AS persons
        FROM met WHERE NOT is_personal
        GROUP BY cell_scheme, cell_week, quota, starts, dimensions
        UNION ALL
        SELECT cell_scheme, cell_week, quota, starts, {_OWN_DIMENSIONS} AS own, count(*)
        FROM placed JOIN met USING {_SAME_PLACE} WHERE is_personal
        GROUP BY cell_scheme, cell_week, quota, starts, own
    ), recorded AS MATERIALIZED (
        SELECT number, sum(persons)::integer AS persons
        FROM tongguan.journey
        CROSS JOIN LATERAL unnest(windows, window_persons) AS held (number, persons)
        WHERE cancelled_at IS NULL
        GROUP BY number
    ), parts AS MATERIALIZED (
        SELECT cell_scheme, cell_week, part_of, sum(coalesce(persons, 0))::integer AS persons
        FROM tongguan.quota_window
        LEFT JOIN recorded USING (number)
        WHERE part_of IS NOT NULL
        GROUP BY cell_scheme, cell_week, part_of
    ), window_recounted AS (
        SELECT counted.*,
            coalesce(CASE WHEN counted.part_of IS NULL THEN counted_anew.persons
                ELSE recorded.persons END, 0) AS recounted,
            parts.persons AS in_parts
        FROM tongguan.quota_window AS counted
        LEFT JOIN counted_anew USING (cell_scheme, cell_week, quota, starts, dimensions)
        LEFT JOIN recorded USING (number)
        LEFT JOIN parts ON parts.cell_scheme = counted.cell_scheme
            AND parts.cell_week = counted.cell_week
            AND parts.part_of = ARRAY[counted.quota, counted.starts::text] || counted.dimensions
    )
"""  # noqa: S608 - constant
_JOURNEYS = f"""{_MET}, journey_recounted AS MATERIALIZED (
        SELECT journey, cell_scheme, cell_week, quota, starts,
            CASE WHEN is_personal THEN {_OWN_DIMENSIONS} ELSE dimensions END AS dimensions,
            count(*)::integer AS persons
        FROM placed JOIN met USING {_SAME_PLACE}
        GROUP BY 1, 2, 3, 4, 5, 6
    )
"""  # noqa: S608 - constant


def of_recount(statement: str) -> str:
    """The statement, with ``window_recounted`` to read from: every window and what it has to say.

    Its columns are those of ``quota_window`` and ``recounted``, and for a cap with parts
    ``in_parts``, what they hold together: it has to be what the cap holds. To be executed within
    ``planned_for_whole_tables``.
    """
    return _WINDOWS + statement


def of_journeys_recount(statement: str) -> str:
    """The statement, with ``journey_recounted``: how many of a journey each window has to count.

    It also names windows that nobody has opened, where a quota counts others only; and no parts
    of a cap. To be executed within ``planned_for_whole_tables``.
    """
    return _JOURNEYS + statement


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
