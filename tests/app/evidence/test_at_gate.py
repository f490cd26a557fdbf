"""A laboratory's signed positive turns a traveller away the same day, at the other side's gate."""

from datetime import timedelta

from tests.builders.authorities import Pair, person
from tests.builders.evidence import a_test, enrolled
from tests.builders.travel import DAY, at, booked, code, gate, pass_of, presented
from tongguan.app.gates import GateRequest, decide_at_gate
from tongguan.core.decisions import Outcome
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg


def test_positive__signed_in_the_morning__is_met_at_the_other_sides_gate(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    lane = gate(active.hk)
    laboratory = enrolled(active.gd, name="lab-shenzhen")
    active.set_time(at(DAY, 10, 0))
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    assert decide_at_gate(active.hk, lane, shown).outcome is Outcome.ADMIT

    active.set_time(at(DAY, 10, 10))
    said = a_test(who, at=at(DAY, 10, 5))
    assert laboratory.says(said, at=at(DAY, 10, 10)).refused is None
    active.set_time(at(DAY, 10, 20))
    active.sync()
    decision = decide_at_gate(active.hk, lane, shown)
    assert (decision.outcome, decision.codes) == (
        Outcome.DENY,
        (ReasonCode.HEALTH_CODE_REVOKED,),
    )
    anew = with_code(active, shown, code(active.gd, who))
    assert decide_at_gate(active.hk, lane, anew).codes == (ReasonCode.HEALTH_CODE_NOT_GREEN,)

    # Taken back as wrong, it is as if it had never been said, before the slot is over.
    active.set_time(at(DAY, 10, 30))
    laboratory.takes_back(said.id, at=at(DAY, 10, 30))
    active.set_time(at(DAY, 10, 40))
    cleared = with_code(active, shown, code(active.gd, who))
    active.set_time(at(DAY, 10, 40) + timedelta(minutes=1))
    active.sync()
    assert decide_at_gate(active.hk, lane, cleared).outcome is Outcome.ADMIT


def with_code(pair: Pair, shown: GateRequest, text: str) -> GateRequest:
    """The same person with another code of Guangdong."""
    return GateRequest(
        direction=shown.direction,
        pass_text=shown.pass_text,
        code_texts=(shown.code_texts[0], text),
        document=shown.document,
    )
