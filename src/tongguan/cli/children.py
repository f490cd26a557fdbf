"""The processes that ``run`` starts: watched, started again when they die, never left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from tongguan.adapters.cluster.layout import write_private
from tongguan.cli.options import DATABASE_VARIABLE
from tongguan.cli.serve_command import PARENT_VARIABLE

_STOP_SECONDS_MAX: Final = 15.0
_POLL_SECONDS: Final = 0.05
_RESTARTS_MAX: Final = 5
_RESTARTS_FORGOTTEN_AFTER_SECONDS: Final = 300.0
_ANSWER_SECONDS_MAX: Final = 2.0


class ChildDiedError(RuntimeError):
    """A child died again and again; the run ends with it."""


@dataclass(slots=True)
class Child:
    """One process, by the command that starts it."""

    name: str
    arguments: tuple[str, ...]
    """After ``tongguan``."""
    url: str
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in a session of its own: the terminal's Ctrl-C is for its starter alone."""
        surroundings = {
            name: value for name, value in os.environ.items() if name != DATABASE_VARIABLE
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tongguan.cli", *self.arguments],
            env=surroundings | {PARENT_VARIABLE: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Whether it serves."""
        try:
            return httpx.get(f"{self.url}/healthz", timeout=_ANSWER_SECONDS_MAX).is_success
        except httpx.HTTPError:
            return False

    def has_died(self) -> bool:
        """Whether it ended although nobody told it to."""
        return self.process is not None and self.process.poll() is not None

    def start_again(self) -> None:
        """Start it once more; ``ChildDiedError`` when that has been tried too often of late."""
        now = time.monotonic()
        recent = [at for at in self.restarts if now - at < _RESTARTS_FORGOTTEN_AFTER_SECONDS]
        self.restarts = [*recent, now]
        if len(self.restarts) > _RESTARTS_MAX:
            raise ChildDiedError(self.name)
        self.start()


def remember_children(path: Path, children: Sequence[Child]) -> None:
    """Note the children's processes, for the next run to find what this one may leave behind."""
    noted = [
        {"pid": child.process.pid, "started": started_at(child.process.pid)}
        for child in children
        if child.process is not None
    ]
    write_private(path, json.dumps(noted))


def end_left_behind(path: Path) -> int:
    """End the children of a run that was killed; how many there were.

    A number that now means another process is told by when that process began.
    """
    try:
        noted = json.loads(path.read_text(encoding="ascii"))
        left = [
            each["pid"]
            for each in noted
            if each["started"] is not None and started_at(each["pid"]) == each["started"]
        ]
    except (OSError, ValueError, TypeError, KeyError):
        return 0
    end_processes(left)
    path.unlink(missing_ok=True)
    return len(left)


def end_children(children: Sequence[Child]) -> None:
    """Tell every child to stop, and make it stop when it does not in time."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS_MAX
    for process in running:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def end_processes(pids: Sequence[int]) -> None:
    """The same for processes that are no children of ours."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            if started_at(pid) is not None:
                os.kill(pid, number)
        deadline = time.monotonic() + _STOP_SECONDS_MAX
        while time.monotonic() < deadline:
            if all(started_at(pid) is None for pid in pids):
                return
            time.sleep(_POLL_SECONDS)


def started_at(pid: int) -> str | None:
    """When a process began, in the kernel's words; ``None`` when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]
