-- What a source said whose word no longer holds is taken back, with the places that it listed; a
-- claim that an officer refused is counted; and who was told of relief is looked at no more.

ALTER TABLE tongguan.evidence_source
    ADD COLUMN unsound_since timestamptz,
    ADD COLUMN unsound_because text,
    ADD CONSTRAINT evidence_source_unsound CHECK (
        (unsound_since IS NULL) = (unsound_because IS NULL)
        AND (unsound_since IS NULL OR withdrawn_at IS NOT NULL));
CREATE INDEX evidence_of_source ON tongguan.evidence (source, received_at, id)
    WHERE batch IS NOT NULL;
ALTER TABLE tongguan.risk_place ADD COLUMN taken_back_at timestamptz;

-- For the public count, which outlives the claim: who refused it, and nothing of whose it was.
CREATE TABLE tongguan.claim_refusal (
    claim uuid PRIMARY KEY,
    refused_at timestamptz NOT NULL,
    officers text[] COLLATE "C" NOT NULL,
    units text[] COLLATE "C" NOT NULL
);
CREATE INDEX claim_refusal_at ON tongguan.claim_refusal (refused_at);
CREATE TRIGGER claim_refusal_append_only BEFORE UPDATE OR DELETE ON tongguan.claim_refusal
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();
CREATE FUNCTION tongguan.claim_refusal_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tongguan.claim_refusal (claim, refused_at, officers, units)
    VALUES (NEW.id, NEW.decided_at, NEW.decided_by, NEW.units);
    RETURN NULL;
END $$;
CREATE TRIGGER claim_refusal_follows AFTER UPDATE ON tongguan.number_claim
    FOR EACH ROW WHEN (OLD.state = 'open' AND NEW.state = 'refused' AND NEW.decided_by <> '{}')
    EXECUTE FUNCTION tongguan.claim_refusal_follow();
INSERT INTO tongguan.claim_refusal (claim, refused_at, officers, units)
    SELECT id, decided_at, decided_by, units FROM tongguan.number_claim
    WHERE state = 'refused' AND decided_by <> '{}';

CREATE INDEX number_claim_person ON tongguan.number_claim (person_index);

-- Of an open case whose clock ran out: that its person was told, or had no need to be.
CREATE TABLE tongguan.relief_told (
    correction_case uuid PRIMARY KEY REFERENCES tongguan.correction_case ON DELETE CASCADE,
    at timestamptz NOT NULL
);
