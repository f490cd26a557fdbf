"""What is true and what is equal, with nothing converted."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from tongguan.core.certlogic.values import CertLogicError, integer_of, is_same, is_true

AT = datetime(2022, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("value", [False, None, "", 0, 0.0, [], {}, MappingProxyType({})])
def test_value__is_false(value: Any) -> None:
    assert is_true(value) is False


@pytest.mark.parametrize("value", [True, "0", "false", -1, 1.0, [None], {"x": None}])
def test_value__is_true(value: Any) -> None:
    assert is_true(value) is True


@pytest.mark.parametrize("value", [AT, 0.5, float("nan"), float("inf"), b"", object()])
def test_value__is__neither_true_nor_false(value: Any) -> None:
    with pytest.raises(CertLogicError):
        is_true(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *((1, True), (0, False), (1, "1"), (0, ""), (0, None), ("", None), (False, None)),
        *(([], {}), ([], None), ([1], [True]), ([1], [1, 1]), ({"x": 1}, {"x": True})),
        *(({"x": 1}, {"y": 1}), ({"x": None}, {}), (AT, "2022-11-24"), (float("nan"),) * 2),
    ],
)
def test_values__differ(one: Any, other: Any) -> None:
    assert not is_same(one, other)
    assert not is_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *((1, 1.0), ("a", "a"), (None, None), (True, True), ([1, [2]], [1.0, [2]]), (AT, AT)),
        *(({"x": [], "y": {}}, {"y": {}, "x": []}), ({"x": 1}, MappingProxyType({"x": 1}))),
    ],
)
def test_values__are_the_same(one: Any, other: Any) -> None:
    assert is_same(one, other)


@pytest.mark.parametrize("value", [True, None, "1", 0.5, [], AT])
def test_value__is__no_integer(value: Any) -> None:
    with pytest.raises(CertLogicError):
        integer_of(value)


def test_comparison__ends__however_deep_or_large() -> None:
    deep: Any = 0
    for _ in range(50_000):
        deep = [deep]
    assert is_same(deep, deep)
    doubled: Any = [0]
    for _ in range(60):
        doubled = [doubled, doubled]
    with pytest.raises(CertLogicError):
        is_same(doubled, doubled)
