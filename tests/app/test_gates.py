"""One traveller's way through both authorities, and every crossing kept once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, granted, opened_pair, person
from tests.builders.travel import (
    BACK,
    DAY,
    MORNING,
    SZB,
    at,
    booked,
    code,
    gate,
    leg,
    pass_of,
    presented,
)
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.gates import (
    CrossingRequest,
    GateRequest,
    cross,
    decide_at_gate,
    enrol_gate,
    gate_bundle,
    gate_of_token,
    withdraw_gate,
)
from tongguan.app.journeys import JourneyRequest, book_journey, cancel_journey
from tongguan.app.ledger_port import PlacesTaken
from tongguan.app.passes import show_passes
from tongguan.app.publishing import published_status_list
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.credentials.status_list import CAPACITY
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import bundle_text, knowledge_of, read_bundle
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.identifiers import DirectionId, JourneyId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg


def test_traveller__cross__out_and_home_once_each(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    shenzhen, hong_kong = gate(active.gd), gate(active.hk)
    active.sync()
    active.set_time(at(DAY, 10, 30))
    out = presented(active, who, pass_of(passes, Leg.OUT))
    request = CrossingRequest(id=str(uuid4()), request=out)
    active.sync()
    first = cross(active.gd, shenzhen, request)
    again = cross(active.gd, shenzhen, request)
    other_id = cross(active.gd, shenzhen, replace(request, id=str(uuid4())))
    assert first.record.decision.outcome is Outcome.ADMIT, first.record.decision
    assert (again.replayed, again.record) == (True, first.record)
    assert other_id.record.decision.codes == (ReasonCode.PASS_ALREADY_USED,)
    active.set_time(at(BACK, 10, 30))
    home = presented(active, who, pass_of(passes, Leg.HOME))
    active.sync()
    back = cross(active.hk, hong_kong, CrossingRequest(id=str(uuid4()), request=home))
    assert back.record.decision.outcome is Outcome.ADMIT, back.record.decision


def test_gate__decide__the_same_from_its_bundle_as_on_the_server(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    shenzhen = gate(active.gd)
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    bundle = read_bundle(bundle_text(gate_bundle(active.gd, shenzhen)))
    knowledge = knowledge_of(bundle)  # type: ignore[arg-type]
    assert isinstance(knowledge, GateKnowledge)
    for each in (request, replace(request, pass_text=None), replace(request, code_texts=())):
        situation = knowledge.situation(
            each.presented,
            direction=each.direction,
            control_point=SZB,
            now=at(DAY, 10, 31),
        )
        assert decide(situation).codes == decide_at_gate(active.gd, shenzhen, each).codes


def decided(
    pair: Pair,
    change: Callable[[GateRequest], GateRequest],
    moment: datetime = MORNING,
) -> Decision:
    """The decision at Guangdong's gate on one good traveller after one change."""
    who = person()
    _, _, passes = booked(pair, who)
    pair.set_time(moment)
    request = presented(pair, who, pass_of(passes, Leg.OUT))
    pair.sync()
    changed = change(request)
    return decide_at_gate(pair.gd, gate(pair.gd), changed)


def test_gate__decide__another_persons_pass_is_denied(active: Pair) -> None:
    decision = decided(active, lambda r: replace(r, document=person(2).document))
    assert decision.outcome is Outcome.DENY
    assert decision.codes[0] is ReasonCode.PASS_OTHER_HOLDER


def test_gate__decide__the_day_before_is_denied(active: Pair) -> None:
    decision = decided(active, lambda r: r, at(DAY - timedelta(days=1), 23, 0))
    assert decision.outcome is Outcome.DENY
    assert ReasonCode.WRONG_DAY in decision.codes


@pytest.mark.parametrize("text", ["", "x" * 1_000_000, "TG1:", "TG1:" + "A" * 600, "\0"])
def test_gate__decide__garbage_is_referred_never_admitted(active: Pair, text: str) -> None:
    decision = decided(active, lambda request: replace(request, pass_text=text))
    assert decision.outcome is Outcome.REFER
    assert decision.codes == (ReasonCode.PASS_UNREADABLE,)


def test_gate__decide__a_red_code_is_denied_on_the_way_out(active: Pair) -> None:
    ill = HealthDeclaration(confirmed=True)
    decision = decided(
        active,
        lambda r: replace(r, code_texts=(code(active.hk, person(), ill), r.code_texts[1])),
    )
    assert decision.outcome is Outcome.DENY
    assert ReasonCode.HEALTH_CODE_NOT_GREEN in decision.codes


def test_pass__cancel__is_denied_once_the_list_has_arrived(active: Pair) -> None:
    who = person()
    journey, application, passes = booked(active, who)
    cancelled = cancel_journey(active.hk, journey, application)
    assert cancelled.decision.outcome is Outcome.GRANT
    assert show_passes(active.hk, journey) == ()
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    decision = decide_at_gate(active.gd, gate(active.gd), request)
    assert decision.outcome is Outcome.DENY
    assert decision.codes[0] is ReasonCode.PASS_REVOKED


def test_pass__cross__refers_when_the_other_sides_list_is_old(active: Pair) -> None:
    who = person()
    active.sync()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    decision = decide_at_gate(active.gd, gate(active.gd), request)
    assert decision.outcome is Outcome.REFER
    assert ReasonCode.STATUS_LIST_STALE in decision.codes


def test_crossing__record__refuses_the_id_of_another_request(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    device = gate(active.gd)
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    crossing = CrossingRequest(id=str(uuid4()), request=request)
    cross(active.gd, device, crossing)
    with pytest.raises(RequestIdReusedError):
        cross(active.gd, device, replace(crossing, let_through=True))


def test_gate__withdraw__its_token_opens_nothing(active: Pair) -> None:
    enrolled = enrol_gate(active.gd, name="Lane 2", control_point=SZB, token="a-token")
    assert gate_of_token(active.gd, "a-token") == enrolled.gate
    assert withdraw_gate(active.gd, enrolled.gate.id)
    with active.gd.database.transaction() as transaction:
        (latest,) = transaction.audit.latest(limit=1)
    assert (latest.action, latest.subject) == ("gate.withdraw", enrolled.gate.id)
    assert gate_of_token(active.gd, "a-token") is None
    assert "a-token" not in repr(enrolled)


def test_pass__cross__denied_first_and_admitted_at_its_hour(active: Pair) -> None:
    """A denial uses nothing up: who came too early crosses when the slot has begun."""
    who = person()
    _, _, passes = booked(active, who)
    device = gate(active.gd)
    active.set_time(at(DAY, 9, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    early = cross(active.gd, device, CrossingRequest(id=str(uuid4()), request=request))
    active.set_time(at(DAY, 10, 0))
    in_time = cross(active.gd, device, CrossingRequest(id=str(uuid4()), request=request))
    assert early.record.decision.outcome is Outcome.DENY
    assert ReasonCode.TOO_EARLY in early.record.decision.codes
    assert in_time.record.decision.outcome is Outcome.ADMIT


def test_pass__cross__two_gates_at_once_use_it_once(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    devices = [gate(active.gd) for _ in range(4)]
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda device: cross(
                    active.gd, device, CrossingRequest(id=str(uuid4()), request=request)
                ),
                devices,
            )
        )
    outcomes = sorted(each.record.decision.outcome.value for each in answers)
    assert outcomes == ["admit", "deny", "deny", "deny"]


def test_gate__decide__nothing_holding_refers_the_way_home_and_denies_the_way_out(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever became of the acts, a gate decides by the last version it knows."""
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(BACK, 10, 30))
    home = presented(active, who, pass_of(passes, Leg.HOME))
    out = replace(home, direction=DirectionId("HK-GD"), pass_text=pass_of(passes, Leg.OUT).text)
    active.sync()
    device = gate(active.hk)
    monkeypatch.setattr("tongguan.app.schemes.what_holds", lambda *_: None)
    for acts_are_kept in (True, False):
        if not acts_are_kept:
            monkeypatch.setattr("tongguan.app.gates.all_acts", lambda *_: ())
        decision = decide_at_gate(active.hk, device, home)
        assert decision.outcome is Outcome.REFER
        assert decision.codes == (ReasonCode.RIGHT_OF_ENTRY, ReasonCode.PHASE_NOT_ACTIVE)
        assert decide_at_gate(active.hk, device, out).outcome is Outcome.DENY
        assert gate_bundle(active.hk, device).phase == "pilot"
    through = CrossingRequest(id=str(uuid4()), request=home, let_through=True)
    assert cross(active.hk, device, through).record.crossed
    assert cross(active.hk, device, through).replayed


def test_gate__decide__before_any_version_is_adopted_an_officer_decides(pair: Pair) -> None:
    device = gate(pair.hk)
    request = GateRequest(
        direction=DirectionId("GD-HK"),
        pass_text=None,
        code_texts=(),
        document=person().document,
    )
    assert decide_at_gate(pair.hk, device, request).outcome is Outcome.REFER
    crossing = CrossingRequest(id=str(uuid4()), request=request, let_through=True)
    assert cross(pair.hk, device, crossing).record.crossed
    with pytest.raises(NothingHoldsError):
        gate_bundle(pair.hk, device)


def test_gate__decide__goes_on_where_its_authority_has_no_key_of_last_month(
    new_database_url: Callable[[], str], tmp_path: Path
) -> None:
    long_before = START - timedelta(days=30)
    with opened_pair(new_database_url, tmp_path, keys_made_at={"HK": long_before}) as pair:
        pair.activate()
        who = person()
        _, _, passes = booked(pair, who)
        pair.set_time(at(DAY, 10, 30))
        request = presented(pair, who, pass_of(passes, Leg.OUT))
        pair.sync()
        device = gate(pair.gd)
        assert decide_at_gate(pair.gd, device, request).outcome is Outcome.ADMIT
        periods = [each.period for each in gate_bundle(pair.gd, device).holder_keys]
        assert periods == ["2021-12", "2022-01"]


def test_gate_bundle__at_the_end_of_a_month__carries_the_keys_of_the_neighbours(
    active: Pair,
) -> None:
    """A gate that is cut off over New Year reads the tags of the new month and of the old."""
    device = gate(active.gd)
    for today, expected in (
        (date(2021, 12, 31), {"2021-12", "2022-01"}),
        (date(2022, 1, 1), {"2021-12", "2022-01", "2022-02"}),
    ):
        active.set_time(at(today, 23, 30))
        assert {each.period for each in gate_bundle(active.gd, device).holder_keys} >= expected


def test_gate__decide__reads_a_pass_of_the_next_month_and_of_the_last(active: Pair) -> None:
    eve, new_year = date(2021, 12, 31), date(2022, 1, 1)
    who = person()
    active.set_time(at(date(2021, 12, 28), 9))
    application = granted(active.hk, who).application.id
    legs = (leg("HK-GD", eve), leg("GD-HK", new_year))
    journey = JourneyRequest(id=JourneyId(str(uuid4())), application=application, legs=legs)
    assert isinstance(book_journey(active.hk, journey), PlacesTaken)
    passes = list(show_passes(active.hk, journey.id))
    for today, shown, side in (
        (eve, pass_of(passes, Leg.HOME), active.hk),
        (new_year, pass_of(passes, Leg.OUT), active.gd),
    ):
        active.set_time(at(today, 11))
        request = presented(active, who, shown)
        active.sync()
        codes = decide_at_gate(side, gate(side), request).codes
        assert ReasonCode.WRONG_DAY in codes
        assert ReasonCode.PASS_UNREADABLE not in codes


def test_crossing__record__does_not_use_up_another_persons_pass(active: Pair) -> None:
    holder, bearer = person(1), person(2)
    _, _, passes = booked(active, holder)
    active.set_time(at(BACK, 10, 30))
    home, device = pass_of(passes, Leg.HOME), gate(active.hk)
    borrowed = replace(presented(active, bearer, home), document=bearer.document)
    active.sync()
    through = CrossingRequest(id=str(uuid4()), request=borrowed, let_through=True)
    let_through = cross(active.hk, device, through).record
    assert let_through.crossed
    assert let_through.pass_id is None
    own = presented(active, holder, home)
    active.sync()
    crossed = cross(active.hk, device, CrossingRequest(id=str(uuid4()), request=own)).record
    assert crossed.decision.outcome is Outcome.ADMIT, crossed.decision


def test_crossing__record__does_not_use_up_a_pass_for_the_other_way(active: Pair) -> None:
    """Who shows both passes in the wrong order can still use the right one."""
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(BACK, 10, 30))
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    wrong = replace(shown, direction=DirectionId("GD-HK"))
    active.sync()
    through = CrossingRequest(id=str(uuid4()), request=wrong, let_through=True)
    record = cross(active.hk, gate(active.hk), through).record
    assert ReasonCode.WRONG_DIRECTION in record.decision.codes
    assert (record.crossed, record.pass_id) == (True, None)


def test_crossing__keep__says_nothing_of_health_in_clear(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    red = code(active.hk, who, HealthDeclaration(confirmed=True))
    active.sync()
    ill = replace(request, code_texts=(red, request.code_texts[1]))
    crossing = CrossingRequest(id=str(uuid4()), request=ill)
    record = cross(active.gd, gate(active.gd), crossing).record
    assert ReasonCode.HEALTH_CODE_NOT_GREEN in record.decision.codes
    with active.gd.database.transaction() as transaction:
        row = transaction.connection.execute(  # type: ignore[attr-defined]
            "SELECT crossing.* FROM tongguan.crossing"
        ).fetchone()
        assert transaction.crossings.all() == (record,)
    assert "health" not in repr(row)
    assert b"health" not in b"".join(bytes(each) for each in row if isinstance(each, bytes))


def test_status_index__beyond_the_first_list__is_found_in_the_next(active: Pair) -> None:
    with active.hk.database.transaction() as transaction:
        for kind in ("pass", "health_code"):
            transaction.connection.execute(  # type: ignore[attr-defined]
                f"SELECT setval('tongguan.{kind}_status_index', {8 * CAPACITY - 1})"
            )
    who, other = person(1), person(2)
    _, _, passes = booked(active, who)
    journey, application, cancelled = booked(active, other)
    assert pass_of(passes, Leg.OUT).claims.status_list == "pass-8"
    cancel_journey(active.hk, journey, application)
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    void = presented(active, other, pass_of(cancelled, Leg.OUT))
    active.sync()
    device = gate(active.gd)
    assert decide_at_gate(active.gd, device, request).outcome is Outcome.ADMIT
    assert decide_at_gate(active.gd, device, void).codes == (ReasonCode.PASS_REVOKED,)
    known = knowledge_of(gate_bundle(active.gd, device))
    assert isinstance(known, GateKnowledge)
    names = {(each.issuer, each.list_id) for each in known.status_lists}
    assert {("HK", "pass-0"), ("HK", "pass-8"), ("HK", "health-code-8")} <= names


def test_status_list__publish__only_those_that_hold_a_code(active: Pair) -> None:
    assert published_status_list(active.hk, "pass-0")
    for name in ("pass", "pass-1", "pass--1", "other-0", ""):
        with pytest.raises(KeyError):
            published_status_list(active.hk, name)
