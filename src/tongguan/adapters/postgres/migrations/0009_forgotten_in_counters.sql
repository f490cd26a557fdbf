-- Counters that say how many of their persons nobody answers for any more, and retention that keeps
-- the law of locking. docs/ledger.md explains it.

-- Persons in the counter whose journeys are deleted: they used their places, and no journey tells
-- of them any more. With it every counter can be counted anew, however old.
ALTER TABLE tongguan.quota_window
    ADD COLUMN forgotten integer NOT NULL DEFAULT 0 CHECK (forgotten >= 0);
UPDATE tongguan.quota_window AS counted
SET forgotten = greatest(0, counted.taken - coalesce(held.persons, 0))
FROM tongguan.quota_window AS each
LEFT JOIN (
    SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons) AS persons
    FROM tongguan.journey_window JOIN tongguan.journey ON journey.id = journey_window.journey
    WHERE cancelled_at IS NULL
    GROUP BY cell_scheme, cell_week, quota, starts, dimensions
) AS held USING (cell_scheme, cell_week, quota, starts, dimensions)
WHERE counted.cell_scheme = each.cell_scheme AND counted.cell_week = each.cell_week
    AND counted.quota = each.quota AND counted.starts = each.starts
    AND counted.dimensions = each.dimensions
    AND counted.starts + counted.days <= (clock_timestamp() + coalesce(
        (SELECT shift_microseconds FROM tongguan.clock), 0) * interval '1 microsecond')::date;

-- Whoever counts anew says how it is planned: `recount.py` does. Nothing reads the index since.
DROP VIEW tongguan.quota_window_recounted;
DROP INDEX tongguan.quota_window_parts;

-- Persons in each counter whose journeys are deleted.
CREATE OR REPLACE FUNCTION tongguan.ledger_forgotten(asked_scheme text, from_week date)
RETURNS TABLE (cell_week date, quota text, starts date, dimensions text[], persons integer)
LANGUAGE sql STABLE AS $$
    SELECT cell_week, quota, starts, dimensions, forgotten FROM tongguan.quota_window
    WHERE cell_scheme = asked_scheme AND cell_week >= from_week
$$;

-- Deletes what is kept of journeys that are over, and leaves their persons in the counters. A
-- person's row of number 1 stays, for somebody may be waiting for it; `sweep_live_journeys` deletes
-- it when nobody does.
CREATE FUNCTION tongguan.forget_journeys(journeys uuid[]) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_mergejoin = off AS $$
BEGIN
    PERFORM tongguan.ledger_lock_journeys(journeys);
    UPDATE tongguan.quota_window AS counted SET forgotten = counted.forgotten + used.persons
    FROM (
        SELECT cell_scheme, cell_week, quota, starts, dimensions, sum(persons) AS persons
        FROM tongguan.journey JOIN tongguan.journey_window AS held ON cell_scheme = scheme
            AND cell_week = ANY (cell_weeks) AND held.journey = journey.id
        WHERE id = ANY (journeys) AND cancelled_at IS NULL
        GROUP BY cell_scheme, cell_week, quota, starts, dimensions
    ) AS used
    WHERE counted.cell_scheme = used.cell_scheme AND counted.cell_week = used.cell_week
        AND counted.quota = used.quota AND counted.starts = used.starts
        AND counted.dimensions = used.dimensions;
    UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL
    WHERE journey = ANY (journeys);
    DELETE FROM tongguan.place USING tongguan.journey
    WHERE id = ANY (journeys) AND cell_scheme = scheme AND cell_week = ANY (cell_weeks)
        AND place.journey = id;
    DELETE FROM tongguan.journey_window AS held USING tongguan.journey
    WHERE id = ANY (journeys) AND cell_scheme = scheme AND cell_week = ANY (cell_weeks)
        AND held.journey = id;
    DELETE FROM tongguan.journey WHERE id = ANY (journeys);
END
$$;
