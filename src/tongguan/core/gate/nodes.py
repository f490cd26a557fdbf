"""Strict reading of plain JSON values: every node knows its place, and what is wrong names it."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from tongguan.core.credentials.cwt import is_identifier

Chosen = TypeVar("Chosen", bound=StrEnum)
TEXT_CHARACTERS_MAX = 200
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_INSTANT = re.compile(r"(?a:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))")
_YEARS = (1971, 2105)
"""What a code's instants can say; outside, an instant in another zone may not exist."""
_DAY = re.compile(r"(?a:\d{4}-\d\d-\d\d)")


class Expected(StrEnum):
    """What a file should hold where it holds something else; words in ``texts/gate.yaml``."""

    BASE64 = "base64"
    DAY = "day"
    HEXADECIMAL = "hexadecimal"
    IDENTIFIER = "identifier"
    INSTANT = "instant"
    JSON = "json"
    LIST = "list"
    MEMBER = "member"
    NO_SUCH_MEMBER = "no_such_member"
    OBJECT = "object"
    ONE_OF = "one_of"
    SMALLER = "smaller"
    TEXT = "text"
    VALUE = "value"
    WHOLE_NUMBER = "whole_number"


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeFault:
    """What is wrong with a file, and where: the sender's fault, never ours."""

    path: str
    """Members and list indices from the top, such as ``status_lists/0/set``; ``/`` is all of it."""
    expected: Expected
    detail: str = ""
    """What may stand there: values allowed, a length, the name of a field."""


class NodeFaultError(Exception):
    """Carries a fault to the reader that returns it; never leaves ``core`` or the file reader."""

    def __init__(self, fault: NodeFault) -> None:
        super().__init__(f"{fault.path}: {fault.expected} {fault.detail}")
        self.fault = fault


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A JSON value at its place; every method raises ``NodeFaultError`` when it is not as asked."""

    value: object = field(repr=False)
    path: str = ""

    def fault(self, expected: Expected, detail: str = "") -> NodeFaultError:
        """The error that something else is expected here."""
        return NodeFaultError(NodeFault(path=self.path or "/", expected=expected, detail=detail))

    @property
    def is_null(self) -> bool:
        """Whether nothing stands here."""
        return self.value is None

    def members(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, "Node"]:
        """The members of an object; one absent or too many is a fault, an optional one null."""
        required, optional = tuple(required), tuple(optional)
        found = self.entries()
        for name in found:
            if name not in (*required, *optional):
                raise found[name].fault(Expected.NO_SUCH_MEMBER, ", ".join((*required, *optional)))
        for name in required:
            if name not in found:
                raise self._at(name, None).fault(Expected.MEMBER)
        return {name: found.get(name, self._at(name, None)) for name in (*required, *optional)}

    def entries(self) -> dict[str, "Node"]:
        """The members of an object, whatever their names."""
        if not isinstance(self.value, Mapping):
            raise self.fault(Expected.OBJECT)
        return {str(name): self._at(str(name), value) for name, value in self.value.items()}

    def items(self) -> tuple["Node", ...]:
        """The nodes of a list."""
        if not isinstance(self.value, list):
            raise self.fault(Expected.LIST)
        return tuple(self._at(str(index), value) for index, value in enumerate(self.value))

    def text(self, maximum: int = TEXT_CHARACTERS_MAX) -> str:
        """Text that is not empty."""
        if not isinstance(self.value, str) or not 1 <= len(self.value) <= maximum:
            raise self.fault(Expected.TEXT, str(maximum))
        return self.value

    def identifier(self) -> str:
        """One to forty visible ASCII characters."""
        if not isinstance(self.value, str) or not is_identifier(self.value):
            raise self.fault(Expected.IDENTIFIER)
        return self.value

    def octets(self, length: int | None = None) -> bytes:
        """Bytes in lower-case hexadecimal, of this length where one is given."""
        digits = "2, 4, 6 …" if length is None else str(2 * length)
        if not isinstance(self.value, str) or not _HEX.fullmatch(self.value):
            raise self.fault(Expected.HEXADECIMAL, digits)
        octets = bytes.fromhex(self.value)
        if length is not None and len(octets) != length:
            raise self.fault(Expected.HEXADECIMAL, digits)
        return octets

    def base64(self, maximum: int) -> bytes:
        """Bytes in Base64 (RFC 4648, padded), at most so many."""
        try:
            octets = base64.b64decode(str(self.value), validate=True)
        except (binascii.Error, ValueError):
            raise self.fault(Expected.BASE64) from None
        if not isinstance(self.value, str) or not octets:
            raise self.fault(Expected.BASE64)
        if len(octets) > maximum:
            raise self.fault(Expected.SMALLER, str(maximum))
        return octets

    def instant(self) -> datetime:
        """An instant such as ``2021-12-13T12:00:00+08:00``: whole seconds, its offset, this age."""
        if isinstance(self.value, str) and is_instant(self.value):
            return datetime.fromisoformat(self.value)
        raise self.fault(Expected.INSTANT)

    def day(self) -> date:
        """A calendar day, such as ``2021-12-13``."""
        if isinstance(self.value, str) and _DAY.fullmatch(self.value):
            try:
                return date.fromisoformat(self.value)
            except ValueError:
                raise self.fault(Expected.DAY) from None
        raise self.fault(Expected.DAY)

    def whole_number(self, minimum: int, maximum: int) -> int:
        """A whole number within bounds, both included."""
        if type(self.value) is not int or not minimum <= self.value <= maximum:
            raise self.fault(Expected.WHOLE_NUMBER, f"{minimum}–{maximum}")
        return self.value

    def choice(self, of: type[Chosen]) -> Chosen:
        """One of the values of an enumeration."""
        if not isinstance(self.value, str) or self.value not in [each.value for each in of]:
            raise self.fault(Expected.ONE_OF, ", ".join(each.value for each in of))
        return of(self.value)

    def _at(self, name: str, value: object) -> "Node":
        shown = name if len(name) <= 60 else name[:59] + "…"
        return Node(value=value, path=f"{self.path}/{shown}" if self.path else shown)


def is_instant(text: str) -> bool:
    """Whether the text is an instant: whole seconds, its offset, and of this age."""
    if not _INSTANT.fullmatch(text):
        return False
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return False
    return _YEARS[0] <= instant.year <= _YEARS[1]


def parse_json(text: bytes, *, bytes_max: int) -> object | NodeFault:
    """The value of a JSON text in UTF-8; a member that stands twice is a fault, not a choice."""
    if len(text) > bytes_max:
        return NodeFault(path="/", expected=Expected.SMALLER, detail=str(bytes_max))
    try:
        value: object = json.loads(
            text.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refused
        )
    except (ValueError, RecursionError) as error:
        detail = "" if isinstance(error, RecursionError) else str(error)[:TEXT_CHARACTERS_MAX]
        return NodeFault(path="/", expected=Expected.JSON, detail=detail)
    return value


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member stands twice")
    return members


def _refused(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
