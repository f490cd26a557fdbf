"""Declaring for a health code on either side's server."""

from django.contrib.sessions.models import Session
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.browsing import browser, declaration_form
from tongguan.web import sealed


def declared(client: Client, language: str = "en", **changes: str) -> str:
    response = client.post(f"/{language}/health-code/", declaration_form(**changes))
    assert response.status_code == 302, response.content.decode()
    return client.get(response.headers["location"]).content.decode()


def test_health_code__nothing_adverse__is_green_until_the_day_ends(
    hk: Pair, client: Client
) -> None:
    page = declared(client)
    assert "colour-green" in page
    assert "Valid until Monday 13 December 2021, 23:59" in page
    assert "<svg" in page


def test_health_code__grounds__are_all_shown_with_what_to_do(hk: Pair, client: Client) -> None:
    page = declared(client, close_contact="on", arrived_on="2021-12-10")
    assert "colour-red" in page
    assert "You are a close contact." in page
    assert "You arrived from outside in the past 21 days." in page


def test_health_code__arrival_under_an_exempt_scheme__stays_green(hk: Pair, client: Client) -> None:
    page = declared(client, arrived_on="2021-12-10", arrival_scheme="return2hk")
    assert "colour-green" in page


def test_health_code__stay_in_an_at_risk_place__is_amber(hk: Pair, client: Client) -> None:
    page = declared(client, stay_division="430000", stay_last_on="2021-12-05")
    assert "colour-amber" in page


def test_health_code__of_guangdong__says_that_its_rules_are_assumed(
    gd: Pair, client: Client
) -> None:
    page = declared(client, "zh-hans")
    assert "绿码" in page
    assert "本方案的假设" in page
    assert "gd-2021-12-assumed" in page


def test_health_code__faults__are_named(hk: Pair, client: Client) -> None:
    cases = {
        "Tick to confirm.": {"true": ""},
        "Enter the document number.": {"document_number": ""},
        "Enter the three letters": {"document_type": "passport"},
        "Enter the last day there.": {"stay_division": "430000"},
        "Choose the place.": {"stay_last_on": "2021-12-05"},
        "Enter the day as year-month-day": {"arrived_on": "10/12/2021"},
        "Choose from the schemes listed.": {"arrival_scheme": "magic"},
    }
    for message, changes in cases.items():
        response = client.post("/en/health-code/", declaration_form(**changes))
        assert response.status_code == 400, message
        assert message in response.content.decode()


def test_health_code__day_ahead__is_named_at_its_field(hk: Pair, client: Client) -> None:
    asked = {
        "zh-hant": "請輸入不遲於今天的日期。",
        "zh-hans": "请输入不晚于今天的日期。",
        "en": "Enter a day no later than today.",
    }
    for name in ("symptoms_last_on", "discharged_on", "stay_last_on", "arrived_on"):
        place = {"stay_division": "430000"} if name == "stay_last_on" else {}
        for language, message in asked.items():
            form = declaration_form(**place, **{name: "2021-12-14"})
            response = client.post(f"/{language}/health-code/", form)
            assert response.status_code == 400, (name, language)
            assert f'<a href="#id_{name}">{message}' in response.content.decode()
        form = declaration_form(**place, **{name: "2021-12-13"})
        assert client.post("/en/health-code/", form).status_code == 302, name


def test_health_code__sent_twice__is_one_code(hk: Pair, client: Client) -> None:
    form = declaration_form()
    client.post("/en/health-code/", form)
    other = browser()
    assert other.post("/en/health-code/", form).status_code == 302
    changed = other.post("/en/health-code/", form | {"suspected": "on"})
    assert changed.status_code == 400


def test_health_code__in_the_session_table__cannot_be_read(hk: Pair, client: Client) -> None:
    declared(client, close_contact="on")
    key = client.cookies["tongguan-hk-session"].value
    stored = Session.objects.get(session_key=key).get_decoded()
    assert "TG1:" not in str(stored)
    assert "close_contact" not in str(stored)
    opened = sealed.unseal(stored["shown_code"])
    assert opened is not None
    assert opened["colour"] == "red"
    assert sealed.unseal(stored["shown_code"][:-2]) is None


def test_health_code__not_declared_here__cannot_be_looked_up(hk: Pair, client: Client) -> None:
    assert client.get("/en/health-code/show/").headers["location"] == "/en/health-code/"


def test_health_code__nothing_holds__is_said(unsigned: Pair, client: Client) -> None:
    response = client.post("/en/health-code/", declaration_form())
    assert response.status_code == 400
    assert "No scheme is in force." in response.content.decode()
