"""Random bookings, cancellations and changes of a limit against a model of forty lines."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.adapters.postgres.ledger_checks import require_exact
from tests.builders.places import MONDAY, NOW, place_request, scheme_of, windows_of
from tests.builders.quotas import EVE_NOON, reserve
from tests.builders.schemes import OUT, quota
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken, RequestIdReused
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import EACH, QuotaPer


def scheme_with(limit):
    """Three quotas, of which the daily one changes and keeps places for business."""
    return scheme_of(
        quota("day", per=QuotaPer.DAY, limit=limit, direction=EACH),
        reserve("kept", 1, released=EVE_NOON, direction=EACH, category="business"),
        quota("week", per=QuotaPer.WEEK, limit=5, direction=OUT),
        quota("business", per=QuotaPer.WEEK, limit=2, direction=OUT, category="business"),
    )


class Model:
    """What the ledger must answer: a plain list of journeys and what each was counted in."""

    def __init__(self):
        self.journeys = {}

    def live(self):
        return [request for request, cancelled, _ in self.journeys.values() if not cancelled]

    def taken(self):
        sums = Counter()
        for _, cancelled, counted in self.journeys.values():
            sums.update({} if cancelled else counted)
        return sums

    def counted(self, request):
        """What the request is counted in, or nothing where it does not fit."""
        taken, counted = self.taken(), Counter()
        for window, persons in windows_of(request):
            counted[window.key] += persons
            if taken[window.key] + persons > window.limit:
                return None
        for choice in request.asked.choices:
            for _ in range(choice.persons * len(request.persons)):
                for window in choice.windows:
                    if taken[window.key] + counted[window.key] < window.limit:
                        counted[window.key] += 1
                        break
                else:
                    return None
        return counted

    def free(self, request, now):
        wanted = {place.person for place in request.places}
        held = {
            p.person for each in self.live() if each.asked.live_until > now for p in each.places
        }
        return not wanted & held

    def take(self, request, now):
        if request.journey in self.journeys:
            kept, cancelled, _ = self.journeys[request.journey]
            if kept.request_hash != request.request_hash:
                return "reused"
            return "cancelled" if cancelled else "booked"
        counted, free = self.counted(request), self.free(request, now)
        if counted and free:
            self.journeys[request.journey] = (request, False, counted)
            return "booked"
        return {*([] if counted else ["full"]), *([] if free else ["live"])}

    def cancel(self, journey):
        if journey in self.journeys:
            request, _, counted = self.journeys[journey]
            self.journeys[journey] = (request, True, counted)


WORDS = {
    ReasonCode.QUOTA_FULL: "full",
    ReasonCode.QUOTA_RESERVED: "full",
    ReasonCode.LIVE_BOOKING_EXISTS: "live",
}


def told(answer):
    match answer:
        case PlacesTaken(journey=journey):
            return "booked" if journey.state is JourneyState.BOOKED else "cancelled"
        case PlacesRefused(reasons=reasons):
            return {WORDS[reason.code] for reason in reasons}
        case RequestIdReused():
            return "reused"


def ledger_machine(database):
    class LedgerMachine(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            with database.connection() as connection:
                connection.execute(
                    "TRUNCATE tongguan.quota_window, tongguan.journey, tongguan.place,"
                    " tongguan.journey_window, tongguan.live_journey"
                )
            self.model, self.sent, self.now = Model(), [], NOW - timedelta(days=2)
            self.scheme = scheme_with(3)

        @rule(
            people=st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True),
            out=st.integers(0, 2),
            stay=st.none() | st.integers(0, 7),
            category=st.sampled_from(["family", "business"]),
        )
        def take(self, people, out, stay, category):
            day = MONDAY + timedelta(days=out)
            home = None if stay is None else day + timedelta(days=stay)
            self.send(self.request(people, out=day, home=home, category=category))

        @rule(number=st.integers(0))
        def take_again(self, number):
            if self.sent:
                self.send(self.sent[number % len(self.sent)])

        @rule(number=st.integers(0), person=st.integers(0, 7))
        def take_under_a_known_id(self, number, person):
            if self.sent:
                journey = self.sent[number % len(self.sent)].journey
                self.send(self.request([person], journey=journey, request_hash=b"other"))

        @rule(number=st.integers(0))
        def cancel(self, number):
            if self.sent:
                journey = self.sent[number % len(self.sent)].journey
                self.model.cancel(journey)
                with database.transaction() as transaction:
                    found = transaction.ledger.cancel(journey, self.now)
                assert (found is None) == (journey not in self.model.journeys)

        @rule(limit=st.integers(0, 6))
        def change_the_limit(self, limit):
            self.scheme = scheme_with(limit)

        @rule(hours=st.integers(1, 48))
        def wait(self, hours):
            self.now += timedelta(hours=hours)

        @invariant()
        def is_exact(self):
            with database.connection() as connection:
                require_exact(connection)

        def request(self, people, **changes):
            return place_request(self.scheme, people, now=self.now, **changes)

        def send(self, request):
            expected = self.model.take(request, self.now)
            with database.transaction() as transaction:
                answer = transaction.ledger.take(request, self.now)
            assert told(answer) == expected
            self.sent.append(request)

    return LedgerMachine


def test_ledger__agrees__with_the_model(ledger):
    run_state_machine_as_test(
        ledger_machine(ledger),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
