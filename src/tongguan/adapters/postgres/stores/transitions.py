"""Which text the places of the ledger stand under, and which they stood under before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tongguan.app.change_stores import AppliedText
from tongguan.core.identifiers import PhaseId, SchemeId, VersionDigest

_SELECT = """
    SELECT scheme, version_digest, phase, last_day, applied_at, counts
    FROM tongguan.transition ORDER BY serial
"""


@dataclass(frozen=True, slots=True)
class PostgresTransitions:
    """``TransitionStore`` within one transaction."""

    connection: Connection[Any]
    latest: tuple[AppliedText | None] | None = None
    """The one applied last, where the transaction has asked for it already."""

    def applied(self) -> AppliedText | None:
        if self.latest is not None:
            return self.latest[0]
        found = self._select(_SELECT + " DESC LIMIT 1")
        return found[0] if found else None

    def all(self) -> tuple[AppliedText, ...]:
        return self._select(_SELECT)

    def add(self, applied: AppliedText) -> None:
        self.connection.execute(
            "INSERT INTO tongguan.transition"
            " (scheme, version_digest, phase, last_day, applied_at, counts)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (
                applied.scheme,
                applied.digest,
                applied.phase,
                applied.last_day,
                applied.applied_at,
                Jsonb(dict(applied.counts)),
            ),
        )

    def _select(self, statement: str) -> tuple[AppliedText, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement.encode()).fetchall()
        return tuple(map(applied_from, rows))


def applied_from(row: Mapping[str, Any]) -> AppliedText:
    """A text applied, from its row."""
    return AppliedText(
        scheme=SchemeId(row["scheme"]),
        digest=VersionDigest(row["version_digest"]),
        phase=PhaseId(row["phase"]),
        last_day=row["last_day"],
        applied_at=row["applied_at"],
        counts=row["counts"],
    )
