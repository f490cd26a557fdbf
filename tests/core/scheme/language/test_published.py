"""Schema, reference and checker agree, and the published files are what the forms say."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongguan.adapters.scheme_files import bundled_schemes, load_bundled
from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.language.annexes import ANNEX_FORMS
from tongguan.core.scheme.language.published import json_schema, reference
from tongguan.core.scheme.language.versions import FORMS
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import read_version, version_as_data

ROOT = Path(__file__).resolve().parents[4]
FILES = ROOT / "conformance" / "schemes"
SCHEMA = jsonschema.Draft202012Validator(json_schema())
SOUND: Any = parse_yaml((FILES / "sound.yaml").read_bytes()).data


def _tool() -> ModuleType:
    path = ROOT / "tools" / "write_scheme_language.py"
    spec = importlib.util.spec_from_file_location("write_scheme_language", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_schema__is__valid_2020_12_and_refuses_unknown_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    for definition in json_schema()["$defs"].values():
        assert definition["additionalProperties"] is False
        assert definition["description"]


def test_schema_file__is__what_the_forms_say() -> None:
    tool = _tool()
    assert tool.SCHEMA.read_text(encoding="utf-8") == tool.schema_text()


def test_guide__holds__the_reference_of_every_form_and_key() -> None:
    tool = _tool()
    guide = tool.GUIDE.read_text(encoding="utf-8")
    assert tool.guide_with_reference(guide) == guide
    for form in (*FORMS, *ANNEX_FORMS):
        section = reference().split(f"### {form.name}\n")[1].split("### ")[0]
        assert re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE) == [
            key.key for key in form.keys
        ]


@pytest.mark.parametrize("name", bundled_schemes())
def test_schema__accepts__bundled_versions_as_written_and_as_data(name: VersionId) -> None:
    file = ROOT / "src" / "tongguan" / "schemes" / name / "scheme.yaml"
    SCHEMA.validate(parse_yaml(file.read_bytes()).data)
    SCHEMA.validate(version_as_data(load_bundled(name).version))


@pytest.mark.parametrize("file", [*ROOT.glob("src/tongguan/schemes/*/annexes/*.yaml")], ids=str)
def test_schema__accepts__bundled_annexes(file: Path) -> None:
    data = parse_yaml(file.read_bytes()).data
    SCHEMA.validate(data)
    assert isinstance(data, dict)
    assert list(SCHEMA.iter_errors(data | {"hours": None}))


def test_schema__accepts__the_sound_file() -> None:
    SCHEMA.validate(SOUND)


def _paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(node, dict):
        found += [inner for key in node for inner in _paths(node[key], (*path, key))]
    elif isinstance(node, list):
        found += [i for index, item in enumerate(node) for i in _paths(item, (*path, index))]
    return found


PATHS = _paths(SOUND)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**9),
    st.text(max_size=8),
    st.sampled_from(["HK", "GD-HK", "44", "each", "2021-12-13", "10:00", "cap", "F1", "slot"]),
    st.lists(st.sampled_from(["HK", "44", "monday", 1]), max_size=2),
    st.dictionaries(st.sampled_from(["id", "en", "claims", "first"]), st.just("x"), max_size=2),
)


def _changed(path: tuple[Any, ...], value: Any) -> Any:
    data = json.loads(json.dumps(SOUND))
    if not path:
        return value
    node = data
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return data


@settings(max_examples=200, deadline=None)
@given(path=st.sampled_from(PATHS), value=VALUES)
def test_checker__accepts__nothing_that_the_schema_refuses(
    path: tuple[Any, ...], value: Any
) -> None:
    data = _changed(path, value)
    read = read_version(data, {})
    if isinstance(read, Version):
        assert not list(SCHEMA.iter_errors(data))
        again = version_as_data(read)
        assert read_version(again, {}) == read
        SCHEMA.validate(again)
