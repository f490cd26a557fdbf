"""Rules of CertLogic made into closures once, and evaluated many times.

After version 1.3.2 of the specification, published by the eHealth Network's working group on
certificates. Where its implementations differ the text decides, and where it is silent: arrays and
objects are equal by what is in them, since values of JSON have no identity; an expression is
refused as a whole for a fault in any part; date-times outside the years 1 to 9999 are errors.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tongguan.core.certlogic import operations
from tongguan.core.certlogic.operations import Evaluation
from tongguan.core.certlogic.validate import COMPARISONS, DATE_TIME_COMPARISONS, validate
from tongguan.core.certlogic.values import CertLogicError, is_true


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleFault:
    """Why an expression is no rule: the first fault in it."""

    path: str
    """Where it is wrong, as a JSON Pointer; empty for the whole."""
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CompiledRule:
    """A sound expression, ready to be evaluated."""

    _evaluation: Evaluation = field(repr=False)

    def evaluate(self, data: object) -> object:
        """What the rule comes to on the data, which are values of JSON and are not changed.

        ``CertLogicError`` where the specification calls it an error, never another exception; a
        date-time is an aware ``datetime`` in UTC.
        """
        return self._evaluation(data)


def compile_rule(expression: object) -> CompiledRule | RuleFault:
    """The rule that the expression is, or its first fault."""
    issues = validate(expression)
    if issues:
        return RuleFault(path=issues[0].path, problem=issues[0].message)
    return CompiledRule(_evaluation=_compiled(expression).evaluation)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Node:
    """A part of a rule; where it is constant, its evaluation does not look at the data."""

    evaluation: Evaluation
    is_constant: bool = False


def _compiled(expression: Any) -> _Node:
    if isinstance(expression, list):
        # Not constant, though its items may be: whoever gets an array may change it.
        items = [_compiled(each).evaluation for each in expression]
        return _Node(evaluation=operations.array(items))
    if isinstance(expression, dict):
        [(operator, values)] = expression.items()
        if operator == "var":
            return _Node(evaluation=operations.variable(values))
        return _operation(operator, values)
    value = int(expression) if isinstance(expression, float) else expression
    return _Node(evaluation=operations.literal(value), is_constant=True)


def _operation(operator: str, values: list[Any]) -> _Node:
    if operator == "in" and _is_array_of_texts(values[1]):
        item = _compiled(values[0])
        texts = frozenset(values[1])
        return _folded(operations.membership_of_texts(item.evaluation, texts), [item])
    if operator in _WITH_ARGUMENTS:
        operand = _compiled(values[0])
        return _folded(_WITH_ARGUMENTS[operator](operand.evaluation, *values[1:]), [operand])
    operands = [_compiled(each) for each in values]
    evaluations = [each.evaluation for each in operands]
    if operator == "if":
        return _choice(*operands)
    if operator == "and":
        return _folded(operations.conjunction(evaluations), operands)
    if operator in COMPARISONS:
        return _folded(operations.comparison(operator, evaluations), operands)
    if operator in DATE_TIME_COMPARISONS:
        return _folded(operations.date_time_comparison(operator, evaluations), operands)
    if operator == "reduce":
        # What the step looks at is no data, so that its parts say nothing of the whole.
        return _Node(evaluation=operations.reduction(*evaluations))
    return _folded(_OF_OPERANDS[operator](*evaluations), operands)


def _choice(guard: _Node, then: _Node, otherwise: _Node) -> _Node:
    if guard.is_constant:
        try:
            return then if is_true(guard.evaluation(None)) else otherwise
        except CertLogicError:
            # Neither truthy nor falsy: an error where it is evaluated, not here.
            pass
    parts = (guard.evaluation, then.evaluation, otherwise.evaluation)
    return _Node(evaluation=operations.choice(*parts))


def _folded(evaluation: Evaluation, operands: list[_Node]) -> _Node:
    """The operation, or its value where all its operands are constant and it has one."""
    if not all(each.is_constant for each in operands):
        return _Node(evaluation=evaluation)
    try:
        value = evaluation(None)
    except CertLogicError:
        # An error only where it is evaluated: the branch may never be taken.
        return _Node(evaluation=evaluation)
    return _Node(evaluation=operations.literal(value), is_constant=True)


def _is_array_of_texts(expression: object) -> bool:
    return isinstance(expression, list) and all(isinstance(each, str) for each in expression)


def _moved_time(operand: Evaluation, amount: float, unit: str) -> Evaluation:
    return operations.moved_time(operand, int(amount), unit)


def _certificate_fragment(operand: Evaluation, index: float) -> Evaluation:
    return operations.certificate_fragment(operand, int(index))


_WITH_ARGUMENTS: dict[str, Callable[..., Evaluation]] = {
    "plusTime": _moved_time,
    "extractFromUVCI": _certificate_fragment,
    "dccDateOfBirth": operations.date_of_birth,
}
"""Operations whose first value is an expression and whose others are arguments as they stand."""

_OF_OPERANDS: dict[str, Callable[..., Evaluation]] = {
    "!": operations.negation,
    "+": operations.addition,
    "===": operations.equality,
    "in": operations.membership,
}
