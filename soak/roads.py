"""How an operation reaches a service: the ordinary interface, or the intake with a ticket."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from soak.services import Service
from soak.wire import Connection, NoAnswerError, Request
from soak.workload import Operation, Traveller, legs_as_sent, request_of
from tongguan.adapters.deployment import Deployment, root_keys
from tongguan.core.credentials.index import IndexKeys
from tongguan.core.credentials.ticket import Ticket, TicketKey
from tongguan.core.identifiers import ApplicationId, AuthorityId, JourneyId

_AUTHORITY = AuthorityId("HK")
_LIFETIME = timedelta(hours=2)
_ASKED_FOR = 0.005
"""How many tickets are asked for; the others were given beforehand, with the authority's key."""
_FOUND = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Roads:
    """The ports of both kinds of service, and tickets for the intake."""

    rest: tuple[int, ...]
    intakes: tuple[int, ...]
    tickets: TicketKey

    @classmethod
    def to(cls, services: Sequence[Service], directory: Path) -> Self:
        """The roads to these services."""
        ports = {each.name: each.port or 0 for each in services}
        deployment = Deployment(
            authority=_AUTHORITY, data_directory=directory / "data", database_url=""
        )
        index = IndexKeys(root=root_keys(deployment).index)
        return cls(
            rest=tuple(port for name, port in ports.items() if name.startswith("rest")),
            intakes=tuple(port for name, port in ports.items() if name.startswith("intake")),
            tickets=index.tickets(_AUTHORITY),
        )

    def ports(self, operation: Operation) -> Sequence[int]:
        """Where it may be asked; any of them."""
        return self.intakes if _by_intake(operation) else self.rest

    async def request(self, operation: Operation, party: Traveller) -> Request:
        """What is sent."""
        if not _by_intake(operation):
            return request_of(operation, party)
        ticket = await self._ticket(operation["journey"], party)
        body = {"ticket": ticket, "legs": legs_as_sent(operation["legs"])}
        return Request(method="POST", path="/intake/bookings", body=body)

    async def _ticket(self, journey: str, party: Traveller) -> str:
        if random.random() < _ASKED_FOR:
            asked = Request(
                method="POST",
                path="/intake/tickets",
                authorization=party.authorization,
                body={"journey": journey},
            )
            answer = await _asked(random.choice(self.rest), asked)
            if answer is not None:
                return answer
        ticket = Ticket(journey=JourneyId(journey), application=ApplicationId(party.application))
        return self.tickets.give(ticket, datetime.now(UTC) + _LIFETIME)


async def _asked(port: int, request: Request) -> str | None:
    connection = Connection(port)
    try:
        if await connection.open():
            answer = await connection.send(request)
            if answer.status == _FOUND:
                return str(answer.content["ticket"])
    except NoAnswerError:
        pass
    finally:
        connection.close()
    return None


def _by_intake(operation: Operation) -> bool:
    return bool(operation.get("by") == "intake")
