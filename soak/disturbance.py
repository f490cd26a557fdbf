"""What happens to the services and their database while the clients work."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from soak.clients import Calendar, Counts
from soak.servers import Server
from soak.services import AuthorityProcess, Service
from soak.settings import Settings, limits_of
from soak.texts import REMEDIES

_HUNT_SECONDS_MAX = 1.5
_ACT = "authority: "
_IN_COMMIT = """
    SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND state = 'active' AND query ILIKE 'commit%'
"""
_BACKENDS = """
    SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'
"""
_STEPS_SECONDS = (20 * 60, 45 * 60, 2 * 3600, 5 * 3600)
_POLL_SECONDS = 0.05
_AGAIN_SECONDS = 0.3
_TRIED_FOR = 3
"""For how many strikes' worth of operations a short run tries the one that is due."""
_ZONE = ZoneInfo("Asia/Hong_Kong")
_SUSPENDED_SECONDS_MAX = 0.6


class Strike(NamedTuple):
    """One thing that can happen to a run."""

    name: str
    weight: int
    """How often, beside the others."""
    strike: Callable[[], Awaitable[bool]]
    """Whether it struck: there may be nothing to strike at the moment."""


@dataclass(slots=True)
class Disturbance:
    """Strikes, and lets the authorities act as the operations go by."""

    settings: Settings
    server: Server
    rest: Sequence[Service]
    intakes: Sequence[Service]
    proxy: Service | None
    authority: AuthorityProcess
    counts: Counts
    calendar: Calendar
    note: Callable[[], None] = lambda: None
    """Called after each strike, so that it is on record whatever is killed next."""
    struck_before: int = 0
    """Strikes in earlier sessions of the run."""
    is_over: bool = False
    """Nothing will be struck any more."""
    done: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds_of_changes: float = 0.0
    chance: random.Random = field(default_factory=random.Random)

    async def strike_for_ever(self) -> None:
        """Kill or cut something, again and again; a short run so often as is laid down."""
        if self.settings.strikes_max is None:
            await self._strike_at_random()
        else:
            await self._strike_in_order(self.settings.strikes_max)
        self.is_over = True

    @property
    def strikes(self) -> int:
        """How often the run has been struck so far."""
        return self.struck_before + struck_in(self.done)

    def kinds(self) -> list[Strike]:
        """All that can be struck, in the order of a short run."""
        return [
            Strike("postmaster killed", 1, self._kill_server),
            Strike("commit cut before its answer", 2, lambda: self._cut("after", signal.SIGUSR1)),
            Strike("rest service killed", 1, lambda: self._kill_service(self.rest)),
            Strike("commit cut before it arrived", 2, lambda: self._cut("before", signal.SIGUSR2)),
            Strike("intake killed", 1, lambda: self._kill_service(self.intakes)),
            Strike("connection ended in its commit", 2, self._end_in_commit),
            Strike("authorities killed", 1, self._kill_authority),
            Strike("backend killed", 1, self._kill_backend),
            Strike("rest worker killed", 1, lambda: self._kill_worker(self.rest)),
            Strike("decider killed", 1, lambda: self._kill_worker(self.intakes)),
        ]

    async def _strike_at_random(self) -> None:
        while True:
            # Like a pack of cards: in any order, but none is left out for long.
            pack = [each for each in self.kinds() for _ in range(each.weight)]
            self.chance.shuffle(pack)
            for each in pack:
                mean = self.settings.disturbance_seconds
                await asyncio.sleep(self.chance.uniform(0.3, 1.7) * mean)
                await self._strike(each)

    async def _strike_in_order(self, strikes: int) -> None:
        """Strike as the operations go by, whatever the clock says; a later session goes on.

        What cannot be struck is tried again until the operations have gone on without it.
        """
        kinds, operations = self.kinds(), self.settings.operations
        between = operations / (strikes + 1)
        for number in range(self.struck_before, strikes):
            due, kind = (number + 1) * between, kinds[number % len(kinds)]
            while self.counts.done < due:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(_POLL_SECONDS)
            last = min(self.counts.done + _TRIED_FOR * between, operations)
            while not await self._strike(kind):
                if self.counts.done >= last:
                    break
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _strike(self, kind: Strike) -> bool:
        try:
            struck = await kind.strike()
        except (psycopg.Error, OSError) as error:
            self.failures.append(f"{kind.name}: {type(error).__name__}")
            return False
        if struck:
            self.done[kind.name] += 1
            self.note()
        return struck

    async def rule_for_ever(self) -> None:
        """Step the clock by operations done; raise, cut and suspend now and then."""
        stepped = float(self.counts.done)
        per_second = self.settings.operations_per_day / 86400
        change, suspension = self._next_change(), self._next_change()
        seconds = self.chance.choice(_STEPS_SECONDS)
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            if self.counts.done >= change:
                change = self._next_change()
                await self._change()
            if self.counts.done >= suspension:
                suspension = self._next_change()
                await self._suspend()
            if self.counts.done - stepped >= seconds * per_second:
                stepped += seconds * per_second
                await self._order("step", seconds=seconds)
                seconds = self.chance.choice(_STEPS_SECONDS)

    async def _change(self) -> None:
        factor = self.chance.choice((0.4, 0.6, 0.8, 1.0, 1.2, 1.5))
        limits = limits_of(max(4, round(self.settings.places_per_day * factor)))
        started = time.monotonic()
        await self._order("change", limits=limits, remedy=self.chance.choice(REMEDIES))
        self.seconds_of_changes += time.monotonic() - started

    async def _suspend(self) -> None:
        await self._order("suspend", by=self.chance.choice(("HK", "GD")))
        await asyncio.sleep(self.chance.uniform(0.1, _SUSPENDED_SECONDS_MAX))
        await self._order("resume")

    async def _order(self, order: str, **facts: object) -> None:
        await self.authority.order(order, **facts)
        self.done[f"{_ACT}{order}"] += 1
        with contextlib.suppress(psycopg.Error):
            self.calendar.set(await asyncio.to_thread(domain_now, self.server.url("HK")))

    def _next_change(self) -> float:
        mean = self.settings.operations_per_change
        return self.counts.done + self.chance.uniform(0.5, 1.5) * mean

    async def _kill_service(self, services: Sequence[Service]) -> bool:
        pids = [each.pid for each in services if each.pid is not None]
        return bool(pids) and _killed(self.chance.choice(pids))

    async def _kill_worker(self, services: Sequence[Service]) -> bool:
        pids = [pid for each in services for pid in each.workers()]
        return bool(pids) and _killed(self.chance.choice(pids))

    async def _kill_server(self) -> bool:
        pid = self.server.pid
        killed = pid is not None and _killed(pid)
        await asyncio.to_thread(self.server.ensure_running)
        return killed

    async def _kill_backend(self) -> bool:
        if self.server.pid is None:
            return False
        pids = await asyncio.to_thread(_pids, self.server.url("HK"), _BACKENDS, 0.0)
        return bool(pids) and _killed(self.chance.choice(pids))

    async def _end_in_commit(self) -> bool:
        return await asyncio.to_thread(_end_one_in_commit, self.server.url("HK"))

    async def _cut(self, when: str, number: signal.Signals) -> bool:
        """Let the proxy cut the next commit; whether it came to that while we looked."""
        if self.proxy is None or self.proxy.pid is None:
            return False
        before = _cuts(self.proxy, when)
        os.kill(self.proxy.pid, number)
        deadline = time.monotonic() + _HUNT_SECONDS_MAX
        while time.monotonic() < deadline:
            await asyncio.sleep(_POLL_SECONDS)
            if _cuts(self.proxy, when) > before:
                return True
        return False

    async def _kill_authority(self) -> bool:
        return self.authority.kill()


def struck_in(done: Mapping[str, int]) -> int:
    """How many of these were strikes, and not acts of the authorities."""
    return sum(times for name, times in done.items() if not name.startswith(_ACT))


def _cuts(proxy: Service, when: str) -> int:
    """How many commits the proxy says that it has cut."""
    return proxy.log.read_bytes().count(f"cut {when}\n".encode())


def domain_now(url: str) -> datetime:
    """Domain time, asked of the database itself."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute("SELECT tongguan.domain_now()").fetchone()
        if row is None:
            raise RuntimeError("the database did not tell the time")
        instant: datetime = row[0]
        return instant.astimezone(_ZONE)


def _pids(url: str, query: str, seconds_max: float) -> list[int]:
    deadline = time.monotonic() + seconds_max
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        while True:
            found = [int(row[0]) for row in connection.execute(query)]
            if found or time.monotonic() >= deadline:
                return found


def _end_one_in_commit(url: str) -> bool:
    """End the connection of somebody who is committing right now."""
    deadline = time.monotonic() + _HUNT_SECONDS_MAX
    query = f"SELECT pg_terminate_backend(pid) FROM ({_IN_COMMIT} LIMIT 1) AS one"  # noqa: S608 - constants
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        while time.monotonic() < deadline:
            if connection.execute(query).fetchone() == (True,):
                return True
    return False


def _killed(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False
