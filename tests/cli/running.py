"""Starts ``tongguan run`` as a process of its own and watches it from outside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

START_SECONDS_MAX = 90.0


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class Running:
    """One ``tongguan run``, with what it printed."""

    data: Path
    ports: tuple[int, int]
    output: Path
    process: subprocess.Popen[bytes] = field(init=False)
    seconds_to_start: float = field(init=False)

    def start(self) -> "Running":
        """Start it and wait until both services answer."""
        began = time.monotonic()
        surroundings = os.environ | {"TONGGUAN_LANG": "en", "PYTHONUNBUFFERED": "1"}
        surroundings.pop("DATABASE_URL", None)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command(*self.ports),
                stdout=output,
                stderr=subprocess.STDOUT,
                env=surroundings,
            )
        wait_for(lambda: self.has_ended() or all(self.answers()), START_SECONDS_MAX)
        assert not self.has_ended(), self.printed()
        wait_for(lambda: "Ctrl-C ends it" in self.printed(), 10)
        self.seconds_to_start = time.monotonic() - began
        return self

    def command(self, port_hk: int, port_gd: int) -> list[str]:
        ports = ("--port-hk", str(port_hk), "--port-gd", str(port_gd))
        return [sys.executable, "-m", "tongguan.cli", "run", "--data", str(self.data), *ports]

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.ports[number]}"

    def health(self, number: int) -> dict[str, Any] | None:
        try:
            answer = httpx.get(f"{self.url(number)}/healthz", timeout=5)
        except httpx.HTTPError:
            return None
        return answer.json() if answer.is_success else None  # type: ignore[no-any-return]

    def answers(self) -> list[bool]:
        return [self.health(0) is not None, self.health(1) is not None]

    def children(self) -> list[int]:
        """The serving processes, Hong Kong's first."""
        noted = json.loads((self.data / "run-children.json").read_text(encoding="ascii"))
        return [each["pid"] for each in noted]

    def database_pid(self) -> int:
        place = json.loads((self.data / "place.json").read_text(encoding="utf-8"))["place"]
        pid_file = Path(place) / "postgres" / "postmaster.pid"
        return int(pid_file.read_text(encoding="ascii").splitlines()[0])

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


def processes_with(word: str) -> list[str]:
    """Command lines of living processes that name the word."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if word in line:
                found.append(line)
    return found


def wait_for(condition: Callable[[], bool], seconds_max: float) -> None:
    """Return once the condition holds; ``AssertionError`` when it never does."""
    deadline = time.monotonic() + seconds_max
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
