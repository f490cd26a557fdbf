"""The intake as its clients see it: bookings, repeats, refusals and problems."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.intake.asking import (
    LEGS,
    PEOPLE,
    Client,
    an_application,
    asked,
    bodies,
    lane,
    leg,
    some_people,
    ticket,
    ticket_for,
)
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.app.authorities import Authority
from tongguan.app.journeys import JourneyRequest, book_journeys, cancel_journey, journeys_of
from tongguan.app.ledger_port import PlacesAnswer
from tongguan.core.credentials.ticket import LIFETIME
from tongguan.core.identifiers import JourneyId
from tongguan.intake import bodies as reading
from tongguan.intake import responses
from tongguan.intake.asking import booking_body
from tongguan.intake.bodies import BODY_BYTES_MAX
from tongguan.intake.program import BOOKINGS, HEALTH, Bounds, Intake


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_bookings__at_once__are_taken_by_groups_and_each_has_its_own(hk: Authority) -> None:
    groups: list[int] = []

    def book(authority: Authority, requests: Sequence[JourneyRequest]) -> Sequence[PlacesAnswer]:
        groups.append(len(requests))
        return book_journeys(authority, requests)

    async def work() -> list[dict[str, Any]]:
        async with asked(hk, book) as client:
            sent = bodies(hk, some_people(12))
            return list(await asyncio.gather(*[client.told(each) for each in sent]))

    answers = run(work())
    assert all(each["taken"] and not each["replayed"] for each in answers)
    assert len({each["journey"]["id"] for each in answers}) == 12
    assert [each["leg"] for each in answers[0]["journey"]["places"]] == ["out", "home"]
    assert sum(groups) == 12
    assert len(groups) < 12


def test_booking__again__is_told_as_it_stands(hk: Authority) -> None:
    application = an_application(hk)
    body = booking_body(ticket(hk, application), LEGS)

    async def work() -> list[dict[str, Any]]:
        async with asked(hk) as client:
            first = await client.told(body)
            again = await client.told(body)
            cancel_journey(hk, JourneyId(first["journey"]["id"]), application)
            return [first, again, await client.told(body)]

    first, again, cancelled = run(work())
    assert (first["replayed"], again["replayed"], cancelled["replayed"]) == (False, True, True)
    assert again["journey"] == first["journey"]
    assert cancelled["journey"] == first["journey"] | {"state": "cancelled"}


def test_booking__twice_in_one_group__is_taken_once(hk: Authority) -> None:
    application = an_application(hk)
    body = booking_body(ticket(hk, application), LEGS)

    async def work() -> list[dict[str, Any]]:
        async with asked(hk) as client:
            return list(await asyncio.gather(*[client.told(body) for _ in range(3)]))

    answers = run(work())
    assert sorted(each["replayed"] for each in answers) == [False, True, True]
    assert len(journeys_of(hk, application)) == 1


def test_booking__other_legs_under_its_id__is_refused(hk: Authority) -> None:
    held = ticket(hk, an_application(hk))

    async def work() -> Any:
        async with asked(hk) as client:
            await client.told(booking_body(held, LEGS))
            return await client.book(booking_body(held, (*LEGS[:1], leg("GD-HK", 17, "evening"))))

    response = run(work())
    assert (response.status_code, response.json()["code"]) == (409, "request_id_reused")


def test_booking__id_of_another_party__is_refused(hk: Authority) -> None:
    journey = JourneyId(str(uuid4()))
    applications = [an_application(hk) for _ in range(2)]
    sent = [booking_body(ticket_for(hk, each, journey), LEGS) for each in applications]

    async def work() -> list[Any]:
        async with asked(hk) as client:
            return list(await asyncio.gather(*[client.book(each) for each in sent]))

    assert sorted(each.status_code for each in run(work())) == [200, 409]


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_booking__refused__says_why_in_the_language_asked_for(hk: Authority, language: str) -> None:
    body = bodies(hk, some_people(1), (LEGS[0],))[0]

    async def work() -> Any:
        async with asked(hk) as client:
            return await client.book(body, **{"accept-language": language})

    response = run(work())
    told = response.json()
    assert (told["taken"], told["journey"]) == (False, None)
    assert response.headers["content-language"] == language
    assert [each["code"] for each in told["reasons"]] == ["legs_incomplete"]
    assert told["reasons"][0]["remedy"].isascii() is (language == "en")


def test_bookings__of_one_person__only_the_first_is_taken(hk: Authority) -> None:
    sent = bodies(hk, [next(PEOPLE)] * 2)

    async def work() -> list[dict[str, Any]]:
        async with asked(hk) as client:
            return list(await asyncio.gather(*[client.told(each) for each in sent]))

    taken, refused = run(work())
    assert taken["taken"]
    assert "live_booking_exists" in {each["code"] for each in refused["reasons"]}


def test_ticket__stale_or_forged__books_nothing(hk: Authority) -> None:
    application = an_application(hk)
    past = datetime.now(UTC) - timedelta(seconds=1)
    good = ticket(hk, application)
    forged = [good[:-1] + ("0" if good[-1] != "0" else "1"), good.upper(), "", "預約"]

    async def work() -> list[Any]:
        async with asked(hk) as client:
            sent = [ticket(hk, application, past), *forged]
            return [await client.book(booking_body(each, LEGS)) for each in sent]

    stale, *wrong = run(work())
    assert (stale.status_code, stale.json()["code"]) == (403, "ticket_expired")
    assert {(each.status_code, each.json()["code"]) for each in wrong} == {(403, "ticket_wrong")}
    assert stale.headers["content-type"] == "application/problem+json"
    assert journeys_of(hk, application) == ()
    assert timedelta(minutes=30) < LIFETIME < timedelta(days=1)


async def _problems(client: Client, held: str) -> list[tuple[int, str]]:
    good = json.loads(booking_body(held, LEGS))
    sent = [
        b"",
        b"{",
        json.dumps(good | {"more": 1}).encode(),
        b" " * (BODY_BYTES_MAX + 1),
    ]
    found = [await client.book(each) for each in sent]

    async def in_parts() -> Any:
        for _ in range(3):
            yield b" " * (BODY_BYTES_MAX // 2)

    found.append(await client.http.post(BOOKINGS, content=in_parts()))
    return [(each.status_code, each.json()["code"]) for each in found]


def test_body__wrong__is_a_problem_and_the_next_is_served(hk: Authority) -> None:
    held = ticket(hk, an_application(hk))

    async def work() -> tuple[list[tuple[int, str]], dict[str, Any]]:
        async with asked(hk) as client:
            return await _problems(client, held), await client.told(booking_body(held, LEGS))

    problems, told = run(work())
    assert problems == [
        (400, "body_empty"),
        (400, "body_not_json"),
        (400, "request_invalid"),
        (413, "body_too_large"),
        (413, "body_too_large"),
    ]
    assert told["taken"]


def test_body__that_never_comes__is_not_waited_for(
    hk: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BODY_SECONDS_MAX", 0.05)
    intake = Intake(hk, [lane(hk)])
    scope = {"type": "http", "method": "POST", "path": BOOKINGS, "headers": []}
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    run(intake(scope, receive, send))
    assert sent[0]["status"] == 400
    assert (b"connection", b"close") in sent[0]["headers"]


def test_body__of_many_faults__is_answered_shortly_and_not_kept(hk: Authority) -> None:
    async def work() -> list[Any]:
        async with asked(hk) as client:
            faulty = [json.dumps({f"{each}": n for n in range(9)}) for each in range(3)]
            many = json.dumps({f"m{number}": 0 for number in range(300)})
            return [await client.book(each.encode()) for each in (*faulty, many)]

    *few, many = run(work())
    assert all(each.status_code == 400 for each in (*few, many))
    assert len(many.json()["errors"]) == 20
    assert responses._without_faults.cache_info().currsize < 100


def test_addresses__others__are_not_found_and_methods_are_named(hk: Authority) -> None:
    async def work() -> list[Any]:
        async with asked(hk) as client:
            return [
                await client.http.get("/"),
                await client.http.get(BOOKINGS),
                await client.http.post(HEALTH),
            ]

    missing, bookings, health = run(work())
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (bookings.status_code, bookings.headers["allow"]) == (405, "POST")
    assert (health.status_code, health.headers["allow"]) == (405, "GET, HEAD")


def test_health__is__that_of_the_database(hk: Authority) -> None:
    async def work() -> Any:
        async with asked(hk) as client:
            return await client.http.get(HEALTH)

    answer = run(work()).json()
    assert (answer["authority"], answer["database"]) == ("HK", "reachable")
    assert datetime.fromisoformat(answer["domain_time"]).year == 2021


def test_waiting__too_many__are_asked_to_come_again(hk: Authority) -> None:
    async def work() -> list[Any]:
        async with asked(hk, bounds=Bounds(waiting_max=2)) as client:
            sent = bodies(hk, some_people(8))
            return list(await asyncio.gather(*[client.book(each) for each in sent]))

    answers = run(work())
    busy = [each for each in answers if each.status_code != 200]
    assert 0 < len(busy) < 8
    assert {(each.status_code, each.json()["code"]) for each in busy} == {(503, "unavailable")}
    assert {each.headers["retry-after"] for each in busy} == {"1"}


def test_database__away__is_told_to_each(hk: Authority) -> None:
    def book(*_: Any) -> Sequence[PlacesAnswer]:
        raise DatabaseUnavailable("away")

    async def work() -> list[Any]:
        async with asked(hk, book) as client:
            sent = bodies(hk, some_people(3))
            return list(await asyncio.gather(*[client.book(each) for each in sent]))

    answers = run(work())
    assert {(each.status_code, each.headers["retry-after"]) for each in answers} == {(503, "5")}
