"""CBOR (RFC 8949) in its deterministic encoding and nothing else.

Only integers, byte strings, text, arrays and maps. No tags, since some of them make a decoder
compute what an attacker chooses; no floats and simple values, since 1, 1.0 and true are one key to
Python and three to others. One value has one encoding, so that no two readers can differ.
"""

from typing import Any, NoReturn, cast

import cbor2

from tongguan.core.credentials.faults import ReadFault, Unreadable

_DEPTH_MAX = 4
_ONE_BYTE_MAX = 23
"""The largest number that is one byte; the negative ones from -24 on are one byte too."""
_KEY_TYPES = frozenset({int, str})
_SCALAR_TYPES = frozenset({int, bytes, str})


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
        # Every value has one shortest encoding: of that length, and in order, it is this one.
        size = _size_in_order(value)
        if size is None:
            if not _is_plain(value):
                detail = "a float or simple value, or a key of such a kind"
                return Unreadable(code=fault, detail=detail)
            if cbor2.dumps(value, canonical=True) != data:
                return Unreadable(code=fault, detail="not in deterministic encoding")
        elif size != len(data):
            return Unreadable(code=fault, detail="not in deterministic encoding")
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        return Unreadable(code=fault, detail=f"not strict CBOR ({type(error).__name__})")
    return value


def _size_in_order(value: object) -> int | None:
    """How many bytes the value's shortest encoding has, where the keys of each map are in order.

    None where that is not certain, and for what may not stand at all. Certain are the maps of our
    own claims: numbers of one byte, and one longer at most behind them.
    """
    kind = type(value)
    if kind is str:
        text = cast("str", value)
        length = len(text) if text.isascii() else len(text.encode())
        return _head_size(length) + length
    if kind is int:
        number = cast("int", value)
        return _head_size(number if number >= 0 else ~number)
    if kind is bytes:
        length = len(cast("bytes", value))
        return _head_size(length) + length
    if kind is dict:
        return _map_size_in_order(cast("dict[object, object]", value))
    if kind is not list:
        return None
    members = cast("list[object]", value)
    sizes = [_size_in_order(each) for each in members]
    if None in sizes:
        return None
    return _head_size(len(members)) + sum(cast("list[int]", sizes))


def _map_size_in_order(members: dict[object, object]) -> int | None:
    size, last = _head_size(len(members)), -1
    for key, member in members.items():
        if type(key) is not int or last > _ONE_BYTE_MAX:
            return None
        if last < key <= _ONE_BYTE_MAX:
            size, last = size + 1, key
        elif 0 <= key <= last:
            return None
        else:
            size, last = size + _head_size(key if key >= 0 else ~key), _ONE_BYTE_MAX + 1
        # Short texts and byte strings are nearly all there is.
        if type(member) is bytes or (type(member) is str and member.isascii()):
            length = len(member)
            size += length + (1 if length <= _ONE_BYTE_MAX else _head_size(length))
            continue
        of_member = _size_in_order(member)
        if of_member is None:
            return None
        size += of_member
    return size


def _head_size(number: int) -> int:
    """The bytes that say a number, or a length."""
    if number <= _ONE_BYTE_MAX:
        return 1
    if number <= 0xFFFF:
        return 2 if number <= 0xFF else 3
    return 5 if number <= 0xFFFFFFFF else 9


def _is_plain(value: object) -> bool:
    kind = type(value)
    if kind is dict:
        members = cast("dict[object, object]", value)
        return _KEY_TYPES.issuperset(map(type, members)) and all(map(_is_plain, members.values()))
    if kind is list:
        return all(map(_is_plain, cast("list[object]", value)))
    return kind in _SCALAR_TYPES
