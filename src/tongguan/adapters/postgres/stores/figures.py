"""Signed daily figures as the bytes that were signed; they only grow."""

import hashlib
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from tongguan.app.stores import StoredFigures

_ADD = """
    INSERT INTO tongguan.daily_figures (signed_hash, authority, scheme, day, signed, received_at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (signed_hash) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class PostgresFigures:
    """``FigureStore`` within one transaction."""

    connection: Connection[Any]

    def add(self, figures: StoredFigures) -> bool:
        return bool(
            self.connection.execute(
                _ADD,
                (
                    hashlib.sha256(figures.signed).digest(),
                    figures.authority,
                    figures.scheme,
                    figures.day,
                    figures.signed,
                    figures.received_at,
                ),
            ).rowcount
        )

    def all(self) -> tuple[bytes, ...]:
        rows = self.connection.execute(
            "SELECT signed FROM tongguan.daily_figures ORDER BY serial"
        ).fetchall()
        return tuple(bytes(row[0]) for row in rows)
