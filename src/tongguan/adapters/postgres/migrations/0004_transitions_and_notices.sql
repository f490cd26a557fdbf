-- Living with change: what holders were told, which text the places stand under, and passes that
-- are issued anew when their journey is moved.

CREATE TABLE tongguan.notice (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application uuid NOT NULL REFERENCES tongguan.application ON DELETE CASCADE,
    journey uuid,
    code text NOT NULL,
    facts jsonb NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX notice_application ON tongguan.notice (application);
CREATE INDEX notice_code ON tongguan.notice (code, at);

-- The last row is the text, phase and last day under which the ledger's places stand.
CREATE TABLE tongguan.transition (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scheme text NOT NULL,
    version_digest text NOT NULL,
    phase text NOT NULL,
    last_day date,
    applied_at timestamptz NOT NULL,
    counts jsonb NOT NULL
);
CREATE TRIGGER transition_append_only BEFORE UPDATE OR DELETE ON tongguan.transition
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();

-- When what was granted stopped counting, because the text that holds now does not keep it.
ALTER TABLE tongguan.application ADD COLUMN lapsed_at timestamptz;

-- A pass says under which text and phase it was issued: a grant of an earlier text may be booked
-- under a later one, and a moved journey gets new passes beside its revoked ones.
ALTER TABLE tongguan.pass ADD COLUMN version_digest text, ADD COLUMN phase text;
UPDATE tongguan.pass SET
    version_digest = coalesce(
        (SELECT held.version_digest FROM tongguan.application held WHERE held.id = application), ''),
    phase = coalesce((SELECT held.phase FROM tongguan.journey held WHERE held.id = journey), '');
ALTER TABLE tongguan.pass
    ALTER COLUMN version_digest SET NOT NULL,
    ALTER COLUMN phase SET NOT NULL,
    DROP CONSTRAINT pass_journey_person_number_leg_key;
CREATE UNIQUE INDEX pass_is_live_once ON tongguan.pass (journey, person_number, leg)
    WHERE revoked_at IS NULL;
CREATE INDEX pass_journey ON tongguan.pass (journey);
