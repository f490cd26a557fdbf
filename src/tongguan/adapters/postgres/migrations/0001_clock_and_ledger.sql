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
