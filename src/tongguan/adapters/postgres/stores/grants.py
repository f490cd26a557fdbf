"""What was granted, without who it was granted to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from tongguan.app.change_stores import Grant
from tongguan.core.identifiers import ApplicationId, CategoryId, PhaseId, VersionDigest

_WITHOUT_PLACES = """
    SELECT id, version_digest, phase, category FROM tongguan.application
    WHERE state = 'granted' AND lapsed_at IS NULL AND NOT EXISTS (
        SELECT FROM tongguan.journey
        WHERE journey.application = application.id AND journey.cancelled_at IS NULL)
    ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class PostgresGrants:
    """``GrantStore`` within one transaction."""

    connection: Connection[Any]

    def without_places(self) -> tuple[Grant, ...]:
        return tuple(
            Grant(
                application=ApplicationId(str(application)),
                version=VersionDigest(digest),
                phase=PhaseId(phase),
                category=CategoryId(category),
            )
            for application, digest, phase, category in self.connection.execute(_WITHOUT_PLACES)
        )

    def lapse(self, applications: Sequence[ApplicationId], at: datetime) -> None:
        self.connection.execute(
            "UPDATE tongguan.application SET lapsed_at = %s WHERE id = ANY (%s::uuid[])",
            (at, list(applications)),
        )

    def references(self, applications: Sequence[ApplicationId]) -> tuple[str, ...]:
        rows = self.connection.execute(
            "SELECT reference FROM tongguan.application WHERE id = ANY (%s::uuid[])"
            " ORDER BY reference",
            (list(applications),),
        ).fetchall()
        return tuple(row[0] for row in rows)
