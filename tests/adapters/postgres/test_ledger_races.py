"""Many callers at once: never a place too many, never a deadlock, never an id twice."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from tests.adapters.postgres.ledger_checks import require_exact
from tests.builders.places import MONDAY, NOW, new_journey, place_request, scheme_of, windows_of
from tests.builders.quotas import reserve
from tests.builders.schemes import OUT, quota
from tongguan.adapters.postgres.connections import AskAgain
from tongguan.app.ledger_port import JourneyState, PlacesTaken
from tongguan.core.scheme.model import EACH, Leg, QuotaPer

THREADS = 16
DAY_20_WEEK_50 = scheme_of(
    quota("day", per=QuotaPer.DAY, limit=20, direction=EACH),
    quota("port-day", per=QuotaPer.DAY, limit=18, direction=EACH, control_point=EACH),
    quota("week", per=QuotaPer.WEEK, limit=50, direction=EACH),
)
FIVE_A_DAY = scheme_of(quota("day", per=QuotaPer.DAY, limit=5, direction=OUT))


def at_once(work, items):
    """Do the work on all items in threads that start together; the results in order."""
    items = list(items)
    barrier = threading.Barrier(THREADS)

    def shares(number):
        barrier.wait()
        return [(index, work(items[index])) for index in range(number, len(items), THREADS)]

    with ThreadPoolExecutor(THREADS) as pool:
        done = [pair for share in pool.map(shares, range(THREADS)) for pair in share]
    return [result for _, result in sorted(done, key=lambda pair: pair[0])]


def a_day(limit):
    return scheme_of(quota("day", per=QuotaPer.DAY, limit=limit, direction=OUT))


def take(database, request, now=NOW):
    with database.transaction() as transaction:
        return transaction.ledger.take(request, now)


def test_threads__racing_for_the_last_places__fill_them_exactly(ledger):
    requests = [place_request(FIVE_A_DAY, [number]) for number in range(48)]
    answers = at_once(lambda request: take(ledger, request), requests)
    assert sum(isinstance(answer, PlacesTaken) for answer in answers) == 5
    with ledger.connection() as connection:
        require_exact(connection)


def test_parties__racing_over_many_windows__never_exceed_one_nor_deadlock(ledger):
    chance = random.Random(1)
    requests = []
    for number in range(240):
        people = [number * 4 + each for each in range(chance.randint(1, 4))]
        out = MONDAY + timedelta(days=chance.randint(0, 7))
        home = out + timedelta(days=chance.randint(0, 6))
        requests.append(place_request(DAY_20_WEEK_50, people, out=out, home=home))

    def take_and_sometimes_cancel(request):
        answer = take(ledger, request)
        if isinstance(answer, PlacesTaken) and request.places[0].person[-1] % 8 == 0:
            with ledger.transaction() as transaction:
                transaction.ledger.cancel(request.journey, NOW)
        return answer

    at_once(take_and_sometimes_cancel, requests)
    with ledger.connection() as connection:
        require_exact(connection)
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()
        counts = transaction.ledger.counts(
            [w for request in requests for w, _ in windows_of(request)]
        )
    assert any(each.taken >= each.capacity - 3 for each in counts), "the race was not tight"


def test_reserve__in_a_race__is_left_to_those_it_is_kept_for(ledger):
    scheme = scheme_of(
        quota("day", per=QuotaPer.DAY, limit=20, direction=OUT),
        reserve("kept", 6, direction=OUT, category="business"),
    )
    outsiders = [place_request(scheme, [number, number + 500]) for number in range(48)]
    answers = at_once(lambda request: take(ledger, request), outsiders)
    assert sum(isinstance(answer, PlacesTaken) for answer in answers) == 7
    insiders = [place_request(scheme, [900 + each], category="business") for each in range(32)]
    answers = at_once(lambda request: take(ledger, request), insiders)
    assert sum(isinstance(answer, PlacesTaken) for answer in answers) == 6
    with ledger.connection() as connection:
        require_exact(connection)


def test_parties__of_both_kinds_racing_over_parts__stay_exact_without_deadlock(ledger):
    chance = random.Random(2)
    scheme = scheme_of(
        quota("day", per=QuotaPer.DAY, limit=12, direction=EACH),
        reserve("kept", 4, direction=EACH, category="business"),
        quota("week", per=QuotaPer.WEEK, limit=40, direction=EACH),
        reserve(
            "kept-week", 9, inside="week", per=QuotaPer.WEEK, direction=EACH, category="family"
        ),
    )
    requests = []
    for number in range(160):
        people = [number * 4 + each for each in range(chance.randint(1, 4))]
        out = MONDAY + timedelta(days=chance.randint(0, 6))
        kind = chance.choice(["business", "family"])
        home = out + timedelta(days=chance.randint(0, 2))
        requests.append(place_request(scheme, people, out=out, home=home, category=kind))

    def take_and_sometimes_cancel(request):
        answer = take(ledger, request)
        if isinstance(answer, PlacesTaken) and request.places[0].person[-1] % 8 == 0:
            with ledger.transaction() as transaction:
                transaction.ledger.cancel(request.journey, NOW)
        return answer

    answers = at_once(take_and_sometimes_cancel, requests)
    assert {type(answer).__name__ for answer in answers} == {"PlacesTaken", "PlacesRefused"}
    with ledger.connection() as connection:
        require_exact(connection)
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()


def test_quota__raised_in_the_rush__is_filled_exactly(ledger):
    """Each asks under the limit of its own instant; the later half under a higher one."""
    requests = [
        (place_request(a_day(20 if late else 5), [number], now=now), now)
        for number in range(64)
        for late in [number >= 32]
        for now in [NOW + timedelta(seconds=number)]
    ]
    answers = at_once(lambda each: take(ledger, *each), requests)
    assert sum(isinstance(answer, PlacesTaken) for answer in answers) == 20
    with ledger.connection() as connection:
        require_exact(connection)


def test_quota__cut_in_the_rush__lets_nobody_in_once_it_is_cut(ledger):
    requests = [
        (place_request(a_day(3 if late else 40), [number], now=now), now)
        for number in range(64)
        for late in [number >= 16]
        for now in [NOW + timedelta(seconds=number)]
    ]
    answers = at_once(lambda each: take(ledger, *each), requests)
    held = sum(isinstance(answer, PlacesTaken) for answer in answers)
    assert 3 <= held <= 16
    with ledger.connection() as connection:
        require_exact(connection)
        row = connection.execute("SELECT capacity, honoured FROM tongguan.quota_window").fetchone()
    assert row == (3, held - 3)


def test_id__sent_by_all_at_once__is_taken_once(ledger):
    request = place_request(FIVE_A_DAY, [1, 2])
    answers = at_once(lambda _: take(ledger, request), range(THREADS * 2))
    assert all(isinstance(answer, PlacesTaken) for answer in answers)
    assert sum(not answer.replayed for answer in answers) == 1
    with ledger.connection() as connection:
        require_exact(connection)


def test_id__of_two_requests_at_once__belongs_to_one(ledger):
    first = place_request(FIVE_A_DAY, [1])
    second = place_request(FIVE_A_DAY, [2], journey=first.journey, request_hash=b"other")
    answers = at_once(lambda number: take(ledger, (first, second)[number % 2]), range(THREADS))
    kinds = {type(answer).__name__ for answer in answers}
    assert kinds == {"PlacesTaken", "RequestIdReused"}
    with ledger.connection() as connection:
        require_exact(connection)


def test_person__booking_everywhere_at_once__has_one_live_journey(ledger):
    requests = [
        place_request(DAY_20_WEEK_50, [7, number + 10], out=MONDAY + timedelta(days=number % 7))
        for number in range(THREADS)
    ]
    answers = at_once(lambda request: take(ledger, request), requests)
    assert sum(isinstance(answer, PlacesTaken) for answer in answers) == 1


def test_cancel__by_all_at_once__gives_back_once(ledger):
    requests = [place_request(FIVE_A_DAY, [number]) for number in range(5)]
    for request in requests:
        take(ledger, request)

    def cancel(number):
        with ledger.transaction() as transaction:
            return transaction.ledger.cancel(requests[number % 2].journey, NOW)

    journeys = at_once(cancel, range(THREADS * 2))
    assert {journey.state for journey in journeys} == {JourneyState.CANCELLED}
    with ledger.connection() as connection:
        require_exact(connection)
        row = connection.execute("SELECT taken FROM tongguan.quota_window").fetchone()
    assert row == (3,)


def test_everything__racing_in_groups__stays_exact_without_deadlock(ledger):
    """Who waits for whom goes one way only, whichever call it is and whatever it asks for."""
    scheme = scheme_of(
        quota("day", per=QuotaPer.DAY, limit=9, direction=EACH),
        reserve("kept", 3, direction=EACH, category="business"),
        quota("week", per=QuotaPer.WEEK, limit=40, direction=OUT),
        quota("own", per=QuotaPer.WEEK, limit=3, person=EACH),
    )
    ids = [new_journey() for _ in range(60)]

    def request(chance):
        out = MONDAY + timedelta(days=chance.randint(0, 6))
        return place_request(
            scheme,
            chance.sample(range(40), chance.randint(1, 3)),
            journey=chance.choice(ids),
            request_hash=bytes([chance.randrange(4)]),
            out=out,
            home=out + timedelta(days=chance.randint(0, 3)),
            category=chance.choice(["business", "family"]),
            held_until=NOW + timedelta(minutes=5) if chance.random() < 0.4 else None,
        )

    def step(number):
        chance = random.Random(number)
        known, later = chance.choice(ids), NOW + timedelta(minutes=6)
        acts = {
            "book": lambda places: places.take_many(
                [request(chance) for _ in range(chance.randint(1, 5))], NOW
            ),
            "cancel": lambda places: places.cancel(known, NOW),
            "rebook": lambda places: places.rebook(known, request(chance), NOW),
            "confirm": lambda places: places.confirm(known, NOW),
            "expire": lambda places: places.expire(later, chance.randint(1, 9)),
            "release": lambda places: places.release(known, Leg.HOME, [0, 1], NOW),
        }
        act = chance.choices(list(acts), [8, 3, 4, 2, 1, 2])[0]
        try:
            with ledger.transaction() as transaction:
                transaction.ledger.hold_text()
                # Callers give back what they have seen; what it holds can be locked in order then.
                if act in ("book", "expire") or transaction.ledger.journey(known) is not None:
                    acts[act](transaction.ledger)
        except AskAgain:
            return None
        return act

    done = at_once(step, range(640))
    assert {"book", "cancel", "rebook", "confirm", "expire", "release"} < {*done, None}
    assert sum(each is not None for each in done) > 320
    with ledger.connection() as connection:
        require_exact(connection)
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()


def test_take__locks_in_key_order__whatever_the_order_it_is_asked_in(ledger):
    take(ledger, place_request(DAY_20_WEEK_50, [1]))
    request = place_request(DAY_20_WEEK_50, [2])
    asked = replace(request.asked, windows=tuple(reversed(request.asked.windows)))
    backwards = replace(request, asked=asked)
    lock = "SELECT quota FROM tongguan.quota_window WHERE quota = %s FOR UPDATE NOWAIT"
    with ledger.connection() as holder, ThreadPoolExecutor(1) as pool:
        holder.execute(lock, ("day",))
        waiting = pool.submit(take, ledger, backwards)
        time.sleep(0.3)
        assert not waiting.done()
        with ledger.connection() as other:
            for later in ("port-day", "week"):
                other.execute(lock, (later,))
        holder.rollback()
        assert isinstance(waiting.result(), PlacesTaken)
