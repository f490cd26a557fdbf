"""One scheme, two systems of booking: each side's pages give out the places that it keeps."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.builders.authorities import Pair, opened_pair
from tongguan.adapters.annex_files import bundled_annexes
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.annexes import sign_own_annex
from tongguan.core.identifiers import VersionId
from tongguan.web import service

OPENING = datetime(2023, 1, 10, 4, 0, tzinfo=UTC)
"""10 January 2023, noon in Hong Kong."""
AGREEMENT = load_bundled(VersionId("hk-mainland-2023"))


@pytest.fixture(scope="module")
def agreed(
    configured: object, databases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """The first phase of 2023 with both annexes."""
    start = OPENING - timedelta(minutes=2)
    with opened_pair(databases, tmp_path_factory.mktemp("keepers"), start=start) as pair:
        pair.activate_text(AGREEMENT.canonical, "first-phase")
        pair.set_time(OPENING)
        for authority in (pair.hk, pair.gd):
            (annex,) = [
                each.annex
                for each in bundled_annexes(AGREEMENT.version.id)
                if each.annex.party == authority.id
            ]
            sign_own_annex(authority, AGREEMENT.digest, annex)
        pair.sync()
        yield pair


def _headings(client: Client) -> set[str]:
    page = client.get("/en/").content.decode()
    assert "⟦" not in page
    return {re.sub(r"\s+", " ", each) for each in re.findall(r"<h3>([^<]*) · ", page)}


def test_public__shows__the_places_that_this_side_keeps_and_who_keeps_the_others(
    agreed: Pair, client: Client
) -> None:
    for authority, other in ((agreed.hk, "Guangdong"), (agreed.gd, "Hong Kong")):
        service.hold_authority(authority, peer_url="http://127.0.0.1:8001/")
        page = re.sub(r"\s+", " ", client.get("/en/").content.decode())
        assert len(_headings(client)) == 1
        assert re.search(rf"Places are given out by {other}", page)


def test_public__does_not_offer__control_points_that_are_not_booked(
    agreed: Pair, client: Client
) -> None:
    service.hold_authority(agreed.hk, peer_url="http://127.0.0.1:8001/")
    page = client.get("/en/").content.decode()
    tables = re.findall(r"<h3>[^<]* · ([^<]*)</h3>", page)
    assert len(tables) == 4
    assert not any("Airport" in each or "shuttle" in each for each in tables)


def test_public__shows__what_each_annex_lays_down(agreed: Pair, client: Client) -> None:
    for authority in (agreed.hk, agreed.gd):
        service.hold_authority(authority, peer_url="http://127.0.0.1:8001/")
        page = re.sub(r"<[^>]+>|\s+", " ", client.get("/en/").content.decode())
        annexes = page.split("Annexes")[-1]
        assert "Annex 1 of Hong Kong, signed on Tuesday 10 January 2023, 12:00" in annexes
        assert "On Thursday 5 January 2023 at 18:00, all at once: the places of" in annexes
        assert "Each Sunday at 09:00: the places of the whole week 7 weeks ahead" in annexes
        assert "Annex 1 of Guangdong" in annexes
        assert "Places can be taken from 06:00–24:00 each day" in annexes
        # Where it is said how places are booked, it is said as the annexes run it.
        duties = page.split("What is asked of those who cross")[-1].split("Annexes")[0]
        assert "all at once: the places of" in duties
