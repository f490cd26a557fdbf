"""The record of acts and looks: ids and outcomes only, append-only."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from tongguan.app.stores import AuditEntry


@dataclass(frozen=True, slots=True)
class PostgresAudit:
    """``AuditLog`` within one transaction."""

    connection: Connection[Any]

    def record(self, entry: AuditEntry) -> None:
        self.connection.execute(
            "INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (
                entry.at,
                entry.actor,
                entry.action,
                entry.subject,
                entry.outcome,
                list(entry.codes),
            ),
        )

    def latest(self, *, limit: int) -> tuple[AuditEntry, ...]:
        rows = self.connection.execute(
            "SELECT at, actor, action, subject, outcome, codes FROM tongguan.audit_entry"
            " ORDER BY serial DESC LIMIT %s",
            (limit,),
        ).fetchall()
        return tuple(
            AuditEntry(
                at=at,
                actor=actor,
                action=action,
                subject=subject,
                outcome=outcome,
                codes=tuple(codes),
            )
            for at, actor, action, subject, outcome, codes in rows
        )
