"""Load on a server from wrk, a program in C, which sends each of our requests once."""

import json
import subprocess
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from tongguan.cli import bench

_FOUND: Final = "FOUND "
_THREADS: Final = 1
"""It needs eight microseconds a request; the processors are for those who are measured."""
_ANSWER_SECONDS_MAX: Final = 10


class LoadError(RuntimeError):
    """The load generator did not run, or said nothing that can be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What came of it."""

    answers: int
    seconds: float
    sent: int
    again: int
    """Of those sent, how many were sent once more because there were no others left."""
    p50_milliseconds: float
    p99_milliseconds: float
    connect: int
    read: int
    write: int
    status: int
    """Answers of 400 and above; the others are errors of the connections."""
    timeout: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def errors(self) -> int:
        """Everything that was not answered as it should be."""
        return self.connect + self.read + self.write + self.status + self.timeout


def load(
    program: Path, url: str, path: str, bodies: Path, *, before: int, connections: int, seconds: int
) -> Loaded:
    """Post the bodies of a file, from this one on, for so long over so many connections at once."""
    with resources.as_file(resources.files(bench).joinpath("load.lua")) as script:
        finished = subprocess.run(
            [
                *(str(program), f"--threads={_THREADS}", f"--connections={connections}"),
                *(f"--duration={seconds}s", f"--timeout={_ANSWER_SECONDS_MAX}s", "--latency"),
                *(f"--script={script}", url, "--", str(bodies), path, str(before)),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    found = [line for line in finished.stdout.splitlines() if line.startswith(_FOUND)]
    if finished.returncode != 0 or len(found) != 1:
        raise LoadError((finished.stderr or finished.stdout).strip()[-500:])
    return Loaded(**json.loads(found[0].removeprefix(_FOUND)))
