"""A later text takes the place of the one it follows, and every side sees the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import schemes as build
from tests.builders.figures import ONE_DAY, figures, metric
from tongguan.core.identifiers import PhaseId, VersionDigest, VersionId
from tongguan.core.scheme.activation import ObstacleCode, may_activate
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.history import History, history_of, last_act_at
from tongguan.core.scheme.model import Breaker, GrantRule, Holders, Phase, Remedy, Version
from tongguan.core.scheme.state import PhaseStanding, PhaseState

START = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = PhaseId("later")
WHY = build.text("why")


def _digest(number: int) -> VersionDigest:
    return VersionDigest(f"{number}{number}" * 32)


def _text(number: int, follows: int | None, **changes: Any) -> Version:
    holders = Holders(
        places=(Remedy.HONOUR,), move_days_max=None, grants=GrantRule.KEEP, basis=build.basis()
    )
    later = build.phase(id=LATER, ends=None, holders=holders)
    return build.version(
        build.phase(ends=None, holders=holders),
        later,
        id=VersionId(f"test-pilot-{number}"),
        number=number,
        follows=None if follows is None else VersionId(f"test-pilot-{follows}"),
        **changes,
    )


TEXTS = {
    _digest(1): _text(1, None),
    _digest(2): _text(2, 1),
    _digest(3): _text(3, 2),
    _digest(4): _text(4, None),
}
"""Three in a line, and a fourth that follows none of them."""


def _act(kind: ActKind, by: str, number: int, hours: float = 0, **changes: Any) -> Act:
    facts: dict[str, Any] = {
        "kind": kind,
        "authority": by,
        "scheme": "test-pilot",
        "version": f"test-pilot-{number}",
        "digest": _digest(number),
        "phase": None if kind is ActKind.SIGN_VERSION else build.PILOT,
        "at": START + hours * HOUR,
        "reason": WHY if kind in {ActKind.SUSPEND, ActKind.END_PHASE} else None,
    }
    return Act(**facts | changes)


SIGNED = [_act(ActKind.SIGN_VERSION, by, number, -1) for by in ("HK", "GD") for number in range(5)]


def _activate(number: int, hours: float, by: str = "HK", **changes: Any) -> Act:
    return _act(ActKind.ACTIVATE_PHASE, by, number, hours, **changes)


def _phase(number: int) -> Phase:
    return TEXTS[_digest(number)].phases[0]


def _standing(history: History, number: int, hours: float) -> PhaseStanding:
    return history.standing(_digest(number), _phase(number), START + hours * HOUR)


def _history(acts: list[Act], hours: float, texts: dict[VersionDigest, Version] = TEXTS) -> History:
    return history_of(texts, [*SIGNED, *acts], START + hours * HOUR)


def test_text_that_follows__takes_the_place__at_once() -> None:
    replacing = _activate(2, 2)
    history = _history([_activate(1, 0), replacing], 2)

    ended = _standing(history, 1, 2)
    assert (ended.state, ended.since, ended.acts) == (
        PhaseState.ENDED,
        replacing.at,
        (replacing,),
    )
    assert ended.by == ("HK",)
    assert _standing(history, 2, 2).state is PhaseState.ACTIVE
    assert history.last_activated() == (_digest(2), _phase(2))
    assert history.in_force_before(_digest(2)) == (_digest(1),)


def test_text_that_follows__takes_the_place__through_one_between() -> None:
    history = _history([_activate(1, 0), _activate(3, 2)], 2)
    assert _standing(history, 1, 2).state is PhaseState.ENDED
    assert _standing(history, 3, 2).state is PhaseState.ACTIVE

    unknown = {digest: text for digest, text in TEXTS.items() if digest != _digest(2)}
    history = _history([_activate(1, 0), _activate(3, 2)], 2, unknown)
    assert _standing(history, 1, 2).state is PhaseState.ACTIVE
    assert _standing(history, 3, 2).state is PhaseState.NOT_ACTIVE


@pytest.mark.parametrize(("holding", "wanted"), [(1, 4), (2, 1), (3, 2), (4, 3)])
def test_text_that_does_not_follow__meets__the_phase_that_holds(holding: int, wanted: int) -> None:
    acts = [*SIGNED, _activate(holding, 0)]
    decision = may_activate(
        TEXTS[_digest(wanted)], _digest(wanted), acts, build.PILOT, START + HOUR, others=TEXTS
    )
    assert [each.code for each in decision.obstacles] == [ObstacleCode.OTHER_PHASE_HOLDS]
    history = _history([_activate(holding, 0), _activate(wanted, 1)], 1)
    assert _standing(history, holding, 1).state is PhaseState.ACTIVE


def test_text_that_follows__may_be_activated__while_the_earlier_holds() -> None:
    acts = [*SIGNED, _activate(1, 0)]
    decision = may_activate(
        TEXTS[_digest(2)], _digest(2), acts, build.PILOT, START + HOUR, others=TEXTS
    )
    assert decision.permitted


def test_other_phase_of_one_text__still_waits__for_the_end() -> None:
    acts = [*SIGNED, _activate(2, 0)]
    decision = may_activate(TEXTS[_digest(2)], _digest(2), acts, LATER, START + HOUR, others=TEXTS)
    assert [each.code for each in decision.obstacles] == [ObstacleCode.OTHER_PHASE_HOLDS]


def test_phase_that_had_ended__is_not__replaced() -> None:
    end = _act(ActKind.END_PHASE, "GD", 1, 1, last_day=date(2021, 12, 12))
    history = _history([_activate(1, 0), end, _activate(2, 2)], 2)
    ended = _standing(history, 1, 2)
    assert (ended.state, ended.since, ended.acts) == (PhaseState.ENDED, end.at, (end,))


def test_replaced_phase__is_not__activated_again() -> None:
    history = _history([_activate(1, 0), _activate(2, 1), _activate(1, 2)], 2)
    assert _standing(history, 1, 2).state is PhaseState.ENDED
    assert _standing(history, 2, 2).state is PhaseState.ACTIVE


def test_suspension__goes_over__to_the_text_that_follows() -> None:
    suspension = _act(ActKind.SUSPEND, "GD", 1, 1)
    acts = [_activate(1, 0), suspension, _activate(2, 2), _activate(3, 3)]
    standing = _standing(_history(acts, 3), 3, 3)
    assert (standing.state, standing.by) == (PhaseState.SUSPENDED, ("GD",))

    by_another = _act(ActKind.RESUME, "HK", 3, 4)
    assert _standing(_history([*acts, by_another], 4), 3, 4).state is PhaseState.SUSPENDED
    lifted = _act(ActKind.RESUME, "GD", 3, 4)
    assert _standing(_history([*acts, lifted], 4), 3, 4).state is PhaseState.ACTIVE


def test_suspension_of_the_text_before__said_too_late__suspends_what_holds() -> None:
    """The other side had not heard yet that the text was replaced: it meant the crossings."""
    late = _act(ActKind.SUSPEND, "GD", 1, 3)
    history = _history([_activate(1, 0), _activate(2, 2), late], 3)
    assert _standing(history, 2, 3).state is PhaseState.SUSPENDED


@pytest.mark.parametrize("end_hours", [1.5, 12])
def test_suspension__stays__though_the_other_side_ends_the_text_before_under_an_earlier_date(
    end_hours: float,
) -> None:
    suspension = _act(ActKind.SUSPEND, "HK", 1, 1)
    acts = [_activate(1, 0), suspension, _activate(2, 30, "GD")]
    assert _standing(_history(acts, 40), 2, 40).state is PhaseState.SUSPENDED

    ended = _act(ActKind.END_PHASE, "GD", 1, end_hours, last_day=date(2021, 12, 13))
    history = _history([*acts, ended], 40)
    assert _digest(1) not in {digest for digest, _ in history.replaced}
    assert _standing(history, 2, 40).state is PhaseState.SUSPENDED
    lifted = _act(ActKind.RESUME, "HK", 2, 39)
    assert _standing(_history([*acts, ended, lifted], 40), 2, 40).state is PhaseState.ACTIVE


def test_suspension_of_an_ended_phase__stands_against__the_text_that_follows_until_lifted() -> None:
    suspension = _act(ActKind.SUSPEND, "HK", 1, 1)
    ended = _act(ActKind.END_PHASE, "GD", 1, 2, last_day=date(2021, 12, 12))
    acts = [*SIGNED, _activate(1, 0), suspension]

    def obstacles(*more: Act) -> list[tuple[str, str | None]]:
        at = START + 4 * HOUR
        text = TEXTS[_digest(2)]
        found = may_activate(text, _digest(2), [*acts, *more], build.PILOT, at, others=TEXTS)
        return [(each.code, each.authority) for each in found.obstacles]

    assert obstacles() == [], "it goes over from one that holds"
    assert obstacles(ended) == [(ObstacleCode.SUSPENDED, "HK")]
    assert obstacles(ended, _act(ActKind.RESUME, "HK", 2, 3)) == []


def test_suspension_of_a_phase__does_not_go_over__to_another_phase_of_its_text() -> None:
    acts = [
        _activate(1, 0),
        _act(ActKind.SUSPEND, "HK", 1, 1),
        _act(ActKind.END_PHASE, "HK", 1, 1, last_day=date(2021, 12, 12)),
        _activate(1, 2, phase=LATER),
        _activate(2, 3, phase=LATER),
    ]
    history = _history(acts, 3)
    later = TEXTS[_digest(2)].phases[1]
    assert history.standing(_digest(2), later, START + 3 * HOUR).state is PhaseState.ACTIVE


def test_breaker__goes_on__under_the_text_that_follows() -> None:
    """Tripped on the first day; the next text changes nothing of the breaker, or leaves it out."""
    tripped, at = [figures(START.date(), 99)], START + 40 * HOUR
    before, same = _with_breakers(1, None, ONE_DAY), _with_breakers(2, 1, ONE_DAY)
    acts = [*SIGNED, _activate(1, 0), _activate(2, 39)]

    def standing(later: Version) -> PhaseStanding:
        history = history_of({_digest(1): before, _digest(2): later}, acts, at)
        return history.standing(_digest(2), later.phases[0], at, tripped)

    (suspension,) = standing(same).suspensions
    assert standing(same).state is PhaseState.SUSPENDED
    assert suspension.order == "breaker/bubble/2021-12-13"
    without = _with_breakers(2, 1)
    assert standing(without).state is PhaseState.ACTIVE
    other = _with_breakers(2, 1, replace(ONE_DAY, id="other"))
    assert standing(other).state is PhaseState.ACTIVE, "it was not asked before it was written"


def _with_breakers(number: int, follows: int | None, *breakers: Breaker) -> Version:
    text = _text(number, follows, metrics=(metric(),))
    pilot, *others = text.phases
    return replace(text, phases=(replace(pilot, breakers=breakers), *others))


_STEPS = st.lists(
    st.tuples(
        st.sampled_from([ActKind.ACTIVATE_PHASE, ActKind.ACTIVATE_PHASE, ActKind.END_PHASE]),
        st.sampled_from(["HK", "GD"]),
        st.integers(1, 4),
        st.integers(0, 60),
    ),
    max_size=10,
)


@settings(max_examples=200, deadline=None)
@given(steps=_STEPS, order=st.randoms(use_true_random=False))
def test_history__is_the_same__in_whatever_order_the_acts_arrive(steps: Any, order: Any) -> None:
    acts = [
        _act(
            kind,
            by,
            number,
            hours,
            last_day=date(2021, 12, 14) if kind is ActKind.END_PHASE else None,
        )
        for kind, by, number, hours in steps
    ]
    now = START + 60 * HOUR
    expected = history_of(TEXTS, [*SIGNED, *acts], now)
    shuffled = [*SIGNED, *acts, *acts[:3]]
    order.shuffle(shuffled)
    texts = list(TEXTS.items())
    order.shuffle(texts)

    found = history_of(dict(texts), shuffled, now)

    assert list(found.activated.items()) == list(expected.activated.items())
    assert found.replaced == expected.replaced
    for number in range(1, 5):
        assert _standing(found, number, 60) == _standing(expected, number, 60)


@settings(max_examples=200, deadline=None)
@given(steps=_STEPS)
def test_scheme__never_has__two_phases_that_hold(steps: Any) -> None:
    """At every instant the acts up to it leave one phase at most, of the newest text activated."""
    acts = [
        _act(
            kind,
            by,
            number,
            hours,
            last_day=date(2021, 12, 14) if kind is ActKind.END_PHASE else None,
        )
        for kind, by, number, hours in steps
    ]
    for hours in sorted({step[3] for step in steps}):
        history = _history([act for act in acts if act.at <= START + hours * HOUR], hours)
        holding = [
            number
            for number in range(1, 5)
            if _standing(history, number, hours).state is PhaseState.ACTIVE
        ]
        assert len(holding) <= 1
        last = history.last_activated()
        if holding:
            assert last is not None
            assert last[0] == _digest(holding[0])


@settings(max_examples=200, deadline=None)
@given(steps=_STEPS, hours=st.integers(-2, 61))
def test_history__is_the_same__from_the_last_act_to_the_next(steps: Any, hours: int) -> None:
    acts = [*SIGNED]
    for kind, by, number, at in steps:
        last_day = date(2021, 12, 14) if kind is ActKind.END_PHASE else None
        acts.append(_act(kind, by, number, at, last_day=last_day))
    now = START + hours * HOUR
    last = last_act_at(acts, now)
    if last is None:
        assert history_of(TEXTS, acts, now) == history_of(TEXTS, (), now)
    else:
        assert last <= now
        assert history_of(TEXTS, acts, now) == history_of(TEXTS, acts, last)


def test_history__of_many_texts__asks_for_few_standings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text replaces the one before it, so beside each there is one that may hold, not all."""
    count = 40
    texts = {_digest_of(each): _text(each, each - 1) for each in range(1, count + 1)}
    signed = [
        _act(ActKind.SIGN_VERSION, by, number, -1, digest=_digest_of(number))
        for by in ("HK", "GD")
        for number in range(1, count + 1)
    ]
    activated = [
        _activate(number, number, digest=_digest_of(number)) for number in range(1, count + 1)
    ]
    asked: list[VersionDigest] = []
    standing = History.standing

    def counted(self: History, digest: VersionDigest, *rest: Any) -> PhaseStanding:
        asked.append(digest)
        return standing(self, digest, *rest)

    monkeypatch.setattr(History, "standing", counted)
    history = history_of(texts, [*signed, *activated], START + count * HOUR)
    assert len(history.activated) == count
    assert len(history.replaced) == count - 1
    assert len(asked) <= 2 * count


def _digest_of(number: int) -> VersionDigest:
    return VersionDigest(f"{number:064x}")
