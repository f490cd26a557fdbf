"""Bodies of requests as they come: bounded in size, and in time by one timer for all.

Nearly every body is there with its head, and a timer for each, made and stopped again, would cost
as much as all else that is done before a request is in line.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from tongguan.adapters.problems import ProblemCode
from tongguan.intake.requests import UnreadableError

BODY_BYTES_MAX: Final = 4 * 1024
"""Eight legs take a third of it; whoever has no ticket must not make us read more."""
BODY_SECONDS_MAX: Final = 10.0
"""How long a client may take to send a body."""

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class Bodies:
    """Reads bodies, each in a task of its own; for one event loop."""

    def __init__(self) -> None:
        self._begun: dict[asyncio.Task[Any], float] = {}
        """Who is reading, since when by the loop's clock; in the order in which they began."""
        self._too_late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def read(self, receive: Receive) -> bytes:
        """The whole body; ``UnreadableError`` when it is too large or does not come in time."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - whoever awaits is a task
        self._begun[task] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(BODY_SECONDS_MAX, self._refuse_late)
        try:
            message = await receive()
            body: bytes = message.get("body", b"")
            while message.get("more_body") and len(body) <= BODY_BYTES_MAX:
                message = await receive()
                body += message.get("body", b"")
        except asyncio.CancelledError:
            if task not in self._too_late or task.uncancel() > 0:
                raise
            raise UnreadableError(ProblemCode.BODY_NOT_JSON) from None
        finally:
            del self._begun[task]
            self._too_late.discard(task)
        if len(body) > BODY_BYTES_MAX:
            raise UnreadableError(ProblemCode.BODY_TOO_LARGE)
        return body

    def _refuse_late(self) -> None:
        """Stop those who have been reading too long; again when the next one will have been."""
        loop = asyncio.get_running_loop()
        self._timer = None
        begun_before = loop.time() - BODY_SECONDS_MAX
        for task, begun in self._begun.items():
            if begun > begun_before:
                # Who began later than this one cannot be late before it.
                self._timer = loop.call_at(begun + BODY_SECONDS_MAX, self._refuse_late)
                return
            self._too_late.add(task)
            task.cancel()
