"""Base45: the examples of RFC 9285, strictness, and time that grows with the length only."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials import base45
from tongguan.core.credentials.faults import ReadFault, Unreadable


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"\xff\xff", "FGW"),
        (b"\xff", "U5"),
    ],
)
def test_base45__codes__examples_of_the_rfc(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("GGW", "exceeds two bytes"),
        ("BB8GGW", "position 3"),
        (":::", "exceeds two bytes"),
        ("V5", "exceeds one byte"),
        ("::", "exceeds one byte"),
        ("A", "one character too many"),
        ("BB8A", "one character too many"),
        ("bb8", "position 0"),
        ("BB_", "position 2"),
        ("BBé", "position 2"),
        ("ＢＢ8", "position 0"),
        ("BB\n", "position 2"),
    ],
)
def test_base45__refuses__what_has_no_meaning(text: str, part: str) -> None:
    read = base45.decode(text)
    assert isinstance(read, Unreadable)
    assert read.code is ReadFault.UNREADABLE_BASE45
    assert part in read.detail


@given(st.binary(max_size=200))
def test_base45__round_trips(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@given(st.text(alphabet=base45.ALPHABET, max_size=60))
def test_base45__has_one_text_for_each_meaning(text: str) -> None:
    read = base45.decode(text)
    assert isinstance(read, Unreadable) or base45.encode(read) == text


@given(st.text(max_size=60))
def test_base45__answers_any_text(text: str) -> None:
    assert isinstance(base45.decode(text), bytes | Unreadable)


def test_base45__decodes_a_megabyte__in_a_moment() -> None:
    text = "BB8" * 350_000
    started = time.perf_counter()
    assert base45.decode(text) == b"AB" * 350_000
    assert time.perf_counter() - started < 2
