"""Brings a database to the state the code expects: numbered SQL files, each applied once."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import psycopg

_NAME = re.compile(r"(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.sql")
_ADVISORY_LOCK = 0x746F6E67
"""Held for a whole run, so that two processes migrate one after the other ("tong")."""
_SETTINGS = """
    SELECT set_config('lock_timeout', '60s', false),
           set_config('statement_timeout', '600s', false),
           set_config('client_min_messages', 'warning', false)
"""
_RECORD = """
    CREATE SCHEMA IF NOT EXISTS tongguan;
    CREATE TABLE IF NOT EXISTS tongguan.migration (
        number integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
"""


class MigrationError(RuntimeError):
    """The database and the migration files do not belong together; nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """One numbered file of SQL."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in lower-case hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrate(database_url: str, migrations: Sequence[Migration] | None = None) -> None:
    """Apply what is missing, each file in a transaction of its own; again is harmless.

    Raises ``MigrationError`` when a file that was applied has changed or is gone, or when a number
    is missing or given twice.
    """
    known = tuple(bundled_migrations() if migrations is None else migrations)
    _require_sequence(known)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_SETTINGS)
        connection.execute("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        connection.execute(_RECORD)
        applied = _require_applied_unchanged(connection, known)
        for migration in known[applied:]:
            _apply(connection, migration)


def bundled_migrations() -> tuple[Migration, ...]:
    """The files that come with the package, by number."""
    found = []
    for file in resources.files(__package__).joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match is not None:
            sql = file.read_text(encoding="utf-8")
            found.append(Migration(number=int(match["number"]), name=match["name"], sql=sql))
        elif file.name.endswith(".sql"):
            raise MigrationError(f"{file.name}: the name of a migration is NNNN_name.sql")
    return tuple(sorted(found, key=lambda migration: migration.number))


def _require_sequence(migrations: Sequence[Migration]) -> None:
    for expected, migration in enumerate(migrations, start=1):
        if migration.number != expected:
            raise MigrationError(
                f"migration {expected:04} is missing or {expected - 1:04} is double"
            )


def _require_applied_unchanged(
    connection: psycopg.Connection, migrations: Sequence[Migration]
) -> int:
    """How many of the migrations the database has; it has those in order and unchanged."""
    rows = connection.execute(
        "SELECT number, checksum FROM tongguan.migration ORDER BY number"
    ).fetchall()
    for expected, (number, checksum) in enumerate(rows, start=1):
        if number != expected or number > len(migrations):
            raise MigrationError(f"the database has migration {number:04}, which is not known here")
        if checksum != migrations[number - 1].checksum:
            name = migrations[number - 1].name
            raise MigrationError(f"migration {number:04}_{name} has changed since it was applied")
    return len(rows)


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '10s'")
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO tongguan.migration (number, name, checksum) VALUES (%s, %s, %s)",
            (migration.number, migration.name, migration.checksum),
        )
