"""Words, days and times in the reader's language, for the templates."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from tongguan.adapters.reader import Reader
from tongguan.adapters.words import texts
from tongguan.core.scheme.model import DateInterval, Weekday
from tongguan.core.texts import Text
from tongguan.web.languages import CODES, current_language

register = template.Library()
_MARK_SHOWN_MAX, _MARK_BEGIN = 60, 12
"""Names are shown whole; of a mark, which nobody reads, as much as tells it from others."""


def _reader() -> Reader:
    return Reader(language=current_language())


@register.simple_tag
def words(key: str, **facts: object) -> str:
    """The words under a key in the reader's language."""
    return _reader().words(key, **facts)


@register.simple_tag
def label(key: str, **facts: object) -> str:
    """Words that something follows on the same line: Latin script puts a space between."""
    return _reader().label(key, **facts)


@register.filter
def said(text: Text | None) -> str:
    """A text of the scheme in the reader's language, or that nobody has stated it."""
    return words("pages.not_stated") if text is None else text.in_language(current_language())


@register.filter
def stated(value: object) -> object:
    """A value, or that nobody has stated it."""
    return words("pages.not_stated") if value is None else value


@register.filter
def named(value: object, prefix: str) -> str:
    """The words for a value of an enumeration: ``{{ quota.per|named:"per" }}`` → ``per.week``."""
    return words("pages.not_stated") if value is None else words(f"{prefix}.{value}")


@register.filter
def day(value: date | datetime | None) -> str:
    """A calendar day in full: year, month, day, day of the week."""
    return _reader().day(value)


@register.filter
def month_named(value: date) -> str:
    """The calendar month of a day, with its year."""
    return words(
        "health_figures.month", year=value.year, month=words(f"pages.months.{value.month}")
    )


@register.filter
def short_day(value: date) -> str:
    """A day of the present season: month, day, day of the week."""
    return words(
        "pages.format.short_day",
        month=words(f"pages.months.{value.month}"),
        day=value.day,
        weekday=words(f"pages.weekdays.{value.isoweekday()}"),
    )


@register.filter
def clock(value: time | datetime | None) -> str:
    """A time of day, 24 hours, in the scheme's zone."""
    return _reader().clock(value)


@register.filter
def instant(value: datetime | None) -> str:
    """A day and a time of day, in the scheme's zone."""
    return _reader().instant(value)


@register.filter
def interval(value: DateInterval | None) -> str:
    """The days of an interval, both included."""
    if value is None:
        return words("pages.not_stated")
    if value.first == value.last:
        return day(value.first)
    return words("pages.format.interval", first=day(value.first), last=day(value.last))


@register.filter
def machine(value: date | datetime) -> str:
    """A day or instant for machines, as the ``datetime`` attribute wants it."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


@register.filter
def division(code: str) -> str:
    """The name of an administrative division in the reader's language."""
    return _reader().division(code)


@register.filter
def listed(values: Iterable[object]) -> SafeString:
    """Values in a row, with the sign each language puts between them."""
    between = label("pages.format.between")
    return mark_safe(between.join(conditional_escape(str(value)) for value in values))  # noqa: S308


@register.simple_tag
def language_tag() -> str:
    """The reader's language by its BCP 47 tag, for ``lang``."""
    return current_language().value


@register.filter
def language_code(language: str) -> str:
    """Django's code of a language."""
    return next(code for each, code in CODES.items() if each == language)


@register.filter
def words_of_key(key: str) -> str:
    """The words under a key that the page has worked out."""
    return words(key)


@register.filter
def unit_named(unit: str) -> str:
    """A unit of officers as a reader knows it, or its id where there are no words for it."""
    key = f"health_pages.units.{unit}"
    return words(key) if key in texts() else unit


@register.filter
def causers_named(causers: Iterable[str]) -> str:
    """Who answers for an act: officers by their accounts, units, sources."""
    return label("pages.format.between").join(subject_named(each) for each in causers)


@register.filter
def subject_named(subject: str) -> str:
    """What an alarm or an act is about, such as ``unit:port-health``, in the reader's words."""
    kind, _, name = subject.partition(":")
    key = f"desk_health.subjects.{kind}"
    shown = name if len(name) <= _MARK_SHOWN_MAX else f"{name[:_MARK_BEGIN]}…"
    return words(key, name=unit_named(shown)) if key in texts() else subject


@register.filter
def weekday_name(weekday: Weekday) -> str:
    """The name of a day of the week."""
    return words(f"pages.weekdays.{list(Weekday).index(weekday) + 1}")


@register.filter
def weekdays_named(weekdays: tuple[Weekday, ...] | None) -> str:
    """The days of the week on which there are places."""
    if weekdays is None:
        return words("pages.not_stated")
    if len(weekdays) == len(Weekday):
        return words("pages.format.every_day")
    return label("pages.format.between").join(weekday_name(each) for each in weekdays)


@register.filter
def yes_or_no(value: bool | None) -> str:
    """Yes, no, or that nobody has stated it."""
    if value is None:
        return words("pages.not_stated")
    return words("pages.answers.yes" if value else "pages.answers.no")


@register.filter
def hexadecimal(value: bytes) -> str:
    """Bytes as hexadecimal digits."""
    return value.hex()


@register.filter
def duration(minutes: int) -> str:
    """How long so many minutes are: days and hours, hours and minutes, or minutes."""
    days, rest = divmod(minutes, 24 * 60)
    hours = rest // 60
    parts = {"day": days, "hour": hours, "minute": 0 if days else rest % 60}
    said = [_amount(unit, number) for unit, number in parts.items() if number]
    return " ".join(said) or _amount("minute", 0)


def _amount(unit: str, number: int) -> str:
    return words(f"standing.units.{unit}{'' if number == 1 else 's'}", number=number)
