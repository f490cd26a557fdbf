"""Tests say one age; ways are one each; conditions stand on findings that can be made, once."""

from typing import Any

import pytest

from tests.builders.scheme_files import faults_of

HEALTH = "phases/pilot/health"
PCR = f"{HEALTH}/tests/pcr"
ADMISSION = f"{HEALTH}/admitted_under/tested-on-arrival"
IMMUNITY = f"{HEALTH}/requirements/immunity"
DOSES = {"doses": {"doses_min": 2, "days_since_min": 14, "days_since_max": 14}}
RECOVERY = {"recovery": {"days_since_min": 11, "days_since_max": 180}}


def asks(*ways: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The sound file with a requirement that is met in these ways."""
    requirement = {
        "id": "immunity",
        "name": {"zh-Hant": "免疫", "zh-Hans": "免疫", "en": "Immunity"},
        "directions": ["HK-GD"],
        "ways": list(ways),
        "claims": ["F1"],
    }
    return {f"{HEALTH}/requirements": [requirement | changes]}


@pytest.mark.parametrize(
    "changes",
    [
        {f"{PCR}/within_hours": None, f"{PCR}/within_days": 3},
        {f"{PCR}/within_hours": None, f"{PCR}/within_days": 0},
        {f"{ADMISSION}/findings": ["test_missing", "test_too_old", "code_red", "code_missing"]},
        {f"{HEALTH}/codes": None, f"{ADMISSION}/findings": ["code_amber"]},
        asks(DOSES),
        asks(
            {"test": {"within_days": 0}},
            {"doses": {"doses_min": 1, "products": ["EU/1/20/1528", "coronavac"]}},
            {"medical_ground": {"grounds": ["allergy"]}},
            {"age": {"years_below": 18}},
            {"age": {"years_min": 19}},
            {"doses": None, "test": None} | RECOVERY,
            judged_at="slot_start",
        ),
        asks(DOSES) | {f"{ADMISSION}/findings": ["requirement_not_met"]},
        asks(DOSES) | {f"{ADMISSION}/findings": ["requirement_not_met", "test_missing"]},
    ],
)
def test_health__is_accepted__with(changes: dict[str, Any]) -> None:
    assert faults_of(changes) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({f"{PCR}/within_hours": None}, ("test_age_not_one", PCR)),
        (
            {f"{PCR}/directions": ["HK-GD", "HK-MO"]},
            ("direction_unknown", f"{PCR}/directions/1"),
        ),
        (
            {f"{HEALTH}/codes": [], f"{ADMISSION}/findings": ["code_amber"]},
            ("finding_not_asked", f"{ADMISSION}/findings/0"),
        ),
        (
            {f"{HEALTH}/tests": []},
            ("finding_not_asked", f"{ADMISSION}/findings/0"),
        ),
        (
            {f"{ADMISSION}/findings": ["requirement_not_met"]},
            ("finding_not_asked", f"{ADMISSION}/findings/0"),
        ),
        (
            asks(DOSES, directions=["GD-HK"]) | {f"{ADMISSION}/findings": ["requirement_not_met"]},
            ("finding_not_asked", f"{ADMISSION}/findings/0"),
        ),
        (asks(DOSES | RECOVERY), ("way_not_one", f"{IMMUNITY}/ways/0")),
        (asks(RECOVERY, {}), ("way_not_one", f"{IMMUNITY}/ways/1")),
        (asks({"test": {}}), ("test_age_not_one", f"{IMMUNITY}/ways/0/test")),
        (
            asks({"test": {"within_hours": 48, "within_days": 2}}),
            ("test_age_not_one", f"{IMMUNITY}/ways/0/test"),
        ),
        (asks({"age": {}}), ("age_not_one", f"{IMMUNITY}/ways/0/age")),
        (
            asks({"age": {"years_min": 60}}, RECOVERY, {"age": {"years_below": 60}}),
            ("everyone_exempt", f"{IMMUNITY}/ways/0/age/years_min"),
        ),
        (
            asks({"doses": {"doses_min": 2, "days_since_min": 15, "days_since_max": 14}}),
            ("days_since_crossed", f"{IMMUNITY}/ways/0/doses/days_since_max"),
        ),
        (asks(), ("list_empty", f"{IMMUNITY}/ways")),
        (asks(DOSES, directions=[]), ("list_empty", f"{IMMUNITY}/directions")),
        (
            asks(DOSES, directions=["HK-MO"]),
            ("direction_unknown", f"{IMMUNITY}/directions/0"),
        ),
        (asks(DOSES, claims=[]), ("clause_without_source", IMMUNITY)),
        (
            asks({"doses": {"doses_min": 0}}),
            ("number_out_of_range", f"{IMMUNITY}/ways/0/doses/doses_min"),
        ),
        (
            asks({"medical_ground": {"grounds": ["al, lergy"]}}),
            ("value_malformed", f"{IMMUNITY}/ways/0/medical_ground/grounds/0"),
        ),
    ],
)
def test_health__is_a_fault__with(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults_of(changes) == [fault]


def test_requirements__of_one_name__are_a_fault() -> None:
    twice = asks(DOSES)
    twice[f"{HEALTH}/requirements"] *= 2
    assert faults_of(twice) == [("duplicate_id", IMMUNITY)]
