"""The limit of a window: stated for its day and values, in part of a week, and handed on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders.places import reckoning_of, scheme_of
from tests.builders.quotas import exception, on
from tests.builders.schemes import HOME, OUT, control_point, direction, entry, quota, slot
from tongguan.core.identifiers import CategoryId, ControlPointId, PersonKey, QuotaId, SlotId
from tongguan.core.quota.demand import demand_of, windows_before, windows_touched
from tongguan.core.quota.limits import TextApplied
from tongguan.core.quota.windows import Crossing, UnstatedQuotaError
from tongguan.core.scheme.model import (
    EACH,
    CarryOver,
    Leg,
    PartialWeeks,
    QuotaPer,
    Weekday,
)

MONDAY = date(2021, 12, 13)
NOW = datetime(2021, 12, 1, tzinfo=UTC)
DAY = quota("day", per=QuotaPer.DAY, limit=100, direction=EACH, control_point=EACH)
WEEK = quota("week", per=QuotaPer.WEEK, limit=70, direction=OUT)


def crossing(day=MONDAY, **changes):
    values = {
        "direction": OUT,
        "category": CategoryId("family"),
        "control_point": ControlPointId("SZB"),
        "slot": SlotId("day"),
        "person": PersonKey(b"one"),
    }
    return Crossing(day=day, **values | changes)


def limit(whole, one, *, now=NOW, ends=date(2022, 1, 31), taken=None, **changes):
    """The limit of the one window that counts the crossing; taken = persons in the one before."""
    text = scheme_of(whole, ends=ends)
    reckoning = reckoning_of(text, now, **changes)
    before = windows_before(reckoning, [one])
    assert (taken is not None) == bool(before)
    reckoning = replace(reckoning, taken_before={each.key: taken for each in before})
    (window,) = windows_touched(reckoning, one)
    return window.limit


def test_exception__lifts__exactly_its_days_and_port():
    uplift = exception(150, where={"control_point": "SZB"}, **on("2021-12-18", "2021-12-21"))
    lifted = replace(DAY, limits=(uplift,))
    days = [date(2021, 12, 16) + timedelta(days=number) for number in range(8)]
    assert [limit(lifted, crossing(day)) for day in days] == [
        100, 100, 150, 150, 150, 150, 100, 100,
    ]  # fmt: skip
    other = ControlPointId("LMC")
    assert {limit(lifted, crossing(day, control_point=other)) for day in days} == {100}


def test_exception__the_last_that_matches__holds():
    limits = (exception(1), exception(2, **on("2021-12-13")), exception(3, **on("2021-12-14")))
    whole = replace(DAY, limits=limits)
    assert [limit(whole, crossing(MONDAY + timedelta(days=each))) for each in range(3)] == [2, 3, 1]


def test_exception__of_weekdays__holds_on_them():
    whole = replace(DAY, limits=(exception(7, weekdays=(Weekday.SUNDAY,)),))
    limits = [limit(whole, crossing(MONDAY + timedelta(days=each))) for each in range(7)]
    assert limits == [100] * 6 + [7]


def test_exception__of_a_week__is_dated_by_the_day_the_week_starts():
    whole = replace(WEEK, limits=(exception(5_000, first=date(2021, 12, 16)),))
    assert limit(whole, crossing(date(2021, 12, 19))) == 70
    assert limit(whole, crossing(date(2021, 12, 20))) == 5_000


def test_exception__without_a_stated_limit__counts_nobody_on_its_days():
    whole = replace(DAY, limits=(exception(None, **on("2021-12-14")),))
    assert limit(whole, crossing()) == 100
    with pytest.raises(UnstatedQuotaError):
        limit(whole, crossing(date(2021, 12, 14)))


@pytest.mark.parametrize(
    ("rule", "first", "ends", "expected"),
    [
        (PartialWeeks.PRORATED, date(2021, 12, 16), date(2022, 1, 31), 40),
        (PartialWeeks.PRORATED, date(2021, 12, 1), date(2021, 12, 14), 20),
        (PartialWeeks.PRORATED, date(2021, 12, 14), date(2021, 12, 14), 10),
        (PartialWeeks.PRORATED, date(2021, 12, 1), date(2022, 1, 31), 70),
        (PartialWeeks.PRORATED, None, None, 70),
        (PartialWeeks.WHOLE, date(2021, 12, 16), date(2022, 1, 31), 70),
        (None, date(2021, 12, 16), date(2022, 1, 31), 70),
    ],
)
def test_week__in_part__has_a_seventh_for_each_day_where_it_is_so_stated(
    rule, first, ends, expected
):
    whole = replace(WEEK, partial_weeks=rule)
    assert limit(whole, crossing(date(2021, 12, 14)), first_day=first, ends=ends) == expected


def test_week__prorated__is_rounded_down():
    whole = replace(WEEK, limit=1_000, partial_weeks=PartialWeeks.PRORATED)
    assert limit(whole, crossing(), first_day=date(2021, 12, 17)) == 428


AFTER_WEEK = datetime(2021, 12, 12, 16, 0, tzinfo=UTC)  # midnight at the end of Sunday the 12th


@pytest.mark.parametrize(
    ("rule", "taken", "expected"),
    [
        (CarryOver.ADD_UNUSED, 50, 90),
        (CarryOver.ADD_UNUSED, 80, 70),
        (CarryOver.DEDUCT_EXCESS, 80, 60),
        (CarryOver.DEDUCT_EXCESS, 50, 70),
        (CarryOver.DEDUCT_EXCESS, 200, 0),
    ],
)
def test_week__after_one_that_is_over__gets_what_that_hands_on(rule, taken, expected):
    whole = replace(WEEK, carry_over=rule)
    assert limit(whole, crossing(), now=AFTER_WEEK, taken=taken) == expected


def test_week__before_the_last_is_over__has_the_stated_limit():
    whole = replace(WEEK, carry_over=CarryOver.ADD_UNUSED)
    assert limit(whole, crossing(), now=AFTER_WEEK - timedelta(seconds=1)) == 70
    assert limit(whole, crossing(MONDAY + timedelta(days=7)), now=AFTER_WEEK) == 70


def test_week__is_over__only_with_its_slot_over_midnight():
    late = slot("late", "18:00", "05:59")
    whole = replace(WEEK, carry_over=CarryOver.ADD_UNUSED)
    ways = (direction(slots=(late,)), direction(HOME, Leg.HOME, slots=(late,)))
    text = scheme_of(whole, directions=ways)
    for minutes, expected in ((5 * 60 + 58, 0), (5 * 60 + 59, 1)):
        reckoning = reckoning_of(text, AFTER_WEEK + timedelta(minutes=minutes))
        assert len(windows_before(reckoning, [crossing(slot=SlotId("late"))])) == expected


def test_week__before_the_phase__hands_nothing_on():
    whole = replace(WEEK, carry_over=CarryOver.ADD_UNUSED)
    assert limit(whole, crossing(), now=AFTER_WEEK, first_day=MONDAY) == 70
    begun = MONDAY - timedelta(days=1)
    assert limit(whole, crossing(), now=AFTER_WEEK, first_day=begun, taken=0) == 140


def test_week__hands_on__of_what_was_stated_for_it():
    """Nothing adds up: what it was handed itself is no part of its unused places."""
    week_before = exception(30, first=date(2021, 12, 6), last=date(2021, 12, 6))
    whole = replace(WEEK, carry_over=CarryOver.ADD_UNUSED, limits=(week_before,))
    assert limit(whole, crossing(), now=AFTER_WEEK, taken=10) == 90


BEGAN = datetime(2021, 12, 1, tzinfo=UTC)
CARRIED = replace(WEEK, carry_over=CarryOver.ADD_UNUSED)
MIDWEEK = datetime(2021, 12, 8, 1, tzinfo=UTC)


def applied(whole, since=BEGAN, *, ends=date(2022, 1, 31), **changes):
    text = replace(scheme_of(whole, ends=ends), **changes)
    return TextApplied(version=text, phase=text.phases[0], since=since)


@pytest.mark.parametrize(
    ("before", "taken", "expected"),
    [
        (replace(CARRIED, limit=20), 5, 85),
        (replace(CARRIED, limit=20, carry_over=CarryOver.NONE), 5, 85),
        (replace(CARRIED, id=QuotaId("other")), None, 70),
        (replace(CARRIED, counts={"direction": EACH}), None, 70),
        (replace(CARRIED, per=QuotaPer.DAY), None, 70),
    ],
    ids=["another limit", "no carrying over then", "another quota", "others counted", "per day"],
)
def test_week__of_the_text_before__hands_on_what_that_stated_for_it(before, taken, expected):
    texts = (applied(before), applied(CARRIED, AFTER_WEEK))
    assert limit(CARRIED, crossing(), now=AFTER_WEEK, taken=taken, applied=texts) == expected


def test_week__of_two_texts__was_what_the_later_stated():
    texts = (applied(replace(CARRIED, limit=20)), applied(CARRIED, MIDWEEK))
    assert limit(CARRIED, crossing(), now=AFTER_WEEK, taken=5, applied=texts) == 135


def test_week__before_any_text_was_applied__hands_nothing_on():
    assert limit(CARRIED, crossing(), now=AFTER_WEEK, applied=()) == 70
    assert limit(CARRIED, crossing(), now=AFTER_WEEK, applied=(applied(CARRIED, AFTER_WEEK),)) == 70


def test_week__begun_on_another_day_then__hands_nothing_on():
    before = applied(CARRIED, week_starts_on=Weekday.SUNDAY)
    texts = (before, applied(CARRIED, AFTER_WEEK))
    assert limit(CARRIED, crossing(), now=AFTER_WEEK, applied=texts) == 70


def test_day__after_closed_days__gets_from_the_last_with_service():
    whole = replace(DAY, carry_over=CarryOver.ADD_UNUSED)
    working = tuple(Weekday)[:5]
    text = scheme_of(whole, directions=(direction(weekdays=working),))
    (before,) = windows_before(reckoning_of(text, AFTER_WEEK), [crossing()])
    assert before.starts == date(2021, 12, 10)


def test_day__after_a_closed_day_of_its_port__gets_from_the_day_before_that():
    whole = replace(DAY, carry_over=CarryOver.ADD_UNUSED)
    closed = replace(control_point(), closed_days=(MONDAY - timedelta(days=1),))
    text = scheme_of(whole, entry=entry(closed, control_point("LMC")))
    wanted = [crossing(), crossing(control_point=ControlPointId("LMC"))]
    found = windows_before(reckoning_of(text, AFTER_WEEK), wanted)
    assert {dict(each.dimensions)["control_point"]: each.starts.day for each in found} == {
        "SZB": 11,
        "LMC": 12,
    }


def test_limit__raises__when_nobody_read_the_window_before():
    text = scheme_of(replace(WEEK, carry_over=CarryOver.ADD_UNUSED))
    with pytest.raises(KeyError):
        demand_of(reckoning_of(text, AFTER_WEEK), [crossing()])
