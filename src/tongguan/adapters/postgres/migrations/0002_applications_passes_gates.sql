-- Everything an authority keeps besides the ledger. Columns ending in _sealed are encrypted field
-- by field (AES-256-GCM); columns named *_index are keyed digests. tongguan.adapters.postgres.personal
-- declares each column; a test reads the catalogue and fails for one that is not declared.

CREATE TABLE tongguan.application (
    id uuid PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    request_hash bytea NOT NULL,
    version_digest text NOT NULL,
    phase text NOT NULL,
    category text NOT NULL,
    evidence_sealed bytea NOT NULL,
    itinerary text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('granted', 'refused', 'waiting')),
    decision jsonb NOT NULL,
    submitted_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,
    delete_after date NOT NULL,
    CHECK ((state = 'waiting') = (decided_at IS NULL))
);
CREATE INDEX application_waiting ON tongguan.application (submitted_at, id) WHERE state = 'waiting';
CREATE INDEX application_delete_after ON tongguan.application (delete_after);

CREATE TABLE tongguan.applicant (
    application uuid NOT NULL REFERENCES tongguan.application ON DELETE CASCADE,
    number smallint NOT NULL,
    person_index bytea NOT NULL,
    person_sealed bytea NOT NULL,
    PRIMARY KEY (application, number)
);
CREATE INDEX applicant_person_index ON tongguan.applicant (person_index);

CREATE SEQUENCE tongguan.pass_status_index AS bigint MINVALUE 0 START 0;
CREATE TABLE tongguan.pass (
    id bytea PRIMARY KEY CHECK (length(id) = 16),
    journey uuid NOT NULL,
    application uuid NOT NULL,
    person_number smallint NOT NULL,
    leg text NOT NULL,
    status_index bigint NOT NULL UNIQUE,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    delete_after date NOT NULL,
    UNIQUE (journey, person_number, leg)
);
CREATE INDEX pass_revoked ON tongguan.pass (expires_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX pass_delete_after ON tongguan.pass (delete_after);

CREATE SEQUENCE tongguan.health_code_status_index AS bigint MINVALUE 0 START 0;
CREATE TABLE tongguan.health_code (
    id uuid PRIMARY KEY,
    request_hash bytea NOT NULL,
    person_index bytea NOT NULL,
    declared_sealed bytea NOT NULL,
    colour_sealed bytea NOT NULL,
    rule_version text NOT NULL,
    issued_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    status_index bigint NOT NULL UNIQUE,
    revoked_at timestamptz,
    delete_after date NOT NULL
);
CREATE INDEX health_code_live ON tongguan.health_code (person_index) WHERE revoked_at IS NULL;
CREATE INDEX health_code_revoked ON tongguan.health_code (valid_until) WHERE revoked_at IS NOT NULL;
CREATE INDEX health_code_delete_after ON tongguan.health_code (delete_after);

CREATE TABLE tongguan.gate (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    control_point text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    enrolled_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);

CREATE TABLE tongguan.crossing (
    id uuid PRIMARY KEY,
    request_hash bytea NOT NULL,
    gate uuid NOT NULL REFERENCES tongguan.gate,
    pass_id bytea,
    direction text NOT NULL,
    control_point text NOT NULL,
    at timestamptz NOT NULL,
    decision_sealed bytea NOT NULL,
    outcome text NOT NULL,
    crossed boolean NOT NULL,
    delete_after date NOT NULL
);
-- A pass is used once, whatever text it was shown as and whichever gate was asked.
CREATE UNIQUE INDEX crossing_uses_pass_once ON tongguan.crossing (pass_id) WHERE crossed;
CREATE INDEX crossing_at ON tongguan.crossing (at);
CREATE INDEX crossing_delete_after ON tongguan.crossing (delete_after);

CREATE TABLE tongguan.scheme_version (
    serial bigint GENERATED ALWAYS AS IDENTITY,
    digest text PRIMARY KEY,
    id text NOT NULL,
    canonical bytea NOT NULL,
    adopted_at timestamptz NOT NULL
);

CREATE TABLE tongguan.scheme_act (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    signed_hash bytea NOT NULL UNIQUE,
    authority text NOT NULL,
    version_digest text NOT NULL,
    signed bytea NOT NULL,
    received_at timestamptz NOT NULL
);

-- What was signed is never changed: both tables only grow.
CREATE FUNCTION tongguan.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER scheme_version_append_only BEFORE UPDATE OR DELETE ON tongguan.scheme_version
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();
CREATE TRIGGER scheme_act_append_only BEFORE UPDATE OR DELETE ON tongguan.scheme_act
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();

CREATE TABLE tongguan.peer (
    authority text PRIMARY KEY,
    fingerprint text NOT NULL,
    key_set bytea NOT NULL,
    url text,
    trusted_at timestamptz NOT NULL
);

CREATE TABLE tongguan.peer_status_list (
    authority text NOT NULL REFERENCES tongguan.peer,
    list_id text NOT NULL,
    signed bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    PRIMARY KEY (authority, list_id)
);

CREATE TABLE tongguan.audit_entry (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    outcome text NOT NULL,
    codes text[] NOT NULL
);
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON tongguan.audit_entry
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();
