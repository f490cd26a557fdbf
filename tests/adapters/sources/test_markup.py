"""HTML is parsed within a depth and walked without recursion."""

import pytest

from tongguan.adapters.sources.markup import DEPTH_MAX, collapsed, parsed_html, walk
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError


@pytest.mark.parametrize("unit", ["<div>", "<span>", "<table><td>", "<ul><li>", "<b><p>"])
def test_html__nested_too_deep__is_refused_before_it_is_parsed(unit: str) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        parsed_html(unit * 200_000)
    assert refused.value.code is SourceRefusal.NESTED_TOO_DEEP


def test_html__of_many_elements__is_not_deep() -> None:
    parsed_html("<p>a<br>" * 3000 + "<div>b</div>" * 3000)
    parsed_html("<div>" * DEPTH_MAX)


def test_walk__enters_in_order__and_leaves_what_it_entered() -> None:
    seen: list[str] = []
    body = parsed_html("<p>a<b>b</b></p><i>c<u>d</u></i><p></p>").body
    assert body is not None

    def enter(node) -> bool:
        seen.append(node.tag or "")
        return node.tag != "i"

    walk(body, enter, lambda node: seen.append(f"/{node.tag}"))
    assert " ".join(seen) == "p -text /-text b -text /-text /b /p i p /p"


def test_text__is_collapsed__to_what_can_be_seen() -> None:
    assert collapsed(" a\u3000b\u200b\u202ec\n\td ") == "a bc d"
