"""Nothing is kept but paragraphs, headings and plain links."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.adapters.sources.markup import parsed_html
from tongguan.adapters.sources.text_blocks import kept_text, sanitised

ALLOWED = re.compile(
    r'</?(?:p|h[1-6])>|<a href="https?://[^"<>]*" rel="nofollow noopener noreferrer">|</a>'
)
UNLINKED = '<a rel="nofollow noopener noreferrer">'
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">a</a>',
    '<a href="java&#10;script:alert(1)">a</a>',
    '<a href=" &#14; javascript:alert(1)">a</a>',
    '<a href="https://a.example/" onclick="x()" style="color:red" target=_blank>a</a>',
    '<iframe src="https://a.example/"></iframe>',
    '<form action="https://a.example/"><input name=a><p>in a form</p></form>',
    "<style>p{background:url(javascript:alert(1))}</style>",
    "<!-- comment --><!--[if IE]><script>x</script><![endif]-->",
    '<meta http-equiv=refresh content="0;url=https://a.example/">',
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<p>1 < 2 & 3 > 2 "quoted"</p>',
    "<base href='javascript:/a/'><a href='b'>c</a>",
    "<object data=x><embed src=y><p>z</p></object>",
    "<title><script>alert(1)</script></title>",
    "<plaintext><script>alert(1)</script>",
]


def fragment_of(html: str) -> str:
    body = parsed_html(html).body
    return "" if body is None else kept_text(body, "https://base.example/x").fragment


def assert_plain(fragment: str) -> None:
    assert "<" not in ALLOWED.sub("", fragment), fragment
    assert sanitised(fragment) == fragment


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html__leaves__plain_text_alone(html: str) -> None:
    fragment = fragment_of(f"<p>before</p>{html}<p>after</p>")
    assert_plain(fragment)
    assert fragment.startswith("<p>before</p>")
    assert "<script" not in fragment
    assert not re.search(r"<[^>]*\bon[a-z]+\s*=", fragment)
    assert not re.search(r"<[^>]*javascript:", fragment)


@pytest.mark.parametrize("html", HOSTILE)
def test_sanitiser__alone__lets_no_more_through(html: str) -> None:
    assert "<" not in ALLOWED.sub("", sanitised(html).replace(UNLINKED, ""))


PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<a href='https://x.example/'>",
            "</a>",
            "<td>",
            "<h2>",
        ),
        *(
            "<table>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<svg>",
            "<style>",
            "</style>",
            "&lt;",
        ),
        *(
            "<a href='javascript:x'>",
            "<b onclick=y>",
            "text ",
            "渡轮",
            "<br>",
            "&amp;",
            '"',
            "'",
            ">",
        ),
        *("<select><option>", "<math><mtext>", "<noscript>", "<template>", "<", "\u2028", "<li>"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=12), max_size=40).map("".join))
def test_any_html__leaves__plain_text_alone(html: str) -> None:
    assert_plain(fragment_of(html))


@given(st.text(max_size=200))
def test_any_text__is_never__more_than_it_says(text: str) -> None:
    assert_plain(fragment_of(text))


def test_blocks__become__paragraphs_of_their_own() -> None:
    html = (
        "<h2>Plan</h2>loose<div>one<p>two <b>bold</b></p>three</div>"
        "<ul><li>a</li><li>b</li></ul><table><tr><td>c</td><td>d</td></tr></table>e<br>f"
    )
    assert re.findall(r"<(\w+)>([^<]*)</", fragment_of(html)) == [
        *(("h2", "Plan"), ("p", "loose"), ("p", "one"), ("p", "two bold"), ("p", "three")),
        *(("p", "a"), ("p", "b"), ("p", "c d"), ("p", "e"), ("p", "f")),
    ]


def test_links__are__whole_plain_and_without_trackers() -> None:
    fragment = fragment_of('<p>See <a href="/b?utm_source=x&id=1&k=2" id=z>the  plan</a>, now.</p>')
    assert fragment == (
        '<p>See <a href="https://base.example/b?id=1&amp;k=2" rel="nofollow noopener noreferrer">'
        "the plan</a>, now.</p>"
    )


def test_words__that_look_like_markup__stay_words() -> None:
    assert fragment_of("<p>a &lt;b&gt;c&lt;/b&gt; &amp;amp; 1 < 2</p>") == (
        "<p>a &lt;b&gt;c&lt;/b&gt; &amp;amp; 1 &lt; 2</p>"
    )


def test_headers_and_notices__around_the_article__are_left_out() -> None:
    html = "<header>Site</header><nav>Menu</nav><p>Text</p><aside>Ad</aside><footer>End</footer>"
    assert fragment_of(html) == "<p>Text</p>"
    article = parsed_html("<article><header><h1>Title</h1></header><p>Text</p></article>")
    top = article.css_first("article")
    assert top is not None
    assert kept_text(top, None).plain == "Title\n\nText"
