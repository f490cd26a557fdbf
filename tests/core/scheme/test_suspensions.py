"""What a suspension closes, from when, and what becomes of the phase."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import schemes as build
from tongguan.core.identifiers import ControlPointId, VersionDigest
from tongguan.core.scheme.activation import may_activate, phase_state
from tongguan.core.scheme.acts import Act, ActKind, act_digest
from tongguan.core.scheme.model import Leg
from tongguan.core.scheme.state import PhaseStanding, PhaseState
from tongguan.core.scheme.suspensions import suspension_at, suspension_of

START = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DIGEST = VersionDigest("cd" * 32)
HZB = ControlPointId("HZB")
WHY = build.text("Cases in Zhuhai")
VERSION = build.version(build.phase(ends=None))
OUT, HOME = VERSION.phases[0].directions


def act(kind: ActKind, by: str = "HK", at: datetime = START, **changes: Any) -> Act:
    facts: dict[str, Any] = {
        "kind": kind,
        "authority": by,
        "scheme": VERSION.scheme,
        "version": VERSION.id,
        "digest": DIGEST,
        "phase": None if kind is ActKind.SIGN_VERSION else build.PILOT,
        "at": at,
        "reason": WHY if kind is ActKind.SUSPEND else None,
    }
    return Act(**facts | changes)


ACTIVATED = [
    act(ActKind.SIGN_VERSION, "HK", START - HOUR),
    act(ActKind.SIGN_VERSION, "GD", START - HOUR),
    act(ActKind.ACTIVATE_PHASE),
]


def suspend(by: str = "HK", at: datetime = START + HOUR, **changes: Any) -> Act:
    return act(ActKind.SUSPEND, by, at, **changes)


def standing(*acts: Act, now: datetime) -> PhaseStanding:
    return phase_state(VERSION, DIGEST, [*ACTIVATED, *acts], build.PILOT, now)


@pytest.mark.parametrize(
    "changes",
    [
        {"control_points": ()},
        {"directions": ()},
        {"effective_at": START},
        {"effective_at": START + 2 * HOUR, "until": START + 2 * HOUR},
        {"until": START + HOUR},
        {"until": (START + 5 * HOUR).replace(tzinfo=None)},
        {"effective_at": (START + 5 * HOUR).replace(microsecond=1)},
        {"lifts": "ab" * 32},
    ],
)
def test_suspension__that_cannot_be__is_no_act(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"scope|second|order|resumption"):
        suspend(**changes)


@pytest.mark.parametrize(
    "changes",
    [{"control_points": (HZB,)}, {"directions": (OUT.id,)}, {"until": START + HOUR}],
)
def test_scope_and_time__belong__to_a_suspension_alone(changes: dict[str, Any]) -> None:
    for kind in (ActKind.RESUME, ActKind.ACTIVATE_PHASE):
        with pytest.raises(ValueError, match="nothing else"):
            act(kind, **changes)


@pytest.mark.parametrize(
    ("changes", "direction", "point", "closed"),
    [
        ({}, OUT, build.SZB, True),
        ({}, HOME, build.SZB, False),
        ({"control_points": (HZB,)}, OUT, build.SZB, False),
        ({"control_points": (HZB,)}, OUT, HZB, True),
        ({"directions": (OUT.id,)}, OUT, build.SZB, True),
        ({"directions": (HOME.id,)}, OUT, build.SZB, False),
        ({"directions": (HOME.id,)}, HOME, build.SZB, False),
        ({"control_points": (HZB,), "directions": (OUT.id,)}, OUT, HZB, True),
        ({"control_points": (HZB,), "directions": (OUT.id,)}, OUT, build.SZB, False),
    ],
)
def test_suspension__closes__what_it_names_and_never_the_way_home(
    changes: dict[str, Any], direction: Any, point: Any, closed: bool
) -> None:
    order = suspension_of(suspend(**changes))
    found = suspension_at([order], direction=direction, control_point=point, at=START + HOUR)
    assert (found is not None) is closed


@pytest.mark.parametrize(
    ("minutes", "closed"), [(37, False), (38, True), (38 + 60, True), (38 + 120, False)]
)
def test_suspension__is_in_effect__from_its_instant_until_its_end(
    minutes: int, closed: bool
) -> None:
    announced = START + HOUR
    order = suspension_of(
        suspend(
            effective_at=announced + timedelta(minutes=38),
            until=announced + timedelta(minutes=38 + 120),
        )
    )
    at = announced + timedelta(minutes=minutes)
    found = suspension_at([order], direction=OUT, control_point=build.SZB, at=at)
    assert (found is not None) is closed


def test_announced_suspension__leaves_the_phase_active__until_its_instant() -> None:
    order = suspend(effective_at=START + 3 * HOUR)
    before, after = (standing(order, now=START + hours * HOUR) for hours in (2, 3))
    assert (before.state, len(before.suspensions)) == (PhaseState.ACTIVE, 1)
    assert (after.state, after.since, after.by) == (
        PhaseState.SUSPENDED,
        START + 3 * HOUR,
        ("HK",),
    )
    assert before.suspensions[0].age_minutes(START + 2 * HOUR) == 60


def test_scoped_suspension__leaves_the_phase_active() -> None:
    found = standing(suspend(control_points=(HZB,)), now=START + 2 * HOUR)
    assert (found.state, found.since) == (PhaseState.ACTIVE, START)
    assert [each.control_points for each in found.suspensions] == [(HZB,)]


def test_suspension__over_by_itself__leaves_the_phase_active_since_then() -> None:
    order = suspend(until=START + 4 * HOUR)
    assert standing(order, now=START + 4 * HOUR - timedelta(seconds=1)).state == "suspended"
    over = standing(order, now=START + 4 * HOUR)
    assert (over.state, over.since, over.by) == (PhaseState.ACTIVE, START + 4 * HOUR, ())
    assert over.suspensions == ()


def test_resumption__lifts__the_one_it_names_or_all_of_its_authority() -> None:
    bridge = suspend(control_points=(HZB,))
    everything = suspend(at=START + 2 * HOUR)
    of_the_other = suspend("GD", START + 2 * HOUR)
    one = act(ActKind.RESUME, at=START + 3 * HOUR, lifts=act_digest(everything))
    all_ = act(ActKind.RESUME, at=START + 3 * HOUR)
    orders = (bridge, everything, of_the_other)
    now = START + 4 * HOUR
    assert {each.order for each in standing(*orders, one, now=now).suspensions} == {
        act_digest(bridge),
        act_digest(of_the_other),
    }
    assert {each.order for each in standing(*orders, all_, now=now).suspensions} == {
        act_digest(of_the_other)
    }


def test_suspension_and_resumption__of_one_second__stands_unless_it_is_named() -> None:
    order, later = suspend(), START + 2 * HOUR
    unnamed = act(ActKind.RESUME, "HK", order.at)
    named = act(ActKind.RESUME, "HK", order.at, lifts=act_digest(order))
    assert standing(order, unnamed, now=later).state is PhaseState.SUSPENDED
    assert standing(order, named, now=later).state is PhaseState.ACTIVE


def test_announced_suspension__can_be_lifted__before_its_instant() -> None:
    order = suspend(effective_at=START + 3 * HOUR)
    found = standing(order, act(ActKind.RESUME, at=START + 2 * HOUR), now=START + 5 * HOUR)
    assert (found.state, found.since, found.suspensions) == (PhaseState.ACTIVE, START, ())


def test_activation__is_refused__by_a_suspension_of_everything_alone() -> None:
    signed = ACTIVATED[:2]
    for order, obstacles in (
        (suspend("GD", START - HOUR), 1),
        (suspend("GD", START - HOUR, effective_at=START + HOUR), 1),
        (suspend("GD", START - HOUR, control_points=(HZB,)), 0),
        (suspend("GD", START - HOUR, until=START), 0),
    ):
        decision = may_activate(VERSION, DIGEST, [*signed, order], build.PILOT, START)
        assert len(decision.obstacles) == obstacles


_POINTS = st.sampled_from([None, (HZB,), (build.SZB,)])
_WAYS = st.sampled_from([None, (OUT.id,), (HOME.id,)])


@given(
    orders=st.lists(
        st.tuples(
            st.sampled_from(["HK", "GD"]), st.integers(0, 5), st.integers(0, 4), _POINTS, _WAYS
        ),
        max_size=5,
    ),
    lifted=st.lists(st.tuples(st.sampled_from(["HK", "GD"]), st.integers(0, 6)), max_size=3),
    now=st.integers(0, 10),
    order=st.randoms(use_true_random=False),
)
def test_suspensions__close__as_a_small_model_says(
    orders: Any, lifted: Any, now: int, order: Any
) -> None:
    """Against a model that asks each order alone, in whatever order the acts came."""
    acts = [
        suspend(
            by,
            START + at * HOUR,
            effective_at=START + (at + later) * HOUR,
            control_points=points,
            directions=ways,
        )
        for by, at, later, points, ways in orders
    ]
    ends = [act(ActKind.RESUME, by, START + at * HOUR) for by, at in lifted]
    shuffled = [*acts, *ends]
    order.shuffle(shuffled)
    instant = START + now * HOUR
    found = standing(*shuffled, now=instant)
    for direction, point in ((OUT, build.SZB), (OUT, HZB), (HOME, HZB)):
        expected = direction.leg is not Leg.HOME and any(
            at + later <= now
            and at <= now
            and (points is None or point in points)
            and (ways is None or direction.id in ways)
            and not any(by == by_ and at < at_ <= now for by_, at_ in lifted)
            for by, at, later, points, ways in orders
        )
        closing = suspension_at(
            found.suspensions, direction=direction, control_point=point, at=instant
        )
        assert (closing is not None) is expected


def test_end_of_a_phase__leaves__nothing_suspended() -> None:
    end = act(ActKind.END_PHASE, at=START + HOUR, last_day=date(2021, 12, 13), reason=WHY)
    found = standing(suspend(), end, now=START + timedelta(days=2))
    assert (found.state, found.suspensions) == (PhaseState.ENDED, ())
