"""Applying by form: faults named at their fields, one application however often it is sent."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.browsing import application_form, applied, browser, compassionate_form, slip_on
from tongguan.app.applications import waiting_applications


def post(client: Client, form: dict[str, object], category: str = "family") -> tuple[int, str]:
    response = client.post(f"/en/apply/{category}/", form)
    return response.status_code, response.content.decode()


def test_application__apply__is_granted_and_shows_its_slip_once(hk: Pair, client: Client) -> None:
    response = client.post("/en/apply/family/", application_form())
    assert response.status_code == 302
    first = client.get("/en/application/").content.decode()
    assert "Granted" in first
    assert re.fullmatch(r"TG-[A-Z0-9-]{14}", slip_on(first).reference)
    again = client.get("/en/application/").content.decode()
    assert slip_on(first).secret not in again


def test_application__sent_twice__is_one_application(hk: Pair, client: Client) -> None:
    form = application_form()
    client.post("/en/apply/family/", form)
    first = slip_on(client.get("/en/application/").content.decode())
    other = browser()
    other.post("/en/apply/family/", form)
    assert slip_on(other.get("/en/application/").content.decode()) == first


def test_application__sent_twice_and_changed__asks_to_check(hk: Pair, client: Client) -> None:
    form = application_form()
    client.post("/en/apply/family/", form)
    status, page = post(client, form | {"p0_name": "SOMEONE ELSE"})
    assert status == 400
    assert "Check what you entered and send it once more." in page
    fresh = re.search(r'name="request_id" value="([^"]+)"', page)
    assert fresh is not None
    assert fresh.group(1) != form["request_id"]


FAULTS = {
    "p0_name": ("", "Enter the name."),
    "p0_document_type": ("", "Choose the kind of document."),
    "p0_document_number": ("1<2", "Use only letters, digits"),
    "evidence_kinship": ("   ", "Describe this document: Proof of kinship"),
    "itinerary": ([], "Tick at least one city"),
    "confirm": ("", "Tick to confirm."),
}


@pytest.mark.parametrize("field", FAULTS)
def test_application__field_wrong__is_named_and_linked(
    hk: Pair, client: Client, field: str
) -> None:
    value, message = FAULTS[field]
    status, page = post(client, application_form(**{field: value}))
    assert status == 400
    summary = page.split('role="alert"')[1].split("</div>")[0]
    link = re.search(rf'<a href="#([^"]+)">[^<]*{message}', summary)
    assert link is not None
    assert f'id="{link.group(1)}"' in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"p0_name": "x" * 61}, "Shorten this to 60 characters"),
        ({"evidence_kinship": "x" * 501}, "Shorten this to 500 characters"),
        ({"p0_name": "CHAN\x00"}, "Remove the invisible control characters"),
        ({"p1_name": "LEE"}, "Choose the kind of document."),
        ({"p0_document_type": "passport"}, "Choose the kind of document."),
        ({"itinerary": ["999999"]}, "Tick at least one city"),
        ({"request_id": "1"}, "Check what you entered"),
    ],
)
def test_application__input_wrong__is_refused_in_our_own_words(
    hk: Pair, client: Client, changes: dict[str, object], message: str
) -> None:
    status, page = post(client, application_form(**changes))
    assert status == 400
    assert message in page


def test_application__what_was_typed__is_shown_again_and_never_run(
    hk: Pair, client: Client
) -> None:
    _, page = post(client, application_form(p0_name="<b>O'Neil</b>", confirm=""))
    assert "&lt;b&gt;O&#x27;Neil&lt;/b&gt;" in page
    assert "<b>O" not in page


def test_application__huge__is_refused_with_a_clear_message(hk: Pair, client: Client) -> None:
    status, page = post(client, application_form(evidence_kinship="x" * 1_000_000))
    assert status == 413
    assert "64 KiB" in page


def test_application__outside_the_range__is_refused_with_clause_and_claim(
    hk: Pair, client: Client
) -> None:
    client.post("/en/apply/family/", application_form(elsewhere=["430000"]))
    page = client.get("/en/application/").content.decode()
    assert "Refused" in page
    assert "A place in the itinerary lies outside the activity range." in page
    assert "phases/pilot/area" in page
    assert "Those who cross move about within Guangdong only." in page
    assert "Hunan" in page


def test_application__party_of_four__is_kept_whole(hk: Pair, client: Client) -> None:
    more = {
        f"p{number}_{name}": value
        for number in (1, 2, 3)
        for name, value in (
            ("name", f"PERSON {number}"),
            ("document_type", "hkid"),
            ("document_number", f"Z{uuid4().int % 10**6:06d}({number})"),
        )
    }
    client.post("/en/apply/family/", application_form(**more))
    page = client.get("/en/application/").content.decode()
    assert all(f"PERSON {number}" in page for number in (1, 2, 3))


def test_application__case_by_case__waits_for_an_officer(hk: Pair, client: Client) -> None:
    before = len(waiting_applications(hk.hk, officer="test"))
    client.post("/en/apply/compassionate/", compassionate_form())
    assert "Waiting for an officer" in client.get("/en/application/").content.decode()
    assert len(waiting_applications(hk.hk, officer="test")) == before + 1


def test_application__category_unknown__is_not_found(hk: Pair, client: Client) -> None:
    assert client.get("/en/apply/holiday/").status_code == 404


def test_application__on_the_other_side__leads_to_the_one_that_takes_them(
    gd: Pair, client: Client
) -> None:
    page = client.get("/zh-hans/apply/").content.decode()
    assert "申请由香港受理" in page
    assert "http://127.0.0.1:8001/" in page
    assert client.get("/zh-hans/apply/family/").status_code == 302


def test_application__without_a_token__is_refused(hk: Pair) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    response = strict.post("/en/apply/family/", application_form())
    assert response.status_code == 403
    assert "The form is out of date." in response.content.decode()


def test_application__session_of_a_deleted_application__is_closed(hk: Pair, client: Client) -> None:
    applied(client)
    session = client.session
    session["opened_application"] = str(uuid4())
    session.save()
    assert client.get("/en/application/").headers["location"] == "/en/sign-in/"
