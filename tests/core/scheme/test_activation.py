"""What stands against an activation, and what holds because of the acts."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import schemes as build
from tongguan.core.identifiers import PhaseId, VersionDigest, VersionId
from tongguan.core.scheme.activation import ObstacleCode, may_activate, phase_state
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.history import history_of
from tongguan.core.scheme.model import DateInterval, Version
from tongguan.core.scheme.state import PhaseState

DIGEST = VersionDigest("11" * 32)
OTHER = VersionDigest("22" * 32)
START = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
WHY = build.text("why")
LATER = PhaseId("later")
HOUR = timedelta(hours=1)


def _version(**changes: Any) -> Version:
    later = build.phase(
        id=LATER,
        not_before=DateInterval(first=date(2021, 12, 15), last=date(2021, 12, 15)),
        ends=None,
    )
    return build.version(build.phase(ends=None), later, **changes)


def _act(kind: ActKind, by: str, at: datetime = START, **changes: Any) -> Act:
    facts: dict[str, Any] = {
        "kind": kind,
        "authority": by,
        "scheme": "test-pilot",
        "version": "test-pilot-1",
        "digest": DIGEST,
        "phase": None if kind is ActKind.SIGN_VERSION else build.PILOT,
        "at": at,
        "reason": WHY if kind in {ActKind.SUSPEND, ActKind.END_PHASE} else None,
    }
    return Act(**facts | changes)


def _signed(at: datetime = START - HOUR) -> list[Act]:
    return [_act(ActKind.SIGN_VERSION, by, at) for by in ("HK", "GD")]


def _activated() -> list[Act]:
    return [*_signed(), _act(ActKind.ACTIVATE_PHASE, "HK")]


def _obstacles(
    version: Version,
    acts: list[Act],
    phase: str = "pilot",
    now: datetime = START,
    **known: Any,
) -> list[tuple[ObstacleCode, str | None]]:
    decision = may_activate(version, DIGEST, acts, PhaseId(phase), now, **known)
    assert decision.permitted is (not decision.obstacles)
    for obstacle in decision.obstacles:
        assert obstacle.what.zh_hant
        assert obstacle.what.zh_hans
        assert obstacle.what.en
    return [(obstacle.code, obstacle.authority) for obstacle in decision.obstacles]


def _state(acts: list[Act], now: datetime, phase: str = "pilot") -> PhaseState:
    return phase_state(_version(), DIGEST, acts, PhaseId(phase), now).state


def test_activation__is_permitted__when_both_have_signed_this_text() -> None:
    assert _obstacles(_version(), _signed()) == []


def test_activation__names__every_obstacle_at_once() -> None:
    version = build.version(
        build.phase(quotas=(), credentials=None, ends=None), week_starts_on=None
    )
    signed_other = _act(ActKind.SIGN_VERSION, "GD", START - HOUR, digest=OTHER)
    found = _obstacles(version, [signed_other], now=START - timedelta(days=3))
    assert found == [
        (ObstacleCode.SIGNATURE_MISSING, "HK"),
        (ObstacleCode.SIGNATURE_MISSING, "GD"),
        (ObstacleCode.UNKNOWN_BLOCKS, None),
        (ObstacleCode.UNKNOWN_BLOCKS, None),
        (ObstacleCode.UNKNOWN_BLOCKS, None),
        (ObstacleCode.TOO_EARLY, None),
    ]


def test_signature__under_another_text__is_told_from_none() -> None:
    acts = [_signed()[0], _act(ActKind.SIGN_VERSION, "GD", START - HOUR, digest=OTHER)]
    (obstacle,) = may_activate(_version(), DIGEST, acts, build.PILOT, START).obstacles
    assert obstacle.code is ObstacleCode.SIGNATURE_OF_OTHER_TEXT
    assert (obstacle.authority, obstacle.digest) == ("GD", OTHER)


def test_signature__of_an_earlier_version__is_not_of_another_text() -> None:
    earlier = {"version": VersionId("test-pilot-0"), "digest": OTHER}
    acts = [_signed()[0], _act(ActKind.SIGN_VERSION, "GD", START - HOUR, **earlier)]
    assert _obstacles(_version(), acts) == [(ObstacleCode.SIGNATURE_MISSING, "GD")]


def test_signature__of_a_stranger_or_of_the_future__counts_for_nothing() -> None:
    acts = [
        _signed()[0],
        _act(ActKind.SIGN_VERSION, "MO", START - HOUR),
        _act(ActKind.SIGN_VERSION, "GD", START + HOUR),
        _act(ActKind.SIGN_VERSION, "GD", START - HOUR, scheme="another"),
    ]
    assert _obstacles(_version(), acts) == [(ObstacleCode.SIGNATURE_MISSING, "GD")]


def test_activation__is_refused__for_a_phase_that_is_not_there() -> None:
    assert _obstacles(_version(), _signed(), "spring") == [(ObstacleCode.PHASE_UNKNOWN, None)]
    assert _state(_signed(), START, "spring") is PhaseState.NOT_ACTIVE


@pytest.mark.parametrize(
    ("now", "obstacles"),
    [
        ("2021-12-10T15:59:59Z", [(ObstacleCode.TOO_EARLY, None)]),
        ("2021-12-10T16:00:00Z", []),
    ],
)
def test_first_day__begins__at_midnight_of_the_scheme_s_zone(now: str, obstacles: object) -> None:
    at = datetime.fromisoformat(now)
    assert _obstacles(_version(), _signed(at - HOUR), now=at) == obstacles


def test_activation__is_refused__after_the_last_day() -> None:
    version = build.version(build.phase(ends=date(2021, 12, 12)))
    assert _obstacles(version, _signed()) == [(ObstacleCode.PHASE_OVER, None)]


def test_last_day__holds__until_its_last_instant() -> None:
    version = build.version(build.phase(ends=date(2021, 12, 13)))
    midnight = datetime(2021, 12, 13, 16, 0, tzinfo=UTC)
    before = midnight - timedelta(seconds=1)
    assert _obstacles(version, _signed(), now=before) == []
    assert _obstacles(version, _signed(), now=midnight) == [(ObstacleCode.PHASE_OVER, None)]


def test_activation__is_refused__twice_and_after_an_end() -> None:
    acts = _activated()
    assert _obstacles(_version(), acts) == [(ObstacleCode.ALREADY_ACTIVATED, None)]
    acts.append(_act(ActKind.END_PHASE, "GD", START + HOUR, last_day=date(2021, 12, 13)))
    now = START + timedelta(days=2)
    assert _obstacles(_version(), acts, now=now) == [(ObstacleCode.ALREADY_ACTIVATED, None)]
    acts.append(_act(ActKind.ACTIVATE_PHASE, "HK", now))
    assert _state(acts, now) is PhaseState.ENDED


def test_activation__is_refused__by_an_end_that_has_come_before_it() -> None:
    end = _act(
        ActKind.END_PHASE,
        "GD",
        START - HOUR,
        last_day=START.date() - timedelta(days=1),
        reason=build.text("not needed"),
    )
    assert _obstacles(_version(), [*_signed(START - 2 * HOUR), end]) == [
        (ObstacleCode.PHASE_OVER, None)
    ]
    later = _act(
        ActKind.END_PHASE, "GD", START - HOUR, last_day=START.date(), reason=build.text("soon")
    )
    assert _obstacles(_version(), [*_signed(START - 2 * HOUR), later]) == []


def test_suspension_before_activation__suspends__and_annuls_nothing() -> None:
    """It is an obstacle for whoever knows of it; whoever did not has activated all the same."""
    acts = [*_signed(), _act(ActKind.SUSPEND, "GD", START - HOUR)]
    assert _obstacles(_version(), acts) == [(ObstacleCode.SUSPENDED, "GD")]
    acts.append(_act(ActKind.ACTIVATE_PHASE, "HK"))
    standing = phase_state(_version(), DIGEST, acts, build.PILOT, START + HOUR)
    assert (standing.state, standing.since) == (PhaseState.SUSPENDED, START)
    acts.append(_act(ActKind.RESUME, "GD", START + HOUR))
    assert _state(acts, START + 2 * HOUR) is PhaseState.ACTIVE


def test_activation_of_a_text_not_adopted__annuls__nothing() -> None:
    bogus = _act(ActKind.ACTIVATE_PHASE, "GD", START - 2 * HOUR, digest=OTHER)
    assert _state([*_activated(), bogus], START + HOUR) is PhaseState.ACTIVE


def test_activation_of_a_text_that_one_side_signed__annuls__nothing() -> None:
    other = build.version(build.phase(ends=None), id=VersionId("test-pilot-2"))
    acts = [
        *_activated(),
        _act(ActKind.SIGN_VERSION, "GD", START - 2 * HOUR, digest=OTHER),
        _act(ActKind.ACTIVATE_PHASE, "GD", START - 2 * HOUR, digest=OTHER),
    ]
    standing = phase_state(
        _version(), DIGEST, acts, build.PILOT, START + HOUR, others={OTHER: other}
    )
    assert standing.state is PhaseState.ACTIVE


@pytest.mark.parametrize(
    ("ends", "obstacles"),
    [(date(2021, 12, 12), [(ObstacleCode.PHASE_OVER, None)]), (date(2021, 12, 13), [])],
)
def test_activation__is_refused__after_the_end_of_the_data(ends: date, obstacles: object) -> None:
    version = _version(data=replace(_version().data, ends=ends))
    assert _obstacles(version, _signed()) == obstacles


def test_acts_of_one_instant__take_effect__in_one_order() -> None:
    """Of two texts activated in the same second both sides must take the same one."""
    texts = {digest: _version() for digest in (DIGEST, OTHER)}
    acts = [
        act
        for digest in texts
        for act in (
            *(_act(ActKind.SIGN_VERSION, by, START - HOUR, digest=digest) for by in ("HK", "GD")),
            _act(ActKind.ACTIVATE_PHASE, "HK", digest=digest),
        )
    ]
    for order in itertools.permutations(acts, 6):
        assert list(history_of(texts, order, START).activated) == [(DIGEST, build.PILOT)]


def test_two_phases__never_hold__at_once() -> None:
    acts = _activated()
    now = START + timedelta(days=3)
    assert _obstacles(_version(), acts, "later", now) == [(ObstacleCode.OTHER_PHASE_HOLDS, None)]
    acts.append(_act(ActKind.ACTIVATE_PHASE, "GD", now, phase=LATER))
    assert _state(acts, now, "later") is PhaseState.NOT_ACTIVE
    acts.append(_act(ActKind.END_PHASE, "HK", now, last_day=date(2021, 12, 16)))
    after = now + timedelta(days=1)
    assert _obstacles(_version(), acts, "later", after) == []


def test_phase_of_another_version__must_be_ended__first() -> None:
    earlier = build.version(build.phase(ends=None), id=VersionId("test-pilot-0"))
    other: dict[str, Any] = {"version": earlier.id, "digest": OTHER}
    acts = [
        *_signed(),
        *(_act(ActKind.SIGN_VERSION, by, START - 2 * HOUR, **other) for by in ("HK", "GD")),
        _act(ActKind.ACTIVATE_PHASE, "HK", START - 2 * HOUR, **other),
    ]
    holds = [(ObstacleCode.OTHER_PHASE_HOLDS, None)]
    assert _obstacles(_version(), acts, others={OTHER: earlier}) == holds
    end = _act(ActKind.END_PHASE, "HK", START - HOUR, last_day=date(2021, 12, 12), **other)
    assert _obstacles(_version(), [*acts, end], others={OTHER: earlier}) == []
    today = _act(ActKind.END_PHASE, "HK", START - HOUR, last_day=date(2021, 12, 13), **other)
    assert _obstacles(_version(), [*acts, today], others={OTHER: earlier}) == holds
    begun = _act(ActKind.ACTIVATE_PHASE, "GD", START)
    standing = phase_state(
        _version(), DIGEST, [*acts, begun], build.PILOT, START, others={OTHER: earlier}
    )
    assert standing.state is PhaseState.NOT_ACTIVE


def test_activation__by_a_stranger__has_no_effect() -> None:
    acts = [*_signed(), _act(ActKind.ACTIVATE_PHASE, "MO")]
    assert _state(acts, START) is PhaseState.NOT_ACTIVE


def test_suspension_or_end__by_a_stranger__has_no_effect() -> None:
    acts = [
        *_activated(),
        _act(ActKind.SUSPEND, "MO", START + HOUR),
        _act(ActKind.END_PHASE, "MO", START + HOUR, last_day=date(2021, 12, 13)),
    ]
    assert _state(acts, START + timedelta(days=2)) is PhaseState.ACTIVE


def test_suspension__said_twice__stands_since_the_first() -> None:
    acts = [*_activated(), *(_act(ActKind.SUSPEND, "HK", START + n * HOUR) for n in (1, 2))]
    standing = phase_state(_version(), DIGEST, acts, build.PILOT, START + 3 * HOUR)
    assert (standing.state, standing.since) == (PhaseState.SUSPENDED, START + HOUR)
    acts.append(_act(ActKind.RESUME, "HK", START + 3 * HOUR))
    assert _state(acts, START + 3 * HOUR) is PhaseState.ACTIVE


def test_suspension__lasts__until_every_authority_lifts_its_own() -> None:
    acts = [
        *_activated(),
        _act(ActKind.SUSPEND, "HK", START + 1 * HOUR),
        _act(ActKind.SUSPEND, "GD", START + 2 * HOUR),
        _act(ActKind.RESUME, "HK", START + 3 * HOUR),
        _act(ActKind.RESUME, "GD", START + 4 * HOUR),
    ]
    states = [_state(acts, START + hours * HOUR) for hours in range(5)]
    assert states == [
        PhaseState.ACTIVE,
        PhaseState.SUSPENDED,
        PhaseState.SUSPENDED,
        PhaseState.SUSPENDED,
        PhaseState.ACTIVE,
    ]
    suspended = phase_state(_version(), DIGEST, acts, build.PILOT, START + 2 * HOUR)
    assert suspended.by == ("GD", "HK")
    assert suspended.since == START + HOUR
    assert phase_state(_version(), DIGEST, acts, build.PILOT, START + 3 * HOUR).by == ("GD",)


def test_suspension__of_one_instant_with_a_resumption__wins() -> None:
    acts = [
        *_activated(),
        _act(ActKind.SUSPEND, "HK", START + HOUR),
        _act(ActKind.RESUME, "HK", START + HOUR),
    ]
    assert _state(acts, START + HOUR) is PhaseState.SUSPENDED


def test_end__comes__after_the_last_slot_of_its_day() -> None:
    late = build.slot("night", "18:00", "06:00")
    phase = build.phase(ends=None, directions=(build.direction(slots=(late,)),))
    version = build.version(phase)
    acts = [
        *_activated(),
        _act(ActKind.END_PHASE, "GD", START + HOUR, last_day=date(2021, 12, 14)),
    ]
    six = datetime(2021, 12, 14, 22, 0, tzinfo=UTC)
    for now, state in ((six - HOUR, PhaseState.ACTIVE), (six, PhaseState.ENDED)):
        assert phase_state(version, DIGEST, acts, build.PILOT, now).state is state


def test_end__dated_into_the_past__takes_effect_when_it_is_said() -> None:
    late = START + timedelta(days=5)
    acts = [*_activated(), _act(ActKind.END_PHASE, "GD", late, last_day=date(2021, 12, 13))]
    assert _state(acts, late - HOUR) is PhaseState.ACTIVE
    ended = phase_state(_version(), DIGEST, acts, build.PILOT, late)
    assert (ended.state, ended.since, ended.by) == (PhaseState.ENDED, late, ("GD",))


_STEPS = st.lists(
    st.tuples(
        st.sampled_from([ActKind.ACTIVATE_PHASE, ActKind.SUSPEND, ActKind.RESUME]),
        st.sampled_from(["HK", "GD"]),
        st.integers(0, 6),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(steps=_STEPS, order=st.randoms(use_true_random=False))
def test_state__follows__the_acts_and_not_their_order_of_arrival(steps: Any, order: Any) -> None:
    """Against a small model: activated once; suspensions by authority."""
    acts = [_act(kind, by, START + hours * HOUR) for kind, by, hours in steps]
    shuffled = [*acts, *acts[:2], *_signed()]
    order.shuffle(shuffled)
    rank = list(ActKind)
    active, suspended = False, set[str]()
    for act in sorted(set(acts), key=lambda act: (act.at, rank.index(act.kind), act.authority)):
        if act.kind is ActKind.ACTIVATE_PHASE:
            active = True
        elif act.kind is ActKind.SUSPEND:
            suspended.add(act.authority)
        else:
            suspended.discard(act.authority)
    expected = PhaseState.NOT_ACTIVE
    if active:
        expected = PhaseState.SUSPENDED if suspended else PhaseState.ACTIVE
    standing = phase_state(_version(), DIGEST, shuffled, build.PILOT, START + 6 * HOUR)
    assert standing.state is expected
    assert set(standing.by) >= (suspended if active else set())


def test_many_acts__are_gone_through__without_delay() -> None:
    turns = itertools.cycle(itertools.product(("HK", "GD"), (build.PILOT, LATER)))
    acts = [
        _act(ActKind.ACTIVATE_PHASE, by, START + timedelta(seconds=second), phase=phase)
        for second, (by, phase) in zip(range(20_000), turns, strict=False)
    ]
    assert _state(acts, START + timedelta(days=1)) is PhaseState.NOT_ACTIVE
