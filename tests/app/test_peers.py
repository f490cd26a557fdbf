"""Only what the pinned authority signed is believed, and nothing older replaces what is newer."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.authorities import START, DirectSource, Pair
from tongguan.adapters.keys import KeyStore
from tongguan.app.holder_keys import PeerNotTrustedError, peer_keys
from tongguan.app.peers import PeerRefusedError, known_peers, sync_peer, trust_peer
from tongguan.app.publishing import STATUS_LISTS, published_keys, published_status_list
from tongguan.core.credentials.keys import KeyState, KeyUse
from tongguan.core.identifiers import AuthorityId


@dataclass(frozen=True, kw_only=True, slots=True)
class Altered:
    """A peer's publications with one of them replaced."""

    source: DirectSource
    key_set: bytes | None = None
    lists: bytes | None = None

    def keys(self) -> bytes:
        return self.key_set or self.source.keys()

    def acts(self) -> tuple[bytes, ...]:
        return (*self.source.acts(), b"not an act")

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
