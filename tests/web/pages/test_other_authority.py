"""An authority that this program has no words of its own for is served like any other."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.builders.schemes import text
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.schemes import adopt_version
from tongguan.core.identifiers import AuthorityId, VersionId
from tongguan.core.scheme.canonical import canonical_text
from tongguan.web import service

SG = AuthorityId("SG")


@pytest.fixture
def elsewhere(unsigned: Pair) -> Iterator[Pair]:
    """Serve an authority by the name of SG, whose text calls it Singapore."""
    authority = replace(unsigned.hk, id=SG, health_rules=None)
    service.hold_authority(authority)
    yield unsigned
    service.hold_authority(unsigned.hk)


def test_page__of_an_authority_without_words__shows_its_identifier(
    elsewhere: Pair, client: Client
) -> None:
    for path in ("/en/", "/zh-hant/", "/zh-hans/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert '<span class="brand-of">SG</span>' in answer.content.decode()
    missing = client.get("/en/no-such-page/")
    assert missing.status_code == 404
    assert "SG" in missing.content.decode()


def test_page__of_an_authority_in_a_text__shows_the_name_it_has_there(
    elsewhere: Pair, client: Client
) -> None:
    version = load_bundled(VersionId("hk-gd-2021")).version
    hong_kong, guangdong = version.parties
    parties = (hong_kong, replace(guangdong, id=SG, name=text("Singapore")))
    phases = tuple(replace(each, rights_of_entry=()) for each in version.phases)
    adopt_version(elsewhere.hk, canonical_text(replace(version, parties=parties, phases=phases)))
    assert '<span class="brand-of">Singapore</span>' in client.get("/en/").content.decode()


def test_health_code__without_rules_of_a_colour__is_not_there(
    elsewhere: Pair, client: Client
) -> None:
    assert client.get("/en/health-code/").status_code == 404
    assert "/en/health-code/" not in client.get("/en/").content.decode()
