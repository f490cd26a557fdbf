"""Deflate (RFC 1951) that gives the same bytes everywhere; zlib's differ with its version.

One block of fixed codes, with the matches that a greedy search finds.
"""

import zlib

_LENGTHS = (
    *((3 + n, 0) for n in range(8)),
    *((11 + 2 * n, 1) for n in range(4)),
    *((19 + 4 * n, 2) for n in range(4)),
    *((35 + 8 * n, 3) for n in range(4)),
    *((67 + 16 * n, 4) for n in range(4)),
    *((131 + 32 * n, 5) for n in range(4)),
    (258, 0),
)
"""The least length of each code from 257 on, and how many more bits tell the rest."""
_DISTANCES = tuple(
    (1 + n, 0) if n < 4 else ((2 + n % 2 << n // 2 - 1) + 1, n // 2 - 1) for n in range(30)
)
_MATCH_MIN = 3
_MATCH_MAX = 258
_DISTANCE_MAX = 32 * 1024
_END = 256


class _Bits:
    """Bits in their order, the lowest of a byte first."""

    def __init__(self) -> None:
        self._value = 0
        self._count = 0
        self._written = bytearray()

    def number(self, value: int, count: int) -> None:
        """The lowest bit first, as all but Huffman codes stand."""
        self._value |= value << self._count
        self._count += count
        while self._count >= 8:
            self._written.append(self._value & 0xFF)
            self._value >>= 8
            self._count -= 8

    def code(self, code: int, count: int) -> None:
        """The highest bit first."""
        self.number(int(f"{code:0{count}b}"[::-1], 2), count)

    def whole(self) -> bytes:
        """All of them, filled up to a byte."""
        return bytes(self._written) + (bytes([self._value]) if self._count else b"")


def deflate(data: bytes) -> bytes:
    """The raw stream of the data."""
    bits = _Bits()
    bits.number(0b011, 3)
    places: dict[bytes, int] = {}
    position = 0
    while position < len(data):
        ahead = data[position : position + _MATCH_MIN]
        before = places.get(ahead)
        places[ahead] = position
        if len(ahead) < _MATCH_MIN or before is None or position - before > _DISTANCE_MAX:
            _write_symbol(bits, data[position])
            position += 1
            continue
        length = _match_length(data, before, position)
        _write_match(bits, length, position - before)
        position += length
    _write_symbol(bits, _END)
    return bits.whole()


def deflate_zlib(data: bytes) -> bytes:
    """The stream of the data with zlib's head and checksum (RFC 1950)."""
    return b"\x78\x01" + deflate(data) + zlib.adler32(data).to_bytes(4)


def _match_length(data: bytes, before: int, position: int) -> int:
    length = _MATCH_MIN
    end = min(_MATCH_MAX, len(data) - position)
    while length < end and data[before + length] == data[position + length]:
        length += 1
    return length


def _write_symbol(bits: _Bits, symbol: int) -> None:
    if symbol < 144:
        bits.code(0x30 + symbol, 8)
    elif symbol < 256:
        bits.code(0x190 + symbol - 144, 9)
    elif symbol < 280:
        bits.code(symbol - 256, 7)
    else:
        bits.code(0xC0 + symbol - 280, 8)


def _write_match(bits: _Bits, length: int, distance: int) -> None:
    code, least, extra = _code_of(length, _LENGTHS)
    _write_symbol(bits, 257 + code)
    bits.number(length - least, extra)
    code, least, extra = _code_of(distance, _DISTANCES)
    bits.code(code, 5)
    bits.number(distance - least, extra)


def _code_of(value: int, table: tuple[tuple[int, int], ...]) -> tuple[int, int, int]:
    code = max(n for n, (least, _) in enumerate(table) if least <= value)
    return code, *table[code]
