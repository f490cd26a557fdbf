"""A group decided: one call, and an answer for each whatever happens."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from tests.intake.asking import LEGS
from tongguan.adapters.postgres.connections import AskAgain, DatabaseUnavailable
from tongguan.app.authorities import Authority
from tongguan.app.journeys import JourneyRequest
from tongguan.app.ledger_port import PlacesAnswer, RequestIdReused
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.credentials.ticket import Ticket
from tongguan.core.identifiers import ApplicationId, JourneyId
from tongguan.intake.deciding import Asked, Book, Deciding
from tongguan.intake.requests import Wish
from tongguan.intake.responses import Response

WISH = Wish(legs=LEGS)
AUTHORITY = cast("Authority", SimpleNamespace(id="HK"))
GROUP = [
    Asked(
        Ticket(journey=JourneyId(str(number)), application=ApplicationId("a")),
        WISH,
        ((b"accept-language", b"en"),),
    )
    for number in range(3)
]


def decided(book: Book) -> list[Any]:
    responses = Deciding(authority=AUTHORITY, book=book).responses(GROUP)
    return [(each.start["status"], said(each).get("code")) for each in responses]


def said(response: Response) -> dict[str, Any]:
    return json.loads(response.body["body"])


def test_group__is_booked__in_one_call_in_order_of_arrival() -> None:
    calls: list[list[JourneyRequest]] = []

    def book(_: Authority, requests: Sequence[JourneyRequest]) -> Sequence[PlacesAnswer]:
        calls.append(list(requests))
        return [RequestIdReused() for _ in requests]

    assert decided(book) == [(409, "request_id_reused")] * 3
    assert [[each.id for each in call] for call in calls] == [["0", "1", "2"]]
    assert all(each.legs is LEGS for each in calls[0])


def test_group__database_away__is_told_to_ask_again() -> None:
    def book(*_: Any) -> Sequence[PlacesAnswer]:
        raise DatabaseUnavailable("away")

    assert decided(book) == [(503, "unavailable")] * 3
    responses = Deciding(authority=AUTHORITY, book=book).responses(GROUP)
    assert (b"retry-after", b"5") in responses[0].start["headers"]


def test_group__that_was_to_ask_again__is_asked_once_more() -> None:
    left = [AskAgain("ids taken at once")]
    sizes: list[int] = []

    def book(_: Authority, requests: Sequence[JourneyRequest]) -> Sequence[PlacesAnswer]:
        sizes.append(len(requests))
        if left:
            raise left.pop()
        return [RequestIdReused() for _ in requests]

    assert [each[0] for each in decided(book)] == [409, 409, 409]
    assert sizes == [3, 3]


def test_group__one_request_is_always_to_ask_again__the_others_are_answered() -> None:
    def book(_: Authority, requests: Sequence[JourneyRequest]) -> Sequence[PlacesAnswer]:
        if any(each.id == "1" for each in requests):
            raise AskAgain("again and again")
        return [RequestIdReused() for _ in requests]

    assert [each[0] for each in decided(book)] == [409, 503, 409]


def test_group__nothing_holds__is_told_so() -> None:
    def book(*_: Any) -> Sequence[PlacesAnswer]:
        raise NothingHoldsError

    assert decided(book) == [(409, "nothing_holds")] * 3


def test_group__one_request_breaks_the_program__the_others_are_answered() -> None:
    def book(_: Authority, requests: Sequence[JourneyRequest]) -> Sequence[PlacesAnswer]:
        if any(each.id == "1" for each in requests):
            raise ValueError("a fault of ours")
        return [RequestIdReused() for _ in requests]

    assert [each[0] for each in decided(book)] == [409, 500, 409]
