"""Every fault of an expression is found, with its place."""

from typing import Any

import pytest

from tongguan.core.certlogic.validate import validate

INFIX_OF_TWO = ("===", "in", "+")
INFIX_OF_TWO_OR_THREE = ("<", ">", "<=", ">=", "after", "before", "not-after", "not-before")


def messages(expression: Any) -> list[str]:
    return [issue.message for issue in validate(expression)]


@pytest.mark.parametrize(
    ("operator", "counts"),
    [
        *((operator, {2}) for operator in INFIX_OF_TWO),
        *((operator, {2, 3}) for operator in INFIX_OF_TWO_OR_THREE),
        *(("and", {2, 3, 4, 5}), ("!", {1}), ("if", {3}), ("reduce", {3}), ("dccDateOfBirth", {1})),
    ],
)
def test_operation__has__so_many_operands(operator: str, counts: set[int]) -> None:
    for count in range(6):
        found = messages({operator: ["2021"] * count})
        assert (found == []) is (count in counts)
        assert all(found_one.endswith(f"but it has {count}") for found_one in found)


def test_faults__are_all_told__in_order_with_their_places() -> None:
    issues = validate({"and": [{"if": [None, 1]}, {"a/b": []}, [{"var": 0}]]})

    assert [(issue.path, issue.message) for issue in issues] == [
        ("/and/0", 'an "if"-operation must have exactly 3 values/operands, but it has 2'),
        ("/and/0/if/0", "invalid CertLogic expression"),
        ("/and/1", 'unrecognised operator: "a/b"'),
        ("/and/2/0", 'not of the form { "var": "<path>" }'),
    ]
    assert issues[1].expression is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([1.5, "day"], ["integer, but it is: 1.5"]),
        ([True, "day"], ["integer, but it is: true"]),
        (["1", "day"], ["integer, but it is: 1"]),
        ([{"var": "x"}, "day"], ["integer, but it is: [object Object]"]),
        ([1, "week"], ["year, month, day, hour, but it is: week"]),
        ([1, None], ["year, month, day, hour, but it is: null"]),
        ([None, ["day"]], ["integer, but it is: null", "hour, but it is: [array]"]),
        ([10**9, "hour"], ["is beyond 10000000"]),
        ([1.0, "day"], []),
    ],
)
def test_plus_time__takes__a_whole_amount_and_a_unit(arguments: list[Any], told: list[str]) -> None:
    found = messages({"plusTime": ["2021-05-04", *arguments]})
    assert len(found) == len(told)
    assert all(one.endswith(end) for one, end in zip(found, told, strict=True))


def test_plus_time__has__three_operands() -> None:
    assert messages({"plusTime": [None]}) == [
        'a "plusTime"-operation must have exactly 3 values/operands, but it has 1',
        "invalid CertLogic expression",
    ]


def test_extraction__takes__a_whole_number() -> None:
    assert messages({"extractFromUVCI": ["x", 1]}) == []
    assert len(messages({"extractFromUVCI": ["x", "1"]})) == 1
    assert len(messages({"extractFromUVCI": ["x"]})) == 1


@pytest.mark.parametrize("path", ["", "x", "0", "x.0.y", "a b.é", "x-y", "x\n.y"])
def test_path__is_sound(path: str) -> None:
    assert messages({"var": path}) == []


@pytest.mark.parametrize("path", [".", "x.", ".x", "x..y", 0, None, ["x"], {"var": "x"}])
def test_path__is_refused(path: Any) -> None:
    assert len(messages({"var": path})) == 1


@pytest.mark.parametrize(
    "literal", [None, 1.5, float("nan"), float("inf"), b"x", (1,), 2**53, 1e300, object()]
)
def test_literal__is_refused(literal: Any) -> None:
    assert len(messages(literal)) == 1


def test_expression__too_large__is_told_once() -> None:
    assert messages([[0] * 30_000, [0] * 30_000]) == ["the expression is too deep or too large"]
