"""What nobody has stated, and what it blocks."""

import dataclasses
from typing import Any

import pytest

from tests.builders import schemes as build
from tongguan.core.identifiers import QuotaId, VersionId
from tongguan.core.scheme.model import (
    QUOTA_DIMENSIONS,
    Direction,
    GrantRule,
    Holders,
    LimitException,
    OrderOfUse,
    PartialWeeks,
    Phase,
    Quota,
    QuotaKind,
    QuotaPer,
    Remedy,
    Reserve,
    Version,
)
from tongguan.core.scheme.unknowns import VERSION, Unknown, blocking, unknowns


def _named(version: Version) -> dict[str, str | None]:
    return {unknown.path: unknown.blocks for unknown in unknowns(version)}


def _phase(**changes: Any) -> Version:
    return build.version(build.phase(**changes))


def test_complete_version__leaves_open__only_what_blocks_nothing() -> None:
    version = build.version()
    assert blocking(version, build.PILOT) == ()
    assert set(_named(version).values()) == {None}
    assert set(_named(version)) == {
        "phases/pilot/return/stay_days_max",
        "phases/pilot/return/same_control_point",
    }


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"week_starts_on": None}, "week/starts_on"),
        ({"booking_authority": None}, "booking_authority/party"),
    ],
)
def test_version__is_blocked__by(change: dict[str, Any], path: str) -> None:
    assert _named(build.version(**change))[path] == VERSION


@pytest.mark.parametrize(
    "field", ["legal_basis", "controller", "purpose", "retention_days", "ends"]
)
def test_version__is_blocked__by_data_protection_that_is_not_stated(field: str) -> None:
    data = dataclasses.replace(build.version().data, **{field: None})
    assert _named(build.version(data=data))[f"data/{field}"] == VERSION


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("entry", None),
        ("participation", None),
        ("area", None),
        ("categories", ()),
        ("quotas", ()),
        ("directions", ()),
        ("health", None),
        ("credentials", None),
    ],
)
def test_phase__is_blocked__by_a_clause_that_is_not_there(field: str, value: object) -> None:
    assert _named(_phase(**{field: value}))[f"phases/pilot/{field}"] == build.PILOT


@pytest.mark.parametrize("field", ["not_before", "ends"])
def test_phase__is_not_blocked__by_dates(field: str) -> None:
    assert _named(_phase(**{field: None}))[f"phases/pilot/{field}"] is None


def test_quota__blocks__while_limit_kind_or_count_is_unknown() -> None:
    quota = dataclasses.replace(
        build.quota("q", per=QuotaPer.DAY, limit=None, direction=None, slot=None), kind=None
    )
    named = _named(_phase(quotas=(quota,)))
    for field in ("limit", "kind", "counts/direction", "counts/slot"):
        assert named[f"phases/pilot/quotas/q/{field}"] == build.PILOT


def test_quota_limit__of_zero__is_stated() -> None:
    quota = build.quota("q", per=QuotaPer.DAY, limit=0, direction="each")
    assert "phases/pilot/quotas/q/limit" not in _named(_phase(quotas=(quota,)))


def _reserve(order_of_use: OrderOfUse | None) -> Quota:
    return dataclasses.replace(
        build.quota("kept", per=QuotaPer.DAY, limit=10, direction=build.OUT, category="family"),
        kind=QuotaKind.RESERVE,
        reserve=Reserve(inside=QuotaId("all-day"), order_of_use=order_of_use, released=None),
    )


@pytest.mark.parametrize("order_of_use", [None, OrderOfUse.OPEN_FIRST])
def test_reserve__blocks__while_nobody_says_which_places_go_first(
    order_of_use: OrderOfUse | None,
) -> None:
    path = "phases/pilot/quotas/kept/reserve/order_of_use"
    named = _named(_phase(quotas=(_reserve(order_of_use),)))
    assert named.get(path) == (build.PILOT if order_of_use is None else None)


@pytest.mark.parametrize("limit", [None, 0])
def test_dated_limit__blocks__while_its_number_is_unknown(limit: int | None) -> None:
    exception = LimitException(
        id="new-year",
        where={},
        first=None,
        last=None,
        weekdays=None,
        limit=limit,
        basis=build.basis(),
    )
    quota = build.quota("q", per=QuotaPer.DAY, limit=10, direction="each")
    named = _named(_phase(quotas=(dataclasses.replace(quota, limits=(exception,)),)))
    path = "phases/pilot/quotas/q/limits/new-year/limit"
    assert named.get(path) == (build.PILOT if limit is None else None)


def test_week_cut_short__is_shown__and_blocks_nothing() -> None:
    weekly = build.quota("q", per=QuotaPer.WEEK, limit=10, direction="each")
    path = "phases/pilot/quotas/q/partial_weeks"
    assert _named(_phase(quotas=(weekly,)))[path] is None
    stated = dataclasses.replace(weekly, partial_weeks=PartialWeeks.WHOLE)
    assert path not in _named(_phase(quotas=(stated,)))
    person = build.quota("q", per=QuotaPer.WEEK, limit=1, direction="each", person="each")
    assert path not in _named(_phase(quotas=(person,)))


def test_every_count__has_words__when_nobody_has_stated_it() -> None:
    unstated = dict.fromkeys(QUOTA_DIMENSIONS)
    quota = build.quota("q", per=QuotaPer.DAY, limit=1, **unstated)
    named = _named(_phase(quotas=(quota,)))
    for dimension in QUOTA_DIMENSIONS:
        assert named[f"phases/pilot/quotas/q/counts/{dimension}"] == build.PILOT


def test_holders__block__a_version_that_follows_and_not_the_first() -> None:
    path = "phases/pilot/holders"
    assert path not in _named(build.version())
    following = build.version(follows=VersionId("test-pilot-0"))
    assert _named(following)[path] == build.PILOT
    holders = Holders(
        places=(Remedy.HONOUR,), move_days_max=None, grants=GrantRule.KEEP, basis=build.basis()
    )
    stated = build.version(build.phase(holders=holders), follows=VersionId("test-pilot-0"))
    assert path not in _named(stated)


@pytest.mark.parametrize(
    ("field", "blocks"),
    [("allocation", True), ("evidence", True), ("assurance", True), ("precedence", False)],
)
def test_category__blocks__while_it_cannot_be_decided(field: str, blocks: bool) -> None:
    version = _phase(categories=(build.category("family", **{field: None}),))
    path = f"phases/pilot/categories/family/{field}"
    assert _named(version)[path] == (build.PILOT if blocks else None)


def test_category__asking_for_no_evidence__is_stated() -> None:
    version = _phase(categories=(build.category("family", evidence=()),))
    assert "phases/pilot/categories/family/evidence" not in _named(version)


@pytest.mark.parametrize("field", ["weekdays", "slots", "booking"])
def test_direction__blocks__while_places_cannot_be_given_out(field: str) -> None:
    direction: Direction = build.direction(**{field: None})
    named = _named(_phase(directions=(direction,)))
    assert named[f"phases/pilot/directions/HK-GD/{field}"] == build.PILOT


def test_control_points__block__and_their_hours_do_not() -> None:
    entry = dataclasses.replace(build.entry(), control_points=None)
    assert _named(_phase(entry=entry))["phases/pilot/entry/control_points"] == build.PILOT
    entry = build.entry(build.control_point(opens=None))
    assert _named(_phase(entry=entry))["phases/pilot/entry/control_points/SZB/opens"] is None


def test_documents__block__while_nobody_says_which() -> None:
    participation = build.phase().participation
    assert participation is not None
    unstated = dataclasses.replace(participation, document_types=None)
    named = _named(_phase(participation=unstated))
    assert named["phases/pilot/participation/document_types"] == build.PILOT


def test_health__blocks__while_codes_or_care_are_not_stated() -> None:
    named = _named(_phase(health=build.health(codes=(), codes_stated=False, care=None)))
    assert named["phases/pilot/health/codes"] == build.PILOT
    assert named["phases/pilot/health/care"] == build.PILOT
    assert "phases/pilot/health/codes" not in _named(_phase(health=build.health(codes=())))


def test_return__never_blocks__whatever_is_unknown() -> None:
    named = _named(_phase(return_=None))
    for field in ("place_required", "stay_days_max", "same_control_point"):
        assert named[f"phases/pilot/return/{field}"] is None


def test_right_of_entry__blocks__for_each_party_without_one() -> None:
    named = _named(_phase(rights_of_entry=()))
    assert named["phases/pilot/rights_of_entry/HK"] == build.PILOT
    assert named["phases/pilot/rights_of_entry/GD"] == build.PILOT


def test_unknown_of_one_phase__does_not_block__another() -> None:
    pilot: Phase = build.phase()
    later = build.phase(id="later", quotas=())
    version = build.version(pilot, later)
    assert blocking(version, build.PILOT) == ()
    assert [unknown.path for unknown in blocking(version, later.id)] == ["phases/later/quotas"]


def test_unknown__is_named__once_and_in_three_languages() -> None:
    empty = build.version(
        build.phase(
            not_before=None,
            ends=None,
            quotas=(build.quota("q", per=QuotaPer.WEEK, limit=None, direction=None),),
            directions=(build.direction(weekdays=None, slots=None, booking=None),),
            return_=None,
            rights_of_entry=(),
        ),
        week_starts_on=None,
    )
    found: tuple[Unknown, ...] = unknowns(empty)
    assert len({unknown.path for unknown in found}) == len(found)
    for unknown in found:
        assert unknown.what.zh_hant
        assert unknown.what.zh_hans
        assert unknown.what.en
