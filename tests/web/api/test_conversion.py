"""Statements of facts over REST: from one authority to the other by their holder's hand."""

from typing import Any

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.api.calls import call, document, registered
from tongguan.web import service

ILL = {"close_contact": True, "arrivals": [{"arrived_on": "2021-12-10", "scheme": None}]}


def serve(pair: Pair, name: str) -> None:
    service.hold_authority(pair.hk if name == "HK" else pair.gd)


def slips(pair: Pair, client: Client) -> dict[str, dict[str, str]]:
    """The slips of one person at both authorities."""
    paper = document()
    found = {}
    for name in ("GD", "HK"):
        serve(pair, name)
        found[name] = registered(client, document=paper)
    return found


def asked(client: Client, path: str, body: Any) -> tuple[int, Any]:
    response = call(client, "POST", path, body)
    return response.status_code, response.json()


def declare(client: Client, slip: dict[str, str], declared: dict[str, Any]) -> None:
    body = {"registration": slip, "declaration": declared}
    path = "/health-codes/0c9e3d52-5f1b-4e0a-8b7e-" + slip["reference"].encode().hex()[-12:]
    response = call(client, "PUT", path, body)
    assert response.status_code == 200, response.content


def test_statement__is_carried__and_taken_in_once(hk: Pair, client: Client) -> None:
    slip = slips(hk, client)
    declare(client, slip["HK"], ILL)
    status, made = asked(client, "/conversions/statement", slip["HK"])
    assert (status, made["refused"], made["issuer"]) == (200, None, "HK")
    assert [each["reason"] for each in made["facts"]] == ["close_contact", "arrived_from_outside"]
    assert made["facts"][1]["words"] == "Arrived from outside on 2021-12-10"
    assert made["valid_until"] == "2021-12-13T23:59:59+08:00"
    serve(hk, "GD")
    body = {"registration": slip["GD"], "text": made["text"]}
    for entered, replayed in ((2, False), (0, True)):
        status, taken = asked(client, "/conversions", body)
        assert (status, taken["entered"], taken["replayed"]) == (200, entered, replayed)
        assert taken["facts"] == made["facts"]
    _, found = asked(client, "/registrations/findings", slip["GD"])
    assert {each["code"] for each in found["findings"]} == {
        "close_contact",
        "arrived_from_outside",
    }
    assert {each["route"] for each in found["findings"]} == {"conversion"}


def test_statement__of_another_person__is_refused_in_words(hk: Pair, client: Client) -> None:
    _, made = asked(client, "/conversions/statement", slips(hk, client)["HK"])
    other = slips(hk, client)["GD"]
    serve(hk, "GD")
    status, taken = asked(client, "/conversions", {"registration": other, "text": made["text"]})
    assert status == 200
    assert taken["refused"] == {
        "code": "other_holder",
        "message": "This statement belongs to another person or document.",
    }
    assert (taken["facts"], taken["entered"]) == ([], 0)


@pytest.mark.parametrize("path", ["/conversions/statement", "/conversions"])
def test_conversion__with_a_wrong_secret__opens_nothing(
    hk: Pair, client: Client, path: str
) -> None:
    slip = registered(client) | {"secret": "AAAA-AAAA-AAAA-AAAA"}
    body = slip if path.endswith("statement") else {"registration": slip, "text": "TG1:X"}
    status, found = asked(client, path, body)
    assert (status, found["code"]) == (401, "credentials_wrong")


@pytest.mark.parametrize("text", ["", "x" * 4297, None, 7])
def test_conversion__of_no_text__is_refused_at_its_place(
    hk: Pair, client: Client, text: Any
) -> None:
    body = {"registration": registered(client), "text": text}
    status, found = asked(client, "/conversions", body)
    assert (status, found["code"]) == (400, "request_invalid")
    assert found["errors"][0]["path"] == "/text"
