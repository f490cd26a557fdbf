"""Annexes: signed by one authority within bounds, and what holds because of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders.authorities import Pair, application, opened_pair
from tongguan.adapters.annex_files import bundled_annexes
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.annexes import (
    AnnexNumberError,
    AnnexRefusedError,
    annex_records,
    receive_annex,
    sign_own_annex,
)
from tongguan.app.applications import BookedElsewhereError, submit_application
from tongguan.app.authorities import Authority
from tongguan.app.public import public_overview
from tongguan.app.publishing import published_annexes
from tongguan.app.schemes import holding_now
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import DirectionId, VersionId
from tongguan.core.scheme.annex_statements import AnnexSigned, sign_annex
from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.model import Annex, Booking

AGREEMENT = VersionId("hk-mainland-2023")
OPENING = datetime(2023, 1, 5, 10, 0, tzinfo=UTC)
"""5 January 2023, 18:00 in Hong Kong: booking opens."""
NORTH, SOUTH = DirectionId("HK-GD"), DirectionId("GD-HK")
GD_ANNEX, HK_ANNEX = (each.annex for each in bundled_annexes(AGREEMENT))
DIGEST = load_bundled(AGREEMENT).digest


@pytest.fixture
def agreed(new_database_url: Callable[[], str], tmp_path: Path) -> Iterator[Pair]:
    """Both have signed the agreement of 2023, and its phase holds; there is no annex yet."""
    start = OPENING - timedelta(minutes=2)
    with opened_pair(new_database_url, tmp_path, start=start) as pair:
        pair.activate_text(load_bundled(AGREEMENT).canonical, "first-phase")
        pair.set_time(OPENING)
        yield pair


def _booking(authority: Authority, direction: DirectionId) -> Booking:
    holding = holding_now(authority)
    assert holding is not None
    assert holding.digest == DIGEST
    way = next(each for each in holding.phase.directions if each.id == direction)
    assert way.booking is not None
    return way.booking


def test_annex__signed__changes_booking_and_not_the_agreement(agreed: Pair) -> None:
    before = _booking(agreed.hk, NORTH)
    sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    after = _booking(agreed.hk, NORTH)
    assert before.releases != after.releases == HK_ANNEX.directions[0].releases
    assert "H1" in after.basis.claims
    holding = holding_now(agreed.hk)
    assert holding is not None
    assert "H1" in {claim.id for claim in holding.version.claims}


def test_annex__reaches__the_other_side_and_holds_there(agreed: Pair) -> None:
    sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    sign_own_annex(agreed.gd, DIGEST, GD_ANNEX)
    agreed.sync()
    for authority in (agreed.hk, agreed.gd):
        assert _booking(authority, NORTH).releases == HK_ANNEX.directions[0].releases
        assert _booking(authority, SOUTH).hours == GD_ANNEX.directions[0].hours
        held = [(each.signed.statement.authority, each.in_force) for each in _records(authority)]
        assert held == [("GD", True), ("HK", True)]


def _records(authority: Authority):
    return annex_records(authority, DIGEST)


def test_annex__later__replaces_the_earlier_from_its_instant(agreed: Pair) -> None:
    sign_own_annex(agreed.gd, DIGEST, GD_ANNEX)
    later = _with_days(GD_ANNEX, 20)
    agreed.set_time(OPENING + timedelta(days=2))
    sign_own_annex(agreed.gd, DIGEST, later)
    assert _booking(agreed.gd, SOUTH).releases == later.directions[0].releases
    assert [each.in_force for each in _records(agreed.gd)] == [False, True]
    with pytest.raises(AnnexNumberError):
        sign_own_annex(agreed.gd, DIGEST, replace(_with_days(GD_ANNEX, 9), number=2))


def test_annex__signed_again__is_the_one_that_stands(agreed: Pair) -> None:
    first = sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    agreed.set_time(OPENING + timedelta(minutes=5))
    assert sign_own_annex(agreed.hk, DIGEST, HK_ANNEX) == first
    assert len(published_annexes(agreed.hk)) == 1


def _with_days(annex: Annex, days: int) -> Annex:
    (only,) = annex.directions
    assert only.releases is not None
    daily = only.releases[0].daily
    assert daily is not None
    release = replace(only.releases[0], daily=replace(daily, days_ahead=days))
    return replace(annex, number=2, directions=(replace(only, releases=(release,)),))


def test_annex__outside_the_bounds__is_not_signed_here(agreed: Pair) -> None:
    with pytest.raises(AnnexRefusedError) as refused:
        sign_own_annex(agreed.gd, DIGEST, _with_days(GD_ANNEX, 61))
    assert [each.code for each in refused.value.faults] == [FaultCode.ANNEX_DAYS_AHEAD]
    assert _booking(agreed.gd, SOUTH).hours is None


def test_annex__outside_the_bounds__is_ignored_when_received_and_named(agreed: Pair) -> None:
    at = OPENING - timedelta(minutes=1)
    statement = AnnexSigned(
        authority=agreed.gd.id, at=at, digest=DIGEST, annex=_with_days(GD_ANNEX, 61)
    )
    signed = sign_annex(statement, agreed.gd.keys.signing_key(KeyUse.SCHEME, at))
    receipt = receive_annex(agreed.hk, signed.message)
    assert (receipt.is_new, receipt.refused) == (False, "annex_days_ahead")
    assert _records(agreed.hk) == ()


def test_annex__of_the_other_authority__cannot_be_signed(agreed: Pair) -> None:
    with pytest.raises(ValueError, match="its own annex"):
        sign_own_annex(agreed.hk, DIGEST, GD_ANNEX)


def test_places__are_kept__by_the_authority_of_the_direction(agreed: Pair) -> None:
    sign_own_annex(agreed.gd, DIGEST, GD_ANNEX)
    sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    agreed.sync()
    for authority, kept in ((agreed.hk, NORTH), (agreed.gd, SOUTH)):
        overview = public_overview(authority)
        assert not overview.booked_elsewhere
        assert {each.direction for each in overview.availability} == {kept}
        assert {each.control_point for each in overview.availability} == {
            "LMS",
            "SZB",
            "MKT",
            "ZMB",
        }


def test_application__is_taken__by_either_side_that_keeps_places(agreed: Pair) -> None:
    request = application(category="traveller", evidence={}, itinerary=("810000",))
    for authority in (agreed.hk, agreed.gd):
        answer = submit_application(authority, replace(request))
        assert answer.application.state == "granted", answer.application.decision


def test_application__is_not_taken__by_who_keeps_no_direction(active: Pair) -> None:
    with pytest.raises(BookedElsewhereError):
        submit_application(active.gd, application())
