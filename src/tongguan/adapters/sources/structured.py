"""What an HTML page states in JSON-LD about the article that it holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from tongguan.adapters.sources.addresses import plain_address
from tongguan.adapters.sources.markup import collapsed

_OBJECTS_MAX: Final = 2000
_KINDS: Final = ("Article", "Posting", "Report", "PressRelease")


@dataclass(frozen=True, kw_only=True, slots=True)
class StructuredData:
    """The article's own statements; empty where it makes none."""

    title: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    address: str | None = None
    published: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    language_tag: str = ""


def structured_data(page: LexborHTMLParser) -> StructuredData:
    """Of the objects of the page, the first that is an article, else the first dated one."""
    objects = list(_objects(page))
    articles = [each for each in objects if _is_article(each)]
    dated = [each for each in objects if "datePublished" in each]
    for each in (*articles, *dated):
        return StructuredData(
            title=next(_names(each.get("headline")), "") or next(_names(each.get("name")), ""),
            authors=tuple(_names(each.get("author"))),
            publisher=next(_names(each.get("publisher")), ""),
            address=_address(each),
            published=tuple(_names(each.get("datePublished"))),
            changed=tuple(_names(each.get("dateModified"))),
            language_tag=next(_names(each.get("inLanguage")), ""),
        )
    return StructuredData()


def _objects(page: LexborHTMLParser) -> Iterator[dict[str, object]]:
    """Every object of every script of structured data, outer ones first."""
    waiting: list[object] = []
    for script in page.css('script[type="application/ld+json" i]'):
        try:
            waiting.append(json.loads(script.text()))
        except (ValueError, RecursionError):
            continue
    for _ in range(_OBJECTS_MAX):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, dict):
            yield node
            waiting.extend(each for each in node.values() if isinstance(each, dict | list))
        elif isinstance(node, list):
            waiting.extend(node)


def _is_article(node: dict[str, object]) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and kind.endswith(_KINDS) for kind in named)


def _names(value: object) -> Iterator[str]:
    """Texts, and the names of things, one or a list of them."""
    for each in value if isinstance(value, list) else [value]:
        named = each.get("name", each.get("alternateName")) if isinstance(each, dict) else each
        if isinstance(named, str) and collapsed(named):
            yield collapsed(named)


def _address(article: dict[str, object]) -> str | None:
    about = article.get("mainEntityOfPage")
    named = about.get("@id") if isinstance(about, dict) else about
    for written in (article.get("url"), named):
        address = plain_address(written) if isinstance(written, str) else None
        if address is not None:
            return address
    return None
