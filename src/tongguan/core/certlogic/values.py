"""The values of CertLogic: what is true, what is equal, what is an integer.

Values are those of JSON, and date-times, which are aware ``datetime`` in UTC. They are told apart
strictly: ``True`` is not 1 and ``"1"`` is not 1. As in JSON there is one kind of number: 1.0 is 1.
"""

from collections.abc import Mapping

INTEGER_MAX = 2**53 - 1
"""The greatest integer that every implementation holds exactly."""
COMPARED_MAX = 100_000
"""How many values one comparison may look at."""
_TRUE_OR_FALSE = frozenset({bool, int, str, list, dict, type(None)})
_EQUAL_AS_THEY_ARE = frozenset({bool, int, str, type(None)})


class CertLogicError(Exception):
    """The specification calls this evaluation an error; the message names no value of the data."""


def is_true(value: object) -> bool:
    """Whether the value is truthy; CertLogicError for one that is neither truthy nor falsy.

    Falsy: ``False``, ``None``, 0 and what is empty. Neither: fractions and date-times.
    """
    if type(value) in _TRUE_OR_FALSE:
        return bool(value)
    if isinstance(value, float) and not value.is_integer():
        raise CertLogicError("a fraction is neither truthy nor falsy")
    if isinstance(value, int | float | str | list | Mapping):
        return bool(value)
    raise CertLogicError("a date-time is neither truthy nor falsy")


def integer_of(value: object) -> int:
    """The value as an integer; CertLogicError when it is none."""
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise CertLogicError("an operand is not an integer")


def is_integer(value: object) -> bool:
    """Whether the value is a whole number; ``True`` is none."""
    return type(value) is int or (isinstance(value, float) and value.is_integer())


def is_same(left: object, right: object) -> bool:
    """Whether two values are equal, arrays and objects by what is in them.

    CertLogicError when that takes more than ``COMPARED_MAX`` comparisons.
    """
    kind = type(left)
    if kind is type(right) and kind in _EQUAL_AS_THEY_ARE:
        return left == right
    pairs = [(left, right)]
    compared = 0
    while pairs:
        one, other = pairs.pop()
        compared += 1
        if compared > COMPARED_MAX:
            raise CertLogicError("two values are too large to compare")
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pairs.extend(zip(one, other, strict=True))
        elif isinstance(one, Mapping) and isinstance(other, Mapping):
            if one.keys() != other.keys():
                return False
            pairs.extend((one[key], other[key]) for key in one)
        elif not _is_same_atom(one, other):
            return False
    return True


def _is_same_atom(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return type(left) is type(right) and left == right
