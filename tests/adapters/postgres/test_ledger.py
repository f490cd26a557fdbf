"""The ledger of places, one caller at a time: whole or not at all, once for an id."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tests.adapters.postgres.ledger_checks import require_agreement
from tests.builders.places import (
    DAY_EACH,
    MONDAY,
    NOW,
    WEEK_BUSINESS,
    new_journey,
    place_request,
    scheme_of,
    windows_of,
)
from tests.builders.schemes import HOME, OUT, quota
from tongguan.adapters.postgres.ledger_groups import LedgerError
from tongguan.adapters.postgres.ledger_refusals import WindowDiffersError
from tongguan.app.ledger_port import (
    JourneyState,
    PlacesRefused,
    PlacesTaken,
    RequestIdReused,
)
from tongguan.core.identifiers import SchemeId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import EACH, QuotaPer

SCHEME = scheme_of(DAY_EACH, WEEK_BUSINESS)
_JOURNEYS_READ_THROUGH = """
    SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'journey'
"""
"""How often this transaction has read the whole table."""
THREE_A_DAY = scheme_of(quota("day", per=QuotaPer.DAY, limit=3, direction=EACH))


def take(ledger, request, now=NOW):
    with ledger.transaction() as transaction:
        return transaction.ledger.take(request, now)


def cancel(ledger, journey, now=NOW):
    with ledger.transaction() as transaction:
        return transaction.ledger.cancel(journey, now)


def taken(ledger, request):
    with ledger.transaction() as transaction:
        counts = transaction.ledger.counts([window for window, _ in windows_of(request)])
    return {(each.window.quota, each.window.starts): each.taken for each in counts}


@pytest.fixture(autouse=True)
def _exact_at_the_end(ledger):
    yield
    with ledger.connection() as connection:
        require_agreement(connection)
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()


def test_take__counts_the_party__in_every_window_of_both_legs(ledger):
    home = MONDAY + timedelta(days=8)
    request = place_request(SCHEME, [1, 2], home=home, category="business")
    answer = take(ledger, request)
    assert isinstance(answer, PlacesTaken)
    assert not answer.replayed
    assert answer.journey.state is JourneyState.BOOKED
    assert taken(ledger, request) == {
        ("business-week", MONDAY): 2,
        ("day", MONDAY): 2,
        ("day", home): 2,
    }


def test_journey__is_read_back__as_it_was_taken(ledger):
    request = place_request(SCHEME, [1, 2, 3], home=MONDAY + timedelta(days=1))
    answer = take(ledger, request)
    with ledger.transaction() as transaction:
        assert transaction.ledger.journey(request.journey) == answer.journey
        assert transaction.ledger.journeys_of(request.application) == (answer.journey,)
        assert transaction.ledger.journey(new_journey()) is None


def test_take__refuses_the_whole_party__when_one_does_not_fit(ledger):
    take(ledger, place_request(THREE_A_DAY, [1, 2]))
    party = place_request(THREE_A_DAY, [3, 4, 5, 6], home=MONDAY + timedelta(days=1))
    answer = take(ledger, party)
    assert isinstance(answer, PlacesRefused)
    assert [reason.code for reason in answer.reasons] == [ReasonCode.QUOTA_FULL] * 2
    assert set(taken(ledger, party).values()) == {2, 0}
    single = take(ledger, place_request(THREE_A_DAY, [7]))
    assert isinstance(single, PlacesTaken)


def test_refusal__names_quota_window_limit_and_left(ledger):
    take(ledger, place_request(THREE_A_DAY, [1, 2]))
    answer = take(ledger, place_request(THREE_A_DAY, [3, 4]))
    (reason,) = answer.reasons
    assert reason.clause == "phases/pilot/quotas/day"
    assert reason.facts == {
        "direction": OUT,
        "quota": "day",
        "window_start": "2021-12-13",
        "window_days": "1",
        "limit": "3",
        "left": "1",
        "persons": "2",
    }


def test_refusal__never_shows_a_person__of_a_personal_quota(ledger):
    once = scheme_of(quota("person-week", per=QuotaPer.WEEK, limit=1, direction=OUT, person=EACH))
    assert isinstance(take(ledger, place_request(once, [1], live_journeys=2)), PlacesTaken)
    answer = take(ledger, place_request(once, [1, 2], live_journeys=2))
    (reason,) = answer.reasons
    assert reason.code is ReasonCode.QUOTA_FULL
    assert "person" not in reason.facts


def test_take__refuses_to_the_last_place__and_not_beyond(ledger):
    for number in range(3):
        assert isinstance(take(ledger, place_request(THREE_A_DAY, [number])), PlacesTaken)
    assert isinstance(take(ledger, place_request(THREE_A_DAY, [3])), PlacesRefused)


def test_take__answers_again__what_was_decided_under_the_id(ledger):
    request = place_request(SCHEME, [1, 2])
    first = take(ledger, request)
    again = take(ledger, request, now=NOW + timedelta(hours=1))
    assert again == PlacesTaken(journey=first.journey)
    assert taken(ledger, request) == {("day", MONDAY): 2}


def test_take__shows_the_current_state__when_cancelled_meanwhile(ledger):
    request = place_request(SCHEME, [1])
    take(ledger, request)
    cancel(ledger, request.journey)
    again = take(ledger, request)
    assert again.replayed
    assert again.journey.state is JourneyState.CANCELLED
    assert taken(ledger, request) == {("day", MONDAY): 0}


def test_take__refuses_another_request__under_a_known_id(ledger):
    request = place_request(SCHEME, [1])
    take(ledger, request)
    other = place_request(SCHEME, [2], journey=request.journey, request_hash=b"other")
    assert take(ledger, other) == RequestIdReused()
    assert taken(ledger, request) == {("day", MONDAY): 1}


def test_known__tells_the_request_from_another__without_a_lock(ledger):
    request = place_request(SCHEME, [1])
    taken_first = take(ledger, request)
    with ledger.transaction() as transaction:
        known = transaction.ledger.known
        assert known(new_journey(), request.request_hash) is None
        assert known(request.journey, b"other") == RequestIdReused()
        assert known(request.journey, request.request_hash) == PlacesTaken(
            journey=taken_first.journey
        )


def test_take__after_a_refusal__is_decided_anew(ledger):
    full = place_request(THREE_A_DAY, [1, 2, 3])
    take(ledger, full)
    waiting = place_request(THREE_A_DAY, [4])
    assert isinstance(take(ledger, waiting), PlacesRefused)
    cancel(ledger, full.journey)
    answer = take(ledger, waiting)
    assert isinstance(answer, PlacesTaken)
    assert not answer.replayed


def test_person__has_one_live_journey__until_it_is_over(ledger):
    first = place_request(SCHEME, [1, 2])
    take(ledger, first)
    second = place_request(SCHEME, [2, 3], out=MONDAY + timedelta(days=1))
    answer = take(ledger, second)
    (reason,) = answer.reasons
    assert reason.code is ReasonCode.LIVE_BOOKING_EXISTS
    assert reason.facts == {"live_journeys_max": "1", "person_numbers": "0"}
    assert isinstance(take(ledger, second, now=first.asked.live_until), PlacesTaken)


def test_person__may_hold_several__where_the_scheme_says_so(ledger):
    days = [MONDAY + timedelta(days=offset) for offset in range(3)]
    answers = [take(ledger, place_request(SCHEME, [1], out=day, live_journeys=2)) for day in days]
    assert [type(each) for each in answers] == [PlacesTaken, PlacesTaken, PlacesRefused]


def test_person__is_free_again__after_cancelling(ledger):
    first = place_request(SCHEME, [1])
    take(ledger, first)
    cancel(ledger, first.journey)
    assert isinstance(take(ledger, place_request(SCHEME, [1])), PlacesTaken)


def test_refusal__gives_both_reasons__person_and_quota(ledger):
    take(ledger, place_request(THREE_A_DAY, [1, 2, 3]))
    answer = take(ledger, place_request(THREE_A_DAY, [1]))
    codes = [reason.code for reason in answer.reasons]
    assert codes == [ReasonCode.LIVE_BOOKING_EXISTS, ReasonCode.QUOTA_FULL]


def test_cancel__gives_back_once__however_often(ledger):
    home = MONDAY + timedelta(days=9)
    others = place_request(SCHEME, [8, 9], home=home, category="business")
    request = place_request(SCHEME, [1, 2], home=home, category="business")
    take(ledger, others)
    take(ledger, request)
    first = cancel(ledger, request.journey)
    again = cancel(ledger, request.journey, now=NOW + timedelta(hours=1))
    assert first == again
    assert first.state is JourneyState.CANCELLED
    assert set(taken(ledger, request).values()) == {2}


def test_cancel__of_an_unknown_id__changes_nothing(ledger):
    assert cancel(ledger, new_journey()) is None


def test_rollback__takes_nothing(ledger):
    request = place_request(SCHEME, [1])

    def interrupted():
        with ledger.transaction() as transaction:
            transaction.ledger.take(request, NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with ledger.transaction() as transaction:
        assert transaction.ledger.journey(request.journey) is None


def test_window__raises__when_it_was_opened_for_other_days(ledger):
    request = place_request(THREE_A_DAY, [1])
    take(ledger, request)
    ((window, times),) = request.asked.windows
    week = place_request(THREE_A_DAY, [2])
    changed = replace(week.asked, windows=((replace(window, days=7), times),))
    week = replace(week, asked=changed)
    with pytest.raises(WindowDiffersError):
        take(ledger, week)


def test_take__raises__when_windows_do_not_count_the_places(ledger):
    request = place_request(SCHEME, [1, 2])
    (window, times), *rest = request.asked.windows
    for windows in (
        ((window, times - 1), *rest),
        ((window, times), (window, times), *rest),
    ):
        with pytest.raises(LedgerError):
            take(ledger, replace(request, asked=replace(request.asked, windows=windows)))


def test_take__raises__for_the_same_person_twice(ledger):
    with pytest.raises(LedgerError):
        take(ledger, place_request(SCHEME, [1, 1]))


def test_schema__refuses__one_place_too_many(ledger):
    request = place_request(THREE_A_DAY, [1, 2, 3])
    take(ledger, request)
    with pytest.raises(psycopg.errors.CheckViolation), ledger.connection() as connection:
        connection.execute("UPDATE tongguan.quota_window SET taken = taken + 1")


def test_honoured__only_falls__when_a_place_above_the_limit_is_given_back(ledger):
    parties = [place_request(THREE_A_DAY, [number]) for number in range(3)]
    for party in parties:
        take(ledger, party)
    with ledger.connection() as connection:
        connection.execute("UPDATE tongguan.quota_window SET capacity = 1, honoured = 2")
    found = []
    for party in parties:
        cancel(ledger, party.journey)
        with ledger.transaction() as transaction:
            (count,) = transaction.ledger.counts([window for window, _ in windows_of(party)])
        found.append((count.taken, count.capacity, count.honoured))
    assert found == [(2, 1, 1), (1, 1, 0), (0, 1, 0)]


def test_windows_exceeded__counts_the_places_themselves(ledger):
    request = place_request(THREE_A_DAY, [1, 2, 3])
    take(ledger, request)
    with ledger.connection() as connection:
        connection.execute("UPDATE tongguan.quota_window SET capacity = 2, taken = 2")
    with ledger.transaction() as transaction:
        (exceeded,) = transaction.ledger.windows_exceeded()
    assert (exceeded.taken, exceeded.capacity) == (3, 2)
    assert exceeded.window.key == windows_of(request)[0][0].key
    with ledger.connection() as connection:
        connection.execute("UPDATE tongguan.quota_window SET capacity = 3, taken = 3")


def test_counts__of_an_untouched_window__are_zero(ledger):
    request = place_request(SCHEME, [1], out=date(2022, 1, 5))
    with ledger.transaction() as transaction:
        (count,) = transaction.ledger.counts([window for window, _ in windows_of(request)])
    assert (count.taken, count.capacity, count.honoured) == (0, 100, 0)
    assert HOME not in dict(count.window.dimensions).values()


def test_sweep__journey_under_a_later_number__still_counts_as_live(ledger):
    one, two, three, four = (
        place_request(SCHEME, [1], out=MONDAY + timedelta(days=day), live_journeys=2)
        for day in range(4)
    )
    assert isinstance(take(ledger, one), PlacesTaken)
    assert isinstance(take(ledger, two), PlacesTaken)
    cancel(ledger, one.journey)
    with ledger.transaction() as transaction:
        transaction.ledger.hold_text_alone()
        assert transaction.ledger.sweep(10) == 0
    with ledger.transaction() as transaction:
        answers = transaction.ledger.take_many((three, four), NOW)
    assert [type(each) for each in answers] == [PlacesTaken, PlacesRefused]


def test_hour__that_comes_first__is_found_without_reading_what_has_expired(ledger):
    with ledger.connection() as connection:
        connection.execute(
            "INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase,"
            " version_digest, request_hash, booked_at, held_until, cancelled_at)"
            " SELECT gen_random_uuid(), gen_random_uuid(), 'test', '{}', 'pilot', 'text', '',"
            " now(), now(), now() FROM generate_series(1, 20000)"
        )
        connection.execute("ANALYZE tongguan.journey")
        before = connection.execute(_JOURNEYS_READ_THROUGH).fetchone()
        assert connection.execute("SELECT tongguan.first_hour()").fetchone() == (None,)
        assert connection.execute(_JOURNEYS_READ_THROUGH).fetchone() == before
        connection.rollback()


def test_rebook__of_a_hold_whose_hour_has_come__finds_it_over(ledger):
    hour = NOW + timedelta(minutes=10)
    held = place_request(THREE_A_DAY, [1], held_until=hour)
    take(ledger, held)
    with ledger.transaction() as transaction:
        other = place_request(THREE_A_DAY, [1], out=MONDAY + timedelta(days=1))
        assert transaction.ledger.rebook(held.journey, other, hour) is None
    with ledger.transaction() as transaction:
        almost = hour - timedelta(seconds=1)
        assert isinstance(transaction.ledger.rebook(held.journey, other, almost), PlacesTaken)


def test_rebook__into_another_scheme__is_refused_and_changes_nothing(ledger):
    """Its windows would be locked in no order with those of the old journey."""
    old = place_request(THREE_A_DAY, [1])
    take(ledger, old)
    elsewhere = replace(THREE_A_DAY, scheme=SchemeId("another-pilot"))
    with ledger.transaction() as transaction:
        other = place_request(elsewhere, [1], out=MONDAY + timedelta(days=1))
        assert transaction.ledger.rebook(old.journey, other, NOW) is None
        kept = transaction.ledger.journey(old.journey)
        assert kept is not None
        assert kept.state is JourneyState.BOOKED
        assert transaction.ledger.journey(other.journey) is None
