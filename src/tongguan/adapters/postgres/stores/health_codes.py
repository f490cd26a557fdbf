"""Health codes of this authority; what was declared and the colour are sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from tongguan.adapters.postgres.sealed import Seals
from tongguan.app.health.code_store import HealthCodeRecord
from tongguan.core.calendar import SLOT_TIME_MAX
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import PersonKey, RegistrationId

_DECLARED = "health_code.declared_sealed"
_COLOUR = "health_code.colour_sealed"
_LOCK_BYTES = 8


@dataclass(frozen=True, slots=True)
class PostgresHealthCodes:
    """``HealthCodeStore`` within one transaction."""

    connection: Connection[Any]
    seals: Seals

    def add(
        self,
        record: HealthCodeRecord,
        request_hash: bytes,
        declared: Mapping[str, object],
        delete_after: date,
    ) -> bool:
        row = str(UUID(bytes=record.id))
        return bool(
            self.connection.execute(
                "INSERT INTO tongguan.health_code (id, request_hash, person_index,"
                " declared_sealed, colour_sealed, rule_version, issued_at, valid_until,"
                " status_index, delete_after, registration)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
                (
                    row,
                    request_hash,
                    record.person,
                    self.seals.seal(dict(declared), _DECLARED, row),
                    self.seals.seal([record.colour.value, *record.reasons], _COLOUR, row),
                    record.rule_version,
                    record.issued_at,
                    record.valid_until,
                    record.status_index,
                    delete_after,
                    record.registration,
                ),
            ).rowcount
        )

    def get(self, code: bytes) -> tuple[HealthCodeRecord, bytes] | None:
        found = self._rows("WHERE id = %s", (str(UUID(bytes=code)),))
        return (self._record(found[0]), bytes(found[0]["request_hash"])) if found else None

    def acceptable(self, person: PersonKey) -> tuple[HealthCodeRecord, ...]:
        rows = self._rows(
            "WHERE person_index = %s AND revoked_at IS NULL"
            " AND valid_until > (SELECT tongguan.domain_now()) - %s ORDER BY issued_at, id",
            (person, SLOT_TIME_MAX),
        )
        return tuple(self._record(each) for each in rows)

    def live(self, person: PersonKey) -> tuple[HealthCodeRecord, ...]:
        rows = self._rows(
            "WHERE person_index = %s AND revoked_at IS NULL"
            " AND valid_until > (SELECT tongguan.domain_now()) ORDER BY issued_at, id",
            (person,),
        )
        return tuple(self._record(row) for row in rows)

    def last_of(self, person: PersonKey, registration: RegistrationId) -> HealthCodeRecord | None:
        rows = self._rows(
            "WHERE person_index = %s AND registration = %s"
            " ORDER BY issued_at DESC, valid_until DESC, status_index DESC LIMIT 1",
            (person, registration),
        )
        return self._record(rows[0]) if rows else None

    def _rows(self, where: str, parameters: tuple[object, ...]) -> list[dict[str, Any]]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(
                f"SELECT * FROM tongguan.health_code {where}".encode(),  # noqa: S608 - our own text
                parameters,
            ).fetchall()

    def _record(self, row: dict[str, Any]) -> HealthCodeRecord:
        sealed = bytes(row["colour_sealed"])
        colour, *reasons = self.seals.open(sealed, _COLOUR, str(row["id"]))
        registration = row["registration"]
        return HealthCodeRecord(
            id=row["id"].bytes,
            registration=None if registration is None else RegistrationId(str(registration)),
            person=PersonKey(bytes(row["person_index"])),
            colour=Colour(colour),
            reasons=tuple(reasons),
            rule_version=row["rule_version"],
            issued_at=row["issued_at"],
            valid_until=row["valid_until"],
            status_index=row["status_index"],
            revoked_at=row["revoked_at"],
        )

    def next_status_index(self) -> int:
        row = self.connection.execute(
            "SELECT nextval('tongguan.health_code_status_index')"
        ).fetchone()
        assert row is not None  # noqa: S101 - nextval always answers
        return int(row[0])

    def last_status_index(self) -> int:
        row = self.connection.execute(
            "SELECT last_value FROM tongguan.health_code_status_index"
        ).fetchone()
        assert row is not None  # noqa: S101 - a sequence has one row
        return int(row[0])

    def hold_person(self, person: PersonKey) -> datetime | None:
        # Two persons whose keys begin alike wait for each other, and nothing worse.
        lock = int.from_bytes(person[:_LOCK_BYTES], "big", signed=True)
        self.connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        row = self.connection.execute(
            "SELECT max(issued_at) FROM tongguan.health_code"
            " WHERE person_index = %s AND revoked_at IS NULL",
            (person,),
        ).fetchone()
        return None if row is None else row[0]

    def revoke(self, code: bytes, at: datetime) -> bool:
        return bool(
            self.connection.execute(
                "UPDATE tongguan.health_code SET revoked_at = %s"
                " WHERE id = %s AND revoked_at IS NULL"
                " AND valid_until > (SELECT tongguan.domain_now()) - %s",
                (at, str(UUID(bytes=code)), SLOT_TIME_MAX),
            ).rowcount
        )

    def revoke_earlier(self, person: PersonKey, *, than: bytes, at: datetime) -> int:
        return self.connection.execute(
            "UPDATE tongguan.health_code SET revoked_at = %s"
            " WHERE person_index = %s AND revoked_at IS NULL AND id <> %s",
            (at, person, str(UUID(bytes=than))),
        ).rowcount

    def revoked_indexes(self, *, unexpired_at: datetime) -> tuple[int, ...]:
        rows = self.connection.execute(
            "SELECT status_index FROM tongguan.health_code"
            " WHERE revoked_at IS NOT NULL AND valid_until > %s",
            (unexpired_at,),
        ).fetchall()
        return tuple(int(row[0]) for row in rows)
