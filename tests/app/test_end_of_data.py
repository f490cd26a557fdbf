"""The end date of a scheme's data ends the scheme, and after it nothing of a person is left."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.app.test_retention import rows_with_people
from tests.app.test_transitions import ask
from tests.builders.authorities import Pair, granted, person
from tests.builders.changes import PILOT, assumed, digest, next_text, signed, take_place
from tests.builders.travel import BACK, DAY, at, booked, code, gate, pass_of, presented
from tongguan.app.acts import activate_phase
from tongguan.app.gates import CrossingRequest, cross, decide_at_gate
from tongguan.app.ledger_port import PlacesRefused
from tongguan.app.retention import delete_expired
from tongguan.app.schemes import holding_now
from tongguan.core.decisions import Outcome
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Basis, Leg, Version
from tongguan.core.scheme.obstacles import ObstacleCode
from tongguan.core.scheme.state import PhaseState

ENDS = BACK


def with_data(**changes: Any) -> Version:
    data = assumed().data
    gone = [name for name, value in changes.items() if value is None]
    return next_text(data=replace(data, basis=without(data.basis, *gone), **changes))


def without(basis: Basis, *fields: str) -> Basis:
    """The basis without what was said of these fields."""
    kept = {name: text for name, text in basis.assumed.items() if name not in fields}
    return replace(basis, assumed=kept)


@pytest.mark.parametrize(
    "missing", ["legal_basis", "controller", "purpose", "retention_days", "ends"]
)
def test_version__without_one_thing_that_the_law_asks__is_not_activated(
    active: Pair, missing: str
) -> None:
    text = with_data(**{missing: None})
    signed(active, text)
    activation = activate_phase(active.hk, digest(text), PILOT)
    assert activation.act is None
    assert [(each.code, each.path) for each in activation.obstacles] == [
        (ObstacleCode.UNKNOWN_BLOCKS, f"data/{missing}")
    ]


def ending(text: Version) -> Version:
    """The text without a last day of its own: its data end first."""
    pilot, *others = text.phases
    pilot = replace(pilot, ends=None, basis=without(pilot.basis, "ends"))
    return replace(text, phases=(pilot, *others))


def test_end_of_the_data__ends_the_scheme__and_deletes_everyone(active: Pair) -> None:
    who, late = person(1), granted(active.hk, person(2))
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    out = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    cross(active.gd, gate(active.gd), CrossingRequest(id=str(uuid4()), request=out))
    take_place(active, ending(with_data(ends=ENDS)))

    active.set_time(at(ENDS, 23, 59))
    for authority in (active.hk, active.gd):
        holding = holding_now(authority)
        assert holding is not None
        assert holding.state is PhaseState.ACTIVE
        delete_expired(authority)
    kept = rows_with_people(active)
    assert kept["application"] == 2, "kept on the last day of all"

    active.set_time(at(ENDS + timedelta(days=1), 0, 1))
    for authority in (active.hk, active.gd):
        holding = holding_now(authority)
        assert holding is not None
        assert holding.state is PhaseState.ENDED
    refused = ask(active, late.application.id, day=ENDS + timedelta(days=2))
    assert isinstance(refused, PlacesRefused)
    assert ReasonCode.PHASE_ENDED in [each.code for each in refused.reasons]
    home = presented(active, who, pass_of(passes, Leg.HOME))
    decision = decide_at_gate(active.hk, gate(active.hk), home)
    assert decision.outcome is Outcome.REFER
    assert decision.codes[0] is ReasonCode.RIGHT_OF_ENTRY
    code(active.gd, person(3))

    for authority in (active.hk, active.gd):
        delete_expired(authority)
    assert not any(rows_with_people(active).values()), rows_with_people(active)
    assert date(2022, 3, 31) == assumed().data.ends, "the text before kept them longer"
