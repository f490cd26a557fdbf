"""What the language publishes about itself: its JSON Schema and the tables of its reference."""

from typing import Any, Final

from tongguan.core.scheme.language.amendments import AMENDMENT_FORMS, AsWritten
from tongguan.core.scheme.language.annexes import ANNEX_FORMS
from tongguan.core.scheme.language.containers import Counts, ListOf, MapOf, Nullable
from tongguan.core.scheme.language.forms import REQUIRED, Form, Key, Node
from tongguan.core.scheme.language.reader import Kind
from tongguan.core.scheme.language.scalars import (
    Choice,
    Day,
    Division,
    Flag,
    Moment,
    ThreeLanguages,
    TimeOfDay,
    Whole,
    Words,
    Zone,
)
from tongguan.core.scheme.language.versions import FORMS
from tongguan.core.texts import Language

_ALL_FORMS: Final = (*FORMS, *AMENDMENT_FORMS, *ANNEX_FORMS)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scheme file, an amendment or an annex.

    What it refuses, the checker refuses; the checker refuses more, for a schema cannot say that a
    claim exists or that two phases overlap.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:tongguan:scheme-file",
        "title": "Scheme file",
        "description": "One version of a crossing scheme: the text that its authorities sign.",
        "if": {"type": "object", "required": ["amends"]},
        "then": {"$ref": "#/$defs/amendment"},
        "else": {
            "if": {"type": "object", "required": ["agreement"]},
            "then": {"$ref": "#/$defs/annex"},
            "else": {"$ref": "#/$defs/version"},
        },
        "$defs": {form.name: _form_schema(form) for form in _ALL_FORMS} | {"text": _text_schema()},
    }


def _form_schema(form: Form) -> dict[str, Any]:
    return {
        "description": form.says,
        "type": "object",
        "properties": {key.key: _key_schema(key) for key in form.all_keys},
        "required": [key.key for key in form.all_keys if key.default is REQUIRED],
        "additionalProperties": False,
    }


def _key_schema(key: Key) -> dict[str, Any]:
    schema = key.kind.schema() | {"description": key.says}
    if key.default is not REQUIRED:
        schema["default"] = list(key.default) if isinstance(key.default, tuple) else key.default
    return schema


def _text_schema() -> dict[str, Any]:
    languages = [language.value for language in Language]
    return {
        "description": "The same statement in three languages.",
        "type": "object",
        "properties": {language: Words().schema() for language in languages},
        "required": languages,
        "additionalProperties": False,
    }


def reference() -> str:
    """The reference of the language in Markdown: a table of keys for every form."""
    return "\n".join(_table(form) for form in _ALL_FORMS)


def _table(form: Form) -> str:
    rows = [
        f"| `{key.key}` | {_kind_in_words(key.kind)} | {_presence(key)} | {key.says} |"
        for key in form.keys
    ]
    basis = _CLAUSE if form.clause else ""
    head = "| key | value | must be written | says |\n|---|---|---|---|"
    return f"### {form.name}\n\n{form.says}\n\n{basis}{head}\n" + "\n".join(rows) + "\n"


_CLAUSE: Final = "A clause: it also carries `claims`, `assumed` and `set_aside`.\n\n"


def _presence(key: Key) -> str:
    return "yes" if key.default is REQUIRED else "no"


_WORDS_OF_KINDS: Final = {
    AsWritten: "whatever may stand there",
    Counts: "dimension to value, `each` or null",
    Day: "day",
    Division: "division code",
    Flag: "true or false",
    Moment: "instant in UTC",
    ThreeLanguages: "text in three languages",
    TimeOfDay: "time of day",
    Words: "text",
    Zone: "time zone",
}


def _kind_in_words(kind: Kind) -> str:
    match kind:
        case Nullable(of=of):
            return f"{_kind_in_words(of)}, or null"
        case ListOf(of=of, minimum=minimum):
            return f"list of {_kind_in_words(of)}" + (f", at least {minimum}" if minimum else "")
        case MapOf(of=of):
            return f"{_kind_in_words(of)} by name"
        case Node(form=form):
            return f"[{form.name}](#{form.name})"
        case Choice(of=of):
            return ", ".join(f"`{member.value}`" for member in of)
        case Whole(minimum=minimum, maximum=maximum):
            return f"whole number, {minimum} to {maximum}"
        case Division(streets=True):
            return "division code, or nine digits of a street"
        case _:
            return _WORDS_OF_KINDS.get(type(kind), f"like `{kind.hint}`")
