"""Example claims under test keys, and signed messages that are wrong in one chosen way."""

import zlib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import cbor2
from credential_test_keys import GD, HK, signing_test_key

from tongguan.core.credentials import base45
from tongguan.core.credentials.keys import KeyUse, SigningKey
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import CategoryId, ControlPointId, DirectionId, PassId, SchemeId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.scheme.model import Leg

ISSUED_AT = datetime(2021, 12, 10, 1, 0, tzinfo=UTC)
NOW = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
"""Noon of the day of the examples, in Hong Kong."""
PASS_KEY = signing_test_key(KeyUse.PASS)
HEALTH_CODE_KEY = signing_test_key(KeyUse.HEALTH_CODE, GD)
STATUS_LIST_KEY = signing_test_key(KeyUse.STATUS_LIST)
SCHEME_KEY = signing_test_key(KeyUse.SCHEME)


def pass_claims(**changes: Any) -> PassClaims:
    """A family visitor's pass for the morning of 13 December 2021."""
    values: dict[str, Any] = {
        "pass_id": PassId(UUID("6f2d1f0e-8a34-4c57-9d41-0b8f5a3c7e21").bytes),
        "issuer": HK,
        "scheme_id": SchemeId("hk-gd-2021"),
        "version_digest": bytes.fromhex("0123456789abcdef"),
        "direction": DirectionId("HK-GD"),
        "leg": Leg.OUT,
        "category": CategoryId("family"),
        "service_day": date(2021, 12, 13),
        "slot_start": datetime(2021, 12, 13, 2, 0, tzinfo=UTC),
        "slot_end": datetime(2021, 12, 13, 6, 0, tzinfo=UTC),
        "control_point": ControlPointId("SZB"),
        "name": "CHAN Tai Man 陳大文",
        "holder_tag": bytes(range(12)),
        "home_day": date(2021, 12, 16),
        "status_list": "pass",
        "status_index": 4711,
        "issued_at": ISSUED_AT,
        "expires_at": datetime(2021, 12, 13, 15, 59, tzinfo=UTC),
    }
    return PassClaims(**values | changes)


def health_code_claims(**changes: Any) -> HealthCodeClaims:
    """A green code of Guangdong for 13 December 2021."""
    values: dict[str, Any] = {
        "code_id": UUID("0c9e3d52-5f1b-4e0a-8b7e-2f6d4a1c9b35").bytes,
        "issuer": GD,
        "colour": Colour.GREEN,
        "rule_version": "gd-assumed-1",
        "holder_tag": bytes(range(12)),
        "holder_period": "2021-12",
        "status_list": "health-code",
        "status_index": 12,
        "issued_at": datetime(2021, 12, 13, 0, 30, tzinfo=UTC),
        "valid_until": datetime(2021, 12, 13, 15, 59, tzinfo=UTC),
    }
    return HealthCodeClaims(**values | changes)


def values_of(text: str) -> dict[Any, Any]:
    """The claims of a code as plain values, to be changed and signed again."""
    message = cbor2.loads(message_of(text))
    claims: dict[Any, Any] = cbor2.loads(message.value[2])
    return claims


def message_of(text: str) -> bytes:
    """The signed message in a code, without any check."""
    return zlib.decompress(stream_of(text))


def stream_of(text: str) -> bytes:
    """The compressed stream in a code."""
    stream = base45.decode(text.removeprefix("TG1:"))
    if not isinstance(stream, bytes):
        raise TypeError("the code is not Base45")
    return stream


def text_of(message: bytes) -> str:
    """A message as a code, compressed in the plainest way."""
    return text_of_stream(zlib.compress(message))


def text_of_stream(stream: bytes) -> str:
    """A compressed stream, or what takes its place, as a code."""
    return "TG1:" + base45.encode(stream)


def parts_of(text: str) -> list[Any]:
    """Protected header, unprotected header, payload and signature of a code."""
    return list(cbor2.loads(message_of(text)).value)


def message_from(parts: list[Any]) -> bytes:
    """A signed message put together from its parts, signed or not."""
    return b"\xd2" + cbor2.dumps(parts)


def octets_in(size_bytes: int, data: bytes) -> bytes:
    """A byte string in CBOR that says its length in so many bytes, whether it needs them or not."""
    return bytes([{1: 0x58, 2: 0x59, 4: 0x5A}[size_bytes]]) + len(data).to_bytes(size_bytes) + data


def signed_by_hand(
    payload: object,
    *,
    media_type: str,
    key: SigningKey = PASS_KEY,
    header: dict[Any, Any] | bytes | None = None,
    unprotected: dict[Any, Any] | None = None,
) -> bytes:
    """A signed message over any payload, under any header, whatever the key is for."""
    values = {1: -7, 4: key.public.key_id, 16: media_type} if header is None else header
    protected = values if isinstance(values, bytes) else cbor2.dumps(values, canonical=True)
    encoded = payload if isinstance(payload, bytes) else cbor2.dumps(payload, canonical=True)
    to_be_signed = cbor2.dumps(["Signature1", protected, b"", encoded])
    signature = key.sign(to_be_signed, use=key.public.use, at=key.public.not_before)
    return b"\xd2" + cbor2.dumps([protected, unprotected or {}, encoded, signature])
