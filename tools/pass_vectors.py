"""Conformance vectors of passes: good ones in every allowed form, one for each defect."""

import base64
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from credential_examples import (
    HEALTH_CODE_KEY,
    PASS_KEY,
    health_code_claims,
    message_from,
    message_of,
    parts_of,
    pass_claims,
    signed_by_hand,
    stream_of,
    text_of,
    text_of_stream,
    values_of,
)
from credential_test_keys import GD, NOT_AFTER, NOT_BEFORE, signing_test_key

from tongguan.core.credentials.cwt import CODE_ID, ISSUED_AT, ISSUER, OWN_CLAIMS
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.keys import KeyState, KeyUse, SigningKey
from tongguan.core.credentials.status_list import CAPACITY_MAX, StatusList
from tongguan.core.health.code import HealthCodeClaims, encode_health_code
from tongguan.core.passes.claims import PassClaims
from tongguan.core.passes.code import MEDIA_TYPE as PASS_TYPE
from tongguan.core.passes.code import encode_pass

GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PASS = encode_pass(pass_claims(), PASS_KEY)
CODE = encode_health_code(health_code_claims(), HEALTH_CODE_KEY)
HEADER: dict[Any, Any] = {1: -7, 4: PASS_KEY.public.key_id, 16: PASS_TYPE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Vector:
    """One thing to read, and what must come of it."""

    name: str
    kind: str
    about: str
    given: str
    """A code's text, or a message in Base64."""
    expect: dict[str, Any]


def plain(claims: PassClaims | HealthCodeClaims | StatusList) -> dict[str, Any]:
    """Claims as JSON values: bytes in hexadecimal, instants in UTC."""
    return {name: _plain(value) for name, value in asdict(claims).items()}


def pass_vectors() -> Iterator[Vector]:
    """Every vector that is read as a pass."""
    yield from _good_passes()
    yield from _bad_containers()
    yield from _bad_messages()
    yield from _bad_headers()
    yield from _bad_trust()
    yield from _bad_claims()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    return value


def _good(name: str, about: str, text: str, claims: PassClaims | None = None) -> Vector:
    expect = {"claims": plain(claims or pass_claims())}
    return Vector(name=name, kind="pass", about=about, given=text, expect=expect)


def bad_vector(fault: ReadFault, name: str, about: str, text: str, kind: str = "pass") -> Vector:
    return Vector(name=name, kind=kind, about=about, given=text, expect={"fault": fault.value})


def in_base64(message: bytes) -> str:
    return base64.b64encode(message).decode()


def _good_passes() -> Iterator[Vector]:
    message = message_of(PASS)
    *others, signature = parts_of(PASS)
    twin = (GROUP_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    longest = pass_claims(name="買買提艾力克孜阿卜杜熱依木圖爾蓀尼牙孜汗汗x", home_day=None)
    yield _good("pass_good", "a pass in our own form", PASS)
    yield _good(
        "pass_good_longest_name",
        "a name of 64 bytes in UTF-8; no place home",
        encode_pass(longest, PASS_KEY),
        longest,
    )
    yield _good(
        "pass_good_cwt_tag", "the CWT tag 61 around the message", text_of(b"\xd8\x3d" + message)
    )
    yield _good(
        "pass_good_stored",
        "a zlib stream of level 0: another text, the same pass",
        text_of_stream(zlib.compress(message, 0)),
    )
    yield _good(
        "pass_good_twin_signature",
        "the signature (r, n - s): another text, the same pass",
        text_of(message_from([*others, signature[:32] + twin])),
    )


def _bad_containers() -> Iterator[Vector]:
    fault = ReadFault.UNREADABLE_PREFIX
    yield bad_vector(fault, "prefix_lower_case", "tg1:", "tg1:" + PASS[4:])
    yield bad_vector(fault, "prefix_of_another_format", "HC1:", "HC1:" + PASS[4:])
    yield bad_vector(fault, "prefix_too_long", "4,297 characters", "TG1:" + "0" * 4293)
    fault = ReadFault.UNREADABLE_BASE45
    yield bad_vector(
        fault, "base45_lower_case", "lower case after the prefix", "TG1:" + PASS[4:].lower()
    )
    yield bad_vector(fault, "base45_overflow", "a group above FFFF", "TG1:GGW" + PASS[4:])
    yield bad_vector(fault, "base45_dangling", "one character too many", "TG1:BB8A")
    yield bad_vector(fault, "base45_other_character", "an underscore", "TG1:BB_" + PASS[4:])
    fault = ReadFault.UNREADABLE_COMPRESSION
    stream, message = stream_of(PASS), message_of(PASS)
    for name, about, wrong in (
        ("none", "the bare message", message),
        ("truncated", "the last byte is missing", stream[:-1]),
        ("trailing", "a byte follows the stream", stream + b"\0"),
        ("raw_deflate", "deflate without the zlib frame", zlib.compress(message, wbits=-15)),
        ("bomb", "inflates to two million bytes", zlib.compress(bytes(2_000_000))),
    ):
        yield bad_vector(fault, f"compression_{name}", about, text_of_stream(wrong))


def _bad_messages() -> Iterator[Vector]:
    fault = ReadFault.UNREADABLE_COSE
    message = message_of(PASS)
    protected, unprotected, payload, signature = parts_of(PASS)
    twice = b"\xa4\x01\x26\x01\x26" + protected[3:]
    for name, about, wrong in (
        ("no_tag", "an array without the tag 18", message[1:]),
        ("tag_17", "COSE_Mac0 in place of COSE_Sign1", b"\xd1" + message[1:]),
        ("trailing_byte", "a byte follows the message", message + b"\0"),
        ("indefinite_length", "an array without length", b"\xd2\x9f" + message[2:] + b"\xff"),
        ("not_shortest", "a longer length than needed", b"\xd2\x98\x04" + message[2:]),
        ("too_deep", "nested arrays", b"\xd2" + b"\x81" * 200 + b"\x01"),
        ("three_parts", "no signature", message_from([protected, unprotected, payload])),
        (
            "signature_63_bytes",
            "a byte of the signature is missing",
            message_from([protected, unprotected, payload, signature[:63]]),
        ),
        (
            "signature_der",
            "the signature in DER",
            message_from([protected, unprotected, payload, b"\x30\x44" + signature]),
        ),
        ("detached", "no payload", message_from([protected, unprotected, None, signature])),
        (
            "duplicate_header",
            "the algorithm twice",
            message_from([twice, unprotected, payload, signature]),
        ),
    ):
        yield bad_vector(fault, f"cose_{name}", about, text_of(wrong))


def _bad_headers() -> Iterator[Vector]:
    values = values_of(PASS)
    unnamed = {key: value for key, value in HEADER.items() if key != 1}
    for name, about, header, unprotected in (
        ("algorithm_eddsa", "EdDSA in place of ES256", HEADER | {1: -8}, {}),
        ("algorithm_none", "algorithm 0", HEADER | {1: 0}, {}),
        ("algorithm_float", "-7.0", HEADER | {1: -7.0}, {}),
        ("algorithm_unprotected", "only in the unprotected header", unnamed, {1: -7}),
        ("unprotected_header", "a key id in the unprotected header", HEADER, {4: bytes(8)}),
        ("key_id_short", "a key id of seven bytes", HEADER | {4: bytes(7)}, {}),
        ("type_missing", "no type", {1: -7, 4: HEADER[4]}, {}),
        ("critical_header", "a header that must be understood", HEADER | {2: [99], 99: 1}, {}),
    ):
        message = signed_by_hand(
            values, media_type=PASS_TYPE, header=header, unprotected=unprotected
        )
        yield bad_vector(ReadFault.UNREADABLE_COSE, f"header_{name}", about, text_of(message))


def _bad_trust() -> Iterator[Vector]:
    values = values_of(PASS)

    def signed(key: SigningKey, **changes: Any) -> str:
        by_number = {int(name[1:]): value for name, value in changes.items()}
        return text_of(signed_by_hand(values | by_number, media_type=PASS_TYPE, key=key))

    fault = ReadFault.WRONG_TYPE
    yield bad_vector(fault, "type_health_code_as_pass", "a health code shown as a pass", CODE)
    other = signed_by_hand(values, media_type="application/cwt")
    yield bad_vector(fault, "type_unknown", "any other type", text_of(other))
    yield bad_vector(
        ReadFault.UNKNOWN_KEY,
        "key_unknown",
        "a key that no set holds",
        signed(signing_test_key(KeyUse.PASS, label="unknown")),
    )
    fault = ReadFault.KEY_NOT_VALID
    for state in (KeyState.PREPARED, KeyState.REVOKED):
        key = signing_test_key(KeyUse.PASS, label=state)
        yield bad_vector(fault, f"key_{state}", f"a key that is {state}", signed(key))
    for use in (KeyUse.HEALTH_CODE, KeyUse.SCHEME, KeyUse.STATUS_LIST):
        yield bad_vector(fault, f"key_for_{use}", f"a key for {use}", signed(signing_test_key(use)))
    yield bad_vector(
        fault,
        "key_of_another_authority",
        "issued as HK, signed by GD",
        signed(signing_test_key(KeyUse.PASS, GD)),
    )
    before, after = int(NOT_BEFORE.timestamp()) - 1, int(NOT_AFTER.timestamp())
    yield bad_vector(
        fault, "key_not_yet", "issued before the key begins", signed(PASS_KEY, _6=before)
    )
    yield bad_vector(
        fault, "key_no_longer", "issued when the key has ended", signed(PASS_KEY, _6=after)
    )
    fault = ReadFault.BAD_SIGNATURE
    protected, unprotected, payload, signature = parts_of(PASS)
    forged = signed_by_hand(
        values,
        media_type=PASS_TYPE,
        key=signing_test_key(KeyUse.PASS, label="unknown"),
        header=HEADER,
    )
    yield bad_vector(
        fault, "signature_of_another_key", "under the id of a good key", text_of(forged)
    )
    for name, about, parts in (
        ("changed", "one bit", [payload, signature[:-1] + bytes([signature[-1] ^ 1])]),
        ("zero", "r and s are zero", [payload, bytes(64)]),
        ("over_another_payload", "SZB made LWU", [payload.replace(b"SZB", b"LWU"), signature]),
    ):
        message = message_from([protected, unprotected, *parts])
        yield bad_vector(fault, f"signature_{name}", about, text_of(message))


def _bad_claims() -> Iterator[Vector]:
    fault = ReadFault.UNREADABLE_CLAIMS
    for name, about, number, value in (
        ("issuer_missing", "no issuer", ISSUER, None),
        ("issued_at_text", "a time as text", ISSUED_AT, "2021-12-10T01:00:00Z"),
        ("pass_id_short", "a pass id of 15 bytes", CODE_ID, bytes(15)),
        ("one_too_many", "a claim that the format does not have", 8, 1),
        ("own_not_a_map", "an array of our own claims", OWN_CLAIMS, []),
    ):
        values = values_of(PASS) | {number: value}
        values = {key: value for key, value in values.items() if value is not None}
        yield bad_vector(
            fault, f"claims_{name}", about, text_of(signed_by_hand(values, media_type=PASS_TYPE))
        )
    for name, about, number, value in (
        ("identifier_with_space", "a category of two words", 5, "two words"),
        ("leg_unknown", "a third leg", 4, 2),
        ("name_empty", "an empty name", 10, ""),
        ("name_too_long", "a name of 65 bytes", 10, "x" * 65),
        ("name_with_line_break", "a line break in the name", 10, "a\nb"),
        ("holder_tag_short", "a holder tag of eleven bytes", 11, bytes(11)),
        ("status_index_too_high", "an index of no list", 13, CAPACITY_MAX),
    ):
        values = values_of(PASS)
        values[OWN_CLAIMS][number] = value
        yield bad_vector(
            fault, f"claims_{name}", about, text_of(signed_by_hand(values, media_type=PASS_TYPE))
        )
    for name, about, payload in (
        ("not_cbor", "no CBOR", b"\xff"),
        ("trailing_byte", "a byte follows the claims", parts_of(PASS)[2] + b"\0"),
        ("tagged", "a tag before the claims", b"\xc1" + parts_of(PASS)[2]),
        ("out_of_order", "keys not in their order", b"\xa2\x06\x01\x01\x62HK"),
    ):
        message = signed_by_hand(payload, media_type=PASS_TYPE)
        yield bad_vector(fault, f"claims_{name}", about, text_of(message))
