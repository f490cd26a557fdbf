"""Many requests decided in one transaction: each as if one had been asked after another."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import rfc8785

from tests.app.test_journeys import left, wish
from tests.app.test_schemes import WHY
from tests.builders.authorities import Pair, granted, person
from tests.builders.travel import BACK, DAY, at, leg
from tongguan.app.acts import end_phase
from tongguan.app.authorities import Authority
from tongguan.app.journeys import JourneyRequest, book_journey, book_journeys, journeys_of
from tongguan.app.ledger_port import PlaceRequest, PlacesRefused, PlacesTaken, RequestIdReused
from tongguan.app.place_requests import PlaceRequests
from tongguan.app.schemes import holding_now, holding_or_raise
from tongguan.app.stores import AuditEntry, Party
from tongguan.core.identifiers import CategoryId, JourneyId, SponsorId
from tongguan.core.reasons import ReasonCode


def entries(authority: Authority, *journeys: JourneyId) -> list[AuditEntry]:
    """What is on record of these journeys, the oldest first."""
    with authority.database.transaction() as transaction:
        found = transaction.audit.latest(limit=1000)
    return [each for each in reversed(found) if each.subject in journeys]


def test_group__is_decided__in_the_order_of_arrival(active: Pair) -> None:
    first, known = wish(active, 1, 2), wish(active, 3)
    book_journey(active.hk, known)
    again = replace(first, legs=first.legs[::-1])
    too_early = wish(active, 4, out=DAY + timedelta(days=30), home=BACK + timedelta(days=30))
    answers = book_journeys(active.hk, (first, known, again, too_early, first, wish(active, 5)))
    taken, replayed, reused, refused, twice, last = answers
    assert isinstance(reused, RequestIdReused)
    assert isinstance(refused, PlacesRefused)
    assert {each.code for each in refused.reasons} == {ReasonCode.BOOKING_NOT_YET_OPEN}
    for answer, is_replayed in ((taken, False), (replayed, True), (twice, True), (last, False)):
        assert isinstance(answer, PlacesTaken)
        assert answer.replayed is is_replayed
    assert isinstance(taken, PlacesTaken)
    assert taken.journey.places == journeys_of(active.hk, first.application)[0].places


def test_group__is_empty__and_so_are_its_answers(active: Pair) -> None:
    assert book_journeys(active.hk, ()) == ()


def test_group__gives_an_id__to_the_first_that_is_granted(active: Pair) -> None:
    """One that the rules refuse does not take its id; who comes after it may."""
    good = wish(active, 1)
    bad = replace(good, legs=good.legs[:1])
    before, after = book_journeys(active.hk, (bad, good)), book_journeys(active.hk, (bad,))
    assert isinstance(before[0], PlacesRefused)
    assert isinstance(before[1], PlacesTaken)
    assert isinstance(after[0], RequestIdReused)
    other = wish(active, 2)
    reversed_order = book_journeys(active.hk, (other, replace(other, legs=other.legs[:1])))
    assert isinstance(reversed_order[1], RequestIdReused)


def test_group__keeps_to_the_limit__and_lets_who_still_fits_in(active: Pair) -> None:
    """The assumed pilot has places for a week of business; a party of four comes near its end."""
    room = left(active, category="business")
    filling = [wish(active, *range(10 * n, 10 * n + 4)) for n in range(1, room // 4 + 1)]
    assert all(isinstance(each, PlacesTaken) for each in book_journeys(active.hk, filling[:-1]))
    four, single = wish(active, 9001, 9002, 9003, 9004), wish(active, 9005)
    answers = book_journeys(active.hk, (wish(active, 9000), four, single))
    assert [type(each) for each in answers] == [PlacesTaken, PlacesRefused, PlacesTaken]


def test_group__records__one_entry_for_each_decision(active: Pair) -> None:
    good, bad = wish(active, 1), wish(active, 2, home=None)
    book_journeys(active.hk, (good, bad, good))
    found = entries(active.hk, good.id, bad.id)
    assert [(each.subject, each.action, each.outcome, each.codes) for each in found] == [
        (good.id, "journey.book", "booked", ()),
        (bad.id, "journey.book", "refused", ("legs_incomplete",)),
    ]


def test_group__works_out_once__what_its_requests_have_in_common(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: Counter[str] = Counter()

    def counted(name: str) -> None:
        inner = getattr(PlaceRequests, name)

        def outer(self: PlaceRequests, *arguments: object, **named: object) -> object:
            worked[name] += 1
            return inner(self, *arguments, **named)

        monkeypatch.setattr(PlaceRequests, name, outer)

    counted("_asked")
    counted("_reasons_against")
    alike = [wish(active, number) for number in range(1, 6)]
    pairs = [wish(active, 10 * number, 10 * number + 1) for number in range(1, 4)]
    answers = book_journeys(active.hk, (*alike, *pairs))
    assert all(isinstance(each, PlacesTaken) for each in answers)
    assert worked == {"_asked": 1, "_reasons_against": 2}


def test_group__works_out_apart__what_parties_of_other_categories_and_sponsors_ask(
    active: Pair,
) -> None:
    """With the very same legs: other quotas may count them."""
    request = wish(active)
    kinds = [("family", None), ("business", None), ("business", "chamber"), ("business", "guild")]
    with active.hk.database.transaction() as transaction:
        holding = holding_or_raise(transaction)
        asking = PlaceRequests(authority=active.hk, transaction=transaction, holding=holding)
        party = asking.parties([request.application])[request.application]
        found = []
        for category, sponsor in kinds:
            sponsored = None if sponsor is None else SponsorId(sponsor)
            kind = replace(party.kind, category=CategoryId(category), sponsor=sponsored)
            of_kind = Party(kind=kind, persons=party.persons)
            asked = asking.of(request, of_kind, b"")
            assert isinstance(asked, PlaceRequest)
            found.append((asked.asked.category, asked.asked.sponsor))
    assert found == kinds


def full_day(pair: Pair) -> PlacesRefused:
    """A refusal because one person may go out once a week."""
    who = person(77)
    application = granted(pair.hk, who).application.id
    first = JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=application,
        legs=(leg("HK-GD", DAY), leg("GD-HK", DAY, "evening")),
    )
    assert isinstance(book_journey(pair.hk, first), PlacesTaken)
    pair.set_time(at(DAY, 21))
    next_day = DAY + timedelta(days=1)
    second = replace(
        first,
        id=JourneyId(str(uuid4())),
        legs=(leg("HK-GD", next_day), leg("GD-HK", next_day, "evening")),
    )
    refused = book_journey(pair.hk, second)
    assert isinstance(refused, PlacesRefused)
    return refused


def test_refusal__of_a_full_quota__says_which_window_is_next(active: Pair) -> None:
    (reason,) = full_day(active).reasons
    assert reason.code is ReasonCode.QUOTA_FULL
    facts = reason.facts
    assert facts["window_start"] == "2021-12-13"
    assert facts["next_window_start"] == "2021-12-20"
    # Seven days ahead at midnight: the Monday of the week after came up on the Monday before.
    assert facts["next_opens_at"] == "2021-12-14T13:00+00:00"


def test_refusal__where_the_phase_ends_before__says_that_none_follows(active: Pair) -> None:
    holding = holding_now(active.hk)
    assert holding is not None
    end_phase(active.hk, holding.digest, holding.phase.id, DAY + timedelta(days=5), WHY)
    (reason,) = full_day(active).reasons
    assert reason.facts["next_window_start"] == "none"
    assert "next_opens_at" not in reason.facts


def test_request__is_known__by_the_canonical_form_that_was_kept_from_the_beginning(
    active: Pair,
) -> None:
    """Whoever has heard no answer may ask again after the program was renewed."""
    request = wish(active, 1)
    legs = [
        [each.direction, each.day.isoformat(), each.slot, each.control_point]
        for each in request.legs
    ]
    form = rfc8785.dumps({"application": request.application, "legs": legs})
    with active.hk.database.transaction() as transaction:
        holding = holding_now(active.hk)
        assert holding is not None
        asking = PlaceRequests(authority=active.hk, transaction=transaction, holding=holding)
        assert asking.request_hash(request) == active.hk.index.request(form)
        assert asking.request_hash(replace(request, hold=True)) != active.hk.index.request(form)
