"""The text form of a signed message, made to fit a QR code's alphanumeric mode.

``TG1:`` + Base45(zlib(message)), as the EU Digital COVID Certificate packs its ``HC1:`` codes.
"""

import zlib

from tongguan.core.credentials import base45
from tongguan.core.credentials.faults import ReadFault, Unreadable

PREFIX = "TG1:"
TEXT_CHARACTERS_MAX = 4296
"""What the largest QR code holds in alphanumeric mode; a longer text came from no QR code."""
MESSAGE_BYTES_MAX = 16 * 1024
_STRATEGIES = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED)


def compress(message: bytes) -> bytes:
    """The shortest zlib stream of the message that zlib's own strategies offer."""
    streams = []
    for strategy in _STRATEGIES:
        compressor = zlib.compressobj(level=9, memLevel=9, strategy=strategy)
        streams.append(compressor.compress(message) + compressor.flush())
    return min(streams, key=len)


def inflate(stream: bytes, *, bytes_max: int, is_raw: bool = False) -> bytes | Unreadable:
    """What the zlib stream holds, if it is one whole stream that inflates to so many bytes.

    A raw stream (RFC 1951) has neither zlib's head nor its checksum.
    """
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS if is_raw else zlib.MAX_WBITS)
    try:
        message = inflater.decompress(stream, bytes_max + 1)
    except zlib.error:
        return _fault("not a zlib stream")
    if len(message) > bytes_max:
        return _fault(f"inflates to more than {bytes_max} bytes")
    if not inflater.eof:
        return _fault("the zlib stream ends too early")
    if inflater.unused_data:
        return _fault("bytes follow the zlib stream")
    return message


def to_text(message: bytes) -> str:
    """The text form of a signed message."""
    return PREFIX + base45.encode(compress(message))


def from_text(text: str) -> bytes | Unreadable:
    """The signed message in the text; nothing about its content has been checked."""
    if len(text) > TEXT_CHARACTERS_MAX:
        return Unreadable(
            code=ReadFault.UNREADABLE_PREFIX,
            detail=f"longer than {TEXT_CHARACTERS_MAX} characters",
        )
    if not text.startswith(PREFIX):
        return Unreadable(code=ReadFault.UNREADABLE_PREFIX, detail=f"does not begin with {PREFIX}")
    stream = base45.decode(text[len(PREFIX) :])
    if isinstance(stream, Unreadable):
        return stream
    return inflate(stream, bytes_max=MESSAGE_BYTES_MAX)


def _fault(detail: str) -> Unreadable:
    return Unreadable(code=ReadFault.UNREADABLE_COMPRESSION, detail=detail)
