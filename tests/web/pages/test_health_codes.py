"""One's own health code on either side's server: declared, shown with its grounds, printed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.test import Client

from tests.builders.authorities import START, Pair
from tests.builders.evidence import a_test, enrolled
from tests.web.browsing import (
    browser,
    declaration_form,
    declared,
    document_number,
    registered,
)
from tongguan.core.people import Assurance, Document, DocumentType, Person
from tongguan.web import service

OWN = "/en/health-code/own/"
ANEW = f"{OWN}new/"


def test_health_code__nothing_adverse__is_green_until_the_day_ends(
    hk: Pair, client: Client
) -> None:
    registered(client)
    page = declared(client)
    assert "colour-green" in page
    assert "Valid until Monday 13 December 2021, 23:59" in page
    assert "<svg" in page
    assert "There is no evidence against you." in page


def test_health_code__every_finding__says_what_it_is_and_how_it_ends(
    hk: Pair, client: Client
) -> None:
    registered(client)
    page = declared(client, close_contact="on", arrived_on="2021-12-10")
    assert "colour-red" in page
    assert "You are a close contact." in page
    assert "You arrived from outside within the days that the rules count." in page
    assert "By itself on Friday 31 December 2021, 00:00; you need do nothing" in page
    assert "You yourself: declare anew, and this declaration is replaced" in page
    assert "/correction/" not in page


def test_health_code__arrival_under_an_exempt_scheme__stays_green(hk: Pair, client: Client) -> None:
    registered(client)
    page = declared(client, arrived_on="2021-12-10", arrival_scheme="return2hk")
    assert "colour-green" in page


def test_health_code__declared_anew__replaces_what_was_declared(hk: Pair, client: Client) -> None:
    registered(client)
    assert "colour-red" in declared(client, suspected="on")
    assert "colour-green" in declared(client)


def test_health_code__of_guangdong__says_that_its_rules_are_assumed(
    gd: Pair, client: Client
) -> None:
    registered(client)
    page = declared(client, "zh-hans")
    assert "绿码" in page
    assert "本方案的假设" in page
    assert "gd-2021-12-assumed" in page


def test_health_code__faults__are_named(hk: Pair, client: Client) -> None:
    registered(client)
    cases = {
        "Tick to confirm.": {"true": ""},
        "Enter the last day there.": {"stay_division": "430000"},
        "Choose the place.": {"stay_last_on": "2021-12-05"},
        "Enter the day as year-month-day": {"arrived_on": "10/12/2021"},
        "Choose from the schemes listed.": {"arrival_scheme": "magic"},
    }
    for message, changes in cases.items():
        response = client.post("/en/health-code/declare/", declaration_form(**changes))
        assert response.status_code == 400, message
        assert message in response.content.decode()


def test_health_code__day_ahead__is_named_at_its_field(hk: Pair, client: Client) -> None:
    registered(client)
    asked = {
        "zh-hant": "請輸入不遲於今天的日期。",
        "zh-hans": "请输入不晚于今天的日期。",
        "en": "Enter a day no later than today.",
    }
    for name in ("symptoms_last_on", "discharged_on", "stay_last_on", "arrived_on"):
        place = {"stay_division": "430000"} if name == "stay_last_on" else {}
        for language, message in asked.items():
            form = declaration_form(**place, **{name: "2021-12-14"})
            response = client.post(f"/{language}/health-code/declare/", form)
            assert response.status_code == 400, (name, language)
            assert f'<a href="#id_{name}">{message}' in response.content.decode()
        form = declaration_form(**place, **{name: "2021-12-13"})
        assert client.post("/en/health-code/declare/", form).status_code == 302, name


def test_health_code__sent_twice__is_one_code(hk: Pair, client: Client) -> None:
    registered(client)
    form = declaration_form()
    assert client.post("/en/health-code/declare/", form).status_code == 302
    assert client.post("/en/health-code/declare/", form).status_code == 302
    changed = client.post("/en/health-code/declare/", form | {"suspected": "on"})
    assert changed.status_code == 400
    assert "send it once more" in changed.content.decode()


def test_health_code__on_what_is_known__needs_a_declaration_of_the_day(
    hk: Pair, client: Client
) -> None:
    registered(client)
    form = {"request_id": "0a53b9f0-6a0f-4a3f-8a35-6f2d8c3e1a01"}
    refused = client.post("/en/health-code/own/new/", form)
    assert refused.status_code == 409
    assert "You have declared nothing today." in refused.content.decode()
    declared(client, close_contact="on")
    taken = client.post("/en/health-code/own/new/", form)
    assert taken.headers["location"] == "/en/health-code/own/"
    assert "colour-red" in client.get("/en/health-code/own/").content.decode()
    assert client.post("/en/health-code/own/new/", {"request_id": "x"}).status_code == 409
    assert client.get("/en/health-code/own/new/").status_code == 405


def test_health_code__opened_elsewhere__is_the_same_code(hk: Pair, client: Client) -> None:
    slip = registered(browser())
    at_home = browser()
    typed = {"reference": slip.reference, "secret": slip.secret}
    at_home.post("/en/health-code/sign-in/", typed)
    declared(at_home)
    client.post("/en/health-code/sign-in/", typed)
    assert "colour-green" in client.get("/en/health-code/own/").content.decode()


def test_health_code__over__is_shown_no_more_and_said(hk: Pair, client: Client) -> None:
    registered(client)
    declared(client)
    hk.set_time(START + timedelta(days=1))
    try:
        page = client.get("/en/health-code/own/").content.decode()
        assert "<svg" not in page
        assert "The time of your last code ended on Monday 13 December 2021, 23:59" in page
        assert client.get("/en/health-code/own/print/").headers["location"] == (
            "/en/health-code/own/"
        )
    finally:
        hk.set_time(START)


def test_health_code__withdrawn__is_said_in_whichever_browser(
    hk_unlimited: Pair, desk: Callable[[str], Client]
) -> None:
    at_home, elsewhere = browser(), browser()
    slip = registered(at_home)
    elsewhere.post("/en/health-code/sign-in/", {"reference": slip.reference, "secret": slip.secret})
    assert "You have no code of today yet." in elsewhere.get(OWN).content.decode()
    assert "colour-green" in declared(at_home)
    finding = {"request_id": str(uuid4()), "ground": "close_contact", "on": "2021-12-12"}
    finding |= {"ends_on": "2021-12-18", "reference": "CT-2021-77", "words": "At one table."}
    made = desk("ho").post(f"/en/desk/health/registrations/{slip.reference}/finding/", finding)
    assert desk("lam").post(made.headers["location"], {"decision": "confirm"}).status_code == 302
    for each in (at_home, elsewhere):
        page = each.get(OWN).content.decode()
        assert "<svg" not in page
        assert "Your code of today was withdrawn on Monday 13 December 2021" in page
        assert "With your slip you can read it on any device or at a staffed counter" in page
        assert "You have no code of today yet." not in page
        assert "ask for its correction" in page
        assert "You are a close contact." in page
    assert elsewhere.post(ANEW, {"request_id": str(uuid4())}).status_code == 302
    assert "was withdrawn" not in at_home.get(OWN).content.decode()


def test_health_code__of_many_findings__shows_ten_and_folds_the_others(
    hk_unlimited: Pair, client: Client, desk: Callable[[str], Client]
) -> None:
    number = document_number()
    slip = registered(client, document_number=number)
    laboratory = enrolled(hk_unlimited.hk, name=f"lab-{uuid4().hex[:12]}")
    holder = Document(type=DocumentType.HOME_RETURN_PERMIT, number=number, issuer="CHN")
    who = Person(name="CHAN TAI MAN", document=holder, assurance=Assurance.ASSERTED)
    laboratory.says(*(a_test(who, at=START - timedelta(hours=each)) for each in range(1, 13)))
    page = client.get(OWN).content.decode()
    assert page.count('id="finding-') == 12
    assert page.partition("The other 2</summary>")[0].count('id="finding-') == 10
    at_desk = desk("lam").get(f"/en/desk/health/registrations/{slip.reference}/").content.decode()
    assert at_desk.partition("The other 2</summary>")[2].count("<article") == 2


def test_health_code__on_paper__says_its_validity_and_no_name(hk: Pair, client: Client) -> None:
    registered(client, name="NG SIU LING")
    declared(client, close_contact="on")
    page = client.get("/en/health-code/own/print/").content.decode()
    assert "<svg" in page
    assert "Valid until Monday 13 December 2021, 23:59" in page
    main = page.partition("<main")[2]
    assert "NG SIU LING" not in main
    assert "close contact" not in main


def test_health_code__in_the_session_table__cannot_be_read(hk: Pair, client: Client) -> None:
    registered(client)
    declared(client, close_contact="on")
    key = client.cookies["tongguan-hk-session"].value
    stored = str(Session.objects.get(session_key=key).get_decoded())
    assert "TG1:" not in stored
    assert "close_contact" not in stored
    assert "red" not in stored.replace("registered", "")


def test_health_code__of_nobody_signed_in__cannot_be_looked_up(hk: Pair, client: Client) -> None:
    for address in ("own", "own/print", "declare", "slip"):
        response = client.get(f"/en/health-code/{address}/")
        assert response.headers["location"] == "/en/health-code/sign-in/", address


def test_health_code__nothing_holds__is_said(unsigned: Pair, client: Client) -> None:
    from tests.web.browsing import registration_form  # noqa: PLC0415

    response = client.post("/en/health-code/register/", registration_form())
    assert response.status_code == 400
    assert "No scheme is in force." in response.content.decode()


def test_health_code__of_whom_it_is_not_sure__shows_nothing_that_others_said(
    hk: Pair, client: Client
) -> None:
    registered(client)
    declared(client, close_contact="on")
    rules = hk.hk.health_rules
    assert rules is not None
    strict = replace(hk.hk, health_rules=replace(rules, assurance_min=Assurance.VERIFIED))
    service.hold_authority(strict)
    page = client.get("/en/health-code/own/").content.decode()
    assert "Your identity is not yet as sure as the rules ask" in page
    assert "close contact" not in page
    assert "<svg" not in page
    declaring = client.post("/en/health-code/declare/", declaration_form())
    assert declaring.status_code == 400
    assert "Bring your document to a staffed counter" in declaring.content.decode()
    assert client.get("/en/health-code/own/print/").status_code == 302
    stating = client.get("/en/health-code/statement/")
    assert stating.status_code == 409
    assert "close contact" not in stating.content.decode()
