"""The counter: registering for people, verifying them, declaring with the person's own secret."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from tests.builders.authorities import START, Pair
from tests.web.browsing import (
    Slip,
    browser,
    declaration_form,
    document_number,
    registered,
    registration_form,
    slip_on,
)
from tongguan.web import service
from tongguan.web.throttle import FAILURES_MAX

Desk = Callable[[str], Client]


def typed(desk: Client, **changes: Any) -> Slip:
    form = registration_form(route="assisted", claim_id=str(uuid4()), **changes)
    made = desk.post("/en/desk/health/register/", form)
    assert made.status_code == 302, made.content.decode()
    return slip_on(desk.get(made.headers["location"]).content.decode())


def at(reference: str, page: str = "") -> str:
    return f"/en/desk/health/registrations/{reference}/{page}"


def test_desk__registers_for_somebody__and_prints_the_slip_once(hk: Pair, desk: Desk) -> None:
    lam = desk("lam")
    slip = typed(lam, name="LO WAI", document_issued_on="")
    again = lam.get(at(slip.reference, "slip/")).content.decode()
    assert "this one has been" in again
    assert slip.secret not in again
    person = browser()
    opened = person.post(
        "/en/health-code/sign-in/", {"reference": slip.reference, "secret": slip.secret}
    )
    assert opened.headers["location"] == "/en/health-code/own/"
    page = lam.get(at(slip.reference)).content.decode()
    assert "LO WAI" in page
    assert "The person is here with the document" in page


def test_desk__slip_of_another_officer__is_not_shown(hk: Pair, desk: Desk) -> None:
    made = desk("lam").post(
        "/en/desk/health/register/", registration_form(route="paper", claim_id=str(uuid4()))
    )
    page = desk("chan").get(made.headers["location"]).content.decode()
    assert 'class="slip"' not in page


def test_desk__registration__faults_are_named(hk: Pair, desk: Desk) -> None:
    lam = desk("lam")
    cases = {
        "Choose how the registration is made.": {},
        "Enter the name.": {"route": "paper", "name": ""},
        "Neither telephone nor address": {"route": "assisted", "proof_seen": "on"},
        "Check the number": {"route": "assisted", "document_number": "X1"},
    }
    for message, changes in cases.items():
        answer = lam.post(
            "/en/desk/health/register/", registration_form(claim_id=str(uuid4()), **changes)
        )
        assert answer.status_code == 400, message
        assert message in answer.content.decode(), message
    number = document_number()
    registered(browser(), document_number=number)
    form = registration_form(route="assisted", document_number=number, claim_id=str(uuid4()))
    taken = lam.post("/en/desk/health/register/", form)
    assert taken.status_code == 409
    assert "This number is registered already" in taken.content.decode()
    claimed = lam.post("/en/desk/health/register/", form | {"step": "claim"})
    assert claimed.status_code == 200
    assert "no-store" in claimed.headers["cache-control"]
    assert slip_on(claimed.content.decode()).secret
    assert f"/en/desk/health/claims/{form['claim_id']}/" in claimed.content.decode()


def test_desk__registers_and_verifies_at_once__what_was_seen(hk: Pair, desk: Desk) -> None:
    lam = desk("lam")
    assert "proof of the telephone" in lam.get("/en/desk/health/register/").content.decode()
    slip = typed(lam, phone="+852 2345 6789", proof_seen="on")
    page = lam.get(at(slip.reference)).content.decode()
    assert "Verified by officer-lam" in page


def test_desk__find__by_reference_alone_and_recorded(hk: Pair, desk: Desk) -> None:
    slip, lam = registered(browser(), name="HO SUM"), desk("lam")
    for asked in ("TG-AAAA-AAAA", "HO SUM", slip.secret):
        answer = lam.post("/en/desk/health/", {"reference": asked})
        assert answer.status_code == 400
        assert "there is no such registration" in answer.content.decode()
    found = lam.post("/en/desk/health/", {"reference": slip.reference.lower()})
    assert found.headers["location"] == at(slip.reference)
    assert "HO SUM" in lam.get(found.headers["location"]).content.decode()
    with hk.hk.database.transaction() as transaction:
        latest = transaction.audit.latest(limit=1)[0]
    assert (latest.actor, latest.action) == ("officer-lam", "registration.look")
    assert lam.get(at("HC-AAAA-AAAA-AAAA")).status_code == 404


def test_desk__verify__needs_both_ticks_and_something_to_prove(hk: Pair, desk: Desk) -> None:
    lam = desk("lam")
    slip = registered(browser())
    ticked = {"document_seen": "on", "proof_seen": "on"}
    one = lam.post(at(slip.reference), {"document_seen": "on"})
    assert one.status_code == 400
    assert "Tick once you have seen proof" in one.content.decode()
    nothing = lam.post(at(slip.reference), ticked)
    assert nothing.status_code == 409
    assert "Neither telephone nor address was given" in nothing.content.decode()
    reachable = registered(browser(), phone="+852 2345 6789")
    done = lam.post(at(reachable.reference), ticked)
    assert done.headers["location"] == at(reachable.reference)
    page = lam.get(at(reachable.reference)).content.decode()
    assert "Verified by officer-lam" in page
    assert "I have seen proof" not in page


def test_desk__declares_with_the_persons_secret__and_prints_the_code(hk: Pair, desk: Desk) -> None:
    lam, person = desk("lam"), browser()
    slip = registered(person, name="SIU FA")
    form = declaration_form(secret=slip.secret, close_contact="on")
    page = lam.post(at(slip.reference, "declare/"), form)
    assert page.status_code == 200
    assert "no-store" in page.headers["cache-control"]
    main = page.content.decode().partition("<main")[2]
    assert "<svg" in main
    assert "colour-red" in main
    assert "SIU FA" not in main
    assert "colour-red" in person.get("/en/health-code/own/").content.decode()


def test_desk__declares_without_the_secret__nothing_happens_and_it_is_counted(
    hk: Pair, desk: Desk
) -> None:
    lam, person = desk("lam"), browser()
    slip = registered(person)
    address = at(slip.reference, "declare/")
    assert 'type="password" name="secret"' in lam.get(address).content.decode()
    missing = lam.post(address, declaration_form(secret=""))
    assert missing.status_code == 400
    assert "Enter the secret of the registration." in missing.content.decode()
    for _ in range(FAILURES_MAX):
        wrong = lam.post(address, declaration_form(secret="WRONG", close_contact="on"))
        assert wrong.status_code == 400
        assert "it is not that of this registration" in wrong.content.decode()
    closed = lam.post(address, declaration_form(secret=slip.secret))
    assert closed.status_code == 429
    page = person.get("/en/health-code/own/").content.decode()
    assert "You have no code of today yet." in page


def test_desk__registration_lost_to_the_clock_of_a_claim__is_said_to_be_closed(
    hk_unlimited: Pair, desk: Desk
) -> None:
    hk = hk_unlimited
    number = document_number()
    slip = registered(browser(), document_number=number)
    claim = registration_form(document_number=number, claim_id=str(uuid4()))
    assert browser().post("/en/health-code/claim/", claim).status_code == 200
    rules = hk.hk.health_rules
    assert rules is not None
    hk.set_time(START + rules.controls.claim_time + timedelta(hours=1))
    try:
        page = desk("lam").get(at(slip.reference))
        assert page.status_code == 200
        assert "This registration was replaced by another." in page.content.decode()
        assert desk("lam").get(at(slip.reference, "finding/")).status_code == 404
    finally:
        hk.set_time(START)


def test_desk__of_an_authority_without_health_codes__is_not_there(hk: Pair, desk: Desk) -> None:
    service.hold_authority(replace(hk.hk, health_rules=None))
    for page in ("", "register/", "cases/", "proposals/", "claims/", "acts/", "alarms/"):
        assert desk("lam").get(f"/en/desk/health/{page}").status_code == 404, page
    assert "/en/desk/health/" not in desk("lam").get("/en/desk/").content.decode()
    for page in ("", "register/", "sign-in/", "claim/"):
        assert browser().get(f"/en/health-code/{page}").status_code == 404, page


def test_desk__without_officer__is_closed(hk: Pair, client: Client) -> None:
    slip = registered(client)
    for page in ("", "declare/", "finding/", "slip/"):
        answer = client.get(at(slip.reference, page))
        assert answer.headers["location"] == "/en/desk/sign-in/"
