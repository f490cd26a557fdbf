"""What holders were told; rows go with their application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tongguan.app.change_stores import Notice
from tongguan.core.identifiers import ApplicationId, JourneyId
from tongguan.core.notices import NoticeCode

_SELECT = "SELECT application, journey, code, facts, at FROM tongguan.notice "


@dataclass(frozen=True, slots=True)
class PostgresNotices:
    """``NoticeStore`` within one transaction."""

    connection: Connection[Any]

    def add(self, notices: Sequence[Notice]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO tongguan.notice (application, journey, code, facts, at)"
                " VALUES (%s, %s, %s, %s, %s)",
                [
                    (
                        each.application,
                        each.journey,
                        each.code.value,
                        Jsonb(dict(each.facts)),
                        each.at,
                    )
                    for each in notices
                ],
            )

    def of_applications(self, applications: Sequence[ApplicationId]) -> tuple[Notice, ...]:
        return self._select(
            "WHERE application = ANY (%s::uuid[]) ORDER BY serial DESC", (list(applications),)
        )

    def told(self, code: NoticeCode, *, since: datetime) -> tuple[Notice, ...]:
        return self._select("WHERE code = %s AND at >= %s ORDER BY serial", (code.value, since))

    def _select(self, where: str, parameters: Sequence[Any]) -> tuple[Notice, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                _SELECT + where,
                parameters,
            ).fetchall()
        return tuple(
            Notice(
                application=ApplicationId(str(row["application"])),
                journey=None if row["journey"] is None else JourneyId(str(row["journey"])),
                code=NoticeCode(row["code"]),
                facts=row["facts"],
                at=row["at"],
            )
            for row in rows
        )
