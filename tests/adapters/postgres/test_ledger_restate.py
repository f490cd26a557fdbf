"""From one text to the next: what journeys hold and what counts them is rewritten together."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from tests.adapters.postgres.ledger_checks import require_agreement, require_exact
from tests.builders.places import MONDAY, NOW, place_request, reckoning_of, scheme_of
from tests.builders.quotas import reserve
from tests.builders.schemes import OUT, quota
from tongguan.adapters.postgres.ledger_groups import LedgerError
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken, Restatement
from tongguan.core.identifiers import SchemeId
from tongguan.core.quota.demand import demand_of
from tongguan.core.quota.seating import added, seat, seat_beyond
from tongguan.core.scheme.model import EACH, QuotaPer

SCHEME = SchemeId("test-pilot")
LATER = NOW + timedelta(hours=1)
DAY = quota("day", per=QuotaPer.DAY, limit=6, direction=EACH)
WEEK = quota("week", per=QuotaPer.WEEK, limit=20, direction=OUT)
KEPT = reserve("kept", 2, direction=EACH, category="business")
PLAIN, WITH_RESERVE = scheme_of(DAY, WEEK), scheme_of(DAY, WEEK, KEPT)


def take(ledger, scheme, people, *, now=NOW, **changes):
    with ledger.transaction() as transaction:
        return transaction.ledger.take(place_request(scheme, people, now=now, **changes), now)


def transition(ledger, scheme, *, change=lambda places: places, week=MONDAY):
    """Restate everything under the scheme, first booked first, honouring what has no room."""
    with ledger.transaction() as transaction:
        transaction.ledger.hold_text_alone()
        taken, restated = {}, []
        for journey in transaction.ledger.live_journeys(SCHEME, week):
            places = change(tuple(each for each in journey.places if each.cell_week >= week))
            crossings = [each.crossing for each in places]
            demand = demand_of(reckoning_of(scheme, LATER), crossings)
            counted = seat(demand, taken) or seat_beyond(demand, taken)
            taken = added(taken, counted)
            restated.append(Restatement(journey=journey.id, places=places, counted=counted))
        transaction.ledger.restate(SCHEME, week, restated, LATER)


def rows(ledger):
    """Each window: what it holds, its limit, and what of it is honoured."""
    with ledger.connection() as connection:
        found = connection.execute(
            "SELECT quota, starts, dimensions, taken, capacity, honoured FROM tongguan.quota_window"
        )
        return {
            ("open" if "part=open" in dimensions else name, starts.day): tuple(numbers)
            for name, starts, dimensions, *numbers in found
        }


@pytest.fixture(autouse=True)
def _exact_at_the_end(ledger):
    yield
    with ledger.connection() as connection:
        require_agreement(connection)
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()


def test_live_journeys__are_those_of_the_week_or_later__first_booked_first(ledger):
    out = MONDAY - timedelta(days=2)
    past = take(ledger, PLAIN, [1], out=out, live_until=LATER)
    over_two_weeks = take(ledger, PLAIN, [2], out=out, home=MONDAY, now=LATER)
    first = take(ledger, PLAIN, [3, 4])
    cancelled = take(ledger, PLAIN, [5])
    with ledger.transaction() as transaction:
        transaction.ledger.cancel(cancelled.journey.id, NOW)
    with ledger.transaction() as transaction:
        found = transaction.ledger.live_journeys(SCHEME, MONDAY)
        assert transaction.ledger.live_journeys(SchemeId("other"), MONDAY) == ()
    assert found == (first.journey, over_two_weeks.journey)
    assert past.journey not in found


def test_restate__cut_below_what_is_taken__is_honoured_and_only_falls(ledger):
    parties = [take(ledger, PLAIN, [number]) for number in range(5)]
    less = scheme_of(replace(DAY, limit=2), WEEK)
    transition(ledger, less)
    assert rows(ledger) == {("day", 13): (5, 2, 3), ("week", 13): (5, 20, 0)}
    assert isinstance(take(ledger, less, [9], now=LATER), PlacesRefused)
    for party in parties[:4]:
        with ledger.transaction() as transaction:
            transaction.ledger.cancel(party.journey.id, LATER)
    assert rows(ledger)["day", 13] == (1, 2, 0)
    assert isinstance(take(ledger, less, [9], now=LATER), PlacesTaken)


def test_restate__new_reserve__keeps_what_is_left(ledger):
    take(ledger, PLAIN, [1, 2])
    take(ledger, PLAIN, [3], category="business")
    transition(ledger, WITH_RESERVE)
    assert rows(ledger) == {
        ("day", 13): (3, 6, 0),
        ("kept", 13): (1, 2, 0),
        ("open", 13): (2, 4, 0),
        ("week", 13): (3, 20, 0),
    }
    assert isinstance(take(ledger, WITH_RESERVE, [4, 5], now=LATER), PlacesTaken)
    assert isinstance(take(ledger, WITH_RESERVE, [6], now=LATER), PlacesRefused)
    assert isinstance(take(ledger, WITH_RESERVE, [6], category="business", now=LATER), PlacesTaken)


def test_held_windows__are_read_back__as_they_were_taken(ledger):
    request = place_request(WITH_RESERVE, [1, 2, 3], category="business")
    with ledger.transaction() as transaction:
        transaction.ledger.take(request, NOW)
        found = transaction.ledger.held_windows(SCHEME, MONDAY)
        assert transaction.ledger.held_windows(SCHEME, MONDAY + timedelta(days=7)) == ()
    crossings = [each.crossing for each in request.places]
    counted = seat(demand_of(reckoning_of(WITH_RESERVE), crossings), {})
    assert {(each.journey, each.count.window, each.persons) for each in found} == {
        (request.journey, window, persons) for window, persons in counted
    }


def test_restate__reserve_taken_away__leaves_no_part_behind(ledger):
    take(ledger, WITH_RESERVE, [1, 2], category="business")
    transition(ledger, PLAIN)
    assert rows(ledger) == {("day", 13): (2, 6, 0), ("week", 13): (2, 20, 0)}


def test_restate__quota_replaced__counts_by_the_new_one(ledger):
    take(ledger, PLAIN, [1, 2], home=MONDAY + timedelta(days=1))
    by_port = quota("port", per=QuotaPer.DAY, limit=5, direction=EACH, control_point=EACH)
    transition(ledger, scheme_of(by_port))
    assert rows(ledger) == {("port", 13): (2, 5, 0), ("port", 14): (2, 5, 0)}


def test_restate__moved_places__count_on_their_new_day(ledger):
    party = take(ledger, PLAIN, [1, 2])
    week_later = MONDAY + timedelta(days=8)
    with ledger.transaction() as transaction:
        assert transaction.ledger.journey(party.journey.id) is not None

    def move(places):
        return tuple(
            replace(each, day=week_later, cell_week=MONDAY + timedelta(days=7)) for each in places
        )

    transition(ledger, PLAIN, change=move)
    assert rows(ledger) == {("day", 21): (2, 6, 0), ("week", 20): (2, 20, 0)}
    with ledger.transaction() as transaction:
        moved = transaction.ledger.journey(party.journey.id)
        assert {place.day for place in moved.places} == {week_later}
        transaction.ledger.cancel(party.journey.id, LATER)
    assert rows(ledger)["day", 21] == (0, 6, 0)


def test_restate__places_revoked__cancels_as_a_cancellation_does(ledger):
    party = take(ledger, PLAIN, [1, 2])
    transition(ledger, PLAIN, change=lambda _: ())
    with ledger.transaction() as transaction:
        revoked = transaction.ledger.journey(party.journey.id)
        assert revoked.state is JourneyState.CANCELLED
        assert revoked.places == party.journey.places
    assert isinstance(take(ledger, PLAIN, [1], now=LATER), PlacesTaken)


def test_restate__one_leg_revoked__keeps_the_other(ledger):
    party = take(ledger, PLAIN, [1], home=MONDAY + timedelta(days=1))
    transition(ledger, PLAIN, change=lambda places: places[1:])
    with ledger.transaction() as transaction:
        kept = transaction.ledger.journey(party.journey.id)
    assert kept.state is JourneyState.BOOKED
    assert kept.places == party.journey.places[1:]
    assert rows(ledger) == {("day", 14): (1, 6, 0)}


def test_restate__of_a_week__leaves_earlier_weeks_alone(ledger):
    out = MONDAY - timedelta(days=2)
    party = take(ledger, PLAIN, [1, 2], out=out, home=MONDAY)
    before = rows(ledger)
    transition(ledger, scheme_of(replace(DAY, limit=1), WEEK))
    after = rows(ledger)
    assert {key: after[key] for key in before if key[1] < 13} == {
        key: numbers for key, numbers in before.items() if key[1] < 13
    }
    assert after["day", 13] == (2, 1, 1)
    with ledger.transaction() as transaction:
        assert transaction.ledger.journey(party.journey.id) == party.journey


def test_restate__live_until__moves_when_another_may_be_booked(ledger):
    party = take(ledger, PLAIN, [1])
    later = LATER + timedelta(days=9)
    with ledger.transaction() as transaction:
        transaction.ledger.hold_text_alone()
        demand = demand_of(reckoning_of(PLAIN), [each.crossing for each in party.journey.places])
        restated = Restatement(
            journey=party.journey.id,
            places=party.journey.places,
            counted=demand.windows,
            live_until=later,
        )
        transaction.ledger.restate(SCHEME, MONDAY, [restated], LATER)
    almost = later - timedelta(minutes=1)
    assert isinstance(take(ledger, PLAIN, [1], now=almost, live_until=later), PlacesRefused)
    week = later + timedelta(days=7)
    assert isinstance(take(ledger, PLAIN, [1], now=later, live_until=week), PlacesTaken)


def test_restate__raises__when_a_live_journey_is_left_out(ledger):
    take(ledger, PLAIN, [1])
    with pytest.raises(psycopg.errors.RaiseException), ledger.transaction() as transaction:
        transaction.ledger.restate(SCHEME, MONDAY, [], LATER)


def test_restate__raises__for_windows_that_do_not_count_the_places(ledger):
    party = take(ledger, WITH_RESERVE, [1, 2]).journey
    crossings = [each.crossing for each in party.places]
    counted = seat(demand_of(reckoning_of(WITH_RESERVE), crossings), {})
    parts = [(window, persons) for window, persons in counted if window.part_of is not None]
    caps = [(window, persons) for window, persons in counted if window.part_of is None]
    for wrong in (
        [(window, persons - 1) for window, persons in counted],
        [*caps, *((window, persons - 1) for window, persons in parts)],
        [(replace(window, scheme=SchemeId("other")), persons) for window, persons in counted],
        [*caps, *((replace(window, limit=7), persons) for window, persons in caps), *parts],
    ):
        given = Restatement(journey=party.id, places=party.places, counted=tuple(wrong))
        with pytest.raises(LedgerError), ledger.transaction() as transaction:
            transaction.ledger.restate(SCHEME, MONDAY, [given], LATER)
    given = Restatement(journey=party.id, places=party.places, counted=counted)
    with pytest.raises(LedgerError), ledger.transaction() as transaction:
        transaction.ledger.restate(SCHEME, MONDAY + timedelta(days=7), [given], LATER)


def test_restate__again_and_again__over_random_texts_stays_exact(ledger):
    chance = random.Random(3)
    people = iter(range(10_000))

    def random_scheme():
        kept = [
            replace(KEPT, limit=chance.randint(0, 3)),
            reserve(
                "kept-week", 4, inside="week", per=QuotaPer.WEEK, direction=OUT, category="family"
            ),
        ]
        return scheme_of(
            replace(DAY, limit=chance.randint(0, 9)),
            replace(WEEK, limit=chance.randint(0, 30)),
            *chance.sample(kept, chance.randint(0, 2)),
        )

    for _ in range(8):
        scheme = random_scheme()
        transition(ledger, scheme)
        for _ in range(12):
            party = [next(people) for _ in range(chance.randint(1, 3))]
            out = MONDAY + timedelta(days=chance.randint(0, 9))
            kind = chance.choice(["business", "family"])
            answer = take(ledger, scheme, party, out=out, home=out, category=kind, now=LATER)
            if isinstance(answer, PlacesTaken) and chance.random() < 0.3:
                with ledger.transaction() as transaction:
                    transaction.ledger.cancel(answer.journey.id, LATER)
        with ledger.connection() as connection:
            require_exact(connection)


def test_text__held_by_bookings__is_replaced_only_when_they_are_done(ledger):
    with ThreadPoolExecutor(2) as pool:
        with ledger.transaction() as one, ledger.transaction() as two:
            one.ledger.hold_text()
            two.ledger.hold_text()
            waiting = pool.submit(hold_alone, ledger)
            time.sleep(0.2)
            assert not waiting.done()
        assert waiting.result(timeout=5)


def test_text__held_alone__lets_no_booking_read_it(ledger):
    with ThreadPoolExecutor(1) as pool, ledger.transaction() as transition:
        transition.ledger.hold_text_alone()
        waiting = pool.submit(hold_shared, ledger)
        time.sleep(0.2)
        assert not waiting.done()
        transition.connection.commit()
        assert waiting.result(timeout=5)


def hold_alone(database):
    with database.transaction() as transaction:
        transaction.ledger.hold_text_alone()
        return True


def hold_shared(database):
    with database.transaction() as transaction:
        transaction.ledger.hold_text()
        return True


def test_restate__revokes_the_first_of_two_journeys__and_the_second_still_counts(ledger):
    first = take(ledger, PLAIN, [1], live_journeys=2)
    second = take(ledger, PLAIN, [1], live_journeys=2, out=MONDAY + timedelta(days=1))
    kept = Restatement(
        journey=second.journey.id,
        places=second.journey.places,
        counted=demand_of(
            reckoning_of(PLAIN), [each.crossing for each in second.journey.places]
        ).windows,
    )
    revoked = Restatement(journey=first.journey.id, places=(), counted=())
    with ledger.transaction() as transaction:
        transaction.ledger.hold_text_alone()
        transaction.ledger.restate(SCHEME, MONDAY, [revoked, kept], LATER)
    out = MONDAY + timedelta(days=2)
    assert isinstance(take(ledger, PLAIN, [1], out=out, now=LATER), PlacesRefused)
