"""A whole HTML page: metadata, JSON-LD, time elements, the article."""

import pytest

from tests.builders.sources import PAGE_EN, PAGE_HANT
from tongguan.adapters.sources.pages import is_page, read_page


def test_page__states__its_metadata() -> None:
    stated = read_page(PAGE_HANT)
    assert (stated.title, stated.publisher) == ("渡輪服務恢復", "海灣新聞網")
    assert stated.address == "https://news.bay.example.hk/2031/ferry"
    assert stated.language_tag == "zh-HK"
    assert stated.published[0].written == "2031-03-04T09:00:00+08:00"
    assert stated.other_dates[0].written == "2031-03-04T12:30:00+08:00"
    assert stated.content.tag == "article"


def test_page__states__its_structured_data() -> None:
    stated = read_page(PAGE_EN)
    assert stated.title == "Ferries return in spring"
    assert stated.authors == ("Ann Lee", "Bo Wong")
    assert stated.publisher == "Bay Herald"
    assert stated.address == "https://herald.example.org/ferries"
    assert [each.written for each in stated.published] == ["2031-03-04"]
    assert [each.written for each in stated.other_dates] == ["2031-03-06T10:00:00Z"]
    assert stated.content.tag == "main"


@pytest.mark.parametrize(
    "script",
    ["", "{", "[" * 100_000, '{"@type": 1}', '"text"', '{"@type": "Article", "author": {"x": 1}}'],
)
def test_structured_data__that_says_nothing__is_no_fault(script: str) -> None:
    page = f'<title>T</title><script type="application/ld+json">{script}</script><p>x</p>'
    stated = read_page(page)
    assert (stated.title, stated.authors) == ("T", ())


def test_title__loses__the_publishers_name_behind_it() -> None:
    page = '<title>Ferries return | Bay Herald</title><meta name=publisher content="Bay Herald">'
    assert read_page(page).title == "Ferries return"
    assert read_page(page.replace("Ferries return | ", "")).title == "Bay Herald"
    assert read_page("<h1>Ferries</h1>").title == "Ferries"


def test_author__that_is_the_address_of_a_profile__names_nobody() -> None:
    meta = '<meta property="article:author" content="https://a.example/ann">'
    assert read_page(f"<title>T</title>{meta}").authors == ()


def test_text__is__the_longest_article() -> None:
    html = "<article>one</article><article><time datetime=2031-01-01></time>two and more</article>"
    stated = read_page(html)
    assert "two" in stated.content.text()
    assert [each.written for each in stated.published] == ["2031-01-01"]


def test_page__is_told__from_markdown() -> None:
    assert is_page("<!DOCTYPE html><p>")
    assert is_page("\n<HTML lang=en>")
    assert not is_page("# A heading\n\n<div>raw</div>")
