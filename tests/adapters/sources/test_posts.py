"""A news post in Markdown: front matter, raw HTML, comments."""

import pytest

from tests.builders.sources import POST
from tongguan.adapters.sources.posts import is_post, read_post
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError


def test_post__states__what_its_front_matter_says() -> None:
    stated = read_post(POST)
    assert stated.title == "渡轮明年三月复航"
    assert stated.authors == ("海湾日报",)
    assert stated.address == "https://www.bay-daily.example.com/news/ferry-1?page=2"
    assert [(each.written, each.name) for each in stated.published] == [
        ("2031-03-04T01:02:03.456Z", "date")
    ]
    assert [(each.at.isoformat(), each.name) for each in stated.timestamps] == [
        ("2031-03-04T14:13:20+00:00", "10")
    ]


def test_post__without_title_or_address__takes_those_of_its_heading() -> None:
    stated = read_post("---\ndate: 2031-03-04\n---\n# [A *ferry*](https://a.example/f?utm_id=1)\n")
    assert stated.title == "A ferry"
    assert stated.address == "https://a.example/f"


def test_post__takes__a_source_for_address_or_publisher() -> None:
    named = read_post("---\ntitle: a\nsource: Bay Daily\nauthor: [A, {name: B}]\n---\n")
    assert (named.publisher, named.address, named.authors) == ("Bay Daily", None, ("A", "B"))
    addressed = read_post("---\ntitle: a\nsource: https://a.example/\n---\n")
    assert (addressed.publisher, addressed.address) == ("", "https://a.example/")


def test_post__never_states__what_could_not_be_read() -> None:
    assert read_post("---\ntitle: 3.14\n---\n").title == ""
    assert read_post("---\ntitle: &a x\n---\n").title == ""
    assert read_post("---\ntitle: true\n---\n").title == ""


@pytest.mark.parametrize(
    "matter",
    ["title: [a", "- a\n- b", "a: *b", "a: " + "[" * 400, "a: " + "x" * 70_000, "just words"],
)
def test_front_matter__that_is_no_yaml__is_refused(matter: str) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        read_post(f"---\n{matter}\n---\ntext\n")
    assert refused.value.code is SourceRefusal.FRONT_MATTER_WRONG


def test_text__is_a_post__with_front_matter_alone() -> None:
    assert is_post("---\na: b\n---\n")
    assert not is_post("a\n---\n")
    assert not is_post("---\nnever closed\n")
