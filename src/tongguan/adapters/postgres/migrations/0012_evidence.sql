-- Health codes from evidence: who is registered, what was said of them and by whom, what takes two
-- officers, what was contested and told, and whose lists of keys are recognised. What a person is
-- said to have is sealed; what was said is never changed, what became of it stands beside it.

-- Refuses to change anything but the columns that the trigger names.
CREATE FUNCTION tongguan.refuse_change_but() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV::text[] IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV::text[] THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TABLE tongguan.registration (
    id uuid PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    request_hash bytea NOT NULL,
    person_index bytea NOT NULL,
    holder_sealed bytea NOT NULL,
    route text NOT NULL CHECK (route IN ('assisted', 'paper', 'self')),
    state text NOT NULL CHECK (state IN ('open', 'replaced')),
    registered_at timestamptz NOT NULL,
    registered_by text,
    verified_at timestamptz,
    verified_by text,
    replaced_by uuid,
    replaced_at timestamptz,
    delete_after date NOT NULL,
    CHECK ((state = 'replaced') = (replaced_by IS NOT NULL)),
    CHECK ((verified_at IS NULL) = (verified_by IS NULL))
);
-- A document number has one registration that counts.
CREATE UNIQUE INDEX registration_open ON tongguan.registration (person_index) WHERE state = 'open';
CREATE INDEX registration_person ON tongguan.registration (person_index);
CREATE INDEX registration_delete_after ON tongguan.registration (delete_after);

CREATE TABLE tongguan.number_claim (
    id uuid PRIMARY KEY,
    request_hash bytea NOT NULL,
    person_index bytea NOT NULL,
    registration uuid NOT NULL,
    holder_sealed bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'refused', 'upheld')),
    opened_at timestamptz NOT NULL,
    decide_by timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text[] NOT NULL DEFAULT '{}',
    units text[] NOT NULL DEFAULT '{}',
    delete_after date NOT NULL,
    CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE INDEX number_claim_open ON tongguan.number_claim (decide_by, id) WHERE state = 'open';
CREATE INDEX number_claim_delete_after ON tongguan.number_claim (delete_after);

CREATE TABLE tongguan.evidence_source (
    id text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL,
    unit text,
    name text NOT NULL,
    public bytea NOT NULL UNIQUE,
    not_before timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    enrolled_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);

CREATE TABLE tongguan.evidence_batch (
    digest text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C" NOT NULL REFERENCES tongguan.evidence_source,
    signed_sealed bytea NOT NULL,
    received_at timestamptz NOT NULL,
    delete_after date NOT NULL
);
CREATE INDEX evidence_batch_delete_after ON tongguan.evidence_batch (delete_after);

CREATE TABLE tongguan.evidence (
    serial bigint GENERATED ALWAYS AS IDENTITY,
    id uuid PRIMARY KEY,
    request_hash bytea NOT NULL,
    person_index bytea NOT NULL,
    registration uuid,
    route text NOT NULL,
    source text NOT NULL,
    causers text[] NOT NULL,
    content_sealed bytea NOT NULL,
    batch text,
    issued_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    ends_at timestamptz,
    delete_after date NOT NULL
);
CREATE INDEX evidence_person ON tongguan.evidence (person_index);
CREATE INDEX evidence_route ON tongguan.evidence (route, ends_at);
CREATE INDEX evidence_registration ON tongguan.evidence (registration);
CREATE INDEX evidence_delete_after ON tongguan.evidence (delete_after);

CREATE TABLE tongguan.evidence_event (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    evidence uuid NOT NULL REFERENCES tongguan.evidence ON DELETE CASCADE,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    by text[] NOT NULL,
    units text[] NOT NULL,
    correction_case uuid,
    decide_by timestamptz
);
CREATE INDEX evidence_event_of ON tongguan.evidence_event (evidence);

-- What was said is not said otherwise afterwards: only how long it is kept may change, and it goes
-- when its day is over, with what became of it.
CREATE TRIGGER evidence_append_only BEFORE UPDATE ON tongguan.evidence
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change_but('delete_after');
CREATE TRIGGER evidence_event_append_only BEFORE UPDATE ON tongguan.evidence_event
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();
CREATE FUNCTION tongguan.evidence_event_refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM tongguan.evidence WHERE id = OLD.evidence) THEN
        RAISE EXCEPTION '% goes with its evidence only', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER evidence_event_goes_with_evidence BEFORE DELETE ON tongguan.evidence_event
    FOR EACH ROW EXECUTE FUNCTION tongguan.evidence_event_refuse_loss();

-- For the alarm and the limits: who caused what, at what they have in common. No colour stands here
-- and no ground, and the evidence may long be deleted.
CREATE TABLE tongguan.adverse_act (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    evidence uuid NOT NULL,
    route text NOT NULL,
    causers text[] COLLATE "C" NOT NULL,
    targets text[] COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    held boolean NOT NULL,
    reviewed_at timestamptz,
    reviewed_by text[] NOT NULL DEFAULT '{}',
    -- Whatever the program says: nobody reviews alone.
    CONSTRAINT review_takes_two CHECK (CASE WHEN reviewed_at IS NULL THEN reviewed_by = '{}'
        ELSE cardinality(reviewed_by) >= 2 AND reviewed_by[1] <> reviewed_by[2] END)
);
CREATE INDEX adverse_act_causers ON tongguan.adverse_act USING gin (causers)
    WHERE reviewed_at IS NULL;
CREATE INDEX adverse_act_targets ON tongguan.adverse_act USING gin (targets)
    WHERE reviewed_at IS NULL;
CREATE INDEX adverse_act_at ON tongguan.adverse_act (at);
CREATE INDEX adverse_act_evidence ON tongguan.adverse_act (evidence);
CREATE INDEX adverse_act_to_review ON tongguan.adverse_act (held DESC, serial)
    WHERE reviewed_at IS NULL;
-- It counts against its causers until it was reviewed; it cannot be lost before.
CREATE TRIGGER adverse_act_append_only BEFORE UPDATE ON tongguan.adverse_act
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change_but('reviewed_at', 'reviewed_by');
CREATE TRIGGER adverse_act_kept BEFORE DELETE ON tongguan.adverse_act
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();

CREATE TABLE tongguan.risk_place (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    division text NOT NULL,
    first_on date NOT NULL,
    last_on date,
    source text COLLATE "C" NOT NULL REFERENCES tongguan.evidence_source,
    listed_at timestamptz NOT NULL
);

CREATE TABLE tongguan.officer_unit (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    officer text NOT NULL,
    unit text NOT NULL,
    since timestamptz NOT NULL
);
CREATE INDEX officer_unit_of ON tongguan.officer_unit (officer, serial);
CREATE TRIGGER officer_unit_append_only BEFORE UPDATE OR DELETE ON tongguan.officer_unit
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();

CREATE TABLE tongguan.proposal (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    person_index bytea,
    content_sealed bytea NOT NULL,
    proposed_by text NOT NULL,
    unit text NOT NULL,
    proposed_at timestamptz NOT NULL,
    lapses_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('carried_out', 'lapsed', 'open', 'refused')),
    decided_by text,
    decided_unit text,
    decided_at timestamptz,
    delete_after date NOT NULL,
    -- Whatever the program says: nobody carries out alone, nor two of one unit.
    CONSTRAINT proposal_takes_two CHECK (
        state <> 'carried_out'
        OR (decided_by <> proposed_by AND decided_unit <> unit AND decided_at IS NOT NULL)
            IS TRUE)
);
CREATE INDEX proposal_open ON tongguan.proposal (proposed_at, id) WHERE state = 'open';
CREATE INDEX proposal_delete_after ON tongguan.proposal (delete_after);
-- What is confirmed is what was proposed, by whom it was proposed.
CREATE TRIGGER proposal_unchanged BEFORE UPDATE ON tongguan.proposal
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change_but(
        'state', 'decided_by', 'decided_unit', 'decided_at', 'delete_after');

CREATE TABLE tongguan.correction_case (
    id uuid PRIMARY KEY,
    person_index bytea NOT NULL,
    registration uuid NOT NULL,
    evidence uuid NOT NULL,
    words_sealed bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('lifted', 'open', 'upheld')),
    opened_at timestamptz NOT NULL,
    decide_by timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text[] NOT NULL DEFAULT '{}',
    delete_after date NOT NULL,
    CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX correction_case_open ON tongguan.correction_case (evidence)
    WHERE state = 'open';
CREATE INDEX correction_case_due ON tongguan.correction_case (decide_by, id) WHERE state = 'open';
CREATE INDEX correction_case_of ON tongguan.correction_case (evidence, opened_at);
CREATE INDEX correction_case_delete_after ON tongguan.correction_case (delete_after);
CREATE TRIGGER correction_case_unchanged BEFORE UPDATE ON tongguan.correction_case
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change_but(
        'state', 'decided_at', 'decided_by', 'delete_after');

-- For the public count, which outlives the case: when it was opened and decided, and no more.
CREATE TABLE tongguan.correction_clock (
    correction_case uuid PRIMARY KEY,
    opened_at timestamptz NOT NULL,
    decide_by timestamptz NOT NULL,
    decided_at timestamptz
);
CREATE INDEX correction_clock_opened ON tongguan.correction_clock (opened_at);
CREATE FUNCTION tongguan.correction_clock_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tongguan.correction_clock (correction_case, opened_at, decide_by, decided_at)
    VALUES (NEW.id, NEW.opened_at, NEW.decide_by, NEW.decided_at)
    ON CONFLICT (correction_case) DO UPDATE SET decided_at = excluded.decided_at;
    RETURN NULL;
END $$;
CREATE TRIGGER correction_clock_follows AFTER INSERT OR UPDATE ON tongguan.correction_case
    FOR EACH ROW EXECUTE FUNCTION tongguan.correction_clock_follow();

CREATE TABLE tongguan.health_alarm (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    acts integer NOT NULL,
    raised_at timestamptz NOT NULL,
    reviewed_at timestamptz,
    reviewed_by text[] NOT NULL DEFAULT '{}',
    CHECK ((reviewed_at IS NULL) = (reviewed_by = '{}'))
);
CREATE UNIQUE INDEX health_alarm_open ON tongguan.health_alarm (kind, subject)
    WHERE reviewed_at IS NULL;
CREATE TRIGGER health_alarm_unchanged BEFORE UPDATE ON tongguan.health_alarm
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change_but(
        'acts', 'reviewed_at', 'reviewed_by');
CREATE TRIGGER health_alarm_kept BEFORE DELETE ON tongguan.health_alarm
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();

CREATE TABLE tongguan.health_notice (
    serial bigint GENERATED ALWAYS AS IDENTITY,
    id uuid PRIMARY KEY,
    person_index bytea NOT NULL,
    notice_sealed bytea NOT NULL,
    at timestamptz NOT NULL,
    delete_after date NOT NULL
);
CREATE INDEX health_notice_person ON tongguan.health_notice (person_index);
CREATE INDEX health_notice_delete_after ON tongguan.health_notice (delete_after);

CREATE TABLE tongguan.trust_list (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    signed_hash bytea NOT NULL UNIQUE,
    authority text NOT NULL,
    version integer NOT NULL,
    digest text NOT NULL,
    signed bytea NOT NULL,
    received_at timestamptz NOT NULL,
    -- Of one number the list that came first counts.
    UNIQUE (authority, version)
);
CREATE TABLE tongguan.recognition (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    signed_hash bytea NOT NULL UNIQUE,
    authority text NOT NULL,
    signed bytea NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE TRIGGER trust_list_append_only BEFORE UPDATE OR DELETE ON tongguan.trust_list
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();
CREATE TRIGGER recognition_append_only BEFORE UPDATE OR DELETE ON tongguan.recognition
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();

CREATE TABLE tongguan.used_statement (
    statement bytea PRIMARY KEY,
    used_at timestamptz NOT NULL,
    delete_after date NOT NULL
);
CREATE INDEX used_statement_delete_after ON tongguan.used_statement (delete_after);

-- Empty in a code issued before there were registrations.
ALTER TABLE tongguan.health_code ADD COLUMN registration uuid;
