"""Trials of a use case of booking: struck at one point, looked at, asked again, compared.

A trial begins with the same rows each time. What it leaves has to be what stood at the last commit
that it came to, and asked again under the same ids it has to end where a run without faults ends.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

import psycopg

from tests.adapters.postgres.ledger_checks import require_exact
from tests.app.fault_points import (
    ClientBroke,
    ClientDied,
    Course,
    Fault,
    FaultConnection,
    Point,
    When,
    counting,
    end_backend,
    strike,
    wait_until_waiting,
)
from tests.builders.authorities import Pair, granted, person
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.app.authorities import Authority
from tongguan.core.identifiers import ApplicationId, JourneyId

_EMPTIED = ("journey", "place", "journey_window", "live_journey", "quota_window", "pass")
"""The tables that booking fills and that are emptied before each trial."""
_ROWS = """
    SELECT 'journey', to_jsonb(t) FROM tongguan.journey AS t
    UNION ALL SELECT 'place', to_jsonb(t) FROM tongguan.place AS t
    UNION ALL SELECT 'journey_window', to_jsonb(t) FROM tongguan.journey_window AS t
    UNION ALL SELECT 'live_journey', to_jsonb(t) FROM tongguan.live_journey AS t
    WHERE journey IS NOT NULL
    UNION ALL SELECT 'quota_window', to_jsonb(t) FROM tongguan.quota_window AS t WHERE taken > 0
    UNION ALL SELECT 'pass', to_jsonb(t) FROM tongguan.pass AS t
    UNION ALL SELECT 'application', jsonb_build_object('id', id, 'delete_after', delete_after)
    FROM tongguan.application
    UNION ALL SELECT 'audit', to_jsonb(t) FROM tongguan.audit_entry AS t
    WHERE serial > %s AND outcome <> 'refused'
"""
"""A refusal is not kept under its id: it is recorded as often as it was decided."""
_WHEN_ONLY = frozenset(
    {"booked_at", "cancelled_at", "reckoned_at", "issued_at", "revoked_at", "held_until", "at"}
)
"""Instants, of which only whether there is one can be compared between two runs."""
_NUMBERED = frozenset({"status_index", "serial"})
"""What every try takes a new number for."""

Rows = tuple[str, ...]


@dataclass(kw_only=True, slots=True)
class World:
    """Hong Kong with granted applications, a connection that looks on, and a way back."""

    pair: Pair
    server: psycopg.Connection[Any]
    """In autocommit, with the rights of the database's owner; it is no part of any trial."""
    start: datetime
    granted: tuple[ApplicationId, ...]
    delete_after: date
    audited: int = 0

    @property
    def hk(self) -> Authority:
        return self.pair.hk

    def begin(self) -> None:
        """Nobody holds a place, and it is the hour at which everything began."""
        for table in _EMPTIED:
            self.server.execute(f"DELETE FROM tongguan.{table}".encode())  # noqa: S608
        self.server.execute(
            "UPDATE tongguan.application SET delete_after = %s WHERE delete_after <> %s",
            (self.delete_after, self.delete_after),
        )
        self.audited = one(self.server, "SELECT max(serial) FROM tongguan.audit_entry")
        self.set_time(self.start)

    def set_time(self, instant: datetime) -> None:
        self.server.execute("SELECT tongguan.set_domain_time(%s)", (instant,))

    def rows(self) -> Rows:
        """Everything that booking keeps, as whoever looks on sees it at this moment."""
        found = self.server.execute(_ROWS, (self.audited,)).fetchall()
        return tuple(sorted(f"{table} {_comparable(row)}" for table, row in found))

    def exact_rows(self) -> Rows:
        """The same, which counters, sums and places have to agree on."""
        require_exact(self.server)
        return self.rows()


def one(connection: psycopg.Connection[Any], query: str) -> Any:
    """The one value of a query."""
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _comparable(row: dict[str, Any]) -> str:
    return json.dumps(
        {
            key: value is not None if key in _WHEN_ONLY else value
            for key, value in sorted(row.items())
            if key not in _NUMBERED
        }
    )


@contextmanager
def opened_world(pair: Pair, url: str, start: datetime, parties: Sequence[int]) -> Iterator[World]:
    """A world over the first authority of a pair, with granted parties of these sizes."""
    applications = []
    for number, size in enumerate(parties):
        people = [person(10 * number + each) for each in range(1, size + 1)]
        applications.append(granted(pair.hk, *people).application.id)
    with psycopg.connect(url, autocommit=True) as server:
        yield World(
            pair=pair,
            server=server,
            start=start,
            granted=tuple(applications),
            delete_after=one(server, "SELECT min(delete_after) FROM tongguan.application"),
        )


def journey_id(number: int) -> JourneyId:
    return JourneyId(f"00000000-0000-4000-8000-{number:012}")


class Refused(tuple[str, ...]):
    """The codes of a refusal."""

    __slots__ = ()


UseCase = Callable[[World], object]
"""A call of a use case, always under the same ids; what it returns is comparable."""


@dataclass(kw_only=True, slots=True)
class Run:
    """What became of one run of a use case."""

    heard: bool = False
    answer: object = None
    course: Course = field(default_factory=Course)
    states: list[Rows] = field(default_factory=list)
    """The rows before it, and after each of its commits."""


def undisturbed(world: World, prepare: UseCase, *acts: UseCase) -> list[Run]:
    """The runs of one after another, with every point looked at from outside.

    Nothing is seen before it is committed, and every commit leaves the ledger exact.
    """
    world.begin()
    prepare(world)
    return [_watched(world, act) for act in acts]


def _watched(world: World, act: UseCase) -> Run:
    run = Run(states=[world.exact_rows()])

    def look(point: Point, _: FaultConnection) -> None:
        if point.when is When.AFTER_COMMIT:
            run.states.append(world.exact_rows())
        else:
            assert world.rows() == run.states[-1], f"seen before its commit: {point}"

    run.course.at = look
    with counting(run.course):
        run.answer = act(world)
    run.heard = True
    return run


def disturbed(
    world: World, act: UseCase, number: int, at: Callable[[Point, FaultConnection], None]
) -> Run:
    """The run of a use case with something happening at one point."""
    run = Run()

    def come_by(point: Point, connection: FaultConnection) -> None:
        if point.number == number:
            at(point, connection)

    run.course.at = come_by
    try:
        with counting(run.course):
            run.answer = act(world)
        run.heard = True
    except (DatabaseUnavailable, ClientDied, ClientBroke):
        pass
    return run


def survive_alone(
    world: World, prepare: UseCase, act: UseCase, faults: Sequence[Fault] = tuple(Fault)
) -> int:
    """Strike one caller with each fault at each point; how many points and faults were tried."""
    (sound,) = undisturbed(world, prepare, act)
    tried = 0
    for point in sound.course.points:
        for fault in faults:
            world.begin()
            prepare(world)
            run = disturbed(world, act, point.number, partial(_strike, world, fault))
            where = f"{fault} {point}"
            assert run.course.points[point.number] == point, where
            rows = world.exact_rows()
            assert rows in _states_after(sound.states, run.course, point), where
            assert not run.heard or rows == sound.states[-1], f"acknowledged and not there: {where}"
            assert act(world) == sound.answer, f"asked again: {where}"
            assert world.exact_rows() == sound.states[-1], f"asked again: {where}"
            tried += 1
    return tried


def _strike(world: World, fault: Fault, point: Point, connection: FaultConnection) -> None:
    strike(fault, point, connection, world.server)


def _states_after(states: list[Rows], course: Course, point: Point) -> list[Rows]:
    """What may stand when a run has ended at a point: in a commit, both what was and what is."""
    kept = course.commits
    return states[kept : kept + 2] if point.when is When.IN_COMMIT else [states[kept]]


@dataclass(frozen=True, slots=True)
class Contest:
    """Two callers who want what one of them can have, in both orders without a fault."""

    world: World
    prepare: UseCase
    first: UseCase
    second: UseCase
    endings: dict[Rows, tuple[object, object]]
    """What stands in the end, with what it lets the first and the second be told."""
    reachable: frozenset[Rows]
    """What may stand when the first got as far as any of its commits, and the second to its end."""
    points: tuple[Point, ...]

    def begin(self) -> None:
        self.world.begin()
        self.prepare(self.world)


def contest(world: World, prepare: UseCase, first: UseCase, second: UseCase) -> Contest:
    """Both orders, and what stands when the first stops after each of its commits."""
    one_first, then = undisturbed(world, prepare, first, second)
    other_first, at_last = undisturbed(world, prepare, second, first)
    endings = {
        then.states[-1]: (one_first.answer, then.answer),
        at_last.states[-1]: (at_last.answer, other_first.answer),
    }
    reachable = {*one_first.states, *then.states, *at_last.states}
    for point in one_first.course.points:
        if point.when is When.AFTER_COMMIT:
            world.begin()
            prepare(world)
            disturbed(world, first, point.number, partial(_strike, world, Fault.CLIENT_DIED))
            reachable.update(_watched(world, second).states)
    return Contest(
        world=world,
        prepare=prepare,
        first=first,
        second=second,
        endings=endings,
        reachable=frozenset(reachable),
        points=tuple(one_first.course.points),
    )


def survive_together(both: Contest, faults: Sequence[Fault]) -> tuple[int, int]:
    """At each point of the first let the second come, and strike one of them.

    How many trials there were, and in how many of them the second waited at a lock.
    """
    tried = waited = 0
    for point in both.points:
        for fault in faults:
            waited += _strike_first(both, point, fault)
            tried += 1
        waited += _strike_second(both, point)
        tried += 1
    return tried, waited


def _strike_first(both: Contest, point: Point, fault: Fault) -> bool:
    """The first is struck while the second waits for it or has been served."""
    both.begin()
    with ThreadPoolExecutor(1) as pool:
        rival = _Rival(both, pool)

        def at(at_point: Point, connection: FaultConnection) -> None:
            rival.come()
            strike(fault, at_point, connection, both.world.server)

        disturbed(both.world, both.first, point.number, at)
        told = rival.answer()
    where = f"{fault} of the first {point}"
    assert both.world.exact_rows() in both.reachable, where
    _require_ending(both, both.first(both.world), told, where)
    return rival.waited


def _strike_second(both: Contest, point: Point) -> bool:
    """The second is struck where it waits for the first, which goes on."""
    both.begin()
    with ThreadPoolExecutor(1) as pool:
        rival = _Rival(both, pool)

        def at(_: Point, __: FaultConnection) -> None:
            if rival.come():
                rival.strike()

        first = disturbed(both.world, both.first, point.number, at)
        if not rival.waited:
            told = rival.answer()
        else:
            rival.require_lost()
            told = both.second(both.world)
    assert first.heard
    _require_ending(both, first.answer, told, f"the second struck {point}")
    return rival.waited


def _require_ending(both: Contest, first: object, second: object, where: str) -> None:
    rows = both.world.exact_rows()
    assert rows in both.endings, where
    assert (first, second) == both.endings[rows], where
    for act, answer in ((both.first, first), (both.second, second)):
        # A refusal is not kept: who was refused may find a place by now.
        assert isinstance(answer, Refused) or act(both.world) == answer, where
    assert both.world.exact_rows() == rows, f"asked again: {where}"


class _Rival:
    """The second caller, in a thread and on a connection of its own."""

    def __init__(self, both: Contest, pool: ThreadPoolExecutor) -> None:
        self._both, self._pool = both, pool
        self._pid: int | None = None
        self.waited = False

    def come(self) -> bool:
        """Start, and go on until it waits at a lock (true) or has ended."""
        self._asked = self._pool.submit(self._run)
        self.waited = wait_until_waiting(
            self._both.world.server, lambda: self._pid, self._asked.done
        )
        return self.waited

    def strike(self) -> None:
        assert self._pid is not None
        end_backend(self._both.world.server, self._pid)

    def answer(self) -> object:
        return self._asked.result()

    def require_lost(self) -> None:
        assert isinstance(self._asked.exception(), DatabaseUnavailable)

    def _run(self) -> object:
        with counting(Course(at=self._note)):
            return self._both.second(self._both.world)

    def _note(self, _: Point, connection: FaultConnection) -> None:
        self._pid = connection.info.backend_pid
