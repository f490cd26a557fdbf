"""From the bytes of a file to its text, or the reason why they are none."""

import codecs
import contextlib
import re
from dataclasses import dataclass, replace
from typing import Final

from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError

SIZE_BYTES_MAX: Final = 4 * 1024 * 1024
_DECLARED: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_DECLARED_WITHIN_BYTES: Final = 4096
_CODECS: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
}
"""Declared names and what they mean on the web, where a name stands for its widest relative."""
_CHINESE: Final = ("gb18030", "big5hkscs")
_FIRST_OF_CHINESE: Final = "\u2e80"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """The text of a file and the encoding that it was written in."""

    text: str
    encoding: str


def decoded(content: bytes) -> Decoded:
    """The text: UTF-8, else what a mark or the declared charset says, never guessed.

    Raises ``SourceRefusedError`` for what is empty, too large, binary or wrongly encoded.
    """
    if len(content) > SIZE_BYTES_MAX:
        raise SourceRefusedError(SourceRefusal.TOO_LARGE, bytes_max=str(SIZE_BYTES_MAX))
    found = _with_encoding(content)
    found = replace(found, text=found.text.replace("\r\n", "\n").replace("\r", "\n"))
    # People write no control characters; a picture or an archive is full of them.
    if _CONTROLS.search(found.text):
        raise SourceRefusedError(SourceRefusal.BINARY)
    if not found.text.strip():
        raise SourceRefusedError(SourceRefusal.EMPTY)
    return found


def _with_encoding(content: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], encoding)
    if b"\x00" in content:
        raise SourceRefusedError(SourceRefusal.BINARY)
    declared = _DECLARED.search(content[:_DECLARED_WITHIN_BYTES])
    name = declared[1].decode("ascii").lower() if declared else ""
    codec = _CODECS.get(name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        if codec is None:
            raise SourceRefusedError(
                SourceRefusal.ENCODING_WRONG, encoding=name or "utf-8"
            ) from None
        return _strictly(content, codec)
    # Few words of GBK or Big5 may happen to be UTF-8; they then read as anything but Chinese.
    if codec in _CHINESE and not text.isascii() and max(text) < _FIRST_OF_CHINESE:
        with contextlib.suppress(SourceRefusedError):
            return _strictly(content, codec)
    return Decoded(text=text, encoding="utf-8")


def _strictly(content: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(text=content.decode(encoding), encoding=encoding)
    except UnicodeDecodeError:
        raise SourceRefusedError(SourceRefusal.ENCODING_WRONG, encoding=encoding) from None
