"""Annexes: signed by one authority within bounds, and what holds because of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders.authorities import Pair, application, opened_pair, person
from tongguan.adapters.annex_files import bundled_annexes
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.annexes import (
    AnnexNumberError,
    AnnexRefusedError,
    annex_records,
    annexes_left_behind,
    receive_annex,
    sign_own_annex,
)
from tongguan.app.applications import BookedElsewhereError, submit_application
from tongguan.app.authorities import Authority
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.app.public import public_overview
from tongguan.app.publishing import published_annexes
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.core.booking.rules import LegWanted
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import ControlPointId, DirectionId, JourneyId, SlotId, VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.annex_statements import AnnexSigned, sign_annex
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.model import Annex, Booking, Leg

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
    assert "HK.H1" in after.basis.claims
    assert "releases" in before.basis.assumed
    assert "releases" not in after.basis.assumed
    holding = holding_now(agreed.hk)
    assert holding is not None
    assert "HK.H1" in {claim.id for claim in holding.version.claims}


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


def test_annex__belongs__to_its_own_text_and_is_named_when_another_follows(agreed: Pair) -> None:
    sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    following = replace(
        load_bundled(AGREEMENT).version, id=VersionId("hk-mainland-2023-2"), number=2
    )
    canonical = canonical_text(replace(following, follows=AGREEMENT))
    digest = digest_of(canonical)
    assert annexes_left_behind(agreed.hk, DIGEST, digest) == (HK_ANNEX.id,)
    adopt_version(agreed.hk, canonical)
    renewed = replace(HK_ANNEX, agreement=following.id)
    sign_own_annex(agreed.hk, digest, renewed)
    assert annexes_left_behind(agreed.hk, DIGEST, digest) == ()


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


def _booked(authority: Authority, direction: DirectionId, day: date, number: int = 1):
    answer = submit_application(
        authority,
        application(
            category="traveller", people=(person(number),), evidence={}, itinerary=("810000",)
        ),
    )
    leg = LegWanted(
        direction=direction, day=day, slot=SlotId("morning"), control_point=ControlPointId("SZB")
    )
    request = JourneyRequest(
        id=JourneyId(str(uuid4())), application=answer.application.id, legs=(leg,)
    )
    return book_journey(authority, request)


def test_journey__of_one_leg__is_booked_with_the_keeper_of_its_direction(agreed: Pair) -> None:
    sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    day = date(2023, 1, 18)
    taken = _booked(agreed.hk, NORTH, day)
    assert isinstance(taken, PlacesTaken), taken
    assert [(place.direction, place.leg) for place in taken.journey.places] == [(NORTH, Leg.OUT)]
    refused = _booked(agreed.gd, NORTH, day)
    assert isinstance(refused, PlacesRefused)
    assert ReasonCode.PLACES_KEPT_ELSEWHERE in {each.code for each in refused.reasons}


def test_places__of_the_uplift__are_in_the_ledger_on_its_days_alone(agreed: Pair) -> None:
    sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    for number, day in enumerate((17, 18, 21, 22)):
        assert isinstance(_booked(agreed.hk, NORTH, date(2023, 1, day), number + 1), PlacesTaken)
    overview = public_overview(agreed.hk, days=18)
    left = {
        each.day.day: each.left["traveller"]
        for each in overview.availability
        if each.control_point == "SZB"
        and each.slot.id == "morning"
        and each.day.day in range(17, 23)
    }
    assert left == {17: 9_999, 18: 14_999, 19: 15_000, 20: 15_000, 21: 14_999, 22: 9_999}


def test_booking_hours__of_the_annex__close_one_side_at_night_and_not_the_other(
    agreed: Pair,
) -> None:
    sign_own_annex(agreed.hk, DIGEST, HK_ANNEX)
    sign_own_annex(agreed.gd, DIGEST, GD_ANNEX)
    agreed.set_time(datetime(2023, 1, 9, 21, 59, tzinfo=UTC))  # 10 January, 05:59 in Hong Kong
    day = date(2023, 1, 12)
    assert isinstance(_booked(agreed.hk, NORTH, day), PlacesTaken)
    early = _booked(agreed.gd, SOUTH, day)
    assert isinstance(early, PlacesRefused)
    assert [each.code for each in early.reasons] == [ReasonCode.BOOKING_NOT_YET_OPEN]
    assert early.reasons[0].claims[-1] == "GD.G1"
    agreed.set_time(datetime(2023, 1, 9, 22, 0, tzinfo=UTC))
    assert isinstance(_booked(agreed.gd, SOUTH, day), PlacesTaken)
