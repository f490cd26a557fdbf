"""Values made of others: lists, mappings with free names, and what nobody may have stated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from tongguan.core.scheme.faults import FaultCode, Path
from tongguan.core.scheme.language.reader import WRONG, Kind, Reader, report_type, shown
from tongguan.core.scheme.language.scalars import Characters
from tongguan.core.scheme.model import EACH, QUOTA_DIMENSIONS

_COUNTED: Final = Characters(pattern=r"[A-Za-z0-9][A-Za-z0-9-]*", hint=EACH, maximum=40)


@dataclass(frozen=True, kw_only=True, slots=True)
class Nullable:
    """A value, or ``null`` where nobody has stated it."""

    of: Kind

    @property
    def hint(self) -> str:
        """The value's own hint."""
        return self.of.hint

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The value or ``None``."""
        return None if value is None else self.of.read(value, path, reader)

    def write(self, value: object) -> object:
        """The value's plain data or ``None``."""
        return None if value is None else self.of.write(value)

    def schema(self) -> dict[str, object]:
        """Either the value's schema or null."""
        return {"anyOf": [self.of.schema(), {"type": "null"}]}


@dataclass(frozen=True, kw_only=True, slots=True)
class ListOf:
    """Values of one kind in order; a tuple in the model."""

    of: Kind
    minimum: int = 0
    maximum: int = 1000
    once: bool = False
    """Whether a value may stand only once."""

    @property
    def hint(self) -> str:
        """A list of one."""
        return f"[{self.of.hint}]"

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A tuple; items that are wrong stay in it as ``WRONG``."""
        if not isinstance(value, list):
            report_type(value, path, reader, self.hint)
            return WRONG
        if len(value) < self.minimum:
            reader.fault(FaultCode.LIST_EMPTY, path, minimum=str(self.minimum))
        if len(value) > self.maximum:
            bounds = {"minimum": str(self.minimum), "maximum": str(self.maximum)}
            reader.fault(FaultCode.NUMBER_OUT_OF_RANGE, path, value=str(len(value)), **bounds)
            return WRONG
        items = tuple(
            self.of.read(item, (*path, index), reader) for index, item in enumerate(value)
        )
        self._report_duplicates(items, path, reader)
        return items

    def _report_duplicates(self, items: tuple[object, ...], path: Path, reader: Reader) -> None:
        seen: set[object] = set()
        for index, item in enumerate(items if self.once else ()):
            if item is not WRONG and item in seen:
                text = shown(self.of.write(item))
                reader.fault(FaultCode.DUPLICATE_ID, (*path, index), value=text)
            seen.add(item)

    def write(self, value: object) -> object:
        """A list."""
        return [self.of.write(item) for item in cast("tuple[object, ...]", value)]

    def schema(self) -> dict[str, object]:
        """An array with its bounds."""
        schema: dict[str, object] = {
            "type": "array",
            "items": self.of.schema(),
            "minItems": self.minimum,
            "maxItems": self.maximum,
        }
        return schema | ({"uniqueItems": True} if self.once else {})


@dataclass(frozen=True, kw_only=True, slots=True)
class MapOf:
    """Values of one kind under names that are free within a pattern."""

    of: Kind
    key: str
    key_hint: str
    minimum: int = 0

    @property
    def hint(self) -> str:
        """A mapping of one."""
        return f"{{{self.key_hint}: {self.of.hint}}}"

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A dictionary of the values that could be read, or ``WRONG``."""
        if not isinstance(value, dict):
            report_type(value, path, reader, self.hint)
            return WRONG
        if len(value) < self.minimum:
            reader.fault(FaultCode.LIST_EMPTY, path, minimum=str(self.minimum))
        read: dict[str, object] = {}
        for name, item in value.items():
            if re.fullmatch(self.key, name) is None:
                hint = self.key_hint
                reader.fault(FaultCode.KEY_UNKNOWN, (*path, name), value=shown(name), allowed=hint)
                continue
            read[name] = self.of.read(item, (*path, name), reader)
        return read

    def write(self, value: object) -> object:
        """A mapping."""
        mapping = cast("Mapping[str, object]", value)
        return {name: self.of.write(item) for name, item in mapping.items()}

    def schema(self) -> dict[str, object]:
        """An object whose keys match the pattern."""
        return {
            "type": "object",
            "patternProperties": {f"^(?:{self.key})$": self.of.schema()},
            "additionalProperties": False,
            "minProperties": self.minimum,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Which crossings a quota counts, by dimension."""

    hint: str = "{direction: each}"

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A dictionary from dimension to a value, ``each`` or ``None``."""
        if not isinstance(value, dict):
            report_type(value, path, reader, self.hint)
            return WRONG
        read: dict[str, object] = {}
        allowed = ", ".join(QUOTA_DIMENSIONS)
        for dimension, item in value.items():
            place = (*path, dimension)
            if dimension not in QUOTA_DIMENSIONS:
                reader.fault(FaultCode.KEY_UNKNOWN, place, value=shown(dimension), allowed=allowed)
            elif dimension == "person" and item not in (EACH, None):
                reader.fault(FaultCode.VALUE_NOT_ALLOWED, place, value=shown(item), allowed=EACH)
            else:
                read[dimension] = Nullable(of=_COUNTED).read(item, place, reader)
        if "direction" not in value:
            reader.fault(FaultCode.KEY_MISSING, path, value="direction", hint=EACH)
        return read

    def write(self, value: object) -> object:
        """A mapping."""
        return dict(cast("Mapping[str, object]", value))

    def schema(self) -> dict[str, object]:
        """An object with the dimensions as keys."""
        counted = Nullable(of=_COUNTED).schema()
        person: dict[str, object] = {"enum": [EACH, None]}
        return {
            "type": "object",
            "properties": {
                dimension: person if dimension == "person" else counted
                for dimension in QUOTA_DIMENSIONS
            },
            "required": ["direction"],
            "additionalProperties": False,
        }
