"""Situations under a suspension of part of a phase, and what the gate does."""

from typing import Any

from tests.builders.gate import going_home, hong_kong, situation, suspension
from tests.builders.schemes import HOME, OUT, SZB
from tongguan.core.decisions import Outcome
from tongguan.core.gate.situation import GateSituation
from tongguan.core.identifiers import ControlPointId
from tongguan.core.reasons import ReasonCode as R

ADMIT, DENY = Outcome.ADMIT, Outcome.DENY
LWU = ControlPointId("LWU")


def closed(**scope: Any) -> GateSituation:
    """All in order but for a suspension of this scope; the phase itself is active."""
    return situation(suspensions=(suspension(**scope),))


SUSPENDED: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    ("this port suspended", closed(control_points=(SZB,)), DENY, (R.PHASE_SUSPENDED,)),
    ("another port suspended", closed(control_points=(LWU,)), ADMIT, (R.ADMITTED,)),
    ("this direction suspended", closed(directions=(OUT,)), DENY, (R.PHASE_SUSPENDED,)),
    ("the other direction suspended", closed(directions=(HOME,)), ADMIT, (R.ADMITTED,)),
    ("suspension to come", closed(effective_at=hong_kong(13, "12:01")), ADMIT, (R.ADMITTED,)),
    ("suspension over", closed(until=hong_kong(13, "12:00")), ADMIT, (R.ADMITTED,)),
    (
        "this port suspended, home",
        going_home(suspensions=(suspension(control_points=(SZB,)),)),
        ADMIT,
        (R.ADMITTED,),
    ),
]
"""The phase itself is active in all of them."""
