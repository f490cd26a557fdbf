-- Certificates of other issuers that people brought: which one counts for which registration, and by
-- which enrolled key. Of the certificate itself there is a keyed digest alone, and that is here once:
-- nobody else can bring the same one, in other bytes or under its other signature.

CREATE TABLE tongguan.brought_certificate (
    certificate bytea PRIMARY KEY,
    registration uuid NOT NULL REFERENCES tongguan.registration ON DELETE CASCADE,
    key_id text COLLATE "C" NOT NULL,
    brought_at timestamptz NOT NULL
);
CREATE INDEX brought_certificate_registration ON tongguan.brought_certificate (registration);
CREATE INDEX brought_certificate_key ON tongguan.brought_certificate (key_id);
-- Only whose it is may change: where the registration that had it is no longer open.
CREATE TRIGGER brought_certificate_unchanged BEFORE UPDATE ON tongguan.brought_certificate
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change_but(
        'registration', 'key_id', 'brought_at');
