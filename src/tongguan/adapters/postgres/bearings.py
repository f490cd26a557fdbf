"""What whoever books asks first, in one call: each is a way to the server and back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.adapters.postgres.clock import ClockError
from tongguan.adapters.postgres.stores.transitions import applied_from
from tongguan.app.change_stores import AppliedText

_BEARINGS = b"SELECT * FROM tongguan.begin_to_book(%s)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearings:
    """Where a booking begins, as one snapshot has it."""

    now: datetime
    is_hold_due: bool
    """Whether something is held beyond its hour."""
    serials: tuple[int, ...]
    """The last serial of each table of the record."""
    applied: AppliedText | None


def bearings(connection: Connection[Any], text_lock: int) -> Bearings:
    """Hold the text, then look about; ``ClockError`` when the database has no clock yet."""
    try:
        with connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(_BEARINGS, (text_lock,)).fetchone()
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        raise ClockError("the clock of this database has not been created") from error
    assert row is not None  # noqa: S101 - it has one row, whatever is in the tables
    return Bearings(
        now=row["now"],
        is_hold_due=row["is_hold_due"],
        serials=tuple(row["serials"]),
        applied=None if row["scheme"] is None else applied_from(row),
    )
