"""Facts carried from one authority's pages to the other's by the person alone."""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.browsing import browser, declared, document_number, registered
from tongguan.cli.pair import recognise_each_other
from tongguan.web import service

STATEMENT = "/en/health-code/statement/"
BRING = "/en/health-code/statement/bring/"


@pytest.fixture
def recognised(hk: Pair) -> Iterator[Pair]:
    """Both sides recognise each other's keys; Hong Kong is served."""
    recognise_each_other(hk.hk, hk.gd)
    yield hk
    service.hold_authority(hk.hk)


def signed(client: Client) -> str:
    """Have a statement signed in this browser; its text."""
    page = client.get(STATEMENT).content.decode()
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)[0]
    made = client.post(STATEMENT, {"seen": seen})
    assert made.status_code == 200, made.content.decode()
    text = re.findall(r'id="statement-text"[^>]*>([^<]+)<', made.content.decode())[0]
    return html.unescape(text)


def test_statement__before_it_is_signed__shows_all_that_will_be_in_it(
    recognised: Pair, client: Client
) -> None:
    registered(client, name="KWOK HOI")
    declared(client, arrived_on="2021-12-10", stay_division="430000", stay_last_on="2021-12-05")
    page = client.get(STATEMENT)
    main = page.content.decode().partition("<main")[2]
    assert "Arrived from outside on 2021-12-10" in main
    assert "the place is not named" in main
    assert "KWOK HOI" not in main
    assert "TG1:" not in main
    assert "no-store" in page.headers["cache-control"]


def test_statement__of_nothing__offers_no_button(recognised: Pair, client: Client) -> None:
    registered(client)
    assert "There are no facts to carry." in client.get(STATEMENT).content.decode()
    assert client.post(STATEMENT, {"seen": ""}).status_code == 409


def test_statement__changed_since_it_was_shown__is_not_signed(
    recognised: Pair, client: Client
) -> None:
    registered(client)
    declared(client, arrived_on="2021-12-10")
    page = client.get(STATEMENT).content.decode()
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)[0]
    declared(client, arrived_on="2021-12-11")
    refused = client.post(STATEMENT, {"seen": seen})
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "has just changed" in shown
    assert "2021-12-11" in shown
    assert "statement-text" not in shown


def test_statement__carried_to_the_other_side__is_shown_then_judged_there(
    recognised: Pair, client: Client
) -> None:
    number = document_number()
    registered(client, document_number=number)
    declared(client, arrived_on="2021-12-10")
    text = signed(client)
    service.hold_authority(recognised.gd)
    there = browser()
    registered(there, document_number=number)
    assert "colour-green" in declared(there)
    read = there.post(BRING, {"statement": f"  {text[:40]}\r\n{text[40:]}\n", "step": "read"})
    assert read.status_code == 200
    page = read.content.decode()
    assert "Arrived from outside on 2021-12-10" in page
    assert "Signed by" in page
    assert "Hong Kong" in page
    assert "There is no evidence against you." in there.get("/en/health-code/own/").content.decode()
    taken = there.post(BRING, {"statement": text, "step": "take"})
    assert taken.headers["location"] == "/en/health-code/own/"
    own = there.get("/en/health-code/own/").content.decode()
    assert "You arrived from outside" in own
    assert "Hong Kong" in own.partition("Who says so")[2].partition("</dd>")[0]


def test_statement__of_another_or_no_statement__is_refused_in_words(
    recognised: Pair, client: Client
) -> None:
    registered(client)
    declared(client, arrived_on="2021-12-10")
    text = signed(client)
    own = client.post(BRING, {"statement": text, "step": "take"})
    assert own.status_code == 400
    assert "This statement was signed here" in own.content.decode()
    service.hold_authority(recognised.gd)
    stranger = browser()
    registered(stranger)
    cases = {
        "belongs to another person or document": text,
        "no statement of facts that can be read": text[:-8],
        "Paste the text of the statement.": "",
        "Shorten this to 4000 characters": "T" * 4001,
    }
    for message, carried in cases.items():
        for step in ("read", "take"):
            refused = stranger.post(BRING, {"statement": carried, "step": step})
            assert refused.status_code == 400, message
            assert message in refused.content.decode(), message


def test_statement__of_nobody_signed_in__is_not_made(hk: Pair, client: Client) -> None:
    for address in (STATEMENT, BRING):
        assert client.post(address, {}).headers["location"] == "/en/health-code/sign-in/"
