"""What happens to the services and their database while the clients work."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg

from soak.clients import Calendar, Counts
from soak.servers import Server
from soak.services import AuthorityProcess, Service
from soak.settings import Settings, limits_of
from soak.texts import REMEDIES

_HUNT_SECONDS_MAX = 1.5
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
_ZONE = ZoneInfo("Asia/Hong_Kong")
_SUSPENDED_SECONDS_MAX = 0.6


@dataclass(slots=True)
class Disturbance:
    """Strikes at random, and lets the authorities act as the operations go by."""

    settings: Settings
    server: Server
    rest: Sequence[Service]
    intakes: Sequence[Service]
    proxy: Service | None
    authority: AuthorityProcess
    counts: Counts
    calendar: Calendar
    done: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds_of_changes: float = 0.0
    chance: random.Random = field(default_factory=random.Random)

    async def strike_for_ever(self) -> None:
        """Kill or cut something, again and again."""
        strikes: list[tuple[int, str, Callable[[], Awaitable[bool]]]] = [
            (1, "postmaster killed", self._kill_server),
            (2, "commit cut before its answer", lambda: self._cut(signal.SIGUSR1)),
            (1, "rest service killed", lambda: self._kill_service(self.rest)),
            (2, "commit cut before it arrived", lambda: self._cut(signal.SIGUSR2)),
            (1, "intake killed", lambda: self._kill_service(self.intakes)),
            (2, "connection ended in its commit", self._end_in_commit),
            (1, "authorities killed", self._kill_authority),
            (1, "backend killed", self._kill_backend),
            (1, "rest worker killed", lambda: self._kill_worker(self.rest)),
        ]
        strikes_left = self.settings.strikes_max or -1
        while True:
            # Like a pack of cards: in any order, but none is left out for long.
            pack = [each for each in strikes for _ in range(each[0])]
            if self.settings.strikes_max is None:
                self.chance.shuffle(pack)
            for _, name, strike in pack:
                mean = self.settings.disturbance_seconds
                await asyncio.sleep(self.chance.uniform(0.3, 1.7) * mean)
                try:
                    if await strike():
                        self.done[name] += 1
                except (psycopg.Error, OSError) as error:
                    self.failures.append(f"{name}: {type(error).__name__}")
                strikes_left -= 1
                if strikes_left == 0:
                    return

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
        self.done[f"authority: {order}"] += 1
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
        if pid is None or not _killed(pid):
            return False
        await asyncio.to_thread(self.server.ensure_running)
        return True

    async def _kill_backend(self) -> bool:
        if self.server.pid is None:
            return False
        pids = await asyncio.to_thread(_pids, self.server.url("HK"), _BACKENDS, 0.0)
        return bool(pids) and _killed(self.chance.choice(pids))

    async def _end_in_commit(self) -> bool:
        return await asyncio.to_thread(_end_one_in_commit, self.server.url("HK"))

    async def _cut(self, number: signal.Signals) -> bool:
        if self.proxy is None or self.proxy.pid is None:
            return False
        os.kill(self.proxy.pid, number)
        return True

    async def _kill_authority(self) -> bool:
        return self.authority.kill()


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
            if connection.execute(query).fetchone():
                return True
    return False


def _killed(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False
