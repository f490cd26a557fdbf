"""The officers' desk: sign in, see the queue, decide; every look is recorded first."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.browsing import applied, browser
from tongguan.app.applications import OfficerDecision, decide_as_officer
from tongguan.app.authorities import Authority
from tongguan.app.stores import Application, AuditEntry
from tongguan.web import setup
from tongguan.web.desk import applications
from tongguan.web.throttle import FAILURES_MAX


def audit(pair: Pair) -> tuple[AuditEntry, ...]:
    with pair.hk.database.transaction() as transaction:
        return transaction.audit.latest(limit=200)


def waiting(officer: Client, reference: str) -> str:
    page = officer.get("/en/desk/").content.decode()
    found = re.search(rf'href="(/en/desk/applications/[^"]+)">{reference}', page)
    assert found is not None
    return found.group(1)


def test_officer__sign_in__opens_the_desk(
    hk: Pair, client: Client, configured: tuple[setup.DemonstrationOfficer, ...]
) -> None:
    account = configured[0]
    response = client.post(
        "/en/desk/sign-in/", {"user_name": account.user_name, "password": account.password}
    )
    assert response.headers["location"] == "/en/desk/"
    assert client.get("/en/desk/").status_code == 200
    client.post("/en/desk/sign-out/")
    assert client.get("/en/desk/").headers["location"] == "/en/desk/sign-in/"


def test_officer__password_wrong__is_refused_and_in_the_end_closed(
    hk: Pair, client: Client, configured: tuple[setup.DemonstrationOfficer, ...]
) -> None:
    account = configured[1]
    form = {"user_name": account.user_name, "password": "wrong"}
    statuses = [client.post("/en/desk/sign-in/", form).status_code for _ in range(FAILURES_MAX)]
    assert statuses == [400] * FAILURES_MAX
    right = client.post("/en/desk/sign-in/", form | {"password": account.password})
    assert right.status_code == 429


def test_officer__account_of_no_officer__is_refused(hk: Pair, client: Client) -> None:
    User.objects.create_user("visitor", password="a-long-password")
    form = {"user_name": "visitor", "password": "a-long-password"}
    assert client.post("/en/desk/sign-in/", form).status_code == 400
    client.force_login(User.objects.get(username="visitor"))
    assert client.get("/en/desk/").headers["location"] == "/en/desk/sign-in/"


def test_desk__look__is_recorded_before_it_is_shown(hk: Pair, officer: Client) -> None:
    slip = applied(browser(), "compassionate", p0_name="HO MEI LAN")
    address = waiting(officer, slip.reference)
    page = officer.get(address).content.decode()
    assert "HO MEI LAN" in page
    assert "Hospital certificate" in page
    application = address.rstrip("/").rpartition("/")[2]
    looks = [each for each in audit(hk) if each.subject == application]
    assert [each.action for each in looks].count("application.look") == 2
    assert {each.actor for each in looks if each.action == "application.look"} == {"officer-lam"}


def test_desk__grant__lets_the_party_take_places(hk: Pair, officer: Client) -> None:
    traveller = browser()
    slip = applied(traveller, "compassionate")
    address = waiting(officer, slip.reference)
    assert officer.post(address, {"decision": "grant"}).headers["location"] == address
    page = officer.get(address).content.decode()
    assert "by officer-lam" in page
    assert 'value="grant"' not in page
    assert "Granted" in traveller.get("/en/application/").content.decode()
    assert traveller.get("/en/application/places/").status_code == 200


def test_desk__refuse__tells_the_party_why(hk: Pair, officer: Client) -> None:
    traveller = browser()
    slip = applied(traveller, "compassionate")
    officer.post(waiting(officer, slip.reference), {"decision": "refuse"})
    page = traveller.get("/en/application/").content.decode()
    assert "The supporting documents do not bear out the application." in page
    assert "phases/pilot/categories/compassionate/evidence" in page


def test_desk__decided_twice__stays_as_it_was(hk: Pair, officer: Client) -> None:
    traveller = browser()
    slip = applied(traveller, "compassionate")
    address = waiting(officer, slip.reference)
    officer.post(address, {"decision": "grant"})
    again = officer.post(address, {"decision": "refuse"})
    assert again.status_code == 409
    page = again.content.decode()
    assert "officer-lam decided this application already, on Monday 13 December 2021" in page
    assert 'href="#why"' in page
    assert "Granted" in traveller.get("/en/application/").content.decode()


def test_desk__decided_twice__is_said_in_each_language(hk: Pair, officer: Client) -> None:
    slip = applied(browser(), "compassionate")
    address = waiting(officer, slip.reference)
    officer.post(address, {"decision": "refuse"})
    asked = {"zh-hant": "officer-lam 已於 ", "zh-hans": "officer-lam 已于 "}
    for language, words in asked.items():
        again = officer.post(address.replace("/en/", f"/{language}/"), {"decision": "refuse"})
        assert again.status_code == 409
        assert f"{words}2021年12月13日" in again.content.decode()


def test_desk__decided_by_rule__is_said(hk: Pair, officer: Client) -> None:
    applied(browser())
    with hk.hk.database.transaction() as transaction:
        made = next(
            each for each in transaction.audit.latest(limit=9) if each.action.endswith("submit")
        )
    again = officer.post(f"/en/desk/applications/{made.subject}/", {"decision": "refuse"})
    assert again.status_code == 409
    assert "The rules decided this application already, on Monday" in again.content.decode()


def test_desk__decided_by_another_a_moment_before__is_said(
    hk: Pair, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = applied(browser(), "compassionate")
    address = waiting(officer, slip.reference)

    def slower(authority: Authority, decision: OfficerDecision) -> Application | None:
        decide_as_officer(authority, replace(decision, officer="officer-wong"))
        return decide_as_officer(authority, decision)

    monkeypatch.setattr(applications, "decide_as_officer", slower)
    again = officer.post(address, {"decision": "grant"})
    assert again.status_code == 409
    assert "officer-wong decided this application already" in again.content.decode()


def test_desk__button_unknown__changes_nothing(hk: Pair, officer: Client) -> None:
    slip = applied(browser(), "compassionate")
    address = waiting(officer, slip.reference)
    response = officer.post(address, {"decision": "maybe"})
    assert response.status_code == 400
    assert "Choose to grant or to refuse." in response.content.decode()
    forged = officer.post(address, {"decision": "grant", "fallback": "business"})
    assert forged.status_code == 400
    assert waiting(officer, slip.reference) == address


def test_desk__application_unknown__is_not_found(hk: Pair, officer: Client) -> None:
    address = "/en/desk/applications/00000000-0000-4000-8000-000000000000/"
    assert officer.get(address).status_code == 404
    assert officer.post(address, {"decision": "grant"}).status_code in {302, 404}
