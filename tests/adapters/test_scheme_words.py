"""Every key and value of the language has words, and a difference is said in whole sentences."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongguan.adapters.difference_words import say_difference
from tongguan.adapters.scheme_files import LoadedScheme, load_bundled, load_scheme_file
from tongguan.adapters.scheme_words import SchemeWords
from tongguan.adapters.words import texts
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.difference import Audience, ChangeKind
from tongguan.core.scheme.difference.effects import Verdict
from tongguan.core.scheme.language.annexes import ANNEX_FORMS
from tongguan.core.scheme.language.containers import ListOf, MapOf, Nullable
from tongguan.core.scheme.language.reader import Kind
from tongguan.core.scheme.language.scalars import Choice
from tongguan.core.scheme.language.versions import FORMS
from tongguan.core.scheme.model import Version
from tongguan.core.texts import Language

FILES = Path(__file__).resolve().parents[2] / "conformance" / "amendments"
KEYS = [(form.name, key.key) for form in FORMS for key in form.all_keys]


def _version(name: str) -> Version:
    loaded = load_scheme_file(FILES / name)
    assert isinstance(loaded, LoadedScheme)
    return loaded.version


def _choices(kind: Kind) -> Iterator[Choice]:
    if isinstance(kind, Choice):
        yield kind
    elif isinstance(kind, Nullable | ListOf | MapOf):
        yield from _choices(kind.of)


@pytest.mark.parametrize(("form", "key"), KEYS, ids=lambda each: each)
def test_every_key__has__a_label_in_every_language(form: str, key: str) -> None:
    if key in {"assumed", "set_aside"}:
        return  # said as the reasons of a change, never under a label
    for language in Language:
        assert SchemeWords(language).label(form, key)


def test_every_value__has__words_in_every_language() -> None:
    for form in FORMS:
        for key in form.keys:
            for choice in _choices(key.kind):
                for member in choice.of:
                    for language in Language:
                        assert SchemeWords(language).value(choice, member.value)


def test_labels__are__of_keys_that_there_are() -> None:
    of_annexes = {key.key for form in ANNEX_FORMS for key in form.all_keys}
    known = {key for _, key in KEYS} | {f"{form}_{key}" for form, key in KEYS} | of_annexes
    labels = {key.removeprefix("scheme.fields.") for key in texts() if "scheme.fields." in key}
    assert labels <= known


def test_nulls__are__of_keys_that_there_are() -> None:
    nulls = {key.removeprefix("scheme.nulls.") for key in texts() if "scheme.nulls." in key}
    assert nulls <= {f"{form}_{key}" for form, key in KEYS}


def test_words__stand__for_all_that_a_change_can_be() -> None:
    for kind in set(ChangeKind):
        assert f"difference.what.{kind.value}" in texts()
    for audience in Audience:
        assert f"difference.whom.{audience.value}" in texts()
    for verdict in Verdict:
        assert f"difference.verdicts.{verdict.value}" in texts()


@pytest.mark.parametrize("language", list(Language))
def test_difference__is_said__in_whole_sentences_without_ids(language: Language) -> None:
    pairs = [
        (_version("base.yaml"), _version("sound.yaml")),
        (_version("sound.yaml"), _version("base.yaml")),
        tuple(load_bundled(VersionId(f"hk-gd-2021{each}")).version for each in ("", "-assumed")),
    ]
    for before, after in pairs:
        said = say_difference(before, after, language)
        assert said.begins
        for change in said.changes:
            for sentence in change.sentences:
                assert sentence[-1] in ".。〕]"
                assert not re.search(r"[{}]|[a-z]+_[a-z]+|phases/", sentence), sentence
                assert not re.search(r"「」|“”|“[a-z]+-[a-z-]+”", sentence), sentence


def test_raised_limit__is_said__with_who_gains_how_many_and_why() -> None:
    said = say_difference(_version("base.yaml"), _version("sound.yaml"), Language.EN)
    change = next(each for each in said.changes if each.change.path.endswith("port-day/limit"))
    assert change.heading == "Pilot › Per control point › Number of places"
    assert change.sentences == (
        "It was 500 a day and becomes 900 a day.",
        "Who gains: everyone whom “Per control point” counts, by 400 places a day.",
        "From when: the activation of the phase “Pilot” under the new version.",
        "Why: Nine hundred a day. [reported; Somebody; in 香港與廣東, 1 December 2021]",
        "Said as well, and not followed: Nine hundred a week. The reason: It is older.",
    )


def test_versions_that_say_the_same__are_said__to() -> None:
    said = say_difference(_version("base.yaml"), _version("base.yaml"), Language.EN)
    assert (said.summary, said.changes, said.begins) == ("The two versions say the same.", (), ())
