"""HTML as a tree, within bounds, walked without recursion."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError

DEPTH_MAX: Final = 400
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>\"'<]*)")
_NEVER_DEEP: Final = frozenset(
    {
        *("area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "html"),
        *("head", "body", "img", "input", "li", "link", "meta", "option", "optgroup"),
        *("p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead"),
        *("tr", "track", "wbr"),
    }
)
"""Elements without content, or closed by the next of their kind: they nest only with others."""


def parsed_html(text: str) -> LexborHTMLParser:
    """The tree of a page or a fragment. Raises ``SourceRefusedError`` where it nests too deep."""
    # Building a tree takes time with the square of its depth, so depth is estimated before.
    if _depth_estimated(text) > DEPTH_MAX:
        raise SourceRefusedError(SourceRefusal.NESTED_TOO_DEEP, depth_max=str(DEPTH_MAX))
    return LexborHTMLParser(text)


def walk(
    top: LexborNode, enter: Callable[[LexborNode], bool], leave: Callable[[LexborNode], None]
) -> None:
    """Enter and leave every node below ``top`` in order; a node that ``enter`` refuses is skipped.

    ``leave`` is called for what was entered and not refused.
    """
    node = top.first_child
    if node is None:
        return
    while True:
        entered = enter(node)
        below = node.first_child if entered else None
        if below is not None:
            node = below
            continue
        if entered:
            leave(node)
        while node.next is None:
            above = node.parent
            if above is None or above.mem_id == top.mem_id:
                return
            node = above
            leave(node)
        node = node.next


def collapsed(text: str) -> str:
    """The text on one line: runs of space made one, what no one can see left out."""
    seen = "".join(
        " " if each.isspace() else each for each in text if each.isspace() or each.isprintable()
    )
    return " ".join(seen.split())


def _depth_estimated(text: str) -> int:
    still_open: Counter[str] = Counter()
    depth = deepest = 0
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if name in _NEVER_DEEP:
            continue
        if not match[1]:
            still_open[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif still_open[name]:
            still_open[name] -= 1
            depth -= 1
    return deepest
