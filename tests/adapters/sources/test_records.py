"""The record is exactly what a scheme's sources take."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.sources import GIVEN, PAGE_EN, PAGE_HANT, POST
from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.adapters.sources.reading import read_source
from tongguan.adapters.sources.records import (
    record_block,
    record_from_data,
    record_of,
    remarked,
    source_id,
    yaml_lines,
)
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError
from tongguan.adapters.words import texts
from tongguan.core.identifiers import SourceId
from tongguan.core.texts import Language

DOCS = Path(__file__).parents[3] / "docs" / "sources.md"
LONG_AGO, FAR_AHEAD = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("content", [POST, PAGE_HANT, PAGE_EN])
def test_record__reads_back__from_its_block(content: str) -> None:
    reading = read_source(content.encode(), GIVEN)
    source = record_of(reading, source_id(reading, GIVEN.zone))
    parsed = parse_yaml(f"sources:\n{record_block(source)}".encode())
    assert not parsed.faults
    assert isinstance(parsed.data, dict)
    assert record_from_data(parsed.data["sources"][0]) == source


def test_note__tells__every_time_and_every_guess_in_three_languages() -> None:
    reading = read_source(POST.encode(), GIVEN)
    note = record_of(reading, SourceId("a")).note
    assert note is not None
    for language in Language:
        said = note.in_language(language)
        assert said.count("2031-03-04T01:02:03Z") == 1
        assert said.count("2031-03-04T14:13:20Z") == 1
        assert "zh-Hans" in said
        assert "海湾日报" in said


def test_note__tells__the_zone_that_was_assumed() -> None:
    note = record_of(read_source(PAGE_EN.encode(), GIVEN), SourceId("a")).note
    assert note is not None
    assert "Asia/Hong_Kong was assumed" in note.en
    assert "a day only" in note.en


def test_record__of_a_file_that_leaves_no_doubt__has_no_note() -> None:
    page = PAGE_HANT.replace('<meta property="article:modified_time"', "<meta name=nothing")
    assert record_of(read_source(page.encode(), GIVEN), SourceId("a")).note is None


def test_id__is_made__of_publisher_and_local_day() -> None:
    reading = read_source(POST.encode(), GIVEN)
    assert source_id(reading, "Asia/Hong_Kong") == "bay-daily-example-2031-03-04"
    assert source_id(reading, "America/New_York") == "bay-daily-example-2031-03-03"
    for url in ("https://127.0.0.1/", f"https://{'a-' * 30}b.example/", "https://例子.example/"):
        name = source_id(replace(reading, url=url), "UTC")
        assert record_of(reading, name).id == name


@pytest.mark.parametrize("name", ["", "A", "../a", "a/b", "each", "a" * 41, "1a"])
def test_record__of_a_name_that_is_none__is_refused(name: str) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        record_of(read_source(POST.encode(), GIVEN), SourceId(name))
    assert refused.value.code is SourceRefusal.RECORD_WRONG


def test_remarks__tell__of_the_future_and_of_what_was_left_out() -> None:
    reading = read_source(POST.encode(), GIVEN)
    assert [each.code for each in remarked(reading, LONG_AGO)] == ["future", "promotions"]
    assert [each.code for each in remarked(reading, FAR_AHEAD)] == ["promotions"]
    other = replace(reading, encoding="gb18030", plain="", promotions=0)
    for language in Language:
        said = [each.in_language(language) for each in remarked(other, FAR_AHEAD)]
        assert len(said) == 2
        assert "gb18030" in said[0]


def test_refusals__have__words_and_stand_in_the_docs() -> None:
    page = DOCS.read_text(encoding="utf-8")
    wanted = {f"sources.refusals.{code.value}" for code in SourceRefusal}
    assert {key for key in texts() if key.startswith("sources.refusals.")} == wanted
    assert all(f"`{code.value}`" in page for code in SourceRefusal)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=20),
    lambda inner: st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), inner, min_size=1),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["one", "two"]), PLAIN, min_size=1))
def test_yaml__reads_back__as_it_was_written(data: dict[str, object]) -> None:
    written = "\n".join(yaml_lines(data)).encode("utf-8", errors="surrogatepass")
    if b"\xed\xa0" not in written and b"\xed\xb0" not in written:
        parsed = parse_yaml(written)
        assert (parsed.data, parsed.faults) == (data, ())
