"""Ports, days, categories and phases that come and go between two texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.app.test_schemes import WHY
from tests.app.test_transitions import ask, book, days, now, told
from tests.builders.authorities import Pair, application, granted, person
from tests.builders.changes import (
    HONOUR,
    MOVE,
    PILOT,
    REVOKE,
    assumed,
    limit_of,
    next_text,
    rule,
    take_place,
)
from tests.builders.travel import BACK, DAY, SZB, at, code, gate, leg
from tongguan.app.acts import end_phase
from tongguan.app.applications import OfficerDecision, decide_as_officer, submit_application
from tongguan.app.gates import GateRequest, decide_at_gate
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken
from tongguan.app.notices import notices_of
from tongguan.app.passes import show_passes
from tongguan.app.schemes import holding_now
from tongguan.app.stores import ApplicationState
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import ControlPointId, JourneyId, QuotaId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import CarryOver, GrantRule, Phase, Weekday

LMC = ControlPointId("LMC")
CASE = application("compassionate", evidence={"pressing-need": "A hospital certificate"})


def with_ports(*names: ControlPointId) -> Any:
    """The phase crosses at these control points, all open as the assumed one is."""

    def change(phase: Phase) -> dict[str, Any]:
        assert phase.entry is not None
        (point,) = assumed().phases[0].entry.control_points  # type: ignore[union-attr,misc]
        points = tuple(replace(point, id=name) for name in names)
        return {"entry": replace(phase.entry, control_points=points)}

    return change


def closed_on(day: date) -> Any:
    def change(phase: Phase) -> dict[str, Any]:
        directions = tuple(replace(each, closed_days=(day,)) for each in phase.directions)
        return {"directions": directions}

    return change


def without_category(name: str) -> Any:
    def change(phase: Phase) -> dict[str, Any]:
        categories = tuple(
            replace(each, fallback=tuple(other for other in each.fallback if other != name))
            for each in phase.categories
            if each.id != name
        )
        quotas = tuple(each for each in phase.quotas if each.counts.get("category") != name)
        return {"categories": categories, "quotas": quotas}

    return change


def test_port_added__touches_nobody__and_can_be_booked(active: Pair) -> None:
    kept = book(active, 1)
    report = take_place(active, next_text(with_ports(SZB, LMC), holders=rule(REVOKE)))

    assert report is not None
    assert report.told == ()
    assert now(active, kept) == kept
    answer = granted(active.hk, person(2))
    legs = tuple(
        replace(leg(way, day), control_point=LMC) for way, day in (("HK-GD", DAY), ("GD-HK", BACK))
    )
    request = JourneyRequest(
        id=JourneyId("7d7c1d2e-3c2f-4b57-9f3a-0d9a1d1f6d01"),
        application=answer.application.id,
        legs=legs,
    )
    assert isinstance(book_journey(active.hk, request), PlacesTaken)


@pytest.mark.parametrize(
    ("holders", "state", "notices"),
    [
        (rule(HONOUR), JourneyState.BOOKED, ["place_honoured"]),
        (rule(MOVE, HONOUR), JourneyState.BOOKED, ["place_honoured"]),
        (rule(REVOKE), JourneyState.CANCELLED, ["journey_revoked"]),
    ],
)
def test_port_removed__its_places_follow_the_rule__the_others_stay(
    active: Pair, holders: Any, state: JourneyState, notices: list[str]
) -> None:
    """A place is not moved to another port: where its own is gone, moving does not help."""
    both = next_text(with_ports(SZB, LMC))
    take_place(active, both)
    kept = book(active, 1)
    answer = granted(active.hk, person(2))
    request = JourneyRequest(
        id=JourneyId("7d7c1d2e-3c2f-4b57-9f3a-0d9a1d1f6d02"),
        application=answer.application.id,
        legs=tuple(
            replace(leg(way, day), control_point=LMC)
            for way, day in (("HK-GD", DAY), ("GD-HK", BACK))
        ),
    )
    taken = book_journey(active.hk, request)
    assert isinstance(taken, PlacesTaken)

    take_place(active, next_text(with_ports(SZB), after=both, holders=holders))

    assert now(active, taken.journey).state is state
    assert told(active, taken.journey) == notices
    assert now(active, kept) == kept
    assert told(active, kept) == []


def test_day_closed__moves_those_of_that_day__to_the_next(active: Pair) -> None:
    journeys = [book(active, 1), book(active, 2, day=DAY + timedelta(days=1), back=BACK)]
    take_place(active, next_text(closed_on(DAY), holders=rule(MOVE, REVOKE)))
    assert days(now(active, journeys[0])) == (DAY + timedelta(days=1), BACK)
    assert now(active, journeys[1]) == journeys[1]


def test_week__begun_on_another_day__keeps_every_place(active: Pair) -> None:
    journeys = [book(active, 1), book(active, 2, day=DAY + timedelta(days=4))]
    text = next_text(holders=rule(REVOKE))
    report = take_place(active, replace(text, week_starts_on=Weekday.SUNDAY))
    assert report is not None
    assert report.told == ()
    for journey in journeys:
        assert days(now(active, journey)) == days(journey)


def test_week__begun_on_another_day__counts_who_crossed_on_its_first(active: Pair) -> None:
    """A week that begins on Sunday now holds the last day of the one that began on Monday."""
    sunday = DAY + timedelta(days=5)
    book(active, 1, day=sunday, back=sunday)
    active.set_time(at(sunday + timedelta(days=1), 9))
    text = replace(next_text(limit_of("business-week", 1)), week_starts_on=Weekday.SUNDAY)
    take_place(active, text)
    waiting = granted(active.hk, person(2)).application.id
    wednesday, week_after = sunday + timedelta(days=3), sunday + timedelta(days=7)
    assert isinstance(ask(active, waiting, day=wednesday, back=wednesday), PlacesRefused)
    assert isinstance(ask(active, waiting, day=week_after, back=week_after), PlacesTaken)


def carried_week(limit: int, name: str = "business-week") -> Any:
    """The weekly quota under a name, with a limit, and handing on what nobody took."""

    def change(phase: Phase) -> dict[str, Any]:
        week = next(each for each in phase.quotas if each.id == "business-week")
        values = {"id": QuotaId(name), "limit": limit, "carry_over": CarryOver.ADD_UNUSED}
        return {"quotas": (*(q for q in phase.quotas if q != week), replace(week, **values))}

    return change


@pytest.mark.parametrize(
    ("before", "after", "room"),
    [
        (carried_week(3), carried_week(1), 3),
        (carried_week(1), carried_week(2), 2),
        (carried_week(3), carried_week(1, "other-week"), 1),
    ],
    ids=["cut", "raised", "another quota"],
)
def test_week__after_one_of_the_text_before__gets_what_that_left(
    active: Pair, before: Any, after: Any, room: int
) -> None:
    first = next_text(before)
    take_place(active, first)
    book(active, 1, day=DAY, back=DAY)
    next_week = DAY + timedelta(days=6)
    active.set_time(at(next_week, 5))
    take_place(active, next_text(after, after=first))
    for number in range(room):
        book(active, 2 + number, day=next_week, back=next_week)
    beyond = granted(active.hk, person(9)).application.id
    assert isinstance(ask(active, beyond, day=next_week, back=next_week), PlacesRefused)


def test_category_removed__its_grants_are_kept__and_can_be_booked(active: Pair) -> None:
    holder = granted(active.hk, person(1))
    with_places = book(active, 2)
    report = take_place(active, next_text(without_category("business"), holders=rule(REVOKE)))

    assert report is not None
    assert (report.grants_kept, report.grants_lapsed) == (1, 0)
    (notice,) = notices_of(active.hk, holder.application.id)
    assert (notice.code, notice.facts["category"]) == ("grant_kept", "business")
    assert isinstance(ask(active, holder.application.id), PlacesTaken)
    assert now(active, with_places) == with_places
    refused = submit_application(active.hk, application(people=(person(3),)))
    assert refused.application.decision.codes == (ReasonCode.CATEGORY_UNKNOWN,)


def test_category_removed__its_grants_take_no_places__where_no_cap_counts_them(
    active: Pair,
) -> None:
    def each_category_by_itself(phase: Phase) -> dict[str, Any]:
        (total,) = (each for each in phase.quotas if each.id == "all-day")
        kept = without_category("business")(phase)
        kept |= without_category("compassionate")(replace(phase, **kept))
        family = replace(total, counts={**total.counts, "category": "family"})
        others = tuple(each for each in kept["quotas"] if "category" in each.counts)
        return kept | {"quotas": (family, *others)}

    holder = granted(active.hk, person(1))
    family = submit_application(active.hk, application("family", people=(person(2),)))
    waiting = submit_application(active.hk, CASE).application.id
    report = take_place(active, next_text(each_category_by_itself, holders=rule(REVOKE)))
    assert report is not None
    assert (report.grants_kept, report.grants_lapsed) == (1, 1)
    assert [each.code for each in notices_of(active.hk, holder.application.id)] == ["grant_lapsed"]
    assert isinstance(ask(active, holder.application.id), PlacesRefused)
    assert isinstance(ask(active, family.application.id), PlacesTaken)
    decide_as_officer(active.hk, OfficerDecision(application=waiting, grant=True, officer="desk"))
    refused = ask(active, waiting)
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [ReasonCode.CATEGORY_NOT_COUNTED]


def test_grants__lapse_where_the_text_says_so__but_not_with_places(active: Pair) -> None:
    holder = granted(active.hk, person(1))
    with_places = book(active, 2)
    text = next_text(holders=rule(HONOUR, grants=GrantRule.LAPSE))
    report = take_place(active, text)

    assert report is not None
    assert (report.grants_kept, report.grants_lapsed) == (0, 1)
    assert [each.code for each in notices_of(active.hk, holder.application.id)] == ["grant_lapsed"]
    refused = ask(active, holder.application.id)
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [ReasonCode.GRANT_LAPSED]
    assert now(active, with_places) == with_places
    # What lapsed stays so, whatever the next text says of grants.
    take_place(active, next_text(after=text, holders=rule(HONOUR)))
    assert isinstance(ask(active, holder.application.id), PlacesRefused)
    again = granted(active.hk, person(1))
    assert isinstance(ask(active, again.application.id), PlacesTaken)


def test_case_waiting__of_a_removed_category__is_decided_by_its_own_text(active: Pair) -> None:
    waiting = submit_application(active.hk, CASE)
    assert waiting.application.state is ApplicationState.WAITING
    take_place(active, next_text(without_category("compassionate"), holders=rule(HONOUR)))

    decided = decide_as_officer(
        active.hk,
        OfficerDecision(application=waiting.application.id, grant=True, officer="desk"),
    )

    assert decided is not None
    assert decided.state is ApplicationState.GRANTED
    assert isinstance(ask(active, waiting.application.id), PlacesTaken)


def test_case_waiting__of_a_removed_category__is_closed_where_grants_lapse(active: Pair) -> None:
    waiting = submit_application(active.hk, CASE)
    holders = rule(HONOUR, grants=GrantRule.LAPSE)
    take_place(active, next_text(without_category("compassionate"), holders=holders))

    decided = decide_as_officer(
        active.hk,
        OfficerDecision(application=waiting.application.id, grant=True, officer="desk"),
    )

    assert decided is not None
    assert decided.state is ApplicationState.REFUSED
    assert decided.decision.codes == (ReasonCode.CATEGORY_UNKNOWN,)


def crossing(pair: Pair, number: int, shown: Any) -> GateRequest:
    who = person(number)
    return GateRequest(
        direction=shown.claims.direction,
        pass_text=shown.text,
        code_texts=(code(pair.hk, who), code(pair.gd, who)),
        document=who.document,
    )


def test_pass_of_the_text_before__is_good_at_the_gate__until_revoked(active: Pair) -> None:
    kept, lost = book(active, 1), book(active, 2)
    passes = {each.id: show_passes(active.hk, each.id)[0] for each in (kept, lost)}
    take_place(active, next_text(limit_of("all-day", 1), holders=rule(REVOKE)))
    active.set_time(at(DAY, 10, 30))
    active.sync()
    for authority in (active.hk, active.gd):
        lane = gate(authority)
        admitted = decide_at_gate(authority, lane, crossing(active, 1, passes[kept.id]))
        assert admitted.outcome is Outcome.ADMIT, admitted
        denied = decide_at_gate(authority, lane, crossing(active, 2, passes[lost.id]))
        assert denied.codes == (ReasonCode.PASS_REVOKED,)


@contextmanager
def ended_after(pair: Pair, last_day: date) -> Iterator[None]:
    holding = holding_now(pair.hk)
    assert holding is not None
    end_phase(pair.gd, holding.digest, PILOT, last_day, WHY)
    pair.sync()
    yield


def test_phase_ended_early__revokes_later_ways_out__and_brings_everyone_home(active: Pair) -> None:
    in_time = book(active, 1)
    too_late = book(active, 2, day=DAY + timedelta(days=1), back=BACK)
    home_later = book(active, 3, day=DAY, back=BACK)
    active.set_time(at(DAY, 9))
    with ended_after(active, DAY):
        assert now(active, in_time) == in_time
        assert now(active, too_late).state is JourneyState.CANCELLED
        (notice,) = notices_of(active.hk, too_late.application)
        assert notice.code == "journey_revoked_phase_ends"
        assert notice.facts == {"days": "2021-12-15, 2021-12-16", "last_day": "2021-12-14"}
        assert told(active, home_later) == ["way_home_honoured"]

    active.set_time(at(BACK, 10, 30))
    active.sync()
    home = next(
        each for each in show_passes(active.hk, home_later.id) if each.claims.direction == "GD-HK"
    )
    decision = decide_at_gate(active.hk, gate(active.hk), crossing(active, 3, home))
    assert decision.outcome is Outcome.REFER
    assert decision.codes[0] is ReasonCode.RIGHT_OF_ENTRY


def test_holder__is_told_once__of_what_several_texts_leave_as_it_is(active: Pair) -> None:
    home_later = book(active, 1)

    def ending(phase: Phase) -> dict[str, Any]:
        return {"ends": DAY}

    text = next_text(ending)
    take_place(active, text)
    take_place(active, next_text(ending, after=text, holders=rule(REVOKE)))

    assert told(active, home_later) == ["way_home_honoured"]
    assert now(active, home_later) == home_later
