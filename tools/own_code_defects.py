"""What can be wrong with a code of ours before its claims are read: the same for each kind."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import cbor2
from credential_examples import (
    message_from,
    message_of,
    octets_in,
    parts_of,
    signed_by_hand,
    stream_of,
    text_of,
    text_of_stream,
    values_of,
)
from credential_test_keys import GD, HK, NOT_BEFORE, der_of, signing_test_key
from own_vector import Vector, bad

from tongguan.core.credentials.cwt import CODE_ID, ISSUED_AT, ISSUER, OWN_CLAIMS
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.keys import KeyState, KeyUse, SigningKey

GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BIT = 1
_DEEP = 200
_Made = tuple[str, str, str]
"""Name, sentence and text of a vector."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A good code of one kind, from which the defective ones are made."""

    kind: str
    text: str
    key: SigningKey
    media_type: str
    other: str
    """A good code of the other kind."""
    header: dict[Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        """The header as the code has it."""
        header = {1: -7, 4: self.key.public.key_id, 16: self.media_type}
        object.__setattr__(self, "header", header)

    def signed(self, payload: object, *, key: SigningKey | None = None, **more: Any) -> str:
        """A code over any payload, under any key and header."""
        message = signed_by_hand(payload, media_type=self.media_type, key=key or self.key, **more)
        return text_of(message)

    def changed(self, claim: int, value: object, *, key: SigningKey | None = None) -> str:
        """The code with another value of one claim, or without it, well signed."""
        values = values_of(self.text) | {claim: value}
        values = {number: each for number, each in values.items() if each is not None}
        return self.signed(values, key=key)

    def own_changed(self, claim: int, value: object) -> str:
        """The same of one of our own claims."""
        values = values_of(self.text)
        values[OWN_CLAIMS][claim] = value
        return self.signed(values)


def twin_of(text: str) -> str:
    """The code under the other of the two signatures that mean the same: r and n - s."""
    *others, signature = parts_of(text)
    twin = (GROUP_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    return text_of(message_from([*others, signature[:32] + twin]))


def defects(sample: Sample) -> Iterator[Vector]:
    """One vector for each defect that every kind of code can have."""
    steps: tuple[tuple[ReadFault, Callable[[Sample], Iterator[_Made]]], ...] = (
        (ReadFault.UNREADABLE_PREFIX, _prefixes),
        (ReadFault.UNREADABLE_BASE45, _texts),
        (ReadFault.UNREADABLE_COMPRESSION, _streams),
        (ReadFault.UNREADABLE_COSE, _messages),
        (ReadFault.UNREADABLE_COSE, _headers),
        (ReadFault.WRONG_TYPE, _types),
        (ReadFault.UNKNOWN_KEY, _unknown_keys),
        (ReadFault.KEY_NOT_VALID, _keys_not_valid),
        (ReadFault.BAD_SIGNATURE, _signatures),
        (ReadFault.UNREADABLE_CLAIMS, _claims),
    )
    for fault, made in steps:
        for name, about, text in made(sample):
            yield bad(sample.kind, fault, name, about, text)


def _prefixes(sample: Sample) -> Iterator[_Made]:
    encoded = sample.text[4:]
    yield "prefix_lower_case", "tg1:", "tg1:" + encoded
    yield "prefix_of_another_format", "HC1:", "HC1:" + encoded
    yield "prefix_without_colon", "TG1", "TG1" + encoded
    yield "too_long", "4,297 characters", "TG1:" + "0" * 4293


def _texts(sample: Sample) -> Iterator[_Made]:
    encoded = sample.text[4:]
    yield "base45_lower_case", "lower case after the prefix", "TG1:" + encoded.lower()
    yield "base45_overflow", "a group above FFFF", "TG1:GGW" + encoded
    yield "base45_dangling", "one character too many", "TG1:BB8A"
    yield "base45_other_character", "an underscore", "TG1:BB_" + encoded


def _streams(sample: Sample) -> Iterator[_Made]:
    stream, message = stream_of(sample.text), message_of(sample.text)
    for name, about, wrong in (
        ("none", "the bare message", message),
        ("cut", "the last byte is missing", stream[:-1]),
        ("cut_in_half", "the second half is missing", stream[: len(stream) // 2]),
        ("checksum", "one bit of the checksum", stream[:-1] + bytes([stream[-1] ^ _BIT])),
        ("trailing_byte", "a byte follows the stream", stream + b"\0"),
        ("raw_deflate", "deflate without the zlib frame", zlib.compress(message, wbits=-15)),
        ("bomb", "inflates to two million bytes", zlib.compress(bytes(2_000_000))),
        ("beyond_16_kib", "one byte more than 16 KiB", zlib.compress(bytes(16 * 1024 + 1))),
    ):
        yield f"compression_{name}", about, text_of_stream(wrong)


def _messages(sample: Sample) -> Iterator[_Made]:
    message = message_of(sample.text)
    protected, unprotected, payload, signature = parts_of(sample.text)
    chunks = b"\x5f" + cbor2.dumps(payload[:9]) + cbor2.dumps(payload[9:]) + b"\xff"
    head = b"\xd2\x84" + cbor2.dumps(protected) + b"\xa0"
    long_header = b"\xd2\x84" + octets_in(2, protected) + b"\xa0"
    for name, about, wrong in (
        ("no_tag", "an array without the tag 18", message[1:]),
        ("tag_17", "COSE_Mac0 in place of COSE_Sign1", b"\xd1" + message[1:]),
        ("tag_twice", "the tag 18 twice", b"\xd2" + message),
        ("cut", "the last byte is missing", message[:-1]),
        ("trailing_byte", "a byte follows the message", message + b"\0"),
        ("indefinite_array", "an array without length", b"\xd2\x9f" + message[2:] + b"\xff"),
        ("indefinite_payload", "a payload in pieces", head + chunks + cbor2.dumps(signature)),
        ("not_shortest", "a longer length than needed", b"\xd2\x98\x04" + message[2:]),
        (
            "payload_length_not_shortest",
            "a longer length of the payload than needed",
            head + octets_in(2, payload) + cbor2.dumps(signature),
        ),
        (
            "header_length_not_shortest",
            "a longer length of the header than needed",
            long_header + cbor2.dumps(payload) + cbor2.dumps(signature),
        ),
        ("too_deep", "nested arrays", b"\xd2" + b"\x81" * _DEEP + b"\x01"),
        ("length_beyond_end", "a payload longer than all", head + b"\x5a\xff\xff\xff\xff"),
    ):
        yield f"message_{name}", about, text_of(wrong)
    for name, about, parts in (
        ("three_parts", "no signature", [protected, unprotected, payload]),
        ("five_parts", "a part too many", [protected, unprotected, payload, signature, b""]),
        ("detached", "no payload", [protected, unprotected, None, signature]),
        ("signature_63_bytes", "one too few", [protected, unprotected, payload, signature[:63]]),
        ("signature_65_bytes", "a zero in front", [protected, {}, payload, b"\0" + signature]),
        ("signature_der", "in DER", [protected, {}, payload, der_of(signature)]),
        ("signature_empty", "of no bytes", [protected, unprotected, payload, b""]),
    ):
        yield f"message_{name}", about, text_of(message_from(parts))


def _headers(sample: Sample) -> Iterator[_Made]:
    values, header = values_of(sample.text), sample.header
    unnamed = {key: value for key, value in header.items() if key != 1}
    for name, about, protected, unprotected in (
        ("algorithm_absent", "no algorithm", unnamed, {}),
        ("algorithm_unprotected", "only in the unprotected header", unnamed, {1: -7}),
        ("algorithm_none", "algorithm 0", header | {1: 0}, {}),
        ("algorithm_eddsa", "EdDSA in place of ES256", header | {1: -8}, {}),
        ("algorithm_es384", "ES384 in place of ES256", header | {1: -35}, {}),
        ("algorithm_hs256", "HMAC with SHA-256", header | {1: 5}, {}),
        ("algorithm_float", "-7.0", header | {1: -7.0}, {}),
        ("algorithm_text", "ES256 as text", header | {1: "ES256"}, {}),
        ("header_unprotected", "a key id in the unprotected header", header, {4: bytes(8)}),
        ("key_id_cut", "a key id of seven bytes", header | {4: bytes(7)}, {}),
        ("key_id_absent", "no key id", {1: -7, 16: sample.media_type}, {}),
        ("header_type_absent", "no type", {1: -7, 4: header[4]}, {}),
        ("header_critical", "must be understood", header | {2: [99], 99: 1}, {}),
    ):
        yield name, about, sample.signed(values, header=protected, unprotected=unprotected)
    form = parts_of(sample.text)[0]
    for name, about, wrong in (
        ("message_duplicate_key", "the algorithm twice", b"\xa4\x01\x26\x01\x26" + form[3:]),
        ("header_indefinite", "a header without length", b"\xbf" + form[1:] + b"\xff"),
        ("header_trailing_byte", "a byte follows the header", form + b"\0"),
        ("header_out_of_order", "the type first", _reversed(header)),
    ):
        yield name, about, sample.signed(values, header=wrong)


def _types(sample: Sample) -> Iterator[_Made]:
    values = values_of(sample.text)
    yield "type_of_the_other_kind", "a code of our other kind", sample.other
    other = signed_by_hand(values, media_type="application/cwt", key=sample.key)
    yield "type_unknown", "any other type", text_of(other)


def _unknown_keys(sample: Sample) -> Iterator[_Made]:
    public = sample.key.public
    unknown = signing_test_key(public.use, public.authority, label="unknown")
    values = values_of(sample.text)
    yield "key_unknown", "a key that no set holds", sample.signed(values, key=unknown)
    wrong = public.key_id[:-1] + bytes([public.key_id[-1] ^ _BIT])
    header = sample.header | {4: wrong}
    yield "key_id_wrong", "one bit of it", sample.signed(values, header=header)


def _keys_not_valid(sample: Sample) -> Iterator[_Made]:
    values, public = values_of(sample.text), sample.key.public
    for use in KeyUse:
        if use not in (public.use, KeyUse.AGREEMENT):
            key = signing_test_key(use, public.authority)
            yield f"key_use_{use}", f"a key for {use}", sample.signed(values, key=key)
    for state in (KeyState.PREPARED, KeyState.REVOKED):
        key = signing_test_key(public.use, public.authority, label=state)
        yield f"key_{state}", f"a key that is {state}", sample.signed(values, key=key)
    other = GD if public.authority == HK else HK
    foreign = signing_test_key(public.use, other)
    about = f"issued as {public.authority}, signed by {other}"
    yield "key_of_another_authority", about, sample.signed(values, key=foreign)
    before = int(NOT_BEFORE.timestamp()) - 1
    yield "key_not_yet", "issued before the key begins", sample.changed(ISSUED_AT, before)
    ended = signing_test_key(public.use, public.authority, label="ended")
    yield "key_no_longer", "issued when the key has ended", sample.signed(values, key=ended)


def _signatures(sample: Sample) -> Iterator[_Made]:
    protected, unprotected, payload, signature = parts_of(sample.text)
    public = sample.key.public
    unknown = signing_test_key(public.use, public.authority, label="unknown")
    forged = sample.signed(values_of(sample.text), key=unknown, header=sample.header)
    yield "signature_of_another_key", "under the id of a good key", forged
    r, s = signature[:32], signature[32:]
    for name, about, wrong in (
        ("signature_bit_flip_in_r", "one bit of r", _flipped(signature, 31)),
        ("signature_bit_flip_in_s", "one bit of s", _flipped(signature, 63)),
        ("signature_halves_swapped", "s before r", s + r),
        ("signature_zero", "r and s are zero", bytes(64)),
        ("signature_order", "r and s are the order", GROUP_ORDER.to_bytes(32) * 2),
    ):
        yield name, about, text_of(message_from([protected, unprotected, payload, wrong]))
    for name, about, wrong in (
        ("payload_bit_flip_in_issuer", "one bit", _flipped(payload, 3)),
        ("payload_bit_flip_in_tag", "one bit", _flipped(payload, payload.index(b"\x4c") + 1)),
        ("payload_bit_flip_at_the_end", "one bit", _flipped(payload, len(payload) - 1)),
    ):
        yield name, about, text_of(message_from([protected, unprotected, wrong, signature]))


def _claims(sample: Sample) -> Iterator[_Made]:
    values = values_of(sample.text)
    payload = parts_of(sample.text)[2]
    nested: Any = 1
    for _ in range(_DEEP):
        nested = [nested]
    for name, about, number, value in (
        ("issuer_absent", "no issuer", ISSUER, None),
        ("issued_at_absent", "no time of issue", ISSUED_AT, None),
        ("issued_at_text", "a time as text", ISSUED_AT, "2021-12-10T01:00:00Z"),
        ("issued_at_negative", "before 1970", ISSUED_AT, -1),
        ("id_cut", "an id of 15 bytes", CODE_ID, bytes(15)),
        ("one_too_many", "a claim that the format does not have", 8, 1),
        ("own_not_a_map", "an array of our own claims", OWN_CLAIMS, []),
        ("too_deep", "nested arrays", 8, nested),
    ):
        yield f"claims_{name}", about, sample.changed(number, value)
    size = payload[0]
    for name, about, wrong in (
        ("not_cbor", "no CBOR", b"\xff"),
        ("cut", "the last byte is missing", payload[:-1]),
        ("trailing_byte", "a byte follows the claims", payload + b"\0"),
        ("tagged", "a tag before the claims", b"\xc1" + payload),
        ("indefinite", "a map without length", b"\xbf" + payload[1:] + b"\xff"),
        (
            "duplicate_key",
            "the issuer twice",
            bytes([size + 1]) + payload[1:5] + payload[1:5] + payload[5:],
        ),
        ("not_shortest", "a longer number than needed", payload.replace(b"\x06", b"\x18\x06", 1)),
        ("out_of_order", "the issuer last", bytes([size]) + payload[5:] + payload[1:5]),
        ("float", "an id of the issuer that is 1.0", cbor2.dumps(values | {ISSUER: 1.0})),
    ):
        yield f"claims_{name}", about, sample.signed(wrong)


def _reversed(header: dict[Any, Any]) -> bytes:
    return cbor2.dumps(dict(reversed(list(header.items()))))


def _flipped(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= _BIT
    return bytes(changed)
