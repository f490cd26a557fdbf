"""What holds follows from signed acts, and from nothing else."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders.authorities import START, Pair
from tongguan.adapters.keys import KeyStore
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import (
    OrderRefusedError,
    SuspensionOrder,
    activate_phase,
    end_phase,
    receive_act,
    resume_phase,
    sign_version,
    suspend_phase,
)
from tongguan.app.authorities import Authority, Keys
from tongguan.app.canonical_versions import VersionRefusedError
from tongguan.app.peers import trust_peer
from tongguan.app.public import public_overview
from tongguan.app.schemes import Holding, adopt_version, holding_now
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import AuthorityId, PhaseId, VersionDigest, VersionId
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
    suspend_phase(active.gd, holding.digest, PILOT, SuspensionOrder(why=WHY))
    active.sync()
    active.set_time(START + timedelta(minutes=1))
    at_hk = holding_now(active.hk)
    assert at_hk is not None
    assert at_hk.state is PhaseState.SUSPENDED
    with pytest.raises(OrderRefusedError, match="nothing_to_lift"):
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
    assert receive_act(active.gd, signed.message).refused is None
    assert receive_act(active.hk, signed.message).refused == "text_not_adopted"
    for authority in (active.hk, active.gd):
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


def held(authority: Authority) -> Holding:
    """What holds there, for there is something."""
    holding = holding_now(authority)
    assert holding is not None
    return holding


def signed_act(
    keys: Keys, by: str, kind: ActKind, digest: VersionDigest, at: datetime, **more: Any
) -> bytes:
    """An act on the pilot that no use case made, dated as its signer likes."""
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    act = Act(
        kind=kind,
        authority=AuthorityId(by),
        scheme=version.scheme,
        version=version.id,
        digest=digest,
        phase=PILOT,
        at=at,
        **more,
    )
    return sign_act(act, keys.signing_key(KeyUse.SCHEME, at)).message


def test_suspension__dated_back__suspends_and_annuls_nothing(active: Pair) -> None:
    digest = held(active.hk).digest
    before = START - timedelta(minutes=2)
    message = signed_act(active.gd.keys, "GD", ActKind.SUSPEND, digest, before, reason=WHY)
    assert receive_act(active.hk, message).refused is None
    assert held(active.hk).state is PhaseState.SUSPENDED


def test_activation_of_an_unknown_text__dated_back__is_refused(active: Pair) -> None:
    unknown = VersionDigest("ab" * 32)
    before = START - timedelta(minutes=2)
    message = signed_act(active.gd.keys, "GD", ActKind.ACTIVATE_PHASE, unknown, before)
    assert receive_act(active.hk, message).refused == "text_not_adopted"
    assert held(active.hk).state is PhaseState.ACTIVE


def test_suspension__heard_of_after_the_activation__holds_on_both_sides(pair: Pair) -> None:
    """Guangdong suspends ten seconds before Hong Kong activates, and neither knows of the other."""
    pair.set_time(START - timedelta(minutes=5))
    for authority in (pair.hk, pair.gd):
        digest = adopt_version(authority, assumed())
        sign_version(authority, digest)
    pair.sync()
    pair.set_time(START)
    suspend_phase(pair.gd, digest, PILOT, SuspensionOrder(why=WHY))
    pair.set_time(START + timedelta(seconds=10))
    assert not activate_phase(pair.hk, digest, PILOT).obstacles
    pair.sync()
    pair.set_time(START + timedelta(seconds=20))
    states = [held(authority).state for authority in (pair.hk, pair.gd)]
    assert states == [PhaseState.SUSPENDED] * 2
    resume_phase(pair.gd, digest, PILOT)
    pair.set_time(START + timedelta(seconds=30))
    pair.sync()
    states = [held(authority).state for authority in (pair.hk, pair.gd)]
    assert states == [PhaseState.ACTIVE] * 2


def test_phase__activated_again_after_its_end__pushes_nothing_out(active: Pair) -> None:
    old = held(active.hk).digest
    end_phase(active.hk, old, PILOT, date(2021, 12, 13), WHY)
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    following = canonical_text(
        replace(version, number=3, id=VersionId("hk-gd-2021-next"), follows=version.id)
    )
    next_day = START + timedelta(hours=15, minutes=1)
    active.set_time(next_day)
    for authority in (active.hk, active.gd):
        new = adopt_version(authority, following)
        sign_version(authority, new)
    active.sync()
    active.set_time(next_day + timedelta(minutes=1))
    assert not activate_phase(active.hk, new, PILOT).obstacles
    active.sync()
    again = next_day + timedelta(minutes=2)
    active.set_time(again + timedelta(minutes=1))
    message = signed_act(active.gd.keys, "GD", ActKind.ACTIVATE_PHASE, old, again)
    for authority in (active.hk, active.gd):
        assert receive_act(authority, message).refused is None
        holding = held(authority)
        assert (holding.digest, holding.state) == (new, PhaseState.ACTIVE)


def test_end__by_a_trusted_stranger__is_refused(active: Pair, tmp_path: Path) -> None:
    stranger = KeyStore(data=tmp_path / "XX", authority=AuthorityId("XX"))
    stranger.make_missing(at=START, not_before=START, not_after=START + timedelta(days=9))
    trust_peer(active.hk, stranger.signed_key_set(START))
    holding = held(active.hk)
    end = {"last_day": date(2021, 12, 1), "reason": WHY}
    message = signed_act(stranger, "XX", ActKind.END_PHASE, holding.digest, START, **end)
    assert receive_act(active.hk, message).refused == "no_party"
    assert held(active.hk).phase.ends == holding.phase.ends


def test_end__of_the_next_minute__draws_nothing_in_yet(active: Pair) -> None:
    holding = held(active.hk)
    ahead = START + timedelta(seconds=50)
    end = {"last_day": date(2021, 12, 20), "reason": WHY}
    message = signed_act(active.gd.keys, "GD", ActKind.END_PHASE, holding.digest, ahead, **end)
    assert receive_act(active.hk, message).refused is None
    assert held(active.hk).phase.ends == holding.phase.ends
    active.set_time(ahead)
    assert held(active.hk).phase.ends == date(2021, 12, 20)


def test_act__dated_further_ahead_than_clocks_differ__is_refused(active: Pair) -> None:
    ahead = START + timedelta(minutes=2)
    digest = held(active.hk).digest
    message = signed_act(active.gd.keys, "GD", ActKind.SUSPEND, digest, ahead, reason=WHY)
    assert receive_act(active.hk, message).refused == "dated_ahead"


def test_scheme_key__revoked__stops_new_acts_and_undoes_none(active: Pair) -> None:
    store = active.gd.keys
    assert isinstance(store, KeyStore)
    digest = held(active.hk).digest
    late = signed_act(store, "GD", ActKind.SUSPEND, digest, START, reason=WHY)
    for side in (active.hk, active.gd):
        assert isinstance(side.keys, KeyStore)
        key = side.keys.signing_key(KeyUse.SCHEME, START).public
        side.keys.revoke(key.key_id, at=START)
        side.keys.make_missing(at=START, not_before=START, not_after=START + timedelta(days=300))
    for authority in (active.hk, active.gd):
        assert held(authority).state is PhaseState.ACTIVE
    assert receive_act(active.gd, late).refused == "key_not_valid"
    trust_peer(active.hk, store.signed_key_set(START + timedelta(seconds=1)))
    assert receive_act(active.hk, late).refused == "key_not_valid"
    assert held(active.hk).state is PhaseState.ACTIVE
    suspend_phase(active.gd, digest, PILOT, SuspensionOrder(why=WHY))
    active.set_time(START + timedelta(seconds=2))
    assert held(active.gd).state is PhaseState.SUSPENDED


def test_phase__ends__with_the_data_of_the_scheme(active: Pair) -> None:
    holding = held(active.hk)
    assert holding.version.data.ends is not None
    assert holding.phase.ends == min(date(2022, 1, 31), holding.version.data.ends)
