"""What nobody confirmed in time is closed as lapsed, however many there are."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.officers import finding, proposed, with_units
from tongguan.app.control.proposals import (
    TwoOfficersRefused,
    confirm,
    lapse_proposals,
    look_at_proposal,
    propose_finding,
)
from tongguan.app.control.store import ProposalState
from tongguan.core.evidence.two_officers import TwoOfficersFault


@pytest.fixture
def hk(active: Pair) -> Any:
    """Hong Kong with officers in four units."""
    return with_units(active.hk)


def test_proposals__whose_time_is_over__are_closed_in_steps_to_the_last(
    active: Pair, hk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongguan.app.control.proposals._LAPSED_AT_ONCE", 2)
    made = [finding(person(number)) for number in range(1, 4)]
    for each in made:
        proposed(propose_finding(hk, each, officer="ho"))
    assert lapse_proposals(hk) == 0
    active.set_time(START + timedelta(minutes=60))
    late = finding(person(4))
    proposed(propose_finding(hk, late, officer="lam"))
    active.set_time(START + timedelta(minutes=121))

    assert (lapse_proposals(hk), lapse_proposals(hk)) == (3, 0)

    for each in made:
        assert look_at_proposal(hk, each.id, officer="nobody") is None
        found = look_at_proposal(hk, each.id, officer="lee")
        assert found is not None
        assert (found.state, found.decided_by) == (ProposalState.LAPSED, None)
        answer = confirm(hk, each.id, officer="lam")
        assert isinstance(answer, TwoOfficersRefused)
        assert answer.code is TwoOfficersFault.PROPOSAL_LAPSED
    assert proposed(confirm(hk, late.id, officer="ho")).state is ProposalState.CARRIED_OUT
