-- Signed daily figures of every authority, as the bytes that were signed. A correction is another
-- row for the same day; nothing that was signed is changed.

CREATE TABLE tongguan.daily_figures (
    serial bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    signed_hash bytea NOT NULL UNIQUE,
    authority text NOT NULL,
    scheme text NOT NULL,
    day date NOT NULL,
    signed bytea NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX daily_figures_day ON tongguan.daily_figures (scheme, day);
CREATE TRIGGER daily_figures_append_only BEFORE UPDATE OR DELETE ON tongguan.daily_figures
    FOR EACH ROW EXECUTE FUNCTION tongguan.refuse_change();
