"""JSON as certificates carry it, in one meaning: each member once, few levels, exact numbers."""

import json
import math
from typing import Any, NoReturn

DEPTH_MAX = 32
_INTEGER_MAX = 2**53 - 1
"""Beyond it, readers that keep numbers as IEEE 754 doubles see another number (RFC 8785)."""
_NUMBER_CHARACTERS_MAX = 32
_CONTAINERS = (dict, list)


class MalformedJsonError(ValueError):
    """The text is not JSON of the one form that is read; never leaves the readers that catch it."""


def read_strict_json(text: str) -> Any:
    """The value of the text; ``MalformedJsonError`` for everything else.

    Refused besides what is no JSON: a member that stands twice, nesting deeper than ``DEPTH_MAX``,
    numbers that are not exact everywhere, characters that UTF-8 cannot hold. The caller bounds the
    length of the text.
    """
    try:
        text.encode("utf-8")
        value = _DECODER.decode(text)
    except RecursionError:
        raise MalformedJsonError("nested too deeply") from None
    except UnicodeEncodeError:
        raise MalformedJsonError("characters that are not Unicode text") from None
    except json.JSONDecodeError:
        raise MalformedJsonError("not JSON") from None
    if text.count("{") + text.count("[") >= DEPTH_MAX:
        _check_depth(value)
    if "\\u" in text:
        _check_characters(value)
    return value


def _check_depth(value: Any) -> None:
    """Level by level, so that no depth can exhaust the stack."""
    level = [value]
    for _ in range(DEPTH_MAX - 1):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, _CONTAINERS)
        ]
        if not level:
            return
    raise MalformedJsonError("nested too deeply")


def _check_characters(value: Any) -> None:
    """An escape may write half of a surrogate pair, which is no character."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedJsonError("characters that are not Unicode text") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a member that stands twice, one reader takes the first and another the last."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJsonError("a member stands twice")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _NUMBER_CHARACTERS_MAX or abs(number := int(digits)) > _INTEGER_MAX:
        raise MalformedJsonError("a number beyond what is exact everywhere")
    return number


def _fraction(digits: str) -> float:
    if len(digits) > _NUMBER_CHARACTERS_MAX or not math.isfinite(number := float(digits)):
        raise MalformedJsonError("a number beyond what is exact everywhere")
    return number


def _no_constant(_name: str) -> NoReturn:
    raise MalformedJsonError("a constant that JSON does not know")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_each_once,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_no_constant,
)
