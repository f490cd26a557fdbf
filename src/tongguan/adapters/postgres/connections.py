"""Connections to an authority's database: pooled, limited in time, durable or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from tongguan.adapters.postgres.sealed import Seals
from tongguan.adapters.postgres.stores.record import LastRecord
from tongguan.adapters.postgres.transactions import PostgresTransaction

_SERVER_VERSION_MIN = 150000
_DURABLE = {"fsync": {"on"}, "synchronous_commit": {"on", "remote_apply"}}
_CONNECT_SECONDS_MAX = 5
"""How long one attempt to reach the server may take."""
_RECONNECT_SECONDS_MAX = 5
"""Kept short: the pool doubles its pauses up to this, then tries anew with the next caller."""
_UNAVAILABLE_CLASSES = ("08", "53", "57P")
"""SQLSTATE: connection exceptions, insufficient resources, operator intervention."""
_GAVE_WAY = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)


class DatabaseUnavailable(RuntimeError):  # noqa: N818 - a state of the world that callers answer
    """The database did not answer in time; whether the transaction was kept is not known.

    Ask again with the same ids: what was kept is found, what was not is done.
    """


class AskAgain(DatabaseUnavailable):
    """Another took the same thing in the same moment; nothing was kept, and once more will do."""


class DatabaseUnfitError(RuntimeError):
    """The server is too old, or would not keep what it acknowledged."""


class Database:
    """One authority's database; opens its connections at once and checks that they can be trusted.

    Without ``seals`` the stores that hold personal data cannot be used. For ``trusted_seconds``
    after its last use a connection is taken to be alive without asking; where it is not,
    ``DatabaseUnavailable`` is what its next user hears.

    Raises ``DatabaseUnavailable`` when the server cannot be reached, ``DatabaseUnfitError`` when it
    is older than PostgreSQL 15 or does not write through to the disk (which tests may waive).
    """

    def __init__(
        self,
        database_url: str,
        *,
        connections_max: int = 8,
        wait_seconds_max: float = 10,
        statement_seconds_max: float = 30,
        lock_seconds_max: float = 10,
        durability_required: bool = True,
        seals: Seals | None = None,
        trusted_seconds: float = 0,
    ) -> None:
        self._seals = seals
        self._trusted_seconds = trusted_seconds
        self._used: WeakKeyDictionary[psycopg.Connection, float] = WeakKeyDictionary()
        self._last_record = LastRecord()
        self._settings = {
            "statement_timeout": f"{statement_seconds_max * 1000:.0f}",
            "lock_timeout": f"{lock_seconds_max * 1000:.0f}",
            "idle_in_transaction_session_timeout": f"{statement_seconds_max * 2000:.0f}",
            "timezone": "UTC",
        }
        self._pool = ConnectionPool(
            database_url,
            kwargs={"connect_timeout": _CONNECT_SECONDS_MAX},
            min_size=1,
            max_size=connections_max,
            timeout=wait_seconds_max,
            reconnect_timeout=_RECONNECT_SECONDS_MAX,
            configure=self._configure,
            check=self._check,
            open=True,
        )
        try:
            with self.connection() as connection:
                _require_fitness(connection, durability_required=durability_required)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; transactions under way are rolled back."""
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A connection in a transaction: committed at a normal end, rolled back on an exception."""
        try:
            with self._pool.connection() as connection:
                yield connection
            self._used[connection] = monotonic()
        except PoolTimeout as error:
            raise DatabaseUnavailable(
                "no connection to the database became free in time"
            ) from error
        except psycopg.errors.SerializationFailure as error:
            raise AskAgain("another took the same in the same moment") from error
        except psycopg.OperationalError as error:
            if _means_unavailable(error):
                raise DatabaseUnavailable("the database stopped answering") from error
            raise

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        """Begin; commit at a normal end, roll back on an exception."""
        with self.connection() as connection:
            yield PostgresTransaction(connection, self._seals, self._last_record)

    def _check(self, connection: psycopg.Connection) -> None:
        """Ask whether a connection is alive, unless it was used well a moment ago."""
        if monotonic() - self._used.get(connection, -inf) >= self._trusted_seconds:
            ConnectionPool.check_connection(connection)

    def _configure(self, connection: psycopg.Connection) -> None:
        self._last_record.forget()
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        for name, value in self._settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.commit()


def _means_unavailable(error: psycopg.OperationalError) -> bool:
    """Whether asking again later can help, as opposed to a fault of our own."""
    if error.sqlstate is None:
        return True
    return isinstance(error, _GAVE_WAY) or error.sqlstate.startswith(_UNAVAILABLE_CLASSES)


def _require_fitness(connection: psycopg.Connection, *, durability_required: bool) -> None:
    if connection.info.server_version < _SERVER_VERSION_MIN:
        raise DatabaseUnfitError("PostgreSQL 15 or later is needed")
    if not durability_required:
        return
    for name, accepted in _DURABLE.items():
        row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
        if row is None or row[0] not in accepted:
            raise DatabaseUnfitError(f"the server runs with {name} = {row and row[0]}")
