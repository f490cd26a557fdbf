"""One reading of a file: what it states, what had to be concluded, and its text."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tongguan.adapters.sources.addresses import host_of
from tongguan.adapters.sources.decoding import decoded
from tongguan.adapters.sources.languages import guessed_language, language_of_tag
from tongguan.adapters.sources.pages import is_page, read_page
from tongguan.adapters.sources.posts import is_post, read_post
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError
from tongguan.adapters.sources.stated_times import StatedTime, Where
from tongguan.adapters.sources.statements import Form, Statements, times_read
from tongguan.adapters.sources.text_blocks import kept_text


class PublisherFrom(StrEnum):
    """What names the publisher."""

    STATED = "stated"
    AUTHOR = "author"
    ADDRESS = "address"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was read from a file; ``sha256`` is that of the bytes as they came."""

    form: Form
    title: str
    authors: tuple[str, ...]
    publisher: str
    publisher_from: PublisherFrom
    url: str
    published: StatedTime
    other_times: tuple[StatedTime, ...]
    """Every further instant that the file states, in the order of time."""
    language: str
    language_guessed: bool
    encoding: str
    sha256: str
    size_bytes: int
    promotions: int
    """Paragraphs left out because they promote."""
    fragment: str
    """The text as sanitised HTML."""
    plain: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What whoever adds a source says themselves; it outweighs the file."""

    zone: str
    """Of the times that name none."""
    url: str | None = None
    language: str | None = None


def read_source(content: bytes, given: Given) -> Reading:
    """What the bytes of a file state. Raises ``SourceRefusedError``."""
    text = decoded(content)
    stated = _statements(text.text)
    if not stated.title:
        raise SourceRefusedError(SourceRefusal.TITLE_MISSING)
    published, others = _times(stated, given.zone)
    url = given.url or stated.address
    if url is None:
        raise SourceRefusedError(SourceRefusal.ADDRESS_MISSING)
    kept = kept_text(stated.content, url)
    tagged = language_of_tag(given.language or stated.language_tag)
    language = tagged or guessed_language(f"{stated.title}\n{kept.plain}")
    if language is None:
        raise SourceRefusedError(SourceRefusal.LANGUAGE_UNKNOWN)
    publisher, publisher_from = _publisher(stated, url)
    return Reading(
        form=stated.form,
        title=stated.title,
        authors=stated.authors,
        publisher=publisher,
        publisher_from=publisher_from,
        url=url,
        published=published,
        other_times=others,
        language=language,
        language_guessed=tagged is None,
        encoding=text.encoding,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        promotions=kept.promotions,
        fragment=kept.fragment,
        plain=kept.plain,
    )


def _statements(text: str) -> Statements:
    if not is_post(text) and is_page(text):
        return read_page(text)
    return read_post(text)


def _times(stated: Statements, zone: str) -> tuple[StatedTime, tuple[StatedTime, ...]]:
    """The instant of publication, and every other one that the file states."""
    candidates = times_read(stated.published, zone)
    if not candidates:
        if stated.published:
            written = stated.published[0].written[:80]
            raise SourceRefusedError(SourceRefusal.DATE_UNREADABLE, written=written)
        raise SourceRefusedError(SourceRefusal.DATE_MISSING)
    published = candidates[0]
    others: dict[datetime, StatedTime] = {}
    for each in (*candidates[1:], *times_read(stated.other_dates, zone), *stated.timestamps):
        # A day without a clock time says no more than an instant of that day.
        if not (each.day_alone and abs((each.at - published.at).total_seconds()) < 86_400):
            others.setdefault(each.at, each)
    others.pop(published.at, None)
    return published, tuple(others[at] for at in sorted(others))


def _publisher(stated: Statements, url: str) -> tuple[str, PublisherFrom]:
    if stated.publisher:
        return stated.publisher, PublisherFrom.STATED
    if stated.authors:
        return stated.authors[0], PublisherFrom.AUTHOR
    return host_of(url), PublisherFrom.ADDRESS


def reading_as_data(reading: Reading) -> dict[str, Any]:
    """The reading as plain data; ``reading_from_data`` reads it back."""
    return {
        "form": reading.form.value,
        "title": reading.title,
        "authors": list(reading.authors),
        "publisher": reading.publisher,
        "publisher_from": reading.publisher_from.value,
        "url": reading.url,
        "published": _time_as_data(reading.published),
        "other_times": [_time_as_data(each) for each in reading.other_times],
        "language": reading.language,
        "language_guessed": reading.language_guessed,
        "encoding": reading.encoding,
        "sha256": reading.sha256,
        "size_bytes": reading.size_bytes,
        "promotions": reading.promotions,
        "fragment": reading.fragment,
        "plain": reading.plain,
    }


def reading_from_data(data: Mapping[str, Any]) -> Reading:
    """The reading that the data says. Raises KeyError, TypeError or ValueError for other data."""
    return Reading(
        **{
            **data,
            "form": Form(data["form"]),
            "authors": tuple(str(each) for each in data["authors"]),
            "publisher_from": PublisherFrom(data["publisher_from"]),
            "published": _time_from_data(data["published"]),
            "other_times": tuple(_time_from_data(each) for each in data["other_times"]),
        }
    )


def instant_as_text(at: datetime) -> str:
    """The instant in ISO 8601 with ``Z``, as the scheme language writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time_as_data(time: StatedTime) -> dict[str, object]:
    return {
        "at": instant_as_text(time.at),
        "where": time.where.value,
        "name": time.name,
        "zone_assumed": time.zone_assumed,
        "day_alone": time.day_alone,
    }


def _time_from_data(data: Mapping[str, Any]) -> StatedTime:
    at, where = datetime.fromisoformat(data["at"]), Where(data["where"])
    return StatedTime(**{**data, "at": at, "where": where})
