"""Every published vector is read as it says, and there is one for every fault."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from credential_test_keys import GD, HK, agreement_test_key, trusted_test_keys
from make_credential_vectors import holder_file, keys_file, vectors, write
from pass_vectors import plain

from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.holder import holder_key, holder_tag
from tongguan.core.credentials.keys import KeySet
from tongguan.core.credentials.published import (
    PublishedKeySet,
    key_set_document,
    read_key_set_text,
    read_signed_key_set,
)
from tongguan.core.credentials.status_list import StatusFault, StatusList, read_status_list
from tongguan.core.health.code import HealthCodeClaims, read_health_code
from tongguan.core.passes.claims import PassClaims
from tongguan.core.passes.code import read_pass

FOLDER = Path(__file__).resolve().parents[2] / "conformance" / "credentials"
FILES = sorted((FOLDER / "vectors").glob("*.json"))


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def published_keys() -> KeySet:
    sets = []
    for document in load(FOLDER / "keys.json")["sets"]:
        read = read_key_set_text(json.dumps(document).encode())
        assert isinstance(read, PublishedKeySet)
        sets.append(read.keys)
    return KeySet.joined(sets)


KEYS = published_keys()
KNOWN = {"claims", "document", "fault"}
PIN = load(FOLDER / "keys.json")["pinned"]["HK"]


def outcome(kind: str, given: str) -> dict[str, Any]:
    """What our reader makes of a vector, in the words of the vector."""
    match kind:
        case "pass":
            read: object = read_pass(given, KEYS)
        case "health_code":
            read = read_health_code(given, KEYS)
        case "status_list":
            read = read_status_list(base64.b64decode(given), KEYS)
        case _:
            read = read_signed_key_set(base64.b64decode(given), fingerprint=PIN)
    match read:
        case Unreadable():
            return {"fault": read.code.value}
        case PublishedKeySet():
            return {"document": key_set_document(read)}
        case PassClaims() | HealthCodeClaims() | StatusList():
            return {"claims": plain(read)}
    raise AssertionError(kind)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector__is_read__as_it_says(path: Path) -> None:
    vector = load(path)
    expected = {key: vector["expect"][key] for key in vector["expect"] if key in KNOWN}
    assert outcome(vector["kind"], vector["given"]) == expected


def test_vectors__name__every_fault_and_are_those_of_the_tool() -> None:
    expected = {vector["expect"].get("fault") for vector in map(load, FILES)}
    assert expected == {None, *(fault.value for fault in ReadFault)}
    assert {path.stem for path in FILES} == {vector.name for vector in vectors()}


def test_vectors__of_one_pass__carry_one_pass_id() -> None:
    texts = [load(path) for path in FILES if path.stem.startswith("pass_good")]
    same = [v for v in texts if v["expect"]["claims"]["name"].startswith("CHAN")]
    assert len({vector["given"] for vector in same}) == len(same) == 4
    assert len({vector["expect"]["claims"]["pass_id"] for vector in same}) == 1


def test_vector__of_a_status_list__gives_each_bit() -> None:
    vector = load(FOLDER / "vectors" / "status_list_good.json")
    read = read_status_list(base64.b64decode(vector["given"]), KEYS)
    assert isinstance(read, StatusList)
    bits = {index: read.is_set(int(index)) for index in vector["expect"]["set"]}
    assert bits == vector["expect"]["set"]
    for index in vector["expect"]["out_of_range"]:
        assert read.is_set(index) is StatusFault.INDEX_OUT_OF_RANGE


def test_vectors__of_holders__are_derived_from_the_other_side_too() -> None:
    file = load(FOLDER / "holder.json")
    key = holder_key(
        agreement_test_key(GD),
        agreement_test_key(HK).public,
        scheme_id=file["scheme_id"],
        period=file["period"],
    )
    assert key.secret.hex() == file["holder_key"]
    for row in file["tags"]:
        tag = row.pop("tag")
        assert holder_tag(key, **row).hex() == tag


def test_vectors__stand__under_the_test_keys() -> None:
    assert trusted_test_keys() == KEYS
    assert load(FOLDER / "keys.json") == json.loads(json.dumps(keys_file()))
    assert load(FOLDER / "holder.json") == holder_file()
    assert load(FOLDER / "keys.json")["warning"].startswith("TEST KEYS")


def test_tool__writes__a_folder_of_the_same_files(tmp_path: Path) -> None:
    assert write(tmp_path) == len(FILES)
    made = {path.name: load(path)["expect"] for path in (tmp_path / "vectors").glob("*.json")}
    assert made == {path.name: load(path)["expect"] for path in FILES}
