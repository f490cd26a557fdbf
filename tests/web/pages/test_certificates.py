"""Certificates issued elsewhere on pages: shown, then taken in; or looked at by an officer."""

import html
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.builders import dcc
from tests.builders.authorities import Pair
from tests.builders.brought import (
    BORN,
    POSITIVE,
    believing,
    card_of,
    dcc_document,
    entry_of_test,
    immunization,
)
from tests.builders.cards import codes
from tests.web.browsing import Slip, browser, registered
from tongguan.web import service

BRING = "/en/health-code/certificates/"
NAMED = {"name": "MUESTER ANNA", "born": BORN.isoformat(), "phone": "+852 2345 6789"}
_numbers = count(1)


@pytest.fixture
def believed(hk: Pair) -> Iterator[Pair]:
    """Hong Kong is served and believes the issuers of these tests."""
    service.hold_authority(believing(hk.hk))
    yield hk
    service.hold_authority(hk.hk)


@pytest.fixture
def officer(configured: object) -> Client:
    signed_in = browser()
    signed_in.force_login(User.objects.get(username="officer-ho"))
    return signed_in


def a_test(**changed: Any) -> str:
    """A certificate that nobody has brought."""
    identifier = f"URN:UVCI:01:AT:PAGE{next(_numbers)}"
    entry = entry_of_test(ci=identifier, **changed)
    return dcc.dcc_text(dcc_document(t=[entry]))


def verified(client: Client, officer: Client, **changes: str) -> Slip:
    """Somebody whose document an officer has seen."""
    slip = registered(client, **(NAMED | changes))
    ticks = {"document_seen": "on", "proof_seen": "on"}
    officer.post(f"/en/desk/health/registrations/{slip.reference}/", ticks)
    return slip


def sent(client: Client, address: str, text: str, step: str, **more: str) -> tuple[int, str]:
    answer = client.post(address, {"certificate": text, "step": step, **more})
    return answer.status_code, html.unescape(answer.content.decode())


def test_certificate__of_ones_own__is_shown_then_taken_in(
    believed: Pair, client: Client, officer: Client
) -> None:
    verified(client, officer)
    text = a_test()
    assert "Nothing yet." in client.get(BRING).content.decode()
    status, page = sent(client, BRING, f"  {text[:50]}\r\n{text[50:]}\n", "read")
    assert status == 200
    for shown in (
        "MUESTER ANNA",
        "Test sampled 2021-12-12 03:00: negative (LP6464-4)",
        "EU Digital COVID Certificate",
        "Take these facts in",
    ):
        assert shown in page, shown
    assert "Nothing yet." in client.get(BRING).content.decode()
    assert client.post(BRING, {"certificate": text, "step": "take"}).status_code == 302
    own = client.get(BRING).content.decode()
    assert "Test sampled 2021-12-12 03:00: negative (LP6464-4)" in own
    assert "counts" in own.partition("What you brought")[2]
    assert client.post(BRING, {"certificate": text, "step": "take"}).status_code == 302
    assert client.get(BRING).content.decode().count("LP6464-4") == 1


def test_card__in_several_codes__is_read_whatever_is_between_them(
    believed: Pair, client: Client, officer: Client
) -> None:
    verified(client, officer)
    parts = codes(card_of(immunization("2021-05-05")), 2)
    status, page = sent(client, BRING, "\r\n".join(parts) + "\r\n", "read")
    assert status == 200
    assert "Dose 1 on 2021-05-05 (CVX-207)" in page


def test_positive_result__says__that_it_counts_and_is_a_finding(
    believed: Pair, client: Client, officer: Client
) -> None:
    verified(client, officer)
    text = a_test(tr=POSITIVE)
    _, page = sent(client, BRING, text, "read")
    assert "it counts as a suspected case by the rules" in page
    assert client.post(BRING, {"certificate": text, "step": "take"}).status_code == 302
    own = client.get("/en/health-code/own/").content.decode()
    for shown in ("AT", "a certificate that you brought", "Two officers of different units"):
        assert shown in own.partition("Who says so")[2], shown


def test_certificate__refused__says_why_and_what_to_do(
    believed: Pair, client: Client, officer: Client
) -> None:
    registered(client, **NAMED)
    cases = {
        "Paste the text of the certificate.": "",
        "Shorten this to 16000 characters": "H" * 16_001,
        "Not a certificate of a format that is read here.": "anything",
        "Copy the whole text": a_test()[:-9],
        "The date of birth in the certificate is not that": dcc.dcc_text(
            dcc_document(t=[entry_of_test()], dob="1970-01-03")
        ),
        "No officer confirms what counts against somebody": a_test(tr=POSITIVE),
    }
    for message, text in cases.items():
        for step in ("read", "take"):
            status, page = sent(client, BRING, text, step)
            assert (status, message in page) == (400, True), message


def test_certificate__that_takes_an_officer__offers_no_button_but_the_counter(
    believed: Pair, client: Client, officer: Client
) -> None:
    slip = registered(client, **NAMED)
    text = a_test()
    status, page = sent(client, BRING, text, "read")
    assert status == 200
    assert "one officer who sees both can take it in" in page
    assert "Take these facts in" not in page
    assert sent(client, BRING, text, "take")[0] == 400

    address = f"/en/desk/health/registrations/{slip.reference}/certificate/"
    assert (
        address in officer.get(f"/en/desk/health/registrations/{slip.reference}/").content.decode()
    )
    status, page = sent(officer, address, text, "read")
    assert (status, page.count("MUESTER ANNA") >= 2) == (200, True)
    faulty: tuple[dict[str, str], ...] = (
        {},
        {"secret": slip.secret},
        {"secret": "WRONG", "certificate_seen": "on"},
    )
    for more in faulty:
        status, page = sent(officer, address, text, "take", **more)
        assert status == 400
        assert "Take these facts in" in page
    assert "Nothing yet." in client.get(BRING).content.decode()
    more = {"secret": slip.secret, "certificate_seen": "on"}
    status, page = sent(officer, address, text, "take", **more)
    assert status == 200
    assert "The certificate was taken in." in page
    own = client.get(BRING).content.decode()
    assert "compared with your document by an officer of Contact Tracing" in own


def test_certificate__of_a_stranger__is_refused_at_the_counter_too(
    believed: Pair, client: Client, officer: Client
) -> None:
    other = browser()
    verified(other, officer)
    text = a_test()
    assert other.post(BRING, {"certificate": text, "step": "take"}).status_code == 302
    slip = registered(client, **NAMED)
    address = f"/en/desk/health/registrations/{slip.reference}/certificate/"
    more = {"secret": slip.secret, "certificate_seen": "on"}
    status, page = sent(officer, address, text, "take", **more)
    assert status == 400
    assert "Somebody under another registration has brought this certificate." in page


def test_positive_result__at_the_counter__is_for_the_persons_own_page(
    believed: Pair, client: Client, officer: Client
) -> None:
    slip = verified(client, officer)
    text = a_test(tr=POSITIVE)
    address = f"/en/desk/health/registrations/{slip.reference}/certificate/"
    more = {"secret": slip.secret, "certificate_seen": "on"}
    for step in ("read", "take"):
        status, page = sent(officer, address, text, step, **more)
        assert status == 400
        assert "The person can bring this certificate on their own page." in page
    assert "Nothing yet." in client.get(BRING).content.decode()
    assert sent(client, BRING, text, "take")[0] == 302


def test_page__where_nobody_is_enrolled__says_so(hk: Pair, client: Client) -> None:
    registered(client)
    page = client.get(BRING).content.decode()
    assert "No issuer is enrolled here" in page
    assert "<textarea" not in page
