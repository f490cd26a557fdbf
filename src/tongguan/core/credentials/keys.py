"""EC P-256 keys of authorities: what each is for, in which state, and who may hold which half."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)

from tongguan.core.identifiers import AuthorityId

KEY_ID_BYTES = 8
SIGNATURE_BYTES = 64
_HALF = SIGNATURE_BYTES // 2
_ES256 = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
"""Deterministic (RFC 6979): the same message under the same key is the same text again."""
_ES256_OF_DIGEST = ec.ECDSA(Prehashed(hashes.SHA256()))
"""Of a message hashed beforehand, which costs less than to have it hashed in one go."""


class KeyUse(StrEnum):
    """What a key is for; a key serves one use and is refused for every other."""

    AGREEMENT = "agreement"
    """Agreeing on holder keys with the other authority; it signs nothing."""
    EVIDENCE = "evidence"
    """Signing batches of evidence; a key of an enrolled source, never of an authority."""
    FACTS = "facts"
    """Signing statements of facts that a person carries to another authority."""
    HEALTH_CODE = "health_code"
    PASS = "pass"
    SCHEME = "scheme"
    """Signing schemes, acts and the authority's own key set."""
    STATUS_LIST = "status_list"


class KeyState(StrEnum):
    """What a key may do now; it moves down this list and never back."""

    PREPARED = "prepared"
    """Published ahead of its use: neither signs nor verifies."""
    ACTIVE = "active"
    """Signs and verifies."""
    RETIRED = "retired"
    """Signs no more; what it signed before still verifies."""
    REVOKED = "revoked"
    """Verifies nothing, whenever it was signed."""


class KeyNotUsableError(ValueError):
    """A key was asked for what its use, state, dates or owner do not allow: our own bug."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicKey:
    """The published half of a key, with what its authority says of it."""

    authority: AuthorityId
    use: KeyUse
    state: KeyState
    not_before: datetime
    not_after: datetime
    """Excluded: the first instant whose signatures no longer count."""
    public: bytes = field(repr=False)
    """DER of SubjectPublicKeyInfo, named curve P-256, uncompressed point."""
    key_id: bytes = field(init=False)
    """The first eight bytes of the SHA-256 of the public half."""

    def __post_init__(self) -> None:
        """ValueError for another curve or form, naive or fractional or reversed dates."""
        _load(self.public)
        key_id = hashlib.sha256(self.public).digest()[:KEY_ID_BYTES]
        object.__setattr__(self, "key_id", key_id)
        for instant in (self.not_before, self.not_after):
            if instant.utcoffset() is None or instant.microsecond:
                raise ValueError("the dates of a key are whole seconds with a zone")
        if self.not_after <= self.not_before:
            raise ValueError("a key ends after it begins")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public half in hexadecimal: what the other side pins by hand."""
        return hashlib.sha256(self.public).hexdigest()

    def covers(self, instant: datetime) -> bool:
        """Whether the instant lies within the key's dates."""
        return self.not_before <= instant < self.not_after

    def may_verify(self, use: KeyUse) -> bool:
        """Whether the key's use and state let its signatures count for this use."""
        return self.use is use and self.state in (KeyState.ACTIVE, KeyState.RETIRED)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the ES256 signature (r and s, 64 bytes) is this key's over the message."""
        return verifies_es256(_load(self.public), signature, message)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SigningKey:
    """A private key together with its published half; never shows itself."""

    public: PublicKey
    private: ec.EllipticCurvePrivateKey

    def __post_init__(self) -> None:
        """ValueError when the halves do not belong together."""
        _check_halves(self.public, self.private)
        if self.public.use is KeyUse.AGREEMENT:
            raise KeyNotUsableError("an agreement key signs nothing")

    def __repr__(self) -> str:
        return f"SigningKey({_describe(self.public)})"

    def sign(self, message: bytes, *, use: KeyUse, at: datetime) -> bytes:
        """The ES256 signature: r and s, 64 bytes.

        ``KeyNotUsableError`` for another use, unless the key is active, and outside its dates.
        """
        if self.public.use is not use:
            raise KeyNotUsableError(f"a key for {self.public.use} does not sign a {use}")
        if self.public.state is not KeyState.ACTIVE:
            raise KeyNotUsableError(f"a {self.public.state} key signs nothing")
        if not self.public.covers(at):
            raise KeyNotUsableError("the key signs only within its dates")
        r, s = decode_dss_signature(self.private.sign(message, _ES256))
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class AgreementKey:
    """A private key for agreeing with the other authority; never shows itself."""

    public: PublicKey
    private: ec.EllipticCurvePrivateKey

    def __post_init__(self) -> None:
        """ValueError when the halves do not belong together."""
        _check_halves(self.public, self.private)
        if self.public.use is not KeyUse.AGREEMENT:
            raise KeyNotUsableError(f"a key for {self.public.use} agrees on nothing")

    def __repr__(self) -> str:
        return f"AgreementKey({_describe(self.public)})"

    def shared_secret(self, other: PublicKey) -> bytes:
        """The ECDH secret with the other side's agreement key: the same from both sides."""
        if other.use is not KeyUse.AGREEMENT:
            raise KeyNotUsableError(f"a key for {other.use} agrees on nothing")
        return self.private.exchange(ec.ECDH(), _load(other.public))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeySet:
    """Public keys, of one authority or of several that are trusted, each key once."""

    keys: tuple[PublicKey, ...] = ()
    _by_id: dict[bytes, PublicKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """ValueError when two keys carry the same id."""
        by_id = {key.key_id: key for key in self.keys}
        if len(by_id) != len(self.keys):
            raise ValueError("a key stands twice in a key set")
        object.__setattr__(self, "_by_id", by_id)

    @classmethod
    def joined(cls, sets: Iterable[Self]) -> Self:
        """All keys of the sets; an id that an earlier set holds is not taken from a later one.

        So the reader's own authority goes first, and nobody can push out a key of another.
        """
        by_id: dict[bytes, PublicKey] = {}
        for key_set in sets:
            for key in key_set.keys:
                by_id.setdefault(key.key_id, key)
        return cls(keys=tuple(by_id.values()))

    def find(self, key_id: bytes) -> PublicKey | None:
        """The key with this id, whatever its state."""
        return self._by_id.get(key_id)

    def for_(self, authority: AuthorityId, use: KeyUse, at: datetime) -> tuple[PublicKey, ...]:
        """The authority's keys whose signatures of this use, made at this instant, count."""
        return tuple(
            key
            for key in self.keys
            if key.authority == authority and key.may_verify(use) and key.covers(at)
        )


def verifies_es256(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether the signature (r and s, 64 bytes) is over the SHA-256 of the message, by this key."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    digest = hashlib.sha256(message).digest()
    try:
        key.verify(encode_dss_signature(r, s), digest, _ES256_OF_DIGEST)
    except InvalidSignature:
        return False
    return True


def public_half(private: ec.EllipticCurvePrivateKey) -> bytes:
    """DER of SubjectPublicKeyInfo of a private key."""
    return _encode(private.public_key())


@lru_cache(maxsize=256)
def _load(public: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = serialization.load_der_public_key(public)
    except UnsupportedAlgorithm as error:
        raise ValueError("not a P-256 key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")  # noqa: TRY004 - the bytes are wrong, not their type
    if _encode(key) != public:
        raise ValueError("not the one form a P-256 key is published in")
    return key


def _encode(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _check_halves(public: PublicKey, private: ec.EllipticCurvePrivateKey) -> None:
    if public_half(private) != public.public:
        raise ValueError("the two halves of a key do not belong together")


def _describe(public: PublicKey) -> str:
    return (
        f"authority={public.authority!r}, use={public.use.value!r}, "
        f"key_id={public.key_id.hex()!r}, private=HIDDEN"
    )
