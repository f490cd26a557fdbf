"""A gate cut off: the other side's codes count as its bundle's signatures say, at each instant."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders.gate import hong_kong
from tests.builders.gate_bundle import (
    GD,
    HK,
    HOME,
    NOON,
    OUT,
    SZB,
    authority,
    bundle,
    make_authority,
    presented,
    recognitions,
    reference,
)
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import Bundle, bundle_text, knowledge_of, read_bundle
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.gate.nodes import NodeFault
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import DirectionId
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.recognition.references import RecognisedUse, StatementKind
from tongguan.gate.checkpoint import decide_texts

TEXT = reference(HK, GD)
SECOND = timedelta(seconds=1)


def carried(**changes: Any) -> GateKnowledge:
    """What a gate of Hong Kong knows from the text of its bundle."""
    read = read_bundle(bundle_text(bundle(**changes)))
    assert isinstance(read, Bundle)
    known = knowledge_of(read)
    assert not isinstance(known, NodeFault), known
    return known


def decided(
    known: GateKnowledge, now: datetime = NOON, direction: DirectionId = OUT, **shown: Any
) -> Decision:
    return decide_texts(
        known,
        presented(direction, **shown),
        direction=direction,
        control_point=SZB,
        now=now,
    )


def assert_referred(decision: Decision) -> None:
    assert (decision.outcome, decision.codes) == (Outcome.REFER, (R.HEALTH_CODE_NOT_RECOGNISED,))
    assert decision.reasons[0].facts["issuer"] == GD


def test_green_of_the_other_side__recognised__is_admitted() -> None:
    assert decided(carried(recognitions=recognitions(TEXT))).outcome is Outcome.ADMIT


@pytest.mark.parametrize("by", [HK, GD])
def test_green_of_the_other_side__withdrawn_by_either__is_referred_from_that_second(
    by: Any,
) -> None:
    withdrawal = authority(by).states(TEXT, StatementKind.WITHDRAW, "11:00")
    known = carried(recognitions=(*recognitions(TEXT), withdrawal))

    assert decided(known, hong_kong(13, "11:00") - SECOND).outcome is Outcome.ADMIT
    assert_referred(decided(known, hong_kong(13, "11:00")))


def test_green_of_the_other_side__outside_the_dates__is_referred() -> None:
    ended = replace(TEXT, ends=NOON)
    known = carried(recognitions=recognitions(ended))
    assert decided(known, NOON - SECOND).outcome is Outcome.ADMIT
    assert_referred(decided(known, NOON))
    to_come = replace(TEXT, begins=NOON + SECOND)
    known = carried(recognitions=recognitions(to_come))
    assert_referred(decided(known, NOON))
    assert decided(known, NOON + SECOND).outcome is Outcome.ADMIT


@pytest.mark.parametrize(
    "said",
    [
        {"recognitions": ()},
        {"recognitions": (authority(HK).states(TEXT),)},
        {"recognitions": (authority(GD).states(TEXT),)},
        {"recognitions": recognitions(reference(GD, HK))},
        {"recognitions": recognitions(replace(TEXT, list_digest="ab" * 32))},
        {"recognitions": recognitions(replace(TEXT, list_version=2))},
        {"recognitions": recognitions(replace(TEXT, usages=(RecognisedUse.CONVERSION,)))},
        {"trust_lists": ()},
        {"trust_lists": (authority(GD).signed_list(health_code=()),)},
        {"trust_lists": (make_authority(GD).signed_list(),)},
        {"recognitions": (authority(HK).states(TEXT), make_authority(GD).states(TEXT))},
        {"recognitions": (authority(HK).states(TEXT), b"x")},
    ],
    ids=[
        "nothing",
        "only one side",
        "only the other",
        "the other way about",
        "another hash",
        "another number",
        "another usage",
        "no list",
        "a list changed since",
        "a list by a stranger",
        "a signature by a stranger",
        "nonsense",
    ],
)
def test_green_of_the_other_side__recognised_by_anything_less__is_referred(
    said: dict[str, Any],
) -> None:
    assert_referred(decided(carried(**said)))


def test_gate__of_the_other_side__goes_by_its_own_authoritys_recognition() -> None:
    hk, gd = authority(HK), authority(GD)
    sets = ((gd.fingerprint, gd.key_set), (hk.fingerprint, hk.key_set))

    known = carried(key_sets=sets, recognitions=recognitions(TEXT))

    decision = decided(known)
    assert decision.codes == (R.HEALTH_CODE_NOT_RECOGNISED,)
    assert decision.reasons[0].facts["issuer"] == HK
    known = carried(key_sets=sets, recognitions=recognitions(reference(GD, HK)))
    assert decided(known).outcome is Outcome.ADMIT


def test_bundle__of_nobodys_keys__is_refused() -> None:
    assert isinstance(knowledge_of(bundle(key_sets=())), NodeFault)


def test_code__not_recognised__tells_no_colour_and_strands_nobody() -> None:
    known = carried(recognitions=())
    red = authority(GD).code_text(colour=Colour.RED)
    codes = (authority(HK).code_text(), red)

    assert_referred(decided(known, code_texts=codes))
    home = decided(known, direction=HOME, code_texts=codes)
    assert home.outcome is Outcome.REFER


def test_code__forged_under_the_other_sides_name__stays_unreadable() -> None:
    forged = make_authority(GD).code_text()

    decision = decided(carried(), code_texts=(authority(HK).code_text(), forged))

    assert decision.codes == (R.HEALTH_CODE_UNREADABLE,)
