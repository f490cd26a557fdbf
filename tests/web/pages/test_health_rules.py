"""The page of the rules: what gives which colour, how often it is wrong, and every figure's why."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.builders.evidence import enrolled
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.evidence.batch_content import ListedPlace
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.identifiers import AuthorityId, DivisionCode
from tongguan.web import service


def plain(client: Client, address: str = "/en/health-codes/rules/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_rules__say__each_ground_with_its_source_and_what_it_costs(
    unsigned: Pair, client: Client
) -> None:
    page = plain(client)

    assert "hk-2021-12" in page
    assert bundled_health_rules()[AuthorityId("HK")].digest in page
    assert "You had symptoms within the days that the rules count. Red 14 days" in page
    assert "You are a confirmed case. Red As long as its evidence counts" in page
    assert "Red: at least 0.08 of 10,000" in page
    assert "Amber: at least 51.65 of 10,000" in page
    assert page.count("not stated") == 7
    assert "come2hk, return2hk" in page
    links = client.get("/en/health-codes/rules/").content.decode()
    assert 'href="http://mmm.3hk.cn/article/121500.html"' in links


def test_rules__say__every_figure_of_control_and_why(unsigned: Pair, client: Client) -> None:
    rules = bundled_health_rules()[AuthorityId("HK")]
    for language in ("en", "zh-hant", "zh-hans"):
        page = plain(client, f"/{language}/health-codes/rules/")
        for path, figure in rules.stated.items():
            if path.startswith("controls/"):
                assert figure.assumed is not None
                words = {
                    "en": figure.assumed.en,
                    "zh-hant": figure.assumed.zh_hant,
                    "zh-hans": figure.assumed.zh_hans,
                }
                assert f"{figure.value}" in page
                assert words[language] in page.replace("&#x27;", "'")


def test_rules__of_guangdong__are_assumed_and_their_cost_is_not_stated(
    unsigned: Pair, client: Client
) -> None:
    service.hold_authority(unsigned.gd)
    page = plain(client)

    assert "gd-2021-12-assumed" in page
    assert "rules were not found in print" in page
    assert "Red: not stated" in page
    assert "Amber: not stated" in page


def test_rules__of_an_authority_without_health_codes__are_not_there(
    unsigned: Pair, client: Client
) -> None:
    service.hold_authority(replace(unsigned.hk, health_rules=None))
    assert client.get("/en/health-codes/rules/").status_code == 404


def places(client: Client, language: str = "en") -> str:
    """The section of the places of high risk, as plain text."""
    page = client.get(f"/{language}/health-codes/rules/").content.decode()
    section = page.partition('aria-labelledby="places">')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section))


def test_places__none_listed__are_said_to_be_none(unsigned: Pair, client: Client) -> None:
    assert "No place is listed now." in places(client)


@pytest.fixture
def listed(hk: Pair) -> Pair:
    """Still listed; over, and counting to the 13th still; over for too long."""
    source = enrolled(hk.hk, SourceKind.RISK_PLACES, "disease-control")
    days = (("440305", 10, None), ("440100", 1, 23), ("310115", 1, 22))
    receipt = source.says(
        listed=tuple(
            ListedPlace(
                division=DivisionCode(division),
                first_on=date(2021, 12 if last is None else 11, first),
                last_on=None if last is None else date(2021, 11, last),
            )
            for division, first, last in days
        )
    )
    assert receipt.places == 3
    return hk


def test_places__that_count__are_shown_with_their_days_and_source(
    listed: Pair, client: Client
) -> None:
    page = places(client)
    assert re.search(r"Nanshan.* 440305 .*10 December 2021.*Still listed disease-control", page)
    assert re.search(r"Guangzhou.* 440100 .*23 November 2021", page)
    assert "310115" not in page
    assert page.index("440305") < page.index("440100")
    assert "南山" in places(client, "zh-hant")
    form = client.get("/en/health-codes/rules/").content.decode()
    assert 'id="places"' in form
