"""Countries' rules of acceptance with the tests that each country wrote for its own.

A folder holds one rule, ``rule.json`` or a file of the folder's name, and its tests in ``tests``.
A test has a payload, what the rule is told beside it (the clock and the value sets), and what the
rule must come to.
"""

from pathlib import Path
from typing import Any

from tongguan.cli.conformance.certlogic import comes_to
from tongguan.cli.conformance.json_files import read_json
from tongguan.cli.conformance.report import ConformanceReport
from tongguan.core.certlogic.compile import compile_rule

SUITE = "country-rules"
_RULE = "rule.json"
_TESTS = "tests"
_DATA = ("payload", "external")
_UNKNOWN = "unknown"


def run_country_rules(directory: Path) -> ConformanceReport:
    """Every test of every rule below the directory, by country and by kind of certificate."""
    report = ConformanceReport(suite=SUITE)
    for folder in sorted({_folder_of(path) for path in directory.rglob("*.json")}):
        rule = read_json(_rule_of(folder))
        if isinstance(rule, dict) and "Logic" in rule:
            _add_rule(report, directory, folder, rule)
        elif (folder / _TESTS).is_dir():
            file = folder.relative_to(directory).as_posix()
            country = folder.relative_to(directory).parts[0] if file != "." else file
            report.add(folder=country, file=file, name=_UNKNOWN, is_met=False)
    return report


def _folder_of(path: Path) -> Path:
    return path.parent.parent if path.parent.name == _TESTS else path.parent


def _rule_of(folder: Path) -> Path:
    own = folder / _RULE
    return own if own.is_file() else folder / f"{folder.name}.json"


def _add_rule(
    report: ConformanceReport, directory: Path, folder: Path, rule: dict[str, Any]
) -> None:
    country = str(rule.get("Country", _UNKNOWN))
    name = str(rule.get("CertificateType", _UNKNOWN)).lower()
    compiled = compile_rule(rule["Logic"])
    tests = sorted((folder / _TESTS).glob("*.json"))
    if not tests:
        report.add_no_data(folder=country, name=name)
    for path in tests:
        test = read_json(path)
        if isinstance(test, dict) and "expected" not in test:
            report.add_no_data(folder=country, name=name)
            continue
        is_met = isinstance(test, dict) and comes_to(
            compiled,
            data={each: test[each] for each in _DATA if each in test},
            expected=test["expected"],
        )
        file = path.relative_to(directory).as_posix()
        report.add(folder=country, file=file, name=name, is_met=is_met)
