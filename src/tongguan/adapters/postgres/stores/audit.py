"""The record of acts and looks: ids and outcomes only, append-only."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from psycopg import Connection

from tongguan.app.stores import AuditEntry

T = TypeVar("T")
_INSERT = b"""
    INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)
    SELECT at, actor, action, subject, outcome, codes::text[]
    FROM unnest(%(at)s::timestamptz[], %(actors)s::text[], %(actions)s::text[],
        %(subjects)s::text[], %(outcomes)s::text[], %(codes)s::text[])
        WITH ORDINALITY AS entry (at, actor, action, subject, outcome, codes, number)
    ORDER BY number
"""
_INSERT_REFUSED = b"""
    INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)
    SELECT %(at)s, %(by)s, %(action)s, subject, 'refused', codes::text[]
    FROM unnest(%(subjects)s::text[], %(codes)s::text[])
        WITH ORDINALITY AS entry (subject, codes, number)
    ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class PostgresAudit:
    """``AuditLog`` within one transaction."""

    connection: Connection[Any]

    def record(self, entry: AuditEntry) -> None:
        self.record_many((entry,))

    def record_many(self, entries: Sequence[AuditEntry]) -> None:
        self.connection.execute(
            _INSERT,
            {
                "at": _array((entry.at for entry in entries), datetime.isoformat),
                "actors": _array((entry.actor for entry in entries), str),
                "actions": _array((entry.action for entry in entries), str),
                "subjects": _array((entry.subject for entry in entries), str),
                "outcomes": _array((entry.outcome for entry in entries), str),
                "codes": _array((entry.codes for entry in entries), _codes),
            },
        )

    def record_refused(
        self, at: datetime, by: str, action: str, refused: Sequence[tuple[str, tuple[str, ...]]]
    ) -> None:
        codes = {each: _quoted(_codes(each)) for each in {codes for _, codes in refused}}
        self.connection.execute(
            _INSERT_REFUSED,
            {
                "at": at,
                "by": by,
                "action": action,
                "subjects": "{" + ",".join([_quoted(subject) for subject, _ in refused]) + "}",
                "codes": "{" + ",".join([codes[each] for _, each in refused]) + "}",
            },
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


def _array(values: Iterable[T], text: Callable[[T], str]) -> str:
    """An array as its literal: the driver would take far longer over a list of many texts.

    One value that many entries share is written once.
    """
    written: dict[int, str] = {}
    given = list(values)
    for value in given:
        if id(value) not in written:
            written[id(value)] = _quoted(text(value))
    return "{" + ",".join([written[id(value)] for value in given]) + "}"


def _codes(codes: Iterable[str]) -> str:
    return "{" + ",".join(map(_quoted, codes)) + "}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
