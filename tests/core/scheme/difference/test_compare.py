"""What differs between two versions, found by construction for every key of the language."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tongguan.adapters.scheme_files import LoadedScheme, load_bundled, load_scheme_file
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.difference import (
    Audience,
    Change,
    ChangeKind,
    Effect,
    differences,
    differences_of_data,
    effects_of,
)
from tongguan.core.scheme.difference.effects import Verdict
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import read_version, version_as_data

FILE = Path(__file__).resolve().parents[4] / "conformance" / "amendments" / "base.yaml"


def _base() -> Version:
    loaded = load_scheme_file(FILE)
    assert isinstance(loaded, LoadedScheme)
    return loaded.version


BASE: dict[str, Any] = version_as_data(_base())
PILOT = BASE["phases"][0]


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _places(value, (*path, key))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _places(item, (*path, index))
    else:
        yield path


def _with(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(BASE)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def _quota(name: str) -> tuple[Any, ...]:
    index = [each["id"] for each in PILOT["quotas"]].index(name)
    return ("phases", 0, "quotas", index)


def _one(path: tuple[Any, ...], value: Any) -> Change:
    (change,) = differences_of_data(BASE, _with(path, value))
    return change


@pytest.mark.parametrize(
    "path",
    [each for each in _places(BASE) if each[-1] not in {"id", "version", "follows"}],
    ids=lambda path: "/".join(map(str, path)),
)
def test_every_place__is_compared__whatever_its_key(path: tuple[Any, ...]) -> None:
    node: Any = BASE
    for step in path:
        node = node[step]
    changes = differences_of_data(BASE, _with(path, node + 1 if type(node) is int else "other"))
    assert changes
    for change in changes:
        effects_of(change)


def test_a_version__differs__in_nothing_from_itself_and_never_by_its_id() -> None:
    assert differences(_base(), _base()) == ()
    assert differences_of_data(BASE, _with(("id",), "other") | {"version": 9}) == ()


def _effects(change: Change) -> list[tuple[str, str, int | None]]:
    return [(each.verdict.value, each.audience.value, each.places) for each in effects_of(change)]


def test_limit_raised__is_a_gain__of_those_it_counts() -> None:
    change = _one((*_quota("out-day"), "limit"), 700)
    assert (change.kind, change.path) == (
        ChangeKind.CHANGED,
        "phases/pilot/quotas/out-day/limit",
    )
    assert _effects(change) == [("gains", "counted", 200)]
    assert _effects(_one((*_quota("out-day"), "limit"), 100)) == [("loses", "counted", 400)]
    assert _effects(_one((*_quota("family-day"), "limit"), 60)) == [("gains", "kept_for", 10)]


def test_limit_no_longer_stated__is_said__as_such() -> None:
    change = _one((*_quota("out-day"), "limit"), None)
    assert (change.kind, change.before, change.after) == (ChangeKind.UNSTATED, 500, None)


@pytest.mark.parametrize(
    ("key", "effect"),
    [
        ("categories", ("loses", "category", None)),
        ("breakers", ("gains", "everyone", None)),
        ("sponsors", ("loses", "sponsored", None)),
        ("directions", ("loses", "direction", None)),
        ("rights_of_entry", ("loses", "document_holders", None)),
    ],
)
def test_item_removed__touches__its_own_people(key: str, effect: tuple[str, str, None]) -> None:
    change = _one(("phases", 0, key), PILOT[key][:-1])
    assert change.kind is ChangeKind.REMOVED
    assert _effects(change) == [effect]


def test_cap_and_reserve__are_told__apart() -> None:
    without = [each for each in PILOT["quotas"] if each["id"] != "family-day"]
    assert _effects(_one(("phases", 0, "quotas"), without)) == [
        ("loses", "kept_for", 50),
        ("gains", "not_kept_for", None),
    ]
    without = [each for each in PILOT["quotas"] if each["id"] != "slot"]
    assert _effects(_one(("phases", 0, "quotas"), without)) == [("gains", "counted", None)]


@pytest.mark.parametrize(
    ("path", "value", "verdict"),
    [
        (("phases", 0, "not_before"), {"first": "2021-12-20", "last": "2021-12-20"}, "loses"),
        (("phases", 0, "not_before"), {"first": "2021-12-10", "last": "2021-12-20"}, "gains"),
        (("phases", 0, "ends"), "2022-02-28", "gains"),
        (("phases", 0, "ends"), "2022-01-10", "loses"),
        (("phases", 0, "entry", "divisions"), ["440300", "440400"], "gains"),
        (("phases", 0, "entry", "control_points", 0, "closes"), "00:00", "gains"),
        (("phases", 0, "entry", "control_points", 0, "opens"), "11:00", "loses"),
        (("phases", 0, "return", "stay_days_max"), None, "gains"),
        (("phases", 0, "area", "allow"), ["4403"], "touched"),
        (("data", "retention_days"), 31, "touched"),
    ],
)
def test_change__is__a_gain_or_a_loss(path: tuple[Any, ...], value: Any, verdict: str) -> None:
    assert [each[0] for each in _effects(_one(path, value))] == [verdict]


def test_dated_limit__is_compared__with_the_usual_one() -> None:
    change = _one((*_quota("port-day"), "limits"), [])
    assert change.kind is ChangeKind.REMOVED
    assert effects_of(change) == (
        Effect(verdict=Verdict.LOSES, audience=Audience.COUNTED, places=200),
    )


def test_titles_and_sources__touch__nobody() -> None:
    for path in (("title", "en"), ("sources", 0, "title"), ("phases", 0, "name", "en")):
        assert effects_of(_one(path, "Other")) == ()


def test_new_claim_alone__is__a_difference_of_grounds() -> None:
    change = _one((*_quota("slot"), "claims"), ["F1", "F2"])
    assert change.kind is ChangeKind.GROUNDS
    assert change.why.claims == ("F2",)
    assert effects_of(change) == ()


def test_why__is__the_claim_that_came_with_the_change_or_the_assumption() -> None:
    quota = copy.deepcopy(PILOT["quotas"][2]) | {"limit": 900, "claims": ["F1", "F2"]}
    why = _one(_quota("out-day"), quota).why
    assert (why.claims, why.assumed, why.is_new) == (("F2",), (), True)
    reason = {"zh-Hant": "先例", "zh-Hans": "先例", "en": "A precedent"}
    quota = copy.deepcopy(PILOT["quotas"][2]) | {"limit": 900, "assumed": {"limit": reason}}
    why = _one(_quota("out-day"), quota).why
    assert (why.claims, why.assumed, why.is_new) == (("F1",), (reason,), False)


def test_differences__come__by_importance() -> None:
    before = load_bundled(VersionId("hk-gd-2021")).version
    after = load_bundled(VersionId("hk-gd-2021-assumed")).version
    paths = [each.path for each in differences(before, after)]
    assert paths[0] == "phases/pilot/not_before"
    assert paths.index("phases/pilot/quotas/all-day/limit") < paths.index("data/ends")
    assert {paths[-1], paths[-2]} == {"title", "summary"}


_CHANGES: list[Callable[[dict[str, Any]], object]] = [
    lambda pilot: pilot["quotas"].reverse(),
    lambda pilot: pilot["holders"]["places"].reverse(),
]


@pytest.mark.parametrize("change", _CHANGES)
def test_another_order__is__a_difference(change: Callable[[dict[str, Any]], object]) -> None:
    changed = copy.deepcopy(BASE)
    change(changed["phases"][0])
    (found,) = differences_of_data(BASE, changed)
    assert found.kind is ChangeKind.ORDERED


IMMUNITY: dict[str, Any] = {
    "id": "immunity",
    "name": {"zh-Hant": "免疫", "zh-Hans": "免疫", "en": "Immunity"},
    "directions": ["HK-GD"],
    "ways": [
        {"doses": {"doses_min": 2, "products": ["coronavac"], "days_since_min": 14}},
        {"recovery": {"days_since_min": 11, "days_since_max": 180}},
        {"test": {"within_hours": 48}},
        {"medical_ground": {"grounds": ["allergy"]}},
        {"age": {"years_below": 12}},
    ],
    "claims": ["F1"],
}
REQUIREMENTS = ("phases", 0, "health", "requirements")


def _required(requirement: dict[str, Any]) -> dict[str, Any]:
    read = read_version(_with(REQUIREMENTS, [requirement]), {})
    assert isinstance(read, Version), read
    return version_as_data(read)


def test_requirement_added__is_a_loss__and_removed_a_gain() -> None:
    asked = _required(IMMUNITY)
    (added,) = differences_of_data(BASE, asked)
    assert (added.kind, added.path) == (
        ChangeKind.ADDED,
        "phases/pilot/health/requirements/immunity",
    )
    assert _effects(added) == [("loses", "everyone", None)]
    (removed,) = differences_of_data(asked, BASE)
    assert _effects(removed) == [("gains", "everyone", None)]


@pytest.mark.parametrize(
    ("way", "key", "value", "verdict"),
    [
        ("doses", "doses_min", 3, "loses"),
        ("doses", "doses_min", 1, "gains"),
        ("doses", "products", ["coronavac", "comirnaty"], "gains"),
        ("doses", "products", None, "gains"),
        ("doses", "days_since_min", 21, "loses"),
        ("doses", "days_since_max", 270, "loses"),
        ("recovery", "days_since_min", 7, "gains"),
        ("recovery", "days_since_max", 90, "loses"),
        ("test", "within_hours", 24, "loses"),
        ("test", "specimens", ["saliva"], "loses"),
        ("medical_ground", "grounds", ["allergy", "pregnancy"], "gains"),
        ("age", "years_below", 3, "loses"),
    ],
)
def test_way__made_tighter_or_wider__is_said_at_its_place(
    way: str, key: str, value: Any, verdict: str
) -> None:
    changed = copy.deepcopy(IMMUNITY)
    number = next(n for n, each in enumerate(changed["ways"]) if way in each)
    changed["ways"][number][way][key] = value
    (change,) = differences_of_data(_required(IMMUNITY), _required(changed))
    assert change.path == f"phases/pilot/health/requirements/immunity/ways/{number}/{way}/{key}"
    assert _effects(change) == [(verdict, "everyone", None)]


def test_ways__one_more_or_others__are_said_as_a_whole() -> None:
    fewer = IMMUNITY | {"ways": IMMUNITY["ways"][:-1]}
    (change,) = differences_of_data(_required(IMMUNITY), _required(fewer))
    assert change.key == "ways"
    assert _effects(change) == [("loses", "everyone", None)]
    others = IMMUNITY | {"ways": [*IMMUNITY["ways"][:-1], {"age": {"years_min": 60}}]}
    changes = differences_of_data(_required(IMMUNITY), _required(others))
    assert {each.kind for each in changes} == {ChangeKind.STATED, ChangeKind.UNSTATED}
    swapped = IMMUNITY | {"ways": IMMUNITY["ways"][::-1]}
    (change,) = differences_of_data(_required(IMMUNITY), _required(swapped))
    assert change.kind is ChangeKind.ORDERED
