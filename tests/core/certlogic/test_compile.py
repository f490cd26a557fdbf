"""Compiled rules come to what a plain interpreter says, and nothing else escapes from them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.certlogic import data_of_rules, expressions, interpret, values
from tongguan.core.certlogic.compile import CompiledRule, RuleFault, compile_rule
from tongguan.core.certlogic.values import CertLogicError, is_same

_ERROR = object()


def rule(expression: object) -> CompiledRule:
    compiled = compile_rule(expression)
    assert isinstance(compiled, CompiledRule), compiled
    return compiled


def outcome(compiled: CompiledRule, data: Any) -> Any:
    try:
        return compiled.evaluate(data)
    except CertLogicError:
        return _ERROR


def expected(expression: Any, data: Any) -> Any:
    try:
        return interpret(expression, data)
    except CertLogicError:
        return _ERROR


@settings(max_examples=400, deadline=None)
@given(expression=expressions, data=data_of_rules | values)
def test_rule__comes__to_what_a_plain_interpreter_says(expression: Any, data: Any) -> None:
    found, told = outcome(rule(expression), data), expected(expression, data)
    assert (found is _ERROR) == (told is _ERROR)
    assert found is told or is_same(found, told)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["var", "if", "and", "in", "+", "!", "===", "plusTime", "reduce", "<", "z"]
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(expression=junk, data=junk)
def test_anything__is__a_rule_or_a_fault(expression: Any, data: Any) -> None:
    compiled = compile_rule(expression)
    if isinstance(compiled, RuleFault):
        assert compiled.problem
    else:
        outcome(compiled, data)


def test_rule__refused__with_the_place_of_its_first_fault() -> None:
    fault = compile_rule({"if": [True, {"<": [1]}, {"var": 3}]})

    assert fault == RuleFault(
        path="/if/1",
        problem='an operation with operator "<" must have 2 or 3 operands, but it has 1',
    )


def test_fault__in_a_branch_never_taken__refuses_the_rule() -> None:
    assert isinstance(compile_rule({"if": [True, 1, {"all": []}]}), RuleFault)


@pytest.mark.parametrize("data", [None, {}, [], "text", 0, {"x": None}])
def test_error_of_constants__comes__only_where_it_is_evaluated(data: Any) -> None:
    """``1 + "a"`` cannot be worked out beforehand, and does not matter where it is not reached."""
    wrong = {"+": [1, "a"]}

    assert rule({"if": [{"var": "x"}, wrong, 7]}).evaluate(data) == 7
    with pytest.raises(CertLogicError):
        rule(wrong).evaluate(data)


def test_constant_guard__neither_true_nor_false__is_an_error_of_the_evaluation() -> None:
    guarded = rule({"if": [{"plusTime": ["2021-05-04", 0, "day"]}, 1, 2]})

    with pytest.raises(CertLogicError):
        guarded.evaluate(None)


@pytest.mark.parametrize("expression", [[1, [2]], {"and": [True, [1, [2]]]}])
def test_array__is__made_anew_each_time(expression: Any) -> None:
    compiled = rule(expression)
    first: Any = compiled.evaluate(None)
    first[1].append(3)

    assert compiled.evaluate(None) == [1, [2]]


def test_error__never__tells_a_value_of_the_data() -> None:
    with pytest.raises(CertLogicError) as error:
        rule({"plusTime": [{"var": "dob"}, 0, "day"]}).evaluate({"dob": "1957-13-99"})

    assert "1957" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def nested(depth: int) -> Any:
    expression: Any = True
    for _ in range(depth):
        expression = {"!": [expression]}
    return expression


def test_rule__refused__when_too_deep() -> None:
    assert rule(nested(99)).evaluate(None) is False
    assert isinstance(compile_rule(nested(100)), RuleFault)
    assert isinstance(compile_rule(nested(100_000)), RuleFault)


def test_rule__refused__when_too_large() -> None:
    assert isinstance(compile_rule([0] * 19_999), CompiledRule)
    assert isinstance(compile_rule([0] * 20_000), RuleFault)
    again: Any = []
    again.append(again)
    assert isinstance(compile_rule(again), RuleFault)


def test_rule__refused__when_reductions_multiply() -> None:
    def reduction(step: Any) -> Any:
        return {"reduce": [{"var": "x"}, step, 0]}

    assert isinstance(compile_rule(reduction(reduction(1))), CompiledRule)
    assert isinstance(compile_rule(reduction(reduction(reduction(1)))), RuleFault)
