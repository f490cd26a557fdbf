"""Base45 as RFC 9285 defines it, strictly: every text has one meaning or none."""

import sys
from array import array

from tongguan.core.credentials.faults import ReadFault, Unreadable

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_INVALID = 255
_LANE_BYTES = 4
_LOWEST_BYTE = b"\xff\0\0\0"
_COUNT_OF_ONES = 1432
"""Groups in the text of the largest QR code."""
_ONES = int.from_bytes(_LOWEST_BYTE * _COUNT_OF_ONES, "little")
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
    pairs = _pairs(digits, len(digits) // 3)
    if isinstance(pairs, Unreadable) or not tail:
        return pairs
    last = tail[0] + 45 * tail[1]
    if last > 0xFF:
        return _fault("the last group exceeds one byte")
    return pairs + bytes([last])


def _pairs(digits: bytes, count: int) -> bytes | Unreadable:
    """Two bytes for each of so many groups of three digits.

    All groups are reckoned at once, in numbers that have four bytes for each: no group reaches
    2 ** 32, so none touches its neighbour.
    """
    whole = digits[: 3 * count]
    spread = bytearray(_LANE_BYTES * count)
    spread[0::_LANE_BYTES], spread[1::_LANE_BYTES] = whole[0::3], whole[1::3]
    spread[2::_LANE_BYTES] = whole[2::3]
    lanes = int.from_bytes(spread, "little")
    ones = _ones(count)
    groups = (lanes & ones) + (lanes >> 8 & ones) * 45 + (lanes >> 16 & ones) * 2025
    low_first = groups.to_bytes(_LANE_BYTES * count, "little")
    beyond = low_first[2::_LANE_BYTES]
    if beyond.count(0) != count:
        position = next(number for number, byte in enumerate(beyond) if byte)
        return _fault(f"the group at position {3 * position} exceeds two bytes")
    pairs = bytearray(2 * count)
    pairs[0::2], pairs[1::2] = low_first[1::_LANE_BYTES], low_first[0::_LANE_BYTES]
    return bytes(pairs)


def _ones(count: int) -> int:
    """A number whose lowest byte is full in each of so many groups, or in more."""
    if count <= _COUNT_OF_ONES:
        return _ONES
    return int.from_bytes(_LOWEST_BYTE * count, "little")


def _fault(detail: str) -> Unreadable:
    return Unreadable(code=ReadFault.UNREADABLE_BASE45, detail=detail)
