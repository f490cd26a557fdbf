"""Where people were, as they declare it: the list of risk places says whether that matters."""

import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.builders.evidence import enrolled
from tests.web.browsing import browser, declaration_form, declared, registered
from tongguan.core.evidence.batch_content import ListedPlace
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import DivisionCode
from tongguan.web import service
from tongguan.web.pages.declaration_form import STAYS_FORM_MAX

BEYOND_THE_TABLE = "420106"
DECLARE = "/en/health-code/declare/"


@pytest.fixture
def listed(hk: Pair) -> Pair:
    """Longgang from the 10 December, and for a week in November a district of Wuhan."""
    source = enrolled(hk.hk, SourceKind.RISK_PLACES, f"places-{uuid4().hex[:12]}")
    source.says(
        listed=(
            ListedPlace(division=DivisionCode("440307"), first_on=date(2021, 12, 10), last_on=None),
            ListedPlace(
                division=DivisionCode(BEYOND_THE_TABLE),
                first_on=date(2021, 11, 22),
                last_on=date(2021, 11, 28),
            ),
        )
    )
    return hk


def stays(*rows: tuple[str, str]) -> dict[str, Any]:
    """The fields of places with their days, in their order."""
    typed: dict[str, Any] = {}
    for number, (division, last_on) in enumerate(rows):
        typed |= {f"stay{number}_division": division, f"stay{number}_last_on": last_on}
    return typed


def test_stays__as_the_list_says__count_or_not(listed: Pair, client: Client) -> None:
    registered(client)
    assert "colour-green" in declared(client)
    cases = {
        "green": [("440300", "2021-12-12"), ("440307", "2021-12-09"), ("441900", "2021-12-12")],
        "amber": [("440304", "2021-12-12"), ("440307", "2021-12-12")],
    }
    for colour, rows in cases.items():
        assert f"colour-{colour}" in declared(client, **stays(*rows)), rows
    page = declared(client, **stays((BEYOND_THE_TABLE, "2021-11-25")))
    assert "colour-amber" in page
    assert "Hubei" in page


def test_stays__in_every_row_of_the_form__are_declared(listed: Pair, client: Client) -> None:
    registered(client)
    rows = [("441900", "2021-12-12")] * (STAYS_FORM_MAX - 1) + [("440307", "2021-12-12")]
    assert "colour-amber" in declared(client, **stays(*rows))
    assert "colour-green" in declared(client, **stays(*rows[:-1]))


def test_stays__form__offers_districts_and_what_is_listed_beyond_the_table(
    listed: Pair, client: Client
) -> None:
    registered(client)
    page = client.get(DECLARE).content.decode()
    assert "Where you were in the last 21 days" in page
    assert '<option value="440307">Shenzhen: Longgang</option>' in page
    assert f'<option value="{BEYOND_THE_TABLE}">Hubei {BEYOND_THE_TABLE}</option>' in page
    assert '<details class="more">' in page
    chinese = client.get("/zh-hant/health-code/declare/").content.decode()
    assert '<option value="440307">深圳市：龍崗區</option>' in chinese


def test_stays__faults__are_named_at_their_field_and_the_rows_stay_open(
    listed: Pair, client: Client
) -> None:
    registered(client)
    cases = {
        '<a href="#id_stay1_last_on">Place 2: Enter the last day there.': {
            "stay1_division": "440300"
        },
        '<a href="#id_stay7_division">Place 8: Choose the place.': {"stay7_last_on": "2021-12-05"},
        '<a href="#id_stay0_last_on">Place 1: Enter a day no later than today.': stays(
            ("440300", "2021-12-14")
        ),
        '<a href="#id_stay0_division">Place 1: Choose the place.': stays(("999999", "2021-12-05")),
        '<a href="#id_stay2_last_on">Place 3: Enter the day as year-month-day': {
            "stay2_division": "440300",
            "stay2_last_on": "5/12/2021",
        },
    }
    for message, typed in cases.items():
        response = client.post(DECLARE, declaration_form(**typed))
        assert response.status_code == 400, message
        page = response.content.decode()
        assert message in page
        is_open = any(not name.startswith(("stay0", "stay1")) for name in typed)
        assert ('<details class="more" open>' in page) is is_open, message


def test_stays__faults__stand_in_the_order_of_the_form(listed: Pair, client: Client) -> None:
    registered(client)
    typed = {"true": "", "stay3_division": "440300", "arrived_on": "2022-01-01"}
    page = client.post(DECLARE, declaration_form(**typed)).content.decode()
    summary = page.partition('class="summary"')[2].partition("</div>")[0]
    assert re.findall(r'href="#id_(\w+)"', summary) == ["stay3_last_on", "arrived_on", "true"]


def test_stays__where_no_rule_asks__are_not_asked_for(hk: Pair) -> None:
    rules = hk.hk.health_rules
    assert rules is not None
    kept = tuple(
        each for each in rules.colours.rules if each.reason is not HealthReason.HIGH_RISK_STAY
    )
    without = replace(rules, colours=replace(rules.colours, rules=kept))
    service.hold_authority(replace(hk.hk, health_rules=without))
    person = browser()
    registered(person)
    page = person.get(DECLARE).content.decode()
    assert "Where you were" not in page
    assert person.post(DECLARE, declaration_form(**stays(("1", "x")))).status_code == 302
