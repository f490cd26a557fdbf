"""The series of amendments of the pilot: three languages, their own scripts, what was assumed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapters.test_words import SIMPLIFIED, TRADITIONAL
from tongguan.adapters.scheme_files import load_bundled, replay_of
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.difference import ChangeKind, differences
from tongguan.core.scheme.reading import version_as_data
from tongguan.core.texts import Language

SERIES = replay_of(VersionId("hk-gd-2021"))
LANGUAGES = {language.value for language in Language}


def _texts(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict):
        if set(node) == LANGUAGES:
            yield node
        else:
            for value in node.values():
                yield from _texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)


@pytest.mark.parametrize("name", SERIES)
def test_texts__keep__to_their_own_script(name: VersionId) -> None:
    for text in _texts(version_as_data(load_bundled(name).version)):
        assert not set(text["zh-Hant"]) & set(SIMPLIFIED), text
        assert not set(text["zh-Hans"]) & set(TRADITIONAL), text


@pytest.mark.parametrize("name", SERIES)
def test_every_change_of_a_rule__rests__on_something_new(name: VersionId) -> None:
    """No clause changes on the strength of what was cited before."""
    after = load_bundled(name).version
    before = load_bundled(after.follows or VersionId("")).version
    known = {claim.id for claim in before.claims}
    for change in differences(before, after):
        if len(change.trail) == 1 or change.kind is ChangeKind.GROUNDS or change.key == "name":
            continue
        why = change.why
        assert why.assumed or set(why.claims) - known or why.set_aside, change.path


@pytest.mark.parametrize("name", SERIES)
def test_claims__stay__from_version_to_version(name: VersionId) -> None:
    after = load_bundled(name).version
    before = load_bundled(after.follows or VersionId("")).version
    assert after.claims[: len(before.claims)] == before.claims
    assert after.sources[: len(before.sources)] == before.sources
