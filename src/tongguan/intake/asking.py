"""What a client of the intake sends, for the demonstration, benchmarks and tests."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tongguan.app.authorities import Authority
from tongguan.core.booking.rules import LegWanted
from tongguan.core.credentials.ticket import Ticket


def ticket_texts(
    authority: Authority, tickets: Iterable[Ticket], expires_at: datetime
) -> Iterator[str]:
    """Tickets as the authority gives them, many at a time; they hold in real time."""
    key = authority.index.tickets(authority.id)
    return (key.give(each, expires_at) for each in tickets)


def booking_body(ticket: str, legs: Sequence[LegWanted]) -> bytes:
    """The body of a request for places on these legs."""
    asked = [
        {
            "direction": each.direction,
            "day": each.day.isoformat(),
            "slot": each.slot,
            "control_point": each.control_point,
        }
        for each in legs
    ]
    return json.dumps({"ticket": ticket, "legs": asked}).encode("ascii")
