"""Base45 as RFC 9285 defines it, strictly: every text has one meaning or none."""

import sys
from array import array

from tongguan.core.credentials.faults import ReadFault, Unreadable

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_INVALID = 255
_LANE_BYTES = 4
_DIGIT_OF_BYTE = bytes(
    ALPHABET.index(chr(byte)) if chr(byte) in ALPHABET else _INVALID for byte in range(256)
)
_LOW_TWO_CHARACTERS = [ALPHABET[n % 45] + ALPHABET[n // 45] for n in range(45 * 45)]


def encode(data: bytes) -> str:
    """The text of the bytes: three characters for two bytes, two for a last single one."""
    even = len(data) - len(data) % 2
    pairs = array("H", data[:even])
    if sys.byteorder == "little":
        pairs.byteswap()
    text = "".join([_LOW_TWO_CHARACTERS[pair % 2025] + ALPHABET[pair // 2025] for pair in pairs])
    return text if even == len(data) else text + _LOW_TWO_CHARACTERS[data[-1]]


def decode(text: str) -> bytes | Unreadable:
    """The bytes of the text; lower case, other characters, overflow and odd lengths are faults.

    Linear in the length of the text; the caller bounds it.
    """
    try:
        digits = text.encode("ascii").translate(_DIGIT_OF_BYTE)
    except UnicodeEncodeError as error:
        return _fault(f"no Base45 character at position {error.start}")
    invalid = digits.find(_INVALID)
    if invalid >= 0:
        return _fault(f"no Base45 character at position {invalid}")
    tail = digits[len(digits) - len(digits) % 3 :]
    if len(tail) == 1:
        return _fault("one character too many at the end")
    head = _pairs(digits, len(digits) - len(tail))
    if isinstance(head, Unreadable) or not tail:
        return head
    last = tail[0] + 45 * tail[1]
    if last > 0xFF:
        return _fault("the last group exceeds one byte")
    return head + bytes([last])


def _pairs(digits: bytes, length: int) -> bytes | Unreadable:
    """Two bytes for each three digits up to this length.

    All groups are reckoned at once, in one number that has four bytes for each: no group reaches
    2 ** 32, so none touches its neighbour.
    """
    groups = sum(
        _lanes(digits[first:length:3]) * weight for first, weight in ((0, 1), (1, 45), (2, 2025))
    )
    lanes = groups.to_bytes(length // 3 * _LANE_BYTES, "little")
    beyond = lanes[2::_LANE_BYTES]
    if any(beyond):
        position = next(number for number, byte in enumerate(beyond) if byte)
        return _fault(f"the group at position {3 * position} exceeds two bytes")
    pairs = bytearray(length // 3 * 2)
    pairs[0::2], pairs[1::2] = lanes[1::_LANE_BYTES], lanes[0::_LANE_BYTES]
    return bytes(pairs)


def _lanes(digits: bytes) -> int:
    """A number with each digit in four bytes of its own, the first one lowest."""
    spread = bytearray(len(digits) * _LANE_BYTES)
    spread[0::_LANE_BYTES] = digits
    return int.from_bytes(spread, "little")


def _fault(detail: str) -> Unreadable:
    return Unreadable(code=ReadFault.UNREADABLE_BASE45, detail=detail)
