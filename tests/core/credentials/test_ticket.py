"""Tickets of the intake: what they allow, until when, and that nobody else can write one."""

from datetime import UTC, datetime, timedelta

import pytest

from tongguan.core.credentials.index import IndexKeys
from tongguan.core.credentials.ticket import LIFETIME, Ticket, TicketFault, expiry_of
from tongguan.core.identifiers import ApplicationId, AuthorityId, JourneyId

KEYS = IndexKeys(root=bytes(range(32)))
HK = KEYS.tickets(AuthorityId("HK"))
TICKET = Ticket(
    journey=JourneyId("7f1d7a9e-6a3c-4f86-9d43-0b1a5b7ad3c1"),
    application=ApplicationId("0c9f4f3e-2b61-4c58-8d0b-9a6f5f0f8e11"),
)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEXT = HK.give(TICKET, NOON)


def test_ticket__read__allows_what_was_given_until_its_instant() -> None:
    assert HK.read(TEXT, NOON.timestamp() - 0.001) == TICKET
    assert HK.read(TEXT, NOON.timestamp()) is TicketFault.EXPIRED


def test_ticket__text__is_stable() -> None:
    assert (
        "7f1d7a9e-6a3c-4f86-9d43-0b1a5b7ad3c1.0c9f4f3e-2b61-4c58-8d0b-9a6f5f0f8e11."
        f"{int(NOON.timestamp())}.{TEXT.rpartition('.')[2]}"
    ) == TEXT
    assert len(TEXT.rpartition(".")[2]) == 32


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_ticket__changed_anywhere__is_wrong(place: int) -> None:
    other = "0" if TEXT[place] != "0" else "1"
    changed = TEXT[:place] + other + TEXT[place + 1 :]
    assert HK.read(changed, 0) is TicketFault.WRONG


@pytest.mark.parametrize("text", ["", ".", "...", "預約", TEXT[:-1], TEXT + "0", TEXT.upper()])
def test_ticket__of_another_form__is_wrong(text: str) -> None:
    assert HK.read(text, 0) is TicketFault.WRONG


def test_ticket__of_another_authority_or_key__is_wrong() -> None:
    assert KEYS.tickets(AuthorityId("GD")).read(TEXT, 0) is TicketFault.WRONG
    other = IndexKeys(root=bytes(32)).tickets(AuthorityId("HK"))
    assert other.read(TEXT, 0) is TicketFault.WRONG


def test_ticket__key__is_never_shown() -> None:
    assert HK.key.hex() not in repr(HK)
    assert repr(HK.key) not in repr(HK)


def test_expiry__is__a_whole_second_after_its_lifetime() -> None:
    given = NOON + timedelta(microseconds=7)
    assert expiry_of(given) == NOON + LIFETIME
