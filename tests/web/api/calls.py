"""What clients of the REST interface send, for tests."""

import json
from base64 import b64encode
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from django.http import HttpResponse
from django.test import Client

from tests.web.browsing import document_number

PREFIX = "/api/v1"
OUT = {"direction": "HK-GD", "day": "2021-12-14", "slot": "morning", "control_point": "SZB"}
HOME = {"direction": "GD-HK", "day": "2021-12-16", "slot": "evening", "control_point": "SZB"}


def call(client: Client, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
    """One request with a JSON body; a body of text is sent as it is."""
    sent = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
    return client.generic(
        method, PREFIX + path, sent, content_type="application/json", headers=headers
    )


def document(**changes: Any) -> dict[str, Any]:
    return {"type": "home_return_permit", "number": document_number(), "issuer": "CHN"} | changes


def application(**changes: Any) -> dict[str, Any]:
    return {
        "category": "family",
        "people": [{"name": "CHAN TAI MAN", "document": document()}],
        "evidence": {"kinship": "Marriage certificate of 2010"},
        "itinerary": ["440300"],
    } | changes


def basic(slip: dict[str, str]) -> dict[str, str]:
    """The header of an applicant."""
    pair = f"{slip['reference']}:{slip['secret']}".encode()
    return {"authorization": "Basic " + b64encode(pair).decode()}


def applied(client: Client, **changes: Any) -> dict[str, Any]:
    """The answer to a new application."""
    response = call(client, "PUT", f"/applications/{uuid4()}", application(**changes))
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def booked(client: Client, slip: dict[str, str]) -> dict[str, Any]:
    """The answer to a new journey out and home."""
    response = call(client, "PUT", f"/journeys/{uuid4()}", {"legs": [OUT, HOME]}, **basic(slip))
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def registration(**changes: Any) -> dict[str, Any]:
    """What a person sends to be registered for health codes."""
    return {
        "name": "CHAN TAI MAN",
        "document": document(),
        "document_issued_on": "2019-06-01",
    } | changes


def registered(client: Client, **changes: Any) -> dict[str, str]:
    """The slip of a registration; for one document always the same."""
    body = registration(**changes)
    identifier = uuid5(NAMESPACE_OID, body["document"]["number"])
    response = call(client, "PUT", f"/registrations/{identifier}", body)
    assert response.status_code == 200, response.content
    slip: dict[str, str] = json.loads(response.content)["slip"]
    assert slip, response.content
    return slip
