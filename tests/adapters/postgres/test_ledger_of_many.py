"""Many requests in one call: the same as one after another, decision by decision and row by row."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.postgres.ledger_checks import require_exact
from tests.adapters.postgres.ledger_model import Model, told
from tests.builders.places import NOW, asked_alike, request_for, scheme_of
from tests.builders.quotas import EVE_NOON, reserve
from tests.builders.schemes import OUT, category, quota
from tongguan.adapters.cluster import Cluster
from tongguan.adapters.postgres.connections import Database
from tongguan.app.ledger_port import AskedAlike, PlaceRequest, PlacesTaken
from tongguan.core.identifiers import ApplicationId, JourneyId
from tongguan.core.scheme.model import EACH, OrderOfUse, QuotaPer, Version

TWIN = "ledger_twin"
_TABLES = ("quota_window", "journey", "place", "live_journey")
# Windows by their keys: in each database they have numbers of their own.
_ROWS = """
    SELECT (to_jsonb(t) - 'windows')::text FROM tongguan.journey AS t
    UNION ALL SELECT t::text FROM tongguan.place AS t
    UNION ALL SELECT (to_jsonb(t) - 'number')::text FROM tongguan.journey_window AS t
    UNION ALL SELECT t::text FROM tongguan.live_journey AS t WHERE journey IS NOT NULL
    UNION ALL SELECT (cell_week, quota, starts, dimensions, taken)::text
    FROM tongguan.quota_window WHERE taken > 0
"""
_IDS = 7
_PEOPLE = 8


def scheme_with(day: int, week: int, own: int | None) -> Version:
    """Caps by day and week, with reserves of both orders of use; a cap for each person, or none."""
    of_each = () if own is None else (quota("own", per=QuotaPer.WEEK, limit=own, person=EACH),)
    return scheme_of(
        quota("day", per=QuotaPer.DAY, limit=day, direction=EACH),
        reserve("kept", 1, released=EVE_NOON, direction=EACH, category="business"),
        quota("week", per=QuotaPer.WEEK, limit=week),
        reserve(
            "kept-week",
            2,
            inside="week",
            order=OrderOfUse.OPEN_FIRST,
            per=QuotaPer.WEEK,
            category="family",
        ),
        quota("business", per=QuotaPer.WEEK, limit=3, direction=OUT, category="business"),
        *of_each,
        categories=(category("family"), category("business")),
    )


Wish = dict[str, Any]

wishes = st.fixed_dictionaries(
    {
        "journey": st.integers(1, _IDS),
        "people": st.lists(st.integers(1, _PEOPLE), min_size=1, max_size=4, unique=True),
        "out": st.sampled_from([0, 1, 5, 6]),
        "stay": st.sampled_from([None, 0, 1, 2]),
        "category": st.sampled_from(["family", "business"]),
        "held": st.booleans(),
    }
)
"""What a party may ask for: days to come, over two weeks; ids and people are few."""

limits = st.fixed_dictionaries(
    {"day": st.integers(1, 5), "week": st.integers(3, 9), "own": st.integers(1, 3)}
)

scripts = st.lists(
    st.tuples(limits, st.lists(wishes, min_size=1, max_size=8), st.integers(0, 40)),
    min_size=1,
    max_size=4,
)
"""Calls, each under limits of its own and so many hours after the last."""


def journey_id(number: int) -> JourneyId:
    return JourneyId(f"00000000-0000-4000-8000-{number:012}")


def requests_of(
    scheme: Version, call: list[Wish], now: datetime, live_journeys: int
) -> list[PlaceRequest]:
    """The requests of a call; those who ask alike share what they ask for."""
    alike: dict[Any, AskedAlike] = {}
    found = []
    for wish in call:
        out = now.date() + timedelta(days=wish["out"])
        home = None if wish["stay"] is None else out + timedelta(days=wish["stay"])
        kind = (out, home, wish["category"])
        if kind not in alike:
            alike[kind] = asked_alike(
                scheme,
                out=out,
                home=home,
                category=wish["category"],
                live_journeys=live_journeys,
                now=now,
            )
        request = request_for(
            alike[kind],
            wish["people"],
            journey=journey_id(wish["journey"]),
            request_hash=hashlib.sha256(repr(wish).encode()).digest(),
            held_until=now + timedelta(hours=1) if wish["held"] else None,
        )
        found.append(_from_one_application(request))
    return found


def _from_one_application(request: PlaceRequest) -> PlaceRequest:
    """Whose application it is follows from the id, so that two databases can be compared."""
    values = {name: getattr(request, name) for name in request.__slots__}
    return PlaceRequest(**values | {"application": ApplicationId(str(request.journey))})


def emptied(database: Database) -> None:
    with database.connection() as connection:
        for table in _TABLES:
            connection.execute(f"DELETE FROM tongguan.{table}".encode())  # noqa: S608


def rows(database: Database) -> list[str]:
    """Everything the ledger keeps that answers for somebody.

    A window that counts nobody, and what its limit was last, follow from whoever asks next.
    """
    with database.connection() as connection:
        return sorted(row for (row,) in connection.execute(_ROWS))


@pytest.fixture(scope="session")
def twin(cluster: Cluster, migrated_template: str) -> Any:
    """A second database, where the same is asked one request after another."""
    cluster.ensure_database(TWIN, template=migrated_template)
    with Database(cluster.url(TWIN), connections_max=2, durability_required=False) as opened:
        yield opened


def check(ledger: Database, twin: Database, script: Any, live_journeys: int) -> list[object]:
    """Ask both and the model the same; what the model said, in order."""
    emptied(ledger)
    emptied(twin)
    model, now, said = Model(), NOW, []
    for given_limits, call, hours in script:
        now += timedelta(hours=hours)
        requests = requests_of(scheme_with(**given_limits), call, now, live_journeys)
        with ledger.transaction() as transaction:
            together = transaction.ledger.take_many(requests, now)
        one_by_one = []
        for request in requests:
            with twin.transaction() as transaction:
                one_by_one.append(transaction.ledger.take(request, now))
        expected = [model.take(request, now) for request in requests]
        assert [told(each) for each in one_by_one] == expected
        assert [told(each) for each in together] == expected
        assert together == tuple(one_by_one)
        assert rows(ledger) == rows(twin)
        with ledger.connection() as connection:
            require_exact(connection)
        said += expected
    return said


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(script=scripts, live_journeys=st.sampled_from([1, 2]), is_each_capped=st.booleans())
def test_take_many__is_the_same__as_asking_one_after_another(
    ledger: Database, twin: Database, script: Any, live_journeys: int, is_each_capped: bool
) -> None:
    if not is_each_capped:
        script = [(given | {"own": None}, call, hours) for given, call, hours in script]
    check(ledger, twin, script, live_journeys)


def wish(journey: int, *people: int, **changes: Any) -> Wish:
    values: Wish = {"journey": journey, "people": list(people), "out": 0, "stay": None}
    return values | {"category": "family", "held": False} | changes


ROOMY = {"day": 5, "week": 9, "own": 3}


def test_take_many__party_that_does_not_fit__leaves_the_place_to_the_one_behind(
    ledger: Database, twin: Database
) -> None:
    call = [wish(1, 1, 2), wish(2, 3, 4, 5, 6), wish(3, 7)]
    first, second, third = check(ledger, twin, [(ROOMY | {"day": 4}, call, 0)], 1)
    assert (first, third) == ("booked", "booked")
    assert second == {("full", "day", "2021-12-13", 2)}


def test_take_many__refused_alike_and_not__each_hears_of_its_own_moment(
    ledger: Database, twin: Database
) -> None:
    """Of the same kind and size, before and after something was granted, and of another size."""
    call = [
        *(wish(1, 1, 2, 3, 4), wish(2, 5, 6, 7, 8), wish(3, 1), wish(4, 2, 3, 4, 5)),
        *(wish(5, 2, 3, 4, 5), wish(6, 6), wish(7, 7), wish(1, 8), wish(2, 1, 2, 3, 4)),
    ]
    limits = {"day": 3, "week": 9, "own": None}
    said = check(ledger, twin, [(limits, call, 0)], 1)
    assert [each == "booked" for each in said] == [number in (2, 5, 6) for number in range(9)]


def test_take_many__refused_like_another_and_busy_too__hears_both(
    ledger: Database, twin: Database
) -> None:
    call = [wish(1, 1), wish(2, 2), wish(3, 1)]
    booked, full, both = check(ledger, twin, [({"day": 1, "week": 9, "own": None}, call, 0)], 1)
    assert booked == "booked"
    assert isinstance(full, set)
    assert isinstance(both, set)
    assert full < both


def test_take_many__one_id_three_times__is_the_request_that_was_granted(
    ledger: Database, twin: Database
) -> None:
    """The first is refused, so the id is the second's; the third is the second again."""
    call = [wish(1, 1, 2, 3, 4), wish(1, 5), wish(1, 5), wish(1, 1, 2, 3, 4)]
    said = check(ledger, twin, [(ROOMY | {"day": 3}, call, 0)], 1)
    assert said[1:] == ["booked", "booked", "reused"]


def test_take_many__one_id_of_two_parties__makes_nobody_busy_who_was_refused(
    ledger: Database, twin: Database
) -> None:
    call = [wish(1, 1, 2, 3, 4), wish(1, 5), wish(2, 1)]
    said = check(ledger, twin, [(ROOMY | {"day": 3}, call, 0), (ROOMY, [wish(3, 2)], 0)], 1)
    assert said[1:] == ["booked", "booked", "booked"]


def test_take_many__one_id_refused_and_then_granted__is_live_until_its_own_end(
    ledger: Database, twin: Database
) -> None:
    call = [wish(1, 1, 2, 3, 4, stay=2), wish(1, 1)]
    said = check(ledger, twin, [(ROOMY | {"day": 3}, call, 0)], 1)
    assert said[1:] == ["booked"]


def test_take_many__of_nobody__answers_nothing(ledger: Database) -> None:
    with ledger.transaction() as transaction:
        assert transaction.ledger.take_many([], NOW) == ()


def test_take_many__when_a_later_one_asks_for_another_day__says_whose_is_whose(
    ledger: Database,
) -> None:
    emptied(ledger)
    call = [wish(number, number, out=number % 2) for number in range(1, 6)]
    requests = requests_of(scheme_with(**ROOMY), call, NOW, 1)
    with ledger.transaction() as transaction:
        answers = transaction.ledger.take_many(requests, NOW)
    for request, answer in zip(requests, answers, strict=True):
        assert isinstance(answer, PlacesTaken)
        assert (answer.journey.id, answer.journey.places) == (request.journey, request.places)
