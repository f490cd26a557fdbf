"""The page of the public count: what officers did in full, small numbers of people not."""

import re
from dataclasses import replace
from datetime import date

from django.test import Client

from tests.builders.authorities import START, Pair
from tests.builders.evidence import enrolled
from tests.builders.evidence_stores import DAY, act, claim, evidence
from tongguan.app.registration.store import ClaimState
from tongguan.core.evidence.batch_content import ListedPlace
from tongguan.core.evidence.records import Route
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.identifiers import DivisionCode, UnitId
from tongguan.web import service


def rows(page: str, table: str) -> list[str]:
    section = page.partition(f'id="{table}"')[2].partition("<tbody>")[2]
    shown = section.partition("</tbody>")[0].split("</tr>")[:-1]
    found = [re.sub(r"<[^>]+>", " ", row) for row in shown]
    return [re.sub(r"\s+", " ", row).strip() for row in found]


def test_figures__acts__by_hand_in_full_and_the_rule_is_said(
    unsigned: Pair, client: Client
) -> None:
    unsigned.activate()
    with unsigned.hk.database.transaction() as transaction:
        transaction.evidence.add(evidence(), b"", DAY)
        for number in range(2):
            transaction.evidence.add_act(act(number, at=START, held=number > 0))
        for number in range(7):
            transaction.evidence.add_act(act(10 + number, at=START, route=Route.LABORATORY))
        transaction.registrations.add_claim(claim(), b"", DAY)
        refused = claim(
            state=ClaimState.REFUSED,
            decided_at=START,
            decided_by=("ho",),
            units=(UnitId("tracing"),),
        )
        transaction.registrations.decide_claim(refused)
    lister = enrolled(unsigned.hk, SourceKind.RISK_PLACES, "places")
    divisions = (DivisionCode("440303"), DivisionCode("440304"))
    listed = tuple(
        ListedPlace(division=each, first_on=date(2021, 12, 10), last_on=None) for each in divisions
    )
    lister.says(listed=listed)
    page = client.get("/en/health-codes/figures/").content.decode()
    assert rows(page, "by_hand")[:2] == ["December 2021 2 1 0", "November 2021 0 0 0"]
    few = "fewer than 5"
    assert rows(page, "others_acts")[0] == f"December 2021 {few} {few} {few} {few} 7 {few}"
    assert rows(page, "own_doing")[:2] == ["December 2021 1 2", "November 2021 0 0"]
    assert rows(page, "cases")[0] == f"December 2021 {few} {few} {few} 1"
    assert rows(page, "others_held")[0] == f"December 2021 {few} {few} {few}"
    assert len(rows(page, "cases")) == 6
    assert "A count about people below 5" in page
    assert "<dd>1</dd>" in page


def test_figures__nothing_holds__says_so(unsigned: Pair, client: Client) -> None:
    page = client.get("/en/health-codes/figures/")
    assert page.status_code == 200
    assert "nothing to count" in page.content.decode()


def test_figures__authority_without_health_codes__has_none(hk: Pair, client: Client) -> None:
    service.hold_authority(replace(hk.hk, health_rules=None))
    assert client.get("/en/health-codes/figures/").status_code == 404
    assert "health-codes/figures" not in client.get("/en/").content.decode()
