"""Trials of a use case of booking: struck at one point, looked at, asked again, compared.

A trial begins with the same rows each time. What it leaves has to be what stood at the last commit
that it came to, and asked again under the same ids it has to end where a run without faults ends.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from tests.app.booking_world import Rows, UseCase, World, is_granted
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
from tongguan.adapters.postgres.connections import DatabaseUnavailable


@dataclass(kw_only=True, slots=True)
class Run:
    """What became of one run of a use case."""

    struck: Point | None = None
    heard: bool = False
    answer: object = None
    course: Course = field(default_factory=Course)
    states: list[Rows] = field(default_factory=list)
    """The rows before it, and after each of its commits."""


def undisturbed(world: World, prepare: UseCase, *acts: UseCase) -> list[Run]:
    """The runs of one after another, with every point looked at from outside.

    Nothing is seen before it is committed, and every commit leaves the ledger exact.
    """
    for act in (World.begin, prepare, *acts, World.begin, prepare):
        # Once before, so that what a process remembers of texts is known in each run.
        act(world)
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
            run.struck = point
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
    world: World, prepare: UseCase, act: UseCase, holds: Callable[[Rows], bool]
) -> int:
    """Strike one caller with each fault at each point; how many points and faults were tried.

    ``holds`` is asked of everything that anybody can see meanwhile.
    """
    (sound,) = undisturbed(world, prepare, act)
    assert all(map(holds, sound.states))
    tried = 0
    for number, at in enumerate(sound.course.points):
        for fault in _ways_to_lose(at, Fault.CLIENT_BROKE):
            world.begin()
            prepare(world)
            run = disturbed(world, act, number, partial(_strike, world, fault))
            where = f"{fault} {run.struck}"
            rows = world.exact_rows()
            assert rows in _states_after(sound.states, run), where
            assert not run.heard or rows == sound.states[-1], f"acknowledged and not there: {where}"
            again = act(world)
            assert again == sound.answer, f"asked again: {where}: {again}, {sound.answer}"
            rows = world.exact_rows()
            assert rows == sound.states[-1], _told_apart(rows, sound.states[-1:], where)
            tried += run.struck is not None
    return tried


def _strike(world: World, fault: Fault, point: Point, connection: FaultConnection) -> None:
    strike(fault, point, connection, world.server)


def _states_after(states: list[Rows], run: Run) -> list[Rows]:
    """What may stand when a run was struck: in a commit, both what was and what is."""
    kept, struck = run.course.commits, run.struck
    in_commit = struck is not None and struck.when is When.IN_COMMIT
    return states[kept : kept + 2] if in_commit else [states[kept]]


@dataclass(frozen=True, slots=True)
class Ending:
    """What two callers are told where nothing goes wrong."""

    first: object
    second: object
    first_again: object
    """What the first is told when it asks again at the end: how things stand by then."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Two callers who want what one of them can have, in both orders without a fault."""

    world: World
    prepare: UseCase
    first: UseCase
    second: UseCase
    endings: dict[Rows, "Ending"]
    """What may stand in the end, one after the other, and what each is told then."""
    reachable: frozenset[Rows]
    """What may stand when the first got as far as any of its commits, and the second to its end."""
    points: tuple[Point, ...]

    def begin(self) -> None:
        self.world.begin()
        self.prepare(self.world)


def contest(world: World, prepare: UseCase, first: UseCase, second: UseCase) -> Contest:
    """Both orders, and what stands when the first stops after each of its commits."""
    one_second, at_last = undisturbed(world, prepare, second, first)
    last_again = first(world)
    one_first, then = undisturbed(world, prepare, first, second)
    endings = {
        at_last.states[-1]: Ending(at_last.answer, one_second.answer, last_again),
        then.states[-1]: Ending(one_first.answer, then.answer, first(world)),
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
        points=_apart(one_first.course.points),
    )


def _apart(points: Sequence[Point]) -> tuple[Point, ...]:
    """Those between which something happens at the server.

    For whoever comes then, the end of one statement is the same as the beginning of the next.
    """
    return tuple(
        each for each in points if each.number == 0 or each.when is not When.BEFORE_STATEMENT
    )


def survive_together(both: Contest, holds: Callable[[Rows], bool]) -> tuple[int, int]:
    """At each point of the first let the second come, and strike one of them.

    How many trials there were, and in how many of them the second waited at a lock.
    """
    assert all(map(holds, both.reachable))
    tried = waited = 0
    for point in both.points:
        for fault in _ways_to_lose(point):
            waited += _strike_first(both, point, fault)
            tried += 1
        waited += _strike_second(both, point)
        tried += 1
    return tried, waited


def _ways_to_lose(point: Point, *besides: Fault) -> tuple[Fault, ...]:
    """Between two statements the server sees no more of a client than that it is gone."""
    is_commit = point.when in (When.BEFORE_COMMIT, When.IN_COMMIT, When.AFTER_COMMIT)
    killed = (Fault.CLIENT_DIED,) if is_commit else ()
    return (Fault.BACKEND_ENDED, *killed, *besides)


def _strike_first(both: Contest, point: Point, fault: Fault) -> bool:
    """The first is struck while the second waits for it or has been served."""
    both.begin()
    with ThreadPoolExecutor(1) as pool:
        rival = _Rival(both, pool)

        def at(at_point: Point, connection: FaultConnection) -> None:
            rival.come()
            strike(fault, at_point, connection, both.world.server)

        run = disturbed(both.world, both.first, point.number, at)
        if run.struck is None:
            rival.come()
        told = rival.answer()
    where = f"{fault} of the first {point}"
    rows = both.world.exact_rows()
    assert rows in both.reachable, _told_apart(rows, both.reachable, where)
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
        if first.struck is None:
            rival.come()
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
    assert rows in both.endings, _told_apart(rows, both.endings, where)
    ending = both.endings[rows]
    assert second == ending.second, (where, first, second, ending)
    assert first in (ending.first, ending.first_again), (where, first, second, ending)
    for act, answer in ((both.first, first), (both.second, second)):
        if is_granted(answer):
            act(both.world)
    assert both.world.exact_rows() == rows, f"asked again: {where}"


def _told_apart(rows: Rows, others: Iterable[Rows], where: str) -> str:
    """What rows have, and lack, that those they are nearest to do not."""
    nearest = min(others, key=lambda each: len(set(each) ^ set(rows)))
    more, less = Counter(rows) - Counter(nearest), Counter(nearest) - Counter(rows)
    return "\n".join([where, *(f"+ {row}" for row in more), *(f"- {row}" for row in less)])


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
