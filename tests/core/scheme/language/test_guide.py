"""Every block of YAML on the page that explains the language is what the checker takes."""

import re
from pathlib import Path
from typing import Any

import pytest

from tongguan.adapters.scheme_files import LoadedScheme, load_scheme_text, parse_yaml
from tongguan.core.scheme.amendment import amended, read_amendment
from tongguan.core.scheme.annexes import check_annex, read_annex
from tongguan.core.scheme.language.forms import Form
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.language.versions import FORMS
from tongguan.core.scheme.model import Annex, Version
from tongguan.core.scheme.model.amendment import Amendment
from tongguan.core.scheme.reading import read_version

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "scheme-language.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml ?([a-z_]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FORMS_BY_NAME = {form.name: form for form in FORMS}

CATEGORY = """
  name: {zh-Hant: "類別", zh-Hans: "类别", en: "A category"}
  precedence: null
  allocation: "first_come"
  evidence: []
  assurance: "asserted"
  claims: ["A1"]
"""
BESIDE = f"""
claims:
- id: "A2"
  fact: {{zh-Hant: "另一說法", zh-Hans: "另一说法", en: "Another claim"}}
  source: "minutes"
  certainty: "reported"
  witnesses: [{{who: {{zh-Hant: "某人", zh-Hans: "某人", en: "Somebody"}}, on: null}}]
categories:
- id: "business"{CATEGORY}
- id: "family"{CATEGORY}
direction:
  id: "GD-HK"
  origin: "GD"
  destination: "HK"
  leg: "home"
  weekdays: null
  slots: null
  claims: ["A1"]
"""
"""What the page speaks of and does not show in full."""


def _data(block: str) -> Any:
    parsed = parse_yaml(block.encode())
    assert parsed.faults == ()
    return parsed.data


def _of_kind(kind: str) -> list[Any]:
    return [_data(block) for name, block in BLOCKS if name == kind]


def _read_keys(form: Form, data: dict[str, Any]) -> None:
    """Every key that is shown is one of the form's, with a value of its kind."""
    reader = Reader(data=data, positions={})
    kinds = {key.key: key.kind for key in form.all_keys}
    for name, value in data.items():
        kinds[name].read(value, (name,), reader)
    assert reader.faults == []


@pytest.mark.parametrize(("kind", "block"), BLOCKS)
def test_block__is__what_its_mark_says(kind: str, block: str) -> None:
    data = _data(block)
    match kind:
        case "complete":
            assert isinstance(load_scheme_text(block.encode()), LoadedScheme)
        case "amendment":
            assert isinstance(read_amendment(data, {}), Amendment)
        case "annex":
            assert isinstance(read_annex(data, {}), Annex)
        case "cases":
            assert all(case["case"] and case["expect"] for case in data)
        case _:
            _read_keys(FORMS_BY_NAME[kind], data)


def test_page__has__blocks_of_every_mark() -> None:
    marks = {kind for kind, _ in BLOCKS}
    assert marks >= {"complete", "version", "phase", "health", "amendment", "annex", "cases"}
    assert len(BLOCKS) >= 20


def _together() -> dict[str, Any]:
    """The complete file of the page with all its other blocks in their places."""
    (version,) = _of_kind("complete")
    beside = _data(BESIDE)
    for part in _of_kind("version"):
        version |= part
    version["claims"] += beside["claims"]
    (phase,) = version["phases"]
    for part in (*_of_kind("phase"), {"categories": beside["categories"]}):
        for key, value in part.items():
            phase[key] = _joined(phase.get(key, []), value) if isinstance(value, list) else value
    (participation,), (health,) = _of_kind("participation"), _of_kind("health")
    (direction,) = _of_kind("direction")
    home = beside["direction"] | direction
    phase |= {"participation": participation, "health": health}
    phase["directions"].append(home)
    return version


def _joined(items: list[Any], others: list[Any]) -> list[Any]:
    """A later item takes the place of an earlier one of the same name."""
    named = {item.get("id", item.get("party")): item for item in [*items, *others]}
    return list(named.values())


def test_page__says__one_sound_scheme_with_all_its_blocks_together() -> None:
    version = _together()
    for key in ("sponsors", "criteria", "breakers"):
        assert version["phases"][0][key]
    read = read_version(version, {})
    assert isinstance(read, Version), read
    (annex,) = (read_annex(data, {}) for data in _of_kind("annex"))
    assert isinstance(annex, Annex)
    assert check_annex(read, annex) == ()


def test_amendment__of_the_page__changes_one_number_of_its_complete_file() -> None:
    ((_, block),) = [each for each in BLOCKS if each[0] == "complete"]
    base = load_scheme_text(block.encode())
    assert isinstance(base, LoadedScheme)
    (data,) = _of_kind("amendment")
    amendment = read_amendment(data, {})
    assert isinstance(amendment, Amendment)
    version = amended(amendment, base.version, data, {})
    assert isinstance(version, Version), version
    assert version.follows == base.version.id
    assert [quota.limit for quota in version.phases[0].quotas] == [5000]


def test_headings__have__an_anchor_each_so_that_links_lead_where_they_say() -> None:
    headings = re.findall(r"^#{1,4} (.+)$", PAGE, re.MULTILINE)
    anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert sorted(set(anchors)) == sorted(anchors)
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= set(anchors)
