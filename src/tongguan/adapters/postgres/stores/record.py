"""What is on record, read anew only when something was added."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from tongguan.app.record_port import Record
from tongguan.core.identifiers import VersionDigest

_TEXTS = "SELECT digest FROM tongguan.scheme_version WHERE serial <= %s ORDER BY serial"
_ACTS = "SELECT signed FROM tongguan.scheme_act WHERE serial <= %s ORDER BY serial"
_ANNEXES = """
    SELECT version_digest, signed FROM tongguan.scheme_annex WHERE serial <= %s ORDER BY serial
"""
_FIGURES = "SELECT signed FROM tongguan.daily_figures WHERE serial <= %s ORDER BY serial"


@dataclass(slots=True)
class LastRecord:
    """The record read last from a database, under the last serial of each of its tables.

    Rows are added one after another, never changed, and a serial is never used twice, not even
    after a rollback: the same serials are the same rows.
    """

    latest: tuple[tuple[int, ...], Record] | None = None

    def forget(self) -> None:
        """Read it anew: the server may have been put back to an earlier time."""
        self.latest = None


@dataclass(frozen=True, slots=True)
class PostgresRecord:
    """``RecordStore`` within one transaction."""

    connection: Connection[Any]
    last: LastRecord
    serials: tuple[int, ...] | None = None
    """Where the transaction has asked for them already."""

    def read(self) -> Record:
        serials, kept = self.serials or self._serials(), self.last.latest
        if kept is not None and kept[0] == serials:
            return kept[1]
        record = self._read(*serials)
        self.last.latest = serials, record
        return record

    def _serials(self) -> tuple[int, ...]:
        row = self.connection.execute("SELECT tongguan.record_serials()").fetchone()
        assert row is not None  # noqa: S101 - an aggregate always answers
        return tuple(row[0])

    def _read(self, text: int, act: int, annex: int, figures: int) -> Record:
        return Record(
            digests=tuple(VersionDigest(digest) for (digest,) in self._rows(_TEXTS, text)),
            acts=tuple(bytes(signed) for (signed,) in self._rows(_ACTS, act)),
            annexes=tuple(
                (VersionDigest(digest), bytes(signed))
                for digest, signed in self._rows(_ANNEXES, annex)
            ),
            figures=tuple(bytes(signed) for (signed,) in self._rows(_FIGURES, figures)),
        )

    def _rows(self, statement: str, last: int) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement.encode(), (last,)).fetchall()
