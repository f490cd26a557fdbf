"""What is asked of the intake: a ticket and legs. The same legs are read once.

In the opening second almost everybody sends the same legs, and reading them costs more than all
else about a request. So what stands around the ticket is remembered byte for byte with the legs
that were read from it; nothing depends on it, and it is forgotten when it grows.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from pydantic import StrictStr, ValidationError

from tongguan.adapters.journey_requests import JourneyIn
from tongguan.adapters.problems import FieldFault, ProblemCode
from tongguan.adapters.request_faults import field_faults
from tongguan.adapters.strict_json import read_json
from tongguan.core.booking.rules import LegWanted

KINDS_MAX: Final = 4096
_REMEMBERED_BYTES_MAX: Final = 2048
_TICKET: Final = re.compile(rb'("ticket"[ ]?:[ ]?")([0-9a-f.-]{1,200})"')
"""A ticket without any escape in it: its value is the text as it stands."""


class BookingIn(JourneyIn):
    """A ticket, and the legs that the party asks for; taken whole or not at all."""

    ticket: StrictStr


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Wish:
    """The legs of a request; requests that ask alike share one, and it stands for itself."""

    legs: tuple[LegWanted, ...]


class UnreadableError(Exception):
    """The body is not a request: with which problem it is answered."""

    def __init__(self, code: ProblemCode, *faults: FieldFault) -> None:
        super().__init__(code)
        self.code = code
        self.faults = faults


@dataclass(slots=True)
class RequestReader:
    """Reads bodies; remembers the legs of those that differ in nothing but the ticket."""

    _around: dict[tuple[bytes, bytes], Wish] = field(default_factory=dict, init=False)
    _wishes: dict[tuple[LegWanted, ...], Wish] = field(default_factory=dict, init=False)

    def read(self, body: bytes) -> tuple[str, Wish]:
        """The text of the ticket and the wish; ``UnreadableError`` for what is no request."""
        found = _TICKET.search(body)
        if found is None:
            return self._read(body)
        start, end = found.span(2)
        around = (body[:start], body[end:])
        wish = self._around.get(around)
        if wish is not None:
            return body[start:end].decode("ascii"), wish
        ticket, wish = self._read(body)
        if ticket.encode() == body[start:end] and len(body) <= _REMEMBERED_BYTES_MAX:
            if len(self._around) >= KINDS_MAX:
                self._around.clear()
            self._around[around] = wish
        return ticket, wish

    def _read(self, body: bytes) -> tuple[str, Wish]:
        if not body:
            raise UnreadableError(ProblemCode.BODY_EMPTY)
        try:
            sent = read_json(body)
        except ValueError:
            raise UnreadableError(ProblemCode.BODY_NOT_JSON) from None
        try:
            booking = BookingIn.model_validate(sent)
        except ValidationError as error:
            found = [{**each, "loc": ("body", "", *each["loc"])} for each in error.errors()]
            raise UnreadableError(ProblemCode.REQUEST_INVALID, *field_faults(found)) from None
        legs = booking.wanted()
        if len(self._wishes) >= KINDS_MAX:
            self._wishes.clear()
        return booking.ticket, self._wishes.setdefault(legs, Wish(legs=legs))
