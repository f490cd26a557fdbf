"""Whoever asks the intake, for tests: tickets, bodies, and the program without a network."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count, islice
from typing import Any
from uuid import uuid4

import httpx

from tests.builders.authorities import granted, person
from tongguan.app.authorities import Authority
from tongguan.app.journeys import book_journeys
from tongguan.core.booking.rules import LegWanted
from tongguan.core.credentials.ticket import Ticket
from tongguan.core.identifiers import (
    ApplicationId,
    ControlPointId,
    DirectionId,
    JourneyId,
    SlotId,
)
from tongguan.intake.asking import booking_body, ticket_texts
from tongguan.intake.deciding import Book, Deciding
from tongguan.intake.groups import Lane
from tongguan.intake.program import BOOKINGS, Bounds, Intake


def leg(direction: str, day: int, slot: str) -> LegWanted:
    return LegWanted(
        direction=DirectionId(direction),
        day=date(2021, 12, day),
        slot=SlotId(slot),
        control_point=ControlPointId("SZB"),
    )


LEGS = (leg("HK-GD", 14, "morning"), leg("GD-HK", 16, "evening"))
PEOPLE = count(1)
"""Numbers of people that no other test of this worker has."""
SOON = datetime.now(UTC) + timedelta(hours=1)


def some_people(number: int) -> list[int]:
    return list(islice(PEOPLE, number))


def an_application(authority: Authority) -> ApplicationId:
    """One that was granted, of one person."""
    return granted(authority, person(next(PEOPLE))).application.id


def ticket(authority: Authority, application: ApplicationId, expires_at: datetime = SOON) -> str:
    """A ticket for a new id."""
    return ticket_for(authority, application, JourneyId(str(uuid4())), expires_at)


def ticket_for(
    authority: Authority,
    application: ApplicationId,
    journey: JourneyId,
    expires_at: datetime = SOON,
) -> str:
    return next(
        ticket_texts(authority, [Ticket(journey=journey, application=application)], expires_at)
    )


def bodies(
    authority: Authority, numbers: Sequence[int], legs: Sequence[LegWanted] = LEGS
) -> list[bytes]:
    """Requests of as many people, each with an application that was granted."""
    return [
        booking_body(ticket(authority, granted(authority, person(each)).application.id), legs)
        for each in numbers
    ]


def lane(authority: Authority, book: Book = book_journeys) -> Lane:
    """Decides in a thread of this process."""
    return partial(asyncio.to_thread, Deciding(authority, book).responses)


@asynccontextmanager
async def asked(
    authority: Authority, book: Book = book_journeys, bounds: Bounds | None = None
) -> AsyncIterator["Client"]:
    """A client of an intake in this process."""
    intake = Intake(authority, [lane(authority, book)], bounds)
    transport = httpx.ASGITransport(app=intake)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        try:
            yield Client(client)
        finally:
            await intake.close()


class Client:
    """Sends requests and reads answers."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.http = client

    async def book(self, body: bytes, **headers: str) -> httpx.Response:
        return await self.http.post(BOOKINGS, content=body, headers=headers)

    async def told(self, body: bytes, **headers: str) -> dict[str, Any]:
        """The body of an answer that is no problem."""
        response = await self.book(body, **headers)
        assert response.status_code == 200, response.text
        return response.json()
