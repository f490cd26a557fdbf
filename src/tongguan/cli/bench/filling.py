"""Rows that are there already when a booking is made: many, and like those that bookings leave."""

from typing import Final

from tongguan.adapters.postgres.connections import Database
from tongguan.cli.bench.requests import (
    CATEGORY,
    CONTROL_POINT,
    DIRECTION,
    FIRST_DAY,
    LEDGER,
    LIMIT,
    LIVE_UNTIL,
    NOW,
    PHASE,
    QUOTAS,
    SLOT,
    VERSION,
)

ROWS_A_BOOKING: Final = 4
"""Journey, place, live journey, act: of a single traveller on one leg."""
_BATCH: Final = 20_000
_FILL: Final = b"""
    WITH quotas AS MATERIALIZED (
        SELECT quota, days, dimensions::text[] AS dimensions
        FROM unnest(%(quotas)s::text[], %(quota_days)s::smallint[], %(dimensions)s::text[])
            AS quotas (quota, days, dimensions)
    ), booked AS MATERIALIZED (
        SELECT gen_random_uuid() AS journey, gen_random_uuid() AS application,
            uuid_send(gen_random_uuid()) AS person, day,
            date_trunc('week', day)::date AS cell_week
        FROM generate_series(1, %(bookings)s) AS number
        CROSS JOIN LATERAL (SELECT %(first_day)s::date + number %% %(days)s AS day) AS chosen
        ORDER BY journey
    ), opened AS (
        INSERT INTO tongguan.quota_window AS counted
            (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, reckoned_at, taken)
        SELECT %(scheme)s, cell_week, quota, CASE days WHEN 7 THEN cell_week ELSE day END,
            dimensions, days, %(limit)s, %(now)s, count(*)
        FROM booked CROSS JOIN quotas
        GROUP BY cell_week, quota, CASE days WHEN 7 THEN cell_week ELSE day END, dimensions, days
        ON CONFLICT (cell_scheme, cell_week, quota, starts, dimensions)
            DO UPDATE SET taken = counted.taken + excluded.taken
        RETURNING cell_week, starts, days, number
    ), counting AS MATERIALIZED (
        SELECT day, array_agg(number) AS windows, array_agg(1) AS window_persons
        FROM (SELECT DISTINCT day FROM booked) AS each
        JOIN opened ON day >= starts AND day < starts + days
        GROUP BY day
    ), journeys AS (
        INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase, version_digest,
            request_hash, booked_at, windows, window_persons)
        SELECT journey, application, %(scheme)s, ARRAY[cell_week], %(phase)s, %(version)s,
            sha256(person), %(now)s, windows, window_persons
        FROM booked JOIN counting USING (day)
    ), places AS (
        INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
            direction, category, control_point, slot, day)
        SELECT %(scheme)s, cell_week, journey, 'out', 0, person, %(direction)s, %(category)s,
            %(control_point)s, %(slot)s, day
        FROM booked
    ), live AS (
        INSERT INTO tongguan.live_journey (person, scheme, number, journey, live_until)
        SELECT person, %(scheme)s, 1, journey, %(until)s FROM booked
    )
    INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)
    SELECT %(now)s, 'benchmark', 'book', journey::text, 'booked', '{}' FROM booked
"""


def fill(database: Database, *, bookings: int, days: int) -> None:
    """Add bookings of single travellers, spread evenly over days, without asking the ledger."""
    values: dict[str, object] = {
        "days": days,
        "first_day": FIRST_DAY,
        "quotas": [quota for quota, _, _ in QUOTAS],
        "quota_days": [quota_days for _, quota_days, _ in QUOTAS],
        "dimensions": [
            "{" + ",".join(f"{name}={value}" for name, value in dimensions) + "}"
            for _, _, dimensions in QUOTAS
        ],
        "scheme": LEDGER,
        "phase": PHASE,
        "version": VERSION,
        "now": NOW,
        "until": LIVE_UNTIL,
        "direction": DIRECTION,
        "category": CATEGORY,
        "control_point": CONTROL_POINT,
        "slot": SLOT,
        "limit": LIMIT,
    }
    for begin in range(0, bookings, _BATCH):
        with database.connection() as connection:
            # What is only filled in may be lost in a crash; what is measured never is.
            connection.execute("SET LOCAL synchronous_commit = off")
            number = min(_BATCH, bookings - begin)
            connection.execute(_FILL, values | {"bookings": number})
