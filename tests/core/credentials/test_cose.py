"""COSE_Sign1 in one strict form: what a verifier must not be talked into."""

import cbor2
import pytest
from credential_examples import PASS_KEY, message_from, signed_by_hand
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials import cose, strict_cbor
from tongguan.core.credentials.faults import ReadFault, Unreadable

TYPE = "application/test"
HEADER = {1: -7, 4: PASS_KEY.public.key_id, 16: TYPE}
PAYLOAD = b"\xa0"


def good() -> bytes:
    return signed_by_hand(PAYLOAD, media_type=TYPE)


def parts(message: bytes) -> list[object]:
    return list(cbor2.loads(message).value)


def parse(message: bytes) -> cose.SignedMessage | Unreadable:
    return cose.parse(message, bytes_max=1000)


def refused(message: bytes) -> bool:
    read = parse(message)
    return isinstance(read, Unreadable) and read.code is ReadFault.UNREADABLE_COSE


@pytest.mark.parametrize("tag", [b"", b"\xd8\x3d"], ids=["plain", "cwt-tag"])
def test_cose__parses__its_one_form(tag: bytes) -> None:
    read = parse(tag + good())
    assert isinstance(read, cose.SignedMessage)
    assert (read.key_id, read.media_type, read.payload) == (HEADER[4], TYPE, PAYLOAD)
    assert PASS_KEY.public.verifies(read.signature, read.to_be_signed)


@pytest.mark.parametrize(
    "header",
    [
        {4: HEADER[4], 16: TYPE},
        {1: -8, 4: HEADER[4], 16: TYPE},
        {1: -35, 4: HEADER[4], 16: TYPE},
        {1: 0, 4: HEADER[4], 16: TYPE},
        {1: -7.0, 4: HEADER[4], 16: TYPE},
        {1: "ES256", 4: HEADER[4], 16: TYPE},
        {1: -7, 16: TYPE},
        {1: -7, 4: b"short", 16: TYPE},
        {1: -7, 4: "8 letter", 16: TYPE},
        {1: -7, 4: HEADER[4]},
        {1: -7, 4: HEADER[4], 16: 61},
        {1: -7, 4: HEADER[4], 3: TYPE},
        {1: -7, 4: HEADER[4], 16: TYPE, 2: [99], 99: 1},
        {},
    ],
)
def test_cose__refuses__another_protected_header(header: dict[int, object]) -> None:
    assert refused(signed_by_hand(PAYLOAD, media_type=TYPE, header=header))


def test_cose__believes_nothing__in_the_unprotected_header() -> None:
    header = {4: HEADER[4], 16: TYPE}
    unprotected = {1: -7}
    assert refused(signed_by_hand(PAYLOAD, media_type=TYPE, header=header, unprotected=unprotected))
    assert refused(signed_by_hand(PAYLOAD, media_type=TYPE, unprotected={4: b"another!"}))


def test_cose__refuses__other_parts() -> None:
    protected, unprotected, payload, signature = parts(good())
    for wrong in (
        [protected, unprotected, payload],
        [protected, unprotected, payload, signature, b""],
        [protected, unprotected, None, signature],
        [protected, unprotected, payload, bytes(63)],
        [protected, unprotected, payload, bytes(65)],
        [b"", unprotected, payload, signature],
        [b"\x80", unprotected, payload, signature],
        [HEADER, unprotected, payload, signature],
        [protected, [], payload, signature],
    ):
        assert refused(message_from(wrong))


def test_cose__refuses__other_tags_and_trailing_bytes() -> None:
    message = good()
    assert refused(message[1:])
    assert refused(b"\xd2" + message)
    assert refused(b"\xd8\x3d\xd8\x3d" + message)
    assert refused(b"\xd1" + message[1:])
    assert refused(message + b"\0")
    assert refused(b"")
    assert isinstance(cose.parse(message, bytes_max=len(message) - 2), Unreadable)


def test_cose__refuses__a_key_twice_in_the_protected_header() -> None:
    _, unprotected, payload, signature = parts(good())
    protected = b"\xa4\x01\x26\x01\x26" + cbor2.dumps(HEADER)[3:]
    assert refused(message_from([protected, unprotected, payload, signature]))


@given(st.binary(max_size=100))
def test_cose__answers_any_bytes(data: bytes) -> None:
    assert isinstance(parse(data), Unreadable)
    assert isinstance(parse(b"\xd2\x84" + data), cose.SignedMessage | Unreadable)


def _in_one_form(message: bytes) -> list[object] | None:
    """The parts by the strict decoder, where they are a header, nothing, a payload and 64 bytes."""
    decoded = strict_cbor.decode(
        message.removeprefix(b"\xd2"), bytes_max=100_000, fault=ReadFault.UNREADABLE_COSE
    )
    match decoded:
        case [bytes(_), {**nothing}, bytes(_), bytes(signature)] if (
            not nothing and len(signature) == 64
        ):
            return decoded
    return None


@pytest.mark.parametrize("length", [0, 1, 23, 24, 25, 63, 64, 255, 256, 257, 65535, 65536, 65600])
def test_cose__takes_apart__payloads_of_every_form_of_length(length: int) -> None:
    protected = strict_cbor.encode(HEADER)
    payload = bytes(length)
    message = b"\xd2" + strict_cbor.encode([protected, {}, payload, bytes(64)])
    read = cose.parse(message, bytes_max=100_000)
    assert isinstance(read, cose.SignedMessage)
    assert read.payload == payload
    assert read.to_be_signed == strict_cbor.encode(["Signature1", protected, b"", payload])


@given(
    st.integers(0, 300),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=3),
    st.integers(0, 3),
)
def test_cose__takes_apart__what_the_strict_decoder_does(
    length: int, changes: list[tuple[int, int]], cut: int
) -> None:
    array = bytearray(
        strict_cbor.encode([strict_cbor.encode(HEADER), {}, bytes(length), bytes(64)])
    )
    for place, value in changes:
        array[place] = value
    message = b"\xd2" + bytes(array[: len(array) - cut])
    read = cose.parse(message, bytes_max=100_000)
    expected = _in_one_form(message)
    if isinstance(read, cose.SignedMessage):
        assert expected is not None
        assert [read.payload, read.signature] == [expected[2], expected[3]]
    elif expected is not None:
        # Then only the header can be at fault.
        assert expected[0] != strict_cbor.encode(HEADER)
