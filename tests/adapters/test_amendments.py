"""A new version said as changes: what becomes of it, its faults at their line, one place each."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tongguan.adapters.scheme_files import (
    AMENDMENTS_DEEP_MAX,
    LoadedScheme,
    load_bundled,
    load_scheme_file,
    load_scheme_text,
)
from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.faults import Fault, FaultCode
from tongguan.core.scheme.language.published import json_schema
from tongguan.core.scheme.model import DosesTaken, ExemptByAge, Version

FILES = Path(__file__).resolve().parents[2] / "conformance" / "amendments"
EXPECTED: dict[str, Any] = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))
HEAD = (FILES / "sound.yaml").read_text(encoding="utf-8").partition("changes:\n")[0]
REPLAY = FILES.parents[1] / "src" / "tongguan" / "schemes" / "hk-gd-2021" / "replay"
OWN = ("base.yaml", "sound.yaml", "faulty.yaml", "round.yaml", "twin-a.yaml", "twin-b.yaml")


def _loaded(changes: str, head: str = HEAD) -> LoadedScheme | tuple[Fault, ...]:
    return load_scheme_text(f"{head}changes:\n{changes}".encode(), folder=FILES)


def _version(changes: str) -> Version:
    loaded = _loaded(changes)
    assert isinstance(loaded, LoadedScheme), loaded
    return loaded.version


def _base() -> Version:
    loaded = load_scheme_file(FILES / "base.yaml")
    assert isinstance(loaded, LoadedScheme)
    return loaded.version


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_faulty_amendment__gives__exactly_its_faults(name: str) -> None:
    loaded = load_scheme_file(FILES / name)
    assert isinstance(loaded, tuple)
    found = [{"code": each.code.value, "line": each.line, "path": each.path} for each in loaded]
    assert found == EXPECTED[name]


def test_files__are__those_that_are_expected() -> None:
    assert {each.name for each in FILES.glob("*.yaml")} == {*EXPECTED, *OWN}


def test_amendment__becomes__the_complete_text_of_the_new_version() -> None:
    loaded = load_scheme_file(FILES / "sound.yaml")
    assert isinstance(loaded, LoadedScheme)
    version, base = loaded.version, _base()
    phase = version.phases[0]
    assert (version.id, version.number, version.follows) == ("small-2", 2, "small")
    assert loaded.canonical == canonical_text(version)
    assert [claim.id for claim in version.claims] == ["F1", "F2", "K1"]
    port_day = next(each for each in phase.quotas if each.id == "port-day")
    assert port_day.limit == 900
    assert port_day.basis.claims == ("F1", "K1")
    assert [each.claim for each in port_day.basis.set_aside] == ["F2"]
    assert phase.return_ is not None
    assert phase.return_.basis.assumed["stay_days_max"].en == "Another precedent."
    assert "slot" not in {each.id for each in phase.quotas}
    assert phase.basis.claims == ("F1", "K1")
    assert phase.categories == base.phases[0].categories


def test_claim__takes_the_place__of_an_assumption() -> None:
    version = _version(
        '  - set: "phases/pilot/return/stay_days_max"\n    to: 3\n    claims: ["K1"]\n'
    )
    clause = version.phases[0].return_
    assert clause is not None
    assert (clause.stay_days_max, clause.basis.assumed) == (3, {})
    assert clause.basis.claims == ("F1", "K1")


def test_claim_followed_now__is_set_aside__no_longer() -> None:
    version = _version(
        '  - set: "phases/pilot/quotas/business-week/limit"\n    to: 900\n    claims: ["F2"]\n'
    )
    quota = version.phases[0].quotas[0]
    assert (quota.basis.claims, quota.basis.set_aside) == (("F1", "F2"), ())


def test_claim_set_aside_now__is_followed__no_longer() -> None:
    version = _version(
        '  - set: "phases/pilot/quotas/slot/limit"\n    to: 300\n    claims: ["K1"]\n'
        '    set_aside: [{claim: "F1", because: {zh-Hant: "舊。", zh-Hans: "旧。", en: "Old."}}]\n'
    )
    assert version.phases[0].quotas[1].basis.claims == ("K1",)


def test_fault_in_the_base__says_so__at_the_change_that_brought_it() -> None:
    loaded = load_scheme_file(FILES / "category_unknown.yaml")
    assert isinstance(loaded, tuple)
    assert {each.line for each in loaded} == {16}
    assert "“small”" in loaded[0].message.en


def test_amendments__stand__one_upon_another_up_to_a_depth(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text((FILES / "base.yaml").read_text(encoding="utf-8"))
    change = 'changes:\n  - {set: "phases/pilot/ends", to: "2022-02-0%s", claims: ["F1"]}\n'
    before = "small"
    summary = 'summary: {zh-Hant: "試", zh-Hans: "试", en: "Try."}\n'
    for number in range(2, AMENDMENTS_DEEP_MAX + 3):
        head = f'amends: "{before}"\nid: "small-{number}"\nversion: {number}\n{summary}'
        path = tmp_path / f"{number:02}.yaml"
        path.write_text(head + change % (number % 9 + 1), encoding="utf-8")
        before = f"small-{number}"
    deepest = load_scheme_file(tmp_path / f"{AMENDMENTS_DEEP_MAX + 1:02}.yaml")
    assert isinstance(deepest, LoadedScheme), deepest
    assert deepest.version.number == AMENDMENTS_DEEP_MAX + 1
    too_deep = load_scheme_file(tmp_path / f"{AMENDMENTS_DEEP_MAX + 2:02}.yaml")
    assert isinstance(too_deep, tuple)
    assert [each.code for each in too_deep] == [FaultCode.AMENDMENT_TOO_DEEP]


@pytest.mark.parametrize(
    "text",
    [
        "amends: 3\n",
        "amends: null\nchanges: 3\n",
        'amends: "small"\nchanges: [3, [], null, {}]\n',
        HEAD + 'changes:\n  - {set: "id", to: "x", claims: ["K1"]}\n',
        HEAD + 'changes:\n  - {set: "phases", to: 3, claims: ["K1"]}\n',
        HEAD + 'changes:\n  - {add: "zone", item: 3, claims: ["K1"]}\n',
        HEAD + 'changes:\n  - {remove: "phases/pilot", claims: ["K1"]}\n',
        HEAD + 'changes:\n  - {set: "phases/pilot/area/assumed", to: 5}\n'
        '  - {set: "phases/pilot/area/allow", to: null, claims: ["K1"]}\n',
        HEAD + 'changes:\n  - {set: "phases/pilot/area/set_aside", to: [3]}\n'
        '  - {set: "phases/pilot/area/allow", to: [], claims: ["K1"]}\n',
        HEAD + 'changes:\n  - {set: "phases/pilot/area/claims", to: 7}\n'
        '  - {set: "phases/pilot/area/allow", to: ["44"], claims: ["K1"]}\n',
    ],
)
def test_odd_amendment__gives__faults_and_nothing_else(text: str) -> None:
    loaded = load_scheme_text(text.encode(), folder=FILES)
    assert isinstance(loaded, tuple)
    assert all(each.line >= 1 for each in loaded)


def test_reading__is_the_same__for_a_bundled_version_without_a_folder() -> None:
    text = HEAD.replace('amends: "small"', 'amends: "hk-gd-2021-assumed"').replace(
        'source: "agreement"', 'source: "zaobao-2021-11-05"'
    )
    changes = 'changes:\n  - {set: "phases/pilot/quotas/all-day/limit", to: 5000, claims: ["K1"]}\n'
    loaded = load_scheme_text((text.replace("version: 2", "version: 3") + changes).encode())
    assert isinstance(loaded, LoadedScheme), loaded
    base = load_bundled(VersionId("hk-gd-2021-assumed")).version
    quota = next(each for each in loaded.version.phases[0].quotas if each.id == "all-day")
    before = next(each for each in base.phases[0].quotas if each.id == "all-day")
    assert replace(quota, limit=before.limit, basis=before.basis) == before
    assert "limit" in before.basis.assumed
    assert "limit" not in quota.basis.assumed


def test_schema__knows__amendments_beside_complete_files() -> None:
    schema = jsonschema.Draft202012Validator(json_schema())
    for name in ("base.yaml", "sound.yaml"):
        schema.validate(parse_yaml((FILES / name).read_bytes()).data)
    for path in REPLAY.glob("*.yaml"):
        schema.validate(parse_yaml(path.read_bytes()).data)
    assert not schema.is_valid(parse_yaml((FILES / "list_empty.yaml").read_bytes()).data)
    assert not schema.is_valid({"amends": "small", "phases": []})


def test_base__in_two_files_that_differ__is_refused_and_both_are_named(tmp_path: Path) -> None:
    base = (FILES / "base.yaml").read_bytes()
    (tmp_path / "small.yaml").write_bytes(base)
    (tmp_path / "Copy of small.yaml").write_bytes(base)
    amendment = (FILES / "sound.yaml").read_bytes()
    loaded = load_scheme_text(amendment, folder=tmp_path)
    assert isinstance(loaded, LoadedScheme), "copies that say the same do no harm"
    (tmp_path / "Copy of small.yaml").write_bytes(base.replace(b"limit: 1000", b"limit: 999"))
    faults = load_scheme_text(amendment, folder=tmp_path)
    assert isinstance(faults, tuple)
    assert [each.code for each in faults] == [FaultCode.AMENDMENT_BASE_AMBIGUOUS]
    assert "Copy of small.yaml, small.yaml" in faults[0].message.en


def test_base__that_a_file_beside_says_otherwise_than_the_project__is_refused(
    tmp_path: Path,
) -> None:
    own = (REPLAY.parent / "scheme.yaml").read_bytes()
    (tmp_path / "edited.yaml").write_bytes(own.replace(b"limit: 1000", b"limit: 999"))
    amendment = (FILES / "sound.yaml").read_bytes().replace(b'"small"', b'"hk-gd-2021"')
    faults = load_scheme_text(amendment, folder=tmp_path)
    assert isinstance(faults, tuple)
    assert faults[0].code is FaultCode.AMENDMENT_BASE_AMBIGUOUS
    assert "tongguan/schemes/hk-gd-2021/scheme.yaml, edited.yaml" in faults[0].message.en


def test_faulty_base__is_named__by_its_file_and_without_an_empty_path(tmp_path: Path) -> None:
    base = (FILES / "base.yaml").read_bytes()
    (tmp_path / "of last year.yaml").write_bytes(base.replace(b"\nversion: 1", b""))
    faults = load_scheme_text((FILES / "sound.yaml").read_bytes(), folder=tmp_path)
    assert isinstance(faults, tuple)
    assert [each.code for each in faults] == [FaultCode.AMENDMENT_BASE_FAULTY]
    assert "in of last year.yaml" in faults[0].message.en
    assert faults[0].message.en.endswith("of that file: key_missing")
    assert "of last year.yaml" in faults[0].remedy.en


def test_place_without_name__is_named__by_its_number() -> None:
    version = _version(
        '  - set: "phases/pilot/directions/HK-GD/booking/releases/1/weekly/weeks_ahead"\n'
        '    to: 2\n    claims: ["K1"]\n'
    )
    booking = version.phases[0].directions[0].booking
    assert booking is not None
    assert booking.releases[1].weekly is not None
    assert booking.releases[1].weekly.weeks_ahead == 2
    assert booking.basis.claims == ("F1", "K1")


REQUIREMENT = (
    '  - add: "phases/pilot/health/requirements"\n'
    '    item: {id: "immunity", name: {zh-Hant: "免疫", zh-Hans: "免疫", en: "Immunity"},'
    ' directions: ["HK-GD"], claims: ["K1"],'
    " ways: [{doses: {doses_min: 2, days_since_min: 14}}, {age: {years_below: 3}}]}\n"
)


def test_requirement__where_the_base_says_none__is_added() -> None:
    health = _version(REQUIREMENT).phases[0].health
    assert health is not None
    (requirement,) = health.requirements
    assert requirement.ways == (
        DosesTaken(doses_min=2, products=None, days_since_min=14),
        ExemptByAge(years_below=3),
    )
    assert _base().phases[0].health != health


def test_way_of_a_requirement__is_changed__by_its_number() -> None:
    place = "phases/pilot/health/requirements/immunity/ways/0/doses/days_since_min"
    health = _version(f'{REQUIREMENT}  - set: "{place}"\n    to: 7\n    claims: ["K1"]\n')
    asked = health.phases[0].health
    assert asked is not None
    assert asked.requirements[0].ways[0] == DosesTaken(doses_min=2, products=None, days_since_min=7)
