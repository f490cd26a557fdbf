"""What a file states about itself, before anything is concluded from it."""

from dataclasses import dataclass
from enum import StrEnum

from selectolax.lexbor import LexborNode

from tongguan.adapters.sources.stated_times import StatedTime, Where, read_time


class Form(StrEnum):
    """The two forms in which sources come."""

    POST = "post"
    """Markdown with front matter, and raw HTML in it."""
    PAGE = "page"
    """A whole HTML page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """A date as a file writes it, not yet read."""

    written: str
    where: Where
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Statements:
    """What a file states; empty or ``None`` where it states nothing."""

    form: Form
    title: str
    authors: tuple[str, ...]
    publisher: str
    address: str | None
    published: tuple[Dated, ...]
    """Dates of publication, the one that counts most first."""
    other_dates: tuple[Dated, ...]
    """Further dates, such as the last change."""
    timestamps: tuple[StatedTime, ...]
    """Counts of seconds in comments."""
    language_tag: str
    content: LexborNode
    """Where the text stands."""


def times_read(dates: tuple[Dated, ...], zone: str) -> tuple[StatedTime, ...]:
    """Those of the dates that can be read."""
    read = (read_time(each.written, zone, where=each.where, name=each.name) for each in dates)
    return tuple(each for each in read if each is not None)
