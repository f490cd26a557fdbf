"""The daily quotas of 2023 against what sources say of demand."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.adapters.demand_files import bundled_demand, load_demand_text
from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.identifiers import ControlPointId, DirectionId, VersionId
from tongguan.core.quota.backtest import (
    Backtest,
    Binding,
    DemandFigures,
    DemandRow,
    Figure,
    FigureKind,
    backtest,
    binding_of,
)
from tongguan.core.quota.windows import UnstatedQuotaError
from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.model import Version

SCHEME = VersionId("hk-mainland-2023")
NEW_YEAR = [date(2023, 1, day) for day in (18, 19, 20, 21)]
WAYS = ("HK-GD", "GD-HK")


def _version() -> Version:
    return load_bundled(SCHEME).version


def _figures(version: VersionId = SCHEME) -> DemandFigures:
    text = bundled_demand(version)
    assert text is not None
    read = load_demand_text(text, load_bundled(version).version)
    assert isinstance(read, DemandFigures), read
    return read


def _tested(version: Version | None = None) -> Backtest:
    version = version or _version()
    return backtest(version, version.phases[0], _figures())


def test_uplift__lifts__exactly_the_four_days_at_the_ports_it_names() -> None:
    lifted = {
        (each.direction, each.control_point, each.day): (each.limit_without, each.limit)
        for each in _tested().lifted
    }
    expected = {"LMS": (35_000, 45_000), "SZB": (10_000, 15_000), "ZMB": (1_000, 2_000)}
    assert lifted == {
        (way, point, day): limits
        for way in WAYS
        for point, limits in expected.items()
        for day in NEW_YEAR
    }


def test_days__are__every_day_of_the_phase_at_every_booked_port() -> None:
    found = _tested().days
    days = [date(2023, 1, 8) + timedelta(days=number) for number in range(29)]
    assert days[-1] == date(2023, 2, 5)
    assert [(each.direction, each.control_point, each.day) for each in found] == [
        (way, point, day) for way in WAYS for point in ("LMS", "SZB", "MKT", "ZMB") for day in days
    ]


def test_days__leave_out__those_on_which_the_control_point_is_closed() -> None:
    version = _version()
    phase = version.phases[0]
    assert phase.entry is not None
    closed = date(2023, 1, 18)
    points = tuple(
        replace(each, closed_days=(closed,)) if each.id == "LMS" else each
        for each in phase.entry.control_points or ()
    )
    shut = replace(phase, entry=replace(phase.entry, control_points=points))
    days = {
        (each.control_point, each.day) for each in _tested(replace(version, phases=(shut,))).days
    }
    assert ("LMS", closed) not in days
    assert {("LMS", date(2023, 1, 19)), ("SZB", closed)} <= days


def test_totals__of_a_direction_of_another_phase__are_left_out() -> None:
    version = _version()
    phase = version.phases[0]
    south = replace(phase, directions=tuple(d for d in phase.directions if d.id == "GD-HK"))
    assert _tested(replace(version, phases=(south,))).totals == ()


def test_quotas__could_bind__before_new_year_at_three_ports_and_nowhere_else() -> None:
    could = (Binding.BINDS, Binding.FILLED, Binding.COULD_BIND)
    telling = {
        (each.control_point, each.day): each.binding_without
        for each in _tested().days
        if each.binding_without in could
    }
    assert telling == {
        **{("LMS", day): Binding.COULD_BIND for day in NEW_YEAR},
        **{("SZB", day): Binding.FILLED for day in NEW_YEAR},
        **{("ZMB", day): Binding.FILLED for day in NEW_YEAR},
    }


def test_man_kam_to__never__could_bind() -> None:
    north = [each for each in _tested().days if each.direction == "HK-GD"]
    assert {each.binding for each in north if each.control_point == "MKT"} == {Binding.CANNOT_BIND}


def test_days_without_figures__are_not__taken_for_enough() -> None:
    south = [each for each in _tested().days if each.direction == "GD-HK"]
    late = {each.binding for each in south if each.day > date(2023, 1, 12)}
    assert late == {Binding.NO_DATA}


def test_lifted_days__follow__from_the_text_alone() -> None:
    version = _version()
    phase = version.phases[0]
    flat = replace(phase, quotas=tuple(replace(each, limits=()) for each in phase.quotas))
    assert backtest(version, flat, _figures()).lifted == ()
    szb = next(each for each in phase.quotas if each.id == "szb-day")
    a_day_less = replace(szb, limits=(replace(szb.limits[0], last=date(2023, 1, 20)),))
    changed = replace(phase, quotas=(a_day_less,))
    found = backtest(version, changed, _figures()).lifted
    assert {each.day for each in found} == set(NEW_YEAR[:3])


def test_totals__say__how_much_of_the_places_was_asked_for() -> None:
    totals = {each.total.id: each for each in _tested().totals}
    by_7_january = totals["north-by-7-january"]
    assert by_7_january.places == 56 * (35_000 + 10_000 + 5_000 + 1_000)
    assert by_7_january.percent == 14


def test_return2hk__was__far_from_bound() -> None:
    version = load_bundled(VersionId("return2hk-2020")).version
    found = backtest(version, version.phases[0], _figures(version.id))
    assert [each.percent for each in found.totals] == [44, 9, 17]
    assert {each.binding for each in found.days} == {Binding.CANNOT_BIND, Binding.NO_DATA}


def test_unknown_limit__is_not__taken_for_a_number() -> None:
    version = _version()
    phase = version.phases[0]
    first, *rest = phase.quotas
    unstated = replace(phase, quotas=(replace(first, limit=None), *rest))
    with pytest.raises(UnstatedQuotaError):
        backtest(version, unstated, _figures())


def _row(low: int | None, high: int | None) -> DemandRow:
    def figure(persons: int | None) -> Figure | None:
        if persons is None:
            return None
        return Figure(persons=persons, kind=FigureKind.ASSUMED, claims=(), because=None)

    return DemandRow(
        id="row",
        direction=DirectionId("HK-GD"),
        control_point=ControlPointId("SZB"),
        first=NEW_YEAR[0],
        last=NEW_YEAR[0],
        low=figure(low),
        high=figure(high),
    )


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (101, 200, Binding.BINDS),
        (101, None, Binding.BINDS),
        (100, None, Binding.FILLED),
        (99, 101, Binding.COULD_BIND),
        (99, None, Binding.COULD_BIND),
        (None, 101, Binding.COULD_BIND),
        (99, 100, Binding.CANNOT_BIND),
        (None, 100, Binding.CANNOT_BIND),
        (None, None, Binding.NO_DATA),
    ],
)
def test_binding__at_a_limit_of_100__is(low: Any, high: Any, expected: Binding) -> None:
    assert binding_of(100, _row(low, high)) is expected


@given(
    low=st.none() | st.integers(0, 300),
    more=st.none() | st.integers(0, 300),
    limit=st.integers(0, 300),
    raised=st.integers(0, 300),
)
def test_binding__never__grows_with_the_limit(
    low: int | None, more: int | None, limit: int, raised: int
) -> None:
    row = _row(low, None if more is None else (low or 0) + more)
    order = list(Binding)
    assert order.index(binding_of(limit, row)) <= order.index(binding_of(limit + raised, row))


SAID = """
version: "hk-mainland-2023"
rows:
  - id: "a"
    direction: "HK-GD"
    control_point: "SZB"
    first: "2023-01-18"
    last: "2023-01-18"
    low: {persons: 1, kind: "stated", claims: ["M21"]}
    high: null
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('["M21"]', '["M99"]', FaultCode.CLAIM_UNKNOWN),
        (', claims: ["M21"]', "", FaultCode.CLAUSE_WITHOUT_SOURCE),
        ('"stated"', '"bound"', FaultCode.KEY_MISSING),
        ('"stated"', '"guessed"', FaultCode.VALUE_NOT_ALLOWED),
        ('"SZB"', '"LWU"', FaultCode.CONTROL_POINT_UNKNOWN),
        ('"HK-GD"', '"HK-MO"', FaultCode.DIRECTION_UNKNOWN),
        ('last: "2023-01-18"', 'last: "2023-01-17"', FaultCode.DATES_OUT_OF_ORDER),
        ('version: "hk-mainland-2023"', 'version: "other"', FaultCode.VALUE_NOT_ALLOWED),
    ],
)
def test_demand_file__must_say__where_every_number_comes_from(
    old: str, new: str, code: FaultCode
) -> None:
    assert isinstance(load_demand_text(SAID.encode(), _version()), DemandFigures)
    read = load_demand_text(SAID.replace(old, new, 1).encode(), _version())
    assert isinstance(read, tuple)
    assert [fault.code for fault in read] == [code]
