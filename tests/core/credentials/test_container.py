"""The text form of a message: bounded, whole, and nothing but one zlib stream."""

import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials import base45, container
from tongguan.core.credentials.faults import ReadFault, Unreadable

MESSAGE = b"a message that is signed"


def code_of(read: bytes | Unreadable) -> ReadFault | None:
    return read.code if isinstance(read, Unreadable) else None


def text_of_stream(stream: bytes) -> str:
    return container.PREFIX + base45.encode(stream)


@given(st.binary(max_size=2000))
def test_container__round_trips(message: bytes) -> None:
    assert container.from_text(container.to_text(message)) == message


@pytest.mark.parametrize("level", range(10))
def test_container__reads__any_level_of_compression(level: int) -> None:
    assert container.from_text(text_of_stream(zlib.compress(MESSAGE, level))) == MESSAGE


@pytest.mark.parametrize("text", ["", "TG", "TG1", "tg1:BB8", "HC1:BB8", " TG1:BB8", "TG2:BB8"])
def test_container__refuses__another_prefix(text: str) -> None:
    assert code_of(container.from_text(text)) is ReadFault.UNREADABLE_PREFIX


def test_container__refuses__a_megabyte_of_letters() -> None:
    assert code_of(container.from_text("A" * 2**20)) is ReadFault.UNREADABLE_PREFIX
    assert code_of(container.from_text("TG1:" + "A" * 2**20)) is ReadFault.UNREADABLE_PREFIX


def test_container__refuses__base45_that_is_none() -> None:
    assert code_of(container.from_text("TG1:bb8")) is ReadFault.UNREADABLE_BASE45


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"no zlib stream",
        zlib.compress(MESSAGE)[:-1],
        zlib.compress(MESSAGE)[:-4] + b"\0\0\0\0",
        zlib.compress(MESSAGE) + b"\0",
        zlib.compress(MESSAGE) + zlib.compress(MESSAGE),
        zlib.compress(MESSAGE, wbits=-15),
        zlib.compress(MESSAGE, wbits=31),
        zlib.compress(bytes(container.MESSAGE_BYTES_MAX + 1)),
        zlib.compress(bytes(2_000_000)),
    ],
    ids=[
        "empty",
        "not-zlib",
        "truncated",
        "checksum",
        "trailing",
        "two-streams",
        "raw-deflate",
        "gzip",
        "one-too-many",
        "bomb",
    ],
)
def test_container__refuses__a_stream_that_is_not_one_whole(stream: bytes) -> None:
    assert code_of(container.from_text(text_of_stream(stream))) is ReadFault.UNREADABLE_COMPRESSION


def test_container__inflates__no_more_than_it_may() -> None:
    stream = zlib.compress(bytes(50_000_000))
    tracemalloc.start()
    assert code_of(container.inflate(stream, bytes_max=1000)) is ReadFault.UNREADABLE_COMPRESSION
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_container__reads__the_largest_message() -> None:
    message = bytes(container.MESSAGE_BYTES_MAX)
    assert container.from_text(text_of_stream(zlib.compress(message))) == message


@given(st.text(max_size=100))
def test_container__answers_any_text(text: str) -> None:
    assert isinstance(container.from_text(text), bytes | Unreadable)
    assert isinstance(container.from_text(container.PREFIX + text), bytes | Unreadable)
