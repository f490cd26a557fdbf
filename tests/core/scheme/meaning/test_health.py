"""Tests say one age; conditions stand on findings that can be made, once."""

from typing import Any

import pytest

from tests.builders.scheme_files import faults_of

HEALTH = "phases/pilot/health"
PCR = f"{HEALTH}/tests/pcr"
ADMISSION = f"{HEALTH}/admitted_under/tested-on-arrival"


@pytest.mark.parametrize(
    "changes",
    [
        {f"{PCR}/within_hours": None, f"{PCR}/within_days": 3},
        {f"{PCR}/within_hours": None, f"{PCR}/within_days": 0},
        {f"{ADMISSION}/findings": ["test_missing", "test_too_old", "code_red", "code_missing"]},
        {f"{HEALTH}/codes": None, f"{ADMISSION}/findings": ["code_amber"]},
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
    ],
)
def test_health__is_a_fault__with(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults_of(changes) == [fault]
