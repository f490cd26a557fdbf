-- Reserves, limits that change, sponsors, and the step from one text to the next. docs/ledger.md
-- explains it; functions of 0001 that are not here are as they were.

ALTER TABLE tongguan.place ADD COLUMN sponsor text;

ALTER TABLE tongguan.quota_window
    -- For a reserve's window and the open part of a cap, the cap's window in the same cell, as
    -- {quota, start, dimensions...}; NULL for a window that counts everyone its quota counts.
    ADD COLUMN part_of text[] COLLATE "C",
    -- The instant at which the capacity was last reckoned.
    ADD COLUMN reckoned_at timestamptz NOT NULL DEFAULT '-infinity';

-- Finds the parts of a cap, which a recount asks of every window.
CREATE INDEX quota_window_parts ON tongguan.quota_window (cell_scheme, cell_week, part_of)
    WHERE part_of IS NOT NULL;

-- Creates the windows of a request that nobody has touched yet, locks all of them in key order and
-- gives each the limit reckoned at the request's instant, unless a later one has been at it;
-- returns each with what it has left, those without room or of other days only.
DROP FUNCTION tongguan.ledger_lock_windows(jsonb);
CREATE FUNCTION tongguan.ledger_lock_windows(request jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    asked_scheme CONSTANT text := request->>'scheme';
    differing integer;
    wanting jsonb;
BEGIN
    INSERT INTO tongguan.quota_window
        (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, reckoned_at)
    SELECT asked_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, at
    FROM jsonb_to_recordset(request->'windows') AS asked (
        cell_week date, quota text, starts date, dimensions text[], days smallint, capacity integer,
        part_of text[])
    ORDER BY cell_week, quota COLLATE "C", starts, dimensions COLLATE "C"
    ON CONFLICT DO NOTHING;

    WITH locked AS MATERIALIZED (
        SELECT asked.number, asked.persons, asked.capacity AS asked_capacity, asked.days AS asked_days,
            asked.part_of AS asked_part_of, counted.capacity, counted.days, counted.taken,
            counted.part_of, counted.reckoned_at
        FROM jsonb_to_recordset(request->'windows') AS asked (
            number integer, cell_week date, quota text, starts date, dimensions text[],
            days smallint, capacity integer, part_of text[], persons integer)
        JOIN tongguan.quota_window AS counted
            ON counted.cell_scheme = asked_scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions
        ORDER BY counted.cell_scheme, counted.cell_week, counted.quota, counted.starts,
            counted.dimensions
        FOR NO KEY UPDATE OF counted
    ), standing AS (
        SELECT number, persons, days, asked_days, taken,
            CASE WHEN reckoned_at <= at THEN asked_capacity ELSE capacity END AS capacity,
            reckoned_at <= at AND (
                capacity <> asked_capacity OR part_of IS DISTINCT FROM asked_part_of) AS differs
        FROM locked
    )
    SELECT count(*) FILTER (WHERE differs AND days = asked_days),
        jsonb_agg(jsonb_build_object(
            'number', number, 'left', capacity - taken, 'capacity', capacity,
            'other_days', days <> asked_days) ORDER BY number)
            FILTER (WHERE taken + persons > capacity AND persons > 0 OR days <> asked_days)
    INTO differing, wanting FROM standing;

    IF differing > 0 THEN
        UPDATE tongguan.quota_window AS counted
        SET capacity = asked.capacity, part_of = asked.part_of, reckoned_at = at,
            -- What a cut leaves above the limit is honoured; a raise takes of that.
            honoured = greatest(0, counted.taken - asked.capacity)
        FROM jsonb_to_recordset(request->'windows') AS asked (
            cell_week date, quota text, starts date, dimensions text[], days smallint,
            capacity integer, part_of text[])
        WHERE counted.cell_scheme = asked_scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions AND counted.days = asked.days
            AND counted.reckoned_at <= at;
    END IF;
    RETURN wanting;
END
$$;

-- Gives each person of each choice a place in the first of its windows with room, all windows being
-- locked. Returns {windows: those of the request that take somebody, with how many} or, where there
-- is no room, {wanting: the choices that lack it, with what they have left}.
CREATE FUNCTION tongguan.ledger_choose(request jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    room integer[];
    persons integer[];
    wanting jsonb;
    choice jsonb;
    one integer;
    wanted integer;
    found integer;
BEGIN
    SELECT array_agg(counted.capacity - counted.taken ORDER BY asked.number),
        array_agg(asked.persons ORDER BY asked.number)
    INTO room, persons
    FROM jsonb_to_recordset(request->'windows') AS asked (
        number integer, cell_week date, quota text, starts date, dimensions text[], persons integer)
    JOIN tongguan.quota_window AS counted
        ON counted.cell_scheme = request->>'scheme' AND counted.cell_week = asked.cell_week
        AND counted.quota = asked.quota AND counted.starts = asked.starts
        AND counted.dimensions = asked.dimensions;

    FOR choice IN SELECT jsonb_array_elements(request->'choices') LOOP
        wanted := (choice->>'persons')::integer;
        FOR one IN SELECT jsonb_array_elements(choice->'windows')::integer + 1 LOOP
            found := greatest(0, least(wanted, room[one] - persons[one]));
            persons[one] := persons[one] + found;
            wanted := wanted - found;
        END LOOP;
        IF wanted > 0 THEN
            wanting := coalesce(wanting, '[]') || jsonb_build_object(
                'number', choice->'number', 'left', (choice->>'persons')::integer - wanted,
                'cap_left', room[(choice->>'cap')::integer + 1]);
        END IF;
    END LOOP;
    RETURN jsonb_build_object('wanting', wanting, 'windows', (
        SELECT jsonb_agg(jsonb_set(asked, '{persons}', to_jsonb(persons[number])))
        FROM jsonb_array_elements(request->'windows') WITH ORDINALITY AS each (asked, number)
        WHERE persons[number] > 0));
END
$$;

-- Writes what was granted; persons and windows are locked.
CREATE OR REPLACE FUNCTION tongguan.ledger_write(request jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    journey_id CONSTANT uuid := request->>'journey';
    asked_scheme CONSTANT text := request->>'scheme';
    written integer;
BEGIN
    INSERT INTO tongguan.journey_window
        (cell_scheme, cell_week, journey, quota, starts, dimensions, persons)
    SELECT asked_scheme, cell_week, journey_id, quota, starts, dimensions, persons
    FROM jsonb_to_recordset(request->'windows') AS asked (
        cell_week date, quota text, starts date, dimensions text[], persons integer);

    UPDATE tongguan.quota_window AS counted
    SET taken = counted.taken + asked.persons, reckoned_at = greatest(counted.reckoned_at, at)
    FROM jsonb_to_recordset(request->'windows') AS asked (
        cell_week date, quota text, starts date, dimensions text[], persons integer)
    WHERE counted.cell_scheme = asked_scheme AND counted.cell_week = asked.cell_week
        AND counted.quota = asked.quota AND counted.starts = asked.starts
        AND counted.dimensions = asked.dimensions
        AND counted.taken + asked.persons <= counted.capacity;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> jsonb_array_length(request->'windows') THEN
        RAISE EXCEPTION 'a locked window changed: % of % counted', written,
            jsonb_array_length(request->'windows');
    END IF;

    INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
        direction, category, control_point, slot, day, sponsor)
    SELECT asked_scheme, cell_week, journey_id, leg, person_number, decode(person, 'hex'),
        direction, category, control_point, slot, day, sponsor
    FROM jsonb_to_recordset(request->'places') AS asked (
        cell_week date, leg text, person_number smallint, person text, direction text,
        category text, control_point text, slot text, day date, sponsor text);

    -- Everyone has a number free, or would have been refused.
    INSERT INTO tongguan.live_journey AS live (person, scheme, number, journey, live_until)
    SELECT one, asked_scheme, min(free.number), journey_id, (request->>'live_until')::timestamptz
    FROM unnest(tongguan.ledger_persons(request)) AS one,
        generate_series(1, (request->>'live_journeys_per_person_max')::integer) AS free (number)
    WHERE NOT EXISTS (
        SELECT FROM tongguan.live_journey AS held
        WHERE held.person = one AND held.scheme = asked_scheme AND held.number = free.number
            AND held.journey IS NOT NULL AND held.live_until > at)
    GROUP BY one
    ON CONFLICT (person, scheme, number)
        DO UPDATE SET journey = excluded.journey, live_until = excluded.live_until;
END
$$;

-- Takes every place of a request or none, at most once for an id. Locks persons, then windows, then
-- the id. Returns {outcome: taken | replayed | reused | refused, persons, windows, choices}.
CREATE OR REPLACE FUNCTION tongguan.take_places(request jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    journey_id CONSTANT uuid := request->>'journey';
    asked_scheme CONSTANT text := request->>'scheme';
    hash CONSTANT bytea := decode(request->>'request_hash', 'hex');
    persons CONSTANT bytea[] := tongguan.ledger_persons(request);
    outcome text := tongguan.ledger_known(journey_id, hash);
    busy jsonb;
    wanting jsonb;
    chosen jsonb;
BEGIN
    IF outcome IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', outcome);
    END IF;
    PERFORM tongguan.ledger_lock_persons(persons, asked_scheme);
    busy := tongguan.ledger_busy(request, at);
    wanting := tongguan.ledger_lock_windows(request, at);
    IF jsonb_array_length(request->'choices') > 0 THEN
        chosen := tongguan.ledger_choose(request);
        request := jsonb_set(request, '{windows}', chosen->'windows');
        chosen := nullif(chosen->'wanting', 'null');
    END IF;
    -- The same request may have been decided while this one waited for its locks.
    outcome := tongguan.ledger_known(journey_id, hash);
    IF outcome IS NULL AND (busy IS NOT NULL OR wanting IS NOT NULL OR chosen IS NOT NULL) THEN
        outcome := 'refused';
    END IF;
    IF outcome IS NULL THEN
        INSERT INTO tongguan.journey
            (id, application, scheme, cell_weeks, phase, request_hash, booked_at)
        SELECT journey_id, (request->>'application')::uuid, asked_scheme,
            ARRAY(SELECT DISTINCT (place->>'cell_week')::date
                  FROM jsonb_array_elements(request->'places') AS place ORDER BY 1),
            request->>'phase', hash, at
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            PERFORM tongguan.ledger_write(request, at);
            outcome := 'taken';
        ELSE
            outcome := tongguan.ledger_known(journey_id, hash);
        END IF;
    END IF;
    PERFORM tongguan.ledger_release_persons(persons, asked_scheme);
    RETURN jsonb_build_object(
        'outcome', outcome, 'persons', busy, 'windows', wanting, 'choices', chosen);
END
$$;

-- Rewrites what journeys hold and what counts them in the cells of a scheme from a week on, under a
-- new text. The caller holds the text alone, so that nobody takes or cancels meanwhile.
CREATE FUNCTION tongguan.restate_places(request jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    asked_scheme CONSTANT text := request->>'scheme';
    from_week CONSTANT date := request->>'from_week';
    given CONSTANT uuid[] := ARRAY(
        SELECT (one->>'journey')::uuid FROM jsonb_array_elements(request->'journeys') AS one);
    -- Who keeps no place keeps the rows of what was given back, as after a cancellation.
    kept CONSTANT uuid[] := ARRAY(
        SELECT DISTINCT (one->>'journey')::uuid
        FROM jsonb_array_elements(request->'places') AS one);
BEGIN
    IF EXISTS (
        SELECT FROM tongguan.place JOIN tongguan.journey ON journey.id = place.journey
        WHERE place.cell_scheme = asked_scheme AND place.cell_week >= from_week
            AND journey.cancelled_at IS NULL AND journey.id <> ALL (given)
    ) THEN
        RAISE EXCEPTION 'a live journey was not restated';
    END IF;
    PERFORM FROM tongguan.quota_window
    WHERE cell_scheme = asked_scheme AND cell_week >= from_week
    ORDER BY cell_scheme, cell_week, quota, starts, dimensions
    FOR NO KEY UPDATE;
    PERFORM tongguan.restate_forgotten(asked_scheme, from_week);

    DELETE FROM tongguan.journey_window
    WHERE cell_scheme = asked_scheme AND cell_week >= from_week AND journey = ANY (kept);
    DELETE FROM tongguan.place
    WHERE cell_scheme = asked_scheme AND cell_week >= from_week AND journey = ANY (kept);
    INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
        direction, category, control_point, slot, day, sponsor)
    SELECT asked_scheme, cell_week, journey, leg, person_number, decode(person, 'hex'),
        direction, category, control_point, slot, day, sponsor
    FROM jsonb_to_recordset(request->'places') AS asked (
        journey uuid, cell_week date, leg text, person_number smallint, person text,
        direction text, category text, control_point text, slot text, day date, sponsor text);
    INSERT INTO tongguan.journey_window
        (cell_scheme, cell_week, journey, quota, starts, dimensions, persons)
    SELECT asked_scheme, cell_week, journey, quota, starts, dimensions, persons
    FROM jsonb_to_recordset(request->'counted') AS asked (
        journey uuid, cell_week date, quota text, starts date, dimensions text[], persons integer);
    UPDATE tongguan.journey SET cell_weeks = ARRAY(
        SELECT DISTINCT place.cell_week FROM tongguan.place
        WHERE place.cell_scheme = asked_scheme AND place.journey = journey.id
            AND (place.cell_week >= from_week OR place.cell_week = ANY (journey.cell_weeks))
        ORDER BY 1)
    WHERE id = ANY (kept);
    UPDATE tongguan.live_journey AS live SET live_until = asked.live_until
    FROM jsonb_to_recordset(request->'journeys') AS asked (journey uuid, live_until timestamptz)
    WHERE live.journey = asked.journey AND asked.live_until IS NOT NULL;

    UPDATE tongguan.journey SET cancelled_at = at
    WHERE id = ANY (given) AND id <> ALL (kept) AND cancelled_at IS NULL;
    DELETE FROM tongguan.live_journey WHERE journey = ANY (given) AND journey <> ALL (kept);

    PERFORM tongguan.restate_windows(request, at);
END
$$;

-- Persons in each counter whose journeys are deleted: they used their places, and no journey tells
-- of them any more.
CREATE FUNCTION tongguan.ledger_forgotten(asked_scheme text, from_week date)
RETURNS TABLE (cell_week date, quota text, starts date, dimensions text[], persons integer)
LANGUAGE sql STABLE AS $$
    WITH held AS (
        SELECT cell_week, quota, starts, dimensions, sum(persons)::integer AS persons
        FROM tongguan.journey_window JOIN tongguan.journey ON journey.id = journey_window.journey
        WHERE cell_scheme = asked_scheme AND cell_week >= from_week AND cancelled_at IS NULL
        GROUP BY cell_week, quota, starts, dimensions
    )
    SELECT cell_week, quota, starts, dimensions, greatest(0, taken - coalesce(persons, 0))
    FROM tongguan.quota_window LEFT JOIN held USING (cell_week, quota, starts, dimensions)
    WHERE cell_scheme = asked_scheme AND cell_week >= from_week
$$;

-- Leaves them alone in every counter; what is counted anew is counted beside them.
CREATE FUNCTION tongguan.restate_forgotten(asked_scheme text, from_week date) RETURNS void
LANGUAGE sql VOLATILE AS $$
    UPDATE tongguan.quota_window AS counted
    SET taken = forgotten.persons, honoured = greatest(0, forgotten.persons - counted.capacity)
    FROM tongguan.ledger_forgotten(asked_scheme, from_week) AS forgotten
    WHERE counted.cell_scheme = asked_scheme AND counted.cell_week = forgotten.cell_week
        AND counted.quota = forgotten.quota AND counted.starts = forgotten.starts
        AND counted.dimensions = forgotten.dimensions
$$;

-- Counts the windows of the cells anew from what the journeys hold now, at the limits given.
CREATE FUNCTION tongguan.restate_windows(request jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    asked_scheme CONSTANT text := request->>'scheme';
    from_week CONSTANT date := request->>'from_week';
BEGIN
    WITH held AS (
        SELECT cell_week, quota, starts, dimensions, sum(persons) AS persons
        FROM tongguan.journey_window JOIN tongguan.journey ON journey.id = journey_window.journey
        WHERE cell_scheme = asked_scheme AND cell_week >= from_week AND cancelled_at IS NULL
        GROUP BY cell_week, quota, starts, dimensions
    ), stated AS (
        SELECT * FROM jsonb_to_recordset(request->'windows') AS asked (
            cell_week date, quota text, starts date, dimensions text[], days smallint,
            capacity integer, part_of text[])
    )
    INSERT INTO tongguan.quota_window AS counted (cell_scheme, cell_week, quota, starts,
        dimensions, days, capacity, part_of, reckoned_at, taken, honoured)
    SELECT asked_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, at,
        coalesce(persons, 0), greatest(0, coalesce(persons, 0) - capacity)
    FROM stated LEFT JOIN held USING (cell_week, quota, starts, dimensions)
    ON CONFLICT (cell_scheme, cell_week, quota, starts, dimensions) DO UPDATE
    SET days = excluded.days, capacity = excluded.capacity, part_of = excluded.part_of,
        reckoned_at = excluded.reckoned_at, taken = counted.taken + excluded.taken,
        honoured = greatest(0, counted.taken + excluded.taken - excluded.capacity);

    -- What counts nobody any more is begun anew by the first who touches it: the text that holds
    -- may have no such window, or one of another kind. A part that nobody alive has a place in
    -- goes too: its cap goes on counting everyone.
    DELETE FROM tongguan.quota_window AS counted
    WHERE cell_scheme = asked_scheme AND cell_week >= from_week
        AND (taken = 0 OR part_of IS NOT NULL) AND NOT EXISTS (
        SELECT FROM jsonb_to_recordset(request->'windows') AS asked (
            cell_week date, quota text, starts date, dimensions text[])
        WHERE counted.cell_week = asked.cell_week AND counted.quota = asked.quota
            AND counted.starts = asked.starts AND counted.dimensions = asked.dimensions);
END
$$;

-- What `taken` has to be, counted anew for every window: from the places themselves for one that
-- counts everyone its quota counts; from what the journeys took for a part of a cap, since a place
-- does not say from which part it was taken. For a cap with parts, `in_parts` is what its parts
-- hold together: it has to be what the cap holds. Places meet the windows of their own person only,
-- and those of nobody in particular, which are few: a week is gone through once.
DROP VIEW tongguan.quota_window_recounted;
CREATE VIEW tongguan.quota_window_recounted AS
WITH placed AS MATERIALIZED (
    SELECT cell_scheme, cell_week, day, 'person=' || encode(person, 'hex') AS person,
        ARRAY['direction=' || direction, 'category=' || category,
              'control_point=' || control_point, 'slot=' || slot, 'sponsor=' || sponsor,
              'person=' || encode(person, 'hex')] AS dimensions
    FROM tongguan.place
    JOIN tongguan.journey ON journey.id = place.journey AND journey.cancelled_at IS NULL
), alike AS MATERIALIZED (
    SELECT cell_scheme, cell_week, day, dimensions[:5] AS dimensions, count(*) AS persons
    FROM placed GROUP BY cell_scheme, cell_week, day, dimensions[:5]
), whole AS MATERIALIZED (
    SELECT *, (SELECT each FROM unnest(dimensions) AS each WHERE each LIKE 'person=%') AS person
    FROM tongguan.quota_window WHERE part_of IS NULL
), counted_anew AS MATERIALIZED (
    SELECT whole.cell_scheme, whole.cell_week, quota, starts, whole.dimensions,
        sum(alike.persons) AS persons
    FROM whole JOIN alike
        ON alike.cell_scheme = whole.cell_scheme AND alike.cell_week = whole.cell_week
        AND alike.day >= starts AND alike.day < starts + days
        AND alike.dimensions @> whole.dimensions
    WHERE whole.person IS NULL
    GROUP BY whole.cell_scheme, whole.cell_week, quota, starts, whole.dimensions
    UNION ALL
    SELECT whole.cell_scheme, whole.cell_week, quota, starts, whole.dimensions, count(*)
    FROM whole JOIN placed
        ON placed.cell_scheme = whole.cell_scheme AND placed.cell_week = whole.cell_week
        AND placed.person = whole.person AND placed.day >= starts AND placed.day < starts + days
        AND placed.dimensions @> whole.dimensions
    GROUP BY whole.cell_scheme, whole.cell_week, quota, starts, whole.dimensions
), recorded AS MATERIALIZED (
    SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons) AS persons
    FROM tongguan.journey_window AS held
    JOIN tongguan.journey ON journey.id = held.journey AND journey.cancelled_at IS NULL
    GROUP BY cell_scheme, cell_week, quota, starts, dimensions
), parts AS MATERIALIZED (
    SELECT cell_scheme, cell_week, part_of, sum(coalesce(persons, 0)) AS persons
    FROM tongguan.quota_window
    LEFT JOIN recorded USING (cell_scheme, cell_week, quota, starts, dimensions)
    WHERE part_of IS NOT NULL
    GROUP BY cell_scheme, cell_week, part_of
)
SELECT counted.*, CASE WHEN counted.part_of IS NULL THEN coalesce(counted_anew.persons, 0)
        ELSE coalesce(recorded.persons, 0) END AS recounted,
    parts.persons AS in_parts
FROM tongguan.quota_window AS counted
LEFT JOIN counted_anew USING (cell_scheme, cell_week, quota, starts, dimensions)
LEFT JOIN recorded USING (cell_scheme, cell_week, quota, starts, dimensions)
LEFT JOIN parts ON parts.cell_scheme = counted.cell_scheme
    AND parts.cell_week = counted.cell_week
    AND parts.part_of = ARRAY[counted.quota, counted.starts::text] || counted.dimensions;
