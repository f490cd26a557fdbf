"""A PostgreSQL cluster that the program brings along and shares among its processes."""

import contextlib
import fcntl
import os
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

import psycopg
from psycopg import sql

from tongguan.adapters.cluster import server
from tongguan.adapters.cluster.binaries import find_programs
from tongguan.adapters.cluster.errors import ClusterError, ClusterNotRunningError
from tongguan.adapters.cluster.layout import (
    Layout,
    find_layout,
    give_to_owner_of,
    is_made,
    remove_all_files,
    remove_server_files,
)

MAINTENANCE_DATABASE = "postgres"
_REFUSED = "password authentication failed"
"""Says a server that will never let us in; the driver has no code for it."""


class Cluster:
    """A running cluster, kept running until the last process that uses it lets go.

    Whoever opens it first starts it, or adopts a server whose starter was killed; later ones
    attach. Each user holds a shared lock, which the kernel drops when the process dies, so that
    no count can go wrong. Starting and stopping happen under an exclusive lock, one at a time.
    """

    def __init__(self, layout: Layout, in_use: IO[bytes], *, fsync: bool) -> None:
        """For `open` and `attach` alone."""
        self._layout = layout
        self._in_use = in_use
        self._fsync = fsync

    @classmethod
    @contextlib.contextmanager
    def open(cls, data_directory: Path, *, fsync: bool = True) -> Iterator[Self]:
        """Use the cluster of this data directory, made and started now if need be.

        `fsync=False` is for tests: a crash of the machine may then lose data. Raises ClusterError
        when the server cannot be started, or already runs less durably than asked for.
        """
        layout = find_layout(data_directory)
        with _lock_file(layout, "use.lock") as in_use:
            cluster = cls(layout, in_use, fsync=fsync)
            with cluster._changing():
                fcntl.flock(in_use, fcntl.LOCK_SH)
                cluster._make_run()
            try:
                yield cluster
            finally:
                cluster._let_go()

    @classmethod
    @contextlib.contextmanager
    def attach(cls, data_directory: Path) -> Iterator[Self]:
        """Use a cluster that runs; raises ClusterNotRunningError when it does not."""
        if not is_made(data_directory):
            raise ClusterNotRunningError(f"there is no database in {data_directory}")
        layout = find_layout(data_directory)
        with _lock_file(layout, "use.lock") as in_use:
            cluster = cls(layout, in_use, fsync=False)
            with cluster._changing():
                if not server.is_ready(layout):
                    raise ClusterNotRunningError(f"the database in {data_directory} is not running")
                fcntl.flock(in_use, fcntl.LOCK_SH)
                cluster._check()
            try:
                yield cluster
            finally:
                cluster._let_go()

    @property
    def pid(self) -> int | None:
        """The server's first process, or None when it does not run."""
        return server.server_pid(self._layout)

    def url(self, database: str) -> str:
        """The address of a database, with the password: for drivers, never for a log."""
        password = self._layout.password_file.read_text(encoding="utf-8")
        name = urllib.parse.quote(database, safe="")
        host = urllib.parse.quote(str(self._layout.socket_directory), safe="")
        return f"postgresql://{server.USER}:{password}@/{name}?host={host}&port=5432"

    def ensure_database(self, name: str, template: str | None = None) -> bool:
        """Make the database if it is missing, as a copy of the template; whether it was made."""
        with self._maintenance() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone():
                return False
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
            try:
                connection.execute(statement)
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                return False  # another process was faster
            return True

    def drop_database(self, name: str) -> None:
        """Drop the database and cut off who is connected to it; no error when it is missing."""
        with self._maintenance() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def ensure_running(self) -> None:
        """Start the server again if it died; what it had acknowledged is there."""
        with self._changing():
            self._make_run()

    def stop(self) -> None:
        """Stop the server now, also for the other processes that use it."""
        with self._changing():
            server.stop(self._layout)

    def _maintenance(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(MAINTENANCE_DATABASE), autocommit=True)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        with _lock_file(self._layout, "change.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_run(self) -> None:
        layout = self._layout
        if layout.is_initialised and not layout.password_file.is_file():
            if layout.place == layout.data_directory:
                raise ClusterError(f"{layout.password_file} is missing: without it, no way in")
            # The data directory was deleted, and with it the only way into this old cluster.
            server.stop(layout)
            remove_server_files(layout)
        programs = find_programs(layout.account)
        if not layout.is_initialised:
            server.initialise(layout, programs, fsync=self._fsync)
        deadline = time.monotonic() + server.SETTLE_SECONDS_MAX
        while True:
            if not server.settles_ready(layout):
                server.start(layout, programs, fsync=self._fsync)
            try:
                return self._check()
            except psycopg.OperationalError as error:
                # A server that was killed this moment still looks as if it ran, and one that
                # recovers from the death of a connection's process says that it is ready.
                if _REFUSED in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(server.POLL_SECONDS)

    def _check(self) -> None:
        """Make sure that the server that answers is ours and as durable as asked for."""
        query = "SELECT current_setting('data_directory'), current_setting('fsync')"
        with self._maintenance() as connection:
            found = connection.execute(query).fetchone()
        if found is None or found[0] != str(self._layout.server_files):
            raise ClusterError(f"another server answers in {self._layout.socket_directory}")
        if self._fsync and found[1] != "on":
            raise ClusterError(f"the server in {self._layout.place} runs without fsync")

    def _let_go(self) -> None:
        """Stop the server if nobody else uses it."""
        with self._changing():
            fcntl.flock(self._in_use, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            server.stop(self._layout)


def remove_cluster(data_directory: Path) -> None:
    """Stop the cluster of this data directory and delete all of it; no error if there is none."""
    if not is_made(data_directory):
        return
    layout = find_layout(data_directory)
    server.stop(layout)
    remove_all_files(layout)


@contextlib.contextmanager
def _lock_file(layout: Layout, name: str) -> Iterator[IO[bytes]]:
    path = layout.data_directory / name
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        give_to_owner_of(layout.data_directory, descriptor)
        yield file
