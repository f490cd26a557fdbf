"""CBOR (RFC 8949) as others write it: any encoding of a value, but one value and bounded work.

Other issuers use indefinite lengths, floats for instants and members in any order, and nothing
forbids it; what they sign is verified over the bytes as they came. Refused all the same: duplicate
keys, since two readers could differ; trailing bytes; deep nesting; and every tag but the two for
instants, since some tags make a decoder compute what an attacker chooses.
"""

import math
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import IO, Any, NoReturn, cast

import cbor2

_DEPTH_MAX = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG_TEXT_INSTANT = 0
_TAG_EPOCH_INSTANT = 1
_SCALAR_TYPES = frozenset({str, int, bool, type(None)})
_KEY_TYPES = frozenset({int, str})
_TEXT = frozenset({str})


class MalformedCborError(ValueError):
    """The bytes are not the CBOR that is read; never leaves the readers that catch it."""


def decode(data: bytes) -> Any:
    """The value that the bytes encode, instants as text; the caller bounds their number.

    ``MalformedCborError`` for whatever else. What is inside may still be no JSON.
    """
    source = _Source(data)
    decoder = cbor2.CBORDecoder(
        cast("IO[bytes]", source),
        semantic_decoders=_TAGS,
        max_depth=_DEPTH_MAX,
        allow_duplicate_keys=False,
    )
    try:
        value = decoder.decode()
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise MalformedCborError(f"not CBOR that is read ({type(error).__name__})") from None
    if source.position != len(data):
        raise MalformedCborError("bytes follow the value")
    return value


class _Source:
    """Bytes as a decoder reads them from a file: it leaves the position where its value ends."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int) -> bytes:
        found = self._data[self.position : self.position + size]
        self.position += len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        starts = (0, self.position, len(self._data))
        self.position = starts[whence] + offset
        return self.position


def keyed_map(value: object) -> dict[int | str, Any]:
    """The value, if it is a map whose keys are integers or text: no float or truth passes for 1."""
    if type(value) is not dict:
        raise MalformedCborError("no map")
    members = cast("dict[int | str, Any]", value)
    if not _KEY_TYPES.issuperset(map(type, members)):
        raise MalformedCborError("a key that is neither an integer nor text")
    return members


def check_json(value: object) -> None:
    """``MalformedCborError`` unless the value is plain JSON: no bytes, no key but text."""
    kind = type(value)
    if kind is dict:
        map_of = cast("dict[object, object]", value)
        if not _TEXT.issuperset(map(type, map_of)):
            raise MalformedCborError("a key that is no text")
        _check_members(map_of.values())
    elif kind is list:
        _check_members(cast("list[object]", value))
    elif kind is float:
        if not math.isfinite(cast("float", value)):
            raise MalformedCborError("a number that is none")
    elif kind not in _SCALAR_TYPES:
        raise MalformedCborError("a value that is no JSON")


def _check_members(members: Collection[object]) -> None:
    if not _SCALAR_TYPES.issuperset(map(type, members)):
        for member in members:
            if type(member) is not str:
                check_json(member)


def _text_instant(value: object, immutable: bool = False) -> str:  # noqa: ARG001
    if type(value) is not str:
        raise cbor2.CBORDecodeError("no text where an instant belongs")
    return value


def _epoch_instant(value: object, immutable: bool = False) -> str:  # noqa: ARG001
    if type(value) is not int and type(value) is not float:
        raise cbor2.CBORDecodeError("no number where an instant belongs")
    instant = _EPOCH + timedelta(seconds=value)
    return instant.isoformat().replace("+00:00", "Z")


def _refuse(value: object, immutable: bool = False) -> NoReturn:  # noqa: ARG001
    raise cbor2.CBORDecodeError("a tag stands where none may")


class _Tags(dict[int, Callable[..., Any]]):
    """A semantic decoder for every tag there is, which refuses all but two."""

    def __contains__(self, tag: object) -> bool:
        return True

    def __missing__(self, tag: int) -> Callable[..., Any]:
        return _refuse

    def get(self, tag: int, default: Any = None) -> Any:  # noqa: ARG002 - the mapping's signature
        return self[tag]


_TAGS = _Tags({_TAG_TEXT_INSTANT: _text_instant, _TAG_EPOCH_INSTANT: _epoch_instant})
