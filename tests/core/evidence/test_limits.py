"""What is held, what rings, and who may look: whatever is tried, in whatever order."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import (
    AlarmKind,
    alarms_due,
    causers_of_two,
    is_held,
    officer_causer,
    source_causer,
    uninvolved,
    unit_causer,
)
from tongguan.core.evidence.records import Route
from tongguan.core.identifiers import EvidenceSourceId, UnitId

NOW = datetime(2021, 12, 13, 1, tzinfo=UTC)
CONTROLS = Controls(
    unreviewed_max={
        Route.ARRIVAL_FEED: 50,
        Route.LABORATORY: 20,
        Route.OFFICERS: 5,
        Route.ORDER_OFFICE: 5,
    },
    batch_entries_max={Route.ORDER_OFFICE: 10},
    alarm_acts={Route.LABORATORY: 10, Route.OFFICERS: 3, Route.ORDER_OFFICE: 3},
    alarm_window=timedelta(hours=1),
    target_acts={Route.LABORATORY: 10, Route.OFFICERS: 4, Route.ORDER_OFFICE: 4},
    target_window=timedelta(days=7),
    proposal_time=timedelta(hours=2),
    correction_time=timedelta(hours=8),
    claim_time=timedelta(hours=8),
    finding_days_max=14,
    places_open_max=3,
)
OWN = (Route.CERTIFICATE, Route.CONVERSION, Route.DECLARATION)
hands = st.sampled_from(["unit:a", "unit:b", "unit:c", "officer:x", "officer:y", "source:s"])
routes = st.sampled_from([route for route in Route if route not in OWN])
minutes = st.integers(0, 20 * 24 * 60)


@dataclass(frozen=True, kw_only=True)
class Act:
    route: Route = Route.OFFICERS
    causers: tuple[str, ...] = ("unit:a",)
    targets: tuple[str, ...] = ()
    at: datetime = NOW
    held: bool = False
    reviewed_at: datetime | None = None


attempts = st.lists(
    st.tuples(st.sets(hands, min_size=1, max_size=4).map(sorted), routes, minutes), max_size=60
)


@given(attempts)
def test_hand__whatever_it_tries__counts_no_more_than_the_widest_route_allows(
    tried: list[tuple[list[str], Route, int]],
) -> None:
    counting: dict[str, int] = {}
    by_hand: dict[str, int] = {}
    for causers, route, _ in tried:
        unreviewed = {each: counting.get(each, 0) for each in causers}
        if not is_held(route, unreviewed, CONTROLS):
            for each in causers:
                counting[each] = counting.get(each, 0) + 1
                is_narrow = CONTROLS.unreviewed_max[route] == 5
                by_hand[each] = by_hand.get(each, 0) + is_narrow
    assert all(count <= 5 for count in by_hand.values())
    assert all(count <= 50 for count in counting.values())


@given(st.dictionaries(hands, st.integers(0, 10**6)))
def test_own_word__is_never_held(counts: dict[str, int]) -> None:
    assert not any(is_held(route, counts, CONTROLS) for route in OWN)


@pytest.mark.parametrize(("count", "held"), [(4, False), (5, True), (6, True)])
def test_limit__holds__from_its_number_on_for_any_of_the_causers(count: int, held: bool) -> None:
    unreviewed = {"unit:a": 0, "officer:x": count}
    assert is_held(Route.OFFICERS, unreviewed, CONTROLS) is held


def test_other_acts_of_a_hand__count__against_it_too() -> None:
    assert is_held(Route.OFFICERS, {"unit:a": 20}, CONTROLS)
    assert not is_held(Route.LABORATORY, {"unit:a": 19}, CONTROLS)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=30))
def test_alarm__rings__exactly_when_enough_lie_within_the_window(seconds: list[int]) -> None:
    """And held acts or not, slow or fast, the number is the one counted."""
    instants = sorted(NOW + timedelta(seconds=30 * each) for each in seconds)
    acts = [Act(at=each) for each in instants]
    act = acts[-1]
    due = alarms_due(act, acts[:-1], (), CONTROLS)
    within = sum(act.at - each.at < CONTROLS.alarm_window for each in acts)
    assert [each.acts for each in due] == ([within] if within >= 3 else [])


@pytest.mark.parametrize(("late", "rings"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_alarm__forgets__what_is_as_old_as_its_window(late: timedelta, rings: bool) -> None:
    first = Act(targets=("batch:1",), at=NOW - CONTROLS.alarm_window + late)
    due = alarms_due(Act(), [first, Act()], (), CONTROLS)
    assert bool(due) is rings
    first = Act(targets=("batch:1",), at=NOW - CONTROLS.target_window + late)
    others = [Act(causers=(f"unit:{name}",), targets=("batch:1",)) for name in "bcd"]
    due = alarms_due(others[0], [first, *others[1:]], (), CONTROLS)
    assert bool(due) is rings


def test_alarm__by_target__ties_different_hands_together() -> None:
    acts = [
        Act(causers=(f"unit:{name}",), targets=("batch:1",), at=NOW + timedelta(days=day))
        for day, name in enumerate("abcd")
    ]
    (due,) = alarms_due(acts[-1], acts[:-1], (), CONTROLS)
    assert (due.kind, due.subject, due.acts) == (AlarmKind.TARGET, "batch:1", 4)


def test_alarm__of_a_laboratory__comes_later_than_of_a_hand() -> None:
    acts = [Act(route=Route.LABORATORY, causers=("source:s",)) for _ in range(10)]
    assert alarms_due(acts[-1], acts[:8], (), CONTROLS) == ()
    (due,) = alarms_due(acts[-1], acts[:9], (), CONTROLS)
    assert (due.subject, due.acts) == ("source:s", 10)


def test_alarm__by_target__forgets_after_its_window() -> None:
    acts = [Act(targets=("batch:1",), at=NOW + timedelta(days=3 * day)) for day in range(4)]
    assert alarms_due(acts[-1], acts[:-1], (), CONTROLS) == ()


def test_alarm__once_open__is_not_raised_twice() -> None:
    acts = [Act(), Act(), Act()]
    opened = [(AlarmKind.CAUSER, "unit:a")]
    assert alarms_due(acts[0], acts[1:], (), CONTROLS) != ()
    assert alarms_due(acts[0], acts[1:], opened, CONTROLS) == ()


def test_alarm__of_what_is_held__rings_at_the_first() -> None:
    due = alarms_due(Act(causers=("officer:x", "unit:a"), held=True), (), (), CONTROLS)
    assert [(each.subject, each.acts) for each in due] == [("officer:x", 1), ("unit:a", 1)]


def test_alarm__counts__what_was_held_and_not_what_others_reviewed() -> None:
    held = [Act(held=True), Act(held=True)]
    assert alarms_due(Act(), held, (), CONTROLS)[0].acts == 3
    seen = [replace(each, reviewed_at=NOW) for each in held]
    assert alarms_due(Act(), seen, (), CONTROLS) == ()


def test_causers__of_two__are_both_with_their_units() -> None:
    assert causers_of_two(("x", "y"), (UnitId("a"), UnitId("b"))) == (
        "officer:x",
        "officer:y",
        "unit:a",
        "unit:b",
    )
    assert source_causer(EvidenceSourceId("lab")) == "source:lab"


@given(st.sets(hands), st.sampled_from("abc"), st.sampled_from("xyz"))
def test_uninvolved__is__who_stands_nowhere_among_the_causers(
    causers: set[str], unit: str, officer: str
) -> None:
    expected = unit_causer(UnitId(unit)) not in causers and officer_causer(officer) not in causers
    assert uninvolved([UnitId(unit)], causers, officers=[officer]) is expected
