"""What a traveller and an officer do in a browser, step by step, for tests of pages."""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

from django.test import Client

_numbers = count(1)


def browser(**headers: str) -> Client:
    """A browser without a session."""
    return Client(headers={"accept-language": "en"} | headers, SERVER_NAME="127.0.0.1")


def document_number() -> str:
    """A number no other test uses."""
    return f"H{next(_numbers):08d}"


def application_form(**changes: Any) -> dict[str, Any]:
    """A family visit of one person, filled in rightly."""
    return {
        "request_id": str(uuid4()),
        "p0_name": "CHAN TAI MAN",
        "p0_document_type": "home_return_permit",
        "p0_document_number": document_number(),
        "evidence_kinship": "Marriage certificate of 2010",
        "itinerary": ["440300"],
        "confirm": "on",
    } | changes


def compassionate_form(**changes: Any) -> dict[str, Any]:
    """A compassionate application, which waits for an officer."""
    return application_form(
        **{"evidence_kinship": "", "evidence_pressing-need": "Hospital certificate"} | changes
    )


def registration_form(**changes: Any) -> dict[str, Any]:
    """A registration for health codes, filled in rightly."""
    return {
        "request_id": str(uuid4()),
        "name": "CHAN TAI MAN",
        "document_type": "home_return_permit",
        "document_number": document_number(),
        "document_issued_on": "2019-06-01",
    } | changes


def declaration_form(**changes: Any) -> dict[str, Any]:
    """A declaration of nothing adverse."""
    return {"request_id": str(uuid4()), "true": "on"} | changes


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What the traveller noted down."""

    reference: str
    secret: str


def slip_on(page: str) -> Slip:
    """The slip a page shows."""
    reference, secret = re.findall(r'<dd class="code">([A-Z0-9-]+)</dd>', page)[:2]
    return Slip(reference=reference, secret=secret)


def applied(client: Client, category: str = "family", **changes: Any) -> Slip:
    """Apply in this browser, which is signed in afterwards."""
    form = application_form if category == "family" else compassionate_form
    client.post(f"/en/apply/{category}/", form(**changes))
    return slip_on(client.get("/en/application/").content.decode())


def registered(client: Client, **changes: Any) -> Slip:
    """Register for health codes in this browser, which is signed in afterwards."""
    response = client.post("/en/health-code/register/", registration_form(**changes))
    assert response.status_code == 302, response.content.decode()
    return slip_on(client.get(response.headers["location"]).content.decode())


def declared(client: Client, language: str = "en", **changes: Any) -> str:
    """Declare in this browser, where somebody is registered; the page of the code."""
    response = client.post(f"/{language}/health-code/declare/", declaration_form(**changes))
    assert response.status_code == 302, response.content.decode()
    return client.get(response.headers["location"]).content.decode()


def offers(client: Client, direction: str) -> list[str]:
    """The values that can be chosen on a direction."""
    page = client.get("/en/application/places/").content.decode()
    return re.findall(rf'name="{direction}" value="([^"]+)"', page)


def booked(client: Client, *, out: int = 3, home: int = 12) -> str:
    """Take places for the signed-in traveller; the journey's id."""
    response = client.post(
        "/en/application/places/",
        {
            "request_id": str(uuid4()),
            "HK-GD": offers(client, "HK-GD")[out],
            "GD-HK": offers(client, "GD-HK")[home],
        },
    )
    assert response.status_code == 302, response.content.decode()
    return response.headers["location"].rstrip("/").rpartition("/")[2]
