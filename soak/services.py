"""The processes of a run: started, killed, found dead and started again."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_POLL_SECONDS = 0.2
_READY_SECONDS_MAX = 90.0
_STOP_SECONDS_MAX = 15.0
_DATABASE = "DATABASE_URL"
_KEPT_BACK = {_DATABASE, "PYTHONDONTWRITEBYTECODE"}
"""Of our surroundings; programs that start again and again had better not be compiled each time."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Service:
    """One program that must always run; what it prints goes to its log."""

    name: str
    command: tuple[str, ...]
    """After the interpreter."""
    log: Path
    port: int | None = None
    database_url: str | None = field(default=None, repr=False)
    """Given to it in its surroundings; ``None``: it finds the database by itself."""
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        """Start it in a session of its own; it ends with this process."""
        surroundings = {name: each for name, each in os.environ.items() if name not in _KEPT_BACK}
        if self.database_url is not None:
            surroundings[_DATABASE] = self.database_url
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                env=surroundings | {"TONGGUAN_PARENT": str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1

    @property
    def pid(self) -> int | None:
        """Its process, while it lives."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def workers(self) -> list[int]:
        """The processes that it started itself."""
        if self.pid is None:
            return []
        try:
            found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        except OSError:
            return []
        return [int(each) for each in found]

    async def listens(self) -> bool:
        """Whether it takes connections."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def ready(self) -> None:
        """Return when it takes connections, starting it again when it died."""
        for _ in range(round(_READY_SECONDS_MAX / _POLL_SECONDS)):
            if self.pid is None:
                self.start()
            if await self.listens():
                return
            await asyncio.sleep(_POLL_SECONDS)
        raise RuntimeError(f"{self.name} does not come up; see {self.log}")

    def stop(self) -> None:
        """End it, gently first, with all that it started."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def kill_all(services: Sequence[Service]) -> None:
    """Leave nothing of them, at once."""
    for each in services:
        if each.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(each.process.pid, signal.SIGKILL)
            each.process.wait()


def stop_all(services: Sequence[Service]) -> None:
    """End them, the first one last: others may need it to end well."""
    for each in services[1:]:
        if each.process is not None:
            each.process.terminate()
    for each in reversed(services):
        each.stop()


async def keep_running(services: list[Service], deaths: Counter[str]) -> None:
    """Start again whatever died, for ever."""
    while True:
        await asyncio.sleep(_POLL_SECONDS)
        for each in services:
            if each.pid is None:
                deaths[each.name] += 1
                each.start()


@dataclass(slots=True)
class AuthorityProcess:
    """The authorities' process: one order at a time, given again to the next process if it dies."""

    directory: Path
    process: subprocess.Popen[bytes] | None = None
    is_over: bool = False

    async def order(self, order: str, **facts: object) -> dict[str, object]:
        """What was done; an order is given again until somebody has carried it out."""
        line = json.dumps({"order": order} | facts).encode() + b"\n"
        return await asyncio.to_thread(self._order, line)

    def end(self) -> None:
        """End the process and wait for it; no other takes up what it had left."""
        self.is_over = True
        self._bury()

    def _bury(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
        self.process = None

    def kill(self) -> bool:
        """Kill it, as anybody might; whether there was one."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.kill()
        return True

    def _order(self, line: bytes) -> dict[str, object]:
        while not self.is_over:
            with contextlib.suppress(OSError, ValueError):
                process = self._running()
                _input(process).write(line)
                return _answer(process)
            self._bury()
        raise RuntimeError("the run is over")

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            with (self.directory / "authority.log").open("ab") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "soak.authority", str(self.directory)],
                    bufsize=0,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
            _answer(self.process)
        return self.process


def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise OSError("no way to tell it anything")
    return process.stdin


def _answer(process: subprocess.Popen[bytes]) -> dict[str, object]:
    """A line of the process; ``ValueError`` when it died before it was whole."""
    if process.stdout is None:
        raise OSError("no way to hear it")
    answer: dict[str, object] = json.loads(process.stdout.readline())
    return answer
