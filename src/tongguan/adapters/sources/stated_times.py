"""Times as files state them: read strictly, with what had to be assumed."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2200
_WRITTEN: Final = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[Tt,\s]\s*(?P<hour>\d{1,2})\s*[:時时]\s*(?P<minute>\d{1,2})\s*分?"
    r"(?::?\s*(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*秒?)?\s*"
    r"(?P<zone>[Zz]|UTC|GMT|[-+]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_LENGTH_MAX: Final = 80
_MILLISECONDS_DIGITS: Final = 13


class Where(StrEnum):
    """Where in a file a time stands; its words stand in ``texts/sources.yaml``."""

    FRONT_MATTER = "front_matter"
    COMMENT = "comment"
    STRUCTURED = "structured"
    META = "meta"
    TIME_ELEMENT = "time_element"


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedTime:
    """An instant that a file states, to the second, in UTC."""

    at: datetime
    where: Where
    name: str
    """Of the key or the line that states it, such as ``date`` or ``9``."""
    zone_assumed: str | None = None
    """The zone it was read in, because the file names none."""
    day_alone: bool = False
    """Whether the file states a day only; the instant is that day's first."""


def read_time(written: str, zone: str, *, where: Where, name: str) -> StatedTime | None:
    """The instant that is written, in ``zone`` where none is named; ``None`` for what is none."""
    text = written.strip()
    if len(text) > _LENGTH_MAX:
        return None
    match = _WRITTEN.fullmatch(text)
    try:
        if match is None:
            return _from_mail_form(text, where, name)
        stated_zone, day_alone = match["zone"], match["hour"] is None
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        clock = time(int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0))
        clock_zone = ZoneInfo(zone) if stated_zone is None else _offset(stated_zone)
        at = datetime.combine(day, clock, clock_zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
    if not YEAR_MIN <= at.year <= YEAR_MAX:
        return None
    assumed = zone if stated_zone is None else None
    return StatedTime(at=at, where=where, name=name, zone_assumed=assumed, day_alone=day_alone)


def read_timestamp(digits: str, *, name: str) -> StatedTime:
    """The instant of a count of seconds or milliseconds since 1970 in a comment."""
    seconds = int(digits) // (1000 if len(digits) == _MILLISECONDS_DIGITS else 1)
    return StatedTime(at=datetime.fromtimestamp(seconds, UTC), where=Where.COMMENT, name=name)


def _from_mail_form(text: str, where: Where, name: str) -> StatedTime | None:
    """A time as mail and feeds write it, such as ``Fri, 05 Nov 2021 04:48:23 GMT``."""
    at = parsedate_to_datetime(text)
    # The library reads years of fewer digits as years of this century.
    if at.tzinfo is None or str(at.year) not in text:
        return None
    at = at.astimezone(UTC)
    return StatedTime(at=at, where=where, name=name) if YEAR_MIN <= at.year <= YEAR_MAX else None


def _offset(written: str) -> tzinfo:
    if written.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    digits = written[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-ahead if written[0] == "-" else ahead)
