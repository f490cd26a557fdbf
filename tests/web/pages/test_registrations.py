"""Registering for health codes, opening with the slip, claiming a number."""

from datetime import timedelta

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


def test_claim__upheld_by_the_clock__tells_who_held_the_number(hk: Pair, client: Client) -> None:
    number = document_number()
    holder, claimant = browser(), browser()
    old = registered(holder, document_number=number)
    declared(holder)
    form = registration_form(
        document_number=number, claim_id="7b0f0d4e-3c0b-4d58-9a53-0d2b5e0a9d12"
    )
    new = slip_on(claimant.post("/en/health-code/claim/", form).content.decode())
    rules = hk.hk.health_rules
    assert rules is not None
    hk.set_time(START + rules.controls.claim_time + timedelta(hours=1))
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
        hk.set_time(START)


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
