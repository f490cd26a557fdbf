"""Only what the pinned authority signed is believed, and nothing older replaces what is newer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.builders.authorities import START, Pair
from tongguan.adapters.keys import KeyStore
from tongguan.adapters.postgres.clock import Clock
from tongguan.app.authorities import Authority
from tongguan.app.holder_keys import PeerNotTrustedError, peer_keys
from tongguan.app.peers import PeerRefusedError, SyncReport, known_peers, sync_peer, trust_peer
from tongguan.app.publishing import STATUS_LISTS, published_keys, published_status_list
from tongguan.cli.pair import DirectSource
from tongguan.core.credentials.keys import KeySet, KeyState, KeyUse
from tongguan.core.credentials.published import PublishedKeySet, sign_key_set
from tongguan.core.credentials.status_list import read_status_list
from tongguan.core.identifiers import AuthorityId


@dataclass(frozen=True, kw_only=True, slots=True)
class Altered:
    """A peer's publications with one of them replaced."""

    source: DirectSource
    key_set: bytes | None = None
    lists: bytes | None = None
    acts_fail: bool = False

    def keys(self) -> bytes:
        return self.key_set or self.source.keys()

    def acts(self) -> tuple[bytes, ...]:
        if self.acts_fail:
            raise ConnectionError("too much came")
        return (*self.source.acts(), b"not an act")

    def annexes(self) -> tuple[bytes, ...]:
        return self.source.annexes()

    def figures(self) -> tuple[bytes, ...]:
        return self.source.figures()

    def trust_lists(self) -> tuple[bytes, ...]:
        return self.source.trust_lists()

    def recognitions(self) -> tuple[bytes, ...]:
        return self.source.recognitions()

    def status_list(self, list_id: str) -> bytes:
        return self.lists or self.source.status_list(list_id)


def test_peer__sync__takes_lists_and_names_what_is_refused(active: Pair) -> None:
    report = sync_peer(active.gd, active.hk.id, Altered(source=DirectSource(authority=active.hk)))
    assert report.lists == tuple(f"{kind}-0" for kind in STATUS_LISTS)
    assert len(report.refused) == 1
    assert report.refused[0].startswith("act:")


def test_peer__sync__refuses_the_lists_of_another_authority(active: Pair) -> None:
    own = published_status_list(active.gd, "pass-0")
    report = sync_peer(
        active.gd, active.hk.id, Altered(source=DirectSource(authority=active.hk), lists=own)
    )
    assert report.lists == ()


def test_peer__sync__refuses_a_list_from_the_future(active: Pair) -> None:
    active.set_time(START + timedelta(days=2))
    later = published_status_list(active.hk, "pass-0")
    active.set_time(START)
    report = sync_peer(
        active.gd, active.hk.id, Altered(source=DirectSource(authority=active.hk), lists=later)
    )
    assert "pass-0" not in report.lists


def test_peer__sync__an_old_key_set_brings_no_revoked_key_back(active: Pair) -> None:
    old = published_keys(active.hk)
    store = active.hk.keys
    assert isinstance(store, KeyStore)
    active.set_time(START + timedelta(hours=1))
    key = store.signing_key(KeyUse.PASS, START).public
    store.revoke(key.key_id, at=START + timedelta(hours=1))
    active.sync()
    sync_peer(
        active.gd, active.hk.id, Altered(source=DirectSource(authority=active.hk), key_set=old)
    )
    with active.gd.database.transaction() as transaction:
        known = peer_keys(transaction, active.hk.id).find(key.key_id)
    assert known is not None
    assert known.state is KeyState.REVOKED


def test_peer__sync__keeps_the_pinned_keys_against_a_stranger(active: Pair, tmp_path: Path) -> None:
    stranger = KeyStore(data=tmp_path / "stranger", authority=AuthorityId("HK"))
    stranger.make_missing(at=START, not_before=START, not_after=START + timedelta(days=9))
    before = known_peers(active.gd)
    report = sync_peer(
        active.gd,
        active.hk.id,
        Altered(source=DirectSource(authority=active.hk), key_set=stranger.signed_key_set(START)),
    )
    assert any(each.startswith("keys:") for each in report.refused)
    assert known_peers(active.gd) == before


@pytest.mark.parametrize("broken", [b"", b"x", b"\xff" * 70_000])
def test_peer__trust__refuses_what_is_no_key_set(pair: Pair, broken: bytes) -> None:
    with pytest.raises(PeerRefusedError):
        trust_peer(pair.hk, broken)


def test_peer__trust__refuses_its_own_keys(pair: Pair) -> None:
    with pytest.raises(PeerRefusedError, match="own_key_set"):
        trust_peer(pair.hk, published_keys(pair.hk))


def test_peer__unknown__issues_nothing(pair: Pair) -> None:
    with (
        pair.hk.database.transaction() as transaction,
        pytest.raises(PeerNotTrustedError),
    ):
        peer_keys(transaction, AuthorityId("MO"))


def test_authority__print__shows_no_secret(pair: Pair) -> None:
    shown = repr(replace(pair.hk))
    assert "root=" not in shown
    assert "private" not in shown.lower()


def store_of(authority: Authority) -> KeyStore:
    """The key store behind an authority, which can do more than a use case may."""
    assert isinstance(authority.keys, KeyStore)
    return authority.keys


def synced_under(pair: Pair, key_set: bytes) -> SyncReport:
    """What Hong Kong says when Guangdong publishes this key set."""
    source = Altered(source=DirectSource(authority=pair.gd), key_set=key_set)
    return sync_peer(pair.hk, pair.gd.id, source)


def test_peer__sync__bears_clocks_that_differ_by_seconds(active: Pair) -> None:
    clock = Clock(active.gd.database)  # type: ignore[arg-type]
    clock.set_domain_time(START + timedelta(seconds=30))
    report = sync_peer(active.hk, active.gd.id, DirectSource(authority=active.gd))
    assert report.lists == tuple(f"{kind}-0" for kind in STATUS_LISTS)
    assert report.refused == ()


def test_peer__sync__refuses_a_key_set_from_the_future(active: Pair) -> None:
    """It would keep every later set out, and so a revocation."""
    store = store_of(active.gd)
    ahead = synced_under(active, store.signed_key_set(START + timedelta(days=100)))
    assert "keys: dated_ahead" in ahead.refused
    key = store.signing_key(KeyUse.HEALTH_CODE, START).public
    store.revoke(key.key_id, at=START)
    active.set_time(START + timedelta(hours=1))
    active.sync()
    with active.hk.database.transaction() as transaction:
        known = peer_keys(transaction, active.gd.id).find(key.key_id)
    assert known is not None
    assert known.state is KeyState.REVOKED


def test_peer__trust__refuses_a_key_set_from_the_future(pair: Pair) -> None:
    with pytest.raises(PeerRefusedError, match="dated_ahead"):
        trust_peer(pair.hk, store_of(pair.gd).signed_key_set(START + timedelta(days=100)))


def test_peer__sync__says_that_a_key_set_is_older(active: Pair) -> None:
    old = store_of(active.gd).signed_key_set(START)
    active.set_time(START + timedelta(hours=1))
    active.sync()
    assert "keys: older than kept" in synced_under(active, old).refused


def test_peer__sync__keeps_the_lists_when_the_acts_fail(active: Pair) -> None:
    active.set_time(START + timedelta(hours=1))
    source = Altered(source=DirectSource(authority=active.gd), acts_fail=True)
    with pytest.raises(ConnectionError):
        sync_peer(active.hk, active.gd.id, source)
    with active.hk.database.transaction() as transaction:
        kept = [
            read_status_list(signed, active.gd.keys.key_set())
            for _, _, signed in transaction.peers.status_lists()
        ]
    assert [getattr(each, "issued_at", None) for each in kept] == [START + timedelta(hours=1)] * 2


def test_peer__trust__refuses_a_set_with_a_key_of_another_authority(
    active: Pair, tmp_path: Path
) -> None:
    """Or whoever is trusted for something else could push out the other side's keys."""
    third = KeyStore(data=tmp_path / "AA", authority=AuthorityId("AA"))
    third.make_missing(at=START, not_before=START, not_after=START + timedelta(days=90))
    signing = third.signing_key(KeyUse.SCHEME, START)

    def with_keys_of(other: Authority, at: datetime) -> bytes:
        copied = tuple(replace(key, authority=third.authority) for key in other.keys.key_set().keys)
        keys = KeySet(keys=(*third.key_set().keys, *copied))
        published = PublishedKeySet(authority=third.authority, issued_at=at, keys=keys)
        return sign_key_set(published, signing)

    for other in (active.hk, active.gd):
        with pytest.raises(PeerRefusedError, match="key_of_another_authority"):
            trust_peer(active.hk, with_keys_of(other, START))
    trust_peer(active.hk, third.signed_key_set(START))
    later = Altered(
        source=DirectSource(authority=active.gd),
        key_set=with_keys_of(active.gd, START + timedelta(seconds=1)),
    )
    report = sync_peer(active.hk, third.authority, later)
    assert "keys: key_of_another_authority" in report.refused


def test_peer__sync__follows_a_scheme_key_that_was_renewed(active: Pair) -> None:
    store = store_of(active.gd)
    pinned = store.signing_key(KeyUse.SCHEME, START).public
    late = pinned.not_after - timedelta(days=1)
    active.set_time(late)
    for each in (store, store_of(active.hk)):
        each.make_missing(at=late, not_before=late, not_after=late + timedelta(days=400))
    active.sync()
    active.set_time(pinned.not_after)
    active.sync()
    (peer,) = known_peers(active.hk)
    renewed = store.signing_key(KeyUse.SCHEME, pinned.not_after).public
    assert renewed.fingerprint != pinned.fingerprint
    assert peer.fingerprint == renewed.fingerprint
