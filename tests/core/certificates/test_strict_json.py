import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongguan.core.certificates.strict_json import (
    DEPTH_MAX,
    MalformedJsonError,
    read_strict_json,
)

SAFE = 2**53 - 1
values = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)


@given(values, st.booleans())
def test_value__is_read_as_it_was_written(value: Any, ascii_alone: bool) -> None:
    assert read_strict_json(json.dumps(value, ensure_ascii=ascii_alone)) == value


@pytest.mark.parametrize("text", ["0", "-0.5", "1e3", '"\\ud83e\\uddea"', " [ ] ", "null"])
def test_json__is_read(text: str) -> None:
    assert read_strict_json(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        "1 2",
        "\ufeff1",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e309",
        "-1e309",
        "01",
        str(SAFE + 1),
        str(-SAFE - 1),
        "9" * 5000,
        "0." + "1" * 5000,
        '"\\ud800"',
        '{"\\udfff": 1}',
        '["\ud800"]',
        '"\n"',
        '{"a": 1, "a": 1}',
        '{"a": 1, "\\u0061": 2}',
        '[{"b": {"a": 1, "a": 2}}]',
        "'a'",
        "{1: 2}",
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_text_of_another_form__is_malformed(text: str) -> None:
    with pytest.raises(MalformedJsonError):
        read_strict_json(text)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth__is_bounded(opening: str, closing: str) -> None:
    deepest = DEPTH_MAX - 1
    read_strict_json(opening * deepest + "1" + closing * deepest)
    with pytest.raises(MalformedJsonError):
        read_strict_json(opening * DEPTH_MAX + "1" + closing * DEPTH_MAX)


@settings(max_examples=300)
@given(st.text())
def test_any_text__is_read_or_malformed(text: str) -> None:
    try:
        read_strict_json(text)
    except MalformedJsonError:
        return
    json.loads(text)
