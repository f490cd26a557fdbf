"""Keys for tests and conformance vectors, made from a fixed seed: everybody knows them.

A key made here proves nothing and is never to be trusted by a running authority.
"""

import hashlib
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tongguan.core.credentials.keys import (
    AgreementKey,
    KeySet,
    KeyState,
    KeyUse,
    PublicKey,
    SigningKey,
    public_half,
)
from tongguan.core.identifiers import AuthorityId

HK = AuthorityId("HK")
GD = AuthorityId("GD")
NOT_BEFORE = datetime(2021, 11, 1, tzinfo=UTC)
NOT_AFTER = datetime(2022, 11, 1, tzinfo=UTC)
ENDED_AT = {
    KeyUse.PASS: datetime(2021, 12, 10, 1, 0, tzinfo=UTC),
    KeyUse.HEALTH_CODE: datetime(2021, 12, 13, 0, 30, tzinfo=UTC),
}
"""The end of the keys that have ended: the second in which the example of each use is issued."""
_SEED = "tongguan TEST KEY, worthless on purpose"
_GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def seed_of(label: str) -> bytes:
    """What every test key is made of: 32 bytes that follow from its label."""
    return hashlib.sha256(f"{_SEED}: {label}".encode()).digest()


def private_test_key(label: str) -> ec.EllipticCurvePrivateKey:
    """The private test key of a label: always the same one."""
    scalar = int.from_bytes(seed_of(label)) % (_GROUP_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def public_test_key(
    use: KeyUse,
    authority: AuthorityId = HK,
    *,
    state: KeyState = KeyState.ACTIVE,
    label: str = "",
    not_before: datetime = NOT_BEFORE,
    not_after: datetime = NOT_AFTER,
) -> PublicKey:
    """The published half of the test key of an authority, a use and a label."""
    return PublicKey(
        authority=authority,
        use=use,
        state=state,
        not_before=not_before,
        not_after=not_after,
        public=public_half(private_test_key(f"{authority} {use} {label}")),
    )


def signing_test_key(use: KeyUse, authority: AuthorityId = HK, *, label: str = "") -> SigningKey:
    """An active test key that signs."""
    public = public_test_key(use, authority, label=label)
    return SigningKey(public=public, private=private_test_key(f"{authority} {use} {label}"))


def der_of(signature: bytes) -> bytes:
    """The same r and s in DER."""
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))


def agreement_test_key(authority: AuthorityId = HK) -> AgreementKey:
    """The test key with which an authority agrees on holder keys."""
    public = public_test_key(KeyUse.AGREEMENT, authority)
    return AgreementKey(public=public, private=private_test_key(f"{authority} {KeyUse.AGREEMENT} "))


def authority_test_keys(authority: AuthorityId) -> KeySet:
    """One active key for each use, and keys for passes and health codes that sign nothing more."""
    active = [public_test_key(use, authority) for use in KeyUse]
    idle = [
        public_test_key(use, authority, state=state, label=state)
        for use, state in (
            (KeyUse.PASS, KeyState.PREPARED),
            (KeyUse.PASS, KeyState.RETIRED),
            (KeyUse.PASS, KeyState.REVOKED),
            (KeyUse.HEALTH_CODE, KeyState.PREPARED),
            (KeyUse.HEALTH_CODE, KeyState.REVOKED),
        )
    ]
    ended = [
        public_test_key(use, authority, label="ended", not_after=not_after)
        for use, not_after in ENDED_AT.items()
    ]
    return KeySet(keys=(*active, *idle, *ended))


def trusted_test_keys() -> KeySet:
    """The keys of both authorities, as a gate of either trusts them."""
    return KeySet.joined([authority_test_keys(HK), authority_test_keys(GD)])
