"""The statements of the check of places: one for each pair of records, every row a difference."""

from tongguan.adapters.postgres.recount import of_journeys_recount, of_recount
from tongguan.app.places_check_port import DifferenceKind

EXTENT = """
    SELECT (SELECT count(*) FROM tongguan.quota_window), (SELECT count(*) FROM tongguan.journey),
        (SELECT count(*) FROM tongguan.place)
"""
# Journeys whose places are lost, or lie where nothing finds or counts them. What they were counted
# in before is right or wrong for a reason that no counting tells: nothing of theirs is repaired.
_DOUBTFUL = """
    doubtful AS MATERIALIZED (
        SELECT place.journey, CASE
                WHEN journey.id IS NULL THEN 'place_without_journey'
                WHEN journey.scheme <> place.cell_scheme THEN 'place_of_other_scheme'
                ELSE 'place_without_cell' END AS kind,
            place.cell_scheme, min(place.cell_week) AS cell_week, count(*)::integer AS places
        FROM tongguan.place LEFT JOIN tongguan.journey ON journey.id = place.journey
        WHERE journey.id IS NULL OR journey.scheme <> place.cell_scheme
            OR %(week_starts)s::jsonb <> '{}' AND NOT coalesce(
                %(week_starts)s::jsonb -> place.cell_scheme
                    @> to_jsonb(extract(isodow FROM place.cell_week)::integer), false)
        GROUP BY place.journey, kind, place.cell_scheme
    ), unsure AS MATERIALIZED (
        SELECT journey FROM doubtful
        UNION
        SELECT id FROM tongguan.journey
        WHERE cancelled_at IS NULL
            AND NOT EXISTS (SELECT FROM tongguan.place WHERE place.journey = journey.id)
    )"""
_PLACES = f"""
    WITH {_DOUBTFUL}
    SELECT kind, false AS is_repairable, cell_scheme, cell_week, NULL AS quota, NULL AS starts,
        NULL::text[] AS dimensions, NULL::integer AS days, journey, NULL::bytea AS person,
        NULL::integer AS number, places AS says, 0 AS should,
        jsonb_build_object('week', cell_week) AS facts
    FROM doubtful ORDER BY kind, cell_scheme, cell_week, journey
"""  # noqa: S608 - constant
_CELL_WEEKS = f"""
    WITH {_DOUBTFUL}, lie_in AS (
        SELECT id, array_agg(DISTINCT place.cell_week ORDER BY place.cell_week)
                FILTER (WHERE place.journey IS NOT NULL) AS weeks
        FROM tongguan.journey LEFT JOIN tongguan.place
            ON place.journey = journey.id AND place.cell_scheme = journey.scheme
        GROUP BY id
    )
    SELECT CASE WHEN weeks IS NULL THEN 'journey_without_places' ELSE 'cell_weeks' END AS kind,
        weeks IS NOT NULL AS is_repairable, scheme AS cell_scheme, NULL::date AS cell_week,
        NULL AS quota, NULL AS starts, NULL::text[] AS dimensions, NULL::integer AS days,
        id AS journey, NULL::bytea AS person, NULL::integer AS number, NULL::integer AS says,
        NULL::integer AS should,
        jsonb_build_object('says', array_to_string(cell_weeks, ', '),
            'should', coalesce(array_to_string(weeks, ', '), '')) AS facts
    FROM lie_in JOIN tongguan.journey USING (id)
    WHERE weeks IS DISTINCT FROM cell_weeks AND (weeks IS NOT NULL OR cancelled_at IS NULL)
        AND (weeks IS NULL OR NOT EXISTS (SELECT FROM unsure WHERE unsure.journey = id))
    ORDER BY scheme, id
"""  # noqa: S608 - constant
_COUNTERS = of_recount(f""", {_DOUBTFUL}, doubted AS MATERIALIZED (
        SELECT DISTINCT cell_scheme, cell_week, quota, starts, dimensions
        FROM tongguan.journey_window JOIN unsure USING (journey)
        UNION
        SELECT part.cell_scheme, part.cell_week, part.quota, part.starts, part.dimensions
        FROM window_recounted AS cap JOIN tongguan.quota_window AS part
            ON part.cell_scheme = cap.cell_scheme AND part.cell_week = cap.cell_week
            AND part.part_of = ARRAY[cap.quota, cap.starts::text] || cap.dimensions
        WHERE cap.recounted <> cap.in_parts
    ), counter AS (
        SELECT counted.*, recounted + forgotten AS should,
            recounted + forgotten > capacity + honoured AS is_exceeded,
            doubted.quota IS NOT NULL AS is_doubted
        FROM window_recounted AS counted
        LEFT JOIN doubted USING (cell_scheme, cell_week, quota, starts, dimensions)
    )
    SELECT CASE WHEN is_exceeded THEN 'window_exceeded'
            WHEN taken > should THEN 'counter_too_high' ELSE 'counter_too_low' END AS kind,
        NOT is_exceeded AND NOT is_doubted AS is_repairable, cell_scheme, cell_week, quota, starts,
        dimensions, days::integer, NULL::uuid AS journey, NULL::bytea AS person,
        NULL::integer AS number,
        CASE WHEN is_exceeded THEN should ELSE taken END AS says,
        CASE WHEN is_exceeded THEN capacity + honoured ELSE should END AS should,
        jsonb_build_object('places', recounted, 'forgotten', forgotten, 'limit', capacity,
            'honoured', honoured, 'taken', taken) AS facts
    FROM counter WHERE is_exceeded OR taken <> should
    UNION ALL
    SELECT 'honoured', NOT is_doubted, cell_scheme, cell_week, quota, starts, dimensions,
        days::integer, NULL, NULL, NULL, honoured, greatest(0, taken - capacity),
        jsonb_build_object('taken', taken, 'limit', capacity)
    FROM counter WHERE honoured <> greatest(0, taken - capacity)
    ORDER BY cell_scheme, cell_week, quota, starts, dimensions, kind
""")  # noqa: S608 - constant
_COUNTS = of_journeys_recount(f""", {_DOUBTFUL}, held AS MATERIALIZED (
        SELECT scheme AS cell_scheme, counted.cell_week, quota, starts, dimensions, days, part_of,
            journey, persons, number
        FROM (
            SELECT journey, scheme, number, sum(persons)::integer AS persons
            FROM (SELECT id AS journey, scheme, unnest(windows) AS number,
                      unnest(window_persons) AS persons
                  FROM tongguan.journey WHERE cancelled_at IS NULL) AS each
            GROUP BY journey, scheme, number) AS recorded
        LEFT JOIN tongguan.quota_window AS counted USING (number)
    ), has_to_count AS MATERIALIZED (
        SELECT recounted.*, counted.days
        FROM journey_recounted AS recounted JOIN tongguan.quota_window AS counted
            USING (cell_scheme, cell_week, quota, starts, dimensions)
        WHERE counted.part_of IS NULL
    ), in_parts AS MATERIALIZED (
        SELECT journey, cell_scheme, cell_week, part_of, sum(persons)::integer AS persons
        FROM held WHERE part_of IS NOT NULL
        GROUP BY journey, cell_scheme, cell_week, part_of
    ), caps AS MATERIALIZED (
        SELECT DISTINCT cell_scheme, cell_week, part_of
        FROM tongguan.quota_window WHERE part_of IS NOT NULL
    ), capped AS (
        SELECT has_to_count.journey, has_to_count.cell_scheme, has_to_count.cell_week, part_of,
            persons
        FROM has_to_count JOIN caps ON caps.cell_scheme = has_to_count.cell_scheme
            AND caps.cell_week = has_to_count.cell_week
            AND caps.part_of = ARRAY[quota, starts::text] || dimensions
    ), differing AS (
        SELECT CASE WHEN held.persons IS NULL THEN 'count_missing'
                WHEN has_to_count.persons IS NULL THEN 'count_stray'
                ELSE 'count_differs' END AS kind,
            true AS is_repairable, cell_scheme, cell_week, quota, starts, dimensions,
            coalesce(held.days, has_to_count.days)::integer AS days, journey,
            coalesce(held.persons, 0) AS says, coalesce(has_to_count.persons, 0) AS should,
            NULL::jsonb AS facts
        FROM (SELECT * FROM held WHERE days IS NOT NULL AND part_of IS NULL) AS held
        FULL JOIN has_to_count
            USING (journey, cell_scheme, cell_week, quota, starts, dimensions)
        WHERE held.persons IS DISTINCT FROM has_to_count.persons
        UNION ALL
        -- The window itself may be what was lost, and nothing says any more which it was.
        SELECT 'count_without_window', false, cell_scheme, NULL, NULL, NULL, NULL, NULL, journey,
            persons, 0, jsonb_build_object('window', number)
        FROM held WHERE days IS NULL
        UNION ALL
        SELECT 'parts', false, cell_scheme, cell_week, part_of[1], part_of[2]::date, part_of[3:],
            NULL, journey, coalesce(in_parts.persons, 0), coalesce(capped.persons, 0), NULL
        FROM in_parts FULL JOIN capped USING (journey, cell_scheme, cell_week, part_of)
        WHERE in_parts.persons IS DISTINCT FROM capped.persons
    )
    SELECT kind, is_repairable AND unsure.journey IS NULL AS is_repairable, cell_scheme,
        cell_week, quota, starts, dimensions, days, journey, NULL::bytea AS person,
        NULL::integer AS number, says, should, facts
    FROM differing LEFT JOIN unsure USING (journey)
    ORDER BY cell_scheme, cell_week, quota, starts, dimensions, journey, kind
""")  # noqa: S608 - constant
_LIVE = f"""
    WITH {_DOUBTFUL}, members AS MATERIALIZED (
        SELECT place.journey, place.cell_scheme AS scheme, place.person, max(day) AS last_day
        FROM tongguan.place JOIN tongguan.journey ON journey.id = place.journey
        WHERE cancelled_at IS NULL
        GROUP BY place.journey, place.cell_scheme, place.person
    ), standing AS MATERIALIZED (
        SELECT * FROM tongguan.live_journey WHERE journey IS NOT NULL
    ), differing AS (
        SELECT 'live_left' AS kind, standing.scheme, standing.journey, standing.person,
            standing.number::integer AS number
        FROM standing LEFT JOIN members USING (journey, scheme, person)
        WHERE members.journey IS NULL
        UNION ALL
        SELECT 'live_missing', members.scheme, members.journey, members.person, NULL
        FROM members LEFT JOIN standing USING (journey, scheme, person)
        WHERE standing.journey IS NULL AND last_day > %(after)s
    )
    SELECT kind, unsure.journey IS NULL AS is_repairable,
        scheme AS cell_scheme, NULL::date AS cell_week, NULL AS quota, NULL AS starts,
        NULL::text[] AS dimensions, NULL::integer AS days, journey, person, number,
        NULL::integer AS says, NULL::integer AS should, NULL::jsonb AS facts
    FROM differing LEFT JOIN unsure USING (journey) ORDER BY scheme, journey, kind, person
"""  # noqa: S608 - constant

DIFFERENCES = (_PLACES, _CELL_WEEKS, _COUNTERS, _COUNTS, _LIVE)
"""With the parameters ``week_starts`` and ``after``."""

_KEY = """
    cell_scheme = %(scheme)s AND cell_week = %(cell_week)s AND quota = %(quota)s
    AND starts = %(starts)s AND dimensions = %(dimensions)s"""
_COUNTER = f"""
    UPDATE tongguan.quota_window
    SET taken = %(should)s, honoured = greatest(0, %(should)s - capacity)
    WHERE {_KEY} AND taken = %(says)s
"""  # noqa: S608 - constant
_COUNT = f"""
    UPDATE tongguan.journey SET (windows, window_persons) = (
        SELECT counted.windows, counted.window_persons
        FROM tongguan.ledger_counted(
            journey.windows, journey.window_persons, number, %(should)s) AS counted)
    FROM (SELECT number FROM tongguan.quota_window WHERE {_KEY}) AS named
    WHERE id = %(journey)s
        AND %(says)s = (
            SELECT coalesce(sum(persons), 0)
            FROM unnest(windows, window_persons) AS held (counted_in, persons)
            WHERE counted_in = number)
"""  # noqa: S608 - constant

REPAIRS = {
    DifferenceKind.CELL_WEEKS: """
        UPDATE tongguan.journey SET cell_weeks = ARRAY(
            SELECT DISTINCT cell_week FROM tongguan.place
            WHERE cell_scheme = scheme AND place.journey = journey.id ORDER BY 1)
        WHERE id = %(journey)s
    """,
    DifferenceKind.COUNTER_TOO_HIGH: _COUNTER,
    DifferenceKind.COUNTER_TOO_LOW: _COUNTER,
    DifferenceKind.COUNT_DIFFERS: _COUNT,
    DifferenceKind.COUNT_MISSING: _COUNT,
    DifferenceKind.COUNT_STRAY: _COUNT,
    DifferenceKind.HONOURED: f"""
        UPDATE tongguan.quota_window SET honoured = greatest(0, taken - capacity) WHERE {_KEY}
    """,  # noqa: S608 - constant
    DifferenceKind.LIVE_LEFT: """
        UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL
        WHERE person = %(person)s AND scheme = %(scheme)s AND number = %(number)s
            AND journey = %(journey)s
    """,
    # In a row of a number that is free, which a booking takes over in the same way.
    DifferenceKind.LIVE_MISSING: """
        INSERT INTO tongguan.live_journey (person, scheme, number, journey, live_until)
        SELECT %(person)s, %(scheme)s, min(number), %(journey)s, %(live_until)s
        FROM generate_series(1, 1 + (
            SELECT count(*) FROM tongguan.live_journey
            WHERE person = %(person)s AND scheme = %(scheme)s)) AS number
        WHERE NOT EXISTS (
            SELECT FROM tongguan.live_journey AS held
            WHERE held.person = %(person)s AND held.scheme = %(scheme)s
                AND held.number = number.number AND held.journey IS NOT NULL)
        ON CONFLICT (person, scheme, number)
            DO UPDATE SET journey = excluded.journey, live_until = excluded.live_until
    """,
}
