"""One authority whose places can be made as they were again and again, and its rows to compare."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from tests.adapters.postgres.ledger_checks import require_exact
from tests.builders.authorities import Pair, granted, person
from tongguan.app.authorities import Authority
from tongguan.core.identifiers import ApplicationId, JourneyId

_EMPTIED = (
    "journey",
    "place",
    "live_journey",
    "quota_window",
    "crossing",
    "pass",
    "notice",
)
"""The tables that booking fills and that are emptied before each trial."""
_ROWS = """
    SELECT 'journey', to_jsonb(t) - 'windows' FROM tongguan.journey AS t
    UNION ALL SELECT 'place', to_jsonb(t) FROM tongguan.place AS t
    UNION ALL SELECT 'journey_window', to_jsonb(t) - 'number' FROM tongguan.journey_window AS t
    UNION ALL SELECT 'live_journey', to_jsonb(t) FROM tongguan.live_journey AS t
    WHERE journey IS NOT NULL
    UNION ALL SELECT 'quota_window', to_jsonb(t) - 'number' FROM tongguan.quota_window AS t
    WHERE taken > 0
    UNION ALL SELECT 'pass', to_jsonb(t) FROM tongguan.pass AS t
    UNION ALL SELECT 'notice', to_jsonb(t) - 'id' FROM tongguan.notice AS t
    UNION ALL SELECT 'application', jsonb_build_object('id', id, 'delete_after', delete_after)
    FROM tongguan.application
    UNION ALL SELECT 'audit', to_jsonb(t) FROM tongguan.audit_entry AS t
    WHERE serial > %s AND outcome <> 'refused' AND action <> 'pass.show'
"""
"""A refusal is not kept under its id: it is recorded as often as it was decided.

Windows are compared by their keys: opened anew, the same one has another number.
"""
_WHEN_ONLY = frozenset(
    {"booked_at", "cancelled_at", "reckoned_at", "issued_at", "revoked_at", "held_until", "at"}
)
"""Instants, of which only whether there is one can be compared between two runs."""
_NUMBERED = frozenset({"status_index", "serial"})
"""What every try takes a new number for."""

Rows = tuple[str, ...]


@dataclass(kw_only=True, slots=True)
class World:
    """Hong Kong with granted applications, a connection that looks on, and a way back."""

    pair: Pair
    server: psycopg.Connection[Any]
    """In autocommit, with the rights of the database's owner; it is no part of any trial."""
    start: datetime
    granted: tuple[ApplicationId, ...]
    delete_after: date
    audited: int = 0

    @property
    def hk(self) -> Authority:
        return self.pair.hk

    def begin(self) -> None:
        """Nobody holds a place, and it is the hour at which everything began."""
        for table in _EMPTIED:
            self.server.execute(f"DELETE FROM tongguan.{table}".encode())  # noqa: S608
        self.server.execute(
            "UPDATE tongguan.application SET delete_after = %s WHERE delete_after <> %s",
            (self.delete_after, self.delete_after),
        )
        self.audited = one(self.server, "SELECT max(serial) FROM tongguan.audit_entry")
        self.set_time(self.start)

    def set_time(self, instant: datetime) -> None:
        self.server.execute("SELECT tongguan.set_domain_time(%s)", (instant,))

    def rows(self) -> Rows:
        """Everything that booking keeps, as whoever looks on sees it at this moment."""
        found = self.server.execute(_ROWS, (self.audited,)).fetchall()
        return tuple(sorted(f"{table} {_comparable(row)}" for table, row in found))

    def exact_rows(self) -> Rows:
        """The same, which counters, sums and places have to agree on."""
        require_exact(self.server)
        return self.rows()


def one(connection: psycopg.Connection[Any], query: str) -> Any:
    """The one value of a query."""
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _comparable(row: dict[str, Any]) -> str:
    return json.dumps(
        {
            key: value is not None if key in _WHEN_ONLY else value
            for key, value in sorted(row.items())
            if key not in _NUMBERED
        }
    )


@contextmanager
def opened_world(pair: Pair, url: str, start: datetime, parties: Sequence[int]) -> Iterator[World]:
    """A world over the first authority of a pair, with granted parties of these sizes."""
    applications = []
    for number, size in enumerate(parties):
        people = [person(10 * number + each) for each in range(1, size + 1)]
        applications.append(granted(pair.hk, *people).application.id)
    with psycopg.connect(url, autocommit=True) as server:
        yield World(
            pair=pair,
            server=server,
            start=start,
            granted=tuple(applications),
            delete_after=one(server, "SELECT min(delete_after) FROM tongguan.application"),
        )


def standing(rows: Rows, application: ApplicationId) -> int:
    """How many journeys with places the application has in these rows."""
    journeys = [json.loads(row.partition(" ")[2]) for row in rows if row.startswith("journey {")]
    return sum(each["application"] == application and not each["cancelled_at"] for each in journeys)


def journey_id(number: int) -> JourneyId:
    return JourneyId(f"00000000-0000-4000-8000-{number:012}")


class Refused(tuple[str, ...]):
    """The codes of a refusal."""

    __slots__ = ()


def is_granted(answer: object) -> bool:
    """Whether nothing was refused: who was refused may be told something else by now."""
    several = answer if isinstance(answer, list) else [answer]
    return not any(isinstance(each, Refused) for each in several)


UseCase = Callable[[World], object]
"""A call of a use case, always under the same ids; what it returns is comparable."""
