"""Plain data of a scheme said in one language: keys by their labels, ids by what they name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from tongguan.adapters.words import texts, words
from tongguan.core.area.divisions import nearest_division
from tongguan.core.scheme.language.amendments import AsWritten
from tongguan.core.scheme.language.containers import Counts, ListOf, MapOf, Nullable
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.reader import Kind, identity_of
from tongguan.core.scheme.language.scalars import (
    Choice,
    Day,
    Division,
    Flag,
    ThreeLanguages,
    Whole,
)
from tongguan.core.scheme.model import EACH
from tongguan.core.texts import Language

_LANGUAGES = frozenset(language.value for language in Language)
_NOT_SAID = frozenset(
    {"id", "issuer", "party", "code", "name", "names", "claims", "assumed", "set_aside"}
)
"""Keys left out of a mapping that is said in words: it is named already, or says why."""


class SchemeWords:
    """Says parts of versions; the versions tell what their ids name."""

    def __init__(self, language: Language, *versions: Mapping[str, Any]) -> None:
        self.language = language
        self._names: dict[str, str] = {}
        for version in versions:
            self._names |= dict(self._named(version))

    def label(self, form: str, key: str) -> str:
        """What a key is called, as it stands in a sentence."""
        for group in ("scheme.fields", "pages.fields"):
            for name in (f"{form}_{key}", key):
                if f"{group}.{name}" in texts():
                    return self._in_sentence(words(f"{group}.{name}", self.language))
        raise KeyError(f"{form}.{key}")

    def name(self, identity: str) -> str:
        """What an id names, or the id where nothing of that id has a name."""
        return self._names.get(identity, identity)

    def name_of(self, data: Mapping[str, Any]) -> str:
        """What a mapping is called: by its own name, its days, or what its id names."""
        own = self._own_name(data)
        if own is None and isinstance(data.get("code"), str):
            return self._place(data["code"])
        return own if own is not None else self.name(identity_of(data) or "")

    def value(self, kind: Kind, value: Any, *, form: str = "", key: str = "") -> str:
        """A value of a kind in words."""
        if value is None:
            absent = f"scheme.nulls.{form}_{key}"
            if absent in texts():
                return words(absent, self.language)
            return self._in_sentence(words("pages.not_stated", self.language))
        match kind:
            case Nullable(of=of):
                return self.value(of, value, form=form, key=key)
            case ListOf(of=of):
                return self._list(self.value(of, item, form=form, key=key) for item in value)
            case MapOf(of=of):
                return self._clauses(
                    self._labelled(self._dimension(name), self.value(of, item))
                    for name, item in value.items()
                )
            case Counts():
                return self._clauses(
                    self._labelled(self._dimension(name), self._counted(item))
                    for name, item in value.items()
                )
            case Node(form=inner):
                return self._node(inner, value)
            case ThreeLanguages():
                text = str(value[self.language.value])
                return words("scheme.quoted", self.language, text=text)
            case _:
                return self._scalar(kind, value)

    def details(self, form: Form, data: Mapping[str, Any]) -> str:
        """What a mapping says beyond its name, what is default or not stated left out."""
        return self._clauses(
            self._key(form, key, data[key.key])
            for key in form.keys
            if _is_said(key) and _says_something(key, data.get(key.key))
        )

    def _key(self, form: Form, key: Key, value: Any) -> str:
        said = self.value(key.kind, value, form=form.name, key=key.key)
        label = self.label(form.name, key.key)
        return self._labelled(label, said, grouped=_has_parts(key.kind))

    def null_says(self, form: str, key: str) -> bool:
        """Whether null at a key means something else than that nobody has stated it."""
        return f"scheme.nulls.{form}_{key}" in texts()

    def days(self, first: str | None, last: str | None) -> str | None:
        """Days from first to last, where at least one is stated."""
        if first is None and last is None:
            return None
        if first == last and first is not None:
            return self.day(first)
        facts = {"first": self.day(first or ""), "last": self.day(last or "")}
        way = "from_to" if first and last else "from" if first else "until"
        return words(f"scheme.days_{way}", self.language, **facts)

    def day(self, text: str) -> str:
        """A day as one writes it in the language."""
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
            return text
        day = date.fromisoformat(text)
        month = words(f"scheme.months.{day.month}", self.language)
        facts = {"year": str(day.year), "month": month, "day": str(day.day)}
        return words("scheme.day", self.language, **facts)

    def _scalar(self, kind: Kind, value: Any) -> str:
        match kind:
            case Choice(of=of):
                return self._choice(of.__name__, str(value))
            case Flag():
                return words(f"scheme.{'yes' if value else 'no'}", self.language)
            case Whole():
                return f"{value:,}"
            case Day():
                return self.day(value)
            case Division():
                return self._place(value)
            case AsWritten():
                return str(value)
            case _:
                return self.name(str(value))

    def _choice(self, enumeration: str, value: str) -> str:
        group = re.sub(r"(?<!^)(?=[A-Z])", "_", enumeration).lower()
        # A group of texts may not have a key that is a language's.
        prefix = "language_" if group == "language" else ""
        member = prefix + value.lower().replace("-", "_")
        return words(f"scheme.values.{group}.{member}", self.language)

    def _place(self, code: str) -> str:
        if code in self._names:
            return self._names[code]
        division = nearest_division(code[:6])
        return code if division is None else division.name.in_language(self.language)

    def _node(self, form: Form, data: Mapping[str, Any]) -> str:
        facts: dict[str, str]
        if form.name == "interval":
            return self.days(data["first"], data["last"]) or ""
        if form.name == "deadline" and data.get("minutes_before") is not None:
            facts = {"minutes": f"{data['minutes_before']:,}"}
            return words("scheme.deadline_minutes", self.language, **facts)
        if form.name == "deadline":
            facts = {"days": str(data["days_before"]), "at": str(data["at"])}
            return words("scheme.deadline_days", self.language, **facts)
        if form.name == "measure":
            return self._measure(data)
        name, details = self._own_name(data), self.details(form, data)
        if name is None and identity_of(data) is not None:
            label = self.name(identity_of(data) or "")
            return self._labelled(label, details, grouped=True)
        return name or details or words("scheme.nothing", self.language)

    def _measure(self, data: Mapping[str, Any]) -> str:
        way = "at_most" if data.get("at_most") is not None else "at_least"
        bound = words(f"scheme.{way}", self.language, number=f"{data.get(way) or 0:,}")
        facts = {
            "statistic": self._choice("Statistic", data["statistic"]),
            "metric": self.name(data["metric"]),
            "days": str(data["days"]),
            "bound": bound,
        }
        return words("scheme.measure", self.language, **facts)

    def _counted(self, value: str | None) -> str:
        if value is None:
            return self._in_sentence(words("pages.not_stated", self.language))
        return words("scheme.each", self.language) if value == EACH else self.name(value)

    def _dimension(self, name: str) -> str:
        key = f"scheme.dimensions.{name}"
        return words(key, self.language) if key in texts() else self.name(name)

    def _labelled(self, label: str, value: str, *, grouped: bool = False) -> str:
        key = "grouped" if grouped else "labelled"
        return words(f"scheme.{key}", self.language, label=label, value=value)

    def _list(self, items: Iterable[str]) -> str:
        return self.joined("joined", items) or words("scheme.nothing", self.language)

    def _clauses(self, items: Iterable[str]) -> str:
        return self.joined("clauses", items)

    def joined(self, mark: str, items: Iterable[str]) -> str:
        """Items one after the other: ``joined`` as in a list, ``clauses`` as in a sentence."""
        space = " " if self.language is Language.EN else ""
        return (words(f"scheme.{mark}", self.language) + space).join(items)

    def _in_sentence(self, label: str) -> str:
        """English labels begin with a capital where they stand alone."""
        if self.language is Language.EN and label[1:2].islower():
            return label[:1].lower() + label[1:]
        return label

    def _named(self, node: Any) -> Iterator[tuple[str, str]]:
        if isinstance(node, dict):
            identity, own = identity_of(node), self._own_name(node)
            code = node.get("code")
            if own is not None and (identity is not None or isinstance(code, str)):
                yield (identity or str(code)), own
            for value in node.values():
                yield from self._named(value)
        elif isinstance(node, list):
            for item in node:
                yield from self._named(item)

    def _own_name(self, node: Mapping[str, Any]) -> str | None:
        names = node.get("names")
        name = node.get("name") or (next(iter(names.values()), None) if names else None)
        if isinstance(name, dict) and set(name) == _LANGUAGES:
            return str(name[self.language.value])
        if isinstance(node.get("title"), str) and isinstance(node.get("publisher"), str):
            return str(node["publisher"])
        if {"origin", "destination"} <= set(node):
            sides = {key: self.name(str(node[key])) for key in ("origin", "destination")}
            return words("scheme.way", self.language, **sides)
        if {"id", "where", "limit"} <= set(node):
            return self.days(node["first"], node["last"])
        if {"starts", "ends", "id"} == set(node):
            return f"{node['starts']}–{node['ends']}"
        return None


def _is_said(key: Key) -> bool:
    """A party rule is said; the party that a clause is about is its name."""
    return key.key not in _NOT_SAID or isinstance(key.kind, Node)


def _has_parts(kind: Kind) -> bool:
    """Whether the value is said as several labelled parts, which want brackets around them."""
    inner = kind.of if isinstance(kind, Nullable) else kind
    if isinstance(inner, Node):
        return inner.form.name not in {"interval", "deadline", "measure"}
    return isinstance(inner, MapOf | Counts)


def _says_something(key: Key, value: object) -> bool:
    if value is None or value in ([], {}):
        return False
    default = list(key.default) if isinstance(key.default, tuple) else key.default
    return value != default
