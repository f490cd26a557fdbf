"""CBOR (RFC 8949) in its deterministic encoding and nothing else.

Only integers, byte strings, text, arrays and maps. No tags, since some of them make a decoder
compute what an attacker chooses; no floats and simple values, since 1, 1.0 and true are one key to
Python and three to others. One value has one encoding, so that no two readers can differ.
"""

from collections.abc import Collection
from typing import Any, NoReturn, cast

import cbor2

from tongguan.core.credentials.faults import ReadFault, Unreadable

_DEPTH_MAX = 4
_ONE_BYTE_MAX = 23
"""The largest number that is one byte; the negative ones from -24 on are one byte too."""
_KEY_TYPES = frozenset({int, str})
_SCALAR_TYPES = frozenset({int, bytes, str})
_INTEGER = frozenset({int})


class _TagRefusal(dict[int, Any]):
    """A semantic decoder for every tag there is, which refuses it."""

    def __contains__(self, tag: object) -> bool:
        return True

    def __missing__(self, tag: int) -> Any:
        return _refuse_tag

    def get(self, tag: int, default: Any = None) -> Any:  # noqa: ARG002 - the mapping's signature
        return _refuse_tag


def _refuse_tag(value: object, immutable: bool = False) -> NoReturn:  # noqa: ARG001
    raise cbor2.CBORDecodeError("a tag stands where none may")


_NO_TAGS = _TagRefusal()


def encode(value: object) -> bytes:
    """The deterministic encoding of the value."""
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, *, bytes_max: int, fault: ReadFault) -> Any:
    """The value that the bytes encode, or ``Unreadable`` with the given fault.

    Refused: more than ``bytes_max`` bytes, nesting deeper than four, duplicate keys, indefinite
    lengths, tags, floats, simple values, keys that are neither integers nor text, and whatever does
    not encode back to the same bytes (trailing bytes included).
    """
    if len(data) > bytes_max:
        return Unreadable(code=fault, detail=f"more than {bytes_max} bytes")
    try:
        value = cbor2.loads(
            data,
            semantic_decoders=_NO_TAGS,
            max_depth=_DEPTH_MAX,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        if not _is_plain(value):
            return Unreadable(code=fault, detail="a float or simple value, or a key of such a kind")
        if cbor2.dumps(value, canonical=not _is_in_order(value)) != data:
            return Unreadable(code=fault, detail="not in deterministic encoding")
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        return Unreadable(code=fault, detail=f"not strict CBOR ({type(error).__name__})")
    return value


def _is_in_order(value: object) -> bool:
    """Whether the keys of every map are certainly in their order; where not, they are sorted.

    Certain are those of our own claims: numbers of one byte, and one longer at most behind them.
    """
    if type(value) is dict and len(value) > 1:
        keys = list(cast("dict[Any, object]", value))
        last = keys[-1]
        short = keys[:-1] if type(last) is int and not 0 <= last <= _ONE_BYTE_MAX else keys
        if not (
            _INTEGER.issuperset(map(type, short))
            and short[0] >= 0
            and short[-1] <= _ONE_BYTE_MAX
            and short == sorted(short)
        ):
            return False
    return all(map(_is_in_order, _within(value)))


def _is_plain(value: object) -> bool:
    kind = type(value)
    if kind is dict:
        if not _KEY_TYPES.issuperset(map(type, cast("dict[object, object]", value))):
            return False
    elif kind is not list:
        return kind in _SCALAR_TYPES
    return all(map(_is_plain, _within(value)))


def _within(value: object) -> Collection[object]:
    """What a list or a map holds; nothing where all of it is scalar, as nearly always."""
    if type(value) is dict:
        members: Collection[object] = cast("dict[object, object]", value).values()
    elif type(value) is list:
        members = cast("list[object]", value)
    else:
        return ()
    return () if _SCALAR_TYPES.issuperset(map(type, members)) else members
