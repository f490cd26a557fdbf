"""Certificates issued elsewhere over REST."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.test import Client

from tests.builders import dcc
from tests.builders.authorities import Pair
from tests.builders.brought import BORN, believing, dcc_document, entry_of_test
from tests.web.api.calls import call, registered
from tongguan.app.registration.registrations import verify_registration
from tongguan.core.identifiers import RegistrationId
from tongguan.web import service

_numbers = count(1)


@pytest.fixture
def believed(hk: Pair) -> Iterator[Pair]:
    service.hold_authority(believing(hk.hk))
    yield hk
    service.hold_authority(hk.hk)


def a_test() -> str:
    entry = entry_of_test(ci=f"URN:UVCI:01:AT:REST{next(_numbers)}")
    return dcc.dcc_text(dcc_document(t=[entry]))


def verified(pair: Pair, client: Client) -> dict[str, str]:
    """The slip of somebody whose document an officer has seen."""
    slip = registered(client, name="MUESTER ANNA", born=BORN.isoformat(), phone="+852 2345 6789")
    with pair.hk.database.transaction() as transaction:
        found = transaction.registrations.by_reference(slip["reference"])
    assert found is not None
    verify_registration(pair.hk, RegistrationId(found.id), officer="officer-ho")
    return slip


def brought(client: Client, slip: dict[str, str], text: Any) -> tuple[int, Any]:
    answer = call(client, "POST", "/certificates", {"registration": slip, "text": text})
    return answer.status_code, answer.json()


def test_certificate__is_taken_in__once_and_listed_with_its_issuer(
    believed: Pair, client: Client
) -> None:
    slip, text = verified(believed, client), a_test()
    for entered, replayed in ((1, False), (0, True)):
        status, taken = brought(client, slip, text)
        assert (status, taken["refused"]) == (200, None)
        assert (taken["kind"], taken["issuer"]) == ("eu_dcc", "AT")
        assert (taken["entered"], taken["replayed"]) == (entered, replayed)
        (fact,) = taken["facts"]
        assert (fact["kind"], fact["outcome"]) == ("test", "negative")
    (listed,) = call(client, "POST", "/certificates/brought", slip).json()["facts"]
    assert (listed["fact"], listed["issuer"], listed["standing"]) == (fact, "AT", "counts")
    assert listed["key_id"]
    assert listed["confirmed_by"] is None
    _, other = brought(client, verified(believed, client), text)
    assert other["refused"]["code"] == "already_brought"


def test_certificate__refused__says_the_code_and_the_fault(believed: Pair, client: Client) -> None:
    status, found = brought(client, registered(client), a_test())
    assert (status, found["refused"]["code"]) == (200, "look_needed")
    assert found["refused"]["fault"] is None
    status, found = brought(client, registered(client), "HC1:\u0000\ud7ff")
    assert (status, found["refused"]["code"]) == (200, "unverified")
    assert found["refused"]["fault"] == "unreadable_base45"
    assert "verified" in found["refused"]["message"]
    assert (found["facts"], found["entered"]) == ([], 0)


@pytest.mark.parametrize("path", ["/certificates", "/certificates/brought"])
def test_certificate__with_a_wrong_secret__opens_nothing(
    hk: Pair, client: Client, path: str
) -> None:
    slip = registered(client) | {"secret": "AAAA-AAAA-AAAA-AAAA"}
    body = slip if path.endswith("brought") else {"registration": slip, "text": "HC1:X"}
    answer = call(client, "POST", path, body)
    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_wrong")


@pytest.mark.parametrize("text", ["", "x" * 16_001, None, 7], ids=["none", "long", "null", "seven"])
def test_certificate__of_no_text__is_refused_at_its_place(
    hk: Pair, client: Client, text: Any
) -> None:
    status, found = brought(client, registered(client), text)
    assert (status, found["code"]) == (400, "request_invalid")
    assert found["errors"][0]["path"] == "/text"
