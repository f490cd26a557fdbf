"""Enrolled gates and what happened at them, each crossing once however often it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from tongguan.adapters.postgres.decisions import decision_as_data, decision_from_data
from tongguan.adapters.postgres.sealed import Seals
from tongguan.app.stores import CrossingRecord, Gate, PassUsedMeanwhileError
from tongguan.core.identifiers import ControlPointId, DirectionId, GateId, PassId

_INSERT = """
    INSERT INTO tongguan.crossing (id, request_hash, gate, pass_id, direction, control_point, at,
        decision_sealed, outcome, crossed, delete_after)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""

_DECISION = "crossing.decision_sealed"
"""Sealed, for the reasons may say that a health code was not green."""
_GATES = "SELECT * FROM tongguan.gate "
_CROSSINGS = """
    SELECT id, gate, pass_id, direction, control_point, at, decision_sealed, crossed
    FROM tongguan.crossing
"""


@dataclass(frozen=True, slots=True)
class PostgresCrossings:
    """``CrossingStore`` within one transaction."""

    connection: Connection[Any]
    seals: Seals

    def enrol(self, gate: Gate) -> None:
        self.connection.execute(
            "INSERT INTO tongguan.gate (id, name, control_point, token_hash, enrolled_at)"
            " VALUES (%s, %s, %s, %s, %s)",
            (gate.id, gate.name, gate.control_point, gate.token_hash, gate.enrolled_at),
        )

    def withdraw(self, gate: GateId, at: datetime) -> bool:
        return bool(
            self.connection.execute(
                "UPDATE tongguan.gate SET withdrawn_at = %s WHERE id = %s AND withdrawn_at IS NULL",
                (at, gate),
            ).rowcount
        )

    def gate_by_token(self, token_hash: bytes) -> Gate | None:
        found = self._gates("WHERE token_hash = %s AND withdrawn_at IS NULL", (token_hash,))
        return found[0] if found else None

    def gates(self) -> tuple[Gate, ...]:
        return self._gates("ORDER BY enrolled_at, id", ())

    def record(
        self, crossing: CrossingRecord, request_hash: bytes, delete_after: date
    ) -> CrossingRecord | None:
        try:
            with self.connection.transaction():
                added = self.connection.execute(
                    _INSERT,
                    (
                        crossing.id,
                        request_hash,
                        crossing.gate,
                        crossing.pass_id,
                        crossing.direction,
                        crossing.control_point,
                        crossing.at,
                        self.seals.seal(
                            decision_as_data(crossing.decision), _DECISION, crossing.id
                        ),
                        crossing.decision.outcome.value,
                        crossing.crossed,
                        delete_after,
                    ),
                ).rowcount
        except UniqueViolation as used:
            raise PassUsedMeanwhileError from used
        return crossing if added else self.kept(crossing.id, request_hash)

    def kept(self, crossing: str, request_hash: bytes) -> CrossingRecord | None:
        found = self._crossings("WHERE id = %s AND request_hash = %s", (crossing, request_hash))
        return found[0] if found else None

    def exists(self, crossing: str) -> bool:
        row = self.connection.execute(
            "SELECT 1 FROM tongguan.crossing WHERE id = %s", (crossing,)
        ).fetchone()
        return row is not None

    def used(self, pass_id: PassId) -> CrossingRecord | None:
        found = self._crossings("WHERE pass_id = %s AND crossed", (pass_id,))
        return found[0] if found else None

    def used_since(self, instant: datetime) -> tuple[CrossingRecord, ...]:
        return self._crossings(
            "WHERE crossed AND pass_id IS NOT NULL AND at >= %s ORDER BY at, id", (instant,)
        )

    def all(self) -> tuple[CrossingRecord, ...]:
        return self._crossings("ORDER BY at, id", ())

    def counts(self, start: datetime, end: datetime) -> Mapping[tuple[str, str], int]:
        rows = self.connection.execute(
            "SELECT direction, outcome, count(*) FROM tongguan.crossing"
            " WHERE at >= %s AND at < %s GROUP BY direction, outcome",
            (start, end),
        ).fetchall()
        return {(row[0], row[1]): int(row[2]) for row in rows}

    def _gates(self, where: str, parameters: Sequence[Any]) -> tuple[Gate, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_GATES + where, parameters).fetchall()
        return tuple(
            Gate(
                id=GateId(str(row["id"])),
                name=row["name"],
                control_point=ControlPointId(row["control_point"]),
                token_hash=bytes(row["token_hash"]),
                enrolled_at=row["enrolled_at"],
                withdrawn_at=row["withdrawn_at"],
            )
            for row in rows
        )

    def _crossings(self, where: str, parameters: Sequence[Any]) -> tuple[CrossingRecord, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                _CROSSINGS + where,
                parameters,
            ).fetchall()
        return tuple(
            CrossingRecord(
                id=str(row["id"]),
                gate=GateId(str(row["gate"])),
                pass_id=PassId(bytes(row["pass_id"])) if row["pass_id"] else None,
                direction=DirectionId(row["direction"]),
                control_point=ControlPointId(row["control_point"]),
                at=row["at"],
                decision=decision_from_data(
                    self.seals.open(bytes(row["decision_sealed"]), _DECISION, str(row["id"]))
                ),
                crossed=row["crossed"],
            )
            for row in rows
        )
