"""Status lists: each bit as it was set, nothing clear that is not in the list."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from credential_examples import PASS_KEY, STATUS_LIST_KEY, signed_by_hand
from credential_test_keys import GD, HK, trusted_test_keys
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeyNotUsableError
from tongguan.core.credentials.status_list import (
    CAPACITY,
    CAPACITY_MAX,
    MEDIA_TYPE,
    StatusFault,
    StatusList,
    StatusPurpose,
    encode_status_list,
    read_status_list,
)

AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
KEYS = trusted_test_keys()
CLAIMS = {
    1: "HK",
    6: int(AT.timestamp()),
    -65537: {1: "revocation", 2: "pass", 3: zlib.compress(b"\0")},
}


def status_list(*indices: int, capacity: int = CAPACITY) -> StatusList:
    return StatusList.of(
        indices,
        issuer=HK,
        purpose=StatusPurpose.REVOCATION,
        list_id="pass",
        issued_at=AT,
        capacity=capacity,
    )


def by_hand(**own: Any) -> bytes:
    values = CLAIMS | {-65537: CLAIMS[-65537] | {int(key[1:]): own[key] for key in own}}  # type: ignore[operator]
    return signed_by_hand(values, media_type=MEDIA_TYPE, key=STATUS_LIST_KEY)


def code_of(read: object) -> ReadFault | None:
    return read.code if isinstance(read, Unreadable) else None


@given(st.sets(st.integers(0, 63)))
def test_status_list__round_trips(indices: set[int]) -> None:
    made = status_list(*indices, capacity=64)
    read = read_status_list(encode_status_list(made, STATUS_LIST_KEY), KEYS)
    assert read == made
    assert isinstance(read, StatusList)
    assert {index for index in range(64) if read.is_set(index) is True} == indices


def test_status_list__puts__the_first_index_into_the_lowest_bit() -> None:
    assert status_list(0, 9, capacity=16).bits == b"\x01\x02"


@pytest.mark.parametrize("index", [-1, 64, 10**12])
def test_status_list__calls_nothing_clear__that_it_does_not_have(index: int) -> None:
    answer = status_list(capacity=64).is_set(index)
    assert answer is StatusFault.INDEX_OUT_OF_RANGE
    assert answer


def test_status_list__holds__a_million_codes_and_is_small_when_few_are_set() -> None:
    made = status_list(0, CAPACITY_MAX - 1, capacity=CAPACITY_MAX)
    message = encode_status_list(made, STATUS_LIST_KEY)
    assert len(message) < 1000
    read = read_status_list(message, KEYS)
    assert isinstance(read, StatusList)
    assert (read.is_set(CAPACITY_MAX - 1), read.is_set(CAPACITY_MAX - 2)) == (True, False)
    dense = replace(made, bits=b"\x5a\xc3" * (CAPACITY_MAX // 16))
    assert read_status_list(encode_status_list(dense, STATUS_LIST_KEY), KEYS) == dense


def test_status_list__refuses__an_index_beyond_its_capacity() -> None:
    with pytest.raises(IndexError):
        status_list(64, capacity=64)
    with pytest.raises(IndexError):
        status_list(-1)
    for capacity in (0, 7, 9, 2 * CAPACITY_MAX):
        with pytest.raises(ValueError, match="bits"):
            status_list(capacity=capacity)
    with pytest.raises(ValueError, match="list_id"):
        replace(status_list(), list_id="")


@pytest.mark.parametrize(
    "own",
    [
        {"_1": "rumour"},
        {"_1": 1},
        {"_2": ""},
        {"_3": b"no stream"},
        {"_3": zlib.compress(b"")},
        {"_3": zlib.compress(bytes(CAPACITY_MAX // 8 + 1))},
        {"_3": zlib.compress(bytes(50_000_000))},
        {"_3": zlib.compress(b"\0") + b"x"},
        {"_3": "text"},
        {"_4": 1},
    ],
    ids=str,
)
def test_status_list__is_refused__when_its_claims_are_wrong(own: dict[str, Any]) -> None:
    assert isinstance(read_status_list(by_hand(), KEYS), StatusList)
    assert code_of(read_status_list(by_hand(**own), KEYS)) is ReadFault.UNREADABLE_CLAIMS


def test_status_list__is_refused__under_another_key_or_type() -> None:
    wrong_key = signed_by_hand(CLAIMS, media_type=MEDIA_TYPE, key=PASS_KEY)
    assert code_of(read_status_list(wrong_key, KEYS)) is ReadFault.KEY_NOT_VALID
    wrong_type = signed_by_hand(CLAIMS, media_type="application/cwt", key=STATUS_LIST_KEY)
    assert code_of(read_status_list(wrong_type, KEYS)) is ReadFault.WRONG_TYPE
    with pytest.raises(KeyNotUsableError):
        encode_status_list(status_list(), PASS_KEY)
    with pytest.raises(KeyNotUsableError):
        encode_status_list(replace(status_list(), issuer=GD), STATUS_LIST_KEY)


@given(st.data())
def test_status_list__is_refused__with_any_byte_changed(data: st.DataObject) -> None:
    message = bytearray(encode_status_list(status_list(5, capacity=64), STATUS_LIST_KEY))
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] ^= data.draw(st.integers(1, 255))
    assert isinstance(read_status_list(bytes(message), KEYS), Unreadable)
