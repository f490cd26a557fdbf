"""Date-times as CertLogic reads and moves them: in UTC, to the millisecond, years 1 to 9999."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tongguan.core.certlogic.values import CertLogicError

TIME_UNITS = ("year", "month", "day", "hour")
AMOUNT_MAX = 10_000_000
"""More hours than any two date-times are apart within a thousand years."""
_MIDNIGHT = "T00:00:00+00:00"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2}T)(\d{2})(:\d{2}:\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{1,2})(?::?(\d{2}))?)?",
    re.ASCII,
)
_COMMON_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:Z|[+-]\d{2}:[0-5]\d)", re.ASCII
)
_HOURS_OF_DAY = 24


def read_date_time(text: str) -> datetime:
    """The instant that the text names; CertLogicError when it is in no allowed form.

    A date is its midnight in UTC, a month or a year its last day; without an offset UTC holds;
    decimals beyond the millisecond are left out.
    """
    try:
        # The two commonest forms first: rules are judged by the hundred thousand.
        if len(text) == 10 and _DATE.fullmatch(text) is not None:
            return datetime.fromisoformat(text + _MIDNIGHT)
        if _COMMON_DATE_TIME.fullmatch(text) is not None:
            at = datetime.fromisoformat(text)
            return at if at.tzinfo is UTC else at.astimezone(UTC)
        match = _DATE_TIME.fullmatch(text)
        if match is not None:
            return _from_parts(match)
        return _end_of_partial_date(text)
    except (ValueError, OverflowError):
        raise CertLogicError("a text is not an allowed date or date-time") from None


def read_date_of_birth(text: str) -> datetime:
    """The last day on which somebody with this date of birth can have been born, at midnight UTC.

    CertLogicError when the text is neither a year, nor a month, nor a day.
    """
    try:
        if _DATE.fullmatch(text) is not None:
            return datetime.fromisoformat(text + _MIDNIGHT)
        return _end_of_partial_date(text)
    except (ValueError, OverflowError):
        raise CertLogicError("a text is not an allowed date of birth") from None


def mover(amount: int, unit: str) -> Callable[[datetime], datetime]:
    """What moves a date-time by so many units; the mover raises OverflowError or ValueError
    where that leaves the years 1 to 9999.

    Months and years keep the day's number, and run over into the next month where it has no such
    day: a year after 29 February is 1 March.
    """
    if amount == 0:
        return _unmoved
    if unit in ("day", "hour"):
        step = timedelta(days=amount) if unit == "day" else timedelta(hours=amount)
        return lambda at: at + step
    months = amount if unit == "month" else 12 * amount

    def move(at: datetime) -> datetime:
        year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
        return at.replace(year=year, month=month + 1, day=1) + timedelta(days=at.day - 1)

    return move


def _unmoved(at: datetime) -> datetime:
    return at


def _from_parts(match: re.Match[str]) -> datetime:
    date, hours, rest, decimals, sign, offset_hours, offset_minutes = match.groups()
    if int(hours) >= _HOURS_OF_DAY:
        raise ValueError("hours")
    at = datetime.fromisoformat(f"{date}{hours}{rest}+00:00")
    if decimals is not None:
        at = at.replace(microsecond=int(decimals[:3].ljust(3, "0")) * 1_000)
    if sign is None:
        return at
    minutes = int(offset_minutes or 0)
    if int(offset_hours) >= _HOURS_OF_DAY or minutes >= 60:
        raise ValueError("offset")
    offset = timedelta(hours=int(offset_hours), minutes=minutes)
    return at - offset if sign == "+" else at + offset


def _end_of_partial_date(text: str) -> datetime:
    if _YEAR.fullmatch(text) is not None:
        return datetime(int(text), 12, 31, tzinfo=UTC)
    if _MONTH.fullmatch(text) is not None:
        year, month = divmod(int(text[:4]) * 12 + int(text[5:]), 12)
        if not 1 <= int(text[5:]) <= 12:
            raise ValueError("month")
        if year > 9999:
            return datetime(9999, 12, 31, tzinfo=UTC)
        return datetime(year, month + 1, 1, tzinfo=UTC) - timedelta(days=1)
    raise ValueError("form")
