"""From plain data to a version and back."""

import json
from pathlib import Path
from typing import Any

import pytest

from tongguan.adapters.scheme_files import bundled_schemes, load_bundled
from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.faults import Fault, FaultCode
from tongguan.core.scheme.model import (
    DosesTaken,
    ExemptByAge,
    ExemptOnMedicalGround,
    NegativeTest,
    Recovered,
    Version,
)
from tongguan.core.scheme.reading import read_version, version_as_data

SOUND = Path(__file__).resolve().parents[3] / "conformance" / "schemes" / "sound.yaml"


def _sound() -> Any:
    return parse_yaml(SOUND.read_bytes()).data


def _version(data: Any) -> Version:
    read = read_version(data, {})
    assert isinstance(read, Version), read
    return read


def _faults(data: Any) -> list[tuple[FaultCode, str]]:
    read = read_version(data, {})
    assert isinstance(read, tuple)
    return [(fault.code, fault.path) for fault in read]


@pytest.mark.parametrize("name", bundled_schemes())
def test_version__reads_back__from_its_data(name: VersionId) -> None:
    version = load_bundled(name).version
    assert read_version(version_as_data(version), {}) == version


def test_defaults__stand__in_the_data_and_the_canonical_text() -> None:
    data = _sound()
    assert "languages" not in data
    assert "follows" not in data
    written = version_as_data(_version(data))
    assert written["languages"] == ["zh-Hant", "zh-Hans", "en"]
    assert written["follows"] is None
    assert canonical_text(_version(data)) == canonical_text(_version(written))


def test_digest__does_not_change__with_layout_and_defaults() -> None:
    data = _sound()
    turned = dict(reversed(data.items())) | {"follows": None, "milestones": []}
    assert canonical_text(_version(turned)) == canonical_text(_version(data))


SIGNED = {
    "hk-gd-2021": "85d6ca9ca3cda38776c8f6bf5e2e672b70c2a6d4da2c3367756d468bbf9888a4",
    "hk-gd-2021-assumed": "2c05b3f44c51505741b7dde7c3a13bff3fbc78e02e382cd1fedb5e945b8888a5",
    "hk-mainland-2023": "374200f5382fcc468ddcdac8c37dd5960301fc3a5e32ac7687823ca006832eda",
    "return2hk-2020": "2c589181053841dc67ae6d1fef383582d756736bb8899d2db8a775b505107620",
}
"""What the bundled texts are named by; a key that comes later leaves them what they are."""


@pytest.mark.parametrize("name", bundled_schemes())
def test_digest__of_a_text_that_may_have_been_signed__does_not_change(name: VersionId) -> None:
    assert load_bundled(name).digest == SIGNED[name]


def test_later_key__with_its_default__is_left_out_and_may_be_written_all_the_same() -> None:
    data = _sound()
    before = _version(data)
    assert b'"requirements"' not in canonical_text(before)
    data["phases"][0]["health"]["requirements"] = []
    assert _version(data) == before
    assert canonical_text(_version(data)) == canonical_text(before)


def test_requirement__stands_in_the_canonical_text__and_reads_back() -> None:
    data = _sound()
    ways: list[dict[str, Any]] = [
        {"test": {"within_hours": 48}},
        {"doses": {"doses_min": 2, "products": ["EU/1/20/1528"], "days_since_min": 14}},
        {"recovery": {"days_since_min": 11, "days_since_max": 180}},
        {"medical_ground": {"grounds": ["allergy"]}},
        {"age": {"years_below": 3}},
    ]
    words = {"zh-Hant": "免疫", "zh-Hans": "免疫", "en": "Immunity"}
    requirement = {"id": "immunity", "name": words, "directions": ["HK-GD"], "claims": ["F1"]}
    data["phases"][0]["health"]["requirements"] = [requirement | {"ways": ways}]
    version = _version(data)
    health = version.phases[0].health
    assert health is not None
    assert health.requirements[0].ways == (
        NegativeTest(within_hours=48),
        DosesTaken(doses_min=2, products=("EU/1/20/1528",), days_since_min=14),
        Recovered(days_since_min=11, days_since_max=180),
        ExemptOnMedicalGround(grounds=("allergy",)),
        ExemptByAge(years_below=3),
    )
    again = read_version(json.loads(canonical_text(version)), {})
    assert again == version


def test_digest__changes__with_any_value() -> None:
    data = _sound()
    before = digest_of(canonical_text(_version(data)))
    data["phases"][0]["quotas"][0]["limit"] = 1001
    assert digest_of(canonical_text(_version(data))) != before


def test_canonical_text__is__json_with_sorted_keys() -> None:
    text = canonical_text(_version(_sound()))
    data = json.loads(text)
    assert list(data) == sorted(data)
    assert not text.endswith(b"\n")


def test_unstated_codes__are_kept__apart_from_none_asked_for() -> None:
    data = _sound()
    data["phases"][0]["health"]["codes"] = None
    unstated = _version(data)
    data["phases"][0]["health"]["codes"] = []
    none_asked = _version(data)
    for version, stated in ((unstated, False), (none_asked, True)):
        health = version.phases[0].health
        assert health is not None
        assert health.codes == ()
        assert health.codes_stated is stated
    assert canonical_text(unstated) != canonical_text(none_asked)


@pytest.mark.parametrize("data", [None, 1, "text", [], True])
def test_other_data__is__a_fault(data: object) -> None:
    read = read_version(data, {})
    assert isinstance(read, tuple)
    assert isinstance(read[0], Fault)


def test_misspelt_key__is_named__once_with_the_key_that_was_meant() -> None:
    data = _sound()
    data["phases"][0]["quotas"][0]["limt"] = data["phases"][0]["quotas"][0].pop("limit")
    read = read_version(data, {})
    assert isinstance(read, tuple)
    (fault,) = read
    assert fault.code is FaultCode.KEY_UNKNOWN
    assert fault.path == "phases/pilot/quotas/business-week/limt"
    assert "limit" in fault.remedy.en


def test_clause__needs__a_source_only_when_it_states_something() -> None:
    data = _sound()
    data["phases"][0]["return"] = {
        "place_required": None,
        "stay_days_max": None,
        "same_control_point": None,
    }
    _version(data)
    data["phases"][0]["return"]["stay_days_max"] = 3
    assert _faults(data) == [(FaultCode.CLAUSE_WITHOUT_SOURCE, "phases/pilot/return")]


def test_category__needs__a_source_even_when_all_of_it_is_unknown() -> None:
    data = _sound()
    category = data["phases"][0]["categories"][1]
    category |= dict.fromkeys(("precedence", "allocation", "evidence", "assurance"))
    category |= {"claims": [], "fallback": []}
    assert _faults(data) == [(FaultCode.CLAUSE_WITHOUT_SOURCE, "phases/pilot/categories/family")]


def test_assumption__may_name__a_nested_field() -> None:
    data = _sound()
    reason = {"zh-Hant": "先例", "zh-Hans": "先例", "en": "A precedent"}
    data["phases"][0]["quotas"][0]["assumed"] = {"counts.direction": reason}
    _version(data)
    data["phases"][0]["quotas"][0]["assumed"] = {"counts.slot": reason}
    ((code, _),) = _faults(data)
    assert code is FaultCode.ASSUMED_FIELD_EMPTY


def test_phases__may_follow__each_other_without_overlap() -> None:
    data = _sound()
    later = json.loads(json.dumps(data["phases"][0]))
    later |= {"id": "later", "not_before": {"first": "2022-02-01", "last": "2022-02-28"}}
    later["ends"] = "2022-03-31"
    data["phases"].append(later)
    _version(data)
    data["phases"][0]["ends"] = "2022-02-01"
    assert _faults(data) == [(FaultCode.PHASES_OVERLAP, "phases/later/not_before")]


def test_phases__overlap__when_both_may_begin_on_the_same_days() -> None:
    data = _sound()
    later = json.loads(json.dumps(data["phases"][0])) | {"id": "later"}
    data["phases"].append(later)
    for phase in data["phases"]:
        phase["ends"] = None
        phase["not_before"] = {"first": "2021-12-11", "last": "2021-12-20"}
    assert _faults(data) == [(FaultCode.PHASES_OVERLAP, "phases/later/not_before")]


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        (("10:00", "14:00"), ("14:00", "20:00"), False),
        (("10:00", "14:01"), ("14:00", "20:00"), True),
        (("18:00", "06:00"), ("06:00", "12:00"), False),
        (("18:00", "06:00"), ("05:59", "12:00"), True),
        (("18:00", "06:00"), ("22:00", "23:00"), True),
        (("00:00", "00:00"), ("12:00", "13:00"), True),
    ],
)
def test_slots__overlap__also_over_midnight(
    first: tuple[str, str], second: tuple[str, str], overlaps: bool
) -> None:
    data = _sound()
    point = data["phases"][0]["entry"]["control_points"][0]
    point |= {"opens": "00:00", "closes": "00:00"}
    data["phases"][0]["directions"][0]["slots"] = [
        {"id": "morning", "starts": first[0], "ends": first[1]},
        {"id": "second", "starts": second[0], "ends": second[1]},
    ]
    read = read_version(data, {})
    assert isinstance(read, tuple) is overlaps
    if isinstance(read, tuple):
        assert [fault.code for fault in read] == [FaultCode.SLOTS_OVERLAP]


def test_slots__must_lie__within_the_hours_of_some_control_point() -> None:
    data = _sound()
    point = data["phases"][0]["entry"]["control_points"][0]
    point |= {"opens": "18:00", "closes": "12:00"}
    faults = _faults(data)
    assert {code for code, _ in faults} == {FaultCode.SLOT_OUTSIDE_HOURS}
    point |= {"opens": None, "closes": None}
    data["phases"][0]["directions"][0]["slots"][1]["ends"] = "23:00"
    _version(data)


def test_positions__are_taken__from_the_nearest_node_that_has_one() -> None:
    data = _sound()
    data["phases"][0]["area"]["allow"] = ["99"]
    read = read_version(data, {("phases", 0): (7, 3)})
    assert isinstance(read, tuple)
    assert [(fault.line, fault.column) for fault in read] == [(7, 3)]


@pytest.mark.parametrize(
    ("slot_ends", "data_ends", "faults"),
    [
        ("20:00", "2022-01-31", []),
        ("20:00", "2022-01-30", [(FaultCode.DATA_ENDS_TOO_EARLY, "data/ends")]),
        ("05:59", "2022-02-01", []),
        ("05:59", "2022-01-31", [(FaultCode.DATA_ENDS_TOO_EARLY, "data/ends")]),
    ],
)
def test_data__ends__no_earlier_than_the_last_slot(
    slot_ends: str, data_ends: str, faults: object
) -> None:
    data = _sound()
    phase = data["phases"][0]
    phase["entry"]["control_points"][0] |= {"opens": "00:00", "closes": "00:00"}
    phase["directions"][0]["slots"][1]["ends"] = slot_ends
    data["data"] |= {"ends": data_ends, "claims": ["F1"]}
    read = read_version(data, {})
    found = [(each.code, each.path) for each in read] if isinstance(read, tuple) else []
    assert found == faults
