"""The intake as an ASGI program: one address, one method, and as little as can be around it."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.adapters.problems import FieldFault, ProblemCode
from tongguan.app.authorities import Authority
from tongguan.core.credentials.ticket import TicketFault
from tongguan.intake.bodies import Bodies, Receive
from tongguan.intake.deciding import Asked, language_of
from tongguan.intake.groups import GROUP_MAX, WAITING_MAX, Groups, Lane
from tongguan.intake.requests import RequestReader, UnreadableError
from tongguan.intake.responses import (
    BUSY_SECONDS,
    Header,
    Response,
    json_response,
    problem_response,
    retry_after,
)

log = logging.getLogger("tongguan.intake")

BOOKINGS: Final = "/api/v1/intake/bookings"
HEALTH: Final = "/healthz"
_CLOSE: Final[Header] = (b"connection", b"close")
_FAULTS: Final = {
    TicketFault.EXPIRED: ProblemCode.TICKET_EXPIRED,
    TicketFault.WRONG: ProblemCode.TICKET_WRONG,
}

Scope = Mapping[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How much is let in at once."""

    group_max: int = GROUP_MAX
    waiting_max: int = WAITING_MAX


class Intake:
    """Takes bookings for one authority, from the start of its event loop to the end."""

    def __init__(
        self, authority: Authority, lanes: Sequence[Lane], bounds: Bounds | None = None
    ) -> None:
        self._authority = authority
        self._lanes = lanes
        self._tickets = authority.index.tickets(authority.id)
        self._bodies = Bodies()
        self._reader = RequestReader()
        self._bounds = Bounds() if bounds is None else bounds
        self._groups: Groups | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the program."""
        if scope["type"] != "http":
            await self._live(receive, send)
            return
        if scope["path"] == BOOKINGS and scope["method"] == "POST":
            response = await self._booking(scope, receive)
        else:
            response = await self._other(scope)
        await send(response.start)
        await send(response.body)

    async def close(self) -> None:
        """Return when everybody who was let in has been answered; nobody is any more."""
        if self._groups is not None:
            await self._groups.close()

    async def _booking(self, scope: Scope, receive: Receive) -> Response:
        try:
            ticket_text, wish = self._reader.read(await self._bodies.read(receive))
        except UnreadableError as error:
            is_read = error.code is ProblemCode.REQUEST_INVALID
            return _problem(scope, error.code, error.faults, *(() if is_read else (_CLOSE,)))
        ticket = self._tickets.read(ticket_text, time.time())
        if isinstance(ticket, TicketFault):
            return _problem(scope, _FAULTS[ticket])
        answer = self._open().ask(Asked(ticket, wish, scope["headers"]))
        if answer is None:
            return _problem(scope, ProblemCode.UNAVAILABLE, (), retry_after(BUSY_SECONDS))
        return await answer

    async def _other(self, scope: Scope) -> Response:
        allowed = {BOOKINGS: b"POST", HEALTH: b"GET, HEAD"}.get(scope["path"])
        if allowed is None:
            return _problem(scope, ProblemCode.NOT_FOUND)
        if scope["method"].encode() not in allowed.split(b", "):
            return _problem(scope, ProblemCode.METHOD_NOT_ALLOWED, (), (b"allow", allowed))
        return await asyncio.to_thread(self._health)

    def _health(self) -> Response:
        """200 with the domain time while the database answers, 503 otherwise."""
        state: dict[str, object] = {"authority": self._authority.id, "database": "reachable"}
        try:
            with self._authority.database.transaction() as transaction:
                state["domain_time"] = transaction.now.isoformat()
        except DatabaseUnavailable:
            return json_response(
                json.dumps(state | {"database": "unreachable"}).encode("ascii"), 503
            )
        return json_response(json.dumps(state).encode("ascii"))

    def _open(self) -> Groups:
        if self._groups is None:
            bounds = self._bounds
            self._groups = Groups(
                self._lanes,
                group_max=bounds.group_max,
                waiting_max=bounds.waiting_max,
            )
        return self._groups

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server: everyone has been answered when it says that it ends."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._open()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _problem(
    scope: Scope,
    code: ProblemCode,
    faults: tuple[FieldFault, ...] = (),
    *headers: Header,
) -> Response:
    return problem_response(code, language_of(scope["headers"]), faults, *headers)
