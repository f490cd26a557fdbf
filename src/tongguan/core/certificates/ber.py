"""The few parts of BER that issuers' certificates need, read leniently and within bounds.

Lengths may be longer than they need be and defaults may be written out, since certificates in use
do both. Indefinite lengths and tags of more than one byte are refused. Nothing here recurses.
"""

from dataclasses import dataclass, field

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
OBJECT_ID = 0x06
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31
_LENGTH_BYTES_MAX = 4
_LONG_TAG = 0x1F
_OBJECT_ID_BYTES_MAX = 64
_MEMBERS_MAX = 1024


class MalformedBerError(ValueError):
    """The bytes do not hold what was asked of them; never leaves the readers that catch it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One tag with its content."""

    tag: int
    content: bytes = field(repr=False)

    def expect(self, tag: int) -> bytes:
        """The content of an element of this tag."""
        if self.tag != tag:
            raise MalformedBerError(f"tag {self.tag} where {tag} belongs")
        return self.content


def read_one(data: bytes) -> Element:
    """The one element that the bytes are, with nothing behind it."""
    element, end = _next(data, 0)
    if end != len(data):
        raise MalformedBerError("bytes follow an element")
    return element


def read_all(data: bytes) -> list[Element]:
    """The elements that follow each other in the bytes."""
    elements: list[Element] = []
    position = 0
    while position < len(data):
        if len(elements) == _MEMBERS_MAX:
            raise MalformedBerError("too many elements")
        element, position = _next(data, position)
        elements.append(element)
    return elements


def object_id(content: bytes) -> str:
    """The dotted form of an object identifier."""
    if not 0 < len(content) <= _OBJECT_ID_BYTES_MAX or content[-1] & 0x80:
        raise MalformedBerError("no object identifier")
    arcs: list[int] = []
    arc = 0
    for byte in content:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def whole_bytes(content: bytes) -> bytes:
    """The bytes of a bit string that leaves no bit unused."""
    if not content or content[0] != 0:
        raise MalformedBerError("no bit string of whole bytes")
    return content[1:]


def _next(data: bytes, position: int) -> tuple[Element, int]:
    head = data[position : position + 2]
    if len(head) < 2:
        raise MalformedBerError("an element ends too early")
    tag, length = head
    if tag & _LONG_TAG == _LONG_TAG:
        raise MalformedBerError("a tag of more than one byte")
    start = position + 2
    if length & 0x80:
        count = length & 0x7F
        octets = data[start : start + count]
        if not 0 < count <= _LENGTH_BYTES_MAX or len(octets) < count:
            raise MalformedBerError("a length of no form that is read")
        length = int.from_bytes(octets)
        start += count
    if start + length > len(data):
        raise MalformedBerError("an element ends too early")
    return Element(tag=tag, content=data[start : start + length]), start + length
