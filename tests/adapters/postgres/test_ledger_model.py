"""Random booking of every kind, step by step, against the model that knows only lists and sums."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.adapters.postgres.ledger_checks import require_exact
from tests.adapters.postgres.ledger_model import Model, told
from tests.builders.places import MONDAY, NOW, place_request, reckoning_of, scheme_of
from tests.builders.quotas import EVE_NOON, reserve
from tests.builders.schemes import OUT, quota
from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import STANDING, PlaceRequest, Restatement
from tongguan.core.identifiers import JourneyId
from tongguan.core.quota.demand import demand_of
from tongguan.core.quota.seating import added, seat, seat_beyond
from tongguan.core.scheme.model import EACH, Leg, QuotaPer, Version

FIRST_WEEK = MONDAY - timedelta(days=7)


def scheme_with(limit: int) -> Version:
    """Four quotas, of which the daily one changes and keeps a place for business."""
    return scheme_of(
        quota("day", per=QuotaPer.DAY, limit=limit, direction=EACH),
        reserve("kept", 1, released=EVE_NOON, direction=EACH, category="business"),
        quota("week", per=QuotaPer.WEEK, limit=6, direction=OUT),
        quota("business", per=QuotaPer.WEEK, limit=3, direction=OUT, category="business"),
        quota("own", per=QuotaPer.WEEK, limit=2, person=EACH),
    )


wishes = st.fixed_dictionaries(
    {
        "people": st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True),
        "out": st.integers(0, 2),
        "stay": st.none() | st.integers(0, 5),
        "category": st.sampled_from(["family", "business"]),
        "hold": st.none() | st.integers(1, 90),
    }
)


class LedgerMachine(RuleBasedStateMachine):
    """The ledger of one database beside the model."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        with self.database.connection() as connection:
            connection.execute(
                "TRUNCATE tongguan.quota_window, tongguan.journey, tongguan.place,"
                " tongguan.live_journey"
            )
        self.model, self.now = Model(), NOW - timedelta(days=2)
        self.sent: list[PlaceRequest] = []
        self.scheme = scheme_with(3)

    @initialize(size=st.integers(0, 3))
    def begin(self, size: int) -> None:
        """A party may be there already, spread over the kept part and the open one."""
        if size:
            wish = {"people": list(range(size)), "out": 0, "stay": 1, "hold": None}
            self.send([self.request(wish | {"category": "business"})])

    @rule(call=st.lists(wishes, min_size=1, max_size=3))
    def take(self, call: list[dict[str, Any]]) -> None:
        self.send([self.request(each) for each in call])

    @rule(number=st.integers(0))
    def take_again(self, number: int) -> None:
        if self.sent:
            request = self.sent[number % len(self.sent)]
            known = self.model.known(request)
            with self.database.transaction() as transaction:
                answer = transaction.ledger.known(request.journey, request.request_hash)
            assert (None if answer is None else told(answer)) == known
            if self.is_to_come(request):
                self.send([request])

    @rule(number=st.integers(0), wish=wishes)
    def take_under_a_known_id(self, number: int, wish: dict[str, Any]) -> None:
        if self.sent:
            journey = self.sent[number % len(self.sent)].journey
            self.send([self.request(wish, journey=journey, request_hash=b"other")])

    @rule(number=st.integers(0))
    def confirm(self, number: int) -> None:
        if journey := self.sent_journey(number):
            self.model.confirm(journey, self.now)
            with self.database.transaction() as transaction:
                transaction.ledger.confirm(journey, self.now)

    @rule(number=st.integers(0))
    def cancel(self, number: int) -> None:
        if journey := self.sent_journey(number):
            self.model.cancel(journey, self.now)
            with self.database.transaction() as transaction:
                found = transaction.ledger.cancel(journey, self.now)
            assert (found is None) == (journey not in self.model.kept)

    @rule(number=st.integers(0), wish=wishes, again=st.booleans())
    def rebook(self, number: int, wish: dict[str, Any], again: bool) -> None:
        if old := self.sent_journey(number):
            repeated = again and self.is_to_come(self.sent[-1])
            request = self.sent[-1] if repeated else self.request(wish)
            expected = self.model.rebook(old, request, self.now)
            with self.database.transaction() as transaction:
                answer = transaction.ledger.rebook(old, request, self.now)
            assert told(answer) == expected
            self.sent.append(request)

    @rule(
        number=st.integers(0),
        leg=st.sampled_from([Leg.OUT, Leg.HOME, Leg.HOME]),
        persons=st.sets(st.integers(0, 2), min_size=1, max_size=2),
    )
    def release(self, number: int, leg: Leg, persons: set[int]) -> None:
        if journey := self.sent_journey(number):
            self.model.release(journey, leg, persons, self.now)
            with self.database.transaction() as transaction:
                transaction.ledger.release(journey, leg, sorted(persons), self.now)

    @rule(limit=st.integers(1, 3))
    def expire(self, limit: int) -> None:
        due = self.model.due(self.now)
        with self.database.transaction() as transaction:
            found = transaction.ledger.expire(self.now, limit)
        assert [each.id for each in found if each.state in STANDING] == []
        assert {each.id for each in found} <= set(due)
        assert len(found) == min(limit, len(due))
        for each in found:
            self.model.cancel(each.id, self.now)

    @rule(limit=st.integers(0, 6))
    def change_the_limit(self, limit: int) -> None:
        self.scheme = scheme_with(limit)

    @rule(limit=st.integers(1, 6))
    def restate(self, limit: int) -> None:
        """A text begins to hold: everyone is seated anew, beyond the limit where need be."""
        self.scheme = scheme_with(limit)
        with self.database.transaction() as transaction:
            transaction.ledger.hold_text_alone()
            taken: Any = {}
            restated = []
            for journey in transaction.ledger.live_journeys(self.scheme.scheme, FIRST_WEEK):
                crossings = [place.crossing for place in journey.places]
                demand = demand_of(reckoning_of(self.scheme, self.now), crossings)
                counted = seat(demand, taken) or seat_beyond(demand, taken)
                taken = added(taken, counted)
                restated.append(
                    Restatement(journey=journey.id, places=journey.places, counted=counted)
                )
                self.model.kept[journey.id].counted.clear()
                self.model.kept[journey.id].counted.update(dict(counted))
            transaction.ledger.restate(self.scheme.scheme, FIRST_WEEK, restated, self.now)
        assert len(restated) == len(self.model.standing())

    @rule(minutes=st.sampled_from([1, 30, 60, 600, 1500]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def is_exact(self) -> None:
        with self.database.connection() as connection:
            require_exact(connection)

    @invariant()
    def journeys_stand_as_the_model_says(self) -> None:
        with self.database.transaction() as transaction:
            due = transaction.ledger.holds_due(self.now)
            standing = transaction.ledger.live_journeys(self.scheme.scheme, FIRST_WEEK)
            states = {journey: transaction.ledger.journey(journey) for journey in self.model.kept}
        assert due == bool(self.model.due(self.now))
        for journey, kept in self.model.kept.items():
            found = states[journey]
            assert found is not None
            assert found.state is kept.state
        assert {
            each.id: {(place.leg, place.person_number) for place in each.places}
            for each in standing
        } == {each.request.journey: each.places for each in self.model.standing()}

    def sent_journey(self, number: int) -> JourneyId | None:
        """One that stands, mostly; or any that was asked for, known or not."""
        standing = [each.request for each in self.model.standing()]
        among = standing if standing and number % 4 else self.sent
        return among[number // 4 % len(among)].journey if among else None

    def is_to_come(self, request: PlaceRequest) -> bool:
        return request.asked.live_until > self.now

    def request(self, wish: dict[str, Any], **changes: Any) -> PlaceRequest:
        day = self.now.date() + timedelta(days=wish["out"])
        home = None if wish["stay"] is None else day + timedelta(days=wish["stay"])
        return place_request(
            self.scheme,
            wish["people"],
            out=day,
            home=home,
            category=wish["category"],
            held_until=_hour(self.now, wish["hold"]),
            now=self.now,
            **changes,
        )

    def send(self, requests: list[PlaceRequest]) -> None:
        expected = [self.model.take(each, self.now) for each in requests]
        with self.database.transaction() as transaction:
            answers = transaction.ledger.take_many(requests, self.now)
        assert [told(each) for each in answers] == expected
        self.sent.extend(requests)


def ledger_machine(database: Database) -> type[LedgerMachine]:
    return type("LedgerMachineOfTheTest", (LedgerMachine,), {"database": database})


def _hour(now: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else now + timedelta(minutes=minutes)


def test_ledger__agrees__with_the_model(ledger: Database) -> None:
    run_state_machine_as_test(
        ledger_machine(ledger),
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
