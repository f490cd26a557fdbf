"""Groups: whatever arrived while the last one was being committed is decided together."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from tongguan.core.identifiers import ApplicationId
from tongguan.intake.deciding import Asked
from tongguan.intake.responses import Response

GROUP_MAX: Final = 500
"""What one call decides; more wait for the next."""
WAITING_MAX: Final = 2000
"""Who may wait; more are asked to come again."""
OF_ONE_MAX: Final = 8
"""Requests of one application that may wait: nobody fills the line alone."""
AHEAD_MIN: Final = 32
"""So many must wait for a group to begin while another is on its way; fewer cost too much each."""

Lane = Callable[[Sequence[Asked]], Awaitable[Sequence[Response]]]
"""Decides one group at a time: an answer for each, in the order of arrival."""
Waiting = tuple[Asked, "asyncio.Future[Response]"]
Group = Sequence[Waiting]


class Groups:
    """Those who wait, and the groups on their way, one in a lane; for one event loop."""

    def __init__(
        self,
        lanes: Sequence[Lane],
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
        self._on_their_way: set[asyncio.Task[None]] = set()
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
        if len(self._waiting) >= AHEAD_MIN:
            self._next()
        elif not self._is_next_called and self._may_begin():
            self._is_next_called = True
            # After this turn of the loop: who has arrived by now belongs to the group.
            self._loop.call_soon(self._next)
        return answer

    async def close(self) -> None:
        """Return when everybody who waits has been answered; nobody may ask any more."""
        while self._waiting or self._on_their_way:
            # Who has only just asked is not on the way before the next turn of the loop.
            await (asyncio.wait(self._on_their_way) if self._on_their_way else asyncio.sleep(0))

    def _may_begin(self) -> bool:
        """Whether those who wait are a group: any number is when no other is on its way."""
        free, waiting = len(self._free), len(self._waiting)
        return waiting > 0 if free == self._lanes else free > 0 and waiting >= AHEAD_MIN

    def _next(self) -> None:
        self._is_next_called = False
        if not self._may_begin():
            return
        lane = self._free.pop()
        if len(self._waiting) <= self._group_max:
            group, self._waiting, self._waiting_of = self._waiting, [], {}
        else:
            group = self._waiting[: self._group_max]
            del self._waiting[: self._group_max]
            self._waiting_of = Counter(each.ticket.application for each, _ in self._waiting)
        on_its_way = self._loop.create_task(self._decide_for(lane, group))
        self._on_their_way.add(on_its_way)
        on_its_way.add_done_callback(self._on_their_way.discard)

    async def _decide_for(self, lane: Lane, group: Group) -> None:
        """Answer everybody in the group, with what failed if need be."""
        try:
            responses = await lane([asked for asked, _ in group])
        except Exception as error:  # noqa: BLE001 - nobody may be left waiting for an answer
            self._over(lane)
            for _, answer in group:
                if not answer.done():
                    answer.set_exception(error)
            return
        self._over(lane)
        for (_, answer), response in zip(group, responses, strict=True):
            if not answer.done():  # a client that is gone may have cancelled it
                answer.set_result(response)

    def _over(self, lane: Lane) -> None:
        self._free.append(lane)
        self._next()
