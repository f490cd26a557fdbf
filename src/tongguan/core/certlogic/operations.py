"""Each operation of CertLogic as a closure: operands in, what evaluates the operation out.

The operands' number and the literal arguments were looked at by ``validate``.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from tongguan.core.certlogic.date_times import mover, read_date_of_birth, read_date_time
from tongguan.core.certlogic.values import (
    INTEGER_MAX,
    CertLogicError,
    integer_of,
    is_same,
    is_true,
)

Evaluation: TypeAlias = Callable[[Any], Any]
"""What evaluates an expression on its data; raises CertLogicError alone."""

REDUCED_MAX = 2_000
"""How many elements an array may have that is reduced."""
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "after": operator.gt,
    "before": operator.lt,
    "not-after": operator.le,
    "not-before": operator.ge,
}
_INDEX = re.compile(r"\d{1,9}", re.ASCII)
_UVCI_PREFIX = "URN:UVCI:"
_UVCI_SEPARATORS = re.compile(r"[/#:]")
_FOUND_BY_IDENTITY_OR_TEXT = frozenset({str, type(None)})


def literal(value: object) -> Evaluation:
    """Itself, whatever the data."""
    return lambda _: value


def array(items: list[Evaluation]) -> Evaluation:
    """An array of what each item comes to, a new one each time."""
    return lambda data: [item(data) for item in items]


def variable(path: str) -> Evaluation:
    """What stands at the path, or ``None``."""
    if path == "":
        return lambda data: data
    steps = tuple((each, int(each) if _INDEX.fullmatch(each) else None) for each in path.split("."))

    def evaluate(data: Any) -> Any:
        for name, index in steps:
            kind = type(data)
            if kind is dict:
                data = data.get(name)
            elif kind is list:
                if index is None or index >= len(data):
                    return None
                data = data[index]
            elif isinstance(data, Mapping):
                data = data.get(name)
            else:
                return None
        return data

    return evaluate


def choice(guard: Evaluation, then: Evaluation, otherwise: Evaluation) -> Evaluation:
    """The one or the other; only that is evaluated."""

    def evaluate(data: Any) -> Any:
        return then(data) if is_true(guard(data)) else otherwise(data)

    return evaluate


def conjunction(operands: list[Evaluation]) -> Evaluation:
    """The first operand that is falsy, or the last; none behind it is evaluated."""

    def evaluate(data: Any) -> Any:
        value: Any = True
        for operand in operands:
            value = operand(data)
            if not is_true(value):
                return value
        return value

    return evaluate


def negation(operand: Evaluation) -> Evaluation:
    """Whether the operand is falsy."""
    return lambda data: not is_true(operand(data))


def equality(left: Evaluation, right: Evaluation) -> Evaluation:
    """Whether both are the same, nothing converted."""
    return lambda data: is_same(left(data), right(data))


def membership(item: Evaluation, array_of: Evaluation) -> Evaluation:
    """Whether the item is the same as an element of the array."""

    def evaluate(data: Any) -> bool:
        value = item(data)
        elements = array_of(data)
        if not isinstance(elements, list):
            raise CertLogicError('the right-hand side of "in" is not an array')
        if type(value) in _FOUND_BY_IDENTITY_OR_TEXT:
            return value in elements
        return any(is_same(value, each) for each in elements)

    return evaluate


def membership_of_texts(item: Evaluation, texts: frozenset[str]) -> Evaluation:
    """The same where the array is literal and of texts alone."""

    def evaluate(data: Any) -> bool:
        value = item(data)
        return isinstance(value, str) and value in texts

    return evaluate


def addition(left: Evaluation, right: Evaluation) -> Evaluation:
    """The sum of two integers."""

    def evaluate(data: Any) -> int:
        total = integer_of(left(data)) + integer_of(right(data))
        if abs(total) > INTEGER_MAX:
            raise CertLogicError("a sum is too large")
        return total

    return evaluate


def comparison(name: str, operands: list[Evaluation]) -> Evaluation:
    """Whether two integers, or three one after the other, stand in that order."""
    return _ordering(name, operands, integer_of)


def date_time_comparison(name: str, operands: list[Evaluation]) -> Evaluation:
    """Whether two date-times, or three one after the other, stand in that order."""
    return _ordering(name, operands, _date_time_of)


def _date_time_of(value: object) -> datetime:
    if type(value) is datetime:
        return value
    raise CertLogicError("an operand is not a date-time")


def _ordering(
    name: str, operands: list[Evaluation], checked: Callable[[object], Any]
) -> Evaluation:
    in_order = _COMPARE[name]
    if len(operands) == 2:
        left, right = operands
        return lambda data: in_order(checked(left(data)), checked(right(data)))
    first, second, third = operands

    def evaluate(data: Any) -> bool:
        # Each is evaluated: a third operand of another type is an error in any case.
        one, two, three = checked(first(data)), checked(second(data)), checked(third(data))
        return in_order(one, two) and in_order(two, three)

    return evaluate


def moved_time(operand: Evaluation, amount: int, unit: str) -> Evaluation:
    """The date-time that the operand's text names, so many units later."""
    move = mover(amount, unit)

    def evaluate(data: Any) -> datetime:
        text = operand(data)
        if not isinstance(text, str):
            raise CertLogicError('the date argument of "plusTime" is not a string')
        try:
            return move(read_date_time(text))
        except (OverflowError, ValueError):
            raise CertLogicError("a date-time leaves the years 1 to 9999") from None

    return evaluate


def date_of_birth(operand: Evaluation) -> Evaluation:
    """The last day that the operand's text allows."""

    def evaluate(data: Any) -> datetime:
        text = operand(data)
        if not isinstance(text, str):
            raise CertLogicError('the operand of "dccDateOfBirth" is not a string')
        return read_date_of_birth(text)

    return evaluate


def reduction(operand: Evaluation, step: Evaluation, initial: Evaluation) -> Evaluation:
    """The array folded from its left; the initial value where the array is ``None``."""

    def evaluate(data: Any) -> Any:
        elements = operand(data)
        if elements is None:
            return initial(data)
        if not isinstance(elements, list):
            raise CertLogicError('the operand of "reduce" is not an array')
        if len(elements) > REDUCED_MAX:
            raise CertLogicError('the operand of "reduce" is too long')
        accumulator = initial(data)
        for current in elements:
            accumulator = step({"accumulator": accumulator, "current": current})
        return accumulator

    return evaluate


def certificate_fragment(operand: Evaluation, index: int) -> Evaluation:
    """The fragment of a certificate's identifier with that number, or ``None``."""

    def evaluate(data: Any) -> str | None:
        text = operand(data)
        if text is None:
            return None
        if not isinstance(text, str):
            raise CertLogicError('the operand of "extractFromUVCI" is neither a string nor null')
        fragments = _UVCI_SEPARATORS.split(text.removeprefix(_UVCI_PREFIX))
        return fragments[index] if 0 <= index < len(fragments) else None

    return evaluate
