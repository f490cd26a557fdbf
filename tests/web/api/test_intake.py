"""Tickets over the ordinary routes, and that both ways in give the same bodies."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.intake.asking import lane
from tests.web.api.calls import HOME, OUT, applied, basic, call
from tongguan.intake.program import BOOKINGS, Intake


def ticket(client: Client, slip: dict[str, str], journey: str) -> dict[str, Any]:
    response = call(client, "POST", "/intake/tickets", {"journey": journey}, **basic(slip))
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def by_intake(pair: Pair, body: Any, language: str = "en") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer of the intake."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    intake = Intake(pair.hk, [lane(pair.hk)])
    scope = {
        "type": "http",
        "method": "POST",
        "path": BOOKINGS,
        "headers": [(b"accept-language", language.encode())],
    }
    messages: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    async def ask() -> None:
        await intake(scope, receive, send)
        await intake.close()

    asyncio.run(ask())
    start, content = messages
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, content["body"]


def test_ticket__post__is_for_the_applicant_and_its_id(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    given = ticket(client, slip, str(uuid4()))
    ahead = datetime.fromisoformat(given["expires_at"]) - datetime.now(UTC)
    assert 7000 < ahead.total_seconds() <= 7200
    assert call(client, "POST", "/intake/tickets", {"journey": str(uuid4())}).status_code == 401
    wrong = call(client, "POST", "/intake/tickets", {"journey": "x"}, **basic(slip))
    assert wrong.json()["errors"][0]["path"] == "/journey"


def test_intake__first_answer__is_byte_for_byte_what_the_route_gives(
    hk: Pair, client: Client
) -> None:
    told, kept = [], []
    for ordinary in (True, False):
        slip, journey = applied(client)["slip"], str(uuid4())
        given = ticket(client, slip, journey)["ticket"]
        if ordinary:
            path = f"/journeys/{journey}"
            body = call(client, "PUT", path, {"legs": [OUT, HOME]}, **basic(slip)).content
        else:
            _, _, body = by_intake(hk, {"ticket": given, "legs": [OUT, HOME]})
        journeys = call(client, "GET", "/journeys", **basic(slip)).json()
        told.append(body.replace(journey.encode(), b"ID"))
        kept.append(journeys[0])
    answers = [json.loads(each)["journey"] for each in told]
    texts = [
        each.replace(answer["booked_at"].encode(), b"TIME")
        for each, answer in zip(told, answers, strict=True)
    ]
    assert texts[0] == texts[1]
    assert [each["booked_at"] for each in kept] == [each["booked_at"] for each in answers]


@pytest.mark.parametrize("first", ["route", "intake"])
def test_intake__and_route__know_each_others_ids(hk: Pair, client: Client, first: str) -> None:
    slip, journey = applied(client)["slip"], str(uuid4())
    given = ticket(client, slip, journey)["ticket"]

    def route() -> bytes:
        path = f"/journeys/{journey}"
        return bytes(call(client, "PUT", path, {"legs": [OUT, HOME]}, **basic(slip)).content)

    def intake() -> bytes:
        return by_intake(hk, {"ticket": given, "legs": [OUT, HOME]})[2]

    ways = [route, intake] if first == "route" else [intake, route]
    taken, replayed = (json.loads(way()) for way in ways)
    assert (taken["replayed"], replayed["replayed"]) == (False, True)
    assert taken["journey"] == replayed["journey"]
    assert route() == intake()


@pytest.mark.parametrize("language", ["zh-HK", "zh-CN;q=0.9, en;q=0.8", "en", "fr", ""])
@pytest.mark.parametrize(
    "legs",
    [
        [OUT | {"day": "2021-12-30"}],
        [OUT],
        [OUT | {"control_point": "LMC"}, HOME],
        [OUT | {"slot": "night"}, HOME | {"direction": "XX-YY"}],
        [OUT, HOME | {"day": "2021-12-13"}],
    ],
)
def test_intake__refusal__is_byte_for_byte_what_the_route_gives(
    hk: Pair, client: Client, legs: list[Any], language: str
) -> None:
    slip, journey = applied(client)["slip"], str(uuid4())
    given = ticket(client, slip, journey)["ticket"]
    ordinary = call(
        client,
        "PUT",
        f"/journeys/{journey}",
        {"legs": legs},
        **basic(slip),
        **{"accept-language": language},
    )
    status, headers, body = by_intake(hk, {"ticket": given, "legs": legs}, language)
    assert json.loads(body)["reasons"]
    assert (status, body) == (ordinary.status_code, ordinary.content)
    assert headers["content-language"].lower() == ordinary.headers["content-language"].lower()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[]",
        b'{"legs": [], "legs": []}',
        {"legs": []},
        {"legs": [OUT] * 9},
        {"legs": [OUT | {"day": 20211214, "slot": "", "more": 1}, "x"]},
        {"legs": [{"direction": "x" * 41}]},
        {"legs": {}},
    ],
)
def test_intake__problem__is_what_the_route_gives(hk: Pair, client: Client, sent: Any) -> None:
    slip, journey = applied(client)["slip"], str(uuid4())
    given = ticket(client, slip, journey)["ticket"]
    with_ticket = sent | {"ticket": given} if isinstance(sent, dict) else sent
    path = f"/journeys/{journey}"
    body = sent.decode() if isinstance(sent, bytes) else sent
    ordinary = call(client, "PUT", path, body, **basic(slip), **{"accept-language": "zh-HK"})
    status, headers, body = by_intake(hk, with_ticket, "zh-HK")
    assert (status, json.loads(body)) == (ordinary.status_code, ordinary.json())
    for name in ("content-type", "content-language", "vary"):
        assert headers[name] == ordinary.headers[name]
