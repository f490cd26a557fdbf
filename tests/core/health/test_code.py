"""The health code as a signed code: a colour of a holder, and nothing else."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from credential_examples import (
    HEALTH_CODE_KEY,
    PASS_KEY,
    health_code_claims,
    message_of,
    pass_claims,
    signed_by_hand,
    text_of,
    values_of,
)
from credential_test_keys import GD, HK, NOT_BEFORE, signing_test_key, trusted_test_keys
from hypothesis import given, settings
from hypothesis import strategies as st

from tongguan.adapters.barcode import qr_version
from tongguan.core.credentials.cwt import OWN_CLAIMS
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeyNotUsableError, KeyUse
from tongguan.core.health.code import (
    MEDIA_TYPE,
    HealthCodeClaims,
    encode_health_code,
    read_health_code,
)
from tongguan.core.health.colour_names import Colour
from tongguan.core.passes.code import encode_pass

KEYS = trusted_test_keys()
TEXT = encode_health_code(health_code_claims(), HEALTH_CODE_KEY)


def code_of(read: object) -> ReadFault | None:
    return read.code if isinstance(read, Unreadable) else None


@pytest.mark.parametrize("colour", Colour)
@given(st.binary(min_size=16, max_size=16), st.integers(0, 2**20 - 1), st.integers(0, 10**7))
@settings(max_examples=20)
def test_health_code__round_trips(colour: Colour, code_id: bytes, index: int, second: int) -> None:
    claims = health_code_claims(
        code_id=code_id,
        colour=colour,
        status_index=index,
        issued_at=datetime.fromtimestamp(NOT_BEFORE.timestamp() + second, UTC),
        valid_until=datetime(2022, 12, 1, tzinfo=UTC),
    )
    assert read_health_code(encode_health_code(claims, HEALTH_CODE_KEY), KEYS) == claims


def test_health_code__says__nothing_but_colour_time_and_holder() -> None:
    assert {field.name for field in fields(HealthCodeClaims)} == {
        "code_id",
        "issuer",
        "colour",
        "rule_version",
        "holder_tag",
        "holder_period",
        "status_list",
        "status_index",
        "issued_at",
        "valid_until",
    }


def test_health_code__scans_easily() -> None:
    assert qr_version(TEXT) <= 13


def test_health_code__is_not_read__from_a_pass() -> None:
    text = encode_pass(pass_claims(), PASS_KEY)
    assert code_of(read_health_code(text, KEYS)) is ReadFault.WRONG_TYPE


@pytest.mark.parametrize("use", [KeyUse.PASS, KeyUse.SCHEME, KeyUse.STATUS_LIST])
def test_health_code__is_refused__under_a_key_for_another_use(use: KeyUse) -> None:
    key = signing_test_key(use, GD)
    text = text_of(signed_by_hand(values_of(TEXT), media_type=MEDIA_TYPE, key=key))
    assert code_of(read_health_code(text, KEYS)) is ReadFault.KEY_NOT_VALID
    with pytest.raises(KeyNotUsableError):
        encode_health_code(health_code_claims(), key)


def test_health_code__is_refused__under_the_key_of_another_authority() -> None:
    key = signing_test_key(KeyUse.HEALTH_CODE, HK)
    text = text_of(signed_by_hand(values_of(TEXT), media_type=MEDIA_TYPE, key=key))
    assert code_of(read_health_code(text, KEYS)) is ReadFault.KEY_NOT_VALID


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (1, 3),
        (1, -1),
        (1, "green"),
        (2, ""),
        (3, bytes(11)),
        (4, "2021-13"),
        (5, 5),
        (6, -1),
        (7, 1),
    ],
)
def test_health_code__is_refused__with_claims_of_another_kind(number: int, value: Any) -> None:
    values = values_of(TEXT)
    values[OWN_CLAIMS][number] = value
    text = text_of(signed_by_hand(values, media_type=MEDIA_TYPE, key=HEALTH_CODE_KEY))
    assert code_of(read_health_code(text, KEYS)) is ReadFault.UNREADABLE_CLAIMS


@pytest.mark.parametrize(
    "changes",
    [
        {"code_id": b""},
        {"holder_tag": bytes(13)},
        {"holder_period": "2021"},
        {"issuer": ""},
        {"rule_version": "x" * 41},
        {"status_list": "a b"},
        {"status_index": 2**20},
        {"valid_until": health_code_claims().issued_at},
        {"issued_at": datetime(2021, 12, 13)},  # noqa: DTZ001 - a naive instant is the fault
    ],
    ids=str,
)
def test_health_code_claims__refuse__what_no_code_can_say(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        health_code_claims(**changes)


@given(st.data())
@settings(max_examples=200)
def test_health_code__says_nothing_else__with_any_byte_changed(data: st.DataObject) -> None:
    message = bytearray(message_of(TEXT))
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] ^= data.draw(st.integers(1, 255))
    assert isinstance(read_health_code(text_of(bytes(message)), KEYS), Unreadable)


@given(st.text(max_size=200))
def test_health_code__answers_any_text(text: str) -> None:
    assert isinstance(read_health_code(text, KEYS), Unreadable)
    assert isinstance(read_health_code("TG1:" + text, KEYS), Unreadable)
