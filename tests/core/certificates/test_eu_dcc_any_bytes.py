"""EU Digital COVID Certificates: whatever is shown, nothing raises and nothing false verifies."""

from collections.abc import Callable

import cbor2
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import dcc
from tests.builders.dcc import DOCUMENT, verify
from tongguan.core.certificates.verdict import (
    Refused,
    Verified,
)
from tongguan.core.credentials import base45

PAYLOAD = cbor2.dumps(dcc.claims_of())
MESSAGE = dcc.signed_message(PAYLOAD)
PARTS = cbor2.loads(MESSAGE)


@given(text=st.text(max_size=200) | st.binary(max_size=200).map(base45.encode))
def test_dcc__never_raises__for_any_text(text: str) -> None:
    assert isinstance(verify("HC1:" + text), Refused)
    assert isinstance(verify(text), Refused)


@given(message=st.binary(max_size=300))
def test_dcc__never_raises__for_any_message(message: bytes) -> None:
    assert isinstance(verify(dcc.text_of(message, tag=b"")), Refused)
    assert isinstance(verify(dcc.text_of(message)), Refused)


@given(payload=st.binary(max_size=200))
def test_dcc__never_raises__for_any_signed_payload(payload: bytes) -> None:
    assert isinstance(verify(dcc.text_of(dcc.signed_message(payload))), Refused)


def cut(message: bytes, at: int, byte: int) -> bytes:
    return message[:at]


def dropped(message: bytes, at: int, byte: int) -> bytes:
    return message[:at] + message[at + 1 :]


def inserted(message: bytes, at: int, byte: int) -> bytes:
    return message[:at] + bytes([byte]) + message[at:]


def replaced(message: bytes, at: int, byte: int) -> bytes:
    return message[:at] + bytes([byte]) + message[at + 1 :]


@given(
    change=st.sampled_from([cut, dropped, inserted, replaced]),
    at=st.integers(0, len(MESSAGE) - 1),
    byte=st.integers(0, 255),
)
def test_dcc__never_verifies__with_other_claims_when_changed(
    change: Callable[[bytes, int, int], bytes], at: int, byte: int
) -> None:
    changed = change(MESSAGE, at, byte)
    verdict = verify(dcc.text_of(changed))
    if isinstance(verdict, Verified):
        # Only bytes outside what is signed may differ: the empty header, or the form of a length.
        assert changed == MESSAGE or cbor2.loads(changed)[2:] == PARTS[2:]
        assert verdict.claims == DOCUMENT


@given(text=st.data())
def test_dcc__never_raises__for_a_good_text_that_was_changed(text: st.DataObject) -> None:
    good = dcc.text_of(MESSAGE)
    at = text.draw(st.integers(4, len(good) - 1))
    character = text.draw(st.sampled_from(base45.ALPHABET))
    changed = good[:at] + character + good[at + 1 :]
    verdict = verify(changed)
    if changed != good:
        assert isinstance(verdict, Refused)
