"""One traveller's way through both authorities, and every crossing kept once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.builders.authorities import Pair, granted, person
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
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
from tongguan.app.health_codes import HealthRequest, declare_health
from tongguan.app.journeys import JourneyRequest, book_journey, cancel_journey
from tongguan.app.ledger_port import PlacesTaken
from tongguan.app.passes import ShownPass, show_passes
from tongguan.app.stores import Gate
from tongguan.core.booking.rules import LegWanted
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import bundle_text, knowledge_of, read_bundle
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.health.colour import HealthDeclaration
from tongguan.core.identifiers import ApplicationId, ControlPointId, DirectionId, JourneyId, SlotId
from tongguan.core.people import Person
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
DAY = date(2021, 12, 14)
BACK = date(2021, 12, 16)
SZB = ControlPointId("SZB")


def leg(direction: str, day: date, slot: str = "morning") -> LegWanted:
    return LegWanted(
        direction=DirectionId(direction), day=day, slot=SlotId(slot), control_point=SZB
    )


def booked(pair: Pair, *people: Person) -> tuple[JourneyId, ApplicationId, list[ShownPass]]:
    answer = granted(pair.hk, *people)
    request = JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=answer.application.id,
        legs=(leg("HK-GD", DAY), leg("GD-HK", BACK)),
    )
    taken = book_journey(pair.hk, request)
    assert isinstance(taken, PlacesTaken), taken
    passes = show_passes(pair.hk, request.id)
    return request.id, answer.application.id, list(passes)


def code(authority: Authority, who: Person, declaration: HealthDeclaration | None = None) -> str:
    request = HealthRequest(
        id=str(uuid4()), document=who.document, declaration=declaration or HealthDeclaration()
    )
    return declare_health(authority, request).text


def gate(authority: Authority) -> Gate:
    token = uuid4().hex
    return enrol_gate(authority, name="Lane 1", control_point=SZB, token=token).gate


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HONG_KONG)


MORNING = at(DAY, 10, 30)


def presented(pair: Pair, who: Person, shown: ShownPass) -> GateRequest:
    return GateRequest(
        direction=shown.claims.direction,
        pass_text=shown.text,
        code_texts=(code(pair.hk, who), code(pair.gd, who)),
        document=who.document,
    )


def pass_of(passes: list[ShownPass], way: Leg) -> ShownPass:
    return next(each for each in passes if each.record.leg is way)


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
