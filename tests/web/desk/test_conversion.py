"""Facts carried between the authorities by people without a telephone, at both counters."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.browsing import Slip, browser, declared, document_number, registered
from tongguan.cli.pair import recognise_each_other
from tongguan.web import service
from tongguan.web.desk import conversion
from tongguan.web.throttle import FAILURES_MAX

Desk = Callable[[str], Client]


@pytest.fixture
def recognised(hk: Pair) -> Iterator[Pair]:
    """Both sides recognise each other's keys; Hong Kong is served."""
    recognise_each_other(hk.hk, hk.gd)
    yield hk
    service.hold_authority(hk.hk)


def at(slip: Slip, page: str = "") -> str:
    return f"/en/desk/health/registrations/{slip.reference}/statement/{page}"


def agreed_on(page: str) -> str:
    """What stands on a page for the facts that it shows."""
    return re.findall(r'name="agreed" value="([^"]+)"', page)[0]


def signed(officer: Client, slip: Slip) -> str:
    """Have a statement signed with the person; the sheet."""
    page = officer.post(at(slip), {"secret": slip.secret}).content.decode()
    made = officer.post(at(slip), {"agreed": agreed_on(page)})
    assert made.status_code == 200, made.content.decode()
    return made.content.decode()


def text_on(sheet: str) -> str:
    return html.unescape(re.findall(r'id="statement-text"[^>]*>([^<]+)<', sheet)[0])


def test_statement__with_the_persons_secret__is_shown_then_signed_then_printed(
    recognised: Pair, desk: Desk
) -> None:
    person, lam = browser(), desk("lam")
    slip = registered(person, name="KWOK HOI")
    declared(person, arrived_on="2021-12-10")
    first = lam.get(at(slip)).content.decode()
    assert 'type="password" name="secret"' in first
    assert "Arrived from outside" not in first
    shown = lam.post(at(slip), {"secret": slip.secret})
    assert "no-store" in shown.headers["cache-control"]
    page = shown.content.decode().partition("<main")[2]
    assert "Arrived from outside on 2021-12-10" in page
    assert "TG1:" not in page
    sheet = signed(lam, slip).partition("<main")[2]
    assert "<svg" in sheet
    assert "Arrived from outside on 2021-12-10" in sheet
    assert text_on(sheet).startswith("TG1:")
    assert "KWOK HOI" not in sheet
    with recognised.hk.database.transaction() as transaction:
        done = [(each.actor, each.action) for each in transaction.audit.latest(limit=6)]
    assert ("officer-lam", "registration.look") in done
    assert ("traveller", "conversion.state") in done


def test_statement__without_the_secret__shows_nothing_and_is_counted(
    recognised: Pair, desk: Desk
) -> None:
    person, lam = browser(), desk("lam")
    slip = registered(person)
    declared(person, arrived_on="2021-12-10")
    for secret, message in (("", "Enter the secret"), ("WRONG", "it is not that of this")):
        refused = lam.post(at(slip), {"secret": secret})
        assert refused.status_code == 400
        assert message in refused.content.decode()
        assert "Arrived from outside" not in refused.content.decode()
    for _ in range(FAILURES_MAX):
        lam.post(at(slip), {"secret": "WRONG"})
    assert lam.post(at(slip), {"secret": slip.secret}).status_code == 429


def test_statement__that_the_person_was_not_shown__is_not_signed(
    recognised: Pair, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, lam = browser(), desk("lam")
    slip, other = registered(person), registered(browser())
    declared(person, arrived_on="2021-12-10")
    agreed = agreed_on(lam.post(at(slip), {"secret": slip.secret}).content.decode())
    forged = signing.dumps(["somebody", "officer-lam", ""], salt="tongguan.desk.statement")
    tries = [(desk("chan"), slip, agreed), (lam, other, agreed), (lam, slip, forged)]
    tries += [(lam, slip, ""), (lam, slip, agreed[:-1])]
    for officer, whose, sent in tries:
        refused = officer.post(at(whose), {"agreed": sent})
        assert refused.status_code == 409
        assert "Let the person type the secret again" in refused.content.decode()
        assert "TG1:" not in refused.content.decode()
    monkeypatch.setattr(conversion, "_SECONDS_TO_SIGN", timedelta(0))
    assert lam.post(at(slip), {"agreed": agreed}).status_code == 409
    monkeypatch.undo()
    declared(person, arrived_on="2021-12-11")
    assert lam.post(at(slip), {"agreed": agreed}).status_code == 409


def test_statement__of_nothing__offers_no_button(recognised: Pair, desk: Desk) -> None:
    lam, slip = desk("lam"), registered(browser())
    page = lam.post(at(slip), {"secret": slip.secret}).content.decode()
    assert "There are no facts to carry." in page
    assert "Sign it" not in page


def test_statement__carried_on_paper__is_shown_then_taken_in_at_the_other_counter(
    recognised: Pair, desk: Desk
) -> None:
    number, here = document_number(), browser()
    slip = registered(here, document_number=number)
    declared(here, arrived_on="2021-12-10")
    text = text_on(signed(desk("lam"), slip))
    service.hold_authority(recognised.gd)
    there, chan = browser(), desk("chan")
    known = registered(there, document_number=number)
    address = at(known, "bring/")
    page = chan.get(f"/en/desk/health/registrations/{known.reference}/").content.decode()
    assert address in page
    read = chan.post(address, {"statement": f" {text[:40]}\r\n{text[40:]}\n", "step": "read"})
    assert read.status_code == 200
    shown = read.content.decode()
    assert "Arrived from outside on 2021-12-10" in shown
    assert "Hong Kong" in shown
    assert 'type="password" name="secret"' in shown
    wrong = chan.post(address, {"statement": text, "step": "take", "secret": "WRONG"})
    assert wrong.status_code == 400
    assert "it is not that of this registration" in wrong.content.decode()
    assert "Arrived from outside on 2021-12-10" in wrong.content.decode()
    assert "There is no evidence against you." in there.get("/en/health-code/own/").content.decode()
    for _ in range(2):  # the same again changes nothing
        taken = chan.post(address, {"statement": text, "step": "take", "secret": known.secret})
        assert taken.status_code == 200, taken.content.decode()
        sheet = taken.content.decode().partition("<main")[2]
        assert "Arrived from outside on 2021-12-10" in sheet
        assert "The facts were taken in." in sheet
    own = there.get("/en/health-code/own/").content.decode()
    assert "You arrived from outside" in own


def test_statement__of_another_or_no_statement__is_refused_at_the_counter_in_words(
    recognised: Pair, desk: Desk
) -> None:
    here = browser()
    slip = registered(here)
    declared(here, arrived_on="2021-12-10")
    text = text_on(signed(desk("lam"), slip))
    service.hold_authority(recognised.gd)
    stranger, chan = registered(browser()), desk("chan")
    cases = {
        "belongs to another person or document": text,
        "no statement of facts that can be read": text[:-8],
        "Paste the text of the statement.": "",
        "Shorten this to 4000 characters": "T" * 4001,
    }
    for message, carried in cases.items():
        for step in ("read", "take"):
            sent = {"statement": carried, "step": step, "secret": stranger.secret}
            refused = chan.post(at(stranger, "bring/"), sent)
            assert refused.status_code == 400, message
            assert message in html.unescape(refused.content.decode()), message


def test_statement__at_the_desk_without_officer__is_closed(hk: Pair, client: Client) -> None:
    slip = registered(client)
    for page in ("", "bring/"):
        for answer in (client.get(at(slip, page)), client.post(at(slip, page), {})):
            assert answer.headers["location"] == "/en/desk/sign-in/"
