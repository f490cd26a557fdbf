"""Reserves in the ledger: each place out of one part of its cap, given back to that part."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.adapters.postgres.ledger_checks import counted_as, require_agreement, windows_recounted
from tests.builders.places import MONDAY, NOW, place_request, scheme_of
from tests.builders.quotas import EVE_NOON, reserve, sponsor
from tests.builders.schemes import OUT, quota
from tongguan.adapters.postgres.ledger_groups import LedgerError
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import EACH, OrderOfUse, QuotaPer

EARLY = datetime(2021, 12, 10, 1, 0, tzinfo=UTC)
CAP = quota("day", per=QuotaPer.DAY, limit=5, direction=OUT)
KEPT = reserve("kept", 2, released=EVE_NOON, direction=OUT, category="business")
SCHEME = scheme_of(CAP, KEPT)
OPEN_FIRST = scheme_of(
    CAP, reserve("kept", 2, order=OrderOfUse.OPEN_FIRST, direction=OUT, category="business")
)


def take(ledger, people, category, *, scheme=SCHEME, now=EARLY, **changes):
    request = place_request(scheme, people, category=category, now=now, **changes)
    with ledger.transaction() as transaction:
        return transaction.ledger.take(request, now)


def taken(ledger):
    """How many each window holds, the open part under its own name."""
    with ledger.connection() as connection:
        rows = connection.execute("SELECT quota, dimensions, taken FROM tongguan.quota_window")
        return {
            "open" if "part=open" in dimensions else quota: taken
            for quota, dimensions, taken in rows
        }


@pytest.fixture(autouse=True)
def _exact_at_the_end(ledger):
    yield
    with ledger.connection() as connection:
        require_agreement(connection)
    with ledger.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()


def test_party__is_spread_over_the_parts__person_by_person(ledger):
    assert isinstance(take(ledger, [1, 2, 3, 4], "business"), PlacesTaken)
    assert taken(ledger) == {"day": 4, "kept": 2, "open": 2}


def test_party__takes_the_open_part_first__where_that_is_the_order(ledger):
    take(ledger, [1, 2, 3, 4], "business", scheme=OPEN_FIRST)
    assert taken(ledger) == {"day": 4, "kept": 1, "open": 3}


def test_outsider__is_refused__where_what_is_left_is_kept_for_others(ledger):
    take(ledger, [1, 2], "family")
    answer = take(ledger, [3, 4], "family")
    (reason,) = answer.reasons
    assert reason.code is ReasonCode.QUOTA_RESERVED
    assert reason.clause == "phases/pilot/quotas/day"
    assert reason.facts == {
        "direction": OUT,
        "quota": "day",
        "window_start": "2021-12-13",
        "window_days": "1",
        "persons": "2",
        "left": "1",
        "reserved": "2",
    }
    assert isinstance(take(ledger, [3], "family"), PlacesTaken)
    assert isinstance(take(ledger, [4, 5], "business"), PlacesTaken)
    assert taken(ledger) == {"day": 5, "kept": 2, "open": 3}


def test_outsider__of_a_full_cap__hears_that_it_is_full(ledger):
    take(ledger, [1, 2, 3], "family")
    take(ledger, [4, 5], "business")
    answer = take(ledger, [6], "family")
    assert isinstance(answer, PlacesRefused)
    assert [reason.code for reason in answer.reasons] == [ReasonCode.QUOTA_FULL]


def test_outsider__takes_kept_places__once_they_are_released(ledger):
    take(ledger, [1, 2, 3], "family")
    noon = datetime(2021, 12, 12, 4, 0, tzinfo=UTC)
    assert isinstance(take(ledger, [4, 5], "family", now=noon), PlacesTaken)
    assert taken(ledger) == {"day": 5, "kept": 2, "open": 3}
    assert isinstance(take(ledger, [6], "business", now=noon), PlacesRefused)


def test_cancellation__gives_back__to_the_parts_it_was_taken_from(ledger):
    party = take(ledger, [1, 2, 3], "business")
    take(ledger, [4], "family")
    assert taken(ledger) == {"day": 4, "kept": 2, "open": 2}
    for _ in range(2):
        with ledger.transaction() as transaction:
            transaction.ledger.cancel(party.journey.id, EARLY)
    assert taken(ledger) == {"day": 1, "kept": 0, "open": 1}


def test_refusal__of_one_leg__takes_nothing_of_the_other(ledger):
    home = quota("home", per=QuotaPer.DAY, limit=1, direction="GD-HK")
    both = scheme_of(CAP, KEPT, home)
    assert isinstance(take(ledger, [1, 2], "family", scheme=both, home=MONDAY), PlacesRefused)
    assert taken(ledger) == {"day": 0, "home": 0, "open": 0}


def test_sponsors__have_their_own_allotments__and_no_other_may_use_them(ledger):
    lists = reserve("lists", 2, direction=OUT, sponsor=EACH)
    text = scheme_of(CAP, lists, sponsors=(sponsor("chamber"), sponsor("union")))
    of_chamber = take(ledger, [1, 2, 3], "business", scheme=text, sponsor="chamber")
    assert isinstance(of_chamber, PlacesTaken)
    assert {place.sponsor for place in of_chamber.journey.places} == {"chamber"}
    assert taken(ledger) == {"day": 3, "lists": 2, "open": 1}
    answer = take(ledger, [4], "business", scheme=text, sponsor="chamber")
    assert [reason.code for reason in answer.reasons] == [ReasonCode.QUOTA_RESERVED]
    assert isinstance(take(ledger, [5, 6], "business", scheme=text, sponsor="union"), PlacesTaken)
    with ledger.transaction() as transaction:
        assert transaction.ledger.journey(of_chamber.journey.id) == of_chamber.journey


def test_cap_of_a_sponsor__is_recounted__from_the_places(ledger):
    text = scheme_of(quota("lists", per=QuotaPer.DAY, limit=2, direction=OUT, sponsor=EACH))
    take(ledger, [1, 2], "business", scheme=text, sponsor="chamber")
    assert isinstance(take(ledger, [3], "business", scheme=text, sponsor="chamber"), PlacesRefused)
    assert isinstance(take(ledger, [3], "business", scheme=text, sponsor="union"), PlacesTaken)
    assert isinstance(take(ledger, [4], "business", scheme=text), PlacesTaken)
    with ledger.connection() as connection:
        counts = windows_recounted(connection)
        assert sorted((each.taken, each.recounted) for each in counts) == [(1, 1), (2, 2)]


def test_take__raises__for_a_choice_that_does_not_fit_its_cap(ledger):
    request = place_request(SCHEME, [1, 2], category="business", now=EARLY)
    (choice,) = request.asked.choices
    kept, opened = choice.windows
    for wrong in (
        (replace(choice, persons=2),),
        (choice, choice),
        (replace(choice, windows=()),),
        (replace(choice, windows=(kept, kept)),),
        (replace(choice, windows=(kept, replace(opened, part_of=None))),),
        (replace(choice, cap=kept),),
    ):
        asked = replace(request.asked, choices=wrong)
        with pytest.raises(LedgerError), ledger.transaction() as transaction:
            transaction.ledger.take(replace(request, asked=asked), EARLY)


def test_windows_exceeded__names_a_cap__whose_parts_hold_something_else(ledger):
    take(ledger, [1, 2, 3], "business")
    change = counted_as("persons + %s", "quota = 'kept'")
    with ledger.connection() as connection:
        connection.execute(change, (-1,))
    with ledger.transaction() as transaction:
        (exceeded,) = transaction.ledger.windows_exceeded()
    assert (exceeded.window.quota, exceeded.window.part_of) == ("day", None)
    with ledger.connection() as connection:
        connection.execute(change, (1,))


def test_reserve__introduced_later__is_not_mixed_with_what_was_taken_before(ledger):
    """Without the step between two texts the sums of the parts do not agree, and it is seen."""
    take(ledger, [1], "family", scheme=scheme_of(CAP))
    take(ledger, [2], "family", now=NOW)
    with ledger.transaction() as transaction:
        (found,) = transaction.ledger.windows_exceeded()
    assert found.window.quota == "day"
    with ledger.connection() as connection:
        connection.execute("TRUNCATE tongguan.quota_window, tongguan.journey, tongguan.place")
        connection.execute("TRUNCATE tongguan.live_journey")
