"""Taking places by form, all or nothing, and giving them back."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import START, Pair
from tests.web.browsing import applied, booked, browser, offers
from tongguan.adapters.postgres.connections import AskAgain
from tongguan.web.pages import journeys as pages


def test_journey__take__shows_passes_on_both_legs(hk: Pair, client: Client) -> None:
    applied(client)
    journey = booked(client)
    page = client.get(f"/en/application/journeys/{journey}/").content.decode()
    assert page.count('class="pass"') == 2
    assert "Booked" in client.get("/en/application/").content.decode()


def test_journey__offers__only_slots_that_are_open(hk: Pair, client: Client) -> None:
    applied(client)
    out = offers(client, "HK-GD")
    assert "2021-12-13|morning|SZB" not in out
    assert "2021-12-14|morning|SZB" in out
    assert "2021-12-21|morning|SZB" not in out


def test_journey__sent_twice__takes_places_once(hk: Pair, client: Client) -> None:
    applied(client)
    form = {
        "request_id": str(uuid4()),
        "HK-GD": "2021-12-15|morning|SZB",
        "GD-HK": "2021-12-17|evening|SZB",
    }
    first = client.post("/en/application/places/", form)
    again = client.post("/en/application/places/", form)
    assert first.status_code == again.status_code == 302
    assert first.headers["location"] == again.headers["location"]
    page = client.get("/en/application/").content.decode()
    assert page.count('class="card journey"') == 1


def test_journey__another_was_faster__is_asked_for_once_more(
    hk: Pair, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(client)
    ask, asked = pages.book_journey, []

    def second_time(*arguments: Any) -> Any:
        asked.append(arguments)
        if len(asked) == 1:
            raise AskAgain
        return ask(*arguments)

    monkeypatch.setattr(pages, "book_journey", second_time)
    form = {
        "request_id": str(uuid4()),
        "HK-GD": "2021-12-15|morning|SZB",
        "GD-HK": "2021-12-17|evening|SZB",
    }
    assert client.post("/en/application/places/", form).status_code == 302
    assert len(asked) == 2


def test_journey__without_the_way_home__is_refused_and_takes_nothing(
    hk: Pair, client: Client
) -> None:
    applied(client)
    response = client.post(
        "/en/application/places/",
        {"request_id": str(uuid4()), "HK-GD": "2021-12-15|morning|SZB"},
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "Not booked; no place was taken" in page
    assert "phases/pilot/return" in page
    assert "checked" in page
    assert "card journey" not in client.get("/en/application/").content.decode()


def test_journey__nothing_chosen__asks_for_a_choice(hk: Pair, client: Client) -> None:
    applied(client)
    response = client.post("/en/application/places/", {"request_id": str(uuid4())})
    assert response.status_code == 400
    assert "Choose a day and time slot for each leg." in response.content.decode()


def test_journey__choice_forged__is_refused(hk: Pair, client: Client) -> None:
    applied(client)
    for value in ("x", "2021-13-40|morning|SZB", "||", "2021-12-15|night|SZB", "x" * 5000):
        response = client.post(
            "/en/application/places/",
            {"request_id": str(uuid4()), "HK-GD": value, "GD-HK": value},
        )
        assert response.status_code in {400, 409}, value


def test_journey__id_forged__asks_to_send_again(hk: Pair, client: Client) -> None:
    applied(client)
    response = client.post(
        "/en/application/places/",
        {"request_id": "'; --", "HK-GD": "2021-12-15|morning|SZB"},
    )
    assert response.status_code == 400
    fresh = re.search(r'name="request_id" value="([0-9a-f-]{36})"', response.content.decode())
    assert fresh is not None


def test_journey__while_waiting_for_an_officer__cannot_be_taken(hk: Pair, client: Client) -> None:
    applied(client, "compassionate")
    assert client.get("/en/application/places/").headers["location"] == "/en/application/"


def test_journey__cancel__asks_first_then_gives_places_back(hk: Pair, client: Client) -> None:
    applied(client)
    journey = booked(client)
    address = f"/en/application/journeys/{journey}/cancel/"
    assert "Cancel the places" in client.get(address).content.decode()
    assert "Booked" in client.get("/en/application/").content.decode()
    assert client.post(address).headers["location"] == "/en/application/"
    page = client.get("/en/application/").content.decode()
    assert "Cancelled" in page
    assert "Booked" not in page
    assert client.get(f"/en/application/journeys/{journey}/").status_code == 302
    assert client.post(address).status_code == 302


def test_journey__of_somebody_else__is_not_found(hk: Pair, client: Client) -> None:
    other = browser()
    applied(other)
    journey = booked(other)
    applied(client)
    for part in ("", "print/", "cancel/"):
        address = f"/en/application/journeys/{journey}/{part}"
        assert client.get(address).status_code == 404
    assert client.post(f"/en/application/journeys/{journey}/cancel/").status_code == 404
    assert "Booked" in other.get("/en/application/").content.decode()


def held(client: Client) -> str:
    """The address of the page on which a hold is confirmed."""
    form = {
        "request_id": str(uuid4()),
        "HK-GD": "2021-12-15|morning|SZB",
        "GD-HK": "2021-12-17|evening|SZB",
        "hold": "1",
    }
    return client.post("/en/application/places/", form).headers["location"]


def test_journey__held__shows_its_hour_and_is_confirmed_by_a_button(
    hk: Pair, client: Client
) -> None:
    hk.set_time(START)  # the clock went on while other tests ran
    applied(client)
    assert (
        "Hold them for 10 minutes first" in client.get("/en/application/places/").content.decode()
    )
    confirming = held(client)
    for page in (confirming, "/en/application/"):
        shown = client.get(page).content.decode()
        assert re.search("The places are held for you until [^;]*09:1", shown)
        assert ">Confirm</" in shown
    done = client.post(confirming)
    assert done.headers["location"] == confirming.removesuffix("confirm/")
    assert client.get(done.headers["location"]).content.decode().count('class="pass"') == 2


def test_journey__held_too_long__says_so_and_takes_nothing(hk: Pair, client: Client) -> None:
    hk.set_time(START)
    applied(client)
    confirming = held(client)
    hk.set_time(START + timedelta(minutes=11))
    response = client.post(confirming)
    assert response.status_code == 409
    assert "Not confirmed" in response.content.decode()
    assert "Held too long" in client.get("/en/application/").content.decode()


def test_journey__held__can_be_given_up(hk: Pair, client: Client) -> None:
    applied(client)
    giving_up = held(client).replace("confirm/", "cancel/")
    assert "Cancel the places" in client.get(giving_up).content.decode()
    client.post(giving_up)
    assert "Cancelled" in client.get("/en/application/").content.decode()
