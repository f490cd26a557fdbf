"""What becomes of journeys when the text changes, as values, and what always holds of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import schemes as build
from tests.builders.schemes import HOME, OUT, SZB
from tongguan.core.booking.legs import LegWanted
from tongguan.core.calendar import slot_interval
from tongguan.core.change.held import HeldJourney, HeldLeg, WindowBefore
from tongguan.core.change.plan import (
    REVOKED,
    Fate,
    Plan,
    WindowFate,
    crossings_considered,
    plan_transition,
)
from tongguan.core.identifiers import CategoryId, ControlPointId, JourneyId, PersonKey, QuotaId
from tongguan.core.quota.demand import demand_of
from tongguan.core.quota.limits import Reckoning
from tongguan.core.quota.seating import added, seat_beyond
from tongguan.core.quota.windows import Crossing, WindowKey
from tongguan.core.scheme.model import (
    CarryOver,
    Direction,
    GrantRule,
    Holders,
    Leg,
    OrderOfUse,
    Phase,
    Quota,
    QuotaKind,
    QuotaPer,
    Remedy,
    Reserve,
)

DAY = date(2021, 12, 14)
NOW = datetime(2021, 12, 13, 9, 0, tzinfo=ZoneInfo(build.ZONE))
HONOUR, MOVE, REVOKE = Remedy.HONOUR, Remedy.MOVE, Remedy.REVOKE
SLOT = build.DAY_SLOT


def rule(*places: Remedy, days: int = 7) -> Holders:
    return Holders(
        places=places, move_days_max=days, grants=GrantRule.KEEP, basis=build.basis("holders")
    )


def per_day(limit: int, **counts: str | None) -> Quota:
    return build.quota("all-day", per=QuotaPer.DAY, limit=limit, **counts or {"direction": "each"})


def kept_for_family(kept: int, order: OrderOfUse = OrderOfUse.RESERVE_FIRST) -> Quota:
    quota = build.quota(
        "family-day", per=QuotaPer.DAY, limit=kept, direction="each", category="family"
    )
    reserve = Reserve(inside=QuotaId("all-day"), order_of_use=order, released=None)
    return replace(quota, kind=QuotaKind.RESERVE, reserve=reserve)


def phase(*quotas: Quota, **changes: Any) -> Phase:
    categories = (build.category("family"), build.category("business"))
    values = {"quotas": quotas or (per_day(10),), "categories": categories}
    return build.phase(**values | changes)


def reckoning(block: Phase, **changes: Any) -> Reckoning:
    values = {"version": build.version(block), "phase": block, "now": NOW}
    return Reckoning(**values | changes)


def leg(way: Leg, day: date, people: int, number: int, category: str = "business") -> HeldLeg:
    direction = OUT if way is Leg.OUT else HOME
    wanted = LegWanted(direction=direction, day=day, slot=SLOT.id, control_point=SZB)
    return HeldLeg(
        leg=way,
        wanted=wanted,
        crossings=tuple(
            Crossing(
                direction=direction,
                category=CategoryId(category),
                control_point=SZB,
                slot=SLOT.id,
                day=day,
                person=PersonKey(bytes((number, person))),
            )
            for person in range(people)
        ),
        starts=slot_interval(day, SLOT, build.ZONE).start,
    )


def journey(
    number: int,
    day: date = DAY,
    *,
    stay: int = 2,
    people: int = 1,
    category: str = "business",
    gone_out: bool = False,
) -> HeldJourney:
    return HeldJourney(
        id=JourneyId(str(number)),
        legs=(
            leg(Leg.OUT, day, people, number, category),
            leg(Leg.HOME, day + timedelta(days=stay), people, number, category),
        ),
        gone_out=gone_out,
        counted={},
    )


def counted(
    block: Phase, journeys: Sequence[HeldJourney]
) -> tuple[list[HeldJourney], dict[WindowKey, WindowBefore]]:
    """The journeys with what counts them under a phase, and its windows; all as if booked so."""
    before, taken = reckoning(block), Counter[WindowKey]()
    capacities: dict[WindowKey, int] = {}
    held = []
    for each in journeys:
        demand = demand_of(before, [one for way in each.legs for one in way.crossings])
        seats = seat_beyond(demand, taken)
        taken = Counter(added(taken, seats))
        capacities |= {window.key: window.limit for window, _ in seats}
        held.append(replace(each, counted={window.key: persons for window, persons in seats}))
    windows = {
        key: WindowBefore(capacity=capacity, honoured=max(0, taken[key] - capacity))
        for key, capacity in capacities.items()
    }
    return held, windows


def planned(
    before: Phase, after: Phase, journeys: Sequence[HeldJourney], holders: Holders | None
) -> Plan:
    held, windows = counted(before, journeys)
    return plan_transition(reckoning(after), holders, held, windows)


def fates(plan: Plan) -> list[Fate]:
    return [each.fate for each in plan.journeys]


def test_party__is_treated_whole() -> None:
    parties = [journey(1, people=2), journey(2, people=3), journey(3, people=1)]
    plan = planned(phase(), phase(per_day(4)), parties, rule(REVOKE))
    assert fates(plan) == [Fate.KEPT, Fate.REVOKED, Fate.REVOKED]


def test_nobody_keeps__what_an_earlier_one_cannot() -> None:
    """One place is left over: the last booked does not get it in front of the party before."""
    parties = [journey(1, people=2), journey(2, people=3), journey(3, people=1)]
    plan = planned(phase(), phase(per_day(3)), parties, rule(REVOKE))
    assert fates(plan) == [Fate.KEPT, Fate.REVOKED, Fate.REVOKED]


def test_reserve__new_in_a_full_quota__sends_others_away_and_not_its_own() -> None:
    people = [journey(1), journey(2, category="family"), journey(3), journey(4)]
    after = phase(per_day(4), kept_for_family(2))
    plan = planned(phase(per_day(4)), after, people, rule(REVOKE))
    assert fates(plan) == [Fate.KEPT, Fate.KEPT, Fate.KEPT, Fate.REVOKED]


def test_order_of_use__changed__moves_nobody_who_has_room() -> None:
    people = [journey(number, category="family") for number in range(1, 5)]
    before = phase(per_day(4), kept_for_family(2))
    after = phase(per_day(4), kept_for_family(2, OrderOfUse.OPEN_FIRST))
    plan = planned(before, after, people, rule(REVOKE))
    assert fates(plan) == [Fate.KEPT] * 4
    assert plan.windows == ()


def test_parts__taken_otherwise_than_anew__are_left_as_they_are() -> None:
    """A cancellation can leave family in the kept part although the open one would come first.

    Given out anew in the order booked, the open part would go to them and fail the one after.
    """
    block = phase(per_day(2), kept_for_family(1, OrderOfUse.OPEN_FIRST))
    cancelled, family, other = journey(9), journey(1, category="family"), journey(2)
    (_, family), windows = counted(block, [cancelled, family])
    (other,), _ = counted(block, [other])
    assert set(family.counted) != {*counted(block, [family])[0][0].counted}

    plan = plan_transition(reckoning(block), rule(REVOKE), [family, other], windows)

    assert fates(plan) == [Fate.KEPT, Fate.KEPT]
    assert [{window.key for window, _ in each.counted} for each in plan.journeys] == [
        set(family.counted),
        set(other.counted),
    ]


def test_way_home_alone__is_kept__whatever_the_rule() -> None:
    alone = replace(journey(1), legs=(leg(Leg.HOME, DAY, 1, 1),))
    plan = planned(phase(), phase(per_day(0)), [alone], rule(REVOKE))
    assert fates(plan) == [Fate.WAY_HOME_HONOURED]


@pytest.mark.parametrize("gone_out", [True, False])
def test_someone_gone_out__keeps_everything(gone_out: bool) -> None:
    gone = journey(1, DAY + timedelta(days=1), gone_out=gone_out)
    plan = planned(phase(), phase(per_day(0)), [gone], rule(REVOKE))
    assert fates(plan) == [Fate.WAY_HOME_HONOURED if gone_out else Fate.REVOKED]


def test_way_out_after_the_last_day__is_revoked__even_where_all_is_honoured() -> None:
    people = [journey(1), journey(2, DAY + timedelta(days=1))]
    plan = planned(phase(), phase(ends=DAY), people, rule(HONOUR))
    assert fates(plan) == [Fate.WAY_HOME_HONOURED, Fate.REVOKED_PHASE_ENDS]


def test_no_rule__takes_nothing_away() -> None:
    plan = planned(phase(), phase(per_day(0)), [journey(1)], None)
    assert fates(plan) == [Fate.HONOURED]


def test_move__counts_those_whose_journeys_are_deleted() -> None:
    """The day after the closed one is full of people that no journey tells of any more."""
    held, windows = counted(phase(), [journey(1)])
    after = phase(per_day(3), directions=closed_on(DAY))
    days = (DAY + timedelta(days=number) for number in (1, 2))
    tomorrow, then = (_window_of(after, day) for day in days)
    rest = rule(MOVE, REVOKE)
    plan = plan_transition(reckoning(after), rest, held, windows, {tomorrow: 3, then: 2})
    assert plan.journeys[0].moved_to[Leg.OUT] == DAY + timedelta(days=2)
    plan = plan_transition(reckoning(after), rest, held, windows)
    assert plan.journeys[0].moved_to[Leg.OUT] == DAY + timedelta(days=1)


def _window_of(block: Phase, day: date) -> WindowKey:
    (one,) = leg(Leg.OUT, day, 1, 1).crossings
    ((window, _),) = demand_of(reckoning(block), [one]).windows
    return window.key


def closed_on(day: date) -> tuple[Direction, ...]:
    return tuple(replace(each, closed_days=(day,)) for each in phase().directions)


def test_move__keeps_to_the_longest_stay() -> None:
    people = [journey(1), journey(2, stay=3)]
    after = phase(per_day(1), return_=build.return_(stay_days_max=3))
    plan = planned(phase(), after, people, rule(MOVE, HONOUR))
    assert fates(plan) == [Fate.KEPT, Fate.MOVED]
    moved = plan.journeys[1].moved_to
    assert moved == {Leg.OUT: DAY + timedelta(days=1), Leg.HOME: DAY + timedelta(days=3)}


def test_move__of_a_closed_slot__is_no_remedy() -> None:
    gone = phase(
        directions=(
            build.direction(slots=(build.LATE_SLOT,)),
            build.direction(HOME, Leg.HOME, slots=(build.LATE_SLOT,)),
        )
    )
    plan = planned(phase(), gone, [journey(1)], rule(MOVE, REVOKE))
    assert fates(plan) == [Fate.REVOKED]


def test_windows__that_are_gone_or_new__are_named() -> None:
    after = phase(build.quota("all-week", per=QuotaPer.WEEK, limit=5, direction="each"))
    plan = planned(phase(), after, [journey(1)], rule(REVOKE))
    assert Counter((each.quota, each.fate) for each in plan.windows) == {
        ("all-day", WindowFate.GONE): 2,
        ("all-week", WindowFate.NEW): 2,
    }


def test_crossings_considered__are_none__where_no_limit_rests_on_another() -> None:
    people = [journey(1)]
    assert crossings_considered(phase(), rule(MOVE, REVOKE), people) == []
    carried = replace(per_day(1), carry_over=CarryOver.ADD_UNUSED)
    found = crossings_considered(phase(carried), rule(MOVE, REVOKE, days=2), people)
    assert len(found) == 2 * 3


_JOURNEYS = st.lists(
    st.builds(
        journey,
        number=st.just(0),
        day=st.integers(-1, 3).map(lambda days: DAY + timedelta(days=days)),
        stay=st.integers(0, 3),
        people=st.integers(1, 3),
        category=st.sampled_from(["family", "business"]),
        gone_out=st.booleans(),
    ),
    max_size=12,
).map(lambda found: [_numbered(each, number) for number, each in enumerate(found)])
_LIMITS = st.integers(0, 8)
_PLACES = st.sampled_from([(HONOUR,), (REVOKE,), (MOVE, REVOKE), (MOVE, HONOUR)])


def _numbered(held: HeldJourney, number: int) -> HeldJourney:
    legs = tuple(
        replace(
            each,
            crossings=tuple(
                replace(one, person=PersonKey(bytes((number, person))))
                for person, one in enumerate(each.crossings)
            ),
        )
        for each in held.legs
    )
    return replace(held, id=JourneyId(str(number)), legs=legs)


def _taken(plan: Plan) -> Counter[WindowKey]:
    taken: Counter[WindowKey] = Counter()
    for each in plan.journeys:
        taken.update({window.key: persons for window, persons in each.counted})
    return taken


@settings(max_examples=150, deadline=None)
@given(people=_JOURNEYS, before=_LIMITS, after=_LIMITS, kept=st.integers(0, 3), places=_PLACES)
def test_plan__whatever_the_change__strands_nobody_and_sells_nothing_twice(
    people: list[HeldJourney], before: int, after: int, kept: int, places: tuple[Remedy, ...]
) -> None:
    old, new = phase(per_day(before)), phase(per_day(after), kept_for_family(min(kept, after)))
    plan = planned(old, new, people, rule(*places, days=3))

    assert [each.journey.id for each in plan.journeys] == [each.id for each in people]
    for each in plan.journeys:
        if each.journey.may_be_across(NOW):
            assert each.fate in {Fate.KEPT, Fate.HONOURED, Fate.WAY_HOME_HONOURED}
        days = {way.leg: way.wanted.day for way in each.journey.legs}
        if each.fate is Fate.MOVED:
            assert all(0 <= (each.moved_to[way] - day).days <= 3 for way, day in days.items())
            assert each.moved_to[Leg.OUT] <= each.moved_to[Leg.HOME]
            assert each.moved_to != days
        else:
            assert not each.moved_to
        assert bool(each.counted) is (each.fate not in REVOKED)
    promised = {Fate.HONOURED, Fate.WAY_HOME_HONOURED}
    _require_room(plan, promised, before, after)


def _require_room(plan: Plan, promised: set[Fate], before: int, after: int) -> None:
    """Beyond a limit are only those to whom it was promised, now or by the text before."""
    taken = _taken(plan)
    limits = {window.key: window.limit for each in plan.journeys for window, _ in each.counted}
    for key, limit in limits.items():
        if taken[key] <= limit or any(_counts(each, key) for each in _of(plan, promised)):
            continue
        assert after >= before, (key, taken[key], limit)


def _of(plan: Plan, wanted: set[Fate]) -> Iterator[Any]:
    return (each for each in plan.journeys if each.fate in wanted)


def _counts(each: Any, key: WindowKey) -> bool:
    return any(window.key == key for window, _ in each.counted)


@settings(max_examples=100, deadline=None)
@given(people=_JOURNEYS, limit=_LIMITS, more=st.integers(0, 3), places=_PLACES)
def test_plan__of_no_cut__touches_nobody(
    people: list[HeldJourney], limit: int, more: int, places: tuple[Remedy, ...]
) -> None:
    """Whatever was honoured before, a text that takes nothing away leaves everyone alone."""
    block = phase(per_day(limit + 3), kept_for_family(2))
    wider = phase(per_day(limit + 3 + more), kept_for_family(2))
    plan = planned(block, wider, people, rule(*places))
    assert set(fates(plan)) <= {Fate.KEPT}


@settings(max_examples=100, deadline=None)
@given(people=_JOURNEYS, after=_LIMITS)
def test_plan__revokes__from_the_last_booked_on(people: list[HeldJourney], after: int) -> None:
    """On one day, whoever keeps a place booked before everyone who lost one."""
    one_day = [
        _numbered(journey(0, people=len(each.legs[0].crossings)), number)
        for number, each in enumerate(people)
    ]
    plan = planned(phase(per_day(50)), phase(per_day(after)), one_day, rule(REVOKE))
    lost = [each.fate is Fate.REVOKED for each in plan.journeys]
    assert lost == sorted(lost)


def test_control_point__renamed__is_another() -> None:
    other = build.entry(build.control_point(ControlPointId("LWU")))
    plan = planned(phase(), phase(entry=other), [journey(1)], rule(MOVE, REVOKE))
    assert fates(plan) == [Fate.REVOKED]
