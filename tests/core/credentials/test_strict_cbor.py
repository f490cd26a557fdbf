"""Strict CBOR: one value has one encoding, and no tag is ever interpreted."""

import time
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials import strict_cbor
from tongguan.core.credentials.faults import ReadFault, Unreadable

FAULT = ReadFault.UNREADABLE_COSE
PLAIN = st.recursive(
    st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=20) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-100, 100) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


def decode(data: bytes, bytes_max: int = 1000) -> Any:
    return strict_cbor.decode(data, bytes_max=bytes_max, fault=FAULT)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("a201010102", "duplicate key"),
        ("a2616101616102", "duplicate text key"),
        ("0100", "trailing byte"),
        ("a1010100", "trailing byte after a map"),
        ("1801", "number longer than needed"),
        ("a2020101 01", "keys out of order"),
        ("9f01ff", "indefinite array"),
        ("bf0101ff", "indefinite map"),
        ("5f4101ff", "indefinite bytes"),
        ("f90000", "float"),
        ("f5", "true"),
        ("f6", "null"),
        ("a1f501", "true as a key"),
        ("a1f93c0001", "float as a key"),
        ("a1810101", "array as a key"),
        ("a1410101", "bytes as a key"),
        ("818181818101", "nesting"),
        ("61ff", "text that is not UTF-8"),
        ("9b000000ffffffffff", "length without content"),
        ("5bffffffffffffffff", "length without content"),
        ("", "nothing"),
        ("82", "half"),
    ],
)
def test_strict_cbor__refuses__what_has_another_form(data: str, what: str) -> None:
    read = decode(bytes.fromhex(data))
    assert isinstance(read, Unreadable), what
    assert read.code is FAULT


def test_strict_cbor__interprets__no_tag() -> None:
    for tag in range(2**16):
        read = decode(cbor2.dumps(cbor2.CBORTag(tag, b"\1")))
        assert isinstance(read, Unreadable), tag
        assert read.detail.startswith("not strict CBOR"), tag
    assert _refuses(bytes.fromhex("dbffffffffffffffff01"))
    assert _refuses(bytes.fromhex("a1c0616101"))


def _refuses(data: bytes) -> bool:
    return isinstance(decode(data), Unreadable)


def test_strict_cbor__computes_nothing_for_an_attacker() -> None:
    started = time.perf_counter()
    assert _refuses(bytes.fromhex("c5821b00ffffffffffffff01"))
    assert _refuses(bytes.fromhex("c4821b00ffffffffffffff01"))
    assert _refuses(b"\x81" * 900 + b"\x01")
    assert time.perf_counter() - started < 1


def test_strict_cbor__refuses__more_bytes_than_allowed() -> None:
    data = cbor2.dumps(b"x" * 50)
    assert decode(data, bytes_max=len(data)) == b"x" * 50
    assert isinstance(decode(data, bytes_max=len(data) - 1), Unreadable)


@given(PLAIN)
def test_strict_cbor__round_trips(value: object) -> None:
    read = decode(strict_cbor.encode(value), bytes_max=10_000)
    assert isinstance(read, Unreadable) or read == value


@given(st.binary(max_size=60))
def test_strict_cbor__answers_any_bytes(data: bytes) -> None:
    read = decode(data)
    assert isinstance(read, Unreadable) or strict_cbor.encode(read) == data


@given(
    st.lists(
        st.integers(-70000, 70000) | st.integers(-30, 30) | st.text(max_size=3),
        unique=True,
        max_size=6,
    )
)
def test_strict_cbor__accepts__the_keys_of_a_map_in_one_order(keys: list[Any]) -> None:
    members = dict.fromkeys(keys, 0)
    given_order = cbor2.dumps(members)
    is_read = not isinstance(decode(given_order), Unreadable)
    assert is_read == (given_order == cbor2.dumps(members, canonical=True))
