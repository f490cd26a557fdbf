"""Values of one piece: text, numbers, days, codes; each reads, writes and describes itself."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tongguan.core.area.divisions import DIVISION_TABLE_REVISION, is_division, is_place
from tongguan.core.scheme.faults import FaultCode, Path
from tongguan.core.scheme.language.reader import (
    WRONG,
    Reader,
    report_type,
    shown,
    text_or_fault,
)
from tongguan.core.texts import Language, Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Characters:
    """A string that matches a pattern."""

    pattern: str
    hint: str
    maximum: int = 200

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The string itself."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        if len(text) > self.maximum or re.fullmatch(self.pattern, text) is None:
            reader.fault(FaultCode.VALUE_MALFORMED, path, value=shown(text), hint=self.hint)
            return WRONG
        return text

    def write(self, value: object) -> object:
        """The string itself."""
        return value

    def schema(self) -> dict[str, object]:
        """A string with its pattern."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "maxLength": self.maximum}


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One line or more of printable text, without space at either end."""

    hint: str = '"…"'
    maximum: int = 4000

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The text itself."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        if not text.strip():
            reader.fault(FaultCode.TEXT_EMPTY, path)
            return WRONG
        if len(text) > self.maximum or text != text.strip() or _UNPRINTABLE.search(text):
            reader.fault(FaultCode.VALUE_MALFORMED, path, value=shown(text), hint=self.hint)
            return WRONG
        return text

    def write(self, value: object) -> object:
        """The text itself."""
        return value

    def schema(self) -> dict[str, object]:
        """A string that holds something."""
        return {"type": "string", "pattern": r"^\S(?:[\s\S]*\S)?$", "maxLength": self.maximum}


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreeLanguages:
    """The same statement in Traditional Chinese, Simplified Chinese and English."""

    hint: str = '{zh-Hant: "…", zh-Hans: "…", en: "…"}'

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A ``Text``."""
        if not isinstance(value, dict):
            report_type(value, path, reader, self.hint)
            return WRONG
        languages = [language.value for language in Language]
        for key in value:
            if key not in languages:
                allowed = ", ".join(languages)
                reader.fault(FaultCode.KEY_UNKNOWN, (*path, key), value=shown(key), allowed=allowed)
        read: dict[str, object] = {}
        for language in languages:
            if language not in value:
                reader.fault(FaultCode.KEY_MISSING, path, value=language, hint='"…"')
                read[language] = WRONG
            else:
                read[language] = Words().read(value[language], (*path, language), reader)
        if WRONG in read.values():
            return WRONG
        return Text(zh_hant=str(read["zh-Hant"]), zh_hans=str(read["zh-Hans"]), en=str(read["en"]))

    def write(self, value: object) -> object:
        """A mapping of the three languages."""
        text = cast("Text", value)
        return {language.value: text.in_language(language) for language in Language}

    def schema(self) -> dict[str, object]:
        """A reference to the shared definition."""
        return {"$ref": "#/$defs/text"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """A whole number within bounds, both included."""

    minimum: int
    maximum: int

    @property
    def hint(self) -> str:
        """A number that is allowed."""
        return str(max(self.minimum, 1))

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The number itself."""
        if isinstance(value, bool) or not isinstance(value, int):
            report_type(value, path, reader, self.hint)
            return WRONG
        if not self.minimum <= value <= self.maximum:
            bounds = {"minimum": str(self.minimum), "maximum": str(self.maximum)}
            reader.fault(FaultCode.NUMBER_OUT_OF_RANGE, path, value=shown(value), **bounds)
            return WRONG
        return value

    def write(self, value: object) -> object:
        """The number itself."""
        return value

    def schema(self) -> dict[str, object]:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """True or false."""

    hint: str = "true"

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The flag itself."""
        if isinstance(value, bool):
            return value
        report_type(value, path, reader, self.hint)
        return WRONG

    def write(self, value: object) -> object:
        """The flag itself."""
        return value

    def schema(self) -> dict[str, object]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of the values of an enumeration."""

    of: type[StrEnum]

    @property
    def hint(self) -> str:
        """The first value."""
        return f'"{next(iter(self.of)).value}"'

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A member of the enumeration."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        allowed = [member.value for member in self.of]
        if text not in allowed:
            names = ", ".join(allowed)
            reader.fault(FaultCode.VALUE_NOT_ALLOWED, path, value=shown(text), allowed=names)
            return WRONG
        return self.of(text)

    def write(self, value: object) -> object:
        """The member's value."""
        return cast("StrEnum", value).value

    def schema(self) -> dict[str, object]:
        """The values that are allowed."""
        return {"enum": [member.value for member in self.of]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A calendar day, ISO 8601."""

    hint: str = '"2021-12-13"'

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A ``date``."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        day = _day(text)
        if day is None:
            reader.fault(FaultCode.VALUE_MALFORMED, path, value=shown(text), hint=self.hint)
        return WRONG if day is None else day

    def write(self, value: object) -> object:
        """The day in ISO 8601."""
        return cast("date", value).isoformat()

    def schema(self) -> dict[str, object]:
        """A string of the format ``date``."""
        return {"type": "string", "format": "date", "pattern": "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"}


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOfDay:
    """Hours and minutes in the scheme's zone."""

    hint: str = '"10:00"'

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """A ``time`` without zone."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        if re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", text) is None:
            reader.fault(FaultCode.VALUE_MALFORMED, path, value=shown(text), hint=self.hint)
            return WRONG
        return time(int(text[:2]), int(text[3:]))

    def write(self, value: object) -> object:
        """Hours and minutes."""
        return cast("time", value).strftime("%H:%M")

    def schema(self) -> dict[str, object]:
        """A string of hours and minutes."""
        return {"type": "string", "pattern": "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """An instant, to the second, in UTC."""

    hint: str = '"2021-11-05T04:48:23Z"'

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """An aware ``datetime`` in UTC."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        instant = _instant(text)
        if instant is None:
            reader.fault(FaultCode.VALUE_MALFORMED, path, value=shown(text), hint=self.hint)
        return WRONG if instant is None else instant

    def write(self, value: object) -> object:
        """The instant in ISO 8601 with ``Z``."""
        return cast("datetime", value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def schema(self) -> dict[str, object]:
        """A string of the format ``date-time``."""
        return {
            "type": "string",
            "format": "date-time",
            "pattern": "^[12][0-9]{3}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}Z$",
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """A time zone of the IANA database."""

    hint: str = '"Asia/Hong_Kong"'

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The name itself."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        if not _is_zone(text):
            reader.fault(FaultCode.ZONE_UNKNOWN, path, value=shown(text))
            return WRONG
        return text

    def write(self, value: object) -> object:
        """The name itself."""
        return value

    def schema(self) -> dict[str, object]:
        """A string."""
        return {"type": "string", "minLength": 3}


@dataclass(frozen=True, kw_only=True, slots=True)
class Division:
    """A GB/T 2260 code of the table, or its first two or four digits."""

    hint: str = '"44"'
    streets: bool = False
    """Whether nine digits of a street in a division of the table will do as well."""

    def read(self, value: object, path: Path, reader: Reader) -> object:
        """The code itself."""
        text = text_or_fault(value, path, reader, self.hint)
        if text is None:
            return WRONG
        if not (is_place(text) if self.streets else is_division(text)):
            revision = DIVISION_TABLE_REVISION
            reader.fault(FaultCode.DIVISION_UNKNOWN, path, value=shown(text), revision=revision)
            return WRONG
        return text

    def write(self, value: object) -> object:
        """The code itself."""
        return value

    def schema(self) -> dict[str, object]:
        """A string of two, four or six digits, or of nine for a street."""
        pattern = "^[0-9]{2}(?:[0-9]{2}){0,2}$"
        return {"type": "string", "pattern": pattern + "|^[0-9]{9}$" * self.streets}


def _day(text: str) -> date | None:
    if re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    if re.fullmatch(r"[12][0-9]{3}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z", text) is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def _is_zone(name: str) -> bool:
    if re.fullmatch(r"UTC|[A-Za-z_]{2,20}(/[A-Za-z0-9_+-]{1,30}){1,2}", name) is None:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
