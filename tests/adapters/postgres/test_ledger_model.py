"""Random bookings and cancellations against a model of thirty lines."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.adapters.postgres.ledger_checks import require_exact
from tests.builders.places import MONDAY, NOW, place_request, scheme_of
from tests.builders.schemes import OUT, quota
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken, RequestIdReused
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import EACH, QuotaPer

QUOTAS = (
    quota("day", per=QuotaPer.DAY, limit=3, direction=EACH),
    quota("week", per=QuotaPer.WEEK, limit=5, direction=OUT),
    quota("business", per=QuotaPer.WEEK, limit=2, direction=OUT, category="business"),
)
SCHEME = scheme_of(*QUOTAS)


class Model:
    """What the ledger must answer, kept as a plain list of journeys."""

    def __init__(self):
        self.journeys = {}

    def live(self):
        return [request for request, cancelled in self.journeys.values() if not cancelled]

    def fits(self, request):
        crossings = [place.crossing for each in self.live() for place in each.places]
        return all(
            sum(map(window.holds, crossings)) + persons <= window.limit
            for window, persons in request.windows
        )

    def free(self, request, now):
        wanted = {place.person for place in request.places}
        held = {p.person for each in self.live() if each.live_until > now for p in each.places}
        return not wanted & held

    def take(self, request, now):
        if request.journey in self.journeys:
            kept, cancelled = self.journeys[request.journey]
            if kept.request_hash != request.request_hash:
                return "reused"
            return "cancelled" if cancelled else "booked"
        fits, free = self.fits(request), self.free(request, now)
        if fits and free:
            self.journeys[request.journey] = (request, False)
            return "booked"
        return {*([] if fits else ["full"]), *([] if free else ["live"])}

    def cancel(self, journey):
        if journey in self.journeys:
            self.journeys[journey] = (self.journeys[journey][0], True)


def told(answer):
    match answer:
        case PlacesTaken(journey=journey):
            return "booked" if journey.state is JourneyState.BOOKED else "cancelled"
        case PlacesRefused(reasons=reasons):
            words = {ReasonCode.QUOTA_FULL: "full", ReasonCode.LIVE_BOOKING_EXISTS: "live"}
            return {words[reason.code] for reason in reasons}
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
            self.model, self.sent, self.now = Model(), [], NOW

        @rule(
            people=st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True),
            out=st.integers(0, 2),
            stay=st.none() | st.integers(0, 7),
            category=st.sampled_from(["family", "business"]),
        )
        def take(self, people, out, stay, category):
            day = MONDAY + timedelta(days=out)
            home = None if stay is None else day + timedelta(days=stay)
            self.send(place_request(SCHEME, people, out=day, home=home, category=category))

        @rule(number=st.integers(0))
        def take_again(self, number):
            if self.sent:
                self.send(self.sent[number % len(self.sent)])

        @rule(number=st.integers(0), person=st.integers(0, 7))
        def take_under_a_known_id(self, number, person):
            if self.sent:
                journey = self.sent[number % len(self.sent)].journey
                self.send(place_request(SCHEME, [person], journey=journey, request_hash=b"other"))

        @rule(number=st.integers(0))
        def cancel(self, number):
            if self.sent:
                journey = self.sent[number % len(self.sent)].journey
                self.model.cancel(journey)
                with database.transaction() as transaction:
                    found = transaction.ledger.cancel(journey, self.now)
                assert (found is None) == (journey not in self.model.journeys)

        @rule(hours=st.integers(1, 48))
        def wait(self, hours):
            self.now += timedelta(hours=hours)

        @invariant()
        def is_exact(self):
            with database.connection() as connection:
                require_exact(connection)

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
