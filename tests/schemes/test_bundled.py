"""What the two bundled versions say: the report's facts and no more, and what was assumed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tongguan.adapters.scheme_files import bundled_schemes, load_bundled
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.language.forms import REQUIRED
from tongguan.core.scheme.language.versions import FORMS
from tongguan.core.scheme.model import Certainty, MilestoneStatus, QuotaPer
from tongguan.core.scheme.reading import version_as_data

REPORTED = VersionId("hk-gd-2021")
ASSUMED = VersionId("hk-gd-2021-assumed")
NAMING = {"id", "name", "names", "origin", "destination", "party", "claims", "assumed"}
TAKEN_FOR_GRANTED = [
    (key.key, key.default) for form in FORMS for key in form.keys if key.default is not REQUIRED
]


def test_bundle__holds__both_versions_of_one_scheme() -> None:
    assert bundled_schemes() == (REPORTED, ASSUMED, "hk-mainland-2023", "return2hk-2020")
    reported, assumed = (load_bundled(name).version for name in (REPORTED, ASSUMED))
    assert reported.scheme == assumed.scheme == "hk-gd-2021"
    assert (reported.number, reported.follows) == (1, None)
    assert (assumed.number, assumed.follows) == (2, reported.id)


def test_load_bundled__raises__for_a_name_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        load_bundled(VersionId("../hk-gd-2021"))


def test_reported__has__the_twelve_facts_with_source_and_certainty() -> None:
    version = load_bundled(REPORTED).version
    assert [claim.id for claim in version.claims] == [f"F{n}" for n in range(1, 13)]
    assert {claim.source for claim in version.claims} == {"zaobao-2021-11-05"}
    certainty = {claim.id: claim.certainty for claim in version.claims}
    assert certainty["F1"] is certainty["F5"] is Certainty.HOPE
    assert certainty["F2"] is Certainty.OFFICIAL
    others = {value for name, value in certainty.items() if name not in {"F1", "F2", "F5"}}
    assert others == {Certainty.REPORTED}
    assert all(claim.witnesses for claim in version.claims)


def test_reported__assumes__nothing() -> None:
    data = version_as_data(load_bundled(REPORTED).version)
    assert [node for node in _clauses(data) if node["assumed"]] == []


def test_reported__says__what_the_report_says_and_leaves_the_rest_open() -> None:
    version = load_bundled(REPORTED).version
    pilot, at_scale = version.phases
    assert pilot.not_before is not None
    assert (pilot.not_before.first, pilot.not_before.last) == (
        date(2021, 12, 11),
        date(2021, 12, 20),
    )
    assert at_scale.not_before is None
    assert at_scale.hoped_for is not None
    assert (at_scale.hoped_for.first, at_scale.hoped_for.last) == (
        date(2022, 2, 1),
        date(2022, 2, 28),
    )
    quotas = {quota.id: quota for quota in pilot.quotas}
    business, all_day = quotas["business-week"], quotas["all-day"]
    assert (business.limit, business.kind, business.per) == (1000, None, QuotaPer.WEEK)
    assert business.counts == {"direction": None, "category": "business"}
    assert (all_day.limit, all_day.per, all_day.counts) == (None, QuotaPer.DAY, {"direction": None})
    assert pilot.entry is not None
    assert (pilot.entry.divisions, pilot.entry.control_points) == (("440300",), None)
    assert pilot.area is not None
    assert pilot.area.allow == ("44",)
    assert pilot.health is not None
    assert not pilot.health.codes_stated


@pytest.mark.parametrize("name", [REPORTED, ASSUMED])
def test_version__tells__the_milestones_apart(name: VersionId) -> None:
    milestones = load_bundled(name).version.milestones
    assert [(milestone.id, milestone.status) for milestone in milestones] == [
        ("talks", MilestoneStatus.MET),
        ("confirmation", MilestoneStatus.CONFIRMED),
        ("trial", MilestoneStatus.HOPED_FOR),
        ("at-scale", MilestoneStatus.HOPED_FOR),
    ]


def test_assumed__keeps__claims_sources_and_milestones_word_for_word() -> None:
    reported = version_as_data(load_bundled(REPORTED).version)
    assumed = version_as_data(load_bundled(ASSUMED).version)
    for key in ("claims", "sources", "milestones", "parties", "zone"):
        assert assumed[key] == reported[key]


def test_assumed__marks__every_value_that_the_report_does_not_give() -> None:
    reported = version_as_data(load_bundled(REPORTED).version)
    assumed = version_as_data(load_bundled(ASSUMED).version)
    head = {"id", "version", "follows", "title", "summary"}
    top = {key: value for key, value in assumed.items() if key not in head}
    assert list(_unmarked(top, reported, "")) == []


def test_unmarked__finds__a_value_without_reason() -> None:
    """The check above can fail: a value that differs and has no reason is found."""
    reported = version_as_data(load_bundled(REPORTED).version)
    assumed = version_as_data(load_bundled(ASSUMED).version)
    pilot: Any = assumed["phases"]
    del pilot[0]["quotas"][1]["assumed"]["limit"]
    found = list(_unmarked({"phases": pilot}, reported, ""))
    assert found == ["/phases/pilot/quotas/all-day/limit"]


def _clauses(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "assumed" in node:
            yield node
        for value in node.values():
            yield from _clauses(value)
    elif isinstance(node, list):
        for item in node:
            yield from _clauses(item)


def _unmarked(now: dict[str, Any], before: Any, path: str) -> Iterator[str]:
    """Fields of clauses whose value is not the one before, and that have no reason."""
    before = before if isinstance(before, dict) else {}
    reasons = {name.split(".")[0] for name in now.get("assumed", {})}
    for key, value in now.items():
        place = f"{path}/{key}"
        if _says_nothing(key, value) or value == before.get(key) or key in reasons:
            yield from _within(value, before.get(key), place) if key in reasons else ()
        elif isinstance(value, dict) and "claims" in value:
            yield from _unmarked(value, before.get(key), place)
        elif isinstance(value, list) and all(isinstance(i, dict) and "claims" in i for i in value):
            yield from _of_list(value, before.get(key), place)
        else:
            yield place


def _says_nothing(key: str, value: Any) -> bool:
    """A name, nothing at all, or what the language takes for granted where a file is silent."""
    return key in NAMING or value in (None, [], {}) or (key, value) in TAKEN_FOR_GRANTED


def _within(value: Any, before: Any, path: str) -> Iterator[str]:
    """A field with a reason may hold clauses of its own."""
    if isinstance(value, list) and all(isinstance(i, dict) and "claims" in i for i in value):
        yield from _of_list(value, before, path)


def _of_list(value: list[dict[str, Any]], before: Any, path: str) -> Iterator[str]:
    known = {item.get("id"): item for item in before or []}
    for item in value:
        name = item.get("id") or item.get("issuer") or item.get("party")
        yield from _unmarked(item, known.get(item.get("id")), f"{path}/{name}")
