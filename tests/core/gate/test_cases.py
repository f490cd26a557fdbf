"""The cases beside each bundled scheme, sentence by sentence, through the gate's function."""

import copy
from importlib.resources import files
from typing import Any

import pytest
from ruamel.yaml import YAML

from tongguan.adapters.scheme_files import bundled_schemes, load_bundled
from tongguan.core.gate.decide import decide
from tongguan.core.gate.plain import read_situation
from tongguan.core.gate.situation import GateSituation
from tongguan.core.identifiers import VersionId
from tongguan.core.texts import Language


def cases_of(version: VersionId) -> list[tuple[VersionId, dict[str, Any], dict[str, Any]]]:
    file = files("tongguan") / "schemes" / version / "gate_cases.yaml"
    if not file.is_file():
        return []
    content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    return [(version, content["travellers"], case) for case in content["cases"]]


CASES = [case for version in bundled_schemes() for case in cases_of(version)]


def changed(traveller: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The traveller with the values at these paths replaced."""
    situation = copy.deepcopy(traveller)
    for path, value in changes.items():
        *above, last = (int(key) if key.isdigit() else key for key in path.split("/"))
        node: Any = situation
        for key in above:
            node = node[key]
        node[last] = value
    return situation


@pytest.mark.parametrize(
    ("version", "travellers", "case"), CASES, ids=[case["case"]["en"] for _, _, case in CASES]
)
def test_case__is_decided__as_its_sentence_says(
    version: VersionId, travellers: dict[str, Any], case: dict[str, Any]
) -> None:
    scheme = load_bundled(version)
    data = changed(travellers[case["traveller"]], case.get("change", {}))

    situation = read_situation(data, scheme.version, scheme.digest)

    assert isinstance(situation, GateSituation), situation
    decision = decide(situation)
    assert decision.outcome.value == case["expect"]["outcome"]
    assert list(decision.codes) == case["expect"]["codes"]


def test_cases__stand__in_three_languages_and_hold_nothing_else() -> None:
    assert CASES
    for _, _, case in CASES:
        assert set(case) - {"change"} == {"case", "traveller", "expect"}
        assert set(case["case"]) == {language.value for language in Language}
