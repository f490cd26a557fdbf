"""A demonstration's time stands still while nobody uses its data directory."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tongguan.adapters.postgres.clock import Clock

_LOCK: Final = "in-use.lock"


@contextmanager
def time_kept(data_directory: Path, clocks: Sequence[Clock]) -> Iterator[bool]:
    """Let time go on from where it stood, unless somebody uses the directory already.

    Whether this process is the first. The clocks then start from one instant, the latest that any
    of them remembers; at the end the time is remembered. Real clocks are left alone.
    """
    descriptor = os.open(data_directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    shifted = [clock for clock in clocks if clock.is_demonstration()]
    try:
        is_first = _alone(descriptor)
        if is_first:
            _resume_together(shifted)
        # From here on others attach; the kernel lets go of the lock however this process ends.
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield is_first
        for clock in shifted:
            clock.remember()
    finally:
        os.close(descriptor)


def _alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _resume_together(clocks: Sequence[Clock]) -> None:
    for clock in clocks:
        clock.resume()
    if clocks:
        latest = max(clock.now() for clock in clocks)
        for clock in clocks:
            clock.set_domain_time(latest)
