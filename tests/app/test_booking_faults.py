"""Booking struck around every statement and commit: nothing lost, doubled or half done."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.app.booking_trials import contest, survive_alone, survive_together
from tests.app.booking_world import (
    Refused,
    Rows,
    UseCase,
    World,
    journey_id,
    opened_world,
    standing,
)
from tests.app.fault_points import FaultPool
from tests.builders.authorities import START, opened_pair
from tests.builders.changes import limit_of, next_text, take_place
from tests.builders.travel import DAY, at, gate, leg
from tongguan.adapters.cluster import Cluster
from tongguan.adapters.postgres.connections import AskAgain
from tongguan.app.holds import expire_holds
from tongguan.app.journeys import (
    JourneyAnswer,
    JourneyRequest,
    book_journey,
    book_journeys,
    cancel_journey,
    confirm_journey,
    rebook_journey,
)
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken, RequestIdReused
from tongguan.app.no_shows import release_no_shows
from tongguan.app.passes import show_passes

PARTIES = (1, 1, 2, 3, 1)
"""How many people each granted application has; nobody is in two."""
HELD_MINUTES = 10
"""For which the assumed pilot holds places."""
NEXT_DAY = DAY + timedelta(days=1)
STAY = timedelta(days=2)
_CROSS = """
    INSERT INTO tongguan.crossing (id, request_hash, gate, pass_id, direction, control_point, at,
        decision_sealed, outcome, crossed, delete_after)
    SELECT gen_random_uuid(), '', gate.id, pass.id, 'HK-GD', gate.control_point,
        tongguan.domain_now(), '', 'admit', true, pass.delete_after
    FROM tongguan.gate, tongguan.pass
    WHERE journey = %s AND leg = 'out' AND person_number = 0
"""
MOVED = 100
"""What is added to a party's number for the journey that takes the place of its first."""


@pytest.fixture(scope="module")
def world(
    cluster: Cluster, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Three places a day and direction under a text that has held for a few minutes."""
    names = iter(("faults_hk", "faults_gd"))
    urls = []

    def new_database_url() -> str:
        name = next(names)
        cluster.ensure_database(name, template=migrated_template)
        urls.append(cluster.url(name))
        return urls[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tongguan.adapters.postgres.connections.ConnectionPool", FaultPool)
        with opened_pair(new_database_url, tmp_path_factory.mktemp("faults")) as pair:
            pair.activate()
            take_place(pair, next_text(limit_of("all-day", 3)))
            start = START + timedelta(minutes=10)
            pair.set_time(start)
            gate(pair.hk)
            with opened_world(pair, urls[0], start, PARTIES) as opened:
                yield opened


def nothing(_: World) -> None:
    """Nobody holds anything before the trial."""


def asking(
    party: int,
    journey: int | None = None,
    out: date = DAY,
    stay: timedelta = STAY,
    **wish: Any,
) -> Callable[[World], JourneyRequest]:
    """What a granted application, by its number, asks for: places on both legs."""

    def request(world: World) -> JourneyRequest:
        return JourneyRequest(
            id=journey_id(party if journey is None else journey),
            application=world.granted[party],
            legs=(leg("HK-GD", out), leg("GD-HK", out + stay)),
            **wish,
        )

    return request


def book(party: int, **wish: Any) -> UseCase:
    return lambda world: told(book_journey(world.hk, asking(party, **wish)(world)))


def hold(party: int) -> UseCase:
    return book(party, hold=True)


def book_all(*parties: int) -> UseCase:
    """One group; the last of it is only held."""

    def act(world: World) -> object:
        requests = [asking(each, hold=each == parties[-1])(world) for each in parties]
        return told(book_journeys(world.hk, requests))

    return act


def confirm(party: int) -> UseCase:
    return lambda world: told(confirm_journey(world.hk, journey_id(party), world.granted[party]))


def cancel(party: int) -> UseCase:
    return lambda world: told(cancel_journey(world.hk, journey_id(party), world.granted[party]))


def rebook(party: int, journey: int | None = None, out: date = NEXT_DAY) -> UseCase:
    """The party goes on another day instead."""
    chosen = party + MOVED if journey is None else journey

    def act(world: World) -> object:
        request = asking(party, journey=chosen, out=out)(world)
        return told(rebook_journey(world.hk, journey_id(party), request))

    return act


def expire(world: World) -> object:
    """How many there were depends on who came first; that they are gone does not."""
    expire_holds(world.hk)
    return "done"


def show(party: int) -> UseCase:
    """The passes, which are issued when they are first shown."""
    return lambda world: len(show_passes(world.hk, journey_id(party)))


def release(world: World) -> object:
    """How many there were is the first caller's to hear."""
    release_no_shows(world.hk)
    return "done"


def cross(party: int) -> UseCase:
    """The first of a party goes out, as its passes are shown and a gate has told."""

    def act(world: World) -> object:
        show_passes(world.hk, journey_id(party))
        return world.server.execute(_CROSS, (journey_id(party),))

    return act


def the_slot_is_long_over(world: World) -> object:
    """The hours are over that the assumed pilot waits for those who have not set out."""
    return world.set_time(at(DAY, 13) + timedelta(hours=24, seconds=5))


def the_hour_comes(world: World) -> object:
    return world.set_time(world.start + timedelta(minutes=HELD_MINUTES, seconds=5))


def after(*acts: UseCase) -> UseCase:
    """All of them, one after another."""
    return lambda world: [each(world) for each in acts]


def once_more(act: UseCase) -> UseCase:
    """As a caller that asks again where another took the same in the same moment."""

    def acted(world: World) -> object:
        try:
            return act(world)
        except AskAgain:
            return act(world)

    return acted


def told(answer: Any) -> object:
    """What the caller learns, in a form that is the same when it asks again."""
    match answer:
        case PlacesTaken(journey=journey):
            return journey.state.value, journey.id, len(journey.places)
        case PlacesRefused(reasons=reasons):
            return Refused(reason.code.value for reason in reasons)
        case RequestIdReused():
            return "reused"
        case JourneyAnswer(decision=decision, journey=journey):
            return decision.outcome.value, journey and journey.state.value
        case tuple():
            return [told(each) for each in answer]
        case None:
            return "unknown"
    raise AssertionError(answer)


SOME_SET_OUT = after(book(2), book(0), cross(2), cross(0), the_slot_is_long_over)
"""Three places home are taken, and one of those who hold them never went out."""

ALONE: dict[str, tuple[UseCase, UseCase]] = {
    "book": (nothing, book(2)),
    "book what is full": (book(3), book(0)),
    "book a group": (nothing, book_all(2, 3, 0, 1)),
    "book what was held until now": (after(hold(3), the_hour_comes), book(2)),
    "hold": (nothing, hold(2)),
    "confirm": (hold(2), confirm(2)),
    "confirm too late": (after(hold(2), the_hour_comes), confirm(2)),
    "cancel": (after(book(2), show(2)), cancel(2)),
    "cancel what is held": (hold(2), cancel(2)),
    "rebook": (after(book(2), show(2)), rebook(2)),
    "rebook to what is full": (after(book(0), book(3, out=NEXT_DAY)), rebook(0)),
    "rebook what was held": (hold(2), rebook(2)),
    "expire": (after(hold(0), hold(2), the_hour_comes), expire),
    "show passes": (book(2), show(2)),
    "release no-shows": (SOME_SET_OUT, release),
}
"""Use cases with what comes before them."""

TOGETHER: dict[str, tuple[UseCase, UseCase, UseCase]] = {
    "two book the last place": (book(2), book(0), book(1)),
    "one request twice": (book(2), book(0), book(0)),
    "one id of two parties": (nothing, book(0, journey=50), once_more(book(1, journey=50))),
    "one books, another holds": (book(2), book(0), hold(1)),
    "two groups": (nothing, book_all(0, 2, 1), book_all(4, 3)),
    "one cancels, another books": (after(book(2), book(0)), cancel(0), book(1)),
    "one books, another cancels": (after(book(2), book(0)), book(1), cancel(0)),
    "a hold is confirmed and cancelled": (hold(0), confirm(0), cancel(0)),
    "a hold is cancelled and confirmed": (hold(0), cancel(0), confirm(0)),
    "a hold is confirmed and its hour comes": (
        hold(0),
        confirm(0),
        after(the_hour_comes, expire),
    ),
    "a hold expires and is confirmed": (after(hold(0), the_hour_comes), expire, confirm(0)),
    "a hold expires twice": (after(hold(0), the_hour_comes), expire, expire),
    "a hold expires, another books": (after(hold(3), the_hour_comes), expire, book(2)),
    "two book what was held": (after(hold(3), the_hour_comes), book(2), book(3, journey=30)),
    "two rebook one journey": (book(0), rebook(0), rebook(0, journey=200)),
    "one rebooks, another takes the place": (after(book(2), book(0)), rebook(0), book(1)),
    "one rebooks to the last place, another books it": (
        after(book(0), book(2, out=NEXT_DAY)),
        rebook(0),
        book(1, out=NEXT_DAY),
    ),
    "no-shows are released, another books": (
        SOME_SET_OUT,
        release,
        book(1, out=DAY + STAY, stay=timedelta()),
    ),
    "one journey is cancelled twice": (book(0), cancel(0), cancel(0)),
    "one rebooking twice": (book(0), rebook(0), rebook(0)),
    "a journey is rebooked and cancelled": (book(0), rebook(0), cancel(0)),
    "no-shows are released twice": (SOME_SET_OUT, release, release),
    "two change their days": (
        after(book(0), book(1, out=NEXT_DAY)),
        rebook(0),
        rebook(1, out=DAY),
    ),
}
"""Two use cases that contend, with what comes before them."""


def never_without(party: int, world: World) -> Callable[[Rows], bool]:
    """At every moment the party has one journey with places: never two, never none."""
    return lambda rows: standing(rows, world.granted[party]) == 1


def what_holds(case: str, world: World) -> Callable[[Rows], bool]:
    """Of what stands at any moment: a party that changes its day always has a place."""
    if case.startswith("rebook"):
        return never_without(0 if "full" in case else 2, world)
    if "rebook" in case and "cancel" not in case:
        return never_without(0, world)
    return lambda _: True


@pytest.mark.parametrize("case", ALONE)
def test_use_case__struck_at_any_point__is_whole_or_not_at_all(
    world: World, case: str, record_property: Callable[[str, object], None]
) -> None:
    prepare, act = ALONE[case]
    tried = survive_alone(world, prepare, act, what_holds(case, world))
    record_property("points_tried", tried)
    print(f"{case}: {tried} points and faults")
    assert tried > 20


@pytest.mark.parametrize("case", TOGETHER)
def test_two_callers__struck_at_any_point__stay_as_if_one_came_after_the_other(
    world: World, case: str, record_property: Callable[[str, object], None]
) -> None:
    both = contest(world, *TOGETHER[case])
    tried, waited = survive_together(both, what_holds(case, world))
    record_property("points_tried", tried)
    print(f"{case}: {tried} points and faults, the second waiting in {waited} of them")
    assert tried > 15
    assert waited > 3
