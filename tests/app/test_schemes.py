"""What holds follows from signed acts, and from nothing else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders.authorities import START, Pair
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.public import public_overview
from tongguan.app.schemes import (
    VersionRefusedError,
    activate_phase,
    adopt_version,
    end_phase,
    holding_now,
    receive_act,
    resume_phase,
    sign_version,
    suspend_phase,
)
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import PhaseId, VersionId
from tongguan.core.scheme.acts import Act, ActKind, sign_act
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.obstacles import ObstacleCode
from tongguan.core.scheme.state import PhaseState
from tongguan.core.texts import Text

PILOT = PhaseId("pilot")
WHY = Text(zh_hant="試", zh_hans="试", en="a trial")


def assumed() -> bytes:
    return load_bundled(VersionId("hk-gd-2021-assumed")).canonical


def test_phase__activate__only_after_both_signatures(pair: Pair) -> None:
    digest = adopt_version(pair.hk, assumed())
    adopt_version(pair.gd, assumed())
    none_signed = activate_phase(pair.hk, digest, PILOT)
    sign_version(pair.hk, digest)
    one_signed = activate_phase(pair.hk, digest, PILOT)
    sign_version(pair.gd, digest)
    pair.sync()
    both_signed = activate_phase(pair.hk, digest, PILOT)
    assert [each.authority for each in none_signed.obstacles] == ["HK", "GD"]
    assert [each.authority for each in one_signed.obstacles] == ["GD"]
    assert both_signed.act is not None
    assert not both_signed.obstacles


def test_phase__activate__refused_when_one_side_signed_another_text(pair: Pair) -> None:
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot, *rest = version.phases
    first, *others = pilot.quotas
    altered_quota = replace(first, limit=(first.limit or 0) + 1)
    altered = canonical_text(
        replace(version, phases=(replace(pilot, quotas=(altered_quota, *others)), *rest))
    )
    digest = adopt_version(pair.hk, assumed())
    sign_version(pair.hk, digest)
    sign_version(pair.gd, adopt_version(pair.gd, altered))
    pair.sync()
    refused = activate_phase(pair.hk, digest, PILOT)
    assert [(each.code, each.authority) for each in refused.obstacles] == [
        (ObstacleCode.SIGNATURE_OF_OTHER_TEXT, "GD")
    ]
    assert holding_now(pair.hk) is None


def test_phase__activate__names_every_blocking_unknown(pair: Pair) -> None:
    canonical = load_bundled(VersionId("hk-gd-2021")).canonical
    for authority in (pair.hk, pair.gd):
        digest = adopt_version(authority, canonical)
        sign_version(authority, digest)
    pair.sync()
    paths = {each.path for each in activate_phase(pair.hk, digest, PILOT).obstacles}
    assert paths >= {
        "phases/pilot/quotas/all-day/limit",
        "phases/pilot/entry/control_points",
        "week/starts_on",
        "phases/pilot/quotas/business-week/counts/direction",
        "phases/pilot/quotas/all-day/counts/direction",
        "phases/pilot/quotas/business-week/kind",
        "data/legal_basis",
        "data/controller",
        "data/purpose",
        "data/retention_days",
        "data/ends",
    }


def test_phase__suspend__by_either_side_and_lifted_by_the_same(active: Pair) -> None:
    holding = holding_now(active.gd)
    assert holding is not None
    assert holding.state is PhaseState.ACTIVE
    suspend_phase(active.gd, holding.digest, PILOT, WHY)
    active.sync()
    active.set_time(START + timedelta(minutes=1))
    at_hk = holding_now(active.hk)
    assert at_hk is not None
    assert at_hk.state is PhaseState.SUSPENDED
    resume_phase(active.hk, holding.digest, PILOT)
    still = holding_now(active.hk)
    assert still is not None
    assert still.state is PhaseState.SUSPENDED


def test_act__receive__refused_from_a_stranger(pair: Pair) -> None:
    assert receive_act(pair.hk, b"x" * 100).refused is not None
    assert receive_act(pair.hk, b"").refused is not None


def test_version__adopt__refuses_what_is_not_canonical(pair: Pair) -> None:
    for text in (b"", b"{}", b"[" * 100_000, assumed() + b" ", b"x" * 1_000_000):
        with pytest.raises(VersionRefusedError):
            adopt_version(pair.hk, text)


def test_phase__activate__by_one_side_alone_pushes_nothing_out(active: Pair) -> None:
    """Guangdong's own activation of a text that Hong Kong never signed holds nowhere."""
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    other = canonical_text(replace(version, number=3))
    digest = adopt_version(active.gd, other)
    act = Act(
        kind=ActKind.ACTIVATE_PHASE,
        authority=active.gd.id,
        scheme=version.scheme,
        version=version.id,
        digest=digest,
        phase=PILOT,
        at=START,
    )
    signed = sign_act(act, active.gd.keys.signing_key(KeyUse.SCHEME, START))
    active.set_time(START + timedelta(minutes=1))
    for authority in (active.hk, active.gd):
        assert receive_act(authority, signed.message).refused is None
        holding = holding_now(authority)
        assert holding is not None
        assert holding.digest != digest
        assert holding.state is PhaseState.ACTIVE


def test_phase__end__takes_no_places_after_its_last_day(active: Pair) -> None:
    holding = holding_now(active.hk)
    assert holding is not None
    end_phase(active.hk, holding.digest, PILOT, date(2021, 12, 15), WHY)
    active.set_time(START + timedelta(minutes=1))
    days = {each.day for each in public_overview(active.hk).availability}
    assert days == {date(2021, 12, 13), date(2021, 12, 14), date(2021, 12, 15)}
