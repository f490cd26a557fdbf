"""The one clock: domain time is the database's clock plus a shift that only demonstrations have."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol

import psycopg


class ClockError(RuntimeError):
    """The clock was asked for what it may not do; domain time is unchanged."""


class Connecting(Protocol):
    """Whatever gives a connection in a transaction, such as ``connections.Database``."""

    def connection(self) -> AbstractContextManager[psycopg.Connection]:
        """A connection whose work is committed at a normal end."""


def domain_now(connection: psycopg.Connection) -> datetime:
    """Domain time at this moment, aware and in UTC; moves on within a transaction.

    Raises ``ClockError`` when the database has no clock yet.
    """
    try:
        row = connection.execute("SELECT tongguan.domain_now()").fetchone()
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        raise ClockError("the clock of this database has not been created") from error
    if row is None or not isinstance(row[0], datetime):
        raise ClockError("the database did not tell the time")
    return row[0].astimezone(UTC)


class Clock:
    """The clock of one database."""

    def __init__(self, database: Connecting) -> None:
        self._database = database

    def create_clock(self, *, demonstration: bool) -> None:
        """Settle, once for ever, whether this database is a demonstration; again is harmless.

        Raises ``ClockError`` when it was settled otherwise.
        """
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO tongguan.clock (demonstration) VALUES (%s) ON CONFLICT DO NOTHING",
                (demonstration,),
            )
            if _is_demonstration(connection) is not demonstration:
                settled = "no demonstration" if demonstration else "a demonstration"
                raise ClockError(f"this database was created as {settled}")

    def exists(self) -> bool:
        """Whether the clock has been created."""
        with self._database.connection() as connection:
            return connection.execute("SELECT FROM tongguan.clock").fetchone() is not None

    def is_demonstration(self) -> bool:
        """Whether the database was created as a demonstration."""
        with self._database.connection() as connection:
            return _is_demonstration(connection)

    def set_domain_time(self, instant: datetime) -> None:
        """Let domain time go on from an instant; ``ClockError`` unless in a demonstration."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs its zone")
        with self._database.connection() as connection:
            if not _is_demonstration(connection):
                raise ClockError("only a demonstration's clock can be set")
            connection.execute("SELECT tongguan.set_domain_time(%s)", (instant,))

    def now(self) -> datetime:
        """Domain time at this moment, aware and in UTC."""
        with self._database.connection() as connection:
            return domain_now(connection)

    def remember(self) -> None:
        """Keep domain time as last seen, for ``resume``; called every few seconds."""
        with self._database.connection() as connection:
            connection.execute(
                "UPDATE tongguan.clock SET last_seen = tongguan.domain_now() WHERE demonstration"
            )

    def resume(self) -> None:
        """Go on from the domain time last remembered: time stood still since.

        For a demonstration that was stopped, before anything else uses it; any other database's
        time is real and stays so.
        """
        with self._database.connection() as connection:
            connection.execute(
                "SELECT tongguan.set_domain_time(last_seen) FROM tongguan.clock"
                " WHERE demonstration AND last_seen IS NOT NULL"
            )


def _is_demonstration(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT demonstration FROM tongguan.clock").fetchone()
    if row is None:
        raise ClockError("the clock of this database has not been created")
    return bool(row[0])
