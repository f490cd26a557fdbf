"""One reading of one file, whatever the file is."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.sources import GIVEN, PAGE_EN, PAGE_HANT, POST
from tongguan.adapters.sources.reading import (
    PublisherFrom,
    Reading,
    instant_as_text,
    read_source,
    reading_as_data,
    reading_from_data,
)
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError


def test_post__is_read__with_both_times_and_its_text() -> None:
    read = read_source(POST.encode(), GIVEN)
    assert (read.title, read.publisher) == ("渡轮明年三月复航", "海湾日报")
    assert read.publisher_from is PublisherFrom.AUTHOR
    assert instant_as_text(read.published.at) == "2031-03-04T01:02:03Z"
    assert [instant_as_text(each.at) for each in read.other_times] == ["2031-03-04T14:13:20Z"]
    assert (read.language, read.language_guessed) == ("zh-Hans", True)
    assert read.promotions == 2
    assert read.plain == (
        "渡轮明年三月复航\n\n港务长今天说，两岸渡轮的准备工作已经就绪。\n\n详情见港务处的计划。"
    )
    assert 'href="https://port.example.org/plan?id=7"' in read.fragment


def test_page_in_traditional_chinese__is_read__as_tagged() -> None:
    read = read_source(PAGE_HANT.encode(), GIVEN)
    assert (read.language, read.language_guessed) == ("zh-Hant", False)
    assert read.publisher_from is PublisherFrom.STATED
    assert read.plain == (
        "渡輪服務恢復\n\n今早\n\n政府宣布，渡輪將於下星期恢復。名額有限。\n\n每日一千名\n\n須預約\n\n不通"
    )
    assert [instant_as_text(each.at) for each in read.other_times] == ["2031-03-04T04:30:00Z"]


def test_page_in_english__is_read__with_the_zone_assumed() -> None:
    read = read_source(PAGE_EN.encode(), GIVEN)
    assert read.language == "en"
    assert instant_as_text(read.published.at) == "2031-03-03T16:00:00Z"
    assert read.published.day_alone
    assert read.published.zone_assumed == "Asia/Hong_Kong"
    assert '<a href="https://herald.example.org/seats"' in read.fragment


@pytest.mark.parametrize(("tag", "encoding"), [("zh-CN", "gb18030"), ("zh-TW", "big5")])
def test_page__in_an_older_encoding__is_read(tag: str, encoding: str) -> None:
    page = (
        f"<html lang={tag}><meta charset={encoding}><title>一</title>"
        "<meta name=date content=2031-01-01>"
        "<link rel=canonical href=https://a.example/><p>山水</p>"
    )
    assert read_source(page.encode(encoding), GIVEN).plain == "山水"


def test_post__with_carriage_returns__is_read_alike() -> None:
    read = read_source(POST.replace("\n", "\r\n").encode(), GIVEN)
    plain = read_source(POST.encode(), GIVEN)
    assert replace(read, sha256="", size_bytes=0) == replace(plain, sha256="", size_bytes=0)


def test_what_is_given__outweighs__the_file() -> None:
    given_too = replace(GIVEN, url="https://b.example/", language="zh-HK")
    read = read_source(POST.encode(), given_too)
    assert (read.url, read.language, read.language_guessed) == (
        *("https://b.example/", "zh-Hant"),
        False,
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("---\ndate: 2031-01-01\nfrom: https://a.example/\n---\ntext", SourceRefusal.TITLE_MISSING),
        ('---\ntitle: "  "\ndate: 2031-01-01\n---\n', SourceRefusal.TITLE_MISSING),
        ("---\ntitle: a\nfrom: https://a.example/\n---\n", SourceRefusal.DATE_MISSING),
        ("---\ntitle: a\ndate: someday\n---\n", SourceRefusal.DATE_UNREADABLE),
        ("---\ntitle: a\ndate: 2031-01-01\n---\n", SourceRefusal.ADDRESS_MISSING),
        (
            "---\ntitle: a\ndate: 2031-01-01\nurl: https://a.example/\n---\nxyz",
            SourceRefusal.LANGUAGE_UNKNOWN,
        ),
        ("# A heading\n\nSome words.", SourceRefusal.DATE_MISSING),
        ("<html><title>T</title><p>x</p>", SourceRefusal.DATE_MISSING),
        ("<html><meta name=date content=2031-01-01><p>x</p>", SourceRefusal.TITLE_MISSING),
        ("<html>" + "<div>" * 5000, SourceRefusal.NESTED_TOO_DEEP),
    ],
)
def test_file__that_nothing_could_cite__is_refused(content: str, code: SourceRefusal) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        read_source(content.encode(), GIVEN)
    assert refused.value.code is code


@pytest.mark.parametrize("content", [POST, PAGE_HANT, PAGE_EN])
def test_reading__survives__its_data(content: str) -> None:
    read = read_source(content.encode(), GIVEN)
    assert reading_from_data(reading_as_data(read)) == read


def assert_read_or_refused(content: bytes) -> None:
    try:
        read = read_source(content, GIVEN)
    except SourceRefusedError:
        return
    assert isinstance(read, Reading)
    assert "<script" not in read.fragment.lower()
    assert not re.search(r"<[^>]*(\bon\w+\s*=|javascript:)", read.fragment, re.IGNORECASE)


@given(st.binary(max_size=400))
def test_any_bytes__are_read_or_refused(content: bytes) -> None:
    assert_read_or_refused(content)
    assert_read_or_refused(b"---\ntitle: a\ndate: 2031-01-01\nlang: en\n---\n" + content)


FIELDS = st.text(max_size=40)


@given(title=FIELDS, date=FIELDS, body=FIELDS, lang=FIELDS, url=FIELDS)
def test_any_post__is_read_or_refused(
    title: str, date: str, body: str, lang: str, url: str
) -> None:
    post = f"---\ntitle: {title}\ndate: {date}\nlang: {lang}\nfrom: {url}\n---\n{body}"
    assert_read_or_refused(post.encode(errors="replace"))
    page = (
        f'<html lang="{lang}"><title>{title}</title><meta name="date" content="{date}">'
        f'<link rel="canonical" href="{url}">'
        f'<script type="application/ld+json">{body}</script>{body}'
    )
    assert_read_or_refused(page.encode(errors="replace"))


@given(st.lists(st.sampled_from([*POST.splitlines(keepends=True), "<script>", "on", "# "])))
def test_any_mix_of_a_posts_lines__is_read_or_refused(lines: list[str]) -> None:
    assert_read_or_refused("".join(lines).encode())
