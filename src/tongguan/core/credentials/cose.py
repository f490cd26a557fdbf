"""COSE_Sign1 (RFC 9052) with ES256 alone, in one strict form.

The protected header holds exactly the algorithm (1), the key id (4) and the type of the whole
message (16, ``typ`` of RFC 9596); the unprotected header is empty, so that nothing unsigned is
ever believed. A message may carry the CWT tag 61 around the COSE tag 18; ours do not, to save
two bytes.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tongguan.core.credentials import strict_cbor
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import (
    KEY_ID_BYTES,
    SIGNATURE_BYTES,
    KeyUse,
    SigningKey,
)

_TAG_SIGN1 = b"\xd2"
_TAG_CWT = b"\xd8\x3d"
_ES256 = -7
_HEADER_BYTES_MAX = 256
_FAULT = ReadFault.UNREADABLE_COSE


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedMessage:
    """A COSE_Sign1 taken apart; nothing in it is true until its signature has been verified."""

    key_id: bytes
    media_type: str
    payload: bytes = field(repr=False)
    to_be_signed: bytes = field(repr=False)
    signature: bytes


def sign(payload: bytes, *, media_type: str, key: SigningKey, use: KeyUse, at: datetime) -> bytes:
    """The payload as a signed message of the media type; ``KeyNotUsableError`` as the key says."""
    protected = strict_cbor.encode({1: _ES256, 4: key.public.key_id, 16: media_type})
    signature = key.sign(_to_be_signed(protected, payload), use=use, at=at)
    return _TAG_SIGN1 + strict_cbor.encode([protected, {}, payload, signature])


def parse(message: bytes, *, bytes_max: int) -> SignedMessage | Unreadable:
    """The parts of a signed message whose form is right; the signature is not looked at."""
    tagged = message.removeprefix(_TAG_CWT)
    if not tagged.startswith(_TAG_SIGN1):
        return _fault("no COSE_Sign1 tag")
    parts = strict_cbor.decode(tagged[1:], bytes_max=bytes_max, fault=_FAULT)
    if isinstance(parts, Unreadable):
        return parts
    match parts:
        case [bytes(protected), {**unprotected}, bytes(payload), bytes(signature)] if (
            not unprotected and len(signature) == SIGNATURE_BYTES
        ):
            pass
        case _:
            return _fault("not header, empty header, payload and signature of 64 bytes")
    header = _read_header(protected)
    if isinstance(header, Unreadable):
        return header
    key_id, media_type = header
    return SignedMessage(
        key_id=key_id,
        media_type=media_type,
        payload=payload,
        to_be_signed=_to_be_signed(protected, payload),
        signature=signature,
    )


def _read_header(protected: bytes) -> tuple[bytes, str] | Unreadable:
    header = strict_cbor.decode(protected, bytes_max=_HEADER_BYTES_MAX, fault=_FAULT)
    if isinstance(header, Unreadable):
        return header
    match header:
        case {
            1: algorithm,
            4: bytes(key_id),
            16: str(media_type),
            **others,
        } if len(key_id) == KEY_ID_BYTES and not others:
            if algorithm == _ES256:
                return key_id, media_type
            return _fault("the algorithm is not ES256")
        case _:
            return _fault("the protected header is not algorithm, key id and type")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return strict_cbor.encode(["Signature1", protected, b"", payload])


def _fault(detail: str) -> Unreadable:
    return Unreadable(code=_FAULT, detail=detail)
