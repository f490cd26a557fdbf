"""The envelope of a SMART Health Card: a compact JWS (RFC 7515) of the one form that is read."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.certificates.verdict import CertificateFault, CertificateKind, Refused

JWS_CHARACTERS_MAX: Final = 64 * 1024
ALGORITHM: Final = "ES256"
COMPRESSION: Final = "DEF"
_SIGNATURE_BYTES: Final = 64
_PARTS: Final = 3
_HALF: Final = _SIGNATURE_BYTES // 2
_ES256 = ec.ECDSA(hashes.SHA256())
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_LAST_CHARACTERS: Final = {2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""By how many characters stand in the last group: those whose unused bits are nought."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardEnvelope:
    """A card whose signature has not been looked at."""

    key_id: str
    signed: bytes = field(repr=False)
    """The characters that the signature is over."""
    payload: bytes = field(repr=False)
    """Compressed claims."""
    signature: bytes = field(repr=False)


def read_envelope(text: str) -> CardEnvelope | Refused:
    """The parts of a card, its algorithm and compression being those of the specification."""
    if len(text) > JWS_CHARACTERS_MAX:
        return _refused(CertificateFault.TOO_LONG, f"more than {JWS_CHARACTERS_MAX} characters")
    parts = [from_base64url(part) for part in text.split(".", _PARTS)]
    header, payload, signature = parts if len(parts) == _PARTS else (None, None, None)
    if header is None or payload is None or signature is None:
        return _refused(CertificateFault.UNREADABLE_ENVELOPE, "not three parts of Base64 (URL)")
    key_id = _key_id(header)
    if isinstance(key_id, Refused):
        return key_id
    signed = text[: text.rindex(".")].encode("ascii")
    return CardEnvelope(key_id=key_id, signed=signed, payload=payload, signature=signature)


def is_signed_by(envelope: CardEnvelope, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether the ES256 signature (r and s, 64 bytes) is this P-256 key's over the envelope."""
    if len(envelope.signature) != _SIGNATURE_BYTES:
        return False
    r, s = (
        int.from_bytes(each) for each in (envelope.signature[:_HALF], envelope.signature[_HALF:])
    )
    try:
        key.verify(encode_dss_signature(r, s), envelope.signed, _ES256)
    except InvalidSignature:
        return False
    return True


def from_base64url(text: Any) -> bytes | None:
    """The bytes of a text in Base64 for URLs, without padding; None unless it is their one text."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        return None
    over = len(text) % 4
    if over == 1 or (over and text[-1] not in _LAST_CHARACTERS[over]):
        return None
    return binascii.a2b_base64(text.encode("ascii").translate(_STANDARD) + b"==")


def to_base64url(data: bytes) -> str:
    """The text of the bytes in Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _key_id(header: bytes) -> str | Refused:
    try:
        members = read_strict_json(header.decode("utf-8"))
    except (MalformedJsonError, UnicodeDecodeError):
        return _refused(CertificateFault.UNREADABLE_ENVELOPE, "the header is not JSON")
    if not isinstance(members, dict):
        return _refused(CertificateFault.UNREADABLE_ENVELOPE, "the header is not an object")
    if members.get("alg") != ALGORITHM:
        return _refused(
            CertificateFault.ALGORITHM_NOT_ACCEPTED, f"the algorithm is not {ALGORITHM}"
        )
    if members.get("zip") != COMPRESSION:
        return _refused(
            CertificateFault.UNREADABLE_ENVELOPE, f"the compression is not {COMPRESSION}"
        )
    if "crit" in members:
        return _refused(CertificateFault.UNREADABLE_ENVELOPE, "the header asks for an extension")
    key_id = members.get("kid")
    if not isinstance(key_id, str):
        return _refused(CertificateFault.UNREADABLE_ENVELOPE, "the header names no key")
    return key_id


def _refused(code: CertificateFault, detail: str) -> Refused:
    return Refused(code=code, detail=detail, kind=CertificateKind.SMART_HEALTH_CARD)
