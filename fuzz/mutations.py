"""A stream of inputs near those that a reader takes, the same for the same seed."""

from collections.abc import Iterable, Iterator
from random import Random

_SPECIAL = (
    *(b"\x00", b"\xff", b"\x80", b"\x7f", b" ", b"\n", b"\r", b".", b"=", b"/", b'"', b"\\", b"-"),
    *(b"{", b"}", b"[", b"]", b"null", b"true", b"NaN", b"1e999", b"9" * 40, b"-0", b"\\ud800"),
    *(b"\x9f", b"\xbf", b"\x5f", b"\x7b", b"\xd8\x3d", b"\xd2", b"\xf9\x7e\x00", b"\xfb", b"\xf6"),
    *(b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x1f", b"\xc3\x28", b"[" * 200, b'{"a":' * 200),
)
_CHANGES_MAX = 4


def mutations(seeds: Iterable[bytes], random: Random) -> Iterator[bytes]:
    """The seeds themselves, and then inputs without end."""
    known = list(seeds)
    yield from known
    while True:
        data = random.choice(known)
        for _ in range(random.randint(1, _CHANGES_MAX)):
            data = _changed(data, known, random)
        yield data


def _changed(data: bytes, known: list[bytes], random: Random) -> bytes:
    start = random.randint(0, len(data))
    end = min(len(data), start + random.choice((0, 1, 1, 2, 4, 16, 64)))
    match random.randint(0, 7):
        case 0 if start < len(data):
            flipped = data[start] ^ 1 << random.randint(0, 7)
            return data[:start] + bytes([flipped]) + data[start + 1 :]
        case 1:
            return data[:start] + data[end:]
        case 2:
            return data[:start] + random.randbytes(end - start) + data[end:]
        case 3:
            return data[:start] + random.choice(_SPECIAL) + data[end:]
        case 4:
            return data[:end] + data[start:end] * random.randint(1, 8) + data[end:]
        case 5:
            other = random.choice(known)
            return data[:start] + other[random.randint(0, len(other)) :]
        case 6 if start < len(data):
            # A character of the same kind goes further into a reader than any byte does.
            return data[:start] + data[random.randrange(len(data)) :][:1] + data[start + 1 :]
        case _:
            return data[:start]
