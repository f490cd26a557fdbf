"""What anyone may see: places left for each kind of person, and the sponsors' allotments."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, application, granted, person
from tests.builders.quotas import reserve
from tests.builders.schemes import text
from tests.builders.travel import BACK, DAY, SZB, at, booked, leg
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import SuspensionOrder, suspend_phase
from tongguan.app.applications import submit_application
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.app.public import Availability, public_overview
from tongguan.app.schemes import holding_now
from tongguan.app.sponsors import nominate
from tongguan.core.identifiers import ControlPointId, JourneyId, SponsorId, VersionId
from tongguan.core.quota.demand import demand_of
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import (
    EACH,
    AllocationMethod,
    Basis,
    CarryOver,
    Phase,
    Quota,
    Sponsor,
)
from tongguan.core.texts import Text

CHAMBER = SponsorId("chamber")
LMC, FERRY = ControlPointId("LMC"), ControlPointId("FERRY")
WHY = Text(zh_hant="防疫", zh_hans="防疫", en="Epidemic control")
NEXT_DAY = DAY + timedelta(days=1)


def open_with(pair: Pair, change: Callable[[Phase], Phase]) -> None:
    """The assumed pilot with a change holds on both sides."""
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot, *others = version.phases
    pair.set_time(START - timedelta(minutes=1))
    pair.activate_text(canonical_text(replace(version, phases=(change(pilot), *others))))
    pair.set_time(START)


def five_a_day(pilot: Phase, *kept: Quota) -> tuple[Quota, ...]:
    """One cap of five a day each way, and the reserves inside it."""
    cap = next(each for each in pilot.quotas if each.id == "all-day")
    return (replace(cap, limit=5), *(replace(each, basis=cap.basis) for each in kept))


def kept_for_family(pilot: Phase) -> Phase:
    kept = reserve("kept", 2, inside="all-day", direction=EACH, category="family")
    return replace(pilot, quotas=five_a_day(pilot, kept))


def kept_for_lists(pilot: Phase) -> Phase:
    lists = reserve("lists", 2, inside="all-day", direction=EACH, sponsor=EACH)
    listed = Sponsor(
        id=CHAMBER, name=text("Chamber"), basis=Basis(assumed={"name": text("a test")})
    )
    return replace(pilot, quotas=five_a_day(pilot, lists), sponsors=(listed,))


def places(pair: Pair, **asked: object) -> list[Availability]:
    """What is said of the way out on the day, by port and slot."""
    found = public_overview(pair.hk, **asked).availability  # type: ignore[arg-type]
    return [each for each in found if (each.direction, each.day) == ("HK-GD", DAY)]


def left(pair: Pair, category: str, **asked: object) -> set[int]:
    return {each.left[category] for each in places(pair, **asked)}  # type: ignore[index]


def test_places__left__are_without_those_kept_for_others(pair: Pair) -> None:
    open_with(pair, kept_for_family)
    assert (left(pair, "family"), left(pair, "business")) == ({5}, {3})
    booked(pair, person(1), person(2))
    assert (left(pair, "family"), left(pair, "business")) == ({3}, {1})
    bound = {each.bound_by["business"] for each in places(pair)}  # type: ignore[index]
    assert bound == {"all-day"}
    request = JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=granted(pair.hk, person(3), person(4)).application.id,
        legs=(leg("HK-GD", DAY), leg("GD-HK", BACK)),
    )
    refused = book_journey(pair.hk, request)
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [ReasonCode.QUOTA_RESERVED] * 2
    assert all(each.claims for each in refused.reasons)


def test_quotas__published__are_the_caps_without_their_parts(pair: Pair) -> None:
    open_with(pair, kept_for_family)
    booked(pair, person(1))
    counts = [each for each in public_overview(pair.hk).quotas if each.window.starts == DAY]
    assert [(each.window.quota, each.taken) for each in counts] == [("all-day", 0), ("all-day", 1)]


def test_allotments__of_sponsors__are_published_with_what_is_left(pair: Pair) -> None:
    open_with(pair, kept_for_lists)
    assert (left(pair, "business"), left(pair, "business", sponsor=CHAMBER)) == ({3}, {5})
    found = [
        each
        for each in public_overview(pair.hk).allotments
        if each.window.starts == DAY and ("direction", "HK-GD") in each.window.dimensions
    ]
    assert [(each.sponsor.id, each.window.limit, each.taken, each.left) for each in found] == [
        (CHAMBER, 2, 0, 2)
    ]
    assert left(pair, "business", sponsor=SponsorId("stranger")) == {3}


def test_allotments__of_several_sponsors__are_each_worked_out_once_a_window(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slots and categories that no quota of sponsors tells apart are not multiplied by them."""

    def two_lists(pilot: Phase) -> Phase:
        (listed,) = kept_for_lists(pilot).sponsors
        sponsors = tuple(replace(listed, id=SponsorId(f"list-{number}")) for number in range(2))
        return replace(kept_for_lists(pilot), sponsors=sponsors)

    open_with(pair, two_lists)
    asked = []
    monkeypatch.setattr(
        "tongguan.app.public.demand_of", lambda *given: asked.append(given) or demand_of(*given)
    )
    found = public_overview(pair.hk, days=3)
    places_shown = len(found.availability) * len(found.availability[0].left)
    days_and_ways = {(each.day, each.direction) for each in found.availability}
    assert len(found.allotments) == 2 * len(days_and_ways)
    assert len(asked) == places_shown + 2 * len(days_and_ways)


def test_allotment__of_a_sponsor__is_used_by_those_on_its_list(pair: Pair) -> None:
    def by_list(pilot: Phase) -> Phase:
        business, *others = kept_for_lists(pilot).categories
        business = replace(business, allocation=AllocationMethod.SPONSOR_LIST)
        return replace(kept_for_lists(pilot), categories=(business, *others))

    open_with(pair, by_list)
    people = (person(1), person(2), person(3))
    nominate(pair.hk, CHAMBER, [each.document for each in people], officer="lam")
    answer = submit_application(pair.hk, replace(application(people=people), sponsor=CHAMBER))
    request = JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=answer.application.id,
        legs=(leg("HK-GD", DAY), leg("GD-HK", BACK)),
    )
    taken = book_journey(pair.hk, request)
    assert isinstance(taken, PlacesTaken)
    assert {place.sponsor for place in taken.journey.places} == {CHAMBER}
    used = [each for each in public_overview(pair.hk).allotments if each.taken]
    assert {(each.window.starts, each.taken, each.left) for each in used} == {
        (DAY, 2, 0),
        (BACK, 2, 0),
    }
    assert (left(pair, "business"), left(pair, "business", sponsor=CHAMBER)) == ({2}, {2})


def test_places__are_named__only_where_the_text_has_them(pair: Pair) -> None:
    def with_ports(pilot: Phase) -> Phase:
        assert pilot.entry is not None
        (port,) = pilot.entry.control_points or ()
        closed = replace(port, id=LMC, closed_days=(DAY,))
        ferry = replace(port, id=FERRY, booking_required=False)
        entry = replace(pilot.entry, control_points=(port, closed, ferry))
        return replace(pilot, entry=entry)

    open_with(pair, with_ports)
    found = public_overview(pair.hk).availability
    ports = {day: {each.control_point for each in found if each.day == day} for day in (DAY, BACK)}
    assert ports == {DAY: {SZB}, BACK: {SZB, LMC}}


def test_places__of_a_suspended_way_out__are_not_bookable_and_those_home_are(active: Pair) -> None:
    holding = holding_now(active.hk)
    assert holding is not None
    active.set_time(at(DAY, 8))
    suspend_phase(active.hk, holding.digest, holding.phase.id, SuspensionOrder(why=WHY))
    active.set_time(at(DAY, 8, 1))
    found = [each for each in public_overview(active.hk).availability if each.day == NEXT_DAY]
    assert {each.direction: each.bookable for each in found} == {"HK-GD": False, "GD-HK": True}


@pytest.mark.parametrize(
    ("rule", "expected"), [(CarryOver.ADD_UNUSED, 8), (CarryOver.NONE, 5)], ids=str
)
def test_limit__of_a_day__grows_by_what_the_day_before_left(
    pair: Pair, rule: CarryOver, expected: int
) -> None:
    def carried(pilot: Phase) -> Phase:
        (cap,) = five_a_day(pilot)
        return replace(pilot, quotas=(replace(cap, carry_over=rule),))

    open_with(pair, carried)
    booked(pair, person(1), person(2))
    active_day = at(NEXT_DAY, 0, 1)
    pair.set_time(active_day)
    overview = public_overview(pair.hk)
    days = {
        each.day: each.left["business"]  # type: ignore[index]
        for each in overview.availability
        if each.direction == "HK-GD"
    }
    assert (days[NEXT_DAY], days[NEXT_DAY + timedelta(days=1)]) == (expected, 5)
    sizes = (4, expected - 4)
    for number, size in enumerate(sizes):
        party = tuple(person(10 * number + each) for each in range(10, 10 + size))
        request = JourneyRequest(
            id=JourneyId(str(uuid4())),
            application=granted(pair.hk, *party).application.id,
            legs=(leg("HK-GD", NEXT_DAY), leg("GD-HK", BACK + timedelta(days=number + 1))),
        )
        assert isinstance(book_journey(pair.hk, request), PlacesTaken)
