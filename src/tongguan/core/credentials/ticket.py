"""Tickets of the intake: one applicant may ask for places under one id, until an instant.

A ticket is text, ``<journey>.<application>.<expiry>.<mac>``: ids as they are sent, the expiry in
seconds since 1970, the MAC in hexadecimal digits. It is no secret of the scheme but a credential
like a signed-in session, and stands in real time. It serves one booking because a journey's id
does.
"""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tongguan.core.credentials.mac import MacKey
from tongguan.core.identifiers import ApplicationId, AuthorityId, JourneyId

LIFETIME = timedelta(hours=2)
"""How long before the opening one may take it."""
_MAC_BYTES = 16


class TicketFault(StrEnum):
    """Why a ticket does not hold."""

    EXPIRED = "expired"
    WRONG = "wrong"
    """Not one that this authority gave."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What a ticket allows."""

    journey: JourneyId
    application: ApplicationId


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketKey:
    """The key under which one authority gives tickets; never shown."""

    authority: AuthorityId
    key: bytes = field(repr=False)
    _begun: MacKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        begin = f"tongguan/intake-ticket\x00{self.authority}\x00".encode()
        object.__setattr__(self, "_begun", MacKey(self.key, begin))

    def give(self, ticket: Ticket, expires_at: datetime) -> str:
        """The text of a ticket that holds before ``expires_at``, in whole seconds."""
        expiry = int(expires_at.timestamp())
        said = f"{ticket.journey}.{ticket.application}.{expiry}"
        return f"{said}.{self._mac(said)}"

    def read(self, text: str, now_seconds: float) -> Ticket | TicketFault:
        """What a text allows now, in seconds since 1970; compared in constant time."""
        said, _, mac = text.rpartition(".")
        if not (text.isascii() and hmac.compare_digest(mac, self._mac(said))):
            return TicketFault.WRONG
        journey, application, expiry = said.split(".")
        if int(expiry) <= now_seconds:
            return TicketFault.EXPIRED
        return Ticket(journey=JourneyId(journey), application=ApplicationId(application))

    def _mac(self, said: str) -> str:
        return self._begun.digest(said.encode())[:_MAC_BYTES].hex()


def expiry_of(given_at: datetime) -> datetime:
    """When a ticket given at an instant ends, to the second."""
    return (given_at.astimezone(UTC) + LIFETIME).replace(microsecond=0)
