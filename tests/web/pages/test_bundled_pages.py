"""The page of every bundled text, in three languages: every word of it said, no id shown raw."""

import re

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.conftest import UNKNOWN_NAME
from tests.web.test_routes import (
    PROPER_NAMES,
    SIMPLIFIED_ONLY,
    TRADITIONAL_ONLY,
    words_of,
)
from tongguan.adapters.scheme_files import bundled_versions, load_bundled
from tongguan.app.schemes import adopt_version
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.model import Version

LANGUAGES = ("zh-hant", "zh-hans", "en")
BUNDLED = sorted(str(each) for each in bundled_versions())


def ids_of(version: Version) -> set[str]:
    """The ids that a reader is never shown, but for short ones and English words."""
    found: set[str] = set()
    for phase in version.phases:
        points = (phase.entry.control_points if phase.entry else None) or ()
        tests = phase.health.tests if phase.health else ()
        under = phase.health.admitted_under if phase.health else ()
        parts = (
            *phase.categories, *phase.quotas, *phase.sponsors, *phase.criteria, *phase.breakers,
            *points, *phase.exemptions, *tests, *under, *version.metrics, *version.not_expressible,
        )  # fmt: skip
        found |= {str(each.id) for each in parts}
        found |= {each.code for area in (phase.area,) if area for each in area.deny}
        found |= {specimen for test in tests for specimen in test.specimens or ()}
    return {each for each in found if "-" in each or each.isdigit()} - {"non-business"}


def without_witnesses(text: str, version: Version) -> str:
    """Through whom something is known is written as that body writes its own name."""
    for witness in (each for claim in version.claims for each in claim.witnesses):
        text = text.replace(witness.through or " ", " ")
    return text


@pytest.fixture
def pages(unsigned: Pair, client: Client, version_id: str) -> dict[str, str]:
    adopt_version(unsigned.hk, load_bundled(VersionId(version_id)).canonical)
    found = {}
    for language in LANGUAGES:
        response = client.get(f"/{language}/scheme/{version_id}/")
        assert response.status_code == 200
        found[language] = response.content.decode()
    return found


@pytest.mark.parametrize("version_id", BUNDLED)
def test_version_page__of_every_bundled_text__says_everything_in_words(
    pages: dict[str, str], version_id: str
) -> None:
    version = load_bundled(VersionId(version_id)).version
    ids = ids_of(version)
    for language, page in pages.items():
        text = words_of(page)
        assert UNKNOWN_NAME.partition("%")[0] not in page
        assert not re.search(r"\bNone\b(?! [a-z])|\{\w+\}|datetime\.|<\w+\.\w+:", text), language
        shown = [each for each in ids if re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", text)]
        assert shown == [], language
        if language == "zh-hant":
            assert not set(text) & (set(SIMPLIFIED_ONLY) - set(TRADITIONAL_ONLY))
        elif language == "zh-hans":
            assert not set(text) & (set(TRADITIONAL_ONLY) - set(SIMPLIFIED_ONLY))
        if language != "en":
            left = PROPER_NAMES.sub("", without_witnesses(text, version))
            assert re.findall(r"[a-z]{4,}", left) == [], language
