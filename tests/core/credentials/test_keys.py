"""Keys: uses and states hold, private halves stay hidden, nobody pushes out another's key."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from credential_test_keys import (
    GD,
    HK,
    NOT_AFTER,
    NOT_BEFORE,
    agreement_test_key,
    authority_test_keys,
    private_test_key,
    public_test_key,
    signing_test_key,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tongguan.core.credentials.keys import (
    AgreementKey,
    KeyNotUsableError,
    KeySet,
    KeyState,
    KeyUse,
    SigningKey,
)

AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def spki(public: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> bytes:
    return public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_signing_key__signs__and_its_public_half_verifies() -> None:
    key = signing_test_key(KeyUse.PASS)
    signature = key.sign(b"message", use=KeyUse.PASS, at=AT)
    assert len(signature) == 64
    assert key.public.verifies(signature, b"message")
    assert not key.public.verifies(signature, b"massage")
    assert not signing_test_key(KeyUse.PASS, GD).public.verifies(signature, b"message")
    assert key.sign(b"message", use=KeyUse.PASS, at=AT) == signature


@pytest.mark.parametrize(
    "signature", [b"", bytes(63), bytes(64), b"\xff" * 64, bytes(65), b"\x01" * 64]
)
def test_public_key__refuses__what_is_no_signature(signature: bytes) -> None:
    assert not public_test_key(KeyUse.PASS).verifies(signature, b"message")


@pytest.mark.parametrize("state", [s for s in KeyState if s is not KeyState.ACTIVE])
def test_signing_key__does_not_sign__unless_active(state: KeyState) -> None:
    key = signing_test_key(KeyUse.PASS)
    idle = SigningKey(public=replace(key.public, state=state), private=key.private)
    with pytest.raises(KeyNotUsableError):
        idle.sign(b"message", use=KeyUse.PASS, at=AT)


def test_signing_key__does_not_sign__for_another_use() -> None:
    with pytest.raises(KeyNotUsableError):
        signing_test_key(KeyUse.HEALTH_CODE).sign(b"message", use=KeyUse.PASS, at=AT)


def test_signing_key__does_not_sign__outside_its_dates() -> None:
    key = signing_test_key(KeyUse.PASS)
    assert key.sign(b"message", use=KeyUse.PASS, at=NOT_BEFORE)
    assert key.sign(b"message", use=KeyUse.PASS, at=NOT_AFTER - SECOND)
    for instant in (NOT_BEFORE - SECOND, NOT_AFTER):
        with pytest.raises(KeyNotUsableError):
            key.sign(b"message", use=KeyUse.PASS, at=instant)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (KeyState.PREPARED, False),
        (KeyState.ACTIVE, True),
        (KeyState.RETIRED, True),
        (KeyState.REVOKED, False),
    ],
)
def test_public_key__may_verify__as_its_state_says(state: KeyState, *, counts: bool) -> None:
    key = public_test_key(KeyUse.PASS, state=state)
    assert key.may_verify(KeyUse.PASS) is counts
    assert not key.may_verify(KeyUse.HEALTH_CODE)
    found = KeySet(keys=(key,)).for_(HK, KeyUse.PASS, AT)
    assert found == ((key,) if counts else ())


def test_key_set__gives__keys_of_that_authority_use_and_time() -> None:
    keys = KeySet.joined([authority_test_keys(HK), authority_test_keys(GD)])
    found = keys.for_(GD, KeyUse.HEALTH_CODE, AT)
    assert [(key.authority, key.use) for key in found] == [(GD, KeyUse.HEALTH_CODE)]
    assert len(keys.for_(HK, KeyUse.PASS, AT)) == 2
    assert keys.for_(HK, KeyUse.PASS, NOT_AFTER) == ()
    assert keys.for_(HK, KeyUse.PASS, NOT_BEFORE - SECOND) == ()


def test_private_keys__never_show_themselves() -> None:
    for key in (signing_test_key(KeyUse.PASS), agreement_test_key()):
        number = key.private.private_numbers().private_value
        for shown in (repr(key), str(key), f"{key}", repr([key])):
            assert "HIDDEN" in shown
            assert str(number) not in shown
            assert f"{number:x}" not in shown
        with pytest.raises(TypeError):
            pickle.dumps(key)


def test_private_keys__belong_to_their_public_half() -> None:
    with pytest.raises(ValueError, match="belong together"):
        SigningKey(public=public_test_key(KeyUse.PASS), private=private_test_key("another"))
    with pytest.raises(ValueError, match="belong together"):
        AgreementKey(public=public_test_key(KeyUse.AGREEMENT), private=private_test_key("other"))


def test_agreement_key__agrees__and_does_nothing_else() -> None:
    own, other = agreement_test_key(HK), agreement_test_key(GD)
    assert own.shared_secret(other.public) == other.shared_secret(own.public)
    with pytest.raises(KeyNotUsableError):
        own.shared_secret(public_test_key(KeyUse.PASS, GD))
    with pytest.raises(KeyNotUsableError):
        SigningKey(public=own.public, private=own.private)
    key = signing_test_key(KeyUse.PASS)
    with pytest.raises(KeyNotUsableError):
        AgreementKey(public=key.public, private=key.private)


def test_public_key__refuses__another_curve_or_form() -> None:
    good = public_test_key(KeyUse.PASS)
    point = private_test_key("x").public_key()
    compressed = point.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    for public in (
        b"",
        b"no key",
        good.public[:-1],
        good.public + b"\0",
        good.public[:-1] + bytes([good.public[-1] ^ 1]),
        bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + compressed,
        spki(ec.derive_private_key(7, ec.SECP384R1()).public_key()),
        spki(ec.derive_private_key(7, ec.SECP256K1()).public_key()),
        spki(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()),
    ):
        with pytest.raises(ValueError, match=r"."):
            replace(good, public=public)


def test_public_key__refuses__dates_that_are_none() -> None:
    good = public_test_key(KeyUse.PASS)
    for changes in (
        {"not_after": NOT_BEFORE},
        {"not_before": NOT_BEFORE.replace(tzinfo=None)},
        {"not_before": NOT_BEFORE.replace(microsecond=1)},
    ):
        with pytest.raises(ValueError, match="key"):
            replace(good, **changes)


def test_key_set__holds__each_key_once_and_the_first_claim_wins() -> None:
    mine = public_test_key(KeyUse.PASS)
    stolen = replace(mine, authority=GD)
    with pytest.raises(ValueError, match="twice"):
        KeySet(keys=(mine, stolen))
    joined = KeySet.joined([KeySet(keys=(mine,)), KeySet(keys=(stolen,))])
    assert joined.find(mine.key_id) == mine
    assert joined.find(bytes(8)) is None
