-- The one clock. Domain time is the server's clock plus one shift, and only a database that was
-- created as a demonstration can have a shift.

CREATE TABLE tongguan.clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    demonstration boolean NOT NULL,
    shift_microseconds bigint NOT NULL DEFAULT 0,
    last_seen timestamptz,
    CONSTRAINT clock_shifted_only_in_demonstration CHECK (demonstration OR shift_microseconds = 0)
);

CREATE FUNCTION tongguan.clock_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'whether a database is a demonstration is settled when it is created'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'clock_shifted_only_in_demonstration';
END
$$;

CREATE TRIGGER clock_kind_is_settled
    BEFORE UPDATE OF demonstration ON tongguan.clock
    FOR EACH ROW WHEN (OLD.demonstration IS DISTINCT FROM NEW.demonstration)
    EXECUTE FUNCTION tongguan.clock_refuse_change();

CREATE TRIGGER clock_is_kept
    BEFORE DELETE OR TRUNCATE ON tongguan.clock
    FOR EACH STATEMENT EXECUTE FUNCTION tongguan.clock_refuse_change();

CREATE FUNCTION tongguan.domain_now() RETURNS timestamptz
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    shift bigint;
BEGIN
    SELECT shift_microseconds INTO shift FROM tongguan.clock;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the clock of this database has not been created'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN clock_timestamp() + shift * interval '1 microsecond';
END
$$;

CREATE FUNCTION tongguan.set_domain_time(instant timestamptz) RETURNS void
LANGUAGE sql VOLATILE AS $$
    UPDATE tongguan.clock
    SET shift_microseconds =
            ((extract(epoch FROM instant) - extract(epoch FROM clock_timestamp())) * 1000000)::bigint,
        last_seen = instant
$$;

-- The ledger of places. docs/ledger.md explains it. Every key begins with the cell (scheme, quota
-- week) where a quota counts, with the person where a rule on persons counts, and with the client's
-- id where a request has to be known again; no key needs an order across cells.

-- One row for all persons that one quota counts together.
CREATE TABLE tongguan.quota_window (
    cell_scheme text COLLATE "C" NOT NULL,
    cell_week date NOT NULL,
    quota text COLLATE "C" NOT NULL,
    starts date NOT NULL,
    dimensions text[] COLLATE "C" NOT NULL,  -- 'name=value', by name
    days smallint NOT NULL CHECK (days IN (1, 7)),
    capacity integer NOT NULL CHECK (capacity >= 0),
    honoured integer NOT NULL DEFAULT 0 CHECK (honoured >= 0),
    taken integer NOT NULL DEFAULT 0,
    PRIMARY KEY (cell_scheme, cell_week, quota, starts, dimensions),
    CONSTRAINT quota_window_lies_in_cell
        CHECK (starts >= cell_week AND starts + days <= cell_week + 7),
    CONSTRAINT quota_window_never_exceeded
        CHECK (taken >= 0 AND taken <= capacity + honoured)
) WITH (fillfactor = 50);  -- room to update a hot row within its page

-- A party's places on every leg, under the id that its client chose.
CREATE TABLE tongguan.journey (
    id uuid PRIMARY KEY,
    application uuid NOT NULL,
    scheme text COLLATE "C" NOT NULL,
    cell_weeks date[] NOT NULL,
    phase text NOT NULL,
    request_hash bytea NOT NULL,
    booked_at timestamptz NOT NULL,
    cancelled_at timestamptz
);
CREATE INDEX journey_application ON tongguan.journey (application);

-- One person's place on one leg; it is live while its journey is not cancelled.
CREATE TABLE tongguan.place (
    cell_scheme text COLLATE "C" NOT NULL,
    cell_week date NOT NULL,
    journey uuid NOT NULL,
    leg text NOT NULL CHECK (leg IN ('out', 'home')),
    person_number smallint NOT NULL CHECK (person_number >= 0),
    person bytea NOT NULL,
    direction text NOT NULL,
    category text NOT NULL,
    control_point text NOT NULL,
    slot text NOT NULL,
    day date NOT NULL CHECK (day >= cell_week AND day < cell_week + 7),
    PRIMARY KEY (cell_scheme, cell_week, journey, leg, person_number),
    UNIQUE (cell_scheme, cell_week, journey, leg, person)
);

-- How many persons of a journey a window counts: what a cancellation gives back.
CREATE TABLE tongguan.journey_window (
    cell_scheme text COLLATE "C" NOT NULL,
    cell_week date NOT NULL,
    journey uuid NOT NULL,
    quota text COLLATE "C" NOT NULL,
    starts date NOT NULL,
    dimensions text[] COLLATE "C" NOT NULL,
    persons integer NOT NULL CHECK (persons > 0),
    PRIMARY KEY (cell_scheme, cell_week, journey, quota, starts, dimensions)
);

-- The live journeys of a person, numbered from 1. The row of number 1 is the person's lock: whoever
-- changes any of them holds it. Without a journey it is there only while a transaction holds it.
CREATE TABLE tongguan.live_journey (
    person bytea NOT NULL,
    scheme text COLLATE "C" NOT NULL,
    number smallint NOT NULL CHECK (number > 0),
    journey uuid,
    live_until timestamptz,
    PRIMARY KEY (person, scheme, number),
    CHECK ((journey IS NULL) = (live_until IS NULL))
);
CREATE INDEX live_journey_journey ON tongguan.live_journey (journey) WHERE journey IS NOT NULL;

-- What is known of an id: NULL, 'replayed' (this request) or 'reused' (another request).
CREATE FUNCTION tongguan.ledger_known(journey_id uuid, hash bytea) RETURNS text
LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN request_hash = hash THEN 'replayed' ELSE 'reused' END
    FROM tongguan.journey WHERE id = journey_id
$$;

-- Locks persons one after another in key order. A row can be deleted while it is waited for, so
-- each is tried until it is held.
CREATE FUNCTION tongguan.ledger_lock_persons(persons bytea[], asked_scheme text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one bytea;
BEGIN
    FOREACH one IN ARRAY persons LOOP
        LOOP
            INSERT INTO tongguan.live_journey (person, scheme, number)
            VALUES (one, asked_scheme, 1) ON CONFLICT DO NOTHING;
            EXIT WHEN FOUND;
            PERFORM FROM tongguan.live_journey
            WHERE person = one AND scheme = asked_scheme AND number = 1 FOR UPDATE;
            EXIT WHEN FOUND;
        END LOOP;
    END LOOP;
END
$$;

-- Removes what stands for no journey: a lock that is needed no longer.
CREATE FUNCTION tongguan.ledger_release_persons(persons bytea[], asked_scheme text) RETURNS void
LANGUAGE sql VOLATILE AS $$
    DELETE FROM tongguan.live_journey
    WHERE person = ANY (persons) AND scheme = asked_scheme AND journey IS NULL
$$;

-- The persons of a request in key order.
CREATE FUNCTION tongguan.ledger_persons(request jsonb) RETURNS bytea[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT DISTINCT decode(place->>'person', 'hex')
                 FROM jsonb_array_elements(request->'places') AS place ORDER BY 1)
$$;

-- The numbers of those in a request who may not have another live journey; they are locked.
CREATE FUNCTION tongguan.ledger_busy(request jsonb, at timestamptz) RETURNS jsonb
LANGUAGE sql VOLATILE AS $$
    SELECT jsonb_agg(DISTINCT place->'person_number')
    FROM jsonb_array_elements(request->'places') AS place
    WHERE (request->>'live_journeys_per_person_max')::integer <= (
        SELECT count(*) FROM tongguan.live_journey
        WHERE person = decode(place->>'person', 'hex') AND scheme = request->>'scheme'
            AND journey IS NOT NULL AND live_until > at)
$$;

-- Creates the windows of a request that nobody has touched yet and locks all of them in key order;
-- returns each with what it has left, those without room or with another capacity only.
CREATE FUNCTION tongguan.ledger_lock_windows(request jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    asked_scheme CONSTANT text := request->>'scheme';
    wanting jsonb;
BEGIN
    INSERT INTO tongguan.quota_window
        (cell_scheme, cell_week, quota, starts, dimensions, days, capacity)
    SELECT asked_scheme, cell_week, quota, starts, dimensions, days, capacity
    FROM jsonb_to_recordset(request->'windows') AS asked (
        cell_week date, quota text, starts date, dimensions text[], days smallint, capacity integer)
    ORDER BY cell_week, quota COLLATE "C", starts, dimensions COLLATE "C"
    ON CONFLICT DO NOTHING;

    WITH locked AS MATERIALIZED (
        SELECT asked.number, asked.persons, asked.capacity AS asked_capacity, asked.days AS asked_days,
            counted.capacity, counted.days, counted.taken
        FROM jsonb_to_recordset(request->'windows') AS asked (
            number integer, cell_week date, quota text, starts date, dimensions text[],
            days smallint, capacity integer, persons integer)
        JOIN tongguan.quota_window AS counted
            ON counted.cell_scheme = asked_scheme AND counted.cell_week = asked.cell_week
            AND counted.quota = asked.quota AND counted.starts = asked.starts
            AND counted.dimensions = asked.dimensions
        ORDER BY counted.cell_scheme, counted.cell_week, counted.quota, counted.starts,
            counted.dimensions
        FOR NO KEY UPDATE OF counted
    )
    SELECT jsonb_agg(jsonb_build_object(
        'number', number, 'left', capacity - taken, 'capacity', capacity,
        'differs', capacity <> asked_capacity OR days <> asked_days) ORDER BY number)
    INTO wanting FROM locked
    WHERE taken + persons > capacity OR capacity <> asked_capacity OR days <> asked_days;
    RETURN wanting;
END
$$;

-- Writes what was granted; persons and windows are locked.
CREATE FUNCTION tongguan.ledger_write(request jsonb, at timestamptz) RETURNS void
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

    UPDATE tongguan.quota_window AS counted SET taken = counted.taken + asked.persons
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
        direction, category, control_point, slot, day)
    SELECT asked_scheme, cell_week, journey_id, leg, person_number, decode(person, 'hex'),
        direction, category, control_point, slot, day
    FROM jsonb_to_recordset(request->'places') AS asked (
        cell_week date, leg text, person_number smallint, person text, direction text,
        category text, control_point text, slot text, day date);

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
-- the id. Returns {outcome: taken | replayed | reused | refused, persons, windows}.
CREATE FUNCTION tongguan.take_places(request jsonb, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    journey_id CONSTANT uuid := request->>'journey';
    asked_scheme CONSTANT text := request->>'scheme';
    hash CONSTANT bytea := decode(request->>'request_hash', 'hex');
    persons CONSTANT bytea[] := tongguan.ledger_persons(request);
    outcome text := tongguan.ledger_known(journey_id, hash);
    busy jsonb;
    wanting jsonb;
BEGIN
    IF outcome IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', outcome);
    END IF;
    PERFORM tongguan.ledger_lock_persons(persons, asked_scheme);
    busy := tongguan.ledger_busy(request, at);
    wanting := tongguan.ledger_lock_windows(request);
    -- The same request may have been decided while this one waited for its locks.
    outcome := tongguan.ledger_known(journey_id, hash);
    IF outcome IS NULL AND (busy IS NOT NULL OR wanting IS NOT NULL) THEN
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
    RETURN jsonb_build_object('outcome', outcome, 'persons', busy, 'windows', wanting);
END
$$;

-- Gives all places of a journey back, once; locks in the same order as take_places.
CREATE FUNCTION tongguan.cancel_places(journey_id uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    weeks date[];
    asked_scheme text;
    persons bytea[];
BEGIN
    SELECT cell_weeks, scheme INTO weeks, asked_scheme FROM tongguan.journey WHERE id = journey_id;
    persons := ARRAY(
        SELECT DISTINCT person FROM tongguan.place
        WHERE cell_scheme = asked_scheme AND cell_week = ANY (weeks) AND journey = journey_id
        ORDER BY 1);
    PERFORM tongguan.ledger_lock_persons(persons, asked_scheme);
    PERFORM FROM tongguan.quota_window AS counted
    JOIN tongguan.journey_window AS held
        USING (cell_scheme, cell_week, quota, starts, dimensions)
    WHERE held.cell_scheme = asked_scheme AND held.cell_week = ANY (weeks)
        AND held.journey = journey_id
    ORDER BY counted.cell_scheme, counted.cell_week, counted.quota, counted.starts,
        counted.dimensions
    FOR NO KEY UPDATE OF counted;

    UPDATE tongguan.journey SET cancelled_at = at WHERE id = journey_id AND cancelled_at IS NULL;
    IF FOUND THEN
        UPDATE tongguan.quota_window AS counted
        SET taken = counted.taken - held.persons,
            -- What a cut promised to honour only falls.
            honoured = least(counted.honoured,
                greatest(0, counted.taken - held.persons - counted.capacity))
        FROM tongguan.journey_window AS held
        WHERE held.cell_scheme = asked_scheme AND held.cell_week = ANY (weeks)
            AND held.journey = journey_id
            AND counted.cell_scheme = held.cell_scheme AND counted.cell_week = held.cell_week
            AND counted.quota = held.quota AND counted.starts = held.starts
            AND counted.dimensions = held.dimensions;
        DELETE FROM tongguan.live_journey WHERE journey = journey_id;
    END IF;
    PERFORM tongguan.ledger_release_persons(persons, asked_scheme);
END
$$;

-- Places counted anew for every window, from the places themselves: what `taken` has to be.
CREATE VIEW tongguan.quota_window_recounted AS
SELECT counted.*, (
    SELECT count(*)
    FROM tongguan.place
    JOIN tongguan.journey ON journey.id = place.journey AND journey.cancelled_at IS NULL
    WHERE place.cell_scheme = counted.cell_scheme AND place.cell_week = counted.cell_week
        AND place.day >= counted.starts AND place.day < counted.starts + counted.days
        AND ARRAY['direction=' || place.direction, 'category=' || place.category,
                  'control_point=' || place.control_point, 'slot=' || place.slot,
                  'person=' || encode(place.person, 'hex')] @> counted.dimensions
) AS recounted
FROM tongguan.quota_window AS counted;
