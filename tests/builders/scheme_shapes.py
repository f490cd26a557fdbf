"""Hypothesis writes scheme data from the forms themselves, and then damages it."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tongguan.core.scheme.language.containers import Counts, ListOf, MapOf, Nullable
from tongguan.core.scheme.language.forms import REQUIRED, Form, Node
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
from tongguan.core.scheme.language.versions import VERSION
from tongguan.core.scheme.model import QUOTA_DIMENSIONS

Data = Any

_NAMES = [
    *("HK", "GD", "MO", "HK-GD", "GD-HK", "SZB", "LWU", "F1", "F2"),
    *("pilot", "later", "morning", "evening", "business", "family", "all-day", "chamber"),
    *("each", "version", "zh-Hans", "https://example.org/a", "control_point", "direction"),
]
_WORDS = [
    "甲",
    "A b",
    "𠮷野家",
    "e\u0301",
    "\u202eright to left",
    "👩‍👩‍👧",
    "{value}",
    "%s",
    "x" * 300,
]
_DIVISIONS = ["44", "4403", "440300", "440305", "810000", "82", "110000"]
_DAYS = ["1000-01-01", "2021-12-13", "2021-12-20", "2022-01-31", "2022-02-29", "2999-12-31"]
_TIMES = ["00:00", "06:00", "10:00", "15:00", "23:59"]
_MOMENTS = ["2021-11-05T04:48:23Z", "1000-01-01T00:00:00Z", "2999-12-31T23:59:59Z"]


def _texts(words: str) -> dict[str, str]:
    return {"zh-Hant": words, "zh-Hans": words, "en": words}


def _names(pattern: str) -> st.SearchStrategy[Data]:
    return st.sampled_from([name for name in _NAMES if re.fullmatch(pattern, name)])


def _scalar(kind: object) -> st.SearchStrategy[Data] | None:
    match kind:
        case Characters(pattern=pattern):
            return _names(pattern)
        case Words():
            return st.sampled_from(_WORDS)
        case ThreeLanguages():
            return st.sampled_from(_WORDS).map(_texts)
        case Whole(minimum=least, maximum=most):
            return st.sampled_from([least, min(least + 7, most), most])
        case Flag():
            return st.booleans()
        case Choice(of=members):
            return st.sampled_from([member.value for member in members])
        case Day():
            return st.sampled_from([day for day in _DAYS if day != "2022-02-29"])
        case TimeOfDay():
            return st.sampled_from(_TIMES)
        case Moment():
            return st.sampled_from(_MOMENTS)
        case Zone():
            return st.sampled_from(["Asia/Hong_Kong", "UTC"])
        case Division(streets=streets):
            return st.sampled_from([*_DIVISIONS, *["440305007"] * streets])
    return None


def _counts() -> st.SearchStrategy[Data]:
    each = st.sampled_from([None, "each"])
    named = each | st.sampled_from(["HK-GD", "business", "SZB", "morning"])
    dimensions = {name: each if name == "person" else named for name in QUOTA_DIMENSIONS}
    direction = {"direction": dimensions.pop("direction")}
    return st.fixed_dictionaries(direction, optional=dimensions)


def _of_kind(kind: object) -> st.SearchStrategy[Data]:
    """Values that a kind accepts by itself."""
    scalar = _scalar(kind)
    if scalar is not None:
        return scalar
    match kind:
        case Nullable(of=inner):
            return st.none() | _of_kind(inner)
        case ListOf(of=inner, minimum=least, once=once):
            unique = json.dumps if once else None
            return st.lists(_of_kind(inner), min_size=least, max_size=least + 1, unique_by=unique)
        case MapOf(of=inner, key=pattern, minimum=least):
            return st.dictionaries(
                _names(pattern), _of_kind(inner), min_size=least, max_size=least + 1
            )
        case Counts():
            return _counts()
        case Node(form=form):
            return of_form(form)
    raise TypeError(kind)


def of_form(form: Form) -> st.SearchStrategy[Data]:
    """Mappings that are sound in form, whatever they mean."""
    keys = {key.key: _of_kind(key.kind) for key in form.all_keys}
    optional = {key.key for key in form.all_keys if key.default is not REQUIRED}
    return st.fixed_dictionaries(
        {name: values for name, values in keys.items() if name not in optional},
        optional={name: values for name, values in keys.items() if name in optional},
    )


def versions_in_form() -> st.SearchStrategy[Data]:
    """Whole versions that are sound in form; most of them mean nothing."""
    return of_form(VERSION)


def _nested(depth: int) -> Data:
    data: Data = "x"
    for level in range(depth):
        data = [data] if level % 2 else {"id": data}
    return data


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**7 + 1, 10**20, -(10**20), 10**4000]),
    st.text(max_size=6),
    st.sampled_from([*_NAMES, *_WORDS, *_DAYS, *_TIMES, "\x00", "\ud800", "\ufffe", "", " "]),
    st.sampled_from([[], {}, [[]], [None], [{}], {"id": "x"}, {"": ""}]),
    st.integers(1, 200).map(_nested),
)

_Place = tuple[Any, Any]
"""A container and the key or number of what stands in it."""


def _places(data: Data) -> list[_Place]:
    found: list[_Place] = []
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        found.append((data, key))
        if isinstance(value, dict | list):
            found.extend(_places(value))
    return found


def _replace(draw: Callable[..., Data], place: _Place, _: list[_Place]) -> None:
    container, key = place
    # What is sampled is the same object each time, and a later change may change it.
    container[key] = copy.deepcopy(draw(_JUNK))


def _remove(draw: Callable[..., Data], place: _Place, _: list[_Place]) -> None:
    container, key = place
    del container[key]


def _add(draw: Callable[..., Data], place: _Place, _: list[_Place]) -> None:
    container, _key = place
    if isinstance(container, dict):
        container[draw(st.text(max_size=5) | st.sampled_from(["limt", "claims", "id"]))] = None
    else:
        container.append(copy.deepcopy(container[0]))


def _swap(draw: Callable[..., Data], place: _Place, places: list[_Place]) -> None:
    """Puts a copy of what stands somewhere else here, of whatever form it is."""
    container, key = place
    other, other_key = draw(st.sampled_from(places))
    container[key] = copy.deepcopy(other[other_key])


@st.composite
def damaged(draw: Callable[..., Data], data: Data) -> Data:
    """The data with a few values replaced, removed, added or put in each other's place."""
    changed = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 4))):
        places = _places(changed)
        if places:
            change = draw(st.sampled_from([_replace, _remove, _add, _swap]))
            change(draw, draw(st.sampled_from(places)), places)
    return changed
