"""``conformance``: every suite is a command; what is missed is named, and is the exit code."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SUITES = ("dgc", "certlogic", "country-rules", "shc", "vds-nc")
CASE = {
    "name": "two literals",
    "cases": [
        {
            "name": "not the same",
            "certLogicExpression": {"===": [1, 2]},
            "assertions": [{"data": {}, "expected": True}, {"data": {}, "expected": False}],
        }
    ],
}


@pytest.mark.parametrize("suite", SUITES)
def test_conformance__of_no_directory__is_the_senders_fault(
    run: Run, tmp_path: Path, suite: str
) -> None:
    assert run("conformance", suite, tmp_path / "nowhere").code == 2


@pytest.mark.parametrize("suite", SUITES)
def test_conformance__of_a_directory_without_the_suite__is_the_senders_fault(
    run: Run, tmp_path: Path, suite: str
) -> None:
    ended = run("conformance", suite, tmp_path, "--json")
    assert (ended.code, ended.out) == (2, "")
    assert "holds nothing of this suite" in ended.err


def test_conformance__that_misses_something__names_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "testSuite").mkdir()
    (tmp_path / "testSuite" / "wrong.json").write_text(json.dumps(CASE))
    ended = run("conformance", "certlogic", tmp_path, "--json")
    assert ended.code == 1
    found = json.loads(ended.out)
    (counts,) = found["fields"].values()
    assert counts == {"met": 1, "missed": 1, "no_data": 0}
    (missed,) = found["missed"]
    assert missed.startswith("testSuite/wrong.json")
    told = run("conformance", "certlogic", tmp_path)
    assert told.code == 1
    assert missed in told.out
