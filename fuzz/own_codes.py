"""Readers of the authorities' own codes, and of the layers they share with other formats."""

from collections.abc import Iterator

from credential_examples import (
    HEALTH_CODE_KEY,
    PASS_KEY,
    health_code_claims,
    message_of,
    pass_claims,
    stream_of,
)
from credential_test_keys import trusted_test_keys

from fuzz.target import Target, expect, text_of
from tongguan.core.credentials import base45, container, cose, strict_cbor
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.health.code import HealthCodeClaims, encode_health_code, read_health_code
from tongguan.core.passes.claims import PassClaims
from tongguan.core.passes.code import encode_pass, read_pass

_PASS = encode_pass(pass_claims(), PASS_KEY)
_HEALTH_CODE = encode_health_code(health_code_claims(), HEALTH_CODE_KEY)
_TEXTS = (_PASS, _HEALTH_CODE)
_KEYS = trusted_test_keys()
_BYTES_MAX = 1024


def one_base45(data: bytes) -> None:
    """A text is decoded only where it is the one text of its bytes."""
    text = text_of(data)
    decoded = base45.decode(text)
    if not isinstance(decoded, Unreadable):
        expect(base45.encode(decoded) == text, "two texts of the same bytes")
    expect(base45.decode(base45.encode(data)) == data, "bytes do not come back")


def one_container(data: bytes) -> None:
    """Nothing inflates beyond its bound."""
    for is_raw in (False, True):
        inflated = container.inflate(data, bytes_max=_BYTES_MAX, is_raw=is_raw)
        if not isinstance(inflated, Unreadable):
            expect(len(inflated) <= _BYTES_MAX, "more than the bound")
    message = container.from_text(text_of(data))
    expect(isinstance(message, Unreadable | bytes), "neither a message nor a fault")


def one_strict_cbor(data: bytes) -> None:
    """A value has one encoding."""
    value = strict_cbor.decode(data, bytes_max=_BYTES_MAX, fault=ReadFault.UNREADABLE_CLAIMS)
    if not isinstance(value, Unreadable):
        expect(strict_cbor.encode(value) == data, "two encodings of a value")


def one_cose(data: bytes) -> None:
    """The parts of a message are in it."""
    parts = cose.parse(data, bytes_max=_BYTES_MAX)
    if not isinstance(parts, Unreadable):
        expect(parts.payload in data and parts.signature in data, "parts from nowhere")


def one_code(data: bytes) -> None:
    """No pass and no health code is read that was not issued; a message may stand for its text."""
    for text in (text_of(data), container.to_text(data)):
        read = read_pass(text, _KEYS)
        expect(not isinstance(read, PassClaims) or read == pass_claims(), "a pass of nobody's")
        code = read_health_code(text, _KEYS)
        expect(
            not isinstance(code, HealthCodeClaims) or code == health_code_claims(),
            "a health code of nobody's",
        )


def _texts() -> Iterator[bytes]:
    yield from (text.encode("ascii") for text in _TEXTS)


def _base45_texts() -> Iterator[bytes]:
    yield from (text.removeprefix(container.PREFIX).encode("ascii") for text in _TEXTS)


def _streams() -> Iterator[bytes]:
    yield from _texts()
    yield from (stream_of(text) for text in _TEXTS)
    yield container.compress(bytes(100_000))


def _messages() -> Iterator[bytes]:
    yield from (message_of(text) for text in _TEXTS)


def _values() -> Iterator[bytes]:
    yield from (message[1:] for message in _messages())
    yield strict_cbor.encode({1: "a", 4: b"b", "c": [1, -1, {}, []]})


def _codes() -> Iterator[bytes]:
    yield from _texts()
    yield from _messages()


TARGETS = (
    Target(name="base45", one_input=one_base45, seeds=_base45_texts),
    Target(name="container", one_input=one_container, seeds=_streams),
    Target(name="strict_cbor", one_input=one_strict_cbor, seeds=_values),
    Target(name="cose", one_input=one_cose, seeds=_messages),
    Target(name="code", one_input=one_code, seeds=_codes),
)
