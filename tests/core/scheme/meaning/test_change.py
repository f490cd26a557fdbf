"""Measures have one bound, and remedies can be reached and never run out."""

from typing import Any

import pytest

from tests.builders.scheme_files import faults_of

PLACES = "phases/pilot/holders/places"
DAYS = "phases/pilot/holders/move_days_max"
BREAKERS = "phases/pilot/breakers"
MEASURE = {"metric": "imported", "statistic": "mean", "days": 7}


@pytest.mark.parametrize(
    ("places", "days", "codes"),
    [
        (["honour"], None, []),
        (["revoke"], None, []),
        (["move", "honour"], 7, []),
        (["move", "revoke"], 1, []),
        (["move", "revoke"], None, ["move_without_days"]),
        (["move"], None, ["move_last", "move_without_days"]),
        (["revoke", "move"], 7, ["remedy_never_reached", "move_last"]),
        (["honour", "revoke"], None, ["remedy_never_reached"]),
        (["revoke"], 7, ["days_without_move"]),
    ],
)
def test_remedies__are_tried__in_order_and_the_last_always_works(
    places: list[str], days: int | None, codes: list[str]
) -> None:
    found = faults_of({PLACES: places, DAYS: days})
    assert sorted(code for code, _ in found) == sorted(codes)


@pytest.mark.parametrize(
    ("bounds", "codes"),
    [
        ({"at_most": 0}, []),
        ({"at_least": 500}, []),
        ({}, ["measure_not_one"]),
        ({"at_most": 5, "at_least": 1}, ["measure_not_one"]),
        ({"metric": "use", "at_most": 100}, []),
        ({"metric": "use", "at_most": 101}, ["percent_above_hundred"]),
        ({"metric": "cases", "at_most": 1}, ["metric_unknown"]),
    ],
)
@pytest.mark.parametrize(
    "place",
    ["phases/pilot/criteria/used/measure", f"{BREAKERS}/cases/keeps", f"{BREAKERS}/order/resumes"],
)
def test_measure__has__one_bound_on_a_known_figure(
    place: str, bounds: dict[str, Any], codes: list[str]
) -> None:
    found = faults_of({place: MEASURE | bounds})
    assert [code for code, _ in found] == codes
    assert all(path.startswith(place) for _, path in found)


def test_breaker__names__control_points_directions_and_parties_that_exist() -> None:
    cases = f"{BREAKERS}/cases"
    assert faults_of({f"{cases}/control_points": ["LWU"]}) == [
        ("control_point_unknown", f"{cases}/control_points/0")
    ]
    assert faults_of({f"{cases}/directions": ["HK-MO"]}) == [
        ("direction_unknown", f"{cases}/directions/0")
    ]
    assert faults_of({"metrics/use/reported_by": ["MO"]}) == [
        ("party_unknown", "metrics/use/reported_by/0")
    ]


def test_breaker__by_order_alone__does_not_suspend_by_itself() -> None:
    assert faults_of({f"{BREAKERS}/cases/by_itself": False}) == []
    assert faults_of({f"{BREAKERS}/cases/keeps": None}) == [
        ("breaker_without_measure", f"{BREAKERS}/cases/by_itself")
    ]
