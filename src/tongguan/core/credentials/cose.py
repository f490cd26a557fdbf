"""COSE_Sign1 (RFC 9052) with ES256 alone, in one strict form.

The protected header holds exactly the algorithm (1), the key id (4) and the type of the whole
message (16, ``typ`` of RFC 9596); the unprotected header is empty, so that nothing unsigned is
ever believed. A message may carry the CWT tag 61 around the COSE tag 18; ours do not, to save
two bytes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

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
_ARRAY_OF_FOUR = b"\x84"
_EMPTY_MAP = b"\xa0"
_SIGNATURE_HEAD = b"\x58\x40"
"""Of a byte string of 64."""
_SIGNATURE1 = b"\x84\x6aSignature1"
"""How the bytes to be signed begin: an array of four, and the text."""
_OCTETS = 0x40
"""The head of an empty byte string; a short length is added to it."""
_EMPTY_OCTETS = b"\x40"
_IN_HEAD = 24
_SIZES = {0x58: (1, 24), 0x59: (2, 1 << 8), 0x5A: (4, 1 << 16)}
"""Heads of longer ones: how many bytes say the length, and the least that needs so many."""
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
    signature = key.sign(to_be_signed(protected, payload), use=use, at=at)
    return _TAG_SIGN1 + strict_cbor.encode([protected, {}, payload, signature])


def parse(message: bytes, *, bytes_max: int) -> SignedMessage | Unreadable:
    """The parts of a signed message whose form is right; the signature is not looked at."""
    tagged = message.removeprefix(_TAG_CWT)
    if not tagged.startswith(_TAG_SIGN1):
        return _fault("no COSE_Sign1 tag")
    if len(tagged) > bytes_max:
        return _fault(f"more than {bytes_max} bytes")
    parts = strict_parts(tagged[len(_TAG_SIGN1) :])
    if parts is None:
        return _fault("not header, empty header, payload and signature of 64 bytes")
    protected, payload, signature, signed = parts
    header = _read_header(protected)
    if isinstance(header, Unreadable):
        return header
    key_id, media_type = header
    return SignedMessage(
        key_id=key_id,
        media_type=media_type,
        payload=payload,
        to_be_signed=signed,
        signature=signature,
    )


def strict_parts(array: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Header, payload, signature of 64 bytes, and what it is over.

    Where the unprotected header is empty, nothing else is there and each has its shortest form;
    None for whatever else.
    """
    if not array.startswith(_ARRAY_OF_FOUR):
        return None
    protected, header_ends = _octets_at(array, len(_ARRAY_OF_FOUR))
    if not array.startswith(_EMPTY_MAP, header_ends):
        return None
    payload, payload_ends = _octets_at(array, header_ends + len(_EMPTY_MAP))
    if not array.startswith(_SIGNATURE_HEAD, payload_ends):
        return None
    signature = array[payload_ends + len(_SIGNATURE_HEAD) :]
    if len(signature) != SIGNATURE_BYTES:
        return None
    # Both stand in the message exactly as they are signed.
    signed = b"".join(
        (
            _SIGNATURE1,
            array[len(_ARRAY_OF_FOUR) : header_ends],
            _EMPTY_OCTETS,
            array[header_ends + len(_EMPTY_MAP) : payload_ends],
        )
    )
    return protected, payload, signature, signed


def _octets_at(data: bytes, at: int) -> tuple[bytes, int]:
    """The byte string that begins there, and where it ends; nothing, and the end, for any other."""
    first = data[at] if at < len(data) else 0
    if _OCTETS <= first < _OCTETS + _IN_HEAD:
        begin, ends = at + 1, at + 1 + first - _OCTETS
    elif first in _SIZES:
        size_bytes, length_min = _SIZES[first]
        begin = at + 1 + size_bytes
        length = int.from_bytes(data[at + 1 : begin])
        ends = begin + length if length >= length_min else len(data) + 1
    else:
        return b"", len(data)
    return (data[begin:ends], ends) if ends <= len(data) else (b"", len(data))


def _octets_head(length: int) -> bytes:
    """How a byte string of this length begins, in its shortest form."""
    if length < _IN_HEAD:
        return bytes([_OCTETS + length])
    first = max(each for each, (_, length_min) in _SIZES.items() if length >= length_min)
    return bytes([first]) + length.to_bytes(_SIZES[first][0])


@lru_cache(maxsize=256)
def _read_header(protected: bytes) -> tuple[bytes, str] | Unreadable:
    """All that a key signs of one type has the same."""
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


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """What the signature of a message is over, in its one encoding."""
    return b"".join(
        (
            _SIGNATURE1,
            _octets_head(len(protected)),
            protected,
            _EMPTY_OCTETS,
            _octets_head(len(payload)),
            payload,
        )
    )


def _fault(detail: str) -> Unreadable:
    return Unreadable(code=_FAULT, detail=detail)
