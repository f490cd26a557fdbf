"""Groups: whatever arrived while the last one was being committed is decided together."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tongguan.core.identifiers import ApplicationId
from tongguan.intake.deciding import Asked, Decide
from tongguan.intake.responses import Response

GROUP_MAX: Final = 500
"""What one call decides; more wait for the next."""
WAITING_MAX: Final = 2000
"""Who may wait; more are asked to come again."""
OF_ONE_MAX: Final = 8
"""Requests of one application that may wait: nobody fills the line alone."""
AHEAD_MIN: Final = 64
"""So many must wait for a group to begin while another is on its way; fewer cost too much each."""

Waiting = tuple[Asked, "asyncio.Future[Response]"]
Group = Sequence[Waiting]


class Groups:
    """Those who wait, and a thread for each lane that decides for them; for one event loop."""

    def __init__(
        self,
        lanes: Sequence[Decide],
        *,
        group_max: int = GROUP_MAX,
        waiting_max: int = WAITING_MAX,
    ) -> None:
        self._free = list(lanes)
        self._lanes = len(lanes)
        self._group_max = group_max
        self._waiting_max = waiting_max
        self._waiting: list[Waiting] = []
        self._waiting_of: dict[ApplicationId, int] = {}
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(len(lanes), thread_name_prefix="groups")
        self._is_next_called = False

    def ask(self, asked: Asked) -> "asyncio.Future[Response] | None":
        """The answer to come; ``None`` when too many wait already."""
        application = asked.ticket.application
        of_one = self._waiting_of.get(application, 0)
        if len(self._waiting) >= self._waiting_max or of_one >= OF_ONE_MAX:
            return None
        self._waiting_of[application] = of_one + 1
        answer = self._loop.create_future()
        self._waiting.append((asked, answer))
        if not self._is_next_called and self._may_begin():
            self._is_next_called = True
            # After this turn of the loop: who has arrived by now belongs to the group.
            self._loop.call_soon(self._next)
        return answer

    def close(self) -> None:
        """Wait for the groups that are being decided; nobody may ask any more."""
        self._threads.shutdown()

    def _may_begin(self) -> bool:
        """Whether those who wait are a group: any number is when no other is on its way."""
        free, waiting = len(self._free), len(self._waiting)
        return waiting > 0 if free == self._lanes else free > 0 and waiting >= AHEAD_MIN

    def _next(self) -> None:
        self._is_next_called = False
        if not self._may_begin():
            return
        decide = self._free.pop()
        if len(self._waiting) <= self._group_max:
            group, self._waiting, self._waiting_of = self._waiting, [], {}
        else:
            group = self._waiting[: self._group_max]
            del self._waiting[: self._group_max]
            self._waiting_of = Counter(each.ticket.application for each, _ in self._waiting)
        self._threads.submit(self._decide_for, decide, group)

    def _decide_for(self, decide: Decide, group: Group) -> None:
        """In a thread; all answers go back to the loop at once."""
        try:
            responses = decide([asked for asked, _ in group])
        except BaseException as error:  # nobody may be left waiting for an answer
            self._loop.call_soon_threadsafe(self._fail, decide, group, error)
            raise
        self._loop.call_soon_threadsafe(self._answer, decide, group, responses)

    def _answer(self, decide: Decide, group: Group, responses: Sequence[Response]) -> None:
        self._free.append(decide)
        self._next()
        for (_, answer), response in zip(group, responses, strict=True):
            if not answer.done():  # a client that is gone may have cancelled it
                answer.set_result(response)

    def _fail(self, decide: Decide, group: Group, error: BaseException) -> None:
        self._free.append(decide)
        self._next()
        for _, answer in group:
            if not answer.done():
                answer.set_exception(error)
