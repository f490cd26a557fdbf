"""A limit that changes: raised in the rush, cut below what is taken, reckoned once and later."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.postgres.ledger_checks import require_agreement
from tests.builders.places import NOW, place_request, scheme_of, windows_of
from tests.builders.quotas import reserve
from tests.builders.schemes import OUT, quota
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.core.scheme.model import QuotaPer


def a_day(limit):
    return scheme_of(quota("day", per=QuotaPer.DAY, limit=limit, direction=OUT))


def take(ledger, limit, people, *, minutes=0):
    """Whether the people got places under a limit reckoned so many minutes after the start."""
    now = NOW + timedelta(minutes=minutes)
    request = place_request(a_day(limit), people, now=now)
    with ledger.transaction() as transaction:
        answer = transaction.ledger.take(request, now)
    assert isinstance(answer, PlacesTaken | PlacesRefused)
    return answer


def row(ledger):
    with ledger.connection() as connection:
        return connection.execute(
            "SELECT taken, capacity, honoured FROM tongguan.quota_window"
        ).fetchone()


@pytest.fixture(autouse=True)
def _exact_at_the_end(ledger):
    yield
    with ledger.connection() as connection:
        require_agreement(connection)
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()


def test_raise__makes_room_at_once(ledger):
    assert isinstance(take(ledger, 2, [1, 2]), PlacesTaken)
    assert isinstance(take(ledger, 2, [3]), PlacesRefused)
    assert isinstance(take(ledger, 3, [3], minutes=1), PlacesTaken)
    assert row(ledger) == (3, 3, 0)


def test_cut__below_what_is_taken__honours_it_and_lets_nobody_in(ledger):
    take(ledger, 5, [1, 2, 3])
    take(ledger, 5, [4])
    answer = take(ledger, 2, [5], minutes=1)
    assert isinstance(answer, PlacesRefused)
    (reason,) = answer.reasons
    assert (reason.facts["limit"], reason.facts["left"]) == ("2", "0")
    assert row(ledger) == (4, 2, 2)


def test_cut__then_cancellations__lower_what_is_honoured_until_there_is_room(ledger):
    parties = [take(ledger, 5, [number]) for number in range(4)]
    take(ledger, 2, [5], minutes=1)
    found = []
    for party in parties[:3]:
        with ledger.transaction() as transaction:
            transaction.ledger.cancel(party.journey.id, NOW)
        found.append(row(ledger))
    assert found == [(3, 2, 1), (2, 2, 0), (1, 2, 0)]
    assert isinstance(take(ledger, 2, [6], minutes=2), PlacesTaken)


def test_raise__after_a_cut__takes_of_what_is_honoured(ledger):
    take(ledger, 5, [1, 2, 3, 4])
    take(ledger, 1, [5], minutes=1)
    take(ledger, 3, [5], minutes=2)
    assert row(ledger) == (4, 3, 1)


def test_limit__reckoned_earlier__does_not_undo_a_later_one(ledger):
    take(ledger, 2, [1, 2], minutes=5)
    assert isinstance(take(ledger, 9, [3], minutes=4), PlacesRefused)
    assert row(ledger) == (2, 2, 0)
    assert isinstance(take(ledger, 9, [3], minutes=5), PlacesTaken)


def test_limit__unchanged_when_it_was_last_used__still_counts_as_reckoned_then(ledger):
    take(ledger, 4, [1], minutes=0)
    take(ledger, 4, [2], minutes=9)
    assert isinstance(take(ledger, 1, [3], minutes=5), PlacesTaken)
    assert row(ledger) == (3, 4, 0)


def test_counts__say_the_limit_asked_with__and_the_one_last_reckoned(ledger):
    take(ledger, 4, [1])
    request = place_request(a_day(6), [2])
    with ledger.transaction() as transaction:
        (count,) = transaction.ledger.counts([window for window, _ in windows_of(request)])
    assert (count.window.limit, count.capacity, count.taken) == (6, 4, 1)


def test_cut__of_a_cap_with_reserves__cuts_its_open_part(ledger):
    kept = reserve("kept", 2, direction=OUT, category="business")
    cap = quota("day", per=QuotaPer.DAY, limit=6, direction=OUT)
    before, after = scheme_of(cap, kept), scheme_of(replace(cap, limit=3), kept)

    def ask(text, people, category, minutes):
        now = NOW + timedelta(minutes=minutes)
        with ledger.transaction() as transaction:
            request = place_request(text, people, category=category, now=now)
            return transaction.ledger.take(request, now)

    assert isinstance(ask(before, [1, 2], "family", 0), PlacesTaken)
    assert isinstance(ask(after, [3], "family", 1), PlacesRefused)
    assert isinstance(ask(after, [4], "business", 2), PlacesTaken)
    assert isinstance(ask(after, [5], "business", 3), PlacesRefused)
    with ledger.connection() as connection:
        rows = connection.execute(
            "SELECT part_of IS NULL, taken, capacity, honoured FROM tongguan.quota_window"
            " ORDER BY part_of IS NOT NULL, quota"
        ).fetchall()
    assert rows == [(True, 3, 3, 0), (False, 2, 1, 1), (False, 1, 2, 0)]
