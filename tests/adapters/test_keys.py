"""The key store: owner only, moved in one direction, never shown, safe between processes."""

import logging
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from credential_test_keys import GD, HK

from tongguan.adapters.keys import RENEWAL_AHEAD, KeyStore, KeyStoreError
from tongguan.core.credentials.holder import agreement_key_of
from tongguan.core.credentials.keys import KeyState, KeyUse, PublicKey
from tongguan.core.credentials.published import claimed_fingerprint, read_signed_key_set
from tongguan.core.identifiers import SchemeId

AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = 365 * DAY
SECOND = timedelta(seconds=1)
USES = set(KeyUse) - {KeyUse.EVIDENCE}
"""Keys for evidence are those of enrolled sources, never of an authority."""


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(data=tmp_path, authority=HK)


def prepare(store: KeyStore, use: KeyUse = KeyUse.PASS, start: datetime = AT) -> PublicKey:
    return store.prepare(use, at=AT, not_before=start, not_after=start + YEAR)


def state_of(store: KeyStore, key: PublicKey) -> KeyState:
    found = store.key_set().find(key.key_id)
    assert found is not None
    return found.state


def test_key_store__is_empty__before_the_first_key(store: KeyStore) -> None:
    assert store.key_set().keys == ()
    assert not store.directory.exists()
    with pytest.raises(KeyStoreError, match="no active key for pass"):
        store.signing_key(KeyUse.PASS, AT)


def test_key_store__moves_a_key__from_prepared_to_revoked(store: KeyStore) -> None:
    key = prepare(store)
    assert state_of(store, key) is KeyState.PREPARED
    with pytest.raises(KeyStoreError):
        store.signing_key(KeyUse.PASS, AT)
    store.activate(key.key_id, at=AT)
    signing = store.signing_key(KeyUse.PASS, AT)
    signature = signing.sign(b"message", use=KeyUse.PASS, at=AT)
    assert key.verifies(signature, b"message")
    retired = store.retire(key.key_id, at=AT + DAY)
    assert (retired.state, retired.not_after) == (KeyState.RETIRED, AT + DAY)
    with pytest.raises(KeyStoreError):
        store.signing_key(KeyUse.PASS, AT)
    assert store.revoke(key.key_id, at=AT + DAY).state is KeyState.REVOKED


def test_key_store__moves_no_key_back(store: KeyStore) -> None:
    key = prepare(store)
    with pytest.raises(KeyStoreError, match="prepared"):
        store.retire(key.key_id, at=AT)
    store.activate(key.key_id, at=AT)
    with pytest.raises(KeyStoreError, match="active"):
        store.activate(key.key_id, at=AT)
    with pytest.raises(KeyStoreError, match="before it begins"):
        store.retire(key.key_id, at=AT)
    store.revoke(key.key_id, at=AT)
    for change in (store.activate, store.retire):
        with pytest.raises(KeyStoreError, match="revoked"):
            change(key.key_id, at=AT + DAY)
    with pytest.raises(KeyStoreError, match="no key 0000"):
        store.revoke(bytes(8), at=AT)
    assert state_of(store, key) is KeyState.REVOKED


def test_key_store__signs__with_the_newest_active_key_within_its_dates(store: KeyStore) -> None:
    old, new = prepare(store), prepare(store, start=AT + DAY)
    for key in (old, new):
        store.activate(key.key_id, at=AT)
    assert store.signing_key(KeyUse.PASS, AT).public.key_id == old.key_id
    assert store.signing_key(KeyUse.PASS, AT + DAY).public.key_id == new.key_id
    with pytest.raises(KeyStoreError):
        store.signing_key(KeyUse.HEALTH_CODE, AT)


@pytest.mark.parametrize("use", [KeyUse.FACTS, KeyUse.HEALTH_CODE, KeyUse.SCHEME])
def test_key_store__signs__with_the_key_that_the_other_side_knows_to_its_end(
    store: KeyStore, use: KeyUse
) -> None:
    for start in (AT, AT + DAY):
        made = store.prepare(use, at=AT, not_before=start, not_after=start + YEAR)
        store.activate(made.key_id, at=AT)
    for day, start in ((DAY, AT), (YEAR - SECOND, AT), (YEAR, AT + DAY)):
        assert store.signing_key(use, AT + day).public.not_before == start


def test_key_store__makes__each_missing_key_once(store: KeyStore) -> None:
    for _ in range(2):
        store.make_missing(at=AT, not_before=AT, not_after=AT + YEAR)
        assert sorted(key.use for key in store.key_set().keys) == sorted(USES)
        assert {key.state for key in store.key_set().keys} == {KeyState.ACTIVE}


def test_key_store__renews__every_key_ahead_of_its_end(store: KeyStore) -> None:
    store.make_missing(at=AT, not_before=AT, not_after=AT + YEAR)
    late = AT + YEAR - RENEWAL_AHEAD
    for at in (late - DAY, late, late + DAY):
        store.make_missing(at=at, not_before=late, not_after=late + YEAR)
    assert len(store.key_set().keys) == 2 * len(USES)
    agreed = agreement_key_of(store.key_set(), HK, f"{late:%Y-%m}")
    assert agreed is not None
    assert agreed.not_before == AT
    for use in USES - {KeyUse.AGREEMENT}:
        assert store.signing_key(use, AT + YEAR).public.not_before == late


def test_key_store__replaces__what_has_ended(store: KeyStore) -> None:
    store.make_missing(at=AT, not_before=AT, not_after=AT + YEAR)
    late = AT + 2 * YEAR
    store.make_missing(at=late, not_before=late, not_after=late + YEAR)
    for use in USES - {KeyUse.AGREEMENT}:
        assert store.signing_key(use, late).public.not_before == late


def test_key_store__signs_its_set__with_the_pinned_key_to_its_end(store: KeyStore) -> None:
    store.make_missing(at=AT, not_before=AT, not_after=AT + YEAR)
    pinned = store.signing_key(KeyUse.SCHEME, AT).public.fingerprint
    late = AT + YEAR - DAY
    store.make_missing(at=late, not_before=late, not_after=late + YEAR)
    published = read_signed_key_set(store.signed_key_set(late), fingerprint=pinned)
    assert getattr(published, "keys", None) == store.key_set()
    assert claimed_fingerprint(store.signed_key_set(AT + YEAR)) != pinned


def test_key_store__keeps_everything__for_its_owner_only(store: KeyStore) -> None:
    before = os.umask(0)
    try:
        key = prepare(store)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.directory.iterdir()}
    assert modes == {"keys.json": 0o600, "keys.lock": 0o600, f"{key.key_id.hex()}.pem": 0o600}
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700


def test_key_store__refuses__a_key_that_others_can_read(store: KeyStore) -> None:
    key = prepare(store)
    store.activate(key.key_id, at=AT)
    (store.directory / f"{key.key_id.hex()}.pem").chmod(0o640)
    with pytest.raises(KeyStoreError, match="0600"):
        store.signing_key(KeyUse.PASS, AT)


def test_key_store__refuses__a_damaged_store(store: KeyStore, tmp_path: Path) -> None:
    key = prepare(store)
    store.activate(key.key_id, at=AT)
    private = store.directory / f"{key.key_id.hex()}.pem"
    other = prepare(store)
    private.write_bytes((store.directory / f"{other.key_id.hex()}.pem").read_bytes())
    with pytest.raises(ValueError, match="belong together"):
        KeyStore(data=tmp_path, authority=HK).signing_key(KeyUse.PASS, AT)
    private.write_bytes(b"no key")
    with pytest.raises(KeyStoreError, match="cannot be read"):
        KeyStore(data=tmp_path, authority=HK).signing_key(KeyUse.PASS, AT)
    private.unlink()
    with pytest.raises(KeyStoreError, match="cannot be read"):
        KeyStore(data=tmp_path, authority=HK).signing_key(KeyUse.PASS, AT)
    index = store.directory / "keys.json"
    index.write_bytes(index.read_bytes().replace(b'"HK"', b'"GD"'))
    with pytest.raises(KeyStoreError, match="another authority"):
        store.key_set()
    index.write_bytes(b"{")
    with pytest.raises(KeyStoreError, match="not_json"):
        store.key_set()


def test_key_store__shows_and_logs__no_private_key(
    store: KeyStore, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        key = prepare(store)
        store.activate(key.key_id, at=AT)
        shown = repr(store) + repr(store.signing_key(KeyUse.PASS, AT)) + repr(store.key_set())
    secret = (store.directory / f"{key.key_id.hex()}.pem").read_text().splitlines()[1]
    output = capfd.readouterr()
    for text in (shown, caplog.text, output.out, output.err):
        assert secret not in text
    assert b"PRIVATE" not in (store.directory / "keys.json").read_bytes()


def test_key_store__sees__what_another_process_changed(store: KeyStore, tmp_path: Path) -> None:
    key = prepare(store)
    assert state_of(store, key) is KeyState.PREPARED
    KeyStore(data=tmp_path, authority=HK).activate(key.key_id, at=AT)
    assert state_of(store, key) is KeyState.ACTIVE


def test_key_store__loses_no_key__when_many_are_made_at_once(tmp_path: Path) -> None:
    def make() -> None:
        prepare(KeyStore(data=tmp_path, authority=HK))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(KeyStore(data=tmp_path, authority=HK).key_set().keys) == 8


def test_key_store__changes_nothing__when_a_change_fails(
    store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = prepare(store)
    before = (store.directory / "keys.json").read_bytes()

    def fail(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="no space left"):
            store.activate(key.key_id, at=AT)
    assert (store.directory / "keys.json").read_bytes() == before
    assert store.activate(key.key_id, at=AT).state is KeyState.ACTIVE


def test_key_store__is_on_the_disk__before_it_answers(
    store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
    )
    prepare(store)
    assert synced == [False, True] * 2 + [True]


def test_key_store__publishes__a_set_that_signs_itself(store: KeyStore) -> None:
    store.make_missing(at=AT, not_before=AT, not_after=AT + YEAR)
    fingerprint = store.signing_key(KeyUse.SCHEME, AT).public.fingerprint
    published = read_signed_key_set(store.signed_key_set(AT), fingerprint=fingerprint)
    assert getattr(published, "keys", None) == store.key_set()


def test_key_stores__of_both_sides__arrive_at_the_same_holder_key(tmp_path: Path) -> None:
    ours = KeyStore(data=tmp_path, authority=HK)
    theirs = KeyStore(data=tmp_path, authority=GD)
    for store in (ours, theirs):
        store.make_missing(at=AT, not_before=AT, not_after=AT + YEAR)
    scheme = SchemeId("hk-gd-2021")
    our_public = agreement_key_of(ours.key_set(), HK, "2021-12")
    their_public = agreement_key_of(theirs.key_set(), GD, "2021-12")
    assert our_public is not None
    assert their_public is not None
    assert ours.holder_key(their_public, scheme, "2021-12") == theirs.holder_key(
        our_public, scheme, "2021-12"
    )
    with pytest.raises(KeyStoreError, match="no agreement key"):
        ours.holder_key(their_public, scheme, "2021-11")
