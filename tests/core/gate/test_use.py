"""Which pass a crossing uses up."""

from dataclasses import replace

import pytest

from tests.builders.gate import (
    OTHER_TAG,
    UNREADABLE,
    going_home,
    holder,
    pass_claims,
    situation,
    used,
)
from tests.builders.gate_rules import AIRPORT, CARD, LWU, exempt, unbooked
from tests.builders.schemes import HOME, phase, version
from tongguan.core.gate.decide import decide
from tongguan.core.gate.situation import GateSituation
from tongguan.core.gate.use import used_pass
from tongguan.core.identifiers import DirectionId, PhaseId, SchemeId
from tongguan.core.scheme.model import ExemptFrom

OWN = pass_claims().pass_id


@pytest.mark.parametrize(
    "given_",
    [
        situation(),
        going_home(),
        situation(codes=()),
        situation(control_point=LWU),
        situation(version=version(phase(directions=()))),
        situation(phase_id=PhaseId("x")),
    ],
)
def test_pass__is_used__by_whoever_crosses_with_it(given_: GateSituation) -> None:
    assert used_pass(given_, decide(given_)) == OWN


@pytest.mark.parametrize(
    "given_",
    [
        situation(pass_=None),
        situation(pass_=UNREADABLE),
        situation(earlier_use=used()),
        situation(pass_=pass_claims(holder_tag=OTHER_TAG)),
        situation(pass_=pass_claims(scheme_id=SchemeId("other"))),
        situation(pass_=pass_claims(HOME)),
        situation(version=unbooked(), control_point=AIRPORT),
        situation(
            version=unbooked(), control_point=AIRPORT, pass_=pass_claims(control_point=AIRPORT)
        ),
        situation(version=exempt(ExemptFrom.PASS), holder=holder(CARD)),
    ],
)
def test_pass__is_kept__where_it_is_not_what_lets_its_bearer_through(given_: GateSituation) -> None:
    assert used_pass(given_, decide(given_)) is None


def test_pass__shown_for_a_direction_nobody_knows__is_used_if_an_officer_lets_it_through() -> None:
    given_ = replace(situation(), direction=DirectionId("HK-MO"))

    assert used_pass(given_, decide(given_)) == OWN
