"""Places held for some minutes: confirmed in time, or free again at their hour."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.app.test_journeys import left, wish
from tests.app.test_journeys_in_groups import entries
from tests.builders.authorities import START, Pair, granted, person
from tests.builders.travel import DAY, at
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app import holds, journeys, whats_due
from tongguan.app.authorities import Authority
from tongguan.app.holds import are_holds_due, expire_holds
from tongguan.app.journeys import (
    JourneyRequest,
    book_journey,
    book_journeys,
    cancel_journey,
    confirm_journey,
    journeys_of,
)
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken
from tongguan.app.passes import show_passes
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.canonical import canonical_text

MINUTES = 10
"""For which the assumed pilot holds places."""


def held(pair: Pair, *people: int) -> JourneyRequest:
    request = replace(wish(pair, *people), hold=True)
    taken = book_journey(pair.hk, request)
    assert isinstance(taken, PlacesTaken)
    return request


def state(pair: Pair, request: JourneyRequest) -> JourneyState:
    return next(
        each.state for each in journeys_of(pair.hk, request.application) if each.id == request.id
    )


def test_hold__takes_the_places__until_its_hour_and_gives_no_passes(active: Pair) -> None:
    before = left(active)
    request = held(active, 1, 2)
    (journey,) = journeys_of(active.hk, request.application)
    assert journey.state is JourneyState.HELD
    assert journey.held_until is not None
    assert (
        timedelta()
        <= journey.held_until - START - timedelta(minutes=MINUTES)
        < timedelta(minutes=1)
    )
    assert left(active) == before - 2
    assert show_passes(active.hk, request.id) == ()


def test_hold__confirmed_in_time__is_booked_for_good(active: Pair) -> None:
    request = held(active)
    for _ in range(2):
        answer = confirm_journey(active.hk, request.id, request.application)
        assert answer.decision.outcome is Outcome.GRANT
        assert answer.journey is not None
        assert answer.journey.state is JourneyState.BOOKED
    active.set_time(START + timedelta(minutes=MINUTES + 1))
    assert expire_holds(active.hk) == 0
    assert len(show_passes(active.hk, request.id)) == 2
    found = entries(active.hk, request.id)
    assert [(each.action, each.outcome) for each in found[:2]] == [
        ("journey.book", "held"),
        ("journey.confirm", "booked"),
    ]


def test_hold__beyond_its_hour__is_given_back_by_upkeep(active: Pair) -> None:
    before = left(active)
    request = held(active, 1, 2)
    assert not are_holds_due(active.hk)
    active.set_time(START + timedelta(minutes=MINUTES + 1))
    assert are_holds_due(active.hk)
    assert expire_holds(active.hk) == 1
    assert expire_holds(active.hk) == 0
    assert state(active, request) is JourneyState.EXPIRED
    assert left(active) == before
    assert [each.action for each in entries(active.hk, request.id)] == [
        "journey.book",
        "journey.expire",
    ]


def test_holds__more_than_are_given_back_at_once__are_all_given_back(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holds, "EXPIRED_AT_ONCE_MAX", 2)
    for number in range(1, 6):
        held(active, number)
    active.set_time(START + timedelta(minutes=MINUTES + 1))
    assert expire_holds(active.hk) == 5
    assert not are_holds_due(active.hk)


def test_holds__falling_due_one_after_another__are_not_waited_for(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks gives back what was due when it asked; the next one is for who asks next."""
    for number in range(1, 4):
        active.set_time(START + timedelta(minutes=number))
        held(active, number)
    expire_some = holds._expire_some

    def then_the_next_falls_due(authority: Authority) -> int:
        expired = expire_some(authority)
        active.set_time(START + timedelta(minutes=MINUTES + 2, seconds=59))
        return expired

    monkeypatch.setattr(holds, "_expire_some", then_the_next_falls_due)
    active.set_time(START + timedelta(minutes=MINUTES + 1, seconds=59))
    assert expire_holds(active.hk) == 1
    assert are_holds_due(active.hk)


def test_booking__while_holds_fall_due_without_end__is_decided(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = wish(active, 9)
    held(active, 1)
    active.set_time(START + timedelta(minutes=MINUTES + 1))
    monkeypatch.setattr(whats_due, "expire_holds", lambda _: 0)
    assert isinstance(book_journey(active.hk, request), PlacesTaken)


def test_hold__beyond_its_hour__makes_room_for_whoever_asks_next(active: Pair) -> None:
    """Nobody has to wait for upkeep: the very next request has the place."""
    room = left(active, category="business")
    parties = [wish(active, *range(10 * n, 10 * n + 4)) for n in range(1, room // 4 + 1)]
    answers = book_journeys(active.hk, [replace(each, hold=True) for each in parties])
    assert all(isinstance(each, PlacesTaken) for each in answers)
    late = wish(active, 9001, 9002, 9003, 9004)
    assert isinstance(book_journey(active.hk, late), PlacesRefused)
    active.set_time(START + timedelta(minutes=MINUTES, seconds=59))
    assert isinstance(book_journey(active.hk, late), PlacesTaken)
    assert {state(active, each) for each in parties} == {JourneyState.EXPIRED}


def test_hold__confirmed_too_late__is_refused_with_its_hour(active: Pair) -> None:
    request = held(active)
    active.set_time(START + timedelta(minutes=MINUTES + 1))
    for _ in range(2):
        answer = confirm_journey(active.hk, request.id, request.application)
        assert answer.decision.codes == (ReasonCode.HOLD_EXPIRED,)
        assert answer.journey is not None
        assert answer.journey.state is JourneyState.EXPIRED
    (reason,) = answer.decision.reasons
    assert reason.clause == "phases/pilot/directions/GD-HK/booking/hold_minutes"
    assert reason.facts["held_until"].startswith("2021-12-13T01:10")
    refused = [each for each in entries(active.hk, request.id) if each.outcome == "refused"]
    assert [(each.action, each.codes) for each in refused] == [
        ("journey.confirm", ("hold_expired",))
    ] * 2


def test_hold__given_up__is_cancelled_even_when_a_booking_could_not_be(active: Pair) -> None:
    active.set_time(at(DAY, 8, 30))  # booking closes at nine, cancelling at eight
    request = held(active)
    answer = cancel_journey(active.hk, request.id, request.application)
    assert answer.decision.outcome is Outcome.GRANT
    assert state(active, request) is JourneyState.CANCELLED
    refused = confirm_journey(active.hk, request.id, request.application)
    assert refused.decision.codes == (ReasonCode.JOURNEY_OVER,)


def test_hold__of_another_application__is_not_found(active: Pair) -> None:
    request = held(active)
    stranger = granted(active.hk, person(9)).application.id
    assert confirm_journey(active.hk, request.id, stranger).journey is None
    assert state(active, request) is JourneyState.HELD


def test_hold__and_a_booking__under_one_id_are_two_requests(active: Pair) -> None:
    request = held(active)
    again = book_journey(active.hk, request)
    assert isinstance(again, PlacesTaken)
    assert again.journey.state is JourneyState.HELD
    assert not isinstance(book_journey(active.hk, replace(request, hold=False)), PlacesTaken)


def test_hold__is_refused__where_the_scheme_offers_none(pair: Pair) -> None:
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    (pilot, *later) = version.phases
    out, home = pilot.directions
    assert home.booking is not None
    basis = home.booking.basis
    assumed = {key: why for key, why in basis.assumed.items() if key != "hold_minutes"}
    rule = replace(home.booking, hold_minutes=None, basis=replace(basis, assumed=assumed))
    ways = (out, replace(home, booking=rule))
    text = replace(version, phases=(replace(pilot, directions=ways), *later))
    pair.activate_text(canonical_text(text))
    refused = book_journey(pair.hk, replace(wish(pair), hold=True))
    assert isinstance(refused, PlacesRefused)
    (reason,) = refused.reasons
    assert reason.code is ReasonCode.HOLDS_NOT_OFFERED
    assert reason.facts == {"direction": "GD-HK"}


@pytest.mark.parametrize("confirmed", [True, False])
def test_hold__keeps_its_people__from_another_journey_while_it_stands(
    active: Pair, confirmed: bool
) -> None:
    request = held(active, 1)
    if confirmed:
        confirm_journey(active.hk, request.id, request.application)
    other = wish(active, 1, out=DAY + timedelta(days=1))
    refused = book_journey(active.hk, other)
    assert isinstance(refused, PlacesRefused)
    assert ReasonCode.LIVE_BOOKING_EXISTS in [each.code for each in refused.reasons]
    active.set_time(START + timedelta(minutes=MINUTES + 1))
    answer = book_journey(active.hk, other)
    assert isinstance(answer, PlacesRefused if confirmed else PlacesTaken)


def test_hold__confirmed_by_two_at_once__is_recorded_once(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen it held before either goes on."""
    request = held(active)
    together, own = threading.Barrier(2), journeys._own

    def seen_by_both(*asked: Any) -> Any:
        found = own(*asked)
        together.wait(timeout=30)
        return found

    monkeypatch.setattr(journeys, "_own", seen_by_both)

    def confirm() -> JourneyState | None:
        answer = confirm_journey(active.hk, request.id, request.application)
        return None if answer.journey is None else answer.journey.state

    with ThreadPoolExecutor(2) as pool:
        states = [each.result() for each in [pool.submit(confirm) for _ in range(2)]]
    assert states == [JourneyState.BOOKED] * 2
    actions = [each.action for each in entries(active.hk, request.id)]
    assert actions == ["journey.book", "journey.confirm"]
