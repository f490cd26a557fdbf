"""Countries' rules: every published test is met, and one that is not is told."""

import json
from pathlib import Path
from typing import Any

from tests.builders.corpora import corpus
from tongguan.cli.conformance.country_rules import run_country_rules

RULE = {
    "Country": "HR",
    "CertificateType": "Test",
    "Logic": {"in": [{"var": "payload.t.0.tt"}, {"var": "external.valueSets.types"}]},
}
EXTERNAL = {"valueSets": {"types": ["LP6464-4"]}, "validationClock": "2022-01-01T00:00:00Z"}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def sample(test_type: str, *, expected: Any) -> dict[str, Any]:
    return {"payload": {"t": [{"tt": test_type}]}, "external": EXTERNAL, "expected": expected}


def test_published_rules__are_met_whole() -> None:
    report = run_country_rules(corpus("country-rules"))
    fields: Any = report.as_data()["fields"]

    assert report.missed == []
    assert sum(counts["met"] for counts in fields.values()) == 955
    assert fields["vaccination"] == {"met": 418, "missed": 0, "no_data": 4}


def test_rule__is_met__by_exactly_what_is_expected(tmp_path: Path) -> None:
    folder = tmp_path / "HR" / "TR-HR-0001"
    write(folder / "rule.json", RULE)
    write(folder / "tests" / "test001.json", sample("LP6464-4", expected=True))
    write(folder / "tests" / "test002.json", sample("LP217198-3", expected=False))
    write(folder / "tests" / "test003.json", sample("LP6464-4", expected=1))
    write(folder / "tests" / "test004.json", sample("LP6464-4", expected=True) | {"external": {}})
    write(folder / "tests" / "test005.json", "{")
    write(folder / "tests" / "test006.json", {"payload": {}})
    report = run_country_rules(tmp_path)

    place = "HR/TR-HR-0001/tests"
    assert report.missed == [f"{place}/test00{number}.json:test" for number in (3, 4, 5)]
    assert report.as_data()["fields"] == {"test": {"met": 2, "missed": 3, "no_data": 1}}
    assert report.as_data()["folders"] == {"HR": {"met": 2, "missed": 3, "no_data": 1}}


def test_rule__in_a_file_of_the_folders_name__is_found(tmp_path: Path) -> None:
    write(tmp_path / "HR" / "TR-HR-0001" / "TR-HR-0001.json", RULE)

    assert run_country_rules(tmp_path).as_data()["fields"] == {
        "test": {"met": 0, "missed": 0, "no_data": 1}
    }


def test_tests__of_a_rule_that_is_none__are_missed(tmp_path: Path) -> None:
    folder = tmp_path / "HR" / "TR-HR-0001"
    write(folder / "rule.json", RULE | {"Logic": {"all": []}})
    write(folder / "tests" / "test001.json", sample("LP6464-4", expected=True))
    assert run_country_rules(tmp_path).missed == ["HR/TR-HR-0001/tests/test001.json:test"]

    write(folder / "rule.json", "{")
    assert run_country_rules(tmp_path).missed == ["HR/TR-HR-0001:unknown"]
    (folder / "rule.json").unlink()
    assert run_country_rules(tmp_path).missed == ["HR/TR-HR-0001:unknown"]


def test_value_sets__beside_the_rules__are_no_rule(tmp_path: Path) -> None:
    write(tmp_path / "valuesets" / "valueSets.json", {"types": []})

    assert run_country_rules(tmp_path).as_data()["fields"] == {}
