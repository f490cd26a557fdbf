"""The text of a source: paragraphs and headings with plain links, and nothing else."""

import html
import re
from dataclasses import dataclass, field
from typing import Final

import nh3
from selectolax.lexbor import LexborNode

from tongguan.adapters.sources.addresses import is_tracked, plain_address
from tongguan.adapters.sources.markup import collapsed, walk
from tongguan.adapters.sources.promotions import promotion_rule, words_alone

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS: Final = frozenset(
    {
        *("address", "article", "blockquote", "body", "br", "center", "dd", "details"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "form", "header"),
        *("hgroup", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table"),
        *("tbody", "tfoot", "thead", "tr", "ul"),
    }
)
_GAPS: Final = frozenset({"td", "th"})
_LEFT_OUT: Final = frozenset(
    {
        *("applet", "aside", "audio", "base", "button", "canvas", "datalist", "dialog"),
        *("embed", "figure", "footer", "frame", "frameset", "head", "iframe", "img"),
        *("input", "link", "map", "math", "menu", "meta", "nav", "noembed", "noframes"),
        *("noscript", "object", "param", "picture", "plaintext", "script", "select"),
        *("style", "svg", "template", "textarea", "title", "video", "xmp"),
    }
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LINK_REL: Final = "nofollow noopener noreferrer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Words that stand together, linked or not."""

    text: str
    written: str | None = None
    """The address of the link as the file writes it; ``None`` outside links."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptText:
    """What was kept of a source's text."""

    fragment: str
    """HTML of ``p``, ``h1`` to ``h6`` and ``a`` alone, one block a line."""
    plain: str
    """The same words, one block a line with an empty line between."""
    promotions: int
    """How many paragraphs were left out because they promote."""


@dataclass(slots=True)
class _Blocks:
    """Gathers runs into blocks while the tree is walked."""

    without_headers: bool
    blocks: list[tuple[str, list[Run]]] = field(default_factory=list)
    kind: str = "p"
    runs: list[Run] = field(default_factory=list)
    link: str | None = None

    def enter(self, node: LexborNode) -> bool:
        tag = node.tag or ""
        if node.is_text_node:
            self.runs.append(Run(text=node.text_content or "", written=self.link))
            return True
        if not node.is_element_node or tag in _LEFT_OUT or _is_hidden(node):
            return False
        if tag == "header" and self.without_headers:
            return False
        if tag in _BREAKS or tag in HEADINGS:
            self.close()
            self.kind = tag if tag in HEADINGS else "p"
        elif tag in _GAPS:
            self.runs.append(Run(text=" "))
        elif tag == "a":
            self.link = node.attributes.get("href") or None
            self.runs.append(Run(text="", written=self.link))
        return True

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "a":
            self.link = None
        elif tag in _BREAKS or tag in HEADINGS:
            self.close()
            self.kind = "p"

    def close(self) -> None:
        if self.runs:
            self.blocks.append((self.kind, self.runs))
        self.runs = []


def kept_text(top: LexborNode, base: str | None) -> KeptText:
    """The text below a node; links are made whole against ``base``, and promotion is left out."""
    gathered = _Blocks(without_headers=top.tag in {"body", "html"})
    walk(top, gathered.enter, gathered.leave)
    gathered.close()
    promotions = sum(_is_promotion(runs) for _, runs in gathered.blocks)
    kept = [(kind, runs) for kind, runs in gathered.blocks if not _is_promotion(runs)]
    lines = [_block(kind, runs, base) for kind, runs in kept]
    plain = [collapsed("".join(run.text for run in runs)) for _, runs in kept]
    return KeptText(
        fragment=sanitised("\n".join(filter(None, lines))),
        plain="\n\n".join(filter(None, plain)),
        promotions=promotions,
    )


def sanitised(fragment: str) -> str:
    """The fragment with nothing in it but paragraphs, headings and links over http or https."""
    return nh3.clean(
        fragment,
        tags={"p", "a", *HEADINGS},
        clean_content_tags={"script", "style", "iframe", "noscript", "template", "svg", "math"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel=_LINK_REL,
        strip_comments=True,
        generic_attribute_prefixes=set(),
    )


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(attributes.get("style") or ""))
    )


def _is_promotion(runs: list[Run]) -> bool:
    """Whether the block says nothing outside links that promote; see ``promotions.yaml``."""
    rule = promotion_rule()
    says: dict[str, str] = {}
    for run in runs:
        if run.written is not None:
            says[run.written] = says.get(run.written, "") + run.text
        elif words_alone(run.text):
            return False
    return bool(says) and all(
        is_tracked(address) or rule.is_promotion(address=address, says=words)
        for address, words in says.items()
    )


def _block(kind: str, runs: list[Run], base: str | None) -> str:
    """One block as HTML, its words escaped; empty where it has none."""
    joined: list[tuple[str, str | None]] = []
    for run in runs:
        address = plain_address(run.written, base) if run.written else None
        if joined and joined[-1][1] == address:
            joined[-1] = (joined[-1][0] + run.text, address)
        elif run.text:
            joined.append((run.text, address))
    written = "".join(_words(text, address) for text, address in joined)
    written = " ".join(written.split())
    return f"<{kind}>{written}</{kind}>" if any(collapsed(text) for text, _ in joined) else ""


def _words(text: str, address: str | None) -> str:
    shown = html.escape(" ".join(_visible(text).split()), quote=False)
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    if address is None or not shown:
        return f"{before}{shown}{after}"
    return f'{before}<a href="{html.escape(address)}">{shown}</a>{after}'


def _visible(text: str) -> str:
    return "".join(each for each in text if each.isspace() or each.isprintable())
