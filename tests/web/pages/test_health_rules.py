"""The page of the rules: what gives which colour, how often it is wrong, and every figure's why."""

import re
from dataclasses import replace

from django.test import Client

from tests.builders.authorities import Pair
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.identifiers import AuthorityId
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
