"""Daily figures between two authorities: signed, corrected, sent, and what follows from them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.app.test_transitions import book, told
from tests.builders.authorities import Pair, application, granted, person
from tests.builders.changes import next_text, take_place
from tests.builders.figures import measured
from tests.builders.travel import at, booked, gate
from tongguan.app.acts import (
    OrderRefusedError,
    SuspensionOrder,
    activate_phase,
    sign_version,
    suspend_phase,
)
from tongguan.app.applications import submit_application
from tongguan.app.figures import (
    FiguresRefusedError,
    criteria_states,
    figures_kept,
    places_taken_percent,
    receive_figures,
    sign_day,
)
from tongguan.app.gates import gate_bundle
from tongguan.app.notices import notices_of
from tongguan.app.publishing import published_figures
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.app.standing import public_standing
from tongguan.app.suspensions import suspension_record, tell_of_suspensions
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.gate.bundle import knowledge_of
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.identifiers import MetricId, PhaseId, QuotaId, VersionDigest
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.figures import DailyFigures, sign_figures
from tongguan.core.scheme.measures import MeasureState
from tongguan.core.scheme.state import PhaseState
from tongguan.core.texts import Text

PILOT = PhaseId("pilot")
CASES, USE = MetricId("unlinked-cases"), MetricId("use")
MONDAY = date(2021, 12, 13)
WHY = Text(zh_hant="試", zh_hans="试", en="A decision of both sides")


@pytest.fixture
def signed(pair: Pair) -> tuple[Pair, VersionDigest]:
    """Both sides have signed; nothing holds yet. 13 December, 08:00."""
    canonical = canonical_text(measured())
    pair.set_time(at(MONDAY, 8))
    for authority in (pair.hk, pair.gd):
        digest = adopt_version(authority, canonical)
        sign_version(authority, digest)
    pair.sync()
    return pair, digest


@pytest.fixture
def begun(signed: tuple[Pair, VersionDigest]) -> Pair:
    """The pilot active since 13 December 09:00, although nobody had signed figures."""
    pair, digest = signed
    pair.set_time(at(MONDAY, 9))
    assert activate_phase(pair.hk, digest, PILOT, although=WHY).act is not None
    pair.sync()
    pair.set_time(at(MONDAY, 9, 1))
    return pair


SCHEME = measured().scheme


def test_figures__signed__reach_the_other_side_and_its_gates(begun: Pair) -> None:
    sign_day(begun.hk, SCHEME, MONDAY, {CASES: 3})
    assert figures_kept(begun.gd) == ()
    begun.sync()
    begun.sync()
    (kept,) = figures_kept(begun.gd)
    assert (kept.authority, kept.day, dict(kept.values)) == ("HK", MONDAY, {CASES: 3})
    carried = knowledge_of(gate_bundle(begun.gd, gate(begun.gd)))
    assert isinstance(carried, GateKnowledge)
    assert carried.figures == (kept,)


def test_figures__signed_again__correct_and_keep_what_is_not_named(begun: Pair) -> None:
    sign_day(begun.hk, SCHEME, MONDAY, {CASES: 3})
    again = sign_day(begun.hk, SCHEME, MONDAY, {CASES: 3})
    sign_day(begun.hk, SCHEME, MONDAY, {USE: 40})
    corrected = sign_day(begun.hk, SCHEME, MONDAY, {CASES: 4})
    said = figures_kept(begun.hk)
    assert len(said) == 3, "the same again is no correction"
    assert again.statement == said[0]
    assert dict(corrected.statement.values) == {CASES: 4, USE: 40}
    assert [each.at for each in said] == sorted({each.at for each in said})


def test_figures__that_no_text_declares__are_neither_signed_nor_received(begun: Pair) -> None:
    for values, day, word in (
        ({MetricId("unheard-of"): 1}, MONDAY, "metric_unknown"),
        ({USE: 101}, MONDAY, "out_of_bounds"),
        ({CASES: 1}, MONDAY + timedelta(days=1), "day_to_come"),
    ):
        with pytest.raises(FiguresRefusedError, match=word):
            sign_day(begun.hk, SCHEME, day, values)
    key = begun.gd.keys.signing_key
    ahead = at(MONDAY, 9, 5)

    def message(**changes: object) -> bytes:
        facts = {"authority": "GD", "scheme": SCHEME, "day": MONDAY, "at": at(MONDAY, 9)}
        figures = DailyFigures(**facts | {"values": {CASES: 1}} | changes)  # type: ignore[arg-type]
        return sign_figures(figures, key(KeyUse.SCHEME, figures.at)).message  # type: ignore[arg-type]

    assert receive_figures(begun.hk, message(values={USE: 101})).refused == "out_of_bounds"
    assert receive_figures(begun.hk, message(at=ahead)).refused == "dated_ahead"
    assert receive_figures(begun.hk, b"x").refused is not None
    assert receive_figures(begun.hk, message()).is_new
    assert len(figures_kept(begun.hk)) == 1


def test_phase__with_criteria_not_met__begins_only_although_and_says_why(
    signed: tuple[Pair, VersionDigest],
) -> None:
    pair, digest = signed
    refused = activate_phase(pair.hk, digest, PILOT)
    assert refused.act is None
    assert refused.obstacles == ()
    (criterion,) = refused.open_criteria
    assert criterion.found.state is MeasureState.NO_DATA

    for authority in (pair.hk, pair.gd):
        for day in (MONDAY - timedelta(days=2), MONDAY - timedelta(days=1)):
            sign_day(authority, SCHEME, day, {CASES: 2 if authority is pair.hk else 3})
    pair.sync()
    not_met = activate_phase(pair.hk, digest, PILOT)
    assert not_met.act is None
    assert [each.number for each in not_met.criteria[0].found.readings] == [4, 6]

    moved = activate_phase(pair.hk, digest, PILOT, although=WHY)
    assert moved.act is not None
    assert moved.act.act.reason == WHY
    pair.sync()
    holding = holding_now(pair.gd)
    assert holding is not None, "the other side's history asks for no figures"


def test_phase__with_criteria_met__begins(signed: tuple[Pair, VersionDigest]) -> None:
    pair, digest = signed
    for authority in (pair.hk, pair.gd):
        for day in (MONDAY - timedelta(days=2), MONDAY - timedelta(days=1)):
            sign_day(authority, SCHEME, day, {CASES: 2})
    pair.sync()
    (state,) = criteria_states(pair.gd, digest, PILOT)
    assert state.is_met
    activation = activate_phase(pair.gd, digest, PILOT)
    assert activation.act is not None
    assert activation.act.act.reason is None
    (later,) = criteria_states(pair.gd, digest, PILOT, MONDAY)
    assert later.found.state is MeasureState.NO_DATA


def test_breaker__suspends__by_itself_and_its_holders_are_told(begun: Pair) -> None:
    """Tripped on Monday, in effect from Tuesday 01:00, over on Thursday 01:00."""
    _, mine, _ = booked(begun, person(1))
    begun.set_time(at(MONDAY, 22))
    sign_day(begun.gd, SCHEME, MONDAY, {CASES: 6})
    begun.sync()
    (told,) = notices_of(begun.hk, mine)
    assert (told.code, told.facts["breaker"]) == ("phase_suspended", "bubble")

    standing = public_standing(begun.hk)
    assert [each.found.state for each in standing.criteria[PILOT]] == [MeasureState.NO_DATA]
    (order,) = standing.suspensions
    assert (order.in_effect, order.suspension.authority) == (False, None)
    (breaker,) = standing.breakers
    assert breaker.trip is not None
    assert breaker.trip.authorities == ("GD",)

    begun.set_time(at(MONDAY + timedelta(days=1), 1))
    for authority in (begun.hk, begun.gd):
        holding = holding_now(authority)
        assert holding is not None
        assert holding.state is PhaseState.SUSPENDED
    refused = submit_application(begun.hk, application(people=(person(2),)))
    assert refused.application.decision.codes == ("phase_suspended",)

    last_day = MONDAY + timedelta(days=2)
    begun.set_time(at(last_day, 22))
    for authority in (begun.hk, begun.gd):
        sign_day(authority, SCHEME, last_day, {CASES: 0})
    begun.sync()
    begun.set_time(at(MONDAY + timedelta(days=3), 1))
    after = holding_now(begun.hk)
    assert after is not None
    assert after.state is PhaseState.ACTIVE
    assert tell_of_suspensions(begun.hk) == 0, "the way out of Tuesday is over"


def test_breaker__that_lasts_longer_than_known__tells_those_it_stops_now_and_nobody_twice(
    begun: Pair,
) -> None:
    """Tripped on Monday until Thursday 01:00; nobody can say that it is over, so until Saturday."""
    first, later = book(begun, 1), book(begun, 2, day=MONDAY + timedelta(days=4))
    begun.set_time(at(MONDAY, 22))
    sign_day(begun.gd, SCHEME, MONDAY, {CASES: 6})
    begun.sync()
    assert [told(begun, each) for each in (first, later)] == [["phase_suspended"], []]

    begun.set_time(at(MONDAY + timedelta(days=3), 2))
    assert [tell_of_suspensions(begun.hk) for _ in range(2)] == [1, 0]
    assert [told(begun, each) for each in (first, later)] == [["phase_suspended"]] * 2


def test_breaker__under_the_text_that_follows__still_suspends_and_says_so(begun: Pair) -> None:
    begun.set_time(at(MONDAY, 22))
    sign_day(begun.gd, SCHEME, MONDAY, {CASES: 6})
    begun.set_time(at(MONDAY + timedelta(days=1), 2))
    begun.sync()
    take_place(begun, next_text(after=measured(), change=lambda _: {"criteria": ()}))
    for authority in (begun.hk, begun.gd):
        holding = holding_now(authority)
        assert holding is not None
        assert holding.state is PhaseState.SUSPENDED
    (breaker,) = public_standing(begun.hk).breakers
    assert breaker.trip is not None
    (record,) = suspension_record(begun.hk)
    assert record.suspension == breaker.trip.suspension


def test_breaker__ordered__follows_its_words(begun: Pair) -> None:
    holding = holding_now(begun.hk)
    assert holding is not None
    order = SuspensionOrder(why=WHY, breaker="bubble")
    act = suspend_phase(begun.hk, holding.digest, PILOT, order).act
    assert act.effective_at == act.at + timedelta(minutes=60)
    assert act.until == act.effective_at + timedelta(days=2)
    for wrong in (
        SuspensionOrder(why=WHY, breaker="unheard-of"),
        SuspensionOrder(why=WHY, control_points=("LWU",)),  # type: ignore[arg-type]
        SuspensionOrder(why=WHY, directions=("HK-MO",)),  # type: ignore[arg-type]
        SuspensionOrder(why=WHY, directions=("GD-HK",)),  # type: ignore[arg-type]
        SuspensionOrder(why=WHY, effective_at=at(MONDAY, 9)),
        SuspensionOrder(why=WHY, until=at(MONDAY, 9, 1)),
        SuspensionOrder(why=WHY, until=datetime(9998, 1, 1, tzinfo=UTC)),
        SuspensionOrder(why=WHY, breaker="bubble", effective_at=datetime(9999, 12, 31, tzinfo=UTC)),
    ):
        with pytest.raises(OrderRefusedError):
            suspend_phase(begun.hk, holding.digest, PILOT, wrong)


def test_use_of_a_day__is_filled__from_the_ledger_rounded_down(begun: Pair) -> None:
    tuesday = MONDAY + timedelta(days=1)
    assert places_taken_percent(begun.hk, QuotaId("slot"), tuesday) == 0
    for number in range(1, 4):
        booked(begun, *(person(10 * number + each) for each in range(4)))
    assert places_taken_percent(begun.hk, QuotaId("all-day"), tuesday) == 12 * 100 // 2000
    with pytest.raises(FiguresRefusedError, match="no_places"):
        places_taken_percent(begun.hk, QuotaId("business-week"), tuesday)
    with pytest.raises(FiguresRefusedError, match="no_places"):
        places_taken_percent(begun.gd, QuotaId("all-day"), tuesday)


def test_figures__between_two_authorities__are_published_as_signed(begun: Pair) -> None:
    granted(begun.hk, person(1))
    said = sign_day(begun.hk, SCHEME, MONDAY, {CASES: 3})
    assert published_figures(begun.hk) == (said.message,)
