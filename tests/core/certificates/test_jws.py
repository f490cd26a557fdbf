"""The envelope of a card: one form, one algorithm, and one text for each signature."""

from typing import Any

import pytest

from tests.builders.cards import (
    KEY,
    OTHER_KEY,
    SOUND,
    base64url,
    card,
    fault_of,
    header,
    key_id,
    signature,
)

BAD_HEADERS: list[tuple[Any, str]] = [
    (header(alg="none"), "algorithm_not_accepted"),
    (header(alg="HS256"), "algorithm_not_accepted"),
    (header(alg="ES384"), "algorithm_not_accepted"),
    (header(alg="es256"), "algorithm_not_accepted"),
    (header(alg=None), "algorithm_not_accepted"),
    (header(alg=["ES256"]), "algorithm_not_accepted"),
    (header(zip=None), "unreadable_envelope"),
    (header(zip="GZIP"), "unreadable_envelope"),
    (header(kid=None), "unreadable_envelope"),
    (header(kid=7), "unreadable_envelope"),
    (header(crit=["b64"], b64=False), "unreadable_envelope"),
    (header(kid=key_id(OTHER_KEY)), "bad_signature"),
    (header(kid="A" * 43), "unknown_key"),
    (
        b'{"zip":"DEF","alg":"ES256","alg":"ES256","kid":"%b"}' % key_id(KEY).encode(),
        "unreadable_envelope",
    ),
    (b"[]", "unreadable_envelope"),
    (b"{", "unreadable_envelope"),
    (b"\xff", "unreadable_envelope"),
    (b"[" * 20_000, "unreadable_envelope"),
]


@pytest.mark.parametrize(("head", "fault"), BAD_HEADERS)
def test_card__is_refused__by_its_header(head: Any, fault: str) -> None:
    assert fault_of(card(head=head)) == fault


@pytest.mark.parametrize("length", [0, 1, 63, 65, 96])
def test_card__is_refused__with_a_signature_of_another_length(length: int) -> None:
    signed = SOUND.rpartition(".")[0]
    whole = signature(signed.encode()) + bytes(32)
    assert fault_of(f"{signed}.{base64url(whole[:length])}") == "bad_signature"


def test_card__is_refused__with_a_zero_too_many_in_its_signature() -> None:
    signed = SOUND.rpartition(".")[0]
    whole = signature(signed.encode())
    for padded in (b"\0" + whole, whole[:32] + b"\0" + whole[32:], whole + b"\0"):
        assert fault_of(f"{signed}.{base64url(padded)}") == "bad_signature"


@pytest.mark.parametrize("value", [0, 1, 2**256 - 1])
def test_card__is_refused__with_extreme_signatures(value: int) -> None:
    signed = SOUND.rpartition(".")[0]
    assert fault_of(f"{signed}.{base64url(value.to_bytes(32) * 2)}") == "bad_signature"


def test_card__is_refused__where_any_character_is_another() -> None:
    """Even where Base64 has bits that carry nothing: a card has one text for each signature."""
    for position, character in enumerate(SOUND):
        changed = SOUND[:position] + ("A" if character != "A" else "B") + SOUND[position + 1 :]
        assert fault_of(changed) is not None
    last = [fault_of(SOUND[:-1] + each) for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_0189"]
    assert last.count(None) <= 1


BAD_FORMS = [
    SOUND + "=",
    SOUND + "==",
    SOUND + " ",
    SOUND + "\n",
    " " + SOUND,
    SOUND + ".AAAA",
    SOUND + "A",
    SOUND.replace(".", "..", 1),
    SOUND.rpartition(".")[0],
    "eyJ",
    "",
    ".",
    "..",
    "a.b.c",
    SOUND.replace("e", "é", 1),
    SOUND + "٣",
]


@pytest.mark.parametrize("text", BAD_FORMS)
def test_card__is_refused__in_another_form(text: str) -> None:
    assert fault_of(text) in {"unreadable_envelope", "bad_signature"}


def test_card__is_refused__when_it_is_longer_than_any() -> None:
    assert fault_of("e" * 70_000) == "too_long"
    assert fault_of("shc:/" + "5" * 8_000) == "too_long"
