"""Releases, deadlines and booking hours say one thing each."""

from typing import Any

import pytest

from tests.builders.scheme_files import changed, faults_of
from tongguan.core.scheme.reading import read_version

BOOKING = "phases/pilot/directions/HK-GD/booking"
BASIS = {"claims": ["F1"]}
ONCE = {"on": "2021-12-20", "at": "09:00", "days": {"first": "2021-12-13", "last": "2021-12-19"}}


@pytest.mark.parametrize(
    "deadline",
    [{"minutes_before": 0}, {"days_before": 0, "at": "00:00"}, {"days_before": 3, "at": "18:00"}],
)
def test_deadline__is_accepted__in_one_of_its_ways(deadline: dict[str, Any]) -> None:
    assert faults_of({f"{BOOKING}/closes": deadline}) == []


@pytest.mark.parametrize(
    "deadline",
    [
        {},
        {"at": "12:00"},
        {"days_before": 1},
        {"minutes_before": 60, "at": "12:00"},
        {"minutes_before": 60, "days_before": 1, "at": "12:00"},
    ],
)
@pytest.mark.parametrize("place", [f"{BOOKING}/closes", f"{BOOKING}/cancel_until"])
def test_deadline__is_a_fault__in_no_way_or_in_two(place: str, deadline: dict[str, Any]) -> None:
    assert faults_of({place: deadline}) == [("deadline_not_one", place)]


def test_deadline__of_a_reserve__is_held_to_the_same() -> None:
    place = "phases/pilot/quotas/family-day/reserve/released"
    assert faults_of({place: {"days_before": 1}}) == [("deadline_not_one", place)]


def test_release__is_a_fault__when_it_is_none_of_the_three() -> None:
    assert faults_of({f"{BOOKING}/releases": [{}]}) == [
        ("release_not_one", f"{BOOKING}/releases/0")
    ]


def test_release_once__is_a_fault__after_the_days_that_it_releases() -> None:
    assert faults_of({f"{BOOKING}/releases": [{"once": ONCE}]}) == [
        ("dates_out_of_order", f"{BOOKING}/releases/0/once/days/last")
    ]
    assert faults_of({f"{BOOKING}/releases": [{"once": ONCE | {"on": "2021-12-19"}}]}) == []


def test_weekly_release__needs__a_week_that_is_written() -> None:
    data = changed({"phases/pilot/quotas": []})
    assert not isinstance(read_version(data, {}), tuple)
    data["week"] = {"starts_on": None}
    assert not isinstance(read_version(data, {}), tuple)
    del data["week"]
    read = read_version(data, {})
    assert isinstance(read, tuple)
    assert [(fault.code.value, fault.path) for fault in read] == [
        ("week_without_start", f"{BOOKING}/releases/1/weekly/weekday")
    ]


@pytest.mark.parametrize(
    "hours",
    [
        None,
        {"opens": "00:00", "closes": "00:00"},
        {"opens": "22:00", "closes": "06:00"},
        {"opens": "06:00", "closes": "06:01"},
    ],
)
def test_booking_hours__are_accepted__with_a_minute_in_them(hours: object) -> None:
    assert faults_of({f"{BOOKING}/hours": hours}) == []


def test_annex_bounds__may_meet__and_need_not_both_be_stated() -> None:
    assert faults_of({f"{BOOKING}/annex/days_ahead_max": 7}) == []
    assert faults_of({f"{BOOKING}/annex/days_ahead_max": None}) == []


def test_no_show_hours__are_no_fewer__than_a_list_may_be_old_or_someone_late() -> None:
    place = f"{BOOKING}/no_show_hours"
    lists = {"phases/pilot/credentials": {"status_list_age_minutes_max": 1441} | BASIS}
    late = {"phases/pilot/directions/HK-GD/lateness": {"grace_minutes": 1440} | BASIS}
    assert faults_of(lists | {place: 24}) == [("no_show_too_soon", place)]
    assert faults_of(lists | {place: 25}) == []
    assert faults_of(late | {place: 23}) == [("no_show_too_soon", place)]
    assert faults_of(late | {place: 24}) == []


def test_no_show_hours__say_nothing__on_the_way_home() -> None:
    booking = "phases/pilot/directions/GD-HK/booking"
    rule = changed({})["phases"][0]["directions"][0]["booking"] | {"no_show_hours": 24}
    assert faults_of({booking: rule}) == [("no_show_of_way_home", f"{booking}/no_show_hours")]
    assert faults_of({booking: rule | {"no_show_hours": None}}) == []


@pytest.mark.parametrize("minutes", [0, 61])
def test_hold_minutes__are__few(minutes: int) -> None:
    place = f"{BOOKING}/hold_minutes"
    assert faults_of({place: minutes}) == [("number_out_of_range", place)]
    assert faults_of({place: 60}) == []
