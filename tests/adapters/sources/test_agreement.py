"""A record beside what a scheme says about the same source."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders.sources import GIVEN, POST
from tongguan.adapters.scheme_files import load_bundled
from tongguan.adapters.sources.agreement import agreement_of, entry_for
from tongguan.adapters.sources.keeping import KeptSource, Shelf
from tongguan.adapters.sources.reading import read_source
from tongguan.core.identifiers import SourceId, VersionId
from tongguan.core.scheme.model import Source, Version

VERSION = load_bundled(VersionId("hk-gd-2021")).version


@pytest.fixture
def kept(tmp_path: Path) -> KeptSource:
    return Shelf(data=tmp_path).keep(read_source(POST.encode(), GIVEN), SourceId("ferry"))[0]


def version_with(entry: Source) -> Version:
    return replace(VERSION, sources=(replace(entry, id=VERSION.sources[0].id),))


def test_entry__with_the_same_statements__agrees(kept: KeptSource) -> None:
    version = version_with(kept.source)
    entry = entry_for(version, url=kept.source.url, name=None)
    assert entry is not None
    compared = agreement_of(kept, entry, version)
    assert compared.agrees
    assert [each.key for each in compared.comparisons][-1] == "other_time"
    assert compared.claims == tuple(f"F{number}" for number in range(1, 13))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"title": "Else"}, "title"),
        ({"publisher": "Else"}, "publisher"),
        ({"language": "zh-Hant"}, "language"),
        ({"published": VERSION.sources[0].published}, "published"),
        ({"note": None}, "other_time"),
    ],
)
def test_entry__that_says_otherwise__differs_there_alone(
    kept: KeptSource, change: dict[str, object], key: str
) -> None:
    version = version_with(replace(kept.source, **change))
    compared = agreement_of(kept, version.sources[0], version)
    assert [each.key for each in compared.comparisons if not each.agrees] == [key]


def test_entry__is_found__by_address_before_name(kept: KeptSource) -> None:
    tracked = replace(kept.source, url=f"{kept.source.url}&utm_source=x")
    version = version_with(tracked)
    assert entry_for(version, url=kept.source.url, name="else") is version.sources[0]
    assert entry_for(VERSION, url=kept.source.url, name=VERSION.sources[0].id) is not None
    assert entry_for(VERSION, url=kept.source.url, name="ferry") is None


def test_publisher__written_more_fully__agrees(kept: KeptSource) -> None:
    fuller = replace(kept.source, publisher=f"{kept.source.publisher} Bay Daily")
    version = version_with(fuller)
    assert agreement_of(kept, version.sources[0], version).agrees
