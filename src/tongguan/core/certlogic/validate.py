"""Whether an expression is one of CertLogic: every fault in it, before anything is evaluated.

The messages are those of the validation suite that is published with the specification.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tongguan.core.certlogic.date_times import AMOUNT_MAX, TIME_UNITS
from tongguan.core.certlogic.values import INTEGER_MAX, is_integer

DEPTH_MAX = 100
"""How deep arrays and operations may stand in each other."""
NODES_MAX = 20_000
"""How many literals, arrays and operations an expression may have."""
REDUCTION_DEPTH_MAX = 2
"""How many ``reduce`` may stand in each other: each multiplies the time by an array's length."""

COMPARISONS = ("<", ">", "<=", ">=")
DATE_TIME_COMPARISONS = ("after", "before", "not-after", "not-before")
_OPERANDS: Mapping[object, tuple[int, int, str]] = {
    "if": (3, 3, 'an "if"-operation must have exactly 3 values/operands'),
    "and": (2, NODES_MAX, 'an "and" operation must have at least 2 operands'),
    "!": (1, 1, "a !-operation (logical not/negation) must have exactly 1 operand"),
    "plusTime": (3, 3, 'a "plusTime"-operation must have exactly 3 values/operands'),
    "reduce": (3, 3, 'a "reduce"-operation must have exactly 3 values/operands'),
    "extractFromUVCI": (
        2,
        2,
        'an "extractFromUVCI"-operation must have exactly 2 values/operands',
    ),
    "dccDateOfBirth": (1, 1, 'a "dccDateOfBirth"-operation must have exactly 1 value/operand'),
    **{
        each: (2, 2, f'an operation with operator "{each}" must have 2 operands')
        for each in ("===", "in", "+")
    },
    **{
        each: (2, 3, f'an operation with operator "{each}" must have 2 or 3 operands')
        for each in (*COMPARISONS, *DATE_TIME_COMPARISONS)
    },
}
"""Each operation's least and greatest number of operands, and how a message says them."""
_PATH = re.compile(r"[^.]+(\.[^.]+)*")
_OPERATION_FORM = 'operation not of the form { "<operator>": [ <values...> ] }'


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One thing that is wrong with an expression."""

    expression: object = field(repr=False)
    """The part that is wrong."""
    path: str
    """Where that part stands, as a JSON Pointer; empty for the whole."""
    message: str


def validate(expression: object) -> tuple[Issue, ...]:
    """Every fault of the expression, from its beginning to its end; empty when it is sound.

    Beyond the specification an expression is refused that is deeper than ``DEPTH_MAX``, larger
    than ``NODES_MAX``, or nests more than ``REDUCTION_DEPTH_MAX`` reductions.
    """
    return tuple(_Walk().issues(expression, path="", depth=1, reductions=0))


@dataclass(slots=True)
class _Walk:
    """One walk through an expression, which counts what it meets."""

    nodes: int = 0

    def issues(
        self, expression: object, *, path: str, depth: int, reductions: int
    ) -> Iterator[Issue]:
        def wrong(message: str) -> Issue:
            return Issue(expression=expression, path=path, message=message)

        self.nodes += 1
        if depth > DEPTH_MAX or self.nodes > NODES_MAX:
            # Said once: what stands beyond a bound is not looked at.
            if depth > DEPTH_MAX or self.nodes == NODES_MAX + 1:
                yield wrong("the expression is too deep or too large")
        elif isinstance(expression, list):
            yield from self._each(expression, path, depth, reductions)
        elif isinstance(expression, dict):
            if len(expression) != 1:
                count = len(expression)
                yield wrong(f"expression object must have exactly one key, but it has {count}")
                return
            [(operator, values)] = expression.items()
            if operator == "var":
                yield from map(wrong, _variable_faults(values))
            elif not isinstance(values, list):
                yield wrong(_OPERATION_FORM)
            else:
                yield from map(wrong, _operation_faults(operator, values))
                inner = reductions + (operator == "reduce")
                if inner > REDUCTION_DEPTH_MAX:
                    yield wrong(f"more than {REDUCTION_DEPTH_MAX} reductions in each other")
                    return
                operands = values[: _operands_evaluated(operator, values)]
                yield from self._each(operands, f"{path}/{_escaped(operator)}", depth, inner)
        else:
            yield from map(wrong, _literal_faults(expression))

    def _each(
        self, expressions: list[object], path: str, depth: int, reductions: int
    ) -> Iterator[Issue]:
        for index, each in enumerate(expressions):
            yield from self.issues(
                each, path=f"{path}/{index}", depth=depth + 1, reductions=reductions
            )
            if self.nodes > NODES_MAX:
                return


def _literal_faults(literal: object) -> Iterator[str]:
    if isinstance(literal, str | bool):
        return
    if is_integer(literal):
        assert isinstance(literal, int | float)  # noqa: S101 - is_integer says so
        if abs(literal) > INTEGER_MAX:
            yield "an integer is too large"
    elif isinstance(literal, float):
        yield f"{literal} is a non-integer number"
    else:
        yield "invalid CertLogic expression"


def _variable_faults(path: object) -> Iterator[str]:
    if not isinstance(path, str):
        yield 'not of the form { "var": "<path>" }'
    elif path != "" and _PATH.fullmatch(path) is None:
        yield f"data access path doesn't have a valid format: {path}"


def _operation_faults(operator: object, values: list[object]) -> Iterator[str]:
    """What is wrong with an operation itself, whatever its operands are."""
    if operator not in _OPERANDS:
        yield f'unrecognised operator: "{operator}"'
        return
    least, most, form = _OPERANDS[operator]
    count = len(values)
    if not least <= count <= most:
        yield f"{form}, but it has {count}"
    if operator == "plusTime":
        yield from _plus_time_faults(values)
    elif operator == "extractFromUVCI" and count > 1 and not is_integer(values[1]):
        yield (
            '"index" argument (#2) of "extractFromUVCI" must be an integer,'
            f" but it is: {_shown(values[1])}"
        )


def _plus_time_faults(values: list[object]) -> Iterator[str]:
    if len(values) > 1:
        amount = values[1]
        if not is_integer(amount):
            yield (
                '"amount" argument (#2) of "plusTime" must be an integer,'
                f" but it is: {_shown(amount)}"
            )
        elif isinstance(amount, int | float) and abs(amount) > AMOUNT_MAX:
            yield f'"amount" argument (#2) of "plusTime" is beyond {AMOUNT_MAX}'
    if len(values) > 2 and values[2] not in TIME_UNITS:
        yield (
            '"unit" argument (#3) of "plusTime" must be a string equal to one of'
            f" {', '.join(TIME_UNITS)}, but it is: {_shown(values[2])}"
        )


def _operands_evaluated(operator: object, values: list[object]) -> int:
    """How many of the values are expressions to look into."""
    if operator not in _OPERANDS:
        return 0
    if operator in ("plusTime", "extractFromUVCI"):
        return 1
    if operator == "!" and len(values) != 1:
        return 0
    return _OPERANDS[operator][1]


def _escaped(operator: object) -> str:
    return str(operator).replace("~", "~0").replace("/", "~1")


def _shown(value: object) -> str:
    """A value in a message, as the reference writes it."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    return "[object Object]" if isinstance(value, dict) else "[array]"
