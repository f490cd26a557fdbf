"""Booking struck around every statement and commit: nothing lost, doubled or half done."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.app.booking_trials import (
    Refused,
    UseCase,
    World,
    contest,
    journey_id,
    opened_world,
    survive_alone,
    survive_together,
)
from tests.app.fault_points import Fault, FaultPool
from tests.builders.authorities import START, opened_pair
from tests.builders.changes import limit_of, next_text, take_place
from tests.builders.travel import BACK, DAY, leg
from tongguan.adapters.cluster import Cluster
from tongguan.app.journeys import CancelAnswer, JourneyRequest, book_journey, cancel_journey
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken, RequestIdReused

PARTIES = (1, 1, 2, 3)
"""How many people each granted application has; nobody is in two."""
LOST = (Fault.BACKEND_ENDED, Fault.CLIENT_DIED)


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
            with opened_world(pair, urls[0], start, PARTIES) as opened:
                yield opened


def nothing(_: World) -> None:
    """Nobody holds anything before the trial."""


def book(party: int, journey: int | None = None) -> UseCase:
    """A granted application, by its number, asks for places on both legs."""

    def act(world: World) -> object:
        return told(
            book_journey(
                world.hk,
                JourneyRequest(
                    id=journey_id(party if journey is None else journey),
                    application=world.granted[party],
                    legs=(leg("HK-GD", DAY), leg("GD-HK", BACK)),
                ),
            )
        )

    return act


def cancel(party: int) -> UseCase:
    def act(world: World) -> object:
        return told(cancel_journey(world.hk, journey_id(party), world.granted[party]))

    return act


def after(*acts: UseCase) -> UseCase:
    """All of them, one after another."""

    def act(world: World) -> object:
        return [each(world) for each in acts]

    return act


def told(answer: Any) -> object:
    """What the caller learns, in a form that is the same when it asks again."""
    match answer:
        case PlacesTaken(journey=journey):
            return journey.state.value, journey.id, len(journey.places)
        case PlacesRefused(reasons=reasons):
            return Refused(reason.code.value for reason in reasons)
        case RequestIdReused():
            return "reused"
        case CancelAnswer(decision=decision, journey=journey):
            return decision.outcome.value, journey and journey.state.value


ALONE: dict[str, tuple[UseCase, UseCase]] = {
    "book": (nothing, book(2)),
    "book a party of three": (nothing, book(3)),
    "book what is full": (book(3), book(0)),
    "cancel": (book(2), cancel(2)),
}
"""Use cases with what comes before them."""

TOGETHER: dict[str, tuple[UseCase, UseCase, UseCase]] = {
    "two book the last place": (book(2), book(0), book(1)),
    "one request twice at once": (book(2), book(0), book(0)),
    "one cancels, another books": (after(book(2), book(0)), cancel(0), book(1)),
    "one books, another cancels": (after(book(2), book(0)), book(1), cancel(0)),
}
"""Two use cases that contend, with what comes before them."""


@pytest.mark.parametrize("case", ALONE)
def test_use_case__struck_at_any_point__is_whole_or_not_at_all(
    world: World, case: str, record_property: Callable[[str, object], None]
) -> None:
    prepare, act = ALONE[case]
    tried = survive_alone(world, prepare, act)
    record_property("points_tried", tried)
    print(f"{case}: {tried} points and faults")
    assert tried > 50


@pytest.mark.parametrize("case", TOGETHER)
def test_two_callers__struck_at_any_point__stay_as_if_one_came_after_the_other(
    world: World, case: str, record_property: Callable[[str, object], None]
) -> None:
    tried, waited = survive_together(contest(world, *TOGETHER[case]), LOST)
    record_property("points_tried", tried)
    print(f"{case}: {tried} points and faults, the second waiting in {waited} of them")
    assert tried > 50
    assert waited > 5
