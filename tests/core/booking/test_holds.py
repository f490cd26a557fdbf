"""For how long places are held: the shortest time of the directions asked for."""

from datetime import UTC, datetime

import pytest

from tests.builders.schemes import HOME, OUT, basis, booking, direction, phase
from tongguan.core.booking.holds import decide_hold, hold_expired
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg, Phase


def pilot(out: int | None, home: int | None) -> Phase:
    return phase(
        directions=(
            direction(OUT, booking=booking(hold_minutes=out, basis=basis("out"))),
            direction(HOME, Leg.HOME, booking=booking(hold_minutes=home, basis=basis("home"))),
        )
    )


@pytest.mark.parametrize(
    ("out", "home", "named", "minutes"),
    [
        (10, 15, {OUT, HOME}, 10),
        (10, 5, {OUT, HOME}, 5),
        (10, 5, {OUT}, 10),
        (10, None, {OUT}, 10),
        (10, None, {OUT, HOME}, None),
        (None, None, {HOME}, None),
    ],
)
def test_hold__lasts__the_shortest_of_its_directions(out, home, named, minutes) -> None:  # type: ignore[no-untyped-def]
    decided = decide_hold(pilot(out, home), named)
    assert decided.minutes == minutes
    assert (not decided.reasons) is (minutes is not None)


def test_hold__not_offered__names_the_direction_and_its_claims() -> None:
    (reason,) = decide_hold(pilot(10, None), {OUT, HOME}).reasons
    assert reason.code is ReasonCode.HOLDS_NOT_OFFERED
    assert reason.clause == f"phases/pilot/directions/{HOME}/booking/hold_minutes"
    assert reason.claims == ("home",)


def test_hold_expired__names__the_direction_that_held_shortest() -> None:
    at = datetime(2021, 12, 13, 1, 10, 59, tzinfo=UTC)
    reason = hold_expired(pilot(10, 5), {OUT, HOME}, at)
    assert reason.clause == f"phases/pilot/directions/{HOME}/booking/hold_minutes"
    assert reason.facts == {"held_until": "2021-12-13T01:10+00:00"}
    assert hold_expired(pilot(None, None), {OUT}, at).clause == "phases/pilot/directions"
