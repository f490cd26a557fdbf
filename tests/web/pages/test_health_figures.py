"""The page of the public count: what officers did in full, small numbers of people not."""

import re
from dataclasses import replace

from django.test import Client

from tests.builders.authorities import START, Pair
from tests.builders.evidence_stores import DAY, act, evidence
from tongguan.core.evidence.records import Route
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
    page = client.get("/en/health-codes/figures/").content.decode()
    assert rows(page, "by_hand")[:2] == ["December 2021 2 1 0", "November 2021 0 0 0"]
    few = "fewer than 5"
    assert rows(page, "others_acts")[0] == f"December 2021 {few} {few} {few} 7 {few}"
    assert rows(page, "cases")[0] == f"December 2021 {few} {few} {few} 0"
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
