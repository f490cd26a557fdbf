"""What promotes is left out, and nothing that says something."""

import pytest

from tongguan.adapters.sources.markup import parsed_html
from tongguan.adapters.sources.promotions import promotion_rule
from tongguan.adapters.sources.text_blocks import KeptText, kept_text


def kept(html: str) -> KeptText:
    body = parsed_html(html).body
    assert body is not None
    return kept_text(body, "https://a.example/")


@pytest.mark.parametrize(
    "paragraph",
    [
        '<p><a href="https://subscribe.x.example/offer"><img src=x></a></p>',
        '<p><a href="https://x.example/?utm_campaign=1">An offer</a></p>',
        '<p>【<a href="https://x.example/a">下載 App</a>】 | <a href="/b">關注我們</a></p>',
        '<p><a href="https://apps.apple.com/x">Bay Daily</a></p>',
        '<p><a href="/promotions/99-cents">99 cents</a></p>',
        '<div><a href="/x">Read <b>more</b>…</a></div>',
    ],
)
def test_promotion__alone_in_its_paragraph__is_left_out(paragraph: str) -> None:
    found = kept(f"<p>One.</p>{paragraph}<p>Two.</p>")
    assert found.fragment == "<p>One.</p>\n<p>Two.</p>"
    assert found.promotions == 1


@pytest.mark.parametrize(
    "paragraph",
    [
        '<p>The plan: <a href="https://x.example/?utm_campaign=1">see there</a></p>',
        '<p><a href="https://x.example/plan">The plan of the office</a></p>',
        '<p>Subscribe to the ferry <a href="/subscribe">here</a>, said the office.</p>',
        '<p><a href="https://x.example/a">Read more</a> <a href="/b">of the plan</a></p>',
        "<p>Read more</p>",
    ],
)
def test_paragraph__that_says_something__stays(paragraph: str) -> None:
    found = kept(f"<p>One.</p>{paragraph}")
    assert found.fragment.count("<p>") == 2
    assert found.promotions == 0


def test_rule__is__data_that_is_not_empty() -> None:
    rule = promotion_rule()
    assert rule.tracking_prefixes
    assert all((rule.tracking_names, rule.host_labels, rule.hosts, rule.folders, rule.phrases))
