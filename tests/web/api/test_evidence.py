"""Signed batches over REST: the signature is the only credential, and answers name nobody."""

from base64 import b64encode
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair, person
from tests.builders.evidence import Source, a_contact, a_test, enrolled, source_signing_key
from tests.web.api.calls import call


@pytest.fixture
def laboratory(hk: Pair) -> Source:
    """One that is new: the authority is one for all tests of a worker."""
    return enrolled(hk.hk, name=f"lab-{uuid4().hex[:8]}")


def body(message: bytes) -> dict[str, str]:
    return {"signed": b64encode(message).decode()}


def test_batch__of_an_enrolled_source__is_taken_once(client: Client, laboratory: Source) -> None:
    sent = body(laboratory.message(a_test(person(900)), a_test(person(901), result="negative")))
    first = call(client, "POST", "/evidence", sent)
    assert first.status_code == 200, first.content
    assert first.json() == {
        "is_new": True,
        "standings": {"counts": 2},
        "withdrawn": 0,
        "withheld": 0,
        "places": 0,
    }
    again = call(client, "POST", "/evidence", sent)
    assert again.json() == first.json() | {"is_new": False}


def test_batch__that_is_refused__names_code_and_place_and_nobody(
    client: Client, laboratory: Source
) -> None:
    response = call(client, "POST", "/evidence", body(laboratory.message(a_contact(person(902)))))
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "evidence_refused"
    assert [each["path"] for each in problem["errors"]] == ["/signed", "/signed"]
    said = " ".join(each["message"] for each in problem["errors"])
    assert "may_not_say" in said
    assert "entries/0/kind" in said
    assert "H00000902" not in response.content.decode()


def test_batch__of_nobody__is_refused(client: Client, hk: Pair, laboratory: Source) -> None:
    stranger = Source(
        authority=hk.hk, id=laboratory.id, key=source_signing_key(laboratory.id)
    ).message(a_test(person(903)))
    for message in (stranger, b"x", b"\xd2\x84" + b"x" * 100):
        response = call(client, "POST", "/evidence", body(message))
        assert response.status_code == 422
        assert response.json()["code"] == "evidence_refused"
    assert call(client, "POST", "/evidence", {"signed": "===="}).status_code == 400
    assert call(client, "POST", "/evidence", {}).status_code == 400
