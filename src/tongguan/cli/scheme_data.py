"""A version as plain data for ``scheme show --json``: every text whole, or in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.core.scheme.language.reader import identity_of
from tongguan.core.scheme.reading import version_as_data
from tongguan.core.scheme.unknowns import Unknown, unknowns
from tongguan.core.texts import Language, Text

_LANGUAGES = frozenset(language.value for language in Language)


@dataclass(frozen=True, kw_only=True, slots=True)
class AssumedValue:
    """A value that no source gives, with the reason why it was assumed."""

    path: str
    """Of the field, such as ``phases/pilot/quotas/all-day/limit``."""
    value: object
    reason: Mapping[str, str]


def scheme_as_data(loaded: LoadedScheme, language: Language | None) -> dict[str, Any]:
    """The version with its digest and unknowns; texts become strings when a language is named."""
    data = dict(version_as_data(loaded.version))
    data["digest"] = loaded.digest
    data["unknowns"] = [_unknown_as_data(each) for each in unknowns(loaded.version)]
    return data if language is None else in_language(data, language)


def assumed_values(loaded: LoadedScheme) -> tuple[AssumedValue, ...]:
    """Every value of the version that is marked as assumed, in the order of the text."""
    return tuple(_assumed(version_as_data(loaded.version), ()))


def _unknown_as_data(unknown: Unknown) -> dict[str, Any]:
    return {
        "path": unknown.path,
        "what": text_as_data(unknown.what),
        "blocks": unknown.blocks,
    }


def text_as_data(text: Text) -> dict[str, str]:
    """The text by language, as it stands in a scheme file."""
    return {language.value: text.in_language(language) for language in Language}


def in_language(node: Any, language: Language) -> Any:
    """Plain data with every text in three languages as one string."""
    if isinstance(node, Mapping):
        if set(node) == _LANGUAGES:
            return node[language.value]
        return {key: in_language(value, language) for key, value in node.items()}
    if isinstance(node, list):
        return [in_language(each, language) for each in node]
    return node


def _assumed(node: object, path: tuple[str, ...]) -> Iterator[AssumedValue]:
    if isinstance(node, Mapping):
        for field, reason in (node.get("assumed") or {}).items():
            yield AssumedValue(path="/".join((*path, field)), value=node.get(field), reason=reason)
        for key, value in node.items():
            if key != "assumed":
                yield from _assumed(value, (*path, key))
    elif isinstance(node, list):
        for number, each in enumerate(node):
            yield from _assumed(each, (*path, identity_of(each) or str(number)))
