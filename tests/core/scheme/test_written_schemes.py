"""Whatever Hypothesis writes, the checker answers with a version or with faults, never fails."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders.scheme_shapes import damaged, versions_in_form
from tests.builders.sound_schemes import sound_schemes
from tongguan.adapters.scheme_files import (
    LoadedScheme,
    load_bundled,
    load_scheme_file,
    load_scheme_text,
)
from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.amendment import amended, read_amendment
from tongguan.core.scheme.annexes import annex_as_data, check_annex, read_annex, with_annexes
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.fault_texts_form import FORM_TEXTS
from tongguan.core.scheme.faults import Fault
from tongguan.core.scheme.language.published import json_schema
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import read_version, version_as_data
from tongguan.core.scheme.unknowns import VERSION, unknowns
from tongguan.core.texts import Language

SCHEMA = jsonschema.Draft202012Validator(json_schema())

FOLDER = Path(__file__).resolve().parents[3]
AMENDMENTS = FOLDER / "conformance" / "amendments"
AMENDMENT = parse_yaml((AMENDMENTS / "sound.yaml").read_bytes()).data
AGREEMENT = VersionId("hk-mainland-2023")
ANNEXES = FOLDER / "src" / "tongguan" / "schemes" / AGREEMENT / "annexes"
ANNEX = parse_yaml((ANNEXES / "hk.yaml").read_bytes()).data

PATIENTLY = settings(
    deadline=timedelta(seconds=20),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
    ],
)


def _check_answer(read: Version | tuple[Fault, ...], lines: int | None = None) -> None:
    """A version that stands up to everything done with it, or faults that help."""
    if isinstance(read, Version):
        _check_version(read)
        return
    assert read
    for fault in read:
        assert fault.line >= 1
        assert fault.column >= 1
        assert lines is None or fault.line <= lines
        for language in Language:
            assert fault.message.in_language(language).strip()
            assert fault.remedy.in_language(language).strip()


def _check_version(version: Version) -> None:
    written = version_as_data(version)
    assert read_version(written, {}) == version
    SCHEMA.validate(written)
    text = canonical_text(version)
    again = read_version(json.loads(text), {})
    assert isinstance(again, Version)
    assert digest_of(canonical_text(again)) == digest_of(text)
    found = unknowns(version)
    assert len({unknown.path for unknown in found}) == len(found)
    blocked = {VERSION, None, *(phase.id for phase in version.phases)}
    assert {unknown.blocks for unknown in found} <= blocked


def _yaml(data: Any, indent: int = 0) -> str:
    """YAML in blocks, as a person writes it, with every text in quotes."""
    margin = "\n" + "  " * indent
    if isinstance(data, dict) and data:
        lines = (f"{json.dumps(key)}: {_yaml(value, indent + 1)}" for key, value in data.items())
        return margin + margin.join(lines)
    if isinstance(data, list) and data:
        return margin + margin.join(f"- {_yaml(item, indent + 1)}" for item in data)
    return json.dumps(data)


def _check_text(text: bytes) -> LoadedScheme | tuple[Fault, ...]:
    loaded = load_scheme_text(text)
    read = loaded.version if isinstance(loaded, LoadedScheme) else loaded
    # A fault at the very end stands on the line after the last.
    _check_answer(read, len(text.splitlines()) + 1)
    return loaded


@settings(PATIENTLY, max_examples=60)
@given(data=versions_in_form())
def test_data_in_form__has__faults_of_meaning_alone(data: Any) -> None:
    read = read_version(data, {})
    _check_answer(read)
    found = read if isinstance(read, tuple) else ()
    assert {fault.code for fault in found}.isdisjoint(FORM_TEXTS)


@settings(PATIENTLY, max_examples=60)
@given(data=st.data())
def test_damaged_data__is_answered__with_a_version_or_with_faults(data: st.DataObject) -> None:
    whole = data.draw(versions_in_form() | sound_schemes())
    _check_answer(read_version(data.draw(damaged(whole)), {}))


@settings(PATIENTLY, max_examples=25)
@given(data=st.data(), as_json=st.booleans())
def test_damaged_text__is_answered__with_a_version_or_with_faults(
    data: st.DataObject, as_json: bool
) -> None:
    whole = data.draw(damaged(data.draw(sound_schemes())))
    _check_text((json.dumps(whole) if as_json else _yaml(whole)).encode())


@settings(PATIENTLY, max_examples=40)
@given(data=sound_schemes())
def test_sound_data__is_accepted__by_the_checker_and_the_schema(data: dict[str, Any]) -> None:
    read = read_version(data, {})
    assert isinstance(read, Version), read
    _check_version(read)
    SCHEMA.validate(data)


@settings(PATIENTLY, max_examples=10)
@given(data=sound_schemes())
def test_sound_text__has__the_digest_of_its_data(data: dict[str, Any]) -> None:
    read = read_version(data, {})
    assert isinstance(read, Version)
    for text in (json.dumps(data, ensure_ascii=False), _yaml(data)):
        loaded = _check_text(text.encode())
        assert isinstance(loaded, LoadedScheme), loaded
        assert loaded.digest == digest_of(canonical_text(read))


@settings(PATIENTLY, max_examples=60)
@given(data=st.data())
def test_damaged_amendment__is_answered__with_a_version_or_with_faults(
    data: st.DataObject,
) -> None:
    written = data.draw(damaged(AMENDMENT))
    amendment = read_amendment(written, {})
    if isinstance(amendment, tuple):
        assert amendment
        return
    base = load_scheme_file(AMENDMENTS / "base.yaml")
    assert isinstance(base, LoadedScheme)
    _check_answer(amended(amendment, base.version, written, {}))


@settings(PATIENTLY, max_examples=60)
@given(data=st.data())
def test_damaged_annex__is_answered__with_an_annex_or_with_faults(data: st.DataObject) -> None:
    read = read_annex(data.draw(damaged(ANNEX)), {})
    if isinstance(read, tuple):
        assert read
        return
    assert read_annex(annex_as_data(read), {}) == read
    agreement = load_bundled(AGREEMENT).version
    for fault in check_annex(agreement, read):
        assert fault.message.en
    with_annexes(agreement, [read])
