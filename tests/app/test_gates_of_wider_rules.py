"""Tests on paper, people without a pass, and grace: from the booking to the crossing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.travel import DAY, at, booked, gate, pass_of, presented
from tests.builders.wider_pilot import wider
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.gates import (
    CrossingAnswer,
    CrossingRequest,
    GateRequest,
    cross,
    decide_at_gate,
    gate_bundle,
)
from tongguan.app.passes import show_passes
from tongguan.core.decisions import Outcome
from tongguan.core.gate.bundle import knowledge_of
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import DirectionId
from tongguan.core.people import Document, DocumentType
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import Leg
from tongguan.gate.checkpoint import decide_texts

OUT = DirectionId("HK-GD")
MAINLANDER = Document(type=DocumentType.MAINLAND_ID, number="440300199001011234", issuer="CHN")


@pytest.fixture
def active(pair: Pair) -> Pair:
    """Both authorities with the wider pilot active, on 13 December 2021, 09:00."""
    pair.set_time(START - timedelta(minutes=1))
    pair.activate_text(canonical_text(wider()))
    pair.set_time(START)
    return pair


def paper(**changes: Any) -> PresentedTest:
    values: dict[str, Any] = {
        "sampled_at": at(DAY, 8) - timedelta(days=1),
        "reported_at": None,
        "specimen": "nasal-swab",
        "read_by": "officer-7",
    }
    return PresentedTest(**values | changes)


def crossed(pair: Pair, request: GateRequest, **changes: Any) -> CrossingAnswer:
    pair.sync()
    values: dict[str, Any] = {"id": str(uuid4()), "request": request} | changes
    return cross(pair.gd, gate(pair.gd), CrossingRequest(**values))


def readings(pair: Pair) -> list[tuple[str, str]]:
    with pair.gd.database.transaction() as transaction:
        entries = transaction.audit.latest(limit=100)
        return [(each.actor, each.subject) for each in entries if each.action == "papers.read"]


def test_test_on_paper__is_judged_and_who_read_it_recorded_once(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    lane = gate(active.gd)

    assert decide_at_gate(active.gd, lane, shown).codes == (R.TEST_NOT_SHOWN,)
    old = replace(shown, tests=(paper(sampled_at=at(DAY, 8) - timedelta(days=2)),))
    assert decide_at_gate(active.gd, lane, old).codes == (R.TEST_TOO_OLD,)
    assert readings(active) == [], "asking records nothing"
    crossing = CrossingRequest(id=str(uuid4()), request=replace(shown, tests=(paper(),)))
    first = cross(active.gd, lane, crossing)
    again = cross(active.gd, lane, crossing)

    assert first.record.decision.codes == (R.ADMITTED,)
    assert first.record.pass_id == pass_of(passes, Leg.OUT).record.id
    assert again.replayed
    assert readings(active) == [("officer-7", crossing.id)]
    with pytest.raises(RequestIdReusedError):
        cross(active.gd, lane, replace(crossing, request=old))


def test_device__decides_on_papers__as_the_server(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    lane = gate(active.gd)
    known = knowledge_of(gate_bundle(active.gd, lane))
    assert isinstance(known, GateKnowledge)

    for request in (
        shown,
        replace(shown, tests=(paper(),)),
        replace(shown, tests=(paper(specimen="saliva"),)),
        replace(shown, tests=(paper(),), code_texts=()),
        replace(shown, tests=(paper(),), pass_text=None, document=MAINLANDER, code_texts=()),
    ):
        device = decide_texts(
            known,
            request.presented,
            direction=request.direction,
            control_point=lane.control_point,
            now=at(DAY, 10, 30),
        )
        assert device == decide_at_gate(active.gd, lane, request)


def test_crossing_without_a_pass__is_kept_without_one_as_often_as_they_come(active: Pair) -> None:
    active.set_time(at(DAY, 10, 30))
    request = GateRequest(
        direction=OUT, pass_text=None, code_texts=(), document=MAINLANDER, tests=(paper(),)
    )

    for _ in range(2):
        record = crossed(active, request).record
        assert record.decision.codes[0] is R.ADMITTED_UNDER_CONDITION
        assert (record.crossed, record.pass_id) == (True, None)


def test_passes__say_which_test_will_do__and_live_through_the_grace(active: Pair) -> None:
    journey, _, passes = booked(active, person())
    out, home = pass_of(passes, Leg.OUT), pass_of(passes, Leg.HOME)

    assert [(each.requirement.id, each.earliest) for each in out.tests] == [
        ("pcr", out.claims.slot_end - timedelta(hours=48))
    ]
    assert home.tests == ()
    assert out.claims.expires_at >= out.claims.slot_end + timedelta(minutes=15)
    active.set_time(at(DAY, 13, 14))
    assert len(show_passes(active.hk, journey)) == 2


def test_late_within_the_grace__is_admitted_and_beyond_it_referred(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 13, 14))
    shown = replace(presented(active, who, pass_of(passes, Leg.OUT)), tests=(paper(),))
    active.sync()
    lane = gate(active.gd)

    assert decide_at_gate(active.gd, lane, shown).outcome is Outcome.ADMIT
    active.set_time(at(DAY, 13, 15))
    late = decide_at_gate(active.gd, lane, shown)
    assert (late.outcome, late.codes) == (Outcome.REFER, (R.SLOT_PASSED,))
