"""Registering for health codes, opening with the slip, claiming a number."""

import re
from datetime import timedelta
from uuid import uuid4

from django.test import Client

from tests.builders.authorities import START, Pair
from tests.web.browsing import (
    browser,
    declared,
    document_number,
    registered,
    registration_form,
    slip_on,
)
from tongguan.app.registration.registrations import (
    decide_claim,
    open_registration,
    verify_registration,
)
from tongguan.core.identifiers import CaseId
from tongguan.web.setup import put_officers_in_units
from tongguan.web.throttle import FAILURES_MAX


def test_registration__made__shows_its_slip_once(hk: Pair, client: Client) -> None:
    slip = registered(client)
    assert slip.reference.startswith("HC-")
    again = client.get("/en/health-code/slip/")
    assert again.headers["location"] == "/en/health-code/own/"
    page = client.get("/en/health-code/own/").content.decode()
    assert slip.reference in page
    assert slip.secret not in page


def test_registration__faults__are_named_at_their_fields(hk: Pair, client: Client) -> None:
    cases = {
        '<a href="#id_name">Enter the name.': {"name": ""},
        '<a href="#id_document_number">Enter the document number.': {"document_number": ""},
        '<a href="#id_document_issued_on">Enter the date of issue': {"document_issued_on": ""},
        '<a href="#id_document_issuer">Enter the three letters': {"document_type": "passport"},
        '<a href="#id_document_number">Check the number and the kind': {"document_number": "H12"},
        '<a href="#id_document_issued_on">Check the date of issue': {
            "document_issued_on": "2021-12-14"
        },
        '<a href="#id_phone">Use only digits': {"phone": "call me"},
        '<a href="#id_address">Shorten this': {"address": "x" * 201},
        '<a href="#id_document_number">Check the number: its check digit': {
            "document_type": "hkid",
            "document_number": "A123456(4)",
        },
    }
    for message, changes in cases.items():
        response = client.post("/en/health-code/register/", registration_form(**changes))
        assert response.status_code == 400, message
        assert message in response.content.decode(), message


def test_registration__of_a_number_that_is_taken__leads_to_the_claim(
    hk: Pair, client: Client
) -> None:
    number = document_number()
    registered(browser(), document_number=number)
    taken = client.post("/en/health-code/register/", registration_form(document_number=number))
    assert taken.status_code == 409
    page = taken.content.decode()
    assert 'href="/en/health-code/claim/"' in page
    assert client.get("/en/health-code/own/").status_code == 302


def test_registration__sent_twice__is_one(hk: Pair, client: Client) -> None:
    form = registration_form()
    assert client.post("/en/health-code/register/", form).status_code == 302
    assert client.post("/en/health-code/register/", form).status_code == 302
    changed = browser().post("/en/health-code/register/", form | {"name": "WONG"})
    assert changed.status_code == 400
    assert "send it once more" in changed.content.decode()


def test_sign_in__with_the_slip__opens_the_registration(hk: Pair, client: Client) -> None:
    slip = registered(browser())
    typed = {"reference": slip.reference.lower(), "secret": slip.secret.replace("-", " ")}
    response = client.post("/en/health-code/sign-in/", typed)
    assert response.headers["location"] == "/en/health-code/own/"
    assert slip.reference in client.get("/en/health-code/own/").content.decode()
    assert client.get("/en/health-code/").headers["location"] == "/en/health-code/own/"


def test_sign_in__secret_wrong__says_no_more_than_that_and_closes(hk: Pair, client: Client) -> None:
    slip = registered(browser())
    wrong = {"reference": slip.reference, "secret": "WRONG"}
    unknown = client.post("/en/health-code/sign-in/", wrong | {"reference": "TG-AAAA"})
    assert unknown.status_code == 400
    for _ in range(FAILURES_MAX):
        failed = client.post("/en/health-code/sign-in/", wrong)
        assert failed.status_code == 400
        assert "they do not belong together" in failed.content.decode()
    closed = client.post(
        "/en/health-code/sign-in/", {"reference": slip.reference, "secret": slip.secret}
    )
    assert closed.status_code == 429
    assert "Try again in 15 minutes." in closed.content.decode()


def test_sign_in__slip_of_an_application__opens_no_registration(hk: Pair, client: Client) -> None:
    from tests.web.browsing import applied  # noqa: PLC0415

    slip = applied(browser())
    typed = {"reference": slip.reference, "secret": slip.secret}
    assert client.post("/en/health-code/sign-in/", typed).status_code == 400


def test_sign_in__of_another__shows_nothing_of_the_one_before(hk: Pair, client: Client) -> None:
    registered(client)
    declared(client, close_contact="on")
    other = registered(browser())
    client.post("/en/health-code/sign-in/", {"reference": other.reference, "secret": other.secret})
    page = client.get("/en/health-code/own/").content.decode()
    assert "close contact" not in page
    assert "<svg" not in page
    assert "You have no code of today yet." in page


def test_claim__of_a_number_that_is_taken__has_a_clock_and_the_holder_is_told(
    hk: Pair, client: Client
) -> None:
    number = document_number()
    holder = browser()
    registered(holder, document_number=number)
    form = registration_form(
        document_number=number, claim_id="7b0f0d4e-3c0b-4d58-9a53-0d2b5e0a9d11"
    )
    made = client.post("/en/health-code/claim/", form)
    assert made.status_code == 200
    page = made.content.decode()
    assert "Your claim was made" in page
    assert "no-store" in made.headers["cache-control"]
    assert slip_on(page).secret
    assert client.get("/en/health-code/own/").status_code == 302
    told = holder.get("/en/health-code/own/").content.decode()
    assert "Somebody says that the document number you registered is theirs." in told
    assert "start the clock anew, once" in told
    answered = holder.post("/en/health-code/claim/answer/")
    assert answered.headers["location"] == "/en/health-code/own/"


def test_claim__upheld_by_the_clock__tells_who_held_the_number(
    hk_unlimited: Pair, client: Client
) -> None:
    number = document_number()
    holder, claimant = browser(), browser()
    old = registered(holder, document_number=number)
    declared(holder)
    form = registration_form(
        document_number=number, claim_id="7b0f0d4e-3c0b-4d58-9a53-0d2b5e0a9d12"
    )
    new = slip_on(claimant.post("/en/health-code/claim/", form).content.decode())
    rules = hk_unlimited.hk.health_rules
    assert rules is not None
    hk_unlimited.set_time(START + rules.controls.claim_time + timedelta(hours=1))
    try:
        opened = claimant.post(
            "/en/health-code/sign-in/", {"reference": new.reference, "secret": new.secret}
        )
        assert opened.headers["location"] == "/en/health-code/own/"
        assert holder.get("/en/health-code/own/").status_code == 302
        lost = client.post(
            "/en/health-code/sign-in/", {"reference": old.reference, "secret": old.secret}
        )
        assert lost.status_code == 200
        page = lost.content.decode()
        assert "This registration is closed" in page
        assert "the clock, as nobody decided in time" in page
        assert client.get("/en/health-code/own/").status_code == 302
    finally:
        hk_unlimited.set_time(START)


def claimed(claimant: Client, number: str) -> dict[str, str]:
    """Claim a number; what the claimant noted down."""
    claim = str(uuid4())
    form = registration_form(document_number=number, claim_id=claim)
    page = claimant.post("/en/health-code/claim/", form).content.decode()
    assert 'href="/en/health-code/claim/state/"' in page
    return {"number": claim, "secret": slip_on(page.replace(f'"code">{claim}<', "<")).secret}


def refuse(pair: Pair, noted: dict[str, str]) -> None:
    """As an officer; a claim that is left open stands on the desk of every later test."""
    put_officers_in_units(pair.hk)
    decide_claim(pair.hk, CaseId(noted["number"]), uphold=False, officer="officer-lam")


def test_claim__asked_about__says_where_it_stands(hk_unlimited: Pair, client: Client) -> None:
    number = document_number()
    registered(browser(), document_number=number)
    noted = claimed(client, number)
    address = "/en/health-code/claim/state/"
    assert "no-store" in client.get(address).headers["cache-control"]
    page = browser().post(address, noted | {"number": noted["number"].upper()}).content.decode()
    assert "It waits for a decision" in page
    assert "14 December 2021" in page
    assert re.search(r"(1 day|23 hours 59 minutes) from now", page)
    assert noted["secret"] not in page
    for language in ("zh-hant", "zh-hans"):
        assert client.post(f"/{language}/health-code/claim/state/", noted).status_code == 200
    rules = hk_unlimited.hk.health_rules
    assert rules is not None
    hk_unlimited.set_time(START + rules.controls.claim_time + timedelta(hours=1))
    try:
        page = client.post(address, noted).content.decode()
        assert "It was upheld" in page
        assert 'href="/en/health-code/sign-in/"' in page
    finally:
        hk_unlimited.set_time(START)


def test_claim__refused_or_overdue__says_so(hk_unlimited: Pair, client: Client) -> None:
    rules = hk_unlimited.hk.health_rules
    assert rules is not None
    number, other = document_number(), document_number()
    registered(browser(), document_number=number)
    verified = registered(browser(), document_number=other, phone="+852 2345 6789")
    refused, overdue = claimed(client, number), claimed(client, other)
    refuse(hk_unlimited, refused)
    found = open_registration(hk_unlimited.hk, verified.reference, verified.secret)
    assert found is not None
    verify_registration(hk_unlimited.hk, found.id, officer="officer-ho")
    hk_unlimited.set_time(START + rules.controls.claim_time + timedelta(hours=1))
    try:
        page = client.post("/en/health-code/claim/state/", refused).content.decode()
        assert "It was refused" in page
        page = client.post("/en/health-code/claim/state/", overdue).content.decode()
        assert "It should have been decided by" in page
    finally:
        hk_unlimited.set_time(START)
    refuse(hk_unlimited, overdue)


def test_claim__asked_about_with_what_does_not_fit__tells_nothing(hk: Pair, client: Client) -> None:
    number = document_number()
    registered(browser(), document_number=number)
    noted = claimed(client, number)
    address = "/en/health-code/claim/state/"
    for changes, said in (
        ({"number": ""}, "Enter the number of the claim."),
        ({"number": "7b0f"}, "Check the number of the claim: it has 32"),
        ({"number": "x" * 5000}, "Shorten this"),
        ({"secret": ""}, "Enter the secret"),
        ({"number": str(uuid4())}, "they do not belong together"),
    ):
        answer = client.post(address, noted | changes)
        assert answer.status_code == 400
        assert said in answer.content.decode(), changes
    for _ in range(FAILURES_MAX):
        assert client.post(address, noted | {"secret": "WRONG"}).status_code == 400
    closed = client.post(address, noted)
    assert closed.status_code == 429
    assert "Try again in 15 minutes." in closed.content.decode()
    refuse(hk, noted)


def test_claim__of_a_number_that_is_free__registers_it(hk: Pair, client: Client) -> None:
    form = registration_form(claim_id="7b0f0d4e-3c0b-4d58-9a53-0d2b5e0a9d13")
    made = client.post("/en/health-code/claim/", form)
    assert made.headers["location"] == "/en/health-code/slip/"
    assert "Slip of your registration" in client.get("/en/health-code/slip/").content.decode()
    faulty = client.post("/en/health-code/claim/", form | {"name": "", "claim_id": "x"})
    assert faulty.status_code == 400


def test_forms__without_their_token__are_refused(hk: Pair) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    assert strict.post("/en/health-code/register/", registration_form()).status_code == 403
    assert strict.post("/en/health-code/claim/", registration_form()).status_code == 403


def test_secret__taken_anew__is_shown_once_and_closes_other_sessions(
    hk: Pair, client: Client
) -> None:
    slip, elsewhere = registered(client), browser()
    signed_in = {"reference": slip.reference, "secret": slip.secret}
    assert elsewhere.post("/en/health-code/sign-in/", signed_in).status_code == 302
    address = "/en/health-code/slip/new/"
    assert f'href="{address}"' in client.get("/en/health-code/own/").content.decode()
    page = client.get(address).content.decode()
    assert "Take a new secret" in page
    wrong = client.post(address, {"request_id": str(uuid4()), "secret": "AAAA-AAAA"})
    assert wrong.status_code == 400
    assert "it is not that of this registration" in wrong.content.decode()
    sent = {"request_id": str(uuid4()), "secret": slip.secret}
    answer = client.post(address, sent)
    new = slip_on(answer.content.decode())
    assert answer.headers["cache-control"] == "no-store, private"
    assert (new.reference, new.secret == slip.secret) == (slip.reference, False)
    assert slip_on(client.post(address, sent).content.decode()) == new
    assert slip.reference in client.get("/en/health-code/own/").content.decode()
    gone = elsewhere.get("/en/health-code/own/")
    assert gone.status_code != 200
    assert elsewhere.post("/en/health-code/sign-in/", signed_in).status_code == 400
    signed_in["secret"] = new.secret
    assert elsewhere.post("/en/health-code/sign-in/", signed_in).status_code == 302


def test_secret__anew__is_for_whoever_is_signed_in(hk: Pair, client: Client) -> None:
    answer = client.get("/en/health-code/slip/new/")
    assert answer.headers["location"] == "/en/health-code/sign-in/"
