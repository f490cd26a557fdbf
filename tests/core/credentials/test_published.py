"""Published key sets: read strictly, believed only under the pinned scheme key."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from credential_examples import SCHEME_KEY, signed_by_hand
from credential_test_keys import GD, HK, authority_test_keys, public_test_key, signing_test_key
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeyNotUsableError, KeySet, KeyState, KeyUse, SigningKey
from tongguan.core.credentials.published import (
    MEDIA_TYPE,
    KeySetFault,
    MalformedKeySet,
    PublishedKeySet,
    claimed_fingerprint,
    key_set_document,
    key_set_text,
    read_key_set_text,
    read_pinned_key_set,
    read_signed_key_set,
    sign_key_set,
)

AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
PUBLISHED = PublishedKeySet(authority=HK, issued_at=AT, keys=authority_test_keys(HK))
PIN = SCHEME_KEY.public.fingerprint


def fault_of(change: Callable[[dict[str, Any]], object]) -> MalformedKeySet:
    document = key_set_document(PUBLISHED)
    change(document)
    read = read_key_set_text(json.dumps(document).encode())
    assert isinstance(read, MalformedKeySet)
    return read


def code_of(read: object) -> ReadFault | None:
    return read.code if isinstance(read, Unreadable) else None


def test_key_set__round_trips__through_its_text() -> None:
    text = key_set_text(PUBLISHED)
    assert read_key_set_text(text) == PUBLISHED
    assert read_key_set_text(json.dumps(json.loads(text), indent=2).encode()) == PUBLISHED
    assert b"PRIVATE" not in text


@pytest.mark.parametrize(
    ("change", "fault", "path"),
    [
        (lambda d: d.pop("keys"), KeySetFault.MISSING_MEMBER, "keys"),
        (lambda d: d.update(note="x"), KeySetFault.UNKNOWN_MEMBER, "note"),
        (lambda d: d.update(authority=""), KeySetFault.WRONG_VALUE, "authority"),
        (lambda d: d.update(authority=7), KeySetFault.WRONG_VALUE, "authority"),
        (lambda d: d.update(keys={}), KeySetFault.WRONG_VALUE, "keys"),
        (lambda d: d.update(issued_at="2021-12-13"), KeySetFault.WRONG_VALUE, "issued_at"),
        (
            lambda d: d.update(issued_at="2021-13-13T00:00:00Z"),
            KeySetFault.WRONG_VALUE,
            "issued_at",
        ),
        (lambda d: d["keys"].append(d["keys"][0]), KeySetFault.DUPLICATE_KEY, "keys"),
        (lambda d: d["keys"].insert(0, "key"), KeySetFault.WRONG_VALUE, "keys/0"),
        (lambda d: d["keys"][1].pop("use"), KeySetFault.MISSING_MEMBER, "keys/1/use"),
        (lambda d: d["keys"][1].update(d=1), KeySetFault.UNKNOWN_MEMBER, "keys/1/d"),
        (lambda d: d["keys"][1].update(use="gate"), KeySetFault.WRONG_VALUE, "keys/1/use"),
        (lambda d: d["keys"][1].update(use=[]), KeySetFault.WRONG_VALUE, "keys/1/use"),
        (lambda d: d["keys"][1].update(state="on"), KeySetFault.WRONG_VALUE, "keys/1/state"),
        (lambda d: d["keys"][1].update(public="AAAA"), KeySetFault.WRONG_VALUE, "keys/1/public"),
        (lambda d: d["keys"][1].update(public="é"), KeySetFault.WRONG_VALUE, "keys/1/public"),
        (lambda d: d["keys"][1].update(public=None), KeySetFault.WRONG_VALUE, "keys/1/public"),
        (lambda d: d["keys"][1].update(key_id="00" * 8), KeySetFault.WRONG_KEY_ID, "keys/1/key_id"),
        (
            lambda d: d["keys"][1].update(not_after=d["keys"][1]["not_before"]),
            KeySetFault.WRONG_VALUE,
            "keys/1/not_after",
        ),
    ],
)
def test_key_set__names__its_fault(
    change: Callable[[dict[str, Any]], object], fault: KeySetFault, path: str
) -> None:
    assert fault_of(change) == MalformedKeySet(fault=fault, path=path)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", KeySetFault.NOT_JSON),
        (b"\xff", KeySetFault.NOT_JSON),
        (b"[" * 50_000, KeySetFault.NOT_JSON),
        (b'{"keys": ' + b"9" * 5000 + b"}", KeySetFault.NOT_JSON),
        (b'{"keys": [], "keys": []}', KeySetFault.DUPLICATE_MEMBER),
        (b"[]", KeySetFault.WRONG_VALUE),
        (b" " * 70_000, KeySetFault.TOO_LARGE),
    ],
)
def test_key_set__names__a_fault_of_the_whole(text: bytes, fault: KeySetFault) -> None:
    assert read_key_set_text(text) == MalformedKeySet(fault=fault, path="")


@given(st.binary(max_size=100))
def test_key_set__answers_any_bytes(data: bytes) -> None:
    assert isinstance(read_key_set_text(data), MalformedKeySet)
    assert isinstance(read_signed_key_set(data, fingerprint=PIN), Unreadable)
    assert isinstance(claimed_fingerprint(data), Unreadable)


def test_signed_key_set__is_believed__under_the_pinned_key() -> None:
    message = sign_key_set(PUBLISHED, SCHEME_KEY)
    assert read_signed_key_set(message, fingerprint=PIN) == PUBLISHED
    assert claimed_fingerprint(message) == PIN
    assert read_pinned_key_set(message, PIN) == PUBLISHED.keys


def test_signed_key_set__is_not_believed__under_another_pin() -> None:
    theirs = PublishedKeySet(authority=GD, issued_at=AT, keys=authority_test_keys(GD))
    message = sign_key_set(theirs, signing_test_key(KeyUse.SCHEME, GD))
    assert code_of(read_signed_key_set(message, fingerprint=PIN)) is ReadFault.UNKNOWN_KEY
    with pytest.raises(ValueError, match="unknown_key"):
        read_pinned_key_set(message, PIN)


def test_signed_key_set__is_not_believed__when_changed() -> None:
    message = sign_key_set(PUBLISHED, SCHEME_KEY)
    changed = message.replace(b'"state":"revoked"', b'"state":"retired"')
    assert changed != message
    assert code_of(read_signed_key_set(changed, fingerprint=PIN)) is ReadFault.BAD_SIGNATURE
    assert code_of(claimed_fingerprint(changed)) is ReadFault.BAD_SIGNATURE


def test_signed_key_set__is_not_believed__in_another_form() -> None:
    loose = json.dumps(key_set_document(PUBLISHED)).encode()
    message = signed_by_hand(loose, media_type=MEDIA_TYPE, key=SCHEME_KEY)
    assert code_of(read_signed_key_set(message, fingerprint=PIN)) is ReadFault.UNREADABLE_CLAIMS
    wrong = signed_by_hand(b"{}", media_type=MEDIA_TYPE, key=SCHEME_KEY)
    assert code_of(read_signed_key_set(wrong, fingerprint=PIN)) is ReadFault.UNREADABLE_CLAIMS
    other = signed_by_hand(loose, media_type="application/json", key=SCHEME_KEY)
    assert code_of(read_signed_key_set(other, fingerprint=PIN)) is ReadFault.WRONG_TYPE


@pytest.mark.parametrize("state", [s for s in KeyState if s is not KeyState.ACTIVE])
def test_signed_key_set__is_not_believed__under_a_key_that_is_not_active(state: KeyState) -> None:
    public = replace(SCHEME_KEY.public, state=state)
    text = key_set_text(PublishedKeySet(authority=HK, issued_at=AT, keys=KeySet(keys=(public,))))
    message = signed_by_hand(text, media_type=MEDIA_TYPE, key=SCHEME_KEY)
    assert code_of(read_signed_key_set(message, fingerprint=PIN)) is ReadFault.KEY_NOT_VALID


def test_signed_key_set__is_not_believed__issued_outside_the_dates_of_its_key() -> None:
    late = replace(PUBLISHED, issued_at=SCHEME_KEY.public.not_after)
    message = signed_by_hand(key_set_text(late), media_type=MEDIA_TYPE, key=SCHEME_KEY)
    assert code_of(read_signed_key_set(message, fingerprint=PIN)) is ReadFault.KEY_NOT_VALID


def test_signed_key_set__is_not_believed__under_a_key_for_another_use() -> None:
    key = signing_test_key(KeyUse.PASS)
    message = signed_by_hand(key_set_text(PUBLISHED), media_type=MEDIA_TYPE, key=key)
    read = read_signed_key_set(message, fingerprint=key.public.fingerprint)
    assert code_of(read) is ReadFault.KEY_NOT_VALID


def test_key_set__is_signed__only_by_a_scheme_key_of_its_own() -> None:
    with pytest.raises(KeyNotUsableError):
        sign_key_set(PUBLISHED, signing_test_key(KeyUse.SCHEME, GD))
    with pytest.raises(KeyNotUsableError):
        sign_key_set(PUBLISHED, signing_test_key(KeyUse.PASS))
    retired = replace(SCHEME_KEY.public, state=KeyState.RETIRED)
    with pytest.raises(KeyNotUsableError):
        sign_key_set(
            replace(PUBLISHED, keys=KeySet(keys=(retired,))),
            SigningKey(public=retired, private=SCHEME_KEY.private),
        )


def test_key_set__holds__no_key_of_another_authority() -> None:
    foreign = KeySet(keys=(public_test_key(KeyUse.PASS, GD),))
    with pytest.raises(ValueError, match="its own keys"):
        PublishedKeySet(authority=HK, issued_at=AT, keys=foreign)
    with pytest.raises(ValueError, match="whole second"):
        replace(PUBLISHED, issued_at=AT.replace(microsecond=1))
