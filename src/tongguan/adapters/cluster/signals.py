"""Signals that end a program, turned into an orderly leave of its `with` blocks."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def leaving_on_signals() -> Iterator[None]:
    """While this holds, SIGINT, SIGTERM and SIGHUP leave the block with SystemExit(128 + number).

    Further signals are then ignored, so that a second Ctrl-C cannot leave a server behind. For
    the main thread only.
    """

    def leave(number: int, _frame: FrameType | None) -> None:
        for other in ENDING_SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
