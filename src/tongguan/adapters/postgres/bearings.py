"""What whoever books asks first, in one statement: each is a way to the server and back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.adapters.postgres.clock import ClockError
from tongguan.adapters.postgres.stores.record import SERIALS
from tongguan.adapters.postgres.stores.transitions import applied_from
from tongguan.app.change_stores import AppliedText

FIRST_HOUR = """
    SELECT min(held_until) FROM tongguan.journey
    WHERE held_until IS NOT NULL AND cancelled_at IS NULL
"""
"""The hour that comes first of all that is held: the first entry of an index. To look for any hour
that has come would read the whole table where many holds have expired."""
_BEARINGS = f"""
    WITH at AS MATERIALIZED (SELECT tongguan.domain_now() AS now)
    SELECT at.now,
        coalesce(({FIRST_HOUR}) <= at.now, false) AS is_hold_due,
        {SERIALS},
        latest.*
    FROM at LEFT JOIN LATERAL (
        SELECT scheme, version_digest, phase, last_day, applied_at, counts
        FROM tongguan.transition ORDER BY serial DESC LIMIT 1
    ) AS latest ON true
""".encode()  # noqa: S608 - constants


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearings:
    """Where a booking begins, as one snapshot has it."""

    now: datetime
    is_hold_due: bool
    """Whether something is held beyond its hour."""
    serials: tuple[int, ...]
    """The last serial of each table of the record."""
    applied: AppliedText | None


def bearings(connection: Connection[Any]) -> Bearings:
    """Asked once the text is held; ``ClockError`` when the database has no clock yet."""
    try:
        with connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(_BEARINGS).fetchone()
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        raise ClockError("the clock of this database has not been created") from error
    assert row is not None  # noqa: S101 - it has one row, whatever is in the tables
    return Bearings(
        now=row["now"],
        is_hold_due=row["is_hold_due"],
        serials=tuple(row["serials"]),
        applied=None if row["scheme"] is None else applied_from(row),
    )
