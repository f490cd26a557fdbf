"""CertLogic's own suites: what they come to here, and that a miss is a miss."""

import json
from pathlib import Path
from typing import Any

from tests.builders.corpora import corpus
from tongguan.cli.conformance.certlogic import run_certlogic

NOTHING = {"met": 0, "missed": 0, "no_data": 0}


def fields(directory: Path, suite: Any) -> dict[str, Any]:
    (directory / "suite.json").write_text(json.dumps(suite))
    found: Any = run_certlogic(directory).as_data()["fields"]
    return found


def evaluation(**counts: int) -> dict[str, Any]:
    return {"evaluation": NOTHING | counts}


def test_published_suites__are_met_whole() -> None:
    report = run_certlogic(corpus("certlogic"))

    assert report.missed == []
    assert report.as_data()["fields"] == {
        "evaluation": {"met": 153, "missed": 0, "no_data": 10},
        "validation": {"met": 23, "missed": 0, "no_data": 0},
    }


def test_assertion__missed__is_told_with_its_place(tmp_path: Path) -> None:
    right = {"certLogicExpression": {"var": ""}, "data": 1, "expected": 1}
    cases = [
        {"name": "first", "assertions": [right]},
        {
            "name": "second",
            "certLogicExpression": {"var": ""},
            "assertions": [right, {"data": True, "expected": 1}],
        },
    ]
    (tmp_path / "and.json").write_text(json.dumps({"name": "and", "cases": cases}))
    report = run_certlogic(tmp_path)

    assert report.missed == ["and.json#/cases/1/assertions/1:evaluation"]
    assert report.as_data()["folders"] == {"and.json": {"met": 2, "missed": 1, "no_data": 0}}


def test_error__is__nothing_that_is_expected(tmp_path: Path) -> None:
    assertions = [{"data": None, "expected": None}, {"data": None, "expected": False}]
    for expression in ({"+": [1, "a"]}, {"all": []}):
        case = {"certLogicExpression": expression, "assertions": assertions}
        assert fields(tmp_path, {"cases": [case]}) == evaluation(missed=2)


def test_what_a_suite_skips__is__no_data(tmp_path: Path) -> None:
    assertion = {"certLogicExpression": 1, "data": None, "expected": 2}
    skip = {"directive": "skip"}
    for suite in (
        {"cases": [{"assertions": [assertion]}]} | skip,
        {"cases": [{"assertions": [assertion]} | skip]},
        {"cases": [{"assertions": [assertion | skip]}]},
        {"cases": [{"assertions": [{"data": None, "expected": 2}]}]},
    ):
        assert fields(tmp_path, suite) == evaluation(no_data=1)
    assert fields(tmp_path, {"cases": [{"assertions": [assertion]}]}) == evaluation(missed=1)


def test_validation__missed__when_issues_differ(tmp_path: Path) -> None:
    issue = {"expr": None, "message": "invalid CertLogic expression"}
    for issues, field in (
        ([issue], "met"),
        ([], "missed"),
        ([issue, issue], "missed"),
        ([issue | {"expr": 0}], "missed"),
        ([issue | {"message": "other"}], "missed"),
    ):
        suite = {"cases": [{"certLogicExpression": None, "issues": issues}]}
        assert fields(tmp_path, suite) == {"validation": NOTHING | {field: 1}}


def test_file_that_is_no_json__is__missed(tmp_path: Path) -> None:
    for text in ("{", "[" * 100_000, "[]"):
        (tmp_path / "broken.json").write_text(text)
        assert run_certlogic(tmp_path).missed == ["broken.json:readable"]


def test_schema__beside_the_suites__has_nothing_to_meet(tmp_path: Path) -> None:
    assert fields(tmp_path, {"$schema": "https://json-schema.org/draft-07/schema#"}) == {}
