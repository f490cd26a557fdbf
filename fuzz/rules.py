"""CertLogic: any rule on any data is refused, comes to a value, or is the one kind of error."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fuzz.target import Target, expect
from tongguan.core.certlogic.compile import CompiledRule, compile_rule
from tongguan.core.certlogic.validate import validate
from tongguan.core.certlogic.values import CertLogicError

_OPERATORS = {
    **dict.fromkeys(("===", "in", "+"), (2, 2)),
    **dict.fromkeys(("<", ">", "<=", ">=", "after", "before", "not-after", "not-before"), (2, 3)),
    **dict.fromkeys(("!", "dccDateOfBirth"), (1, 1)),
    "and": (2, 4),
    "if": (3, 3),
    "reduce": (3, 3),
}
"""With the least and the greatest number of operands."""
_UNITS = ("year", "month", "day", "hour", "minute")
_AMOUNTS = (0, 1, -1, 72, -14, 3, 180, 10**6, -(10**6))
_ATOMS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 1.5, 2**53, 1e300, "", "a", "day", "hour", "month", "year"),
    *("v", "v.0", "v.0.dt", "current", "accumulator", "..", "2021-08-01", "1999", "1999-02"),
    *("2021-08-01T12:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01", "2021-02-30"),
    *("URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B", "\ud800", {}, []),
)
_LITERALS = tuple(atom for atom in _ATOMS if isinstance(atom, str | bool) or atom in (0, 1, 2))
"""What a rule may hold as it stands."""
_PATHS = ("v", "v.0", "v.0.dt", "v.1.dn", "dt", "a", "a.0", "current", "accumulator", "")
_DEPTH_MAX = 40
_RULES = 4
_WIDTH_MAX = 4
_SEEDS: tuple[tuple[Any, Any], ...] = (
    ({"if": [{"var": "v.0"}, {">": [{"var": "v.0.dn"}, 1, 0]}, True]}, {"v": [{"dn": 2}]}),
    (
        {
            "not-after": [
                {"plusTime": [{"var": "dt"}, -3, "month"]},
                {"plusTime": ["2021", 1, "day"]},
            ]
        },
        {"dt": "2021-08-01"},
    ),
    (
        {"reduce": [{"var": "v"}, {"+": [{"var": "current"}, {"var": "accumulator"}]}, 1]},
        {"v": [1]},
    ),
    ({"in": [{"extractFromUVCI": [{"var": ""}, 1]}, ["AT", "01"]]}, "URN:UVCI:01:AT:1#B"),
)


class _Choices:
    """Bytes, used up one by one to choose; when they are used up every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._left = iter(data)

    def one_of(self, count: int) -> int:
        return next(self._left, 0) % count


def one_rule(data: bytes) -> None:
    """As JSON of a rule and its data, and as choices that make both."""
    rule, values = _read(data)
    _try(rule, values)
    choices = _Choices(data)
    values = _value(choices, _DEPTH_MAX)
    for _ in range(_RULES):
        _try(_expression(choices, _DEPTH_MAX), values)


def _read(data: bytes) -> tuple[Any, Any]:
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("latin-1"), None
    return (read[0], read[1]) if isinstance(read, list) and len(read) == 2 else (read, read)


def _try(expression: Any, values: Any) -> None:
    rule = compile_rule(expression)
    is_sound = isinstance(rule, CompiledRule)
    expect(is_sound == (not validate(expression)), "compiled and valid are not the same")
    if not isinstance(rule, CompiledRule):
        return
    try:
        result = rule.evaluate(values)
    except CertLogicError:
        return
    kinds = (type(None), bool, int, float, str, list, dict, datetime)
    expect(isinstance(result, kinds), "a value of no kind that there is")


def _expression(choices: _Choices, depth: int) -> Any:
    choice = choices.one_of(8) if depth else 0
    if choice == 0:
        atoms = _ATOMS if choices.one_of(32) == 31 else _LITERALS
        return atoms[choices.one_of(len(atoms))]
    if choice == 1:
        return {"var": _PATHS[choices.one_of(len(_PATHS))]}
    if choice == 2:
        return [_expression(choices, depth - 1) for _ in range(choices.one_of(_WIDTH_MAX))]
    if choice == 3:
        unit = _UNITS[choices.one_of(len(_UNITS))]
        amount = _AMOUNTS[choices.one_of(len(_AMOUNTS))]
        return {"plusTime": [_expression(choices, depth - 1), amount, unit]}
    if choice == 4:
        return {"extractFromUVCI": [_expression(choices, depth - 1), choices.one_of(9) - 4]}
    operator, (least, most) = list(_OPERATORS.items())[choices.one_of(len(_OPERATORS))]
    count = least + choices.one_of(most - least + 1)
    return {operator: [_expression(choices, depth - 1) for _ in range(count)]}


def _value(choices: _Choices, depth: int) -> Any:
    choice = choices.one_of(3)
    if choice == 0 or depth == 0:
        return _ATOMS[choices.one_of(len(_ATOMS))]
    count = choices.one_of(_WIDTH_MAX)
    if choice == 1:
        return [_value(choices, depth - 1) for _ in range(count)]
    return {name: _value(choices, depth - 1) for name in ("v", "dt", "a", "dn")[:count]}


def _seeds() -> Iterator[bytes]:
    yield from (json.dumps(seed).encode("ascii") for seed in _SEEDS)
    yield bytes(range(256))
    yield hashlib.shake_128(b"choices").digest(200)


TARGETS = (Target(name="certlogic", one_input=one_rule, seeds=_seeds),)
