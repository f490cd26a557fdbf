"""What the rows of both databases say at the end; nothing here rests on what anybody remembers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from psycopg import sql

from tongguan.adapters.postgres.connections import Database
from tongguan.app.authorities import Authority
from tongguan.app.ledger_port import WindowCount
from tongguan.app.stores import CrossingRecord
from tongguan.core.calendar import local_day
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import DirectionId, QuotaId, SchemeId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg

_USED: Final = """
    SELECT pass_id FROM tongguan.crossing WHERE crossed AND direction = %s AND pass_id IS NOT NULL
"""
_PASSES: Final = "SELECT id, journey, person_number FROM tongguan.pass WHERE leg = %s"
_BOOKED: Final = """
    SELECT place.day, count(*)
    FROM tongguan.place JOIN tongguan.journey ON journey.id = place.journey
    WHERE place.leg = 'out' AND journey.cancelled_at IS NULL AND place.cell_scheme = %s
    GROUP BY place.day
"""
_LEFT: Final = """
    SELECT starts, capacity + honoured - taken FROM tongguan.quota_window
    WHERE cell_scheme = %s AND quota = %s AND dimensions = %s
"""
_DOUBLED_JOURNEYS: Final = """
    SELECT count(*) FROM (
        SELECT FROM tongguan.journey WHERE cancelled_at IS NULL
        GROUP BY application HAVING count(*) > 1
    ) AS doubled
"""
_DOUBLED: Final = """
    SELECT count(*) FROM (
        SELECT FROM tongguan.crossing WHERE crossed AND pass_id IS NOT NULL
        GROUP BY pass_id HAVING count(*) > 1
    ) AS doubled
"""


@dataclass(slots=True)
class GateCounts:
    """What the gates of one day decided."""

    crossed: Counter[DirectionId] = field(default_factory=Counter)
    referred: int = 0
    denied: int = 0
    denied_by: Counter[ReasonCode] = field(default_factory=Counter)


def gate_counts(authorities: Iterable[Authority], zone: str) -> dict[date, GateCounts]:
    """By day in the zone, over the gates of both authorities."""
    counts: dict[date, GateCounts] = {}
    for crossing in _crossings(authorities):
        count = counts.setdefault(local_day(crossing.at, zone), GateCounts())
        count.crossed[crossing.direction] += crossing.crossed
        count.referred += crossing.decision.outcome is Outcome.REFER
        if crossing.decision.outcome is Outcome.DENY:
            count.denied += 1
            count.denied_by.update(crossing.decision.codes)
    return counts


def reasons_given(authorities: Iterable[Authority]) -> Counter[ReasonCode]:
    """How often the gates gave each reason, whatever the outcome."""
    given: Counter[ReasonCode] = Counter()
    for crossing in _crossings(authorities):
        given.update(crossing.decision.codes)
    return given


def _crossings(authorities: Iterable[Authority]) -> Iterator[CrossingRecord]:
    """Every crossing; what was decided is sealed, so each authority opens its own."""
    for authority in authorities:
        with authority.database.transaction() as transaction:
            yield from transaction.crossings.all()


def booked_by_day(database: Database, scheme: SchemeId) -> Mapping[date, int]:
    """Persons who hold a place out on each day."""
    with database.connection() as connection:
        return dict(connection.execute(_BOOKED.encode(), (scheme,)).fetchall())


def left_by_day(
    database: Database, scheme: SchemeId, quota: QuotaId, direction: DirectionId
) -> Mapping[date, int]:
    """Places that a quota for every day of a direction has left, where anyone asked."""
    dimensions = [f"direction={direction}"]
    with database.connection() as connection:
        return dict(connection.execute(_LEFT.encode(), (scheme, quota, dimensions)).fetchall())


def stranded(
    databases: list[Database], booking: Database, directions: Mapping[Leg, DirectionId]
) -> int:
    """People whose pass out was used and whose pass home was not."""
    away: dict[Leg, set[tuple[object, int]]] = {}
    for leg, direction in directions.items():
        with booking.connection() as connection:
            rows = connection.execute(_PASSES.encode(), (leg.value,)).fetchall()
        people = {bytes(row[0]): (row[1], row[2]) for row in rows}
        away[leg] = set()
        for database in databases:
            with database.connection() as connection:
                for (used,) in connection.execute(_USED.encode(), (direction,)):
                    away[leg].add(people[bytes(used)])
    return len(away[Leg.OUT] - away[Leg.HOME])


def passes_used_twice(databases: list[Database]) -> int:
    """Passes that more than one crossing used, which no schedule of events may bring about."""
    total = 0
    for database in databases:
        with database.connection() as connection:
            row = connection.execute(_DOUBLED.encode()).fetchone()
            total += row[0] if row else 0
    return total


def lost(databases: list[Database], acknowledged: Mapping[str, set[UUID]]) -> int:
    """How much of what was acknowledged is in no database."""
    missing = 0
    for table, identifiers in acknowledged.items():
        statement = sql.SQL("SELECT id FROM tongguan.{} WHERE id = ANY (%s)").format(
            sql.Identifier(table)
        )
        found: set[UUID] = set()
        for database in databases:
            with database.connection() as connection:
                rows = connection.execute(statement, (list(identifiers),)).fetchall()
            found.update(row[0] for row in rows)
        missing += len(identifiers - found)
    return missing


def doubled_journeys(booking: Database) -> int:
    """Applications with more than one journey that was not given back."""
    with booking.connection() as connection:
        row = connection.execute(_DOUBLED_JOURNEYS.encode()).fetchone()
    return row[0] if row else 0


def windows_exceeded(database: Database) -> tuple[WindowCount, ...]:
    """Windows whose places, counted anew, are more than is allowed."""
    with database.transaction() as transaction:
        return transaction.ledger.windows_exceeded()


def fsync_is_on(database: Database) -> bool:
    """Whether the server writes through to the disk before it acknowledges."""
    with database.connection() as connection:
        row = connection.execute("SELECT current_setting('fsync')").fetchone()
    return row is not None and row[0] == "on"
