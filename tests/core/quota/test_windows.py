"""Which windows a crossing counts in: exactly one for each quota that matches, and no other."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.places import reckoning_of
from tests.builders.schemes import HOME, OUT, phase, quota, version
from tongguan.core.identifiers import CategoryId, ControlPointId, PersonKey, SlotId, SponsorId
from tongguan.core.quota import demand
from tongguan.core.quota.demand import demand_of
from tongguan.core.quota.windows import Crossing, UnstatedQuotaError
from tongguan.core.scheme.model import EACH, QUOTA_DIMENSIONS, QuotaKind, QuotaPer, Weekday

MONDAY = date(2021, 12, 13)
VALUES = {
    "direction": [OUT, HOME],
    "category": [CategoryId("business"), CategoryId("family")],
    "control_point": [ControlPointId("SZB"), ControlPointId("LMC")],
    "slot": [SlotId("day"), SlotId("late")],
    "person": [PersonKey(b"one"), PersonKey(b"two"), PersonKey(b"three")],
    "sponsor": [SponsorId("chamber"), SponsorId("union"), None],
}
crossings = st.builds(
    Crossing,
    day=st.dates(date(2021, 12, 1), date(2022, 1, 31)),
    **{name: st.sampled_from(values) for name, values in VALUES.items()},
)


def stated_counts(name):
    stated = [value for value in VALUES[name] if value is not None]
    named = [value.hex() if name == "person" else value for value in stated]
    return st.sampled_from([*named, EACH])


@st.composite
def quota_lists(draw):
    quotas = []
    for number in range(draw(st.integers(0, 5))):
        names = draw(st.sets(st.sampled_from(QUOTA_DIMENSIONS))) | {"direction"}
        counts = {name: draw(stated_counts(name)) for name in names}
        per = draw(st.sampled_from(QuotaPer))
        quotas.append(quota(f"quota-{number}", per=per, limit=draw(st.integers(0, 9)), **counts))
    return tuple(quotas)


def matches(counted, crossing):
    return all(
        crossing.value(name) is not None and wanted in (EACH, crossing.value(name))
        for name, wanted in counted.items()
    )


def crossing(**changes):
    values = {name: values[0] for name, values in VALUES.items()} | {"day": MONDAY}
    return Crossing(**values | changes)


def windows_touched(text, block, one):
    assert text.phases == (block,)
    return demand.windows_touched(reckoning_of(text), one)


def windows_of_party(text, block, party):
    assert text.phases == (block,)
    return demand_of(reckoning_of(text), party).windows


def scheme(*quotas, starts_on=Weekday.MONDAY):
    block = phase(quotas=quotas)
    return version(block, week_starts_on=starts_on), block


@given(quota_lists(), crossings, st.sampled_from(Weekday))
def test_crossing__lies_in_one_window__of_every_matching_quota(quotas, one, starts_on):
    text, block = scheme(*quotas, starts_on=starts_on)
    windows = windows_touched(text, block, one)
    assert sorted(window.quota for window in windows) == sorted(
        each.id for each in quotas if matches(each.counts, one)
    )
    assert all(window.holds(one) for window in windows)
    assert list(windows) == sorted(windows, key=lambda window: window.key)


@given(quota_lists(), crossings, crossings, st.sampled_from(Weekday))
def test_window__is_shared__exactly_by_the_crossings_it_holds(quotas, one, other, starts_on):
    text, block = scheme(*quotas, starts_on=starts_on)
    of_other = {window.key for window in windows_touched(text, block, other)}
    for window in windows_touched(text, block, one):
        assert window.holds(other) == (window.key in of_other)


@given(quota_lists(), crossings, st.sampled_from(Weekday))
def test_windows__lie_in_one_cell__the_week_of_the_service_day(quotas, one, starts_on):
    text, block = scheme(*quotas, starts_on=starts_on)
    for window in windows_touched(text, block, one):
        assert window.cell_week.weekday() == list(Weekday).index(starts_on)
        assert window.cell_week <= one.day < window.cell_week + timedelta(days=7)
        assert window.cell_week <= window.starts
        assert window.starts + timedelta(days=window.days) <= window.cell_week + timedelta(days=7)


@given(st.dates(date(2021, 12, 1), date(2022, 1, 31)), st.sampled_from(Weekday))
def test_week_window__holds_seven_days__from_the_day_the_week_starts(day, starts_on):
    text, block = scheme(
        quota("week", per=QuotaPer.WEEK, limit=5, direction=OUT), starts_on=starts_on
    )
    (window,) = windows_touched(text, block, crossing(day=day))
    around = [window.starts + timedelta(days=offset) for offset in range(-8, 15)]
    held = [each for each in around if window.holds(crossing(day=each))]
    assert held == [window.starts + timedelta(days=offset) for offset in range(7)]
    for each in held:
        assert windows_touched(text, block, crossing(day=each)) == (window,)


@given(st.lists(crossings, max_size=12), st.sampled_from(Weekday))
def test_days__add_up__to_their_week(party, starts_on):
    text, block = scheme(
        quota("day", per=QuotaPer.DAY, limit=5, direction=EACH),
        quota("week", per=QuotaPer.WEEK, limit=5, direction=EACH),
        starts_on=starts_on,
    )
    days, weeks = {}, {}
    for window, persons in windows_of_party(text, block, party):
        sums = days if window.quota == "day" else weeks
        key = (window.cell_week, window.dimensions)
        sums[key] = sums.get(key, 0) + persons
    assert days == weeks
    assert sum(weeks.values()) == len(set(party))


@given(quota_lists(), st.lists(crossings, max_size=12), st.sampled_from(Weekday))
def test_party__counts_each_person_once__in_key_order(quotas, party, starts_on):
    text, block = scheme(*quotas, starts_on=starts_on)
    counted = windows_of_party(text, block, [*party, *party])
    keys = [window.key for window, _ in counted]
    assert keys == sorted(set(keys))
    for window, persons in counted:
        assert persons == sum(window.holds(each) for each in set(party))


def test_quota__distinguishes_nothing__that_it_does_not_count():
    text, block = scheme(quota("all", per=QuotaPer.DAY, limit=5, direction=OUT))
    other = crossing(category=CategoryId("family"), slot=SlotId("late"), person=PersonKey(b"two"))
    assert windows_touched(text, block, crossing()) == windows_touched(text, block, other)
    assert windows_touched(text, block, crossing(direction=HOME)) == ()


def test_quota__of_a_value__counts_no_other():
    text, block = scheme(
        quota("business", per=QuotaPer.WEEK, limit=5, direction=OUT, category="business")
    )
    (window,) = windows_touched(text, block, crossing())
    assert window.dimensions == (("category", "business"), ("direction", OUT))
    assert windows_touched(text, block, crossing(category=CategoryId("family"))) == ()


def test_quota__of_sponsors__does_not_count_who_has_none():
    text, block = scheme(
        quota("each", per=QuotaPer.DAY, limit=5, direction=OUT, sponsor=EACH),
        quota("one", per=QuotaPer.DAY, limit=5, direction=OUT, sponsor="chamber"),
    )
    sponsored = windows_touched(text, block, crossing(sponsor=SponsorId("union")))
    assert [each.dimensions for each in sponsored] == [(("direction", OUT), ("sponsor", "union"))]
    assert windows_touched(text, block, crossing(sponsor=None)) == ()


@pytest.mark.parametrize(
    "unstated",
    [{"limit": None}, {"kind": None}, {"counts": {"direction": None}}],
    ids=["limit", "kind", "direction"],
)
def test_quota__raises__when_it_is_not_stated(unstated):
    whole = quota("all", per=QuotaPer.DAY, limit=5, direction=OUT)
    assert whole.kind is QuotaKind.CAP
    text, block = scheme(replace(whole, **unstated))
    with pytest.raises(UnstatedQuotaError):
        windows_touched(text, block, crossing())


def test_week__raises__when_nobody_stated_its_start():
    text, block = scheme(quota("all", per=QuotaPer.DAY, limit=5, direction=OUT), starts_on=None)
    with pytest.raises(UnstatedQuotaError):
        windows_touched(text, block, crossing())
