"""One journey for another in one step: never a moment without either."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from tests.app.test_holds import held
from tests.app.test_journeys import left, wish
from tests.app.test_journeys_in_groups import entries
from tests.builders.authorities import Pair, granted, person
from tests.builders.travel import BACK, DAY, at, leg
from tongguan.app.journeys import (
    JourneyRequest,
    book_journey,
    book_journeys,
    cancel_journey,
    journeys_of,
    rebook_journey,
)
from tongguan.app.ledger_port import (
    Journey,
    JourneyState,
    PlacesRefused,
    PlacesTaken,
    RequestIdReused,
)
from tongguan.app.passes import show_passes
from tongguan.core.identifiers import JourneyId
from tongguan.core.reasons import ReasonCode

NEXT, NEXT_BACK = DAY + timedelta(days=1), BACK + timedelta(days=1)


def booked(pair: Pair, *people: int) -> JourneyRequest:
    request = wish(pair, *people)
    assert isinstance(book_journey(pair.hk, request), PlacesTaken)
    return request


def instead(old: JourneyRequest, out=NEXT, home=NEXT_BACK, slot="morning") -> JourneyRequest:  # type: ignore[no-untyped-def]
    legs = (leg("HK-GD", out, slot), leg("GD-HK", home, slot))
    return replace(old, id=JourneyId(str(uuid4())), legs=legs, hold=False)


def journeys(pair: Pair, request: JourneyRequest) -> dict[JourneyId, Journey]:
    return {each.id: each for each in journeys_of(pair.hk, request.application)}


def test_rebook__gives_the_old_places__for_the_new_ones(active: Pair) -> None:
    before = left(active), left(active, day=NEXT)
    old = booked(active, 1, 2)
    passes = show_passes(active.hk, old.id)
    new = instead(old)
    answer = rebook_journey(active.hk, old.id, new)
    assert isinstance(answer, PlacesTaken)
    kept = journeys(active, old)
    assert kept[old.id].state is JourneyState.REPLACED
    assert kept[old.id].replaced_by == new.id
    assert kept[new.id].state is JourneyState.BOOKED
    assert (left(active), left(active, day=NEXT)) == (before[0], before[1] - 2)
    assert show_passes(active.hk, old.id) == ()
    shown = {each.record.id for each in show_passes(active.hk, new.id)}
    assert len(shown) == 4
    assert not shown & {each.record.id for each in passes}
    with active.hk.database.transaction() as transaction:
        revoked = {
            each.id: each.revoked_at is not None
            for journey in (old.id, new.id)
            for each in transaction.passes.of_journey(journey)
        }
    assert {each for each, is_revoked in revoked.items() if is_revoked} == {
        each.record.id for each in passes
    }


def test_rebook__again_under_its_id__is_the_same_journey(active: Pair) -> None:
    old = booked(active)
    new = instead(old)
    rebook_journey(active.hk, old.id, new)
    again = rebook_journey(active.hk, old.id, new)
    assert isinstance(again, PlacesTaken)
    assert again.replayed
    assert len(journeys(active, old)) == 2
    other = replace(new, legs=instead(old, slot="midday").legs)
    assert isinstance(rebook_journey(active.hk, old.id, other), RequestIdReused)
    assert isinstance(book_journey(active.hk, new), RequestIdReused)


def test_rebook__within_the_same_windows__needs_no_room_beside_its_own(active: Pair) -> None:
    """A slot that is full to the last place: who is in it may change the way home."""
    room = left(active, category="business")
    parties = [wish(active, *range(10 * n, 10 * n + 4)) for n in range(1, room // 4 + 1)]
    assert all(isinstance(each, PlacesTaken) for each in book_journeys(active.hk, parties))
    assert isinstance(book_journey(active.hk, wish(active, *range(9001, 9005))), PlacesRefused)
    way_out, _ = parties[0].legs
    new = replace(instead(parties[0]), legs=(way_out, leg("GD-HK", BACK, "evening")))
    assert isinstance(rebook_journey(active.hk, parties[0].id, new), PlacesTaken)


def test_rebook__refused__leaves_the_old_journey_as_it_was(active: Pair) -> None:
    old = booked(active)
    before = left(active), journeys(active, old)
    closed = instead(old, DAY + timedelta(days=40), BACK + timedelta(days=40))
    refused = rebook_journey(active.hk, old.id, closed)
    assert isinstance(refused, PlacesRefused)
    assert {each.code for each in refused.reasons} == {ReasonCode.BOOKING_NOT_YET_OPEN}
    assert (left(active), journeys(active, old)) == before
    assert len(show_passes(active.hk, old.id)) == 2


def test_rebook__refused_for_want_of_room__leaves_the_old_journey(active: Pair) -> None:
    """Into the next week, which is full."""
    old = booked(active, 1, 2, 3, 4)
    monday = DAY + timedelta(days=6)
    room = left(active, day=monday, category="business")
    filling = [
        wish(active, *range(10 * n, 10 * n + 4), out=monday, home=monday)
        for n in range(1, room // 4 + 1)
    ]
    assert all(isinstance(each, PlacesTaken) for each in book_journeys(active.hk, filling))
    refused = rebook_journey(active.hk, old.id, instead(old, monday, monday))
    assert isinstance(refused, PlacesRefused)
    assert ReasonCode.QUOTA_FULL in [each.code for each in refused.reasons]
    assert all("next_window_start" in each.facts for each in refused.reasons)
    assert journeys(active, old)[old.id].state is JourneyState.BOOKED
    assert len(show_passes(active.hk, old.id)) == 8


def test_rebook__asks_both_rules__giving_back_and_booking(active: Pair) -> None:
    old = booked(active)
    active.set_time(at(DAY, 9, 30))  # too late to give back, and to book for the same morning
    refused = rebook_journey(active.hk, old.id, instead(old, DAY, BACK))
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [
        ReasonCode.CANCEL_TOO_LATE,
        ReasonCode.BOOKING_CLOSED,
    ]
    assert journeys(active, old)[old.id].state is JourneyState.BOOKED


def test_rebook__of_a_hold__is_booked_at_once(active: Pair) -> None:
    old = held(active)
    new = replace(instead(old), hold=True)
    assert isinstance(rebook_journey(active.hk, old.id, new), PlacesTaken)
    kept = journeys(active, old)
    assert (kept[old.id].state, kept[new.id].state) == (
        JourneyState.REPLACED,
        JourneyState.BOOKED,
    )


def test_rebook__of_what_is_over__is_refused(active: Pair) -> None:
    old = booked(active)
    cancel_journey(active.hk, old.id, old.application)
    refused = rebook_journey(active.hk, old.id, instead(old))
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [ReasonCode.JOURNEY_OVER]


def test_rebook__of_a_stranger__is_not_found(active: Pair) -> None:
    old = booked(active)
    stranger = granted(active.hk, person(9)).application.id
    assert rebook_journey(active.hk, old.id, replace(instead(old), application=stranger)) is None
    assert rebook_journey(active.hk, JourneyId(str(uuid4())), instead(old)) is None


def test_rebook__is_recorded__once_for_each_decision(active: Pair) -> None:
    old = booked(active)
    refused, new = instead(old, DAY + timedelta(days=40)), instead(old)
    for request in (refused, new, new):
        rebook_journey(active.hk, old.id, request)
    found = entries(active.hk, refused.id, new.id)
    assert [(each.action, each.outcome) for each in found] == [
        ("journey.rebook", "refused"),
        ("journey.rebook", "booked"),
    ]
