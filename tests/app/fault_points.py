"""Points of a use case at which a test lets something happen: before and after each statement and
commit, and in the middle of a commit.

The statements are those of psycopg's own connections, counted where they are sent. Only the thread
that is inside ``counting`` is counted, so pools, watchers and other callers go on untouched.
"""

import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool


class When(StrEnum):
    """On which side of what is sent a point lies."""

    BEFORE_STATEMENT = "before a statement"
    AFTER_STATEMENT = "after a statement"
    BEFORE_COMMIT = "before a commit"
    IN_COMMIT = "in a commit"
    """It is sent, and nobody waits for the answer."""
    AFTER_COMMIT = "after a commit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One place in the run of a use case."""

    number: int
    when: When
    what: str


@dataclass(kw_only=True, slots=True)
class Course:
    """The points that a run comes by, in order, and what happens at each."""

    at: Callable[["Point", "FaultConnection"], None] = lambda _point, _connection: None
    points: list[Point] = field(default_factory=list)
    commits: int = 0

    def come_by(self, connection: "FaultConnection", when: When, what: str) -> None:
        point = Point(number=len(self.points), when=when, what=what)
        self.points.append(point)
        self.commits += when is When.AFTER_COMMIT
        self.at(point, connection)


_course: ContextVar[Course | None] = ContextVar("course", default=None)


@contextmanager
def counting(course: Course) -> Iterator[Course]:
    """Let this thread's statements and commits be points of the course."""
    token = _course.set(course)
    try:
        yield course
    finally:
        _course.reset(token)


class FaultCursor(psycopg.Cursor[Any]):
    """A cursor whose statements are points."""

    def execute(self, query: Any, *given: Any, **named: Any) -> Self:
        with _statement(self.connection, query):
            return super().execute(query, *given, **named)

    def executemany(self, query: Any, *given: Any, **named: Any) -> None:
        with _statement(self.connection, query):
            super().executemany(query, *given, **named)


class FaultConnection(psycopg.Connection[Any]):
    """A connection whose statements and commits are points."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.cursor_factory = FaultCursor

    def commit(self) -> None:
        course = _course.get()
        if course is None or self.autocommit:
            super().commit()
            return
        course.come_by(self, When.BEFORE_COMMIT, "COMMIT")
        course.come_by(self, When.IN_COMMIT, "COMMIT")
        super().commit()
        course.come_by(self, When.AFTER_COMMIT, "COMMIT")


class FaultPool(ConnectionPool[Any]):
    """The pool that ``Database`` makes, of such connections."""

    def __init__(self, *given: Any, **named: Any) -> None:
        # Ready for the next trial while what the last one broke is made anew.
        named["min_size"] = min(4, named["max_size"])
        super().__init__(*given, connection_class=FaultConnection, **named)


@contextmanager
def _statement(connection: psycopg.Connection[Any], query: Any) -> Iterator[None]:
    course = _course.get()
    # A pool asks an idle connection, with nothing, whether it lives.
    if course is None or not isinstance(connection, FaultConnection) or query in ("", b""):
        yield
        return
    text = query.decode() if isinstance(query, bytes) else str(query)
    what = " ".join(text.split())[:80]
    course.come_by(connection, When.BEFORE_STATEMENT, what)
    yield
    course.come_by(connection, When.AFTER_STATEMENT, what)


class ClientDied(BaseException):
    """The process that ran the use case is gone: nothing of it runs any more."""


class ClientBroke(Exception):  # noqa: N818
    """A fault of our own in the middle of a use case."""


class Fault(StrEnum):
    """What goes wrong at a point."""

    BACKEND_ENDED = "the server ends the connection"
    CLIENT_DIED = "the client is killed"
    CLIENT_BROKE = "the client raises"


def strike(fault: Fault, point: Point, connection: FaultConnection, server: Any) -> None:
    """Let the fault happen at this point; ``server`` is another connection, in autocommit."""
    pid = connection.info.backend_pid
    if point.when is When.IN_COMMIT:
        connection.pgconn.send_query(b"COMMIT")
        while connection.pgconn.flush():
            select.select([], [connection.pgconn.socket], [], 1)
    match fault:
        case Fault.BACKEND_ENDED:
            end_backend(server, pid)
            if point.when in (When.IN_COMMIT, When.AFTER_COMMIT):
                connection.close()
                raise psycopg.OperationalError("the answer to the commit was lost")
        case Fault.CLIENT_DIED:
            cut(connection)
            wait_until_gone(server, pid)
            raise ClientDied
        case Fault.CLIENT_BROKE:
            if point.when is When.IN_COMMIT:
                while connection.pgconn.get_result() is not None:
                    pass
            raise ClientBroke


def end_backend(server: Any, pid: int) -> None:
    """Let the server end a connection, and wait until it has."""
    server.execute("SELECT pg_terminate_backend(%s)", (pid,))
    wait_until_gone(server, pid)


def cut(connection: psycopg.Connection[Any]) -> None:
    """End the client's side of the connection without a word, as the death of a process does."""
    with socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)


def wait_until_gone(server: Any, pid: int) -> None:
    """Until the server is done with a client, so that what it kept is settled."""
    deadline = time.monotonic() + 5
    while server.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
        assert time.monotonic() < deadline, "the server never noticed"
        time.sleep(0.001)


def wait_until_waiting(
    server: Any, pid: Callable[[], int | None], ended: Callable[[], bool]
) -> bool:
    """Until the other waits at a lock (true) or has ended (false)."""
    deadline = time.monotonic() + 10
    while not ended():
        other = pid()
        row = (
            other
            and server.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (other,)).fetchone()
        )
        if row and row[0]:
            return True
        assert time.monotonic() < deadline, "the other neither waits nor ends"
        time.sleep(0.001)
    return False
