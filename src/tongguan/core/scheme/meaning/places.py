"""Places: streets and divisions by the right table, denied within what is allowed."""

from collections.abc import Callable
from datetime import date
from typing import Final

from tongguan.core.area.divisions import is_within
from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.places import AREA, ENTRY, PARTICIPATION, STAYED
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning.nodes import listed, nodes, string, strings, walk
from tongguan.core.scheme.model import DivisionKind

_STREET_DIGITS: Final = 9


def _check_denied(version: Parsed, reader: Reader) -> None:
    for range_ in walk(version, AREA, STAYED):
        allowed = tuple(code for _, code in strings(range_, "allow"))
        seen: dict[str, list[Parsed]] = {}
        for denied in nodes(range_, "deny"):
            _check_one_denied(denied, allowed, reader)
            before = seen.setdefault(string(denied, "code") or "", [])
            if any(_share_a_day(denied, other) for other in before):
                code = string(denied, "code") or "—"
                reader.fault(FaultCode.DUPLICATE_ID, denied.path, value=code)
            before.append(denied)


def _check_one_denied(denied: Parsed, allowed: tuple[str, ...], reader: Reader) -> None:
    code, kind = string(denied, "code"), denied.values.get("kind")
    if code is None:
        return
    if isinstance(kind, DivisionKind):
        is_street = kind is DivisionKind.STREET
        if is_street is not (len(code) == _STREET_DIGITS):
            path = (*denied.path, "kind")
            reader.fault(FaultCode.DENIED_KIND_DIFFERS, path, value=code)
        elif is_street and denied.values.get("name", "") is None:
            reader.fault(FaultCode.STREET_WITHOUT_NAME, denied.path, value=code)
    if allowed and not any(is_within(code, division) for division in allowed):
        facts = {"value": code, "allowed": listed(allowed)}
        reader.fault(FaultCode.DENIED_OUTSIDE_ALLOWED, (*denied.path, "code"), **facts)


def _share_a_day(one: Parsed, other: Parsed) -> bool:
    """Whether two denials of a code hold on the same day; one code may be denied twice apart."""
    if string(one, "code") is None:
        return False
    ends = [(_day(each, "first", date.min), _day(each, "last", date.max)) for each in (one, other)]
    return ends[0][0] <= ends[1][1] and ends[1][0] <= ends[0][1]


def _day(denied: Parsed, key: str, unbounded: date) -> date:
    value = denied.values.get(key)
    return value if isinstance(value, date) else unbounded


def _check_divisions_covered(version: Parsed, reader: Reader) -> None:
    """A division within another of its list says nothing, and hides what was meant."""
    for item in walk(version, ENTRY, PARTICIPATION, AREA, STAYED):
        for key in ("divisions", "allow"):
            codes = strings(item, key)
            for path, code in codes:
                wider = next((w for _, w in codes if w != code and is_within(code, w)), None)
                if wider is not None:
                    reader.fault(FaultCode.DIVISION_COVERED, path, value=code, other=wider)


CHECKS_OF_VERSION: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    _check_denied,
    _check_divisions_covered,
)
