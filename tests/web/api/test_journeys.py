"""Journeys and passes over REST."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import START, Pair
from tests.web.api.calls import HOME, OUT, applied, basic, booked, call
from tongguan.adapters.postgres.connections import AskAgain
from tongguan.web.api import journeys as routes


def test_journey__put__takes_both_legs_and_gives_passes(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    answer = booked(client, slip)
    assert answer["taken"]
    assert [each["leg"] for each in answer["journey"]["places"]] == ["out", "home"]
    passes = call(client, "GET", f"/journeys/{answer['journey']['id']}/passes", **basic(slip))
    assert [each["text"][:4] for each in passes.json()] == ["TG1:", "TG1:"]
    assert passes.json()[0]["slot_start"].startswith("2021-12-14T")
    listed = call(client, "GET", "/journeys", **basic(slip)).json()
    assert listed == [answer["journey"]]


def test_journey__put_again__takes_nothing_more(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    path = f"/journeys/{uuid4()}"
    first, again = (
        call(client, "PUT", path, {"legs": [OUT, HOME]}, **basic(slip)).json() for _ in range(2)
    )
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["journey"] == again["journey"]
    other = call(client, "PUT", path, {"legs": [HOME]}, **basic(slip))
    assert (other.status_code, other.json()["code"]) == (409, "request_id_reused")


def test_journey__refused__is_an_answer_with_every_reason(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    legs = [OUT | {"day": "2021-12-30"}]
    answer = call(client, "PUT", f"/journeys/{uuid4()}", {"legs": legs}, **basic(slip)).json()
    assert not answer["taken"]
    assert {each["code"] for each in answer["reasons"]} == {
        "legs_incomplete",
        "booking_not_yet_open",
    }
    assert all(each["remedy"] for each in answer["reasons"])


def test_journey__cancel__gives_back_once_and_again_harmlessly(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    journey = booked(client, slip)["journey"]["id"]
    for _ in range(2):
        answer = call(client, "POST", f"/journeys/{journey}/cancel", **basic(slip))
        assert answer.status_code == 200
        assert answer.json()["decision"]["outcome"] == "grant"
        assert answer.json()["journey"]["state"] == "cancelled"
    assert call(client, "GET", f"/journeys/{journey}/passes", **basic(slip)).json() == []


def put(client: Client, slip: dict[str, str], **body: object) -> dict[str, Any]:
    path = f"/journeys/{uuid4()}"
    answer = call(client, "PUT", path, {"legs": [OUT, HOME]} | body, **basic(slip))
    return dict(answer.json())


def test_journey__held__has_an_hour_and_is_confirmed_before_it(hk: Pair, client: Client) -> None:
    hk.set_time(START)  # the clock went on while other tests ran
    slip = applied(client)["slip"]
    journey = put(client, slip, hold=True)["journey"]
    assert journey["state"] == "held"
    assert journey["held_until"].startswith("2021-12-13T01:1")
    path = f"/journeys/{journey['id']}"
    assert call(client, "GET", f"{path}/passes", **basic(slip)).json() == []
    for _ in range(2):
        answer = call(client, "POST", f"{path}/confirm", **basic(slip)).json()
        assert (answer["decision"]["outcome"], answer["journey"]["state"]) == ("grant", "booked")
    assert len(call(client, "GET", f"{path}/passes", **basic(slip)).json()) == 2


def test_journey__held_too_long__says_why_it_is_gone(hk: Pair, client: Client) -> None:
    hk.set_time(START)  # the clock went on while other tests ran
    slip = applied(client)["slip"]
    journey = put(client, slip, hold=True)["journey"]
    hk.set_time(START + timedelta(minutes=11))
    answer = call(client, "POST", f"/journeys/{journey['id']}/confirm", **basic(slip)).json()
    assert answer["journey"]["state"] == "expired"
    (reason,) = answer["decision"]["reasons"]
    assert reason["code"] == "hold_expired"
    assert "{" not in reason["title"]


def test_journey__rebooked__is_replaced_by_the_new_one(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    old, new = put(client, slip)["journey"], str(uuid4())
    body = {"id": new, "legs": [OUT | {"slot": "evening"}, HOME]}
    path = f"/journeys/{old['id']}/rebook"
    first, again = (call(client, "POST", path, body, **basic(slip)).json() for _ in range(2))
    assert (first["taken"], first["replayed"], again["replayed"]) == (True, False, True)
    listed = call(client, "GET", "/journeys", **basic(slip)).json()
    states = {each["id"]: (each["state"], each["replaced_by"]) for each in listed}
    assert states == {old["id"]: ("replaced", new), new: ("booked", None)}
    refused = call(client, "POST", path, body | {"id": str(uuid4())}, **basic(slip)).json()
    assert [each["code"] for each in refused["reasons"]] == ["journey_over"]


def test_journey__of_somebody_else__is_not_found(hk: Pair, client: Client) -> None:
    own = applied(client)["slip"]
    journey = booked(client, own)["journey"]["id"]
    other = applied(client)["slip"]
    assert call(client, "GET", f"/journeys/{journey}/passes", **basic(other)).status_code == 404
    assert call(client, "POST", f"/journeys/{journey}/cancel", **basic(other)).status_code == 404
    assert call(client, "POST", f"/journeys/{journey}/confirm", **basic(other)).status_code == 404
    body = {"id": str(uuid4()), "legs": [OUT, HOME]}
    rebooked = call(client, "POST", f"/journeys/{journey}/rebook", body, **basic(other))
    assert rebooked.status_code == 404
    taken = call(client, "PUT", f"/journeys/{journey}", {"legs": [OUT, HOME]}, **basic(other))
    assert taken.status_code == 409


@pytest.mark.parametrize("name", ["book_journey", "rebook_journey"])
def test_journey__another_was_faster__is_asked_for_once_more(
    hk: Pair, client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    slip = applied(client)["slip"]
    old, new = (str(uuid4()) for _ in range(2))
    ask, asked = getattr(routes, name), []

    def second_time(*arguments: Any) -> Any:
        asked.append(arguments)
        if len(asked) == 1:
            raise AskAgain
        return ask(*arguments)

    monkeypatch.setattr(routes, name, second_time)
    answer = call(client, "PUT", f"/journeys/{old}", {"legs": [OUT, HOME]}, **basic(slip))
    if name == "rebook_journey":
        body = {"id": new, "legs": [OUT | {"slot": "midday"}, HOME]}
        answer = call(client, "POST", f"/journeys/{old}/rebook", body, **basic(slip))
    assert (answer.status_code, answer.json()["taken"], len(asked)) == (200, True, 2)


@pytest.mark.parametrize(
    "day", ["2021-13-40", 20211214, 0, "tomorrow", None, "2021-12-14T10:00:00", "1639440000"]
)
def test_journey__day_wrong__is_named_by_its_place(hk: Pair, client: Client, day: object) -> None:
    slip = applied(client)["slip"]
    body = {"legs": [OUT | {"day": day}]}
    response = call(client, "PUT", f"/journeys/{uuid4()}", body, **basic(slip))
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"path": "/legs/0/day", "message": "Give a day as year-month-day, such as 2021-12-13."}
    ]
