"""What a piece of work cost, and where: in the client, in the server, waiting for the disk.

The server's part is read from the kernel (processor time of the backend) and from PostgreSQL's own
account of the backend (time spent on files, bytes of log), not guessed from the whole.
"""

import gc
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import psycopg

from tongguan.adapters.postgres.connections import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Seconds, and bytes of log; of all bookings together or of one."""

    whole: float
    client: float
    """Processor time of this process."""
    server: float
    """Processor time of the backend."""
    flush: float
    """Writing the log and waiting until it is on the disk."""
    files: float
    """Reading and writing the files of tables and indexes; in part processor time too."""
    log_bytes: float

    @property
    def waiting(self) -> float:
        """The rest: other waiting, such as for files, locks or a processor."""
        return max(0.0, self.whole - self.client - self.server - self.flush)

    def __add__(self, other: Self) -> Self:
        return type(self)(
            **{
                each.name: getattr(self, each.name) + getattr(other, each.name)
                for each in fields(self)
            }
        )

    def __truediv__(self, number: float) -> Self:
        return type(self)(**{each.name: getattr(self, each.name) / number for each in fields(self)})


NOTHING = Cost(whole=0, client=0, server=0, flush=0, files=0, log_bytes=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Account:
    server: float
    flush: float
    files: float
    log_bytes: float


class Meter:
    """Measures what is done over the one connection of a database."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, connections_max=1)
        with self.database.connection() as connection:
            self._pid = connection.info.backend_pid
            for name in ("track_io_timing", "track_wal_io_timing"):
                connection.execute("SELECT set_config(%s, 'on', false)", (name,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def cost(self, work: Callable[[Database], object]) -> Cost:
        """What this work cost; it is waited for."""
        before = self._account()
        gc.freeze()  # as in the rounds
        started, client = time.perf_counter(), time.process_time()
        work(self.database)
        whole, client = time.perf_counter() - started, time.process_time() - client
        after = self._account()
        return Cost(
            whole=whole,
            client=client,
            server=after.server - before.server,
            flush=after.flush - before.flush,
            files=after.files - before.files,
            log_bytes=after.log_bytes - before.log_bytes,
        )

    def _account(self) -> _Account:
        with self.database.connection() as connection:
            if connection.info.backend_pid != self._pid:
                raise RuntimeError("the connection that was measured has been replaced")
            connection.execute("SELECT pg_stat_force_next_flush()")
        with self.database.connection() as connection:
            flush, files = _file_seconds(connection, self._pid)
            row = connection.execute(
                "SELECT wal_bytes FROM pg_stat_get_backend_wal(%s)", (self._pid,)
            ).fetchone()
        return _Account(
            server=_processor_seconds(self._pid),
            flush=flush,
            files=files,
            log_bytes=0.0 if row is None else float(row[0]),
        )


def _file_seconds(connection: psycopg.Connection, pid: int) -> Sequence[float]:
    """What a backend has spent on the log, and on the files of tables and indexes."""
    query = """
        SELECT coalesce(sum(spent) FILTER (WHERE object = 'wal'), 0) / 1000,
            coalesce(sum(spent) FILTER (WHERE object <> 'wal'), 0) / 1000
        FROM (
            SELECT object, coalesce(read_time, 0) + coalesce(write_time, 0)
                + coalesce(extend_time, 0) + coalesce(fsync_time, 0) AS spent
            FROM pg_stat_get_backend_io(%s)) AS io
    """
    row = connection.execute(query, (pid,)).fetchone()
    return (0.0, 0.0) if row is None else tuple(map(float, row))


def _processor_seconds(pid: int) -> float:
    """User and system time of a process."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    values = text.rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
