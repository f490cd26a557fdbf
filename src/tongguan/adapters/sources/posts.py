"""News posts in Markdown: front matter for what they state, Markdown and raw HTML for the text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborNode

from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.adapters.sources.addresses import plain_address
from tongguan.adapters.sources.markup import collapsed, parsed_html
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError
from tongguan.adapters.sources.stated_times import StatedTime, Where, read_timestamp
from tongguan.adapters.sources.statements import Dated, Form, Statements
from tongguan.core.scheme.faults import FaultCode

_FRONT_MATTER: Final = re.compile(
    r"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE
)
_FRONT_MATTER_CHARACTERS_MAX: Final = 64_000
_TIMESTAMP: Final = re.compile(r"<!--\s{0,20}([0-9]{10}(?:[0-9]{3})?)\s{0,20}-->", re.ASCII)
_TIMESTAMPS_MAX: Final = 20

_TITLE: Final = ("title",)
_AUTHORS: Final = ("author", "authors", "by", "byline")
_PUBLISHER: Final = ("publisher", "site", "site_name", "media", "source")
_ADDRESS: Final = ("url", "canonical", "canonical_url", "original_url", "from", "link", "source")
_PUBLISHED: Final = ("published", "published_at", "publish_date", "pubdate", "date", "datetime")
_CHANGED: Final = ("updated", "updated_at", "modified", "lastmod", "last_modified_at")
_LANGUAGE: Final = ("lang", "language", "locale")


def is_post(text: str) -> bool:
    """Whether the text begins with front matter."""
    return _FRONT_MATTER.match(text) is not None


def read_post(text: str) -> Statements:
    """What a post states. Raises ``SourceRefusedError`` when its front matter is no YAML."""
    matter, body = _split(text)
    content = parsed_html(MarkdownIt("commonmark", {"html": True}).render(body))
    top = content.body
    if top is None:
        raise SourceRefusedError(SourceRefusal.EMPTY)
    heading = top.css_first("h1, h2, h3")
    addresses = (plain_address(each) for each in _texts(matter, _ADDRESS))
    publishers = [each for each in _texts(matter, _PUBLISHER) if plain_address(each) is None]
    return Statements(
        form=Form.POST,
        title=next(_texts(matter, _TITLE), "") or _said_by(heading),
        authors=tuple(_texts(matter, _AUTHORS)),
        publisher=next(iter(publishers), ""),
        address=next(filter(None, addresses), None) or _linked_by(heading),
        published=tuple(_dates(matter, _PUBLISHED)),
        other_dates=tuple(_dates(matter, _CHANGED)),
        timestamps=tuple(_timestamps(text)),
        language_tag=next(_texts(matter, _LANGUAGE), ""),
        content=top,
    )


def _split(text: str) -> tuple[Mapping[str, object], str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    if len(match[1]) > _FRONT_MATTER_CHARACTERS_MAX:
        raise SourceRefusedError(SourceRefusal.FRONT_MATTER_WRONG, line="1")
    parsed = parse_yaml(match[1].encode())
    if parsed.stopped or not isinstance(parsed.data, dict):
        line = parsed.faults[0].line + 1 if parsed.faults else 1
        raise SourceRefusedError(SourceRefusal.FRONT_MATTER_WRONG, line=str(line))
    # Dates stand there without quotes and are read as they are written; what the strict reader
    # could not read otherwise, such as a fraction, is no statement.
    unread = {path[:1] for code, path, *_ in parsed.noted if code is not FaultCode.UNQUOTED}
    matter = {key.lower(): value for key, value in parsed.data.items() if (key,) not in unread}
    return matter, text[match.end() :]


def _texts(matter: Mapping[str, object], keys: tuple[str, ...]) -> Iterator[str]:
    """What stands under the keys, in their order: texts, numbers, and lists of them."""
    for key in keys:
        value = matter.get(key)
        for each in value if isinstance(value, list) else [value]:
            named = each.get("name") if isinstance(each, dict) else each
            if isinstance(named, str | int) and not isinstance(named, bool):
                text = collapsed(str(named))
                if text:
                    yield text


def _dates(matter: Mapping[str, object], keys: tuple[str, ...]) -> Iterator[Dated]:
    for key in keys:
        for written in _texts(matter, (key,)):
            yield Dated(written=written, where=Where.FRONT_MATTER, name=key)


def _timestamps(text: str) -> Iterator[StatedTime]:
    for count, match in enumerate(_TIMESTAMP.finditer(text)):
        if count == _TIMESTAMPS_MAX:
            return
        yield read_timestamp(match[1], name=str(text.count("\n", 0, match.start()) + 1))


def _said_by(heading: LexborNode | None) -> str:
    return "" if heading is None else collapsed(heading.text())


def _linked_by(heading: LexborNode | None) -> str | None:
    link = None if heading is None else heading.css_first("a[href]")
    return None if link is None else plain_address(link.attributes.get("href") or "")
