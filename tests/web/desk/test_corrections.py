"""Asking for a correction at the counter: the person's words, their secret, and a sheet."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.test import Client

from tests.builders.authorities import Pair
from tests.web.browsing import Slip, browser, declared, registered
from tongguan.web.throttle import FAILURES_MAX

Desk = Callable[[str], Client]
WORDS = "I was in Shenzhen on that day."


def found_against(desk: Desk, slip: Slip) -> str:
    """A finding that two officers brought against the person of a slip; the evidence's id."""
    typed = {
        "request_id": str(uuid4()),
        "ground": "close_contact",
        "on": "2021-12-12",
        "ends_on": "2021-12-18",
        "reference": "CT-2021-77",
        "words": "At one table with case 12.",
    }
    made = desk("ho").post(f"/en/desk/health/registrations/{slip.reference}/finding/", typed)
    proposal = made.headers["location"]
    assert desk("lam").post(proposal, {"decision": "confirm"}).status_code == 302
    return proposal.rstrip("/").rpartition("/")[2]


def at(slip: Slip, evidence: str) -> str:
    return f"/en/desk/health/registrations/{slip.reference}/findings/{evidence}/correction/"


def asked(**changes: Any) -> dict[str, Any]:
    return {"request_id": str(uuid4()), "words": WORDS, "step": "send"} | changes


def test_correction__with_the_persons_secret__opens_the_case_and_prints_its_sheet(
    hk_unlimited: Pair, desk: Desk
) -> None:
    person, lam = browser(), desk("lam")
    slip = registered(person, name="SIU FA")
    evidence = found_against(desk, slip)
    page = lam.get(f"/en/desk/health/registrations/{slip.reference}/").content.decode()
    assert at(slip, evidence) in page
    assert 'name="words"' in lam.get(at(slip, evidence)).content.decode()
    form = asked(step="check")
    check = lam.post(at(slip, evidence), form).content.decode()
    assert WORDS in check
    assert 'type="password" name="secret"' in check
    sent = lam.post(at(slip, evidence), form | {"step": "send", "secret": slip.secret})
    assert sent.status_code == 200, sent.content.decode()
    assert "no-store" in sent.headers["cache-control"]
    sheet = sent.content.decode().partition("<main")[2]
    assert form["request_id"] in sheet
    assert WORDS in sheet
    assert "It is decided by Monday 13 December 2021" in sheet
    assert slip.reference in sheet
    own = person.get(f"/en/health-code/findings/{evidence}/correction/").content.decode()
    assert WORDS in own
    again = lam.post(at(slip, evidence), form | {"step": "send", "secret": slip.secret})
    assert again.status_code == 200
    assert form["request_id"] in again.content.decode()
    with hk_unlimited.hk.database.transaction() as transaction:
        done = [(each.actor, each.action) for each in transaction.audit.latest(limit=12)]
    assert ("officer-lam", "registration.look") in done
    assert ("traveller", "correction.open") in done
    told = lam.get(f"/en/desk/health/registrations/{slip.reference}/").content.decode()
    assert "What the person was told" in told
    assert "Something turns your colour Red" in told
    closed = lam.get(at(slip, evidence)).content.decode()
    assert "a case runs already" in closed
    assert 'name="words"' not in closed


def test_correction__without_the_secret__opens_nothing_and_is_counted(
    hk_unlimited: Pair, desk: Desk
) -> None:
    person, lam = browser(), desk("lam")
    slip = registered(person)
    address = at(slip, found_against(desk, slip))
    missing = lam.post(address, asked())
    assert missing.status_code == 400
    assert "Enter the secret of the registration." in missing.content.decode()
    for _ in range(FAILURES_MAX):
        wrong = lam.post(address, asked(secret="WRONG"))
        assert wrong.status_code == 400
        page = wrong.content.decode()
        assert "it is not that of this registration" in page
        assert WORDS in page
    assert lam.post(address, asked(secret=slip.secret)).status_code == 429
    assert 'name="words"' in lam.get(address).content.decode()
    assert "Not asked for" in person.get("/en/health-code/own/").content.decode()


def test_correction__faults__are_named(hk_unlimited: Pair, desk: Desk) -> None:
    lam, slip = desk("lam"), registered(browser())
    address = at(slip, found_against(desk, slip))
    for step in ("check", "send"):
        empty = lam.post(address, asked(words="", step=step, secret=slip.secret))
        assert empty.status_code == 400
        assert "Say what is wrong with it." in empty.content.decode()
    form = asked(secret=slip.secret)
    assert lam.post(address, form).status_code == 200
    other = lam.post(address, form | {"words": "Something else."})
    assert other.status_code == 400
    second = lam.post(address, asked(secret=slip.secret))
    assert second.status_code == 409
    assert "No case was opened" in second.content.decode()


def test_correction__of_ones_own_word_or_of_somebody_else__is_not_there(
    hk_unlimited: Pair, desk: Desk
) -> None:
    lam, person = desk("lam"), browser()
    theirs, slip = registered(browser()), registered(person)
    evidence = found_against(desk, theirs)
    assert "You are a close contact." in declared(person, close_contact="on")
    for unknown in (evidence, str(uuid4())):
        assert lam.get(at(slip, unknown)).status_code == 404
        assert lam.post(at(slip, unknown), asked(secret=slip.secret)).status_code == 404
    assert (
        "/correction/"
        not in lam.get(f"/en/desk/health/registrations/{slip.reference}/").content.decode()
    )
    assert browser().get(at(theirs, evidence)).headers["location"] == "/en/desk/sign-in/"
