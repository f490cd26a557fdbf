"""Bare insertion: the rows of many bookings in one statement, with no rule, no lock, no counter.

It is what the ledger is held against: nothing that keeps the same rows durably can be faster. Both
send arrays made from the same values, and both commit once for each group.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from psycopg.types.json import Jsonb

from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import PlaceRequest
from tongguan.cli.bench.requests import NOW
from tongguan.core.identifiers import SchemeId

SCHEME: Final = SchemeId("bulk-insert")
_INSERT: Final = b"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest(%(journeys)s::uuid[], %(applications)s::uuid[], %(hashes)s::bytea[],
            %(persons)s::bytea[], %(kinds)s::integer[])
            AS asked (journey, application, hash, person, kind)
    ), leg AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(%(legs)s) AS leg (kind integer, cell_week date, leg text,
            direction text, category text, control_point text, slot text, day date,
            windows bigint[], window_persons integer[])
    ), journeys AS (
        INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase, version_digest,
            request_hash, booked_at, windows, window_persons)
        SELECT journey, application, %(scheme)s, ARRAY[cell_week], %(phase)s, %(version)s, hash,
            %(now)s, windows, window_persons
        FROM asked JOIN leg USING (kind)
    ), places AS (
        INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
            direction, category, control_point, slot, day)
        SELECT %(scheme)s, cell_week, journey, leg, 0, person, direction, category, control_point,
            slot, day
        FROM asked JOIN leg USING (kind)
    ), live AS (
        INSERT INTO tongguan.live_journey (person, scheme, number, journey, live_until)
        SELECT person, %(scheme)s, 1, journey, %(until)s FROM asked
    )
    INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)
    SELECT %(now)s, 'benchmark', 'book', journey::text, 'taken', '{}' FROM asked
"""


def insert(database: Database, requests: Sequence[PlaceRequest]) -> None:
    """Write the rows of these single travellers and commit."""
    with database.connection() as connection:
        connection.execute(_INSERT, _parameters(requests))


def _parameters(requests: Sequence[PlaceRequest]) -> dict[str, object]:
    kinds = {id(request.asked): request.asked for request in requests}
    numbers = {kind: number for number, kind in enumerate(kinds)}
    first = requests[0].asked
    return {
        "scheme": SCHEME,
        "phase": first.phase,
        "version": first.version,
        "now": NOW,
        "until": first.live_until,
        "journeys": _array(requests, lambda each: each.journey),
        "applications": _array(requests, lambda each: each.application),
        "hashes": _array(requests, lambda each: _bytes(each.request_hash)),
        "persons": _array(requests, lambda each: _bytes(each.persons[0])),
        "kinds": _array(requests, lambda each: str(numbers[id(each.asked)])),
        "legs": Jsonb(
            [
                {
                    "kind": numbers[key],
                    "cell_week": leg.cell_week.isoformat(),
                    "leg": leg.leg.value,
                    "direction": leg.direction,
                    "category": asked.category,
                    "control_point": leg.control_point,
                    "slot": leg.slot,
                    "day": leg.day.isoformat(),
                    # As many as count a booking; no window has these numbers.
                    "windows": [-1 - number for number in range(len(asked.windows))],
                    "window_persons": [1 for _ in asked.windows],
                }
                for key, asked in kinds.items()
                for leg in asked.legs
            ]
        ),
    }


def _array(requests: Iterable[PlaceRequest], value: Callable[[PlaceRequest], str]) -> str:
    """An array as its literal, which is what the ledger sends too."""
    return "{" + ",".join(map(value, requests)) + "}"


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'
