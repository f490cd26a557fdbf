"""CertLogic by a plain interpreter, and random rules with random data to try it on."""

import calendar
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tongguan.core.certlogic.validate import validate
from tongguan.core.certlogic.values import CertLogicError

NAMES = ("v", "dt", "x", "current", "accumulator")
TEXTS = (
    "",
    "a",
    "EU/1/20/1528",
    "2021-05-04",
    "2020-02-29T23:30:00+02:00",
    "2004-02",
    "URN:UVCI:1/a#b",
)
_OFFSET = r"(Z|[+-]\d(?:\d)?(?::?\d\d)?)?"
_FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?" + _OFFSET + r")?)?)?",
    re.ASCII,
)

scalars = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(TEXTS) | st.just(1.0)
    | st.just(0.5)
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)
"""Values of JSON, as data may be."""
paths = st.lists(st.sampled_from([*NAMES, "0", "1", "-1"]), max_size=3).map(".".join)
data_of_rules = st.fixed_dictionaries(
    {
        "dt": st.sampled_from(TEXTS[3:6]),
        "v": st.lists(st.integers(-3, 3) | st.sampled_from(TEXTS), max_size=4),
        "x": values,
    }
)
"""Data with something where the rules look for it."""


_KINDS = ("text", "whole", "time", "answer", "array", "any")
_LEAVES: dict[str, Any] = {
    "text": st.sampled_from(TEXTS) | st.just({"var": "dt"}),
    "whole": st.integers(-3, 3) | st.sampled_from([{"var": "current"}, {"var": "accumulator"}]),
    "time": st.just({"plusTime": ["2021-05-04", 0, "day"]}),
    "answer": st.booleans(),
    "array": st.just({"var": "v"}) | st.lists(st.sampled_from(TEXTS), max_size=3),
    "any": paths.map(lambda path: {"var": path}),
}
_OPERATIONS: dict[str, tuple[tuple[str, ...], ...]] = {
    "text": (("extractFromUVCI", "text"), ("if", "any", "text", "text")),
    "whole": (("+", "whole", "whole"), ("reduce", "array", "whole", "whole")),
    "time": (
        ("plusTime", "text"),
        ("dccDateOfBirth", "text"),
        ("if", "answer", "time", "time"),
    ),
    "answer": (
        ("!", "any"),
        ("===", "any", "any"),
        ("===", "text", "text"),
        ("in", "any", "array"),
        *((name, *["whole"] * n) for name in ("<", ">", "<=", ">=") for n in (2, 3)),
        *(
            (name, *["time"] * n)
            for name in ("after", "before", "not-after", "not-before")
            for n in (2, 3)
        ),
    ),
    "array": (("if", "answer", "array", "array"),),
    "any": (
        ("and", "answer", "any"),
        ("and", "answer", "answer", "answer"),
        ("if", "answer", "any", "any"),
        ("reduce", "array", "any", "any"),
    ),
}
"""By what an operation comes to: its name, and what its operands should come to."""


@st.composite
def _expressions(draw: Any) -> Any:
    return _drawn(draw, draw(st.sampled_from(_KINDS)), depth=4)


def _drawn(draw: Any, kind: str, *, depth: int) -> Any:
    # Now and then an operand is of another kind: errors are part of the language.
    if draw(st.integers(0, 15)) == 15:
        kind = draw(st.sampled_from(_KINDS))
    if depth == 0 or draw(st.integers(0, 3)) == 3:
        return draw(_LEAVES[kind])
    if kind == "any" and draw(st.booleans()):
        kind = draw(st.sampled_from(_KINDS))
    if kind == "array" and draw(st.booleans()):
        return [_drawn(draw, "any", depth=depth - 1) for _ in range(draw(st.integers(0, 3)))]
    name, *operands = draw(st.sampled_from(_OPERATIONS[kind]))
    values = [_drawn(draw, each, depth=depth - 1) for each in operands]
    if name == "plusTime":
        values += [
            draw(st.integers(-40, 40)),
            draw(st.sampled_from(["year", "month", "day", "hour"])),
        ]
    if name == "extractFromUVCI":
        values.append(draw(st.integers(-1, 4)))
    return {name: values}


expressions = _expressions().filter(lambda each: not validate(each))
"""Sound expressions; whether they come to something depends on the data."""


def interpret(expression: Any, data: Any) -> Any:
    """What a sound expression comes to, without any preparation."""
    if isinstance(expression, list):
        return [interpret(each, data) for each in expression]
    if not isinstance(expression, dict):
        return expression
    [(name, operands)] = expression.items()
    if name == "var":
        return _at(operands, data)
    if name == "if":
        guard, then, otherwise = operands
        return interpret(then if _is_true(interpret(guard, data)) else otherwise, data)
    if name == "and":
        value = interpret(operands[0], data)
        return interpret({"and": operands[1:]}, data) if _is_true(value) and operands[1:] else value
    if name == "reduce":
        return _reduced(operands, data)
    if name == "plusTime":
        return _moved(_read(interpret(operands[0], data)), *operands[1:])
    if name == "extractFromUVCI":
        return _fragment(interpret(operands[0], data), operands[1])
    return _of_values(name, [interpret(each, data) for each in operands])


def _of_values(name: str, values: list[Any]) -> Any:
    match name:
        case "!":
            return not _is_true(values[0])
        case "===":
            return _told_apart(values[0]) == _told_apart(values[1])
        case "in":
            if type(values[1]) is not list:
                raise CertLogicError
            return _told_apart(values[0]) in [_told_apart(each) for each in values[1]]
        case "+":
            return _whole(values[0]) + _whole(values[1])
        case "dccDateOfBirth":
            if isinstance(values[0], str) and len(values[0]) > 10:
                raise CertLogicError
            return _read(values[0])
    kinds = {"after": ">", "before": "<", "not-after": "<=", "not-before": ">="}
    numbers = [_instant(each) if name in kinds else _whole(each) for each in values]
    order = kinds.get(name, name)
    return all(
        {"<": one < two, ">": one > two, "<=": one <= two, ">=": one >= two}[order]
        for one, two in pairwise(numbers)
    )


def _at(path: str, data: Any) -> Any:
    for step in path.split(".") if path else ():
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def _is_true(value: Any) -> bool:
    if isinstance(value, datetime) or value == 0.5:
        raise CertLogicError
    return value not in (False, None, "", 0, [], {})


def _told_apart(value: Any) -> Any:
    """The value with its kind beside it, since ``True`` is 1 to Python."""
    if isinstance(value, list):
        return [_told_apart(each) for each in value]
    if isinstance(value, dict):
        return {key: _told_apart(each) for key, each in value.items()}
    return ("number" if type(value) in (int, float) else type(value).__name__, value)


def _whole(value: Any) -> int:
    if type(value) not in (int, float) or value != int(value):
        raise CertLogicError
    return int(value)


def _instant(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise CertLogicError
    return value


def _reduced(operands: list[Any], data: Any) -> Any:
    array, step, initial = operands
    elements = interpret(array, data)
    if elements is not None and not isinstance(elements, list):
        raise CertLogicError
    value = interpret(initial, data)
    for each in elements or ():
        value = interpret(step, {"accumulator": value, "current": each})
    return value


def _read(text: Any) -> datetime:
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise CertLogicError
    year, month, day, hour, minute, second, decimals, offset = match.groups()
    months = int(month or 12)
    try:
        last = calendar.monthrange(int(year), months)[1]
        at = datetime(int(year), months, int(day or last), tzinfo=UTC)
        at = at.replace(hour=int(hour or 0), minute=int(minute or 0), second=int(second or 0))
        at += timedelta(milliseconds=int(((decimals or "") + "000")[:3]))
        if offset in (None, "Z"):
            return at
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
        if int(hours) > 23 or int(minutes) > 59:
            raise CertLogicError
        distance = timedelta(hours=int(hours), minutes=int(minutes))
        return at - distance if offset[0] == "+" else at + distance
    except (ValueError, OverflowError):
        raise CertLogicError from None


def _moved(at: datetime, amount: int, unit: str) -> datetime:
    try:
        if unit in ("hour", "day"):
            return at + amount * timedelta(**{f"{unit}s": 1})
        months = at.month - 1 + amount * (12 if unit == "year" else 1)
        start = at.replace(year=at.year + months // 12, month=months % 12 + 1, day=1)
        return start + timedelta(days=at.day - 1)
    except (ValueError, OverflowError):
        raise CertLogicError from None


def _fragment(text: Any, index: int) -> str | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise CertLogicError
    text = text.removeprefix("URN:UVCI:")
    fragments = dict(enumerate(text.replace("/", ":").replace("#", ":").split(":")))
    return fragments.get(index)
