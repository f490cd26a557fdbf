"""Reserves are kept from a cap whose windows hold theirs."""

from typing import Any

import pytest

from tests.builders.scheme_files import faults_of

QUOTAS = "phases/pilot/quotas"
KEPT = f"{QUOTAS}/family-day"
INSIDE = {"inside": "out-day", "order_of_use": "open_first"}
TEXT = {"zh-Hant": "甲", "zh-Hans": "甲", "en": "A"}


def _second(**changes: Any) -> dict[str, Any]:
    """Another reserve in the same cap, at the place of a quota that nothing refers to."""
    reserve = {
        "id": "second",
        "name": TEXT,
        "kind": "reserve",
        "per": "day",
        "limit": 10,
        "counts": {"direction": "HK-GD", "category": "business"},
        "reserve": INSIDE,
        "claims": ["F1"],
    }
    return {f"{QUOTAS}/1": reserve | changes}


@pytest.mark.parametrize(
    "changes",
    [
        {f"{KEPT}/reserve/order_of_use": None},
        {f"{KEPT}/reserve/released": None},
        {f"{KEPT}/limit": 500},
        {f"{KEPT}/counts": {"direction": "HK-GD", "category": "each"}, f"{KEPT}/limit": 166},
        {f"{KEPT}/limit": None},
        {f"{QUOTAS}/out-day/limit": None},
        {f"{KEPT}/counts/direction": None},
        {f"{QUOTAS}/out-day/counts/direction": None},
        {f"{QUOTAS}/out-day/counts/direction": "each", f"{KEPT}/counts/direction": "each"},
        _second(limit=450),
        {f"{QUOTAS}/out-day/counts/direction": "each"},
        _second(limit=500, counts={"direction": "GD-HK", "category": "business"})
        | {f"{QUOTAS}/out-day/counts/direction": "each"},
    ],
)
def test_reserve__is_accepted__within_its_cap(changes: dict[str, Any]) -> None:
    assert faults_of(changes) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({f"{KEPT}/kind": None}, ("reserve_unexpected", f"{KEPT}/reserve")),
        (
            {f"{QUOTAS}/out-day/kind": None},
            ("reserve_of_no_cap", f"{KEPT}/reserve/inside"),
        ),
        (
            {f"{KEPT}/reserve/inside": "family-day"},
            ("reserve_of_no_cap", f"{KEPT}/reserve/inside"),
        ),
        (
            {f"{QUOTAS}/out-day/counts": {"direction": "HK-GD", "slot": "morning"}},
            ("reserve_counts_differ", f"{KEPT}/counts"),
        ),
        (
            {f"{QUOTAS}/out-day/counts": {"direction": "HK-GD", "person": "each"}},
            ("reserve_counts_person", f"{KEPT}/counts"),
        ),
        (
            {f"{KEPT}/counts": {"direction": "HK-GD", "category": "each"}, f"{KEPT}/limit": 167},
            ("reserves_above_cap", f"{KEPT}/limit"),
        ),
        (_second(limit=451), ("reserves_above_cap", f"{KEPT}/limit")),
        (
            _second(limit=451, counts={"direction": "each", "category": "business"})
            | {f"{QUOTAS}/out-day/counts/direction": "each"},
            ("reserves_above_cap", f"{KEPT}/limit"),
        ),
        (
            {f"{KEPT}/counts/direction": "each"},
            ("reserve_counts_differ", f"{KEPT}/counts"),
        ),
    ],
)
def test_reserve__is_a_fault__otherwise(changes: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults_of(changes) == [fault]
