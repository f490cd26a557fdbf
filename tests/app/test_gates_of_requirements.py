"""Whoever is exempt crosses like anyone else, and what is kept does not tell who was."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.gate import papers
from tests.builders.gate_cases_requirements import dose, exempted
from tests.builders.travel import DAY, at, booked, gate, pass_of, presented
from tests.builders.wider_pilot import required
from tongguan.adapters.postgres.decisions import decision_as_data
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.gates import CrossingRequest, GateRequest, cross, decide_at_gate, gate_bundle
from tongguan.core.decisions import Outcome
from tongguan.core.gate.bundle import knowledge_of
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.requirements import Recovery
from tongguan.core.health.tests import PresentedTest
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import Leg
from tongguan.gate.checkpoint import decide_texts

TESTED: dict[str, Any] = {
    "tests": (
        PresentedTest(
            sampled_at=at(DAY, 8) - timedelta(days=1),
            reported_at=None,
            specimen="nasal-swab",
            read_by="officer-7",
        ),
    )
}
WAYS: dict[str, PresentedPapers] = {
    "doses": papers(doses=(dose(),)),
    "recovery": papers(recoveries=(Recovery(first_positive_on=date(2021, 11, 1)),)),
    "medical": papers(medical_exemptions=(exempted(),)),
    "age": papers(born_on=date(1949, 2, 28)),
}


@pytest.fixture
def active(pair: Pair) -> Pair:
    """Both authorities with a pilot that requires something, on 13 December 2021, 09:00."""
    pair.set_time(START - timedelta(minutes=1))
    pair.activate_text(canonical_text(required()))
    pair.set_time(START)
    return pair


def before_the_gate(pair: Pair, number: int) -> GateRequest:
    who = person(number)
    pair.set_time(START)
    _, _, passes = booked(pair, who)
    pair.set_time(at(DAY, 10, 30))
    return presented(pair, who, pass_of(passes, Leg.OUT))


def audited(pair: Pair, subject: str) -> list[tuple[str, str, str]]:
    with pair.gd.database.transaction() as transaction:
        entries = transaction.audit.latest(limit=100)
    return [(each.actor, each.action, each.outcome) for each in entries if each.subject == subject]


def test_crossing__of_whoever_is_exempt__leaves_what_anyones_leaves(active: Pair) -> None:
    left = {}
    for number, (way, shown) in enumerate({"test": None, **WAYS}.items(), start=1):
        request = before_the_gate(active, number)
        active.sync()
        own = TESTED if shown is None else {"papers": shown}
        crossing = CrossingRequest(id=str(uuid4()), request=replace(request, **own))
        answer = cross(active.gd, gate(active.gd), crossing)
        record = answer.record
        left[way] = (
            decision_as_data(record.decision),
            record.crossed,
            audited(active, crossing.id),
        )
    assert left["test"][1] is True
    assert left["test"][2] == [("officer-7", "papers.read", "read")]
    for way in WAYS:
        assert left[way] == left["test"], way


def test_papers__are_part_of_what_was_sent__and_asking_records_nothing(active: Pair) -> None:
    request = before_the_gate(active, 1)
    active.sync()
    lane, id_ = gate(active.gd), str(uuid4())

    assert decide_at_gate(active.gd, lane, request).codes == (R.HEALTH_REQUIREMENT_NOT_SHOWN,)
    shown = replace(request, papers=WAYS["medical"])
    assert decide_at_gate(active.gd, lane, shown).outcome is Outcome.ADMIT
    assert audited(active, id_) == []
    first = cross(active.gd, lane, CrossingRequest(id=id_, request=shown))
    again = cross(active.gd, lane, CrossingRequest(id=id_, request=shown))
    assert (first.record.crossed, again.replayed) == (True, True)
    for other in (None, WAYS["age"], papers(medical_exemptions=(exempted(DAY),))):
        changed = CrossingRequest(id=id_, request=replace(request, papers=other))
        with pytest.raises(RequestIdReusedError):
            cross(active.gd, lane, changed)


def test_gate_cut_off__with_its_bundle__decides_as_the_server(active: Pair) -> None:
    request = before_the_gate(active, 1)
    active.sync()
    lane = gate(active.gd)
    known = knowledge_of(gate_bundle(active.gd, lane))
    assert isinstance(known, GateKnowledge)

    few = papers(doses=(dose(number=1),))
    soon = papers(doses=(dose(DAY - timedelta(days=13)),))
    for shown in (None, few, soon, *WAYS.values()):
        asked = replace(request, papers=shown)
        device = decide_texts(
            known,
            asked.presented,
            direction=asked.direction,
            control_point=lane.control_point,
            now=at(DAY, 10, 30),
        )
        assert device == decide_at_gate(active.gd, lane, asked)
