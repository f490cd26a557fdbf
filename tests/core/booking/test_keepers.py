"""Each direction's places are kept by one authority."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.builders.schemes import GD, HK, HOME, OUT, direction, phase, return_, version
from tongguan.core.booking.keepers import keeper_of, keeps_places
from tongguan.core.booking.rules import LegWanted, decide_booking
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.identifiers import AuthorityId, ControlPointId, SlotId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg, Phase
from tongguan.core.scheme.state import PhaseState

NOW = datetime(2021, 12, 13, 9, tzinfo=ZoneInfo("Asia/Hong_Kong"))


def _shared() -> Phase:
    """Hong Kong keeps the way out, Guangdong the other way; each is booked alone."""
    south = direction(HOME, Leg.OUT, booking_authority=GD)
    return phase(directions=(direction(), south), return_=return_(place_required=False))


def _asked(authority: AuthorityId, *directions: str) -> Decision:
    shared = _shared()
    legs = tuple(
        LegWanted(
            direction=each.id,
            day=date(2021, 12, 15),
            slot=SlotId("day"),
            control_point=ControlPointId("SZB"),
        )
        for each in shared.directions
        if each.id in directions
    )
    return decide_booking(
        version(shared),
        shared,
        persons=1,
        legs=legs,
        phase_state=PhaseState.ACTIVE,
        now=NOW,
        authority=authority,
    )


def test_keeper__is__the_direction_s_own_or_the_version_s() -> None:
    shared = _shared()
    text = version(shared)
    assert [keeper_of(text, each) for each in shared.directions] == [HK, GD]
    assert keeps_places(text, shared, HK)
    assert keeps_places(text, shared, GD)
    assert not keeps_places(text, shared, AuthorityId("MO"))


def test_keeper__of_no_direction__keeps_nothing() -> None:
    only_south = phase(directions=(direction(HOME, Leg.OUT, booking_authority=GD),))
    assert not keeps_places(version(only_south), only_south, HK)
    assert keeps_places(version(phase(directions=())), phase(directions=()), HK)


def test_booking__is_open__with_the_keeper_of_the_direction() -> None:
    assert _asked(HK, OUT).outcome is Outcome.GRANT
    assert _asked(GD, HOME).outcome is Outcome.GRANT


def test_booking__refuses__a_place_that_another_keeps_and_names_it() -> None:
    refused = _asked(HK, HOME)
    (reason,) = refused.reasons
    assert reason.code is ReasonCode.PLACES_KEPT_ELSEWHERE
    assert reason.facts == {"direction": HOME, "party": GD}
    assert reason.clause == f"phases/pilot/directions/{HOME}/booking_authority"
    (own,) = _asked(GD, OUT).reasons
    assert (own.clause, own.facts["party"]) == ("booking_authority", HK)
