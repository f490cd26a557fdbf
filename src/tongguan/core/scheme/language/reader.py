"""One reading of one file: values come out, faults are noted, nothing is ever raised.

What is wrong goes to the ``Reader`` as a fault and the value becomes ``WRONG``, so that one pass
finds every fault.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Protocol

from tongguan.core.scheme.fault_texts import describe
from tongguan.core.scheme.faults import Fault, FaultCode, Path, Position, Positions


class Wrong:
    """Stands where a value could not be read; its fault has been reported."""


WRONG: Final = Wrong()

_SHOWN_CHARACTERS = 60


def shown(value: object) -> str:
    """A value as a fault message shows it, cut to a readable length."""
    text = value if isinstance(value, str) else _shape(value)
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def _shape(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    # Numbers of thousands of digits cannot be turned into text at all.
    return str(value) if isinstance(value, int) and value.bit_length() < 128 else "…"


@dataclass(kw_only=True, slots=True)
class Reader:
    """One reading of one file: its data for names, its positions, and the faults so far."""

    data: object
    positions: Positions
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: FaultCode, path: Path, **facts: str) -> None:
        """Notes a fault at a node; facts fill the words of the code."""
        self.faults.append(
            describe(code, path=self.name(path), position=self._position(path), facts=facts)
        )

    def name(self, path: Path) -> str:
        """The path with the ids of list items in place of their numbers."""
        names: list[str] = []
        node = self.data
        for step in path:
            node = _child(node, step)
            identity = identity_of(node) if isinstance(step, int) else None
            names.append(identity if identity is not None else shown(str(step)))
        return "/".join(names)

    def _position(self, path: Path) -> Position:
        for length in range(len(path), -1, -1):
            position = self.positions.get(path[:length])
            if position is not None:
                return position
        return (1, 1)


def _child(node: object, step: str | int) -> object:
    if isinstance(node, dict) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def identity_of(node: object) -> str | None:
    """What a path calls an item of a list: its id, issuer, party, direction or code, if any."""
    if not isinstance(node, dict):
        return None
    for key in ("id", "issuer", "party", "direction", "code"):
        identity = node.get(key)
        if isinstance(identity, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,40}", identity):
            return identity
    return None


class Kind(Protocol):
    """What every kind of value can do."""

    @property
    def hint(self) -> str:
        """A value of this kind, as one writes it in YAML."""

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The value of the model, or ``WRONG`` after reporting why."""

    def write(self, value: object) -> object:
        """The plain data that reads back as the value."""

    def schema(self) -> dict[str, object]:
        """The JSON Schema of the plain data."""


def text_or_fault(value: object, path: Path, reader: Reader, hint: str) -> str | None:
    """The value as a string, or ``None`` after reporting that it is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and shown(value).isdecimal():
        # A code such as 440300 that lost its quotes: what is meant is there to be read.
        reader.fault(FaultCode.UNQUOTED, path, value=shown(value))
    else:
        report_type(value, path, reader, hint)
    return None


def report_type(value: object, path: Path, reader: Reader, hint: str) -> None:
    """Reports a value that is of another type than its kind, or null where null cannot be."""
    code = FaultCode.NULL_NOT_ALLOWED if value is None else FaultCode.WRONG_TYPE
    reader.fault(code, path, value=shown(value), hint=hint)
