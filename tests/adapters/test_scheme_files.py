"""Scheme files from disk: every fault of the conformance files, limits, and hostile text."""

import difflib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongguan.adapters.scheme_files import (
    SIZE_BYTES_MAX,
    LoadedScheme,
    load_scheme_file,
    load_scheme_text,
)
from tongguan.adapters.scheme_yaml import DEPTH_MAX, parse_yaml
from tongguan.core.scheme.fault_texts_amendment import AMENDMENT_TEXTS
from tongguan.core.scheme.fault_texts_annexes import ANNEX_TEXTS
from tongguan.core.scheme.faults import Fault, FaultCode
from tongguan.core.texts import Language, Text

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "conformance" / "schemes"
EXPECTED: dict[str, list[dict[str, Any]]] = json.loads((FILES / "expected.json").read_text())
SOUND = (FILES / "sound.yaml").read_text()


def _faults(text: bytes) -> tuple[Fault, ...]:
    loaded = load_scheme_text(text)
    assert isinstance(loaded, tuple)
    return loaded


def test_sound_file__loads__with_its_canonical_text() -> None:
    loaded = load_scheme_file(FILES / "sound.yaml")
    assert isinstance(loaded, LoadedScheme)
    assert json.loads(loaded.canonical)["id"] == loaded.version.id
    assert re.fullmatch(r"[0-9a-f]{64}", loaded.digest)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_faulty_file__gives__exactly_its_fault(name: str) -> None:
    loaded = load_scheme_file(FILES / name)
    assert isinstance(loaded, tuple)
    found = [{"code": fault.code.value, "line": fault.line, "path": fault.path} for fault in loaded]
    assert found == EXPECTED[name]
    assert found[0]["code"] == name.removesuffix(".yaml")


def test_files__cover__every_fault_but_the_one_that_is_too_large_to_keep() -> None:
    on_disk = {path.name for path in FILES.glob("*.yaml")} - {"sound.yaml"}
    assert on_disk == set(EXPECTED)
    # Amendments and annexes are files of other forms, with faulty files of their own.
    of_schemes = set(FaultCode) - set(AMENDMENT_TEXTS) - set(ANNEX_TEXTS)
    assert on_disk == {f"{code.value}.yaml" for code in of_schemes} - {"too_large.yaml"}


def test_faults__are_many__and_each_file_differs_from_the_sound_one_in_one_place() -> None:
    assert len(EXPECTED) >= 40
    sound = (FILES / "sound.yaml").read_bytes().splitlines()[1:]
    for name in EXPECTED:
        faulty = (FILES / name).read_bytes().splitlines()
        assert faulty[0] == f"# Has one fault: {name.removesuffix('.yaml')}.".encode()
        changes = difflib.SequenceMatcher(None, sound, faulty[1:], autojunk=False).get_opcodes()
        assert len([change for change in changes if change[0] != "equal"]) == 1, name


def test_faults__say__something_of_their_own_and_what_to_write() -> None:
    said: dict[Text, str] = {}
    for name in EXPECTED:
        loaded = load_scheme_file(FILES / name)
        assert isinstance(loaded, tuple)
        (fault,) = loaded
        assert said.setdefault(fault.message, name) == name
        for language in Language:
            message, remedy = (text.in_language(language) for text in (fault.message, fault.remedy))
            assert message.strip()
            assert remedy.strip()
            assert message != remedy
            assert "{" not in message


def test_file__is_refused__when_it_is_too_large() -> None:
    faults = _faults(b"#" * (SIZE_BYTES_MAX + 1))
    assert [fault.code for fault in faults] == [FaultCode.TOO_LARGE]


def test_file__is_read__up_to_the_greatest_size() -> None:
    padding = SIZE_BYTES_MAX - len(SOUND.encode())
    text = SOUND + "#" * (padding - 1) + "\n"
    assert isinstance(load_scheme_text(text.encode()), LoadedScheme)


def test_faults__come__all_at_once_in_the_order_of_the_file() -> None:
    text = SOUND.replace('zone: "Asia/Hong_Kong"', 'zone: "Nowhere/Land"')
    text = text.replace("limit: 400", "limit: 4.5").replace('allow: ["44"]', 'allow: ["99"]')
    text = text.replace('starts: "15:00"', 'starts: "14:00"').replace("hoped_for: null\n", "\n", 1)
    codes = [fault.code for fault in _faults(text.encode())]
    assert codes == [
        FaultCode.ZONE_UNKNOWN,
        FaultCode.KEY_MISSING,
        FaultCode.DIVISION_UNKNOWN,
        FaultCode.FLOAT_REFUSED,
        FaultCode.SLOTS_OVERLAP,
    ]


def test_duplicate_key__keeps__the_first_value_and_is_a_fault_at_any_depth() -> None:
    parsed = parse_yaml(b"a: {b: 1, b: {c: [2]}}\na: 3\n")
    assert parsed.data == {"a": {"b": 1}}
    assert [(fault.code, fault.line, fault.path) for fault in parsed.faults] == [
        (FaultCode.DUPLICATE_KEY, 1, "a/b"),
        (FaultCode.DUPLICATE_KEY, 2, "a"),
    ]


def test_aliases__are_refused__before_they_can_multiply() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{new}: &{new} [" + ",".join([f"*{old}"] * 9) + "]\n"
    parsed = parse_yaml(bomb.encode())
    assert parsed.stopped
    assert {fault.code for fault in parsed.faults} == {FaultCode.ANCHOR_REFUSED}


def test_nesting__is_refused__beyond_the_greatest_depth() -> None:
    assert parse_yaml(b"[" * DEPTH_MAX + b"]" * DEPTH_MAX).faults == ()
    deep = parse_yaml(b"[" * 100_000)
    assert [fault.code for fault in deep.faults] == [FaultCode.NESTED_TOO_DEEP]


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("null", None),
        ("~", None),
        ("true", True),
        ("False", False),
        ("12", 12),
        ("-3", -3),
        ("yes", "yes"),
        ("on", "on"),
        ("word", "word"),
        ("'440300'", "440300"),
        ('"2021-12-13"', "2021-12-13"),
    ],
)
def test_plain_value__is_read__as_yaml_1_2_says(plain: str, value: object) -> None:
    parsed = parse_yaml(f"key: {plain}\n".encode())
    assert parsed.data == {"key": value}
    assert parsed.faults == ()


@pytest.mark.parametrize("plain", ["2021-12-13", "10:00", "007", "2021-12-13T01:00:00Z"])
def test_date_or_code__must_be__quoted(plain: str) -> None:
    codes = [fault.code for fault in parse_yaml(f"key: {plain}\n".encode()).faults]
    assert codes == [FaultCode.UNQUOTED]


@pytest.mark.parametrize("plain", ["1.5", ".5", "1e3", "0x1F", "0o17", ".inf", "-.INF", ".nan"])
def test_fraction__is__a_fault(plain: str) -> None:
    codes = [fault.code for fault in parse_yaml(f"key: {plain}\n".encode()).faults]
    assert codes == [FaultCode.FLOAT_REFUSED]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xef\xbb\xbf",
        b"null",
        b"[]",
        b"- a",
        b"x" * 900_000,
        b"\x00",
        b"\xff\xfe",
        b"? [a]\n: b",
        b"%YAML 9.9\n---\na: 1\n",
        b"a: !!python/object/apply:os.system [x]",
        b"a: " + b"9" * 5000,
        b'title: "\\ud800"',
        b"<<: {a: 1}",
        b"--- \n--- \n",
    ],
)
def test_hostile_text__gives__faults_and_nothing_else(text: bytes) -> None:
    for fault in _faults(text):
        assert fault.line >= 1
        assert fault.column >= 1


_TOKENS = st.sampled_from([*":-,[]{}#&*!|>'\"%@`?~", "null", "\n", "  ", "\t", "0", "\x07", "語"])


@settings(
    max_examples=80,
    deadline=timedelta(seconds=10),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    start=st.integers(0, len(SOUND)),
    length=st.integers(0, 40),
    inserted=st.lists(_TOKENS, max_size=6).map("".join),
)
def test_checker__never_raises__on_a_damaged_file(start: int, length: int, inserted: str) -> None:
    loaded = load_scheme_text((SOUND[:start] + inserted + SOUND[start + length :]).encode())
    if isinstance(loaded, tuple):
        assert loaded
        for fault in loaded:
            for language in Language:
                assert fault.message.in_language(language)
                assert fault.remedy.in_language(language)


@settings(max_examples=150, deadline=timedelta(seconds=10))
@given(st.binary(max_size=200))
def test_checker__never_raises__on_any_bytes(text: bytes) -> None:
    load_scheme_text(text)
