"""Paths in a gate's reasons lead to the texts they name, and to nothing else."""

import pytest

from tests.builders.gate import health_code, situation
from tests.builders.gate_rules import pink
from tests.builders.schemes import GD, HK, basis, phase, text, version
from tongguan.core.decisions import Outcome
from tongguan.core.gate.clauses import TEXT_FACTS, clause_text
from tongguan.core.gate.decide import decide
from tongguan.core.health.colour_names import Colour
from tongguan.core.reasons import ReasonCode


def test_condition__of_an_admission__is_found_by_its_path() -> None:
    given_ = situation(
        version=pink(), codes=(health_code(HK, colour=Colour.AMBER), health_code(GD)), tests=()
    )

    decision = decide(given_)
    under, amber, untested = decision.reasons

    assert decision.outcome is Outcome.ADMIT
    assert under.code is ReasonCode.ADMITTED_UNDER_CONDITION
    assert under.clause == "phases/pilot/health/admitted_under/pink"
    assert under.claims == basis("under-pink").claims
    assert under.facts == {"condition": under.clause}
    assert amber.facts == {"issuer": "HK", "condition": under.clause}
    assert amber.clause == "phases/pilot/health/codes/HK"
    assert untested.facts == {"test": "pcr", "condition": under.clause}
    assert "amber" not in str(decision)
    assert clause_text(given_.version, under.facts["condition"]) == text("the condition of pink")


def test_care__is_found__by_its_path() -> None:
    assert clause_text(version(), "phases/pilot/health/care") == text("the port health post")
    assert {"care", "condition"} == TEXT_FACTS


@pytest.mark.parametrize(
    "path",
    [
        "",
        "phases/pilot",
        "phases/pilot/entry",
        "phases/other/health/care",
        "phases/pilot/health/care/more",
        "phases/pilot/health/admitted_under/none",
        "phases/pilot/health/codes/HK",
    ],
)
def test_path__that_names_no_text__leads_nowhere(path: str) -> None:
    assert clause_text(pink(), path) is None
    assert clause_text(version(phase(health=None)), path) is None
