"""Deletion on the scheme's schedule, over every table that holds something of a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from tongguan.app.retention_port import ApplicationDue
from tongguan.core.identifiers import ApplicationId, JourneyId, VersionDigest

TABLES = (
    "crossing",
    "pass",
    "health_code",
    "sponsored_person",
    "registration",
    "number_claim",
    "evidence",
    "evidence_batch",
    "proposal",
    "correction_case",
    "health_notice",
    "used_statement",
)
"""Tables with a ``delete_after`` day, beside applications."""
_DAYS_OF_A_WEEK_AFTER = 6
"""How far a week may reach beyond a day, on whatever day a text lets its weeks begin."""
# A place used counts until its week is over: a text that begins to hold may count it anew.
_JOURNEYS_OVER = """
    SELECT id FROM tongguan.journey
    WHERE NOT EXISTS (SELECT FROM tongguan.application a WHERE a.id = journey.application)
        AND (cancelled_at IS NOT NULL OR NOT EXISTS (
            SELECT FROM tongguan.place
            WHERE place.cell_scheme = journey.scheme
                AND place.cell_week = ANY (journey.cell_weeks)
                AND place.journey = journey.id AND place.day >= %s))
    ORDER BY id
"""
_DUE = """
    SELECT id FROM tongguan.application WHERE delete_after < %s ORDER BY delete_after, id LIMIT %s
"""
_JOURNEYS_OF = """
    SELECT journey.application, journey.version_digest, max(place.day)
    FROM tongguan.journey
    JOIN tongguan.place ON place.cell_scheme = journey.scheme
        AND place.cell_week = ANY (journey.cell_weeks) AND place.journey = journey.id
    WHERE journey.application = ANY (%s) AND journey.cancelled_at IS NULL
    GROUP BY journey.application, journey.version_digest
"""
_PERSON_WINDOWS = """
    DELETE FROM tongguan.quota_window counted
    WHERE starts + days <= %s
        AND EXISTS (SELECT FROM unnest(dimensions) AS each (pair) WHERE pair LIKE 'person=%%')
        AND NOT EXISTS (
            SELECT FROM tongguan.journey CROSS JOIN LATERAL unnest(windows) AS held (number)
            WHERE held.number = counted.number)
"""


@dataclass(frozen=True, slots=True)
class PostgresRetention:
    """``Retention`` within one transaction."""

    connection: Connection[Any]

    def delete_before(self, today: date) -> Mapping[str, int]:
        return {
            table: self.connection.execute(
                SQL("DELETE FROM tongguan.{} WHERE delete_after < %s").format(Identifier(table)),
                (today,),
            ).rowcount
            for table in TABLES
        }

    def applications_due(self, today: date, limit: int) -> tuple[ApplicationDue, ...]:
        rows = self.connection.execute(_DUE, (today, limit)).fetchall()
        due = [id_ for (id_,) in rows]
        days: dict[Any, list[tuple[VersionDigest, date]]] = {each: [] for each in due}
        for id_, digest, day in self.connection.execute(_JOURNEYS_OF, (due,)):
            days[id_].append((VersionDigest(digest), day))
        return tuple(
            ApplicationDue(id=ApplicationId(str(id_)), last_days=tuple(found))
            for id_, found in days.items()
        )

    def delete_applications(self, applications: Sequence[ApplicationId]) -> int:
        return self.connection.execute(
            "DELETE FROM tongguan.application WHERE id = ANY (%s)",
            (list(map(UUID, applications)),),
        ).rowcount

    def journeys_over(self, today: date) -> tuple[JourneyId, ...]:
        counted = today - timedelta(days=_DAYS_OF_A_WEEK_AFTER)
        rows = self.connection.execute(_JOURNEYS_OVER, (counted,)).fetchall()
        return tuple(JourneyId(str(journey)) for (journey,) in rows)

    def forget_journeys(self, journeys: Sequence[JourneyId]) -> None:
        self.connection.execute("SELECT tongguan.forget_journeys(%s)", (list(map(UUID, journeys)),))

    def delete_windows_before(self, today: date) -> int:
        return self.connection.execute(_PERSON_WINDOWS, (today,)).rowcount

    def has_empty_rows(self) -> bool:
        row = self.connection.execute(
            "SELECT FROM tongguan.live_journey WHERE journey IS NULL LIMIT 1"
        ).fetchone()
        return row is not None
