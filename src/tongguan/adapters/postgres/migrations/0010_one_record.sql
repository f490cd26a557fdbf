-- What is on record (texts, acts, annexes, figures) is read once and kept by each process until
-- something is added. So that the last serial of each table says exactly what it holds, those who
-- add to the record do so one after another: nobody's row appears below one that was seen before.

CREATE FUNCTION tongguan.add_one_after_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Until the commit, and before the row gets its serial. Any number that nothing else uses.
    PERFORM pg_advisory_xact_lock(x'746f6e677265'::bigint);
    RETURN NULL;
END
$$;

CREATE UNIQUE INDEX scheme_version_serial ON tongguan.scheme_version (serial);
CREATE TRIGGER scheme_version_one_after_another BEFORE INSERT ON tongguan.scheme_version
    FOR EACH STATEMENT EXECUTE FUNCTION tongguan.add_one_after_another();
CREATE TRIGGER scheme_act_one_after_another BEFORE INSERT ON tongguan.scheme_act
    FOR EACH STATEMENT EXECUTE FUNCTION tongguan.add_one_after_another();
CREATE TRIGGER scheme_annex_one_after_another BEFORE INSERT ON tongguan.scheme_annex
    FOR EACH STATEMENT EXECUTE FUNCTION tongguan.add_one_after_another();
CREATE TRIGGER daily_figures_one_after_another BEFORE INSERT ON tongguan.daily_figures
    FOR EACH STATEMENT EXECUTE FUNCTION tongguan.add_one_after_another();
