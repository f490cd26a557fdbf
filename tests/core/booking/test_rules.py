"""Which journeys the scheme's rules allow, and that a refusal names every reason."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.schemes import (
    HOME,
    OUT,
    SZB,
    ZONE,
    booking,
    control_point,
    direction,
    entry,
    phase,
    return_,
    slot,
    version,
)
from tongguan.core.booking.rules import LegWanted, decide_booking, decide_cancel
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import ControlPointId, DirectionId, SlotId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Deadline, Leg, PartyRule, Weekday
from tongguan.core.scheme.state import PhaseState

WEDNESDAY = date(2021, 12, 15)
NOON_BEFORE = datetime(2021, 12, 14, 12, 0, tzinfo=ZoneInfo(ZONE))


def leg(way=OUT, day=WEDNESDAY, slot_id="day", point=SZB):
    return LegWanted(
        direction=DirectionId(way),
        day=day,
        slot=SlotId(slot_id),
        control_point=ControlPointId(point),
    )


ROUND_TRIP = (leg(), leg(HOME, WEDNESDAY + timedelta(days=2)))


def decide(block=None, legs=ROUND_TRIP, **changes):
    block = phase() if block is None else block
    facts = {"persons": 2, "phase_state": PhaseState.ACTIVE, "now": NOON_BEFORE} | changes
    return decide_booking(version(block), block, legs=legs, **facts)


def only_reason(decision):
    assert decision.outcome is Outcome.REFUSE
    (reason,) = decision.reasons
    return reason


def at(day, hours, minutes=0, seconds=0):
    return datetime(day.year, day.month, day.day, hours, minutes, seconds, tzinfo=ZoneInfo(ZONE))


def test_booking__is_granted__when_nothing_stands_against_it():
    decision = decide()
    assert decision.outcome is Outcome.GRANT
    assert decision.reasons == ()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (PhaseState.NOT_ACTIVE, ReasonCode.PHASE_NOT_ACTIVE),
        (PhaseState.SUSPENDED, ReasonCode.PHASE_SUSPENDED),
        (PhaseState.ENDED, ReasonCode.PHASE_ENDED),
    ],
)
def test_booking__is_refused__unless_the_phase_is_active(state, code):
    reason = only_reason(decide(phase_state=state))
    assert (reason.code, reason.clause) == (code, "phases/pilot")
    assert reason.claims == ("phase",)


def test_return_place__is_asked_for__only_where_stated():
    reason = only_reason(decide(legs=(leg(),)))
    assert reason.code is ReasonCode.LEGS_INCOMPLETE
    assert reason.clause == "phases/pilot/return/place_required"
    assert reason.claims == ("return",)
    for rule in (None, return_(place_required=None), return_(place_required=False)):
        assert decide(phase(return_=rule), legs=(leg(),)).outcome is Outcome.GRANT


def test_way_home__can_be_booked_alone():
    assert decide(legs=(leg(HOME),)).outcome is Outcome.GRANT


@pytest.mark.parametrize("legs", [(), (leg(), leg(), leg(HOME)), (leg(HOME), leg(HOME))])
def test_legs__none_or_two_of_a_kind__are_refused(legs):
    assert only_reason(decide(legs=legs)).code is ReasonCode.LEGS_INCOMPLETE


def test_way_home__before_the_way_out__is_refused():
    reason = only_reason(decide(legs=(leg(), leg(HOME, WEDNESDAY - timedelta(days=1), "late"))))
    assert reason.code is ReasonCode.LEGS_OUT_OF_ORDER
    same_day = (leg(slot_id="late"), leg(HOME, slot_id="day"))
    assert only_reason(decide(legs=same_day)).code is ReasonCode.LEGS_OUT_OF_ORDER


def test_way_home__on_the_same_day__is_granted():
    assert decide(legs=(leg(), leg(HOME, slot_id="late"))).outcome is Outcome.GRANT
    assert decide(legs=(leg(), leg(HOME))).outcome is Outcome.GRANT


def test_stay__counts_the_day_of_entry_as_one():
    block = phase(return_=return_(stay_days_max=3))
    assert decide(block, legs=ROUND_TRIP).outcome is Outcome.GRANT
    longer = (leg(), leg(HOME, WEDNESDAY + timedelta(days=3)))
    reason = only_reason(decide(block, legs=longer))
    assert reason.code is ReasonCode.STAY_TOO_LONG
    assert reason.facts == {"stay_days": "4", "stay_days_max": "3"}
    assert decide(phase(return_=return_(stay_days_max=None)), legs=longer).outcome is Outcome.GRANT


def test_control_point__on_the_way_home__is_the_same_only_where_stated():
    points = entry(control_point(), control_point("LMC"))
    legs = (leg(), leg(HOME, WEDNESDAY, point="LMC"))
    for stated in (None, False):
        block = phase(entry=points, return_=return_(same_control_point=stated))
        assert decide(block, legs=legs).outcome is Outcome.GRANT
    block = phase(entry=points, return_=return_(same_control_point=True))
    reason = only_reason(decide(block, legs=legs))
    assert reason.code is ReasonCode.RETURN_CONTROL_POINT_DIFFERS
    assert reason.facts == {"out": SZB, "home": "LMC"}


def test_party__is_limited__by_the_smallest_direction():
    block = phase(
        directions=(
            direction(),
            direction(HOME, Leg.HOME, booking=booking(party=PartyRule(size_max=3))),
        )
    )
    assert decide(block, persons=3).outcome is Outcome.GRANT
    reason = only_reason(decide(block, persons=4))
    assert reason.code is ReasonCode.PARTY_TOO_LARGE
    assert reason.facts == {"persons": "4", "persons_max": "3"}
    assert "GD-HK" in reason.clause


def test_direction__unknown__is_refused_with_a_short_name():
    decision = decide(legs=(leg("X" * 500),))
    reason = only_reason(decision)
    assert reason.code is ReasonCode.DIRECTION_CLOSED
    assert len(reason.facts["direction"]) == 40


def test_slot__unknown__is_refused():
    assert only_reason(decide(legs=(leg(HOME, slot_id="noon"),))).code is ReasonCode.SLOT_UNKNOWN
    nothing_stated = phase(directions=(direction(slots=None), direction(HOME, Leg.HOME)))
    assert only_reason(decide(nothing_stated)).code is ReasonCode.SLOT_UNKNOWN


def test_day__of_a_closed_weekday_or_date__is_refused():
    weekdays = tuple(day for day in Weekday if day is not Weekday.WEDNESDAY)
    block = phase(directions=(direction(weekdays=weekdays), direction(HOME, Leg.HOME)))
    reason = only_reason(decide(block))
    assert (reason.code, reason.clause) == (
        ReasonCode.DAY_CLOSED,
        "phases/pilot/directions/HK-GD/weekdays",
    )
    block = phase(directions=(direction(closed_days=(WEDNESDAY,)), direction(HOME, Leg.HOME)))
    reason = only_reason(decide(block))
    assert reason.clause == "phases/pilot/directions/HK-GD/closed_days"
    assert reason.claims == ("direction-out",)


def test_weekdays__that_nobody_stated__close_nothing():
    block = phase(directions=(direction(weekdays=None), direction(HOME, Leg.HOME)))
    assert decide(block).outcome is Outcome.GRANT


def test_day__after_the_last__is_refused():
    assert decide(phase(ends=ROUND_TRIP[1].day)).outcome is Outcome.GRANT
    reason = only_reason(decide(phase(ends=WEDNESDAY + timedelta(days=1))))
    assert (reason.code, reason.clause) == (ReasonCode.PHASE_ENDED, "phases/pilot/ends")


@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date(2200, 1, 1), date.max])
def test_day__beyond_all_reckoning__is_refused(day):
    block = phase(ends=None)
    assert ReasonCode.DAY_CLOSED in decide(block, legs=(leg(HOME, day),)).codes


def test_control_point__unknown_or_unstated__is_refused():
    unknown = only_reason(decide(legs=(leg(HOME, point="LMC"),)))
    assert unknown.code is ReasonCode.CONTROL_POINT_UNKNOWN
    unstated = decide(phase(entry=None), legs=(leg(HOME),))
    assert only_reason(unstated).code is ReasonCode.CONTROL_POINT_UNKNOWN


def test_control_point__on_its_closed_day__is_refused():
    closed = replace(control_point(), closed_days=(WEDNESDAY,))
    reason = only_reason(decide(phase(entry=entry(closed))))
    assert reason.code is ReasonCode.CONTROL_POINT_CLOSED
    other_days = (leg(day=WEDNESDAY + timedelta(days=1)), ROUND_TRIP[1])
    assert decide(phase(entry=entry(closed)), legs=other_days).outcome is Outcome.GRANT


def hours_phase(slot_hours, opens, closes):
    point = entry(control_point(opens=opens, closes=closes))
    one = direction(HOME, Leg.HOME, slots=(slot("day", *slot_hours),))
    return phase(entry=point, directions=(one,))


@pytest.mark.parametrize(
    ("slot_hours", "opens", "closes"),
    [
        (("08:00", "10:00"), "10:00", "20:00"),
        (("20:00", "23:00"), "10:00", "20:00"),
        (("20:00", "05:59"), "10:00", "20:00"),
        (("03:00", "06:00"), "06:00", "00:00"),
    ],
)
def test_slot__outside_the_hours_of_the_control_point__is_refused(slot_hours, opens, closes):
    reason = only_reason(decide(hours_phase(slot_hours, opens, closes), legs=(leg(HOME),)))
    assert reason.code is ReasonCode.CONTROL_POINT_CLOSED
    assert reason.clause == "phases/pilot/entry/control_points/SZB"
    assert reason.facts["opens"] == opens


@pytest.mark.parametrize(
    ("slot_hours", "opens", "closes"),
    [
        (("10:00", "14:00"), "10:00", "20:00"),
        (("18:00", "22:00"), "10:00", "20:00"),
        (("18:00", "05:59"), "00:00", "06:00"),
        (("01:00", "03:00"), "22:00", "02:00"),
        (("10:00", "14:00"), None, None),
        (("22:00", "00:00"), "10:00", "00:00"),
        (("22:00", "00:00"), "10:00", None),
    ],
)
def test_slot__that_meets_the_hours_of_the_control_point__is_granted(slot_hours, opens, closes):
    decision = decide(hours_phase(slot_hours, opens, closes), legs=(leg(HOME),))
    assert decision.outcome is Outcome.GRANT


def test_booking__opens_at_midnight__so_many_days_before():
    opens = at(WEDNESDAY - timedelta(days=7), 0)
    alone = (leg(HOME),)
    assert decide(legs=alone, now=opens).outcome is Outcome.GRANT
    reason = only_reason(decide(legs=alone, now=opens - timedelta(microseconds=1)))
    assert reason.code is ReasonCode.BOOKING_NOT_YET_OPEN
    assert reason.facts == {"direction": HOME, "opens": "2021-12-08 00:00"}


def test_booking__closes__so_many_minutes_before_the_slot():
    closes = at(WEDNESDAY, 9)
    alone = (leg(HOME),)
    assert decide(legs=alone, now=closes - timedelta(microseconds=1)).outcome is Outcome.GRANT
    reason = only_reason(decide(legs=alone, now=closes))
    assert reason.code is ReasonCode.BOOKING_CLOSED
    assert reason.facts == {"direction": HOME, "closed": "2021-12-15 09:00"}


def test_booking__of_a_night_slot__closes_by_the_day_it_starts():
    night = phase(
        entry=entry(control_point(opens=None, closes=None)),
        directions=(direction(HOME, Leg.HOME, slots=(slot("day", "18:00", "05:59"),)),),
    )
    assert decide(night, legs=(leg(HOME),), now=at(WEDNESDAY, 16, 59)).outcome is Outcome.GRANT
    after = decide(night, legs=(leg(HOME),), now=at(WEDNESDAY + timedelta(days=1), 0))
    assert only_reason(after).code is ReasonCode.BOOKING_CLOSED


def test_booking__that_nobody_stated__is_not_open():
    block = phase(directions=(direction(HOME, Leg.HOME, booking=None),))
    reason = only_reason(decide(block, legs=(leg(HOME),)))
    assert reason.code is ReasonCode.BOOKING_NOT_YET_OPEN


def test_refusal__names_every_reason_at_once():
    block = phase(return_=return_(stay_days_max=1, same_control_point=True), ends=WEDNESDAY)
    legs = (leg(slot_id="noon"), leg(HOME, WEDNESDAY + timedelta(days=90), point="LMC"))
    decision = decide(block, legs=legs, persons=9, phase_state=PhaseState.SUSPENDED)
    assert set(decision.codes) == {
        ReasonCode.PHASE_SUSPENDED,
        ReasonCode.PARTY_TOO_LARGE,
        ReasonCode.SLOT_UNKNOWN,
        ReasonCode.PHASE_ENDED,
        ReasonCode.CONTROL_POINT_UNKNOWN,
        ReasonCode.BOOKING_NOT_YET_OPEN,
    }
    assert decision.codes[0] is ReasonCode.PHASE_SUSPENDED


@given(
    days=st.integers(-3, 12),
    stay=st.integers(0, 12),
    minutes=st.integers(-2 * 24 * 60, 12 * 24 * 60),
    persons=st.integers(1, 6),
)
def test_booking__is_granted__exactly_within_every_bound(days, stay, minutes, persons):
    out_day = WEDNESDAY + timedelta(days=days)
    home_day = out_day + timedelta(days=stay)
    now = NOON_BEFORE + timedelta(minutes=minutes)
    block = phase(return_=return_(stay_days_max=4))
    decision = decide(block, legs=(leg(day=out_day), leg(HOME, home_day)), now=now, persons=persons)
    allowed = (
        all(
            at(day - timedelta(days=7), 0) <= now < at(day, 10) - timedelta(minutes=60)
            for day in (out_day, home_day)
        )
        and stay + 1 <= 4
        and persons <= 4
    )
    assert (decision.outcome is Outcome.GRANT) == allowed
    assert bool(decision.reasons) == (not allowed)


def cancel(now, legs=ROUND_TRIP, block=None):
    block = phase() if block is None else block
    return decide_cancel(version(block), block, legs=legs, now=now)


def test_cancel__is_granted__until_the_last_minute_of_the_first_leg():
    last = at(WEDNESDAY, 8)
    assert cancel(last).outcome is Outcome.GRANT
    reason = only_reason(cancel(last + timedelta(seconds=1)))
    assert reason.code is ReasonCode.CANCEL_TOO_LATE
    assert reason.clause == "phases/pilot/directions/HK-GD/booking/cancel_until"
    assert reason.facts == {"direction": OUT, "until": "2021-12-15 08:00"}


def test_cancel__is_refused__once_the_slot_has_begun_whatever_the_text_states():
    rule = booking(cancel_until=Deadline(days_before=0, at=time(23)))
    block = phase(directions=(direction(booking=rule), direction(HOME, Leg.HOME, booking=rule)))
    assert cancel(at(WEDNESDAY, 10), block=block).outcome is Outcome.GRANT
    reason = only_reason(cancel(at(WEDNESDAY, 10) + timedelta(seconds=1), block=block))
    assert reason.facts == {"direction": OUT, "until": "2021-12-15 10:00"}


def test_cancel__is_granted__where_nobody_stated_a_rule():
    block = phase(directions=(direction(booking=None), direction(HOME, Leg.HOME, booking=None)))
    assert cancel(at(WEDNESDAY, 23), block=block).outcome is Outcome.GRANT
