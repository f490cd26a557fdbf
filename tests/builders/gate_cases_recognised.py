"""Situations with a sound health code whose key the gate's authority does not recognise."""

from tests.builders.gate import health_code, paper, situation
from tests.builders.gate_rules import pink
from tests.builders.schemes import GD, HK
from tongguan.core.decisions import Outcome
from tongguan.core.gate.situation import GateSituation, NotRecognised
from tongguan.core.identifiers import AuthorityId
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.model import HealthFinding

ADMIT, REFER = Outcome.ADMIT, Outcome.REFER

RECOGNISED: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    (
        "health code under a key that is not recognised",
        situation(codes=(health_code(HK), NotRecognised(issuer=GD))),
        REFER,
        (R.HEALTH_CODE_NOT_RECOGNISED,),
    ),
    (
        "health code under another key beside one that is recognised",
        situation(codes=(NotRecognised(issuer=GD), health_code(HK), health_code(GD))),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "another authority's code that is not recognised",
        situation(codes=(health_code(HK), NotRecognised(issuer=AuthorityId("MO")))),
        REFER,
        (R.HEALTH_CODE_MISSING,),
    ),
    (
        "a code that is not recognised where a missing one is let in",
        situation(
            version=pink(),
            codes=(health_code(HK), NotRecognised(issuer=GD)),
            tests=(paper(),),
        ),
        ADMIT,
        (R.ADMITTED_UNDER_CONDITION, R.HEALTH_CODE_NOT_RECOGNISED),
    ),
    (
        "a code that is not recognised where only red is let in",
        situation(
            version=pink(HealthFinding.CODE_RED),
            codes=(health_code(HK), NotRecognised(issuer=GD)),
            tests=(paper(),),
        ),
        REFER,
        (R.HEALTH_CODE_NOT_RECOGNISED,),
    ),
]
