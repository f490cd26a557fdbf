"""Reads a source in a process of its own, with bounds of time and memory.

Some files are small and yet cost a parser hours or all memory there is; an estimate cannot catch
every one of them, a bound of the operating system does.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Final

from tongguan.adapters.sources.reading import (
    Given,
    Reading,
    read_source,
    reading_as_data,
    reading_from_data,
)
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What one reading may cost."""

    cpu_seconds: int = 20
    wall_seconds: int = 90
    memory_bytes: int = 2 * 1024**3


BOUNDS: Final = Bounds()


def read_apart(content: bytes, given: Given, bounds: Bounds = BOUNDS) -> Reading:
    """As ``read_source``, refused as too costly beyond the bounds."""
    asked = json.dumps([given.zone, given.url, given.language, bounds.cpu_seconds])
    command = [sys.executable, "-m", __spec__.name, asked, str(bounds.memory_bytes)]
    try:
        ended = subprocess.run(
            command, input=content, capture_output=True, timeout=bounds.wall_seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise SourceRefusedError(SourceRefusal.TOO_COSTLY) from None
    if ended.returncode < 0:  # ended by a signal: time, memory, or a parser that gave up
        raise SourceRefusedError(SourceRefusal.TOO_COSTLY)
    if ended.returncode != 0:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeError(said[-1] if said else "the reading process failed")
    answer: dict[str, Any] = json.loads(ended.stdout)
    if "refused" in answer:
        raise SourceRefusedError(SourceRefusal(answer["refused"]), **answer["facts"])
    return reading_from_data(answer["reading"])


def main() -> None:
    """Read standard input as the arguments say and write the answer as JSON."""
    zone, url, language, cpu_seconds = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer: dict[str, Any]
    try:
        reading = read_source(sys.stdin.buffer.read(), Given(zone=zone, url=url, language=language))
        answer = {"reading": reading_as_data(reading)}
    except SourceRefusedError as refused:
        answer = {"refused": refused.code.value, "facts": refused.facts}
    except MemoryError:
        answer = {"refused": SourceRefusal.TOO_COSTLY.value, "facts": {}}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
