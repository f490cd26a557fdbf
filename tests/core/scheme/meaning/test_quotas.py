"""Quotas count what exists, and other limits stand where there are windows for them."""

from typing import Any

import pytest

from tests.builders.scheme_files import faults_of

QUOTAS = "phases/pilot/quotas"
NEW_YEAR = f"{QUOTAS}/port-day/limits/new-year"


@pytest.mark.parametrize(
    "changes",
    [
        {f"{NEW_YEAR}/limit": None},
        {f"{NEW_YEAR}/limit": 0},
        {f"{NEW_YEAR}/where": {}},
        {f"{NEW_YEAR}/where": {"direction": "GD-HK", "control_point": "SZB"}},
        {f"{NEW_YEAR}/weekdays": ["saturday", "sunday"]},
        {f"{NEW_YEAR}/first": None, f"{NEW_YEAR}/last": None},
        {f"{QUOTAS}/sponsor-week/carry_over": "deduct_excess"},
        {f"{QUOTAS}/sponsor-week/partial_weeks": "whole"},
        {f"{QUOTAS}/sponsor-week/counts/sponsor": "chamber"},
        {f"{QUOTAS}/sponsor-week/counts/sponsor": None},
    ],
)
def test_quota__is_accepted__with(changes: dict[str, Any]) -> None:
    assert faults_of(changes) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {f"{NEW_YEAR}/where": {"control_point": "LWU"}},
            ("control_point_unknown", f"{NEW_YEAR}/where/control_point"),
        ),
        (
            {f"{QUOTAS}/port-day/counts": {"direction": "each", "control_point": "SZB"}},
            ("limit_not_of_each", f"{NEW_YEAR}/where/control_point"),
        ),
        (
            {f"{QUOTAS}/port-day/counts": {"direction": "each", "control_point": None}},
            ("limit_not_of_each", f"{NEW_YEAR}/where/control_point"),
        ),
        ({f"{NEW_YEAR}/last": "2022-01-17"}, ("dates_out_of_order", f"{NEW_YEAR}/last")),
        (
            {f"{QUOTAS}/out-day/partial_weeks": "prorated"},
            ("partial_weeks_of_day", f"{QUOTAS}/out-day/partial_weeks"),
        ),
        (
            {"phases/pilot/sponsors": [], "phases/pilot/categories/2/allocation": "case"},
            ("sponsors_missing", f"{QUOTAS}/sponsor-week/counts/sponsor"),
        ),
    ],
)
def test_quota__is_a_fault__with(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults_of(changes) == [fault]
