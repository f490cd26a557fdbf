"""The forms and the model say the same: every attribute has a key, of the same type."""

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from tongguan.core.scheme import model
from tongguan.core.scheme.language.containers import Counts, ListOf, MapOf, Nullable
from tongguan.core.scheme.language.forms import BASIS_KEYS, Form, Node
from tongguan.core.scheme.language.reader import Kind
from tongguan.core.scheme.language.requirements import the_way
from tongguan.core.scheme.language.scalars import (
    Characters,
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
from tongguan.core.scheme.language.versions import BOOKING_AUTHORITY, FORMS, VERSION, WEEK
from tongguan.core.scheme.model import WAY_NAMES, Way
from tongguan.core.scheme.places import without_null
from tongguan.core.texts import Text

PLAIN: dict[type, type] = {
    Characters: str,
    Day: date,
    Division: str,
    Flag: bool,
    Moment: datetime,
    ThreeLanguages: Text,
    TimeOfDay: time,
    Whole: int,
    Words: str,
    Zone: str,
}
# ``codes: null`` becomes ``codes_stated: False``, so that readers of codes need no second case.
HEALTH_EXTRA = {"codes_stated"}
CHOICES: dict[object, Any] = {the_way: Way}
"""Forms that are one of several others, by what makes the one of them."""
IN_VERSION = {
    "week_starts_on": (WEEK, "starts_on"),
    "week_basis": (WEEK, "basis"),
    "booking_authority": (BOOKING_AUTHORITY, "party"),
    "booking_authority_basis": (BOOKING_AUTHORITY, "basis"),
}

OF_VALUES = [form for form in FORMS if form.of not in CHOICES]


def _attributes(form: Form) -> set[str]:
    names = {key.name for key in form.keys}
    return names | {"basis"} if form.clause else names


@pytest.mark.parametrize(
    "form", [each for each in FORMS if each.of in CHOICES], ids=lambda form: form.name
)
def test_choice__has__a_key_for_each_of_its_forms(form: Form) -> None:
    chosen = [without_null(key.kind) for key in form.keys]

    assert all(isinstance(key.kind, Nullable) and key.default is None for key in form.keys)
    assert {each.form.of for each in chosen if isinstance(each, Node)} == set(
        get_args(CHOICES[form.of])
    )
    assert [key.key for key in form.keys] == list(WAY_NAMES.values())


@pytest.mark.parametrize("form", OF_VALUES, ids=lambda form: form.name)
def test_form__has__a_key_for_every_attribute_of_its_value(form: Form) -> None:
    assert isinstance(form.of, type)
    fields = {field.name for field in dataclasses.fields(form.of)}
    if form is VERSION:
        fields = (fields - set(IN_VERSION)) | {"week", "booking_authority"}
    assert fields - HEALTH_EXTRA == _attributes(form)


@pytest.mark.parametrize("form", OF_VALUES, ids=lambda form: form.name)
def test_key__is__of_the_type_of_its_attribute(form: Form) -> None:
    hints = get_type_hints(form.of)
    for key in form.keys:
        if form is VERSION and key.key in {"week", "booking_authority"}:
            continue
        wanted = hints[key.name]
        kind = key.kind
        if form.name == "health" and key.key == "codes":
            assert isinstance(kind, Nullable)
            kind = kind.of
        assert _agrees(kind, wanted), f"{form.name}.{key.key}: {kind} is not {wanted}"


def _agrees(kind: Kind, wanted: Any) -> bool:
    wanted = getattr(wanted, "__supertype__", wanted)
    origin, arguments = get_origin(wanted), get_args(wanted)
    if isinstance(kind, Nullable):
        is_optional = origin in {Union, types.UnionType} and type(None) in arguments
        inner = [argument for argument in arguments if argument is not type(None)]
        return is_optional and len(inner) == 1 and _agrees(kind.of, inner[0])
    if isinstance(kind, ListOf):
        return origin is tuple and arguments[1] is Ellipsis and _agrees(kind.of, arguments[0])
    if isinstance(kind, MapOf):
        return origin is Mapping and _agrees(kind.of, arguments[1])
    if isinstance(kind, Counts):
        return origin is Mapping and arguments == (str, str | None)
    if isinstance(kind, Node):
        return bool(wanted == CHOICES.get(kind.form.of, kind.form.of))
    if isinstance(kind, Choice):
        return wanted is kind.of and issubclass(kind.of, StrEnum)
    return wanted is PLAIN[type(kind)]


def test_forms__cover__every_value_of_the_model() -> None:
    values = {
        value
        for value in vars(model).values()
        if dataclasses.is_dataclass(value) and getattr(value, "__module__", "") == model.__name__
    }
    of_forms = {form.of for form in FORMS} | {model.Basis}
    assert values <= of_forms
    assert {form.name for form in FORMS} >= {
        key.kind.form.name for form in FORMS for key in form.keys if isinstance(key.kind, Node)
    }


def test_forms__are_told_apart__by_name() -> None:
    assert len({form.name for form in FORMS}) == len(FORMS)
    for form in FORMS:
        keys = [key.key for key in form.all_keys]
        assert len(set(keys)) == len(keys)
        assert all(key.says.endswith(".") for key in (*form.keys, *BASIS_KEYS))
