"""Annexes: what an agreement lets one authority lay down, what not, and what follows from it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.schemes import GD, HK, HOME, OUT, booking, direction, phase, version
from tongguan.adapters.annex_files import LoadedAnnex, bundled_annexes, load_annex_text
from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.booking.releases import days_ahead_max
from tongguan.core.identifiers import ClaimId, VersionDigest, VersionId
from tongguan.core.scheme.annex_statements import AnnexSigned, annexes_in_force
from tongguan.core.scheme.annexes import (
    annex_as_data,
    annex_digest,
    check_annex,
    read_annex,
    with_annexes,
)
from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.model import Annex, AnnexBounds, Basis, Certainty, Leg, Version

FILES = Path(__file__).resolve().parents[3] / "conformance" / "annexes"
EXPECTED: dict[str, Any] = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))
DIGEST = VersionDigest("ab" * 32)
NOW = datetime(2023, 1, 12, 9, tzinfo=UTC)


def _annex(**changes: Any) -> Annex:
    loaded = load_annex_text((FILES / "sound.yaml").read_bytes())
    assert isinstance(loaded, LoadedAnnex), loaded
    return replace(loaded.annex, **changes)


def _agreement() -> Version:
    return load_bundled(VersionId("hk-mainland-2023")).version


def test_sound__is__sound_and_reads_back() -> None:
    annex = _annex()
    assert check_annex(_agreement(), annex) == ()
    assert read_annex(annex_as_data(annex), {}) == annex


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_faulty_file__gives__its_own_fault_with_line_and_remedy(name: str) -> None:
    loaded = load_annex_text((FILES / name).read_bytes())
    if isinstance(loaded, LoadedAnnex):
        agreement = load_bundled(VersionId(EXPECTED[name]["agreement"])).version
        faults = check_annex(agreement, loaded.annex, loaded.positions)
    else:
        faults = loaded
    found = [{"code": f.code.value, "line": f.line, "path": f.path} for f in faults]
    assert found == EXPECTED[name]["faults"]
    assert [f.code.value for f in faults] == [name.removesuffix(".yaml")]
    assert all(f.remedy.en for f in faults)


def test_faults_of_annexes__have__a_file_each() -> None:
    own = {code.value for code in FaultCode if code.value.startswith("annex_")}
    assert own <= {name.removesuffix(".yaml") for name in EXPECTED}
    assert {path.name for path in FILES.glob("*.yaml")} == {*EXPECTED, "sound.yaml"}


def test_bundled_annexes__are__within_their_agreement() -> None:
    found = bundled_annexes(VersionId("hk-mainland-2023"))
    assert [each.annex.party for each in found] == ["GD", "HK"]
    assert all(check_annex(_agreement(), each.annex) == () for each in found)
    assert bundled_annexes(VersionId("hk-gd-2021")) == ()


def test_version__as_run__has_the_annex_s_booking_and_nothing_else_changed() -> None:
    agreement = _agreement()
    run = with_annexes(agreement, [_annex()])
    before, after = (
        {each.id: each for each in text.phases[0].directions} for text in (agreement, run)
    )
    assert before["HK-GD"] == after["HK-GD"]
    old, new = before["GD-HK"].booking, after["GD-HK"].booking
    assert old is not None
    assert new is not None
    assert days_ahead_max(new) == 13
    assert new.hours is not None
    assert new.hours.opens == time(6)
    assert new.basis.claims == (*old.basis.claims, "GD.A1")
    same = replace(new, releases=old.releases, hours=old.hours, basis=old.basis)
    assert same == old
    assert [claim.id for claim in run.claims][-1] == "GD.A1"
    assert run.phases[0].quotas == agreement.phases[0].quotas


def test_two_annexes__that_call_their_claims_alike__are_cited_apart() -> None:
    south = _annex()
    north = replace(
        south,
        party=HK,
        directions=tuple(replace(each, direction=OUT) for each in south.directions),
        claims=tuple(replace(each, certainty=Certainty.REPORTED) for each in south.claims),
    )
    run = with_annexes(_agreement(), [south, north])
    cited = {
        way.id: way.booking.basis.claims[-1]
        for way in run.phases[0].directions
        if way.booking is not None
    }
    assert cited == {OUT: "HK.A1", HOME: "GD.A1"}
    claims = {each.id: each for each in run.claims}
    sources = {each.id for each in run.sources}
    assert len(claims) == len(run.claims)
    assert claims[ClaimId("HK.A1")].certainty is Certainty.REPORTED
    assert claims[ClaimId("HK.A1")].source in sources
    assert {"HK.notice", "GD.notice"} <= sources


def test_annex__of_nothing_said__leaves_booking_as_the_agreement_says() -> None:
    annex = _annex()
    (said,) = annex.directions
    assert said.hours is not None
    way = direction(HOME, Leg.OUT, booking=booking(hours=said.hours), booking_authority=GD)
    agreement = version(phase(directions=(direction(OUT), way)), id=annex.agreement)
    silent = replace(annex, directions=(replace(said, releases=None, hours=None),))
    assert check_annex(agreement, silent) == ()
    run = with_annexes(agreement, [silent]).phases[0].directions[1].booking
    assert run is not None
    assert way.booking is not None
    assert (run.releases, run.hours) == (way.booking.releases, said.hours)


def _bounded(**bounds: int | None) -> Version:
    limits = AnnexBounds(
        **{"days_ahead_min": None, "days_ahead_max": None, "open_minutes_a_day_min": None} | bounds,
        basis=Basis(),
    )
    ways = (
        direction(OUT, booking=booking(annex=limits)),
        direction(HOME, Leg.OUT, booking=booking(annex=limits), booking_authority=GD),
    )
    return version(phase(directions=ways), id=VersionId("hk-mainland-2023"))


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"days_ahead_min": 13, "days_ahead_max": 13}, None),
        ({"days_ahead_min": 0, "days_ahead_max": 12}, FaultCode.ANNEX_DAYS_AHEAD),
        ({"days_ahead_min": 14, "days_ahead_max": 60}, FaultCode.ANNEX_DAYS_AHEAD),
        ({"days_ahead_max": 60}, FaultCode.ANNEX_NOT_ALLOWED),
        ({"days_ahead_min": 0}, FaultCode.ANNEX_NOT_ALLOWED),
        ({}, FaultCode.ANNEX_NOT_ALLOWED),
    ],
)
def test_horizon__is_held__to_both_bounds_and_may_not_change_where_one_is_not_stated(
    bounds: dict[str, int], expected: FaultCode | None
) -> None:
    annex = _annex()
    (said,) = annex.directions
    only_releases = replace(annex, directions=(replace(said, hours=None),))
    faults = check_annex(_bounded(**bounds), only_releases)
    assert [each.code for each in faults] == ([] if expected is None else [expected])


@given(opens=st.times(), closes=st.times(), least=st.integers(min_value=1, max_value=1440))
@settings(max_examples=60, deadline=None)
def test_hours__are_allowed__exactly_when_long_enough(
    opens: time, closes: time, least: int
) -> None:
    opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
    annex = _annex()
    (said,) = annex.directions
    assert said.hours is not None
    hours = replace(said.hours, opens=opens, closes=closes)
    only_hours = replace(annex, directions=(replace(said, releases=None, hours=hours),))
    # Counted minute by minute, which is another way than the checker's.
    first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    minutes = len(
        [
            each
            for each in range(1440)
            if (first <= each < last if first < last else each >= first or each < last)
        ]
    )
    faults = check_annex(_bounded(open_minutes_a_day_min=least), only_hours)
    assert bool(faults) == (minutes < least)


def _signed(number: int, day: int, **changes: Any) -> AnnexSigned:
    annex = _annex(number=number, **changes)
    at = NOW.replace(day=day)
    return AnnexSigned(authority=annex.party, at=at, digest=DIGEST, annex=annex)


def test_in_force__is__the_highest_number_signed_by_then() -> None:
    first, second = _signed(1, 10), _signed(2, 14)
    agreement = _agreement()
    for day, expected in (
        (9, ()),
        (10, (first,)),
        (13, (first,)),
        (14, (second,)),
        (20, (second,)),
    ):
        held = annexes_in_force(agreement, DIGEST, (second, first), NOW.replace(day=day))
        assert held == expected


def test_in_force__is_never__one_of_another_text_or_outside_the_bounds() -> None:
    sound, elsewhere = _signed(1, 10), _signed(3, 11)
    elsewhere = replace(elsewhere, digest=VersionDigest("cd" * 32))
    too_few = _signed(2, 11, agreement=VersionId("another-text"))
    held = annexes_in_force(_agreement(), DIGEST, (sound, elsewhere, too_few), NOW)
    assert held == (sound,)


def test_in_force__of_two_with_one_number__is_the_one_signed_first() -> None:
    one, other = _signed(2, 10), _signed(2, 11, title=_agreement().title)
    assert annex_digest(one.annex) != annex_digest(other.annex)
    for signed in ((one, other), (other, one)):
        assert annexes_in_force(_agreement(), DIGEST, signed, NOW) == (one,)


def test_annex__is_signed__by_its_own_authority_only() -> None:
    with pytest.raises(ValueError, match="own annex"):
        AnnexSigned(authority=HK, at=NOW, digest=DIGEST, annex=_annex())
    with pytest.raises(ValueError, match="whole second"):
        AnnexSigned(authority=GD, at=NOW.replace(microsecond=1), digest=DIGEST, annex=_annex())
