"""Which earlier texts a gate goes by: those that both have signed and that were activated."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders.gate import hong_kong
from tests.builders.gate_bundle import (
    NOON,
    acts,
    assumed,
    authority,
    bundle,
    presented,
    suspension,
)
from tests.builders.schemes import GD, HK, OUT, PILOT, SZB
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import Bundle, bundle_text, knowledge_of, read_bundle
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.gate.nodes import NodeFault
from tongguan.core.identifiers import AuthorityId, VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.acts import Act, ActKind, sign_act
from tongguan.core.scheme.canonical import canonical_text, digest_of

EARLIER = assumed().version
LATER = replace(
    EARLIER, id=VersionId("hk-gd-2021-later"), number=EARLIER.number + 1, follows=EARLIER.id
)
CANONICAL = canonical_text(LATER)


def act(kind: ActKind, by: AuthorityId, clock: str = "09:00") -> bytes:
    signed = Act(
        kind=kind,
        authority=by,
        scheme=LATER.scheme,
        version=LATER.id,
        digest=digest_of(CANONICAL),
        phase=None if kind is ActKind.SIGN_VERSION else PILOT,
        at=hong_kong(13, clock),
    )
    return sign_act(signed, authority(by).signing[KeyUse.SCHEME]).message


SIGNED = (act(ActKind.SIGN_VERSION, HK), act(ActKind.SIGN_VERSION, GD))
REPLACED = (*acts(), *SIGNED, act(ActKind.ACTIVATE_PHASE, HK, "10:00"))


def replaced(**changes: Any) -> Bundle:
    """What a gate carries after the later text took the place of the assumed one."""
    values = {"version": CANONICAL, "texts_before": (assumed().canonical,), "acts": REPLACED}
    return bundle(**values | changes)


def decided(carried: Bundle) -> Decision:
    """The decision on a pass of the earlier text, by a device that reads the bundle's file."""
    read = read_bundle(bundle_text(carried))
    assert isinstance(read, Bundle)
    knowledge = knowledge_of(read)
    assert isinstance(knowledge, GateKnowledge)
    situation = knowledge.situation(presented(), direction=OUT, control_point=SZB, now=NOON)
    return decide(situation)


def test_pass_of_the_text_before__is_good__on_a_device_that_is_cut_off() -> None:
    assert decided(replaced()).outcome is Outcome.ADMIT


@pytest.mark.parametrize(
    "carried",
    [
        replaced(texts_before=()),
        replaced(acts=REPLACED[2:]),
        replaced(acts=(*REPLACED[:2], *REPLACED[3:])),
    ],
    ids=["text not carried", "not signed by both", "never activated"],
)
def test_text_before__counts__only_where_the_acts_show_it_in_force(carried: Bundle) -> None:
    decision = decided(carried)
    assert decision.outcome is Outcome.REFER
    assert decision.codes == (ReasonCode.PASS_TEXT_UNKNOWN,)


def test_suspension_of_the_text_before__stands__under_the_later_one() -> None:
    early = replaced(acts=(*REPLACED, suspension(GD)))
    assert decided(early).codes == (ReasonCode.PHASE_SUSPENDED,)


def test_text_before__that_is_no_text__is_a_fault() -> None:
    assert isinstance(knowledge_of(replaced(texts_before=(b"{}",))), NodeFault)
