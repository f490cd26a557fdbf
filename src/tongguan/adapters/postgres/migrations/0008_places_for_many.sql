-- Places for many parties in one call; holds, rebooking, and places given back in part.
-- docs/ledger.md explains it; functions of 0001 and 0003 that are not here are as they were.

ALTER TABLE tongguan.journey
    -- The text under which the places stand: that of the booking, or of the move since.
    ADD COLUMN version_digest text,
    -- A hold's hour. NULL once it is confirmed, and for what was booked at once.
    ADD COLUMN held_until timestamptz,
    -- The journey that took the place of this one.
    ADD COLUMN replaced_by uuid;
UPDATE tongguan.journey SET
    version_digest = coalesce(
        (SELECT issued.version_digest FROM tongguan.pass AS issued
         WHERE issued.journey = journey.id ORDER BY issued_at DESC, status_index DESC LIMIT 1),
        (SELECT held.version_digest FROM tongguan.application AS held
         WHERE held.id = journey.application),
        -- Both are deleted: the text that places stood under when it was booked.
        (SELECT applied.version_digest FROM tongguan.transition AS applied
         WHERE applied.scheme = journey.scheme
         ORDER BY applied_at <= booked_at DESC,
             CASE WHEN applied_at <= booked_at THEN -serial ELSE serial END LIMIT 1), ''),
    phase = coalesce(
        (SELECT issued.phase FROM tongguan.pass AS issued
         WHERE issued.journey = journey.id ORDER BY issued_at DESC, status_index DESC LIMIT 1),
        phase);
ALTER TABLE tongguan.journey ALTER COLUMN version_digest SET NOT NULL;
CREATE INDEX journey_held ON tongguan.journey (held_until)
    WHERE held_until IS NOT NULL AND cancelled_at IS NULL;

-- A row of number 1 that has been committed stays while anybody may book: it is the person's lock.
-- Without a journey it waits for the sweep, which nobody books beside.
CREATE INDEX live_journey_empty ON tongguan.live_journey (person) WHERE journey IS NULL;

DROP FUNCTION tongguan.take_places(jsonb, timestamptz);
DROP FUNCTION tongguan.cancel_places(uuid, timestamptz);
DROP FUNCTION tongguan.ledger_choose(jsonb);
DROP FUNCTION tongguan.ledger_write(jsonb, timestamptz);
DROP FUNCTION tongguan.ledger_lock_windows(jsonb, timestamptz);
DROP FUNCTION tongguan.ledger_busy(jsonb, timestamptz);
DROP FUNCTION tongguan.ledger_persons(jsonb);
DROP FUNCTION tongguan.ledger_release_persons(bytea[], text);
DROP FUNCTION tongguan.ledger_lock_persons(bytea[], text);

-- The plans of these functions do not rest on statistics: every table is reached by its key.

-- What is known of each id: 0 nothing, 2 this request, 3 another request.
CREATE FUNCTION tongguan.ledger_known_ids(journeys uuid[], hashes bytea[]) RETURNS integer[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN ARRAY(
        SELECT CASE WHEN known.id IS NULL THEN 0 WHEN known.request_hash = hash THEN 2 ELSE 3 END
        FROM unnest(journeys, hashes) WITH ORDINALITY AS asked (id, hash, number)
        LEFT JOIN tongguan.journey AS known USING (id)
        ORDER BY number);
END
$$;

-- Locks persons in key order. Each has a row then: one that was there, or a new one, which names the
-- journey of the request that claims it, as if that had been granted. Returns those that are new.
CREATE FUNCTION tongguan.ledger_lock_persons(
    asked_scheme text, persons bytea[], claimed_by integer[], journeys uuid[],
    live_until timestamptz[]
) RETURNS bytea[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    fresh bytea[];
    locked integer;
BEGIN
    WITH claimed AS (
        INSERT INTO tongguan.live_journey (person, scheme, number, journey, live_until)
        SELECT person, asked_scheme, 1, journeys[request], live_until[request]
        FROM unnest(persons, claimed_by) AS asked (person, request)
        ORDER BY person
        ON CONFLICT DO NOTHING
        RETURNING person
    )
    SELECT coalesce(array_agg(person), '{}') INTO fresh FROM claimed;
    IF cardinality(fresh) < cardinality(persons) THEN
        PERFORM FROM tongguan.live_journey
        WHERE person = ANY (ARRAY(SELECT unnest(persons) EXCEPT SELECT unnest(fresh)))
            AND scheme = asked_scheme AND number = 1
        ORDER BY person FOR UPDATE;
        GET DIAGNOSTICS locked = ROW_COUNT;
        IF locked + cardinality(fresh) <> cardinality(persons) THEN
            RAISE EXCEPTION 'a person''s row was deleted while it was waited for'
                USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
    RETURN fresh;
END
$$;

-- How many journeys more each person may have, in the order of the persons, who are locked.
CREATE FUNCTION tongguan.ledger_free(
    asked_scheme text, persons bytea[], fresh bytea[], live_max integer, at timestamptz
) RETURNS integer[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_mergejoin = off AS $$
BEGIN
    IF cardinality(fresh) = cardinality(persons) THEN
        RETURN array_fill(live_max, ARRAY[cardinality(persons)]);
    END IF;
    RETURN ARRAY(
        SELECT live_max - coalesce(held.journeys, 0)
        FROM unnest(persons) WITH ORDINALITY AS asked (person, number)
        LEFT JOIN (
            SELECT person, count(*)::integer AS journeys FROM tongguan.live_journey
            WHERE person = ANY (ARRAY(SELECT unnest(persons) EXCEPT SELECT unnest(fresh)))
                AND scheme = asked_scheme AND journey IS NOT NULL AND live_until > at
            GROUP BY person
        ) AS held USING (person)
        ORDER BY asked.number);
END
$$;

-- Creates the windows asked for that nobody has touched yet, locks all of them in key order and
-- gives each the limit reckoned at the request's instant, unless a later one has been at it. By
-- number: what each has left, its limit, and whether it was opened for other days. A window without
-- a limit is only locked.
CREATE FUNCTION tongguan.ledger_lock_windows(
    asked_scheme text, windows jsonb, at timestamptz,
    OUT room integer[], OUT limits integer[], OUT strange boolean[])
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    differing integer;
BEGIN
    INSERT INTO tongguan.quota_window
        (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, reckoned_at)
    SELECT asked_scheme, cell_week, quota, starts, dimensions, days, capacity, part_of, at
    FROM jsonb_to_recordset(windows) AS asked (
        cell_week date, quota text, starts date, dimensions text[], days smallint, capacity integer,
        part_of text[])
    WHERE capacity IS NOT NULL
    ORDER BY cell_week, quota COLLATE "C", starts, dimensions COLLATE "C"
    ON CONFLICT DO NOTHING;

    WITH locked AS MATERIALIZED (
        SELECT asked.number, asked.capacity AS asked_capacity, asked.days AS asked_days,
            asked.part_of AS asked_part_of, counted.capacity, counted.days, counted.taken,
            counted.part_of, counted.reckoned_at
        FROM jsonb_to_recordset(windows) AS asked (
            number integer, cell_week date, quota text, starts date, dimensions text[],
            days smallint, capacity integer, part_of text[])
        JOIN tongguan.quota_window AS counted
            ON counted.cell_scheme = asked_scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions
        ORDER BY counted.cell_scheme, counted.cell_week, counted.quota, counted.starts,
            counted.dimensions
        FOR NO KEY UPDATE OF counted
    ), standing AS (
        SELECT number, days <> asked_days AS strange, taken,
            CASE WHEN reckoned_at <= at THEN coalesce(asked_capacity, capacity) ELSE capacity END
                AS capacity,
            asked_capacity IS NOT NULL AND reckoned_at <= at AND (
                capacity <> asked_capacity OR part_of IS DISTINCT FROM asked_part_of) AS differs
        FROM locked
    )
    SELECT count(*) FILTER (WHERE differs AND NOT standing.strange),
        array_agg(capacity - taken ORDER BY number), array_agg(capacity ORDER BY number),
        array_agg(standing.strange ORDER BY number)
    INTO differing, room, limits, strange FROM standing;

    IF differing > 0 THEN
        UPDATE tongguan.quota_window AS counted
        SET capacity = asked.capacity, part_of = asked.part_of, reckoned_at = at,
            -- What a cut leaves above the limit is honoured; a raise takes of that.
            honoured = greatest(0, counted.taken - asked.capacity)
        FROM jsonb_to_recordset(windows) AS asked (
            cell_week date, quota text, starts date, dimensions text[], days smallint,
            capacity integer, part_of text[])
        WHERE counted.cell_scheme = asked_scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions AND counted.days = asked.days
            AND asked.capacity IS NOT NULL AND counted.reckoned_at <= at;
    END IF;
END
$$;

-- Decides requests in the order they came, in memory: what one takes is gone for the next, and one
-- that does not fit leaves everything to those behind it. Arrays named `first_...` say where each
-- one's entries begin; the last of them is where all end.
CREATE FUNCTION tongguan.ledger_decide(
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
    -- Six a reason: request, kind (1 person, 2 window, 3 choice), its number, left, limit, persons.
    OUT refusals integer[],
    -- Three a part: request, window, persons.
    OUT parts integer[])
LANGUAGE plpgsql AS $$
DECLARE
    kind integer;
    party integer;
    one integer;
    wanted integer;
    found integer;
    fits boolean;
    -- By the first request of an id: the one that was granted, or 0.
    granted integer[] := array_fill(0, ARRAY[cardinality(kinds)]);
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
                refusals := refusals || ARRAY[request, 1, entry - first_person[request], 0, 0, 1];
            END IF;
        END LOOP;
        FOR entry IN first_need[kind] .. first_need[kind + 1] - 1 LOOP
            one := need_window[entry];
            IF room[one] < need_times[entry] * party OR strange[one] THEN
                fits := false;
                refusals := refusals
                    || ARRAY[request, 2, one, room[one], limits[one], need_times[entry] * party];
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

-- Whether everybody can be granted, whatever the order, where there is room for all: nothing known
-- or asked twice, nobody asked for twice or without a journey free.
CREATE FUNCTION tongguan.ledger_grants_all(
    known integer[], alike integer[], free integer[], members integer
) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN cardinality(free) = members
        AND NOT EXISTS (SELECT FROM unnest(known, alike) WITH ORDINALITY AS one (what, first, number)
                        WHERE what > 0 OR first < number)
        AND NOT EXISTS (SELECT FROM unnest(free) AS journeys WHERE journeys < 1);
END
$$;

-- Writes what was granted: journeys, their places, what counts them, and the counters; persons and
-- windows are locked.
CREATE FUNCTION tongguan.ledger_write(
    asked jsonb, journeys uuid[], applications uuid[], hashes bytea[], held_until timestamptz[],
    kinds integer[], parties integer[], outcomes integer[],
    member_request integer[], member_number integer[], members bytea[],
    need_kind integer[], need_window integer[], need_times integer[],
    own_request integer[], own_window integer[], own_persons integer[],
    part_request integer[], part_window integer[], part_persons integer[],
    room_before integer[], room integer[], at timestamptz
) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    asked_scheme CONSTANT text := asked->>'scheme';
    written integer;
BEGIN
    INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase, version_digest,
        request_hash, booked_at, held_until)
    SELECT id, application, asked_scheme, weeks, asked->>'phase', asked->>'version', hash, at, hour
    FROM unnest(journeys, applications, hashes, held_until, kinds, outcomes)
        AS granted (id, application, hash, hour, kind, outcome)
    JOIN (SELECT kind, array_agg(DISTINCT cell_week ORDER BY cell_week) AS weeks
          FROM jsonb_to_recordset(asked->'legs') AS leg (kind integer, cell_week date)
          GROUP BY kind) AS kinds_of USING (kind)
    WHERE outcome = 1
    ORDER BY id
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> cardinality(array_positions(outcomes, 1)) THEN
        RAISE EXCEPTION 'an id was taken by another request meanwhile'
            USING ERRCODE = 'serialization_failure';
    END IF;

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

    INSERT INTO tongguan.journey_window
        (cell_scheme, cell_week, journey, quota, starts, dimensions, persons)
    SELECT asked_scheme, counted.cell_week, granted.id, counted.quota, counted.starts,
        counted.dimensions, need.persons
    FROM (
        SELECT request, need.number, times * party AS persons
        FROM unnest(kinds, parties) WITH ORDINALITY AS one (kind, party, request)
        JOIN unnest(need_kind, need_window, need_times) AS need (kind, number, times) USING (kind)
        UNION ALL SELECT * FROM unnest(own_request, own_window, own_persons)
        UNION ALL SELECT * FROM unnest(part_request, part_window, part_persons)
    ) AS need
    JOIN unnest(journeys, outcomes) WITH ORDINALITY AS granted (id, outcome, request)
        USING (request)
    JOIN jsonb_to_recordset(asked->'windows') AS counted (number integer, cell_week date,
        quota text, starts date, dimensions text[]) USING (number)
    WHERE outcome = 1
    -- In the order of the key: a third faster than in any other.
    ORDER BY granted.id;

    UPDATE tongguan.quota_window AS counted
    SET taken = counted.taken + change.persons, reckoned_at = greatest(counted.reckoned_at, at)
    FROM jsonb_to_recordset(asked->'windows') AS one (
        number integer, cell_week date, quota text, starts date, dimensions text[])
    JOIN (SELECT number, before - after AS persons
          FROM unnest(room_before, room) WITH ORDINALITY AS each (before, after, number)
          WHERE before > after) AS change USING (number)
    WHERE counted.cell_scheme = asked_scheme AND counted.cell_week = one.cell_week
        AND counted.quota = one.quota AND counted.starts = one.starts
        AND counted.dimensions = one.dimensions
        AND counted.taken + change.persons <= counted.capacity;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> (SELECT count(*) FROM unnest(room_before, room) AS each (before, after)
                   WHERE before > after) THEN
        RAISE EXCEPTION 'a locked window changed: % counted', written;
    END IF;
END
$$;

-- Leaves each person a row for every journey granted, and none for one that was not. The persons
-- are locked; the `fresh` have a row as if the request that claims them had been granted.
CREATE FUNCTION tongguan.ledger_write_live(
    asked_scheme text, live_max integer, journeys uuid[], live_until timestamptz[],
    outcomes integer[], member_request integer[], members bytea[], persons bytea[],
    claimed_by integer[], fresh bytea[], at timestamptz
) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM tongguan.live_journey
    WHERE scheme = asked_scheme AND number = 1 AND person = ANY (ARRAY(
        SELECT person FROM unnest(persons, claimed_by) AS claimed (person, request)
        WHERE outcomes[request] <> 1
        INTERSECT SELECT unnest(fresh)));

    IF array_position(outcomes, 1) IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO tongguan.live_journey AS live (person, scheme, number, journey, live_until)
    SELECT person, asked_scheme, free.number, id, until
    FROM (
        SELECT person, id, until, row_number() OVER (PARTITION BY person ORDER BY request) AS nth
        FROM unnest(journeys, live_until, outcomes)
            WITH ORDINALITY AS granted (id, until, outcome, request)
        JOIN unnest(member_request, members) AS member (request, person) USING (request)
        WHERE outcome = 1 AND NOT EXISTS (
            SELECT FROM tongguan.live_journey AS held
            WHERE held.person = member.person AND held.scheme = asked_scheme
                AND held.journey = granted.id)
    ) AS wanted
    CROSS JOIN LATERAL (
        SELECT number FROM generate_series(1, live_max) AS number
        WHERE NOT EXISTS (
            SELECT FROM tongguan.live_journey AS held
            WHERE held.person = wanted.person AND held.scheme = asked_scheme
                AND held.number = number.number AND held.journey IS NOT NULL
                AND held.live_until > at)
        ORDER BY number OFFSET nth - 1 LIMIT 1
    ) AS free
    ON CONFLICT (person, scheme, number)
        DO UPDATE SET journey = excluded.journey, live_until = excluded.live_until;
END
$$;

-- Decides requests in the order in which they are given, each whole or not at all and at most once
-- for an id, and keeps what was granted. Locks windows, then persons, then the ids.
--   asked: {scheme, phase, version, live_journeys_per_person_max, windows: [...], legs: [...]}
--   kinds: what each request asks for, as the legs and needs of that number say
--   alike: the first request of the same id in this call, which may be itself
--   wanted: how many persons all of them would put into each window
--   persons: everyone once, claimed by the first request that asks for them; members: every party's
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
    at timestamptz,
    OUT outcomes integer[], OUT refusals integer[], OUT strange boolean[])
LANGUAGE plpgsql AS $$
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
    locked bytea[] := persons;
    locked_for integer[] := claimed_by;
    fresh bytea[];
    free integer[];
    parts integer[] := '{}';
BEGIN
    SELECT windows.room, windows.limits, windows.strange INTO room_before, limits, strange
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
            room_before, room, at);
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

-- Fails the call where somebody took or gave back a journey before they were locked.
CREATE FUNCTION tongguan.ledger_require_free(
    persons bytea[], free integer[], locked bytea[], free_now integer[]
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM unnest(locked, free_now) AS now (person, journeys)
        JOIN unnest(persons, free) AS before (person, journeys) USING (person)
        WHERE now.journeys <> before.journeys
    ) THEN
        RAISE EXCEPTION 'a person took or gave back a journey in the same moment'
            USING ERRCODE = 'serialization_failure';
    END IF;
END
$$;

-- Locks what some journeys hold: their windows, their persons, and last the journeys. Returns those
-- that there are: one that is being booked at this moment is none yet, and nothing of it is locked.
CREATE FUNCTION tongguan.ledger_lock_journeys(journeys uuid[]) RETURNS uuid[]
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    known CONSTANT uuid[] := ARRAY(SELECT id FROM tongguan.journey WHERE id = ANY (journeys));
BEGIN
    PERFORM FROM tongguan.quota_window AS counted
    WHERE (cell_scheme, cell_week, quota, starts, dimensions) IN (
        SELECT held.cell_scheme, held.cell_week, quota, starts, dimensions
        FROM tongguan.journey JOIN tongguan.journey_window AS held ON cell_scheme = scheme
            AND cell_week = ANY (cell_weeks) AND held.journey = journey.id
        WHERE id = ANY (known))
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
CREATE FUNCTION tongguan.ledger_give_back(journeys uuid[], at timestamptz) RETURNS uuid[]
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
        SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons) AS persons
        FROM tongguan.journey JOIN tongguan.journey_window AS held ON cell_scheme = scheme
            AND cell_week = ANY (cell_weeks) AND held.journey = journey.id
        WHERE id = ANY (gone)
        GROUP BY cell_scheme, cell_week, quota, starts, dimensions
    ) AS back
    WHERE counted.cell_scheme = back.cell_scheme AND counted.cell_week = back.cell_week
        AND counted.quota = back.quota AND counted.starts = back.starts
        AND counted.dimensions = back.dimensions;
    UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL
    WHERE journey = ANY (gone);
    RETURN gone;
END
$$;

-- Gives all places of a journey back, once.
CREATE FUNCTION tongguan.cancel_places(journey_id uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tongguan.ledger_give_back(
        tongguan.ledger_lock_journeys(ARRAY[journey_id]), at);
END
$$;

-- Gives back what is held beyond its hour, the longest first; returns the journeys.
CREATE FUNCTION tongguan.expire_places(journeys_max integer, at timestamptz) RETURNS uuid[]
LANGUAGE plpgsql AS $$
DECLARE
    due uuid[] := ARRAY(
        SELECT id FROM tongguan.journey
        WHERE held_until <= at AND cancelled_at IS NULL
        ORDER BY held_until, id LIMIT journeys_max);
BEGIN
    PERFORM tongguan.ledger_lock_journeys(due);
    -- One may have been confirmed while it was waited for.
    RETURN tongguan.ledger_give_back(ARRAY(
        SELECT id FROM tongguan.journey WHERE id = ANY (due) AND held_until <= at), at);
END
$$;

-- Books what is held, before its hour.
CREATE FUNCTION tongguan.confirm_places(journey_id uuid, at timestamptz) RETURNS void
LANGUAGE sql VOLATILE AS $$
    UPDATE tongguan.journey SET held_until = NULL
    WHERE id = journey_id AND cancelled_at IS NULL AND held_until > at
$$;

-- Gives one journey back and takes another, or changes nothing. Everything of both is locked first,
-- in the one order. `asked.windows` is followed by the windows of the old journey.
-- Outcome 4: the old journey was over.
CREATE FUNCTION tongguan.rebook_places(
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
        SELECT jsonb_agg(jsonb_build_object('number', jsonb_array_length(asked->'windows') + number,
            'cell_week', cell_week, 'quota', quota, 'starts', starts, 'dimensions', dimensions))
        FROM (
            SELECT held.*, row_number() OVER () AS number
            FROM tongguan.journey JOIN tongguan.journey_window AS held ON cell_scheme = scheme
                AND cell_week = ANY (cell_weeks) AND held.journey = journey.id
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
            own_persons, first_choice, choice_cap, choice_times, first_part, part_window, wanted, at
        ) AS taken;
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
CREATE FUNCTION tongguan.release_places(
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
        SELECT counted.cell_week, counted.quota, counted.starts, counted.dimensions,
            count(*)::integer AS persons
        FROM tongguan.journey_window AS held
        JOIN tongguan.quota_window AS counted
            USING (cell_scheme, cell_week, quota, starts, dimensions)
        JOIN tongguan.place USING (cell_scheme, cell_week, journey)
        WHERE held.cell_scheme = asked_scheme AND held.cell_week = ANY (weeks)
            AND held.journey = journey_id AND part_of IS NULL
            AND place.leg = on_leg AND place.person_number = ANY (numbers)
            AND day >= counted.starts AND day < counted.starts + counted.days
            AND ARRAY['direction=' || direction, 'category=' || category,
                      'control_point=' || control_point, 'slot=' || slot, 'sponsor=' || sponsor,
                      'person=' || encode(place.person, 'hex')] @> counted.dimensions
        GROUP BY counted.cell_week, counted.quota, counted.starts, counted.dimensions
    LOOP
        PERFORM tongguan.ledger_release(asked_scheme, journey_id, lost.cell_week, lost.quota,
            lost.starts, lost.dimensions, lost.persons);
        wanted := lost.persons;
        FOR part IN
            SELECT held.quota, held.starts, held.dimensions, held.persons
            FROM tongguan.journey_window AS held
            JOIN tongguan.quota_window AS counted
                USING (cell_scheme, cell_week, quota, starts, dimensions)
            WHERE held.cell_scheme = asked_scheme AND held.cell_week = lost.cell_week
                AND held.journey = journey_id
                AND part_of = ARRAY[lost.quota, lost.starts::text] || lost.dimensions
            ORDER BY held.quota, held.starts, held.dimensions
        LOOP
            PERFORM tongguan.ledger_release(asked_scheme, journey_id, lost.cell_week, part.quota,
                part.starts, part.dimensions, least(part.persons, wanted));
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
    asked_scheme text, journey_id uuid, of_week date, of_quota text, from_day date,
    of_dimensions text[], released integer
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM tongguan.journey_window
    WHERE cell_scheme = asked_scheme AND cell_week = of_week AND journey = journey_id
        AND quota = of_quota AND starts = from_day AND dimensions = of_dimensions
        AND persons <= released;
    UPDATE tongguan.journey_window SET persons = persons - released
    WHERE cell_scheme = asked_scheme AND cell_week = of_week AND journey = journey_id
        AND quota = of_quota AND starts = from_day AND dimensions = of_dimensions;
    UPDATE tongguan.quota_window
    SET taken = taken - released,
        honoured = least(honoured, greatest(0, taken - released - capacity))
    WHERE cell_scheme = asked_scheme AND cell_week = of_week AND quota = of_quota
        AND starts = from_day AND dimensions = of_dimensions;
END
$$;

-- Deletes rows that stand for no journey. The caller holds the text alone. The row of number 1 stays
-- where a person has a journey under a later number: whoever has no such row counts as having none.
-- So many at a time: nobody can book meanwhile.
CREATE FUNCTION tongguan.sweep_live_journeys(rows_max integer) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    WITH empty AS MATERIALIZED (
        SELECT person, scheme, number FROM tongguan.live_journey AS live
        WHERE journey IS NULL AND NOT EXISTS (
            SELECT FROM tongguan.live_journey AS other
            WHERE other.person = live.person AND other.scheme = live.scheme
                AND other.journey IS NOT NULL AND live.number = 1)
        LIMIT rows_max
    ), swept AS (
        DELETE FROM tongguan.live_journey USING empty
        WHERE live_journey.person = empty.person AND live_journey.scheme = empty.scheme
            AND live_journey.number = empty.number
        RETURNING 1)
    SELECT count(*) FROM swept
$$;

DROP FUNCTION tongguan.ledger_known(uuid, bytea);

-- Gives everyone who has a journey under a later number a row of number 1 again: whoever has none
-- counts as having no journey. The caller holds the text alone.
CREATE FUNCTION tongguan.complete_live_journeys() RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO tongguan.live_journey (person, scheme, number)
    SELECT DISTINCT person, scheme, 1 FROM tongguan.live_journey
    WHERE number > 1 AND journey IS NOT NULL
    ON CONFLICT DO NOTHING
$$;
SELECT tongguan.complete_live_journeys();
