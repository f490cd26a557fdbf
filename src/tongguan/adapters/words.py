"""The words of the program in three languages, read from ``texts/*.yaml``."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from types import MappingProxyType
from typing import Final

from ruamel.yaml import YAML

from tongguan.core.texts import Language, Text

_LANGUAGES = frozenset(language.value for language in Language)
_FOLDER: Final = files("tongguan").joinpath("texts")
_SUFFIX: Final = ".yaml"


class TextsError(Exception):
    """A text is missing, or does not stand alike in the three languages: our own bug."""


def words(key: str, language: Language, **facts: str) -> str:
    """The words under a key such as ``reasons.wrong_day.title``, with the facts filled in.

    ``TextsError`` for a key that no file has or a fact that the words need and were not given;
    facts that the words do not name are left out.
    """
    return fill(text(key), language, **facts)


def text(key: str) -> Text:
    """The words under a key in all three languages, facts not filled in."""
    try:
        return _texts_of(key.partition(".")[0])[key]
    except KeyError:
        raise TextsError(f"there are no words for {key}") from None


def fill(template: Text, language: Language, **facts: str) -> str:
    """The words of one language with the facts in their places."""
    try:
        return template.in_language(language).format_map(facts)
    except KeyError as error:
        raise TextsError(f"a fact is missing: {error.args[0]}") from None


@cache
def texts() -> Mapping[str, Text]:
    """Every text of the program by key: the file's name, then the path within it."""
    names = sorted(each.name for each in _FOLDER.iterdir())
    files_of_texts = [name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)]
    return MappingProxyType(
        {key: found for name in files_of_texts for key, found in _texts_of(name).items()}
    )


@cache
def _texts_of(name: str) -> Mapping[str, Text]:
    """The texts of one file, none where there is no such file.

    To read them all takes a second, and a command needs those of one.
    """
    file = _FOLDER.joinpath(name + _SUFFIX)
    if not file.is_file():
        return MappingProxyType({})
    content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    return MappingProxyType(dict(_flat(name, content)))


def places(template: str) -> frozenset[str]:
    """The names of the facts that a text leaves places for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _flat(key: str, node: object) -> Iterator[tuple[str, Text]]:
    if not isinstance(node, Mapping) or not node:
        raise TextsError(f"{key}: neither a group of texts nor a text in three languages")
    if _LANGUAGES.isdisjoint(node):
        for name, inner in node.items():
            yield from _flat(f"{key}.{name}", inner)
        return
    yield key, _text(key, node)


def _text(key: str, node: Mapping[object, object]) -> Text:
    if set(node) != _LANGUAGES:
        raise TextsError(f"{key}: not exactly in {', '.join(sorted(_LANGUAGES))}")
    written = {
        name: str(value).strip() if isinstance(value, str) else "" for name, value in node.items()
    }
    if not all(written.values()):
        raise TextsError(f"{key}: empty, or not text, in one language")
    if len({places(value) for value in written.values()}) > 1:
        raise TextsError(f"{key}: the languages name different facts")
    return Text(
        zh_hant=written[Language.ZH_HANT],
        zh_hans=written[Language.ZH_HANS],
        en=written[Language.EN],
    )
