"""Places for a whole party on both legs, or none; the same request is the same journey."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from tests.app.test_schemes import WHY
from tests.builders.authorities import Pair, application, granted, person
from tests.builders.travel import BACK, DAY, at, booked, leg
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import activate_phase, end_phase, sign_version
from tongguan.app.applications import submit_application
from tongguan.app.journeys import JourneyRequest, book_journey, cancel_journey, journeys_of
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken, RequestIdReused
from tongguan.app.passes import show_passes
from tongguan.app.public import public_overview
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import ApplicationId, JourneyId, VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import GrantRule


def wish(pair: Pair, *people: int, out: date = DAY, home: date | None = BACK) -> JourneyRequest:
    party = tuple(person(number) for number in people or (1,))
    legs = (leg("HK-GD", out), *(() if home is None else (leg("GD-HK", home),)))
    return JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=granted(pair.hk, *party).application.id,
        legs=legs,
    )


def left(pair: Pair, direction: str = "HK-GD", day: date = DAY, category: str = "family") -> int:
    overview = public_overview(pair.hk)
    return next(
        each.left[category]  # type: ignore[index]
        for each in overview.availability
        if (each.direction, each.day, each.slot.id) == (direction, day, "morning")
    )


def test_journey__book__party_of_four_takes_eight_places_and_passes(active: Pair) -> None:
    before = left(active)
    request = wish(active, 1, 2, 3, 4)
    taken = book_journey(active.hk, request)
    assert isinstance(taken, PlacesTaken)
    assert len(taken.journey.places) == 8
    assert len(show_passes(active.hk, request.id)) == 8
    assert left(active) == before - 4


def test_journey__book__again_under_its_id_is_the_same_journey(active: Pair) -> None:
    request = wish(active)
    first = book_journey(active.hk, request)
    again = book_journey(active.hk, request)
    assert isinstance(first, PlacesTaken)
    assert isinstance(again, PlacesTaken)
    assert again.replayed
    assert again.journey.places == first.journey.places
    assert len(journeys_of(active.hk, request.application)) == 1


def test_journey__book__other_request_under_a_known_id_is_refused(active: Pair) -> None:
    request = wish(active)
    book_journey(active.hk, request)
    other = replace(request, legs=request.legs[:1])
    assert isinstance(book_journey(active.hk, other), RequestIdReused)


def test_journey__book__without_a_place_home_takes_nothing(active: Pair) -> None:
    before = left(active)
    refused = book_journey(active.hk, wish(active, home=None))
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [ReasonCode.LEGS_INCOMPLETE]
    assert left(active) == before


def test_journey__book__needs_a_granted_application(active: Pair) -> None:
    waiting = submit_application(
        active.hk, application("compassionate", evidence={"pressing-need": "x"})
    )
    unknown = ApplicationId(str(uuid4()))
    for each in (waiting.application.id, unknown):
        refused = book_journey(active.hk, replace(wish(active), application=each))
        assert isinstance(refused, PlacesRefused)
        assert refused.reasons[0].code is ReasonCode.APPLICATION_NOT_GRANTED


def test_journey__book__one_live_journey_for_a_person(active: Pair) -> None:
    booked(active, person(7))
    second = wish(active, 7, out=DAY + timedelta(days=1), home=BACK + timedelta(days=1))
    refused = book_journey(active.hk, second)
    assert isinstance(refused, PlacesRefused)
    assert ReasonCode.LIVE_BOOKING_EXISTS in [each.code for each in refused.reasons]


def test_journey__cancel__gives_the_places_back_once(active: Pair) -> None:
    before = left(active)
    journey, owner, _ = booked(active, person(1), person(2))
    first = cancel_journey(active.hk, journey, owner)
    again = cancel_journey(active.hk, journey, owner)
    assert first.decision.outcome is Outcome.GRANT
    assert again.journey is not None
    assert again.journey.state is JourneyState.CANCELLED
    assert left(active) == before


def test_journey__cancel__not_by_another_application(active: Pair) -> None:
    journey, _, _ = booked(active, person(1))
    stranger = granted(active.hk, person(9)).application.id
    assert cancel_journey(active.hk, journey, stranger).journey is None
    assert show_passes(active.hk, journey)


def test_journey__cancel__refused_when_it_is_too_late(active: Pair) -> None:
    journey, owner, _ = booked(active, person(1))
    active.set_time(at(DAY, 9, 30))
    refused = cancel_journey(active.hk, journey, owner)
    assert refused.decision.codes == (ReasonCode.CANCEL_TOO_LATE,)
    with active.hk.database.transaction() as transaction:
        (latest,) = transaction.audit.latest(limit=1)
    assert (latest.action, latest.outcome, latest.codes) == (
        "journey.cancel",
        "refused",
        ("cancel_too_late",),
    )
    assert show_passes(active.hk, journey)


def test_journey__book__refusals_name_the_clause(active: Pair) -> None:
    swapped = wish(active, out=BACK, home=DAY)
    no_legs = replace(wish(active, 2), legs=())
    no_home = wish(active, 3, home=None)
    for request in (swapped, no_legs, no_home):
        refused = book_journey(active.hk, request)
        assert isinstance(refused, PlacesRefused)
        assert all(each.clause for each in refused.reasons), refused


def test_journey__book__one_person_however_the_issuer_was_written(active: Pair) -> None:
    booked(active, person(7))
    other = person(7)
    other = replace(other, document=replace(other.document, issuer="HKG"))
    request = replace(wish(active, 8), application=granted(active.hk, other).application.id)
    refused = book_journey(active.hk, request)
    assert isinstance(refused, PlacesRefused)
    assert ReasonCode.LIVE_BOOKING_EXISTS in [each.code for each in refused.reasons]


def test_journey__book__refused_where_the_next_text_keeps_no_grants(active: Pair) -> None:
    """A grant stands for the text it was made under; the next text says what becomes of it."""
    request = wish(active)
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    holding = holding_now(active.hk)
    assert holding is not None
    end_phase(active.hk, holding.digest, holding.phase.id, DAY - timedelta(days=1), WHY)
    active.sync()
    active.set_time(at(DAY, 8))
    phase, *others = version.phases
    assert phase.holders is not None
    lapsing = replace(phase, holders=replace(phase.holders, grants=GrantRule.LAPSE))
    canonical = canonical_text(replace(version, number=3, phases=(lapsing, *others)))
    for authority in (active.hk, active.gd):
        digest = adopt_version(authority, canonical)
        sign_version(authority, digest)
    active.sync()
    active.set_time(at(DAY, 8, 1))
    assert not activate_phase(active.hk, digest, holding.phase.id).obstacles
    active.set_time(at(DAY, 8, 2))
    refused = book_journey(active.hk, request)
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [ReasonCode.GRANT_LAPSED]
    assert refused.reasons[0].clause == "phases/pilot/holders"
