"""Writes down, in the commit that does it, every change that leaves a window beyond its limit.

A schema of the run's own with two triggers. Only a transition may leave more in a window than its
limit, and nobody may take a place in such a window: the checker looks for a line that says
otherwise. What was rolled back leaves no line.
"""

from typing import Any

import psycopg

INSTALL = """
    CREATE SCHEMA IF NOT EXISTS soak;
    CREATE TABLE IF NOT EXISTS soak.transition (txid xid8 PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS soak.beyond (
        serial bigint GENERATED ALWAYS AS IDENTITY,
        txid xid8 NOT NULL,
        quota text NOT NULL,
        starts date NOT NULL,
        dimensions text[] NOT NULL,
        taken_before integer,
        capacity_before integer,
        taken integer NOT NULL,
        capacity integer NOT NULL,
        honoured integer NOT NULL
    );
    CREATE OR REPLACE FUNCTION soak.note_transition() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO soak.transition VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION soak.note_beyond() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO soak.beyond (txid, quota, starts, dimensions, taken_before, capacity_before,
            taken, capacity, honoured)
        VALUES (pg_current_xact_id(), NEW.quota, NEW.starts, NEW.dimensions,
            CASE TG_OP WHEN 'UPDATE' THEN OLD.taken ELSE 0 END,
            CASE TG_OP WHEN 'UPDATE' THEN OLD.capacity END,
            NEW.taken, NEW.capacity, NEW.honoured);
        RETURN NULL;
    END $$;
    CREATE OR REPLACE TRIGGER soak_transition AFTER INSERT ON tongguan.transition
        FOR EACH ROW EXECUTE FUNCTION soak.note_transition();
    CREATE OR REPLACE TRIGGER soak_beyond AFTER INSERT OR UPDATE ON tongguan.quota_window
        FOR EACH ROW WHEN (NEW.taken > NEW.capacity) EXECUTE FUNCTION soak.note_beyond();
"""
_WRONG = """
    SELECT quota, starts, dimensions, taken_before, capacity_before, taken, capacity, honoured
    FROM soak.beyond
    WHERE txid NOT IN (SELECT txid FROM soak.transition)
        AND (taken > capacity + honoured OR taken > taken_before
            OR capacity < capacity_before OR capacity_before IS NULL)
    ORDER BY serial
"""


def install(connection: psycopg.Connection[Any]) -> None:
    """Watch this database; again is harmless."""
    connection.execute(INSTALL.encode())


def wrong_commits(connection: psycopg.Connection[Any]) -> list[str]:
    """Commits that took a place where there was none."""
    rows = connection.execute(_WRONG.encode()).fetchall()
    return [" ".join(str(each) for each in row) for row in rows]


def noted(connection: psycopg.Connection[Any]) -> int:
    """How many changes left a window beyond its limit, rightly or not."""
    row = connection.execute("SELECT count(*) FROM soak.beyond").fetchone()
    return int(row[0]) if row else 0
