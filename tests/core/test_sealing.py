"""A sealed value opens in its own place under its own key, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.sealing import SealBrokenError, SealingKey

KEY = SealingKey(key=bytes(32))
NONCE = bytes(12)


@given(value=st.binary(max_size=200), place=st.text(max_size=50))
def test_value__seal__opens_again(value: bytes, place: str) -> None:
    assert KEY.open(KEY.seal(value, place=place, nonce=NONCE), place=place) == value


def test_value__move__does_not_open_in_another_row() -> None:
    sealed = KEY.seal(b"a name", place="applicant.person_sealed/1", nonce=NONCE)
    with pytest.raises(SealBrokenError):
        KEY.open(sealed, place="applicant.person_sealed/2")


@given(at=st.integers(min_value=0, max_value=34), bit=st.integers(min_value=0, max_value=7))
def test_value__change__one_bit_breaks_the_seal(at: int, bit: int) -> None:
    sealed = bytearray(KEY.seal(b"a name", place="p", nonce=NONCE))
    sealed[at] ^= 1 << bit
    with pytest.raises(SealBrokenError):
        KEY.open(bytes(sealed), place="p")


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x02" + bytes(40), bytes(13)])
def test_value__open__refuses_what_is_no_seal(broken: bytes) -> None:
    with pytest.raises(SealBrokenError):
        KEY.open(broken, place="p")


def test_key__print__shows_nothing() -> None:
    assert "00" not in repr(KEY)
