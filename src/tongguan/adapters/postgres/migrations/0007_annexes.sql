-- Signed annexes of every authority, as the bytes that were signed. A later annex is another row;
-- nothing that was signed is changed.

CREATE TABLE tongguan.scheme_annex (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    signed_hash bytea NOT NULL UNIQUE,
    authority text NOT NULL,
    version_digest text NOT NULL,
    number integer NOT NULL,
    signed bytea NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX scheme_annex_version ON tongguan.scheme_annex (version_digest);
CREATE TRIGGER scheme_annex_append_only BEFORE UPDATE OR DELETE ON tongguan.scheme_annex
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();
