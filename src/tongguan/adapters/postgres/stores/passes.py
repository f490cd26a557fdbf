"""Issued passes; nothing personal stands in them, their text is signed anew when shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.app.stores import PassRecord
from tongguan.core.identifiers import (
    ApplicationId,
    JourneyId,
    PassId,
    PhaseId,
    VersionDigest,
)
from tongguan.core.scheme.model import Leg

_SELECT = """
    SELECT id, journey, application, version_digest, phase, person_number, leg, status_index,
        issued_at, expires_at, revoked_at
    FROM tongguan.pass
"""


@dataclass(frozen=True, slots=True)
class PostgresPasses:
    """``PassStore`` within one transaction."""

    connection: Connection[Any]

    def add(self, passes: Sequence[PassRecord], delete_after: date) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO tongguan.pass (id, journey, application, version_digest, phase,"
                " person_number, leg, status_index, issued_at, expires_at, delete_after)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    (
                        each.id,
                        each.journey,
                        each.application,
                        each.version,
                        each.phase,
                        each.person_number,
                        each.leg.value,
                        each.status_index,
                        each.issued_at,
                        each.expires_at,
                        delete_after,
                    )
                    for each in passes
                ],
            )

    def next_status_indexes(self, count: int) -> tuple[int, ...]:
        rows = self.connection.execute(
            "SELECT nextval('tongguan.pass_status_index') FROM generate_series(1, %s)", (count,)
        ).fetchall()
        return tuple(int(row[0]) for row in rows)

    def last_status_index(self) -> int:
        row = self.connection.execute(
            "SELECT last_value FROM tongguan.pass_status_index"
        ).fetchone()
        assert row is not None  # noqa: S101 - a sequence has one row
        return int(row[0])

    def of_journey(self, journey: JourneyId) -> tuple[PassRecord, ...]:
        return self._select(
            "WHERE journey = %s ORDER BY issued_at, leg DESC, person_number", (journey,)
        )

    def get(self, pass_id: PassId) -> PassRecord | None:
        found = self._select("WHERE id = %s", (pass_id,))
        return found[0] if found else None

    def revoke_journeys(self, journeys: Sequence[JourneyId], at: datetime) -> int:
        return self.connection.execute(
            "UPDATE tongguan.pass SET revoked_at = %s"
            " WHERE journey = ANY (%s::uuid[]) AND revoked_at IS NULL",
            (at, list(journeys)),
        ).rowcount

    def revoke_places(
        self, journey: JourneyId, leg: Leg, person_numbers: Sequence[int], at: datetime
    ) -> int:
        return self.connection.execute(
            "UPDATE tongguan.pass SET revoked_at = %s WHERE journey = %s AND leg = %s"
            " AND person_number = ANY (%s) AND revoked_at IS NULL",
            (at, journey, leg.value, list(person_numbers)),
        ).rowcount

    def revoked_indexes(self, *, unexpired_at: datetime) -> tuple[int, ...]:
        rows = self.connection.execute(
            "SELECT status_index FROM tongguan.pass"
            " WHERE revoked_at IS NOT NULL AND expires_at > %s",
            (unexpired_at,),
        ).fetchall()
        return tuple(int(row[0]) for row in rows)

    def gone_out(self) -> frozenset[JourneyId]:
        rows = self.connection.execute(
            "SELECT DISTINCT held.journey FROM tongguan.crossing"
            " JOIN tongguan.pass AS held ON held.id = crossing.pass_id"
            " WHERE crossing.crossed AND held.leg = 'out'"
        ).fetchall()
        return frozenset(JourneyId(str(row[0])) for row in rows)

    def _select(self, where: str, parameters: Sequence[Any]) -> tuple[PassRecord, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                _SELECT + where,
                parameters,
            ).fetchall()
        return tuple(
            PassRecord(
                id=PassId(bytes(row["id"])),
                journey=JourneyId(str(row["journey"])),
                application=ApplicationId(str(row["application"])),
                version=VersionDigest(row["version_digest"]),
                phase=PhaseId(row["phase"]),
                person_number=row["person_number"],
                leg=Leg(row["leg"]),
                status_index=row["status_index"],
                issued_at=row["issued_at"],
                expires_at=row["expires_at"],
                revoked_at=row["revoked_at"],
            )
            for row in rows
        )
