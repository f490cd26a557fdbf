-- What counts a journey stands in the journey itself, as numbers of windows: a booking writes one row
-- where it wrote one for each window. What was granted is recorded by the call that grants it.
-- docs/ledger.md explains it.

ALTER TABLE tongguan.quota_window
    -- Its name within journeys; never used again, whatever is deleted.
    ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY,
    ADD CONSTRAINT quota_window_number UNIQUE (number);
ALTER TABLE tongguan.journey
    -- The windows and parts that count its persons, and how many each: what is given back.
    ADD COLUMN windows bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN window_persons integer[] NOT NULL DEFAULT '{}';
UPDATE tongguan.journey SET windows = held.numbers, window_persons = held.persons
FROM (
    SELECT journey, array_agg(number ORDER BY number) AS numbers,
        array_agg(persons ORDER BY number) AS persons
    FROM tongguan.journey_window
    JOIN tongguan.quota_window USING (cell_scheme, cell_week, quota, starts, dimensions)
    GROUP BY journey
) AS held
WHERE held.journey = journey.id;
ALTER TABLE tongguan.journey ADD CONSTRAINT journey_counted CHECK (
    cardinality(windows) = cardinality(window_persons) AND 0 < ALL (window_persons));
DROP TABLE tongguan.journey_window;

-- How many persons of a journey a window counts. Where the window is gone its key is not known.
CREATE VIEW tongguan.journey_window AS
SELECT scheme AS cell_scheme, counted.cell_week, journey.id AS journey, quota, starts, dimensions,
    persons, number
FROM tongguan.journey
CROSS JOIN LATERAL unnest(windows, window_persons) AS held (number, persons)
LEFT JOIN tongguan.quota_window AS counted USING (number);

-- Nobody is twice in a party by its person's number; whoever asks with somebody twice is refused
-- before. A journey's live rows are found by its places.
ALTER TABLE tongguan.place
    DROP CONSTRAINT place_cell_scheme_cell_week_journey_leg_person_key;
DROP INDEX tongguan.live_journey_journey;

DROP FUNCTION tongguan.ledger_lock_windows(text, jsonb, timestamptz);
DROP FUNCTION tongguan.ledger_write(jsonb, uuid[], uuid[], bytea[], timestamptz[], integer[],
    integer[], integer[], integer[], integer[], bytea[], integer[], integer[], integer[],
    integer[], integer[], integer[], integer[], integer[], integer[], integer[], integer[],
    timestamptz);
DROP FUNCTION tongguan.take_places(jsonb, uuid[], uuid[], bytea[], timestamptz[], timestamptz[],
    integer[], integer[], bytea[], integer[], integer[], integer[], integer[], bytea[], integer[],
    integer[], integer[], integer[], integer[], integer[], integer[], integer[], integer[],
    integer[], integer[], integer[], integer[], integer[], integer[], timestamptz);
DROP FUNCTION tongguan.ledger_release(text, uuid, date, text, date, text[], integer);

-- What counts a journey, with one window counting so many of its persons; none takes it out.
CREATE FUNCTION tongguan.ledger_counted(
    INOUT windows bigint[], INOUT window_persons integer[], of_window bigint, persons integer)
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(number ORDER BY position), '{}'),
        coalesce(array_agg(count ORDER BY position), '{}')
    FROM (
        SELECT number, count, position
        FROM unnest(windows, window_persons) WITH ORDINALITY AS held (number, count, position)
        WHERE number <> of_window
        UNION ALL
        SELECT of_window, persons,
            coalesce(array_position(windows, of_window), cardinality(windows) + 1)
    ) AS counted
    WHERE count > 0
$$;

-- Creates the windows asked for that nobody has touched yet, locks all of them in key order and
-- gives each the limit reckoned at the request's instant, unless a later one has been at it. By
-- number: what each has left, its limit, whether it was opened for other days, and what journeys call
-- it. A window without a limit is only locked.
CREATE FUNCTION tongguan.ledger_lock_windows(
    asked_scheme text, windows jsonb, at timestamptz,
    OUT room integer[], OUT limits integer[], OUT strange boolean[], OUT numbers bigint[])
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    differing integer;
BEGIN
    INSERT INTO tongguan.quota_window
        (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, reckoned_at)
    SELECT asked_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, at
    FROM (
        -- Were the scheme known to it, a planner without statistics would read all its windows.
        SELECT asked_scheme AS scheme, *
        FROM jsonb_to_recordset(windows) AS asked (
            cell_week date, quota text, starts date, dimensions text[], days smallint,
            capacity integer, part_of text[])
        OFFSET 0) AS asked
    WHERE capacity IS NOT NULL AND NOT EXISTS (
        SELECT FROM tongguan.quota_window AS counted
        WHERE counted.cell_scheme = asked.scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions)
    ORDER BY cell_week, quota COLLATE "C", starts, dimensions COLLATE "C"
    ON CONFLICT DO NOTHING;

    WITH locked AS MATERIALIZED (
        SELECT asked.number, asked.capacity AS asked_capacity, asked.days AS asked_days,
            asked.part_of AS asked_part_of, counted.capacity, counted.days, counted.taken,
            counted.part_of, counted.reckoned_at, counted.number AS name
        FROM (
            SELECT asked_scheme AS scheme, *
            FROM jsonb_to_recordset(windows) AS asked (
                number integer, cell_week date, quota text, starts date, dimensions text[],
                days smallint, capacity integer, part_of text[])
            OFFSET 0) AS asked
        JOIN tongguan.quota_window AS counted
            ON counted.cell_scheme = asked.scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions
        ORDER BY counted.cell_scheme, counted.cell_week, counted.quota, counted.starts,
            counted.dimensions
        FOR NO KEY UPDATE OF counted
    ), standing AS (
        SELECT number, name, days <> asked_days AS strange, taken,
            CASE WHEN reckoned_at <= at THEN coalesce(asked_capacity, capacity) ELSE capacity END
                AS capacity,
            asked_capacity IS NOT NULL AND reckoned_at <= at AND (
                capacity <> asked_capacity OR part_of IS DISTINCT FROM asked_part_of) AS differs
        FROM locked
    )
    SELECT count(*) FILTER (WHERE differs AND NOT standing.strange),
        array_agg(capacity - taken ORDER BY number), array_agg(capacity ORDER BY number),
        array_agg(standing.strange ORDER BY number), array_agg(name ORDER BY number)
    INTO differing, room, limits, strange, numbers FROM standing;

    IF differing > 0 THEN
        UPDATE tongguan.quota_window AS counted
        SET capacity = asked.capacity, part_of = asked.part_of, reckoned_at = at,
            -- What a cut leaves above the limit is honoured; a raise takes of that.
            honoured = greatest(0, counted.taken - asked.capacity)
        FROM (
            SELECT asked_scheme AS scheme, *
            FROM jsonb_to_recordset(windows) AS asked (
                cell_week date, quota text, starts date, dimensions text[], days smallint,
                capacity integer, part_of text[])
            OFFSET 0) AS asked
        WHERE counted.cell_scheme = asked.scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions AND counted.days = asked.days
            AND asked.capacity IS NOT NULL AND counted.reckoned_at <= at;
    END IF;
END
$$;

-- Writes the journeys that were granted, each with the windows that count it: those of its kind, and
-- its own.
CREATE FUNCTION tongguan.ledger_write_journeys(
    asked jsonb, journeys uuid[], applications uuid[], hashes bytea[], held_until timestamptz[],
    kinds integer[], parties integer[], outcomes integer[],
    need_kind integer[], need_window integer[], need_times integer[],
    own_request integer[], own_window integer[], own_persons integer[],
    numbers bigint[], at timestamptz
) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    written integer;
BEGIN
    INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase, version_digest,
        request_hash, booked_at, held_until, windows, window_persons)
    SELECT id, application, asked->>'scheme', weeks, asked->>'phase', asked->>'version', hash, at,
        hour, coalesce(alike.windows, '{}') || coalesce(own.windows, '{}'),
        coalesce(alike.persons, '{}') || coalesce(own.persons, '{}')
    FROM unnest(journeys, applications, hashes, held_until, kinds, parties, outcomes)
        WITH ORDINALITY AS granted (id, application, hash, hour, kind, party, outcome, request)
    JOIN (SELECT kind, array_agg(DISTINCT cell_week ORDER BY cell_week) AS weeks
          FROM jsonb_to_recordset(asked->'legs') AS leg (kind integer, cell_week date)
          GROUP BY kind) AS kinds_of USING (kind)
    LEFT JOIN (
        SELECT kind, party, array_agg(numbers[number] ORDER BY entry) AS windows,
            array_agg(times * party ORDER BY entry) AS persons
        FROM (SELECT DISTINCT kind, party FROM unnest(kinds, parties) AS one (kind, party)) AS one
        JOIN unnest(need_kind, need_window, need_times) WITH ORDINALITY
            AS need (kind, number, times, entry) USING (kind)
        GROUP BY kind, party) AS alike USING (kind, party)
    LEFT JOIN (
        SELECT request, array_agg(numbers[number] ORDER BY entry) AS windows,
            array_agg(persons ORDER BY entry) AS persons
        FROM unnest(own_request, own_window, own_persons) WITH ORDINALITY
            AS own (request, number, persons, entry)
        GROUP BY request) AS own USING (request)
    WHERE outcome = 1
    ORDER BY id;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> cardinality(array_positions(outcomes, 1)) THEN
        RAISE EXCEPTION 'of the journeys granted % were written', written;
    END IF;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'an id was taken by another request meanwhile'
        USING ERRCODE = 'serialization_failure';
END
$$;

-- Writes what was granted: journeys with what counts them, their places, and the counters; persons and
-- windows are locked.
CREATE FUNCTION tongguan.ledger_write(
    asked jsonb, journeys uuid[], applications uuid[], hashes bytea[], held_until timestamptz[],
    kinds integer[], parties integer[], outcomes integer[],
    member_request integer[], member_number integer[], members bytea[],
    need_kind integer[], need_window integer[], need_times integer[],
    own_request integer[], own_window integer[], own_persons integer[],
    part_request integer[], part_window integer[], part_persons integer[],
    numbers bigint[], room_before integer[], room integer[], at timestamptz
) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    asked_scheme CONSTANT text := asked->>'scheme';
    written integer;
BEGIN
    PERFORM tongguan.ledger_write_journeys(asked, journeys, applications, hashes, held_until, kinds,
        parties, outcomes, need_kind, need_window, need_times, own_request || part_request,
        own_window || part_window, own_persons || part_persons, numbers, at);

    INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
        direction, category, control_point, slot, day, sponsor)
    SELECT asked_scheme, leg.cell_week, granted.id, leg.leg, member.number, member.person,
        leg.direction, leg.category, leg.control_point, leg.slot, leg.day, leg.sponsor
    FROM unnest(journeys, kinds, outcomes) WITH ORDINALITY AS granted (id, kind, outcome, request)
    JOIN unnest(member_request, member_number, members) AS member (request, number, person)
        USING (request)
    JOIN jsonb_to_recordset(asked->'legs') AS leg (kind integer, cell_week date, leg text,
        direction text, category text, control_point text, slot text, day date, sponsor text)
        USING (kind)
    WHERE outcome = 1;

    UPDATE tongguan.quota_window AS counted
    SET taken = counted.taken + change.persons, reckoned_at = greatest(counted.reckoned_at, at)
    FROM (SELECT number, before - after AS persons
          FROM unnest(numbers, room_before, room) AS each (number, before, after)
          WHERE before > after) AS change
    WHERE counted.number = change.number AND counted.taken + change.persons <= counted.capacity;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> (SELECT count(*) FROM unnest(room_before, room) AS each (before, after)
                   WHERE before > after) THEN
        RAISE EXCEPTION 'a locked window changed: % counted', written;
    END IF;
END
$$;

-- Decides requests in the order in which they are given, each whole or not at all and at most once
-- for an id, and keeps what was granted. Locks windows, then persons, then the ids.
--   asked: {scheme, phase, version, live_journeys_per_person_max, windows: [...], legs: [...]}
--   kinds: what each request asks for, as the legs and needs of that number say
--   alike: the first request of the same id in this call, which may be itself
--   wanted: how many persons all of them would put into each window
--   persons: everyone once, claimed by the first request that asks for them; members: every party's
--   recorded_by, recorded_as: whose act and which, for the record of what is granted; or NULL
-- The other arrays and the answers are those of ledger_decide.
CREATE FUNCTION tongguan.take_places(
    asked jsonb, journeys uuid[], applications uuid[], hashes bytea[], held_until timestamptz[],
    live_until timestamptz[], kinds integer[], alike integer[],
    persons bytea[], claimed_by integer[],
    first_person integer[], member_request integer[], member_number integer[], members bytea[],
    who integer[],
    first_need integer[], need_kind integer[], need_window integer[], need_times integer[],
    first_own integer[], own_request integer[], own_window integer[], own_persons integer[],
    first_choice integer[], choice_cap integer[], choice_times integer[],
    first_part integer[], part_window integer[], wanted integer[],
    at timestamptz, recorded_by text, recorded_as text,
    OUT outcomes integer[], OUT refusals integer[], OUT strange boolean[])
-- No plan gets better by knowing the arrays; to plan anew costs more than to decide a few.
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    asked_scheme CONSTANT text := asked->>'scheme';
    live_max CONSTANT integer := asked->>'live_journeys_per_person_max';
    parties CONSTANT integer[] := ARRAY(
        SELECT next - first
        FROM unnest(first_person[:cardinality(journeys)], first_person[2:]) AS one (first, next));
    room_before integer[];
    room integer[];
    limits integer[];
    there_is_room boolean;
    numbers bigint[];
    locked bytea[] := persons;
    locked_for integer[] := claimed_by;
    fresh bytea[];
    free integer[];
    parts integer[] := '{}';
BEGIN
    SELECT windows.room, windows.limits, windows.strange, windows.numbers
    INTO room_before, limits, strange, numbers
    FROM tongguan.ledger_lock_windows(asked_scheme, asked->'windows', at) AS windows;
    there_is_room := cardinality(choice_cap) = 0 AND NOT EXISTS (
        SELECT FROM unnest(room_before, wanted, strange) AS one (has, wants, other_days)
        WHERE wants > has OR other_days);
    IF there_is_room THEN
        fresh := tongguan.ledger_lock_persons(
            asked_scheme, locked, locked_for, journeys, live_until);
        free := tongguan.ledger_free(asked_scheme, persons, fresh, live_max, at);
    ELSE
        -- Most will be refused: only those who are granted something are locked, once it is known.
        free := tongguan.ledger_free(asked_scheme, persons, '{}', live_max, at);
    END IF;
    -- Only now: the same requests may have been decided while these waited for their locks.
    outcomes := tongguan.ledger_known_ids(journeys, hashes);
    IF there_is_room AND tongguan.ledger_grants_all(
            outcomes, alike, free, cardinality(members)) THEN
        outcomes := array_fill(1, ARRAY[cardinality(journeys)]);
        room := ARRAY(SELECT has - wants FROM unnest(room_before, wanted) AS one (has, wants));
        refusals := '{}';
    ELSE
        SELECT decided.room, decided.outcomes, decided.refusals, decided.parts
        INTO room, outcomes, refusals, parts
        FROM tongguan.ledger_decide(
            outcomes, hashes, kinds, alike, first_person, who, first_need, need_window,
            need_times, first_own, own_window, own_persons, first_choice, choice_cap,
            choice_times, first_part, part_window, strange, limits, room_before, free) AS decided;
    END IF;
    IF NOT there_is_room THEN
        SELECT coalesce(array_agg(person), '{}'), coalesce(array_agg(request), '{}')
        INTO locked, locked_for
        FROM (
            SELECT DISTINCT ON (person) person, request
            FROM unnest(member_request, members) AS member (request, person)
            WHERE outcomes[request] = 1 ORDER BY person, request) AS granted;
        fresh := tongguan.ledger_lock_persons(
            asked_scheme, locked, locked_for, journeys, live_until);
        PERFORM tongguan.ledger_require_free(
            persons, free, locked,
            tongguan.ledger_free(asked_scheme, locked, fresh, live_max, at));
    END IF;
    IF array_position(outcomes, 1) IS NOT NULL THEN
        PERFORM tongguan.ledger_write(
            asked, journeys, applications, hashes, held_until, kinds, parties, outcomes,
            member_request, member_number, members, need_kind, need_window, need_times,
            own_request, own_window, own_persons,
            ARRAY(SELECT parts[entry] FROM generate_series(1, cardinality(parts), 3) AS entry),
            ARRAY(SELECT parts[entry] FROM generate_series(2, cardinality(parts), 3) AS entry),
            ARRAY(SELECT parts[entry] FROM generate_series(3, cardinality(parts), 3) AS entry),
            numbers, room_before, room, at);
        INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)
        SELECT at, recorded_by, recorded_as, id::text,
            CASE WHEN hour IS NULL THEN 'booked' ELSE 'held' END, '{}'
        FROM unnest(journeys, held_until, outcomes)
            WITH ORDINALITY AS granted (id, hour, outcome, request)
        WHERE outcome = 1 AND recorded_as IS NOT NULL
        ORDER BY request;
    END IF;
    -- Where those who had no row were all granted what claimed them, and nobody else was granted
    -- anything, the rows are as they should be.
    IF EXISTS (SELECT FROM unnest(locked_for) AS request WHERE outcomes[request] <> 1)
        OR cardinality(fresh) <> (
            SELECT count(*) FROM unnest(member_request) AS request WHERE outcomes[request] = 1) THEN
        PERFORM tongguan.ledger_write_live(asked_scheme, live_max, journeys, live_until, outcomes,
            member_request, members, locked, locked_for, fresh, at);
    END IF;
END
$$;

-- Locks what some journeys hold: their windows, their persons, and last the journeys. Returns those
-- that there are: one that is being booked at this moment is none yet, and nothing of it is locked.
CREATE OR REPLACE FUNCTION tongguan.ledger_lock_journeys(journeys uuid[]) RETURNS uuid[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    known CONSTANT uuid[] := ARRAY(SELECT id FROM tongguan.journey WHERE id = ANY (journeys));
BEGIN
    PERFORM FROM tongguan.quota_window
    WHERE number IN (SELECT unnest(windows) FROM tongguan.journey WHERE id = ANY (known))
    ORDER BY cell_scheme, cell_week, quota, starts, dimensions
    FOR NO KEY UPDATE;
    PERFORM FROM tongguan.live_journey
    WHERE (person, scheme, number) IN (
        SELECT person, scheme, 1
        FROM tongguan.journey JOIN tongguan.place ON cell_scheme = scheme
            AND cell_week = ANY (cell_weeks) AND place.journey = journey.id
        WHERE id = ANY (known))
    ORDER BY person, scheme FOR UPDATE;
    PERFORM FROM tongguan.journey WHERE id = ANY (known) ORDER BY id FOR UPDATE;
    RETURN known;
END
$$;

-- Gives back all places of journeys that are locked and not over; returns those.
CREATE OR REPLACE FUNCTION tongguan.ledger_give_back(journeys uuid[], at timestamptz) RETURNS uuid[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_mergejoin = off AS $$
DECLARE
    gone uuid[];
BEGIN
    WITH ended AS (
        UPDATE tongguan.journey SET cancelled_at = at
        WHERE id = ANY (journeys) AND cancelled_at IS NULL RETURNING id)
    SELECT coalesce(array_agg(id), '{}') INTO gone FROM ended;
    UPDATE tongguan.quota_window AS counted
    SET taken = counted.taken - back.persons,
        -- What a cut promised to honour only falls.
        honoured = least(counted.honoured,
            greatest(0, counted.taken - back.persons - counted.capacity))
    FROM (
        SELECT number, sum(persons) AS persons
        FROM tongguan.journey
        CROSS JOIN LATERAL unnest(windows, window_persons) AS held (number, persons)
        WHERE id = ANY (gone)
        GROUP BY number
    ) AS back
    WHERE counted.number = back.number;
    UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL
    WHERE journey = ANY (gone) AND person = ANY (ARRAY(
        SELECT person
        FROM tongguan.journey JOIN tongguan.place ON cell_scheme = scheme
            AND cell_week = ANY (cell_weeks) AND place.journey = journey.id
        WHERE id = ANY (gone)));
    RETURN gone;
END
$$;

-- Gives one journey back and takes another, or changes nothing. Everything of both is locked first,
-- in the one order. `asked.windows` is followed by the windows of the old journey.
-- Outcome 4: the old journey was over.
CREATE OR REPLACE FUNCTION tongguan.rebook_places(
    old uuid,
    asked jsonb, journeys uuid[], applications uuid[], hashes bytea[], held_until timestamptz[],
    live_until timestamptz[], kinds integer[], alike integer[],
    persons bytea[], claimed_by integer[],
    first_person integer[], member_request integer[], member_number integer[], members bytea[],
    who integer[],
    first_need integer[], need_kind integer[], need_window integer[], need_times integer[],
    first_own integer[], own_request integer[], own_window integer[], own_persons integer[],
    first_choice integer[], choice_cap integer[], choice_times integer[],
    first_part integer[], part_window integer[], wanted integer[],
    at timestamptz,
    OUT outcomes integer[], OUT refusals integer[], OUT strange boolean[])
LANGUAGE plpgsql AS $$
DECLARE
    is_there CONSTANT boolean := EXISTS (SELECT FROM tongguan.journey WHERE id = old);
    everyone CONSTANT bytea[] := ARRAY(
        SELECT unnest(persons)
        UNION SELECT person FROM tongguan.journey JOIN tongguan.place ON cell_scheme = scheme
            AND cell_week = ANY (cell_weeks) AND place.journey = journey.id WHERE id = old
        ORDER BY 1);
    windows CONSTANT jsonb := asked->'windows' || coalesce((
        SELECT jsonb_agg(jsonb_build_object('number', jsonb_array_length(asked->'windows') + position,
            'cell_week', cell_week, 'quota', quota, 'starts', starts, 'dimensions', dimensions))
        FROM (
            SELECT counted.*, row_number() OVER () AS position
            FROM tongguan.journey JOIN tongguan.quota_window AS counted
                ON counted.number = ANY (windows)
            WHERE id = old) AS of_old), '[]');
BEGIN
    refusals := '{}';
    strange := '{}';
    PERFORM tongguan.ledger_lock_windows(asked->>'scheme', windows, at);
    PERFORM tongguan.ledger_lock_persons(asked->>'scheme', everyone,
        array_fill(NULL::integer, ARRAY[cardinality(everyone)]), '{}', '{}');
    PERFORM FROM tongguan.journey WHERE id = old FOR UPDATE;
    outcomes := tongguan.ledger_known_ids(journeys, hashes);
    IF outcomes[1] > 0 THEN
        RETURN;
    END IF;
    -- Booked since, or of another scheme, so that what it holds was not locked; or held beyond its
    -- hour.
    IF NOT is_there OR EXISTS (
        SELECT FROM tongguan.journey AS held
        WHERE id = old AND (held.held_until <= at OR scheme <> asked->>'scheme')) THEN
        outcomes := ARRAY[4];
        RETURN;
    END IF;
    BEGIN
        IF cardinality(tongguan.ledger_give_back(ARRAY[old], at)) = 0 THEN
            outcomes := ARRAY[4];
            RAISE EXCEPTION USING ERRCODE = 'TG001';
        END IF;
        SELECT taken.outcomes, taken.refusals, taken.strange INTO outcomes, refusals, strange
        FROM tongguan.take_places(
            asked, journeys, applications, hashes, held_until, live_until, kinds, alike, persons,
            claimed_by, first_person, member_request, member_number, members, who,
            first_need, need_kind, need_window, need_times, first_own, own_request, own_window,
            own_persons, first_choice, choice_cap, choice_times, first_part, part_window, wanted, at,
            NULL, NULL) AS taken;
        IF outcomes[1] <> 1 THEN
            RAISE EXCEPTION USING ERRCODE = 'TG001';
        END IF;
        UPDATE tongguan.journey SET replaced_by = journeys[1] WHERE id = old;
    EXCEPTION WHEN SQLSTATE 'TG001' THEN
        NULL;  -- The old journey stands as it did.
    END;
END
$$;

-- Gives back the places of some persons on one leg; what else the journey holds stays, and those
-- persons may book again. The last places given back end the journey.
CREATE OR REPLACE FUNCTION tongguan.release_places(
    journey_id uuid, on_leg text, numbers integer[], at timestamptz
) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_mergejoin = off AS $$
DECLARE
    asked_scheme text;
    weeks date[];
    lost record;
    part record;
    wanted integer;
    released bytea[];
    locked uuid[];
BEGIN
    locked := tongguan.ledger_lock_journeys(ARRAY[journey_id]);
    SELECT scheme, cell_weeks INTO asked_scheme, weeks
    FROM tongguan.journey WHERE id = ANY (locked) AND cancelled_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF NOT EXISTS (
        SELECT FROM tongguan.place
        WHERE cell_scheme = asked_scheme AND cell_week = ANY (weeks) AND journey = journey_id
            AND NOT (leg = on_leg AND person_number = ANY (numbers))
    ) THEN
        PERFORM tongguan.ledger_give_back(ARRAY[journey_id], at);
        RETURN;
    END IF;
    FOR lost IN
        SELECT counted.number, ARRAY[quota, starts::text] || dimensions AS key,
            counted.cell_week, count(*)::integer AS persons
        FROM tongguan.journey
        JOIN tongguan.quota_window AS counted ON counted.number = ANY (windows)
        JOIN tongguan.place ON place.cell_scheme = scheme AND place.journey = journey.id
            AND place.cell_week = counted.cell_week
        WHERE journey.id = journey_id AND part_of IS NULL AND place.cell_week = ANY (weeks)
            AND place.leg = on_leg AND place.person_number = ANY (numbers)
            AND day >= counted.starts AND day < counted.starts + counted.days
            AND ARRAY['direction=' || direction, 'category=' || category,
                      'control_point=' || control_point, 'slot=' || slot, 'sponsor=' || sponsor,
                      'person=' || encode(place.person, 'hex')] @> counted.dimensions
        GROUP BY counted.number, quota, starts, dimensions, counted.cell_week
    LOOP
        PERFORM tongguan.ledger_release(journey_id, lost.number, lost.persons);
        wanted := lost.persons;
        FOR part IN
            SELECT number, held.persons
            FROM tongguan.journey
            CROSS JOIN LATERAL unnest(windows, window_persons) AS held (number, persons)
            JOIN tongguan.quota_window AS counted USING (number)
            WHERE id = journey_id AND part_of = lost.key AND cell_week = lost.cell_week
            ORDER BY quota, starts, dimensions
        LOOP
            PERFORM tongguan.ledger_release(
                journey_id, part.number, least(part.persons, wanted));
            wanted := wanted - least(part.persons, wanted);
        END LOOP;
    END LOOP;
    WITH gone AS (
        DELETE FROM tongguan.place
        WHERE cell_scheme = asked_scheme AND cell_week = ANY (weeks) AND journey = journey_id
            AND leg = on_leg AND person_number = ANY (numbers)
        RETURNING person)
    SELECT array_agg(person) INTO released FROM gone;
    UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL
    WHERE journey = journey_id AND person = ANY (released);
    UPDATE tongguan.journey SET cell_weeks = ARRAY(
        SELECT DISTINCT cell_week FROM tongguan.place
        WHERE cell_scheme = asked_scheme AND cell_week = ANY (weeks) AND journey = journey_id
        ORDER BY 1)
    WHERE id = journey_id;
END
$$;

-- Takes some of a journey's persons out of one window.
CREATE FUNCTION tongguan.ledger_release(
    journey_id uuid, of_window bigint, released integer
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tongguan.journey
    SET (windows, window_persons) = (
        SELECT counted.windows, counted.window_persons
        FROM tongguan.ledger_counted(journey.windows, journey.window_persons, of_window,
            journey.window_persons[array_position(journey.windows, of_window)] - released)
            AS counted)
    WHERE id = journey_id;
    UPDATE tongguan.quota_window
    SET taken = taken - released,
        honoured = least(honoured, greatest(0, taken - released - capacity))
    WHERE number = of_window;
END
$$;

-- Rewrites what journeys hold and what counts them in the cells of a scheme from a week on, under a
-- new text. The caller holds the text alone, so that nobody takes or cancels meanwhile.
CREATE OR REPLACE FUNCTION tongguan.restate_places(request jsonb, at timestamptz) RETURNS void
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

    DELETE FROM tongguan.place
    WHERE cell_scheme = asked_scheme AND cell_week >= from_week AND journey = ANY (kept);
    INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
        direction, category, control_point, slot, day, sponsor)
    SELECT asked_scheme, cell_week, journey, leg, person_number, decode(person, 'hex'),
        direction, category, control_point, slot, day, sponsor
    FROM jsonb_to_recordset(request->'places') AS asked (
        journey uuid, cell_week date, leg text, person_number smallint, person text,
        direction text, category text, control_point text, slot text, day date, sponsor text);
    -- Their numbers are needed before they are counted.
    INSERT INTO tongguan.quota_window
        (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, reckoned_at)
    SELECT asked_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, at
    FROM jsonb_to_recordset(request->'windows') AS asked (
        cell_week date, quota text, starts date, dimensions text[], days smallint, capacity integer,
        part_of text[])
    ON CONFLICT DO NOTHING;
    UPDATE tongguan.journey
    SET windows = coalesce(held.numbers, '{}'), window_persons = coalesce(held.counts, '{}')
    FROM unnest(kept) AS one (journey)
    LEFT JOIN (
        SELECT journey, array_agg(number ORDER BY number) AS numbers,
            array_agg(persons ORDER BY number) AS counts
        FROM (
            SELECT journey, number, persons FROM tongguan.journey_window
            WHERE journey = ANY (kept) AND cell_week < from_week
            UNION ALL
            SELECT journey, number, persons
            FROM jsonb_to_recordset(request->'counted') AS asked (
                journey uuid, cell_week date, quota text, starts date, dimensions text[],
                persons integer)
            JOIN tongguan.quota_window AS counted USING (cell_week, quota, starts, dimensions)
            WHERE cell_scheme = asked_scheme
        ) AS counted
        GROUP BY journey
    ) AS held USING (journey)
    WHERE journey.id = one.journey;
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

-- Deletes what is kept of journeys that are over, and leaves their persons in the counters. A
-- person's row of number 1 stays, for somebody may be waiting for it; `sweep_live_journeys` deletes
-- it when nobody does.
CREATE OR REPLACE FUNCTION tongguan.forget_journeys(journeys uuid[]) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_mergejoin = off AS $$
BEGIN
    PERFORM tongguan.ledger_lock_journeys(journeys);
    UPDATE tongguan.quota_window AS counted SET forgotten = counted.forgotten + used.persons
    FROM (
        SELECT number, sum(persons) AS persons
        FROM tongguan.journey
        CROSS JOIN LATERAL unnest(windows, window_persons) AS held (number, persons)
        WHERE id = ANY (journeys) AND cancelled_at IS NULL
        GROUP BY number
    ) AS used
    WHERE counted.number = used.number;
    UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL
    WHERE journey = ANY (journeys) AND person = ANY (ARRAY(
        SELECT person
        FROM tongguan.journey JOIN tongguan.place ON cell_scheme = scheme
            AND cell_week = ANY (cell_weeks) AND place.journey = journey.id
        WHERE id = ANY (journeys)));
    DELETE FROM tongguan.place USING tongguan.journey
    WHERE id = ANY (journeys) AND cell_scheme = scheme AND cell_week = ANY (cell_weeks)
        AND place.journey = id;
    DELETE FROM tongguan.journey WHERE id = ANY (journeys);
END
$$;

-- What is known of each id: 0 nothing, 2 this request, 3 another request.
CREATE OR REPLACE FUNCTION tongguan.ledger_known_ids(journeys uuid[], hashes bytea[])
RETURNS integer[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    -- Hardly any are, as a rule.
    IF NOT EXISTS (SELECT FROM tongguan.journey WHERE id = ANY (journeys)) THEN
        RETURN array_fill(0, ARRAY[cardinality(journeys)]);
    END IF;
    RETURN ARRAY(
        SELECT CASE WHEN known.id IS NULL THEN 0 WHEN known.request_hash = hash THEN 2 ELSE 3 END
        FROM unnest(journeys, hashes) WITH ORDINALITY AS asked (id, hash, number)
        LEFT JOIN tongguan.journey AS known USING (id)
        ORDER BY number);
END
$$;

-- Decides requests in the order they came, in memory: what one takes is gone for the next, and one
-- that does not fit leaves everything to those behind it. Arrays named `first_...` say where each
-- one's entries begin; the last of them is where all end.
CREATE OR REPLACE FUNCTION tongguan.ledger_decide(
    known integer[], hashes bytea[], kinds integer[], alike integer[],
    first_person integer[], who integer[],
    first_need integer[], need_window integer[], need_times integer[],
    first_own integer[], own_window integer[], own_persons integer[],
    first_choice integer[], choice_cap integer[], choice_times integer[],
    first_part integer[], part_window integer[],
    strange boolean[], limits integer[],
    INOUT room integer[], INOUT free integer[],
    -- 0 refused, 1 taken, 2 this request was known, 3 the id is another request's.
    OUT outcomes integer[],
    -- Six a reason: request, kind (1 person, 2 window, 3 choice), its number, left, limit, persons;
    -- or of kind 4: all that was said to the request of that number.
    OUT refusals integer[],
    -- Three a part: request, window, persons.
    OUT parts integer[])
LANGUAGE plpgsql AS $$
DECLARE
    -- Refusals are many, and put in their places: to append six would copy all each time.
    at integer;
    kind integer;
    party integer;
    one integer;
    wanted integer;
    found integer;
    fits boolean;
    -- By the first request of an id: the one that was granted, or 0.
    granted integer[] := array_fill(0, ARRAY[cardinality(kinds)]);
    grants integer := 0;
    -- By kind: the request that found windows or choices full last, and after how many grants.
    full_for integer[] := array_fill(0, ARRAY[cardinality(first_need)]);
    full_after integer[] := full_for;
BEGIN
    outcomes := known;
    refusals := '{}';
    parts := '{}';
    FOR request IN 1 .. cardinality(kinds) LOOP
        CONTINUE WHEN outcomes[request] > 0;
        one := granted[alike[request]];
        IF one > 0 THEN
            outcomes[request] := CASE WHEN hashes[request] = hashes[one] THEN 2 ELSE 3 END;
            CONTINUE;
        END IF;
        kind := kinds[request];
        party := first_person[request + 1] - first_person[request];
        fits := true;
        FOR entry IN first_person[request] .. first_person[request + 1] - 1 LOOP
            IF free[who[entry]] < 1 THEN
                fits := false;
                at := cardinality(refusals);
                refusals[at + 1] := request;
                refusals[at + 2] := 1;
                refusals[at + 3] := entry - first_person[request];
                refusals[at + 4] := 0;
                refusals[at + 5] := 0;
                refusals[at + 6] := 1;
            END IF;
        END LOOP;
        one := full_for[kind];
        IF one > 0 AND fits AND full_after[kind] = grants
            AND first_person[one + 1] - first_person[one] = party THEN
            -- Nothing was granted since, so the same is full for a party as large.
            at := cardinality(refusals);
            refusals[at + 1] := request;
            refusals[at + 2] := 4;
            refusals[at + 3] := one;
            refusals[at + 4] := 0;
            refusals[at + 5] := 0;
            refusals[at + 6] := 0;
            CONTINUE;
        END IF;
        IF fits AND first_own[request + 1] = first_own[request] THEN
            full_for[kind] := request;
            full_after[kind] := grants;
        END IF;
        FOR entry IN first_need[kind] .. first_need[kind + 1] - 1 LOOP
            one := need_window[entry];
            IF room[one] < need_times[entry] * party OR strange[one] THEN
                fits := false;
                at := cardinality(refusals);
                refusals[at + 1] := request;
                refusals[at + 2] := 2;
                refusals[at + 3] := one;
                refusals[at + 4] := room[one];
                refusals[at + 5] := limits[one];
                refusals[at + 6] := need_times[entry] * party;
            END IF;
        END LOOP;
        FOR entry IN first_own[request] .. first_own[request + 1] - 1 LOOP
            one := own_window[entry];
            IF room[one] < own_persons[entry] OR strange[one] THEN
                fits := false;
                refusals := refusals
                    || ARRAY[request, 2, one, room[one], limits[one], own_persons[entry]];
            END IF;
        END LOOP;
        FOR choice IN first_choice[kind] .. first_choice[kind + 1] - 1 LOOP
            wanted := choice_times[choice] * party;
            FOR entry IN first_part[choice] .. first_part[choice + 1] - 1 LOOP
                wanted := wanted - greatest(0, room[part_window[entry]]);
                fits := fits AND NOT strange[part_window[entry]];
            END LOOP;
            IF wanted > 0 THEN
                fits := false;
                refusals := refusals || ARRAY[request, 3, choice - first_choice[kind],
                    choice_times[choice] * party - wanted, room[choice_cap[choice]],
                    choice_times[choice] * party];
            END IF;
        END LOOP;
        CONTINUE WHEN NOT fits;

        outcomes[request] := 1;
        granted[alike[request]] := request;
        grants := grants + 1;
        FOR entry IN first_person[request] .. first_person[request + 1] - 1 LOOP
            free[who[entry]] := free[who[entry]] - 1;
        END LOOP;
        FOR entry IN first_need[kind] .. first_need[kind + 1] - 1 LOOP
            room[need_window[entry]] := room[need_window[entry]] - need_times[entry] * party;
        END LOOP;
        FOR entry IN first_own[request] .. first_own[request + 1] - 1 LOOP
            room[own_window[entry]] := room[own_window[entry]] - own_persons[entry];
        END LOOP;
        FOR choice IN first_choice[kind] .. first_choice[kind + 1] - 1 LOOP
            wanted := choice_times[choice] * party;
            FOR entry IN first_part[choice] .. first_part[choice + 1] - 1 LOOP
                one := part_window[entry];
                found := greatest(0, least(wanted, room[one]));
                IF found > 0 THEN
                    room[one] := room[one] - found;
                    wanted := wanted - found;
                    parts := parts || ARRAY[request, one, found];
                END IF;
            END LOOP;
        END LOOP;
    END LOOP;
END
$$;

-- What whoever books asks first: holds the text, then looks about. The look is a statement of its
-- own, so it sees what was committed while the lock was waited for.
CREATE FUNCTION tongguan.begin_to_book(text_lock bigint)
RETURNS TABLE (now timestamptz, is_hold_due boolean, serials bigint[], scheme text,
    version_digest text, phase text, last_day date, applied_at timestamptz, counts jsonb)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock_shared(text_lock);
    RETURN QUERY
        WITH at AS MATERIALIZED (SELECT tongguan.domain_now() AS now)
        SELECT at.now, coalesce(tongguan.first_hour() <= at.now, false), tongguan.record_serials(),
            latest.scheme, latest.version_digest, latest.phase, latest.last_day, latest.applied_at,
            latest.counts
        FROM at LEFT JOIN LATERAL (
            SELECT * FROM tongguan.transition ORDER BY serial DESC LIMIT 1) AS latest ON true;
END
$$;

-- The hour that comes first of all that is held: the first entry of an index. To look for any hour
-- that has come would read the whole table where many holds have expired.
CREATE FUNCTION tongguan.first_hour() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT min(held_until) FROM tongguan.journey
        WHERE held_until IS NOT NULL AND cancelled_at IS NULL);
END
$$;

-- The last serial of each table of the record.
CREATE FUNCTION tongguan.record_serials() RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY[coalesce((SELECT max(serial) FROM tongguan.scheme_version), 0),
        coalesce((SELECT max(serial) FROM tongguan.scheme_act), 0),
        coalesce((SELECT max(serial) FROM tongguan.scheme_annex), 0),
        coalesce((SELECT max(serial) FROM tongguan.daily_figures), 0)];
END
$$;
