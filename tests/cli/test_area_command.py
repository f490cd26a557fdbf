"""``area check``."""

import json

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (["440300"], 0),
        (["44", "4401", "440305"], 0),
        (["440300", "310000"], 1),
        (["810000"], 1),
        (["999999"], 2),
        (["440399"], 2),
        (["shenzhen"], 2),
        (["4" * 5000], 2),
        ([], 2),
    ],
)
def test_area_check__ends__with_the_answer(run: Run, codes: list[str], code: int) -> None:
    ended = run("area", "check", *codes)
    assert ended.code == code
    assert len(ended.err) < 2000


def test_area_check__as_json__names_the_division_clause_and_claim(run: Run) -> None:
    answer = json.loads(run("area", "check", "310000", "--json", "--on", "2021-12-20").out)
    assert answer["outcome"] == "refuse"
    reason = answer["reasons"][0]
    assert reason["code"] == "area_outside_range"
    assert reason["clause"] == "phases/pilot/area"
    assert reason["claims"] == ["F10"]
    assert reason["facts"] == {"division": "310000", "on": "2021-12-20"}


def test_area_check__names_the_places(run: Run) -> None:
    said = run("area", "check", "440300", "--scheme", "hk-gd-2021").out
    assert "Shenzhen" in said


@pytest.mark.parametrize("options", [["--on", "tomorrow"], ["--scheme", "nonsense"]])
def test_area_check__given_a_bad_option__ends_with_2(run: Run, options: list[str]) -> None:
    assert run("area", "check", "440300", *options).code == 2
