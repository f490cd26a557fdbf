"""Each operation at its edges; examples beyond those of the published suite."""

from types import MappingProxyType
from typing import Any

import pytest

from tongguan.core.certlogic.compile import CompiledRule, compile_rule
from tongguan.core.certlogic.operations import REDUCED_MAX
from tongguan.core.certlogic.values import INTEGER_MAX, CertLogicError

IT = {"var": ""}


def evaluated(expression: Any, data: Any = None) -> Any:
    rule = compile_rule(expression)
    assert isinstance(rule, CompiledRule), rule
    return rule.evaluate(data)


def time(text: str) -> Any:
    return {"plusTime": [text, 0, "day"]}


@pytest.mark.parametrize(
    ("path", "data", "value"),
    [
        ("", None, None),
        ("", {"x": 1}, {"x": 1}),
        ("x.0.y", {"x": [{"y": 7}]}, 7),
        ("x.1", {"x": [1]}, None),
        ("x.-1", {"x": [1]}, None),
        ("x.length", {"x": [1]}, None),
        ("x.0", {"x": "text"}, None),
        ("x.0", {"x": {"0": 7}}, 7),
        ("x.y", {"x": 3}, None),
        ("x.y.z", {"x": None}, None),
        ("x.y", MappingProxyType({"x": MappingProxyType({"y": 7})}), 7),
        ("x.99999999999999999999", {"x": [1]}, None),
    ],
)
def test_variable__comes_to__what_stands_there(path: str, data: Any, value: Any) -> None:
    assert evaluated({"var": path}, data) == value


def test_if__evaluates__only_the_branch_it_takes() -> None:
    wrong = {"+": [IT, "x"]}

    assert evaluated({"if": [{"!": [IT]}, "none", wrong]}) == "none"
    assert evaluated({"if": [IT, "some", wrong]}, [0]) == "some"
    with pytest.raises(CertLogicError):
        evaluated({"if": [IT, wrong, 0]}, 1)


def test_and__evaluates__until_the_first_that_is_false() -> None:
    wrong = {"+": [IT, "x"]}

    assert evaluated({"and": [1, IT, wrong]}, []) == []
    assert evaluated({"and": [1, "a", IT]}, {"x": 1}) == {"x": 1}
    with pytest.raises(CertLogicError):
        evaluated({"and": [True, wrong]}, 1)
    with pytest.raises(CertLogicError):
        evaluated({"and": [True, time("2021-05-04")]})


@pytest.mark.parametrize(
    ("item", "array", "is_in"),
    [
        ("a", ["b", "a"], True),
        ("", ["a"], False),
        (None, [None], True),
        (None, ["", 0, False], False),
        (1, [True, "1"], False),
        (1, [1.0], True),
        (True, [1, "true"], False),
        ([1], [[1]], True),
        ({}, [{}], True),
        ("a", [], False),
    ],
)
def test_in__finds__only_what_is_the_same(item: Any, array: Any, is_in: bool) -> None:
    data = {"item": item, "array": array}
    assert evaluated({"in": [{"var": "item"}, {"var": "array"}]}, data) is is_in


@pytest.mark.parametrize("array", [None, "abc", {"a": 1}, 3])
def test_in__something_that_is_no_array__is_an_error(array: Any) -> None:
    with pytest.raises(CertLogicError):
        evaluated({"in": ["a", IT]}, array)


@pytest.mark.parametrize("item", [None, 1, [], {}, ["a"]])
def test_in__literal_texts__finds_texts_alone(item: Any) -> None:
    assert evaluated({"in": [IT, ["a", "b", str(item)]]}, item) is False


def test_order__of_three__holds_twice() -> None:
    for name, numbers in (("<", (1, 2, 3)), (">", (3, 2, 1)), ("<=", (1, 1, 2)), (">=", (2, 2, 1))):
        assert evaluated({name: list(numbers)}) is True
        assert evaluated({name: list(reversed(numbers))}) is False
    assert evaluated({"<": [IT, 2, 2]}, 1) is False
    assert evaluated({"<": [IT, 2, 3]}, 1.0) is True


@pytest.mark.parametrize("wrong", ["1", None, True, [1], 0.5, time("2021-05-04")])
def test_order__of_something_else__is_an_error(wrong: Any) -> None:
    data = wrong if not isinstance(wrong, dict) else None
    part = wrong if isinstance(wrong, dict) else IT
    for operands in ([part, 1], [1, part], [2, 1, part]):
        with pytest.raises(CertLogicError):
            evaluated({"<": operands}, data)


def test_date_times__stand_in_order__whatever_their_offsets() -> None:
    early, same, late = (
        time("2021-05-04T12:00:00+02:00"), time("2021-05-04T10:00:00Z"), time("2021-05-04T10:00:01")
    )  # fmt: skip
    assert evaluated({"before": [early, late]}) is True
    assert evaluated({"before": [early, same]}) is False
    assert evaluated({"not-after": [early, same, late]}) is True
    assert evaluated({"not-before": [same, early]}) is True
    assert evaluated({"after": [late, same]}) is True
    assert evaluated({"after": [late, early, same]}) is False
    assert evaluated({"===": [early, same]}) is True


@pytest.mark.parametrize("wrong", ["2021-05-04", 1, None])
def test_date_times__compared_with_something_else__are_an_error(wrong: Any) -> None:
    with pytest.raises(CertLogicError):
        evaluated({"after": [time("2021-05-04"), IT]}, wrong)
    with pytest.raises(CertLogicError):
        evaluated({"after": [time("2021-05-04"), time("2021-05-05"), IT]}, wrong)


@pytest.mark.parametrize("wrong", [None, 20210504, True, ["2021-05-04"], ""])
def test_date_time__of_something_else__is_an_error(wrong: Any) -> None:
    for expression in ({"plusTime": [IT, 0, "day"]}, {"dccDateOfBirth": [IT]}):
        with pytest.raises(CertLogicError):
            evaluated(expression, wrong)


def test_date_time__of_a_date_time__is_an_error() -> None:
    with pytest.raises(CertLogicError):
        evaluated({"plusTime": [time("2021-05-04"), 0, "day"]})


def test_sum__beyond_what_every_implementation_holds__is_an_error() -> None:
    assert evaluated({"+": [IT, 0]}, INTEGER_MAX) == INTEGER_MAX
    assert evaluated({"+": [-2.0, IT]}, 1) == -1
    for wrong in (INTEGER_MAX, True, "1", None, 0.5):
        with pytest.raises(CertLogicError):
            evaluated({"+": [IT, 1]}, wrong)


def test_reduce__sees__neither_the_data_nor_what_came_before() -> None:
    data = {"array": ["a", "b"], "z": 7}
    assert evaluated({"reduce": [{"var": "array"}, IT, {"var": "z"}]}, data) == {
        "accumulator": {"accumulator": 7, "current": "a"},
        "current": "b",
    }
    assert evaluated({"reduce": [{"var": "array"}, {"var": "z"}, 0]}, data) is None


def test_reduce__of_no_array__is_an_error_and_of_null_the_initial_value() -> None:
    assert evaluated({"reduce": [IT, 1, "initial"]}, None) == "initial"
    assert evaluated({"reduce": [IT, 1, "initial"]}, []) == "initial"
    for wrong in ("abc", {}, 0, False):
        with pytest.raises(CertLogicError):
            evaluated({"reduce": [IT, 1, 0]}, wrong)


def test_reduce__of_a_very_long_array__is_an_error() -> None:
    count = {"reduce": [IT, {"+": [{"var": "accumulator"}, 1]}, 0]}
    assert evaluated(count, [0] * REDUCED_MAX) == REDUCED_MAX
    with pytest.raises(CertLogicError):
        evaluated(count, [0] * (REDUCED_MAX + 1))


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("a::c/#/f", ["a", "", "c", "", "", "f", None]),
        ("URN:UVCI:01:NL:187/3#B", ["01", "NL", "187", "3", "B", None]),
        ("URN:UVCI:", ["", None]),
        ("URN:UVCI", ["URN", "UVCI", None]),
        ("urn:uvci:01", ["urn", "uvci", "01", None]),
        ("", ["", None]),
    ],
)
def test_fragment__of_an_identifier__is_found_by_its_number(
    text: str, fragments: list[str | None]
) -> None:
    for index, fragment in enumerate(fragments):
        assert evaluated({"extractFromUVCI": [IT, index]}, text) == fragment
    assert evaluated({"extractFromUVCI": [IT, -1]}, text) is None


@pytest.mark.parametrize("wrong", [1, True, ["a"], {}])
def test_fragment__of_something_else__is_an_error(wrong: Any) -> None:
    with pytest.raises(CertLogicError):
        evaluated({"extractFromUVCI": [IT, 0]}, wrong)
