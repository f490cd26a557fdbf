"""What is denied lies within what is allowed, by the right table."""

from typing import Any

import pytest

from tests.builders.scheme_files import faults_of

AREA = "phases/pilot/area/deny"
TEXT = {"zh-Hant": "甲", "zh-Hans": "甲", "en": "A"}


def _area(**changes: Any) -> dict[str, Any]:
    denied = {"code": "440305", "kind": "division", "claims": ["F1"]} | changes
    return {"phases/pilot/area": {"allow": ["440000"], "deny": [denied], "claims": ["F1"]}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"code": "4403"},
        {"code": "440000"},
        {"first": "2021-12-20"},
        {"last": "2021-12-20"},
        {"code": "440305007", "kind": "street", "name": TEXT},
    ],
)
def test_denied__is_accepted__within_what_is_allowed(changes: dict[str, Any]) -> None:
    assert faults_of(_area(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": "street", "name": TEXT}, ("denied_kind_differs", f"{AREA}/440305/kind")),
        ({"code": "440305007"}, ("denied_kind_differs", f"{AREA}/440305007/kind")),
        ({"code": "440305007", "kind": "street"}, ("street_without_name", f"{AREA}/440305007")),
        ({"code": "110000"}, ("denied_outside_allowed", f"{AREA}/110000/code")),
        (
            {"first": "2022-01-02", "last": "2022-01-01"},
            ("dates_out_of_order", f"{AREA}/440305/last"),
        ),
    ],
)
def test_denied__is_a_fault__otherwise(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults_of(_area(**changes)) == [fault]


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        ({"first": "2022-01-04"}, []),
        ({"first": "2022-01-03"}, ["duplicate_id"]),
        ({"last": "2021-12-20"}, ["duplicate_id"]),
        ({"last": "2021-12-19"}, []),
        ({}, ["duplicate_id"]),
    ],
)
def test_denied__stands_twice__on_other_days_only(second: dict[str, str], codes: list[str]) -> None:
    changes = _area(first="2021-12-20", last="2022-01-03")
    denied = changes["phases/pilot/area"]["deny"]
    denied.append({"code": "440305", "kind": "division", "claims": ["F1"]} | second)
    assert [code for code, _ in faults_of(changes)] == codes


def test_divisions__may_stand__side_by_side_and_not_within_each_other() -> None:
    divisions = "phases/pilot/entry/divisions"
    assert faults_of({divisions: ["440300", "440400"]}) == []
    assert faults_of({divisions: ["440305", "4403"]}) == [("division_covered", f"{divisions}/0")]
    allow = "phases/pilot/participation/stayed/allow"
    assert faults_of({allow: ["44", "4404"]}) == [("division_covered", f"{allow}/1")]
