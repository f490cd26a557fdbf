"""The suites that are published with CertLogic's specification: evaluation, and validation.

A file of either has ``cases``. A case for evaluation has an expression and assertions, of which
each may have its own; a case for validation has an expression and the issues to be found in it.
What a suite itself skips is no data.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tongguan.cli.conformance.json_files import read_json
from tongguan.cli.conformance.report import ConformanceReport
from tongguan.core.certlogic.compile import CompiledRule, compile_rule
from tongguan.core.certlogic.validate import validate
from tongguan.core.certlogic.values import CertLogicError, is_same

SUITE = "certlogic"
EVALUATION = "evaluation"
VALIDATION = "validation"
_READABLE = "readable"


def run_certlogic(directory: Path) -> ConformanceReport:
    """Every assertion and every case for validation below the directory; a folder is a file."""
    report = ConformanceReport(suite=SUITE)
    for path in sorted(directory.rglob("*.json")):
        file = path.relative_to(directory).as_posix()
        suite = read_json(path)
        if not isinstance(suite, dict):
            report.add(folder=file, file=file, name=_READABLE, is_met=False)
            continue
        # Schemas lie beside the suites: they have no cases.
        for index, case in enumerate(_objects(suite.get("cases"))):
            place = f"{file}#/cases/{index}"
            is_skipped = _is_skipped(suite) or _is_skipped(case)
            if "issues" in case:
                _add_validation(report, file, place, case, is_skipped=is_skipped)
            else:
                _add_assertions(report, file, place, case, is_skipped=is_skipped)
    return report


def _add_validation(
    report: ConformanceReport, folder: str, place: str, case: dict[str, Any], *, is_skipped: bool
) -> None:
    if is_skipped or "certLogicExpression" not in case:
        report.add_no_data(folder=folder, name=VALIDATION)
        return
    found = [
        {"expr": issue.expression, "message": issue.message}
        for issue in validate(case["certLogicExpression"])
    ]
    is_met = _is_expected(found, case["issues"])
    report.add(folder=folder, file=place, name=VALIDATION, is_met=is_met)


def _add_assertions(
    report: ConformanceReport, folder: str, place: str, case: dict[str, Any], *, is_skipped: bool
) -> None:
    for index, assertion in enumerate(_objects(case.get("assertions"))):
        # The assertion's own expression goes before the case's.
        told = case | assertion
        if (
            is_skipped
            or _is_skipped(assertion)
            or not {"certLogicExpression", "expected"} <= {*told}
        ):
            report.add_no_data(folder=folder, name=EVALUATION)
            continue
        is_met = comes_to(
            compile_rule(told["certLogicExpression"]),
            data=told.get("data"),
            expected=told["expected"],
        )
        file = f"{place}/assertions/{index}"
        report.add(folder=folder, file=file, name=EVALUATION, is_met=is_met)


def comes_to(rule: object, *, data: object, expected: object) -> bool:
    """Whether it is a rule, and comes to exactly what is expected; an error is nothing expected."""
    if not isinstance(rule, CompiledRule):
        return False
    try:
        return is_same(rule.evaluate(data), expected)
    except CertLogicError:
        return False


def _is_expected(found: object, expected: object) -> bool:
    try:
        return is_same(found, expected)
    except CertLogicError:
        return False


def _is_skipped(part: dict[str, Any]) -> bool:
    return part.get("directive") == "skip"


def _objects(values: object) -> Iterator[dict[str, Any]]:
    if isinstance(values, list):
        yield from (each for each in values if isinstance(each, dict))
