"""Signed annexes as the bytes that were signed; they only grow."""

import hashlib
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from tongguan.app.stores import StoredAnnex

_ADD = """
    INSERT INTO tongguan.scheme_annex
        (signed_hash, authority, version_digest, number, signed, received_at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (signed_hash) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class PostgresAnnexes:
    """``AnnexStore`` within one transaction."""

    connection: Connection[Any]

    def add(self, annex: StoredAnnex) -> bool:
        return bool(
            self.connection.execute(
                _ADD,
                (
                    hashlib.sha256(annex.signed).digest(),
                    annex.authority,
                    annex.version,
                    annex.number,
                    annex.signed,
                    annex.received_at,
                ),
            ).rowcount
        )

    def all(self) -> tuple[bytes, ...]:
        rows = self.connection.execute(
            "SELECT signed FROM tongguan.scheme_annex ORDER BY serial"
        ).fetchall()
        return tuple(bytes(row[0]) for row in rows)
