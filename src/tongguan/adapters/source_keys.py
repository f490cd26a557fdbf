"""Key files of senders of evidence: a private key for its owner alone, the public half beside."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tongguan.core.credentials.keys import KeyState, KeyUse, PublicKey, SigningKey, public_half
from tongguan.core.identifiers import AuthorityId, EvidenceSourceId

_A_DAY = timedelta(days=1)


class SourceKeyError(ValueError):
    """A file that holds no such key; nothing of it is said."""


def make_source_key(private_path: Path, public_path: Path) -> bytes:
    """Write a new pair of P-256 keys in PEM and return the public half; nothing is overwritten.

    The private file is its owner's alone (mode 0600). ``FileExistsError`` where one is there.
    """
    private = ec.generate_private_key(ec.SECP256R1())
    for path in (private_path, public_path):
        if path.exists():
            raise FileExistsError(path)
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    shown = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write_new(private_path, secret, 0o600)
    _write_new(public_path, shown, 0o644)
    return public_half(private)


def read_public_key(pem: bytes) -> bytes:
    """DER of the public key in a PEM text; ``SourceKeyError`` for anything else."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise SourceKeyError("not a public key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SourceKeyError("not a P-256 key")
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read_signing_key(pem: bytes, source: EvidenceSourceId, at: datetime) -> SigningKey:
    """The key in a PEM text, to sign what a source says at an instant.

    For which dates it counts, only the authority that enrolled it knows. ``SourceKeyError``.
    """
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SourceKeyError("not a private key in PEM without password") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(
        private.curve, ec.SECP256R1
    ):
        raise SourceKeyError("not a P-256 key")
    public = PublicKey(
        authority=AuthorityId(source),
        use=KeyUse.EVIDENCE,
        state=KeyState.ACTIVE,
        not_before=at,
        not_after=at + _A_DAY,
        public=public_half(private),
    )
    return SigningKey(public=public, private=private)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
