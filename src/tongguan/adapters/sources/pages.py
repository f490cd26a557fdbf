"""Whole HTML pages: metadata for what they state, the article for the text."""

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tongguan.adapters.sources.addresses import plain_address
from tongguan.adapters.sources.markup import collapsed, parsed_html
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError
from tongguan.adapters.sources.stated_times import Where
from tongguan.adapters.sources.statements import Dated, Form, Statements
from tongguan.adapters.sources.structured import structured_data

_PAGE: Final = re.compile(r"<(?:!doctype\s+html|html|head|title|meta)\b", re.IGNORECASE)
_TITLES: Final = ("og:title", "dc.title", "dcterms.title", "title", "twitter:title")
_AUTHORS: Final = ("author", "article:author", "dc.creator", "dcterms.creator", "byl")
_PUBLISHERS: Final = ("og:site_name", "publisher", "dc.publisher", "application-name")
_PUBLISHED: Final = (
    *("article:published_time", "datepublished", "og:published_time", "pubdate", "publishdate"),
    *("publish_date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "date"),
)
_CHANGED: Final = (
    *("article:modified_time", "datemodified", "og:updated_time", "lastmod", "last-modified"),
    *("dcterms.modified", "dc.date.modified"),
)
_TIME_ELEMENTS_MAX: Final = 20


def is_page(text: str) -> bool:
    """Whether the text is an HTML page rather than Markdown."""
    return _PAGE.search(text[:20_000]) is not None


def read_page(text: str) -> Statements:
    """What a page states in JSON-LD, its metadata, its head and its ``time`` elements."""
    page = parsed_html(text)
    body = page.body
    if body is None:
        raise SourceRefusedError(SourceRefusal.EMPTY)
    meta, structured, content = _metadata(page), structured_data(page), _content(body)
    publisher = structured.publisher or _first(meta, _PUBLISHERS)
    times = _time_elements(content)
    published = (
        *_dates(structured.published, Where.STRUCTURED, "datePublished"),
        *(each for name in _PUBLISHED for each in _dates(meta.get(name, ()), Where.META, name)),
        *times,
    )
    changed = (
        *_dates(structured.changed, Where.STRUCTURED, "dateModified"),
        *(each for name in _CHANGED for each in _dates(meta.get(name, ()), Where.META, name)),
    )
    return Statements(
        form=Form.PAGE,
        title=structured.title or _first(meta, _TITLES) or _title(page, publisher),
        authors=structured.authors or _people(meta),
        publisher=publisher,
        address=_address(page, meta) or structured.address,
        published=published,
        other_dates=changed,
        timestamps=(),
        language_tag=_language_tag(page, meta) or structured.language_tag,
        content=content,
    )


def _metadata(page: LexborHTMLParser) -> dict[str, tuple[str, ...]]:
    """What ``meta`` elements say, by property, name, itemprop or http-equiv in small letters."""
    found: dict[str, tuple[str, ...]] = {}
    for each in page.css("meta[content]"):
        said = each.attributes
        content = collapsed(said.get("content") or "")
        keys = {said.get(key) or "" for key in ("property", "name", "itemprop", "http-equiv")}
        for key in keys - {""} if content else ():
            found[key.lower()] = (*found.get(key.lower(), ()), content)
    return found


def _first(meta: dict[str, tuple[str, ...]], names: tuple[str, ...]) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _people(meta: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The authors of the first name that has any; addresses of profiles name nobody."""
    for name in _AUTHORS:
        people = tuple(each for each in meta.get(name, ()) if plain_address(each) is None)
        if people:
            return tuple(dict.fromkeys(people))
    return ()


def _title(page: LexborHTMLParser, publisher: str) -> str:
    """The page's title without its publisher's name behind it, else the first heading."""
    element = page.css_first("head > title")
    title = "" if element is None else collapsed(element.text())
    if publisher and title.endswith(publisher):
        cut = title[: -len(publisher)].rstrip()
        title = cut.rstrip("-–—|_·•:：").rstrip() or title
    if title:
        return title
    heading = page.css_first("h1")
    return "" if heading is None else collapsed(heading.text())


def _address(page: LexborHTMLParser, meta: dict[str, tuple[str, ...]]) -> str | None:
    link = page.css_first('link[rel~="canonical" i][href]')
    written = (link.attributes.get("href") if link else None, _first(meta, ("og:url",)))
    return next(filter(None, (plain_address(each) for each in written if each)), None)


def _language_tag(page: LexborHTMLParser, meta: dict[str, tuple[str, ...]]) -> str:
    root = page.css_first("html")
    tag = "" if root is None else root.attributes.get("lang") or ""
    return tag or _first(meta, ("og:locale", "content-language", "dc.language"))


def _content(body: LexborNode) -> LexborNode:
    """The element that holds the article: the longest of the first kind that has words."""
    for query in ('[itemprop~="articleBody"]', "article", "main, [role=main]"):
        found = [(len(collapsed(each.text())), each) for each in body.css(query)[:200]]
        length, longest = max(found, key=lambda pair: pair[0], default=(0, body))
        if length:
            return longest
    return body


def _time_elements(content: LexborNode) -> tuple[Dated, ...]:
    """Times of the article; its headline's often stands around the element of its words."""
    around: LexborNode | None = content
    while around is not None and around.tag not in {"article", "main", "body"}:
        around = around.parent
    elements = (around or content).css("time[datetime]")[:_TIME_ELEMENTS_MAX]
    written = [each.attributes.get("datetime") or "" for each in elements]
    return tuple(_dates(tuple(written), Where.TIME_ELEMENT, "datetime"))


def _dates(written: tuple[str, ...], where: Where, name: str) -> Iterator[Dated]:
    for each in written:
        yield Dated(written=each, where=where, name=name)
