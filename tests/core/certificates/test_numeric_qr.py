"""The QR codes of a card: all of them, each once, in any order."""

import pytest

from tests.builders.cards import (
    ISSUERS,
    NOW,
    SOUND,
    card,
    claims,
    codes,
    header,
    verdict_on,
)
from tongguan.core.certificates.smart_health_card import (
    verify_card_codes,
)
from tongguan.core.certificates.verdict import (
    CertificateKind,
    Refused,
)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_codes__verify__in_any_order(count: int) -> None:
    texts = codes(SOUND, count)
    whole = verdict_on(SOUND)
    assert verify_card_codes(texts, issuers=ISSUERS, now=NOW) == whole
    assert verify_card_codes(texts[::-1], issuers=ISSUERS, now=NOW) == whole
    assert verdict_on(" ".join(texts[::-1])) == whole


FIRST, MIDDLE, LAST = codes(SOUND, 3)
OF_TWO = codes(SOUND, 2)
BAD_CODES: list[tuple[list[str], str]] = [
    ([], "chunk_missing"),
    ([FIRST], "chunk_missing"),
    ([FIRST, LAST], "chunk_missing"),
    ([FIRST, FIRST, LAST], "chunk_missing"),
    ([FIRST, MIDDLE, LAST, LAST], "chunk_missing"),
    ([FIRST, OF_TWO[1], LAST], "chunk_missing"),
    ([*OF_TWO, *codes(SOUND)], "chunk_missing"),
    (codes(SOUND) * 2, "chunk_missing"),
    ([FIRST, MIDDLE, SOUND], "chunk_missing"),
    ([FIRST, MIDDLE, LAST.replace("shc:/3", "shc:/4")], "chunk_missing"),
    ([FIRST, MIDDLE, LAST.replace("shc:/3", "shc:/03")], "unreadable_numeric"),
    ([FIRST, MIDDLE, LAST.replace("shc:/3", "shc:/-3")], "unreadable_numeric"),
    (["shc:/"], "unreadable_numeric"),
    (["shc:/1/1/"], "unreadable_numeric"),
    ([codes(SOUND)[0] + "0"], "unreadable_numeric"),
    ([codes(SOUND)[0] + "78"], "unreadable_numeric"),
    ([codes(SOUND)[0] + "99"], "unreadable_numeric"),
    ([codes(SOUND)[0] + "٣٣"], "unreadable_numeric"),
    ([codes(SOUND)[0] + "\n"], "unreadable_numeric"),
    ([codes(SOUND)[0] + "02"], "unreadable_envelope"),
    ([codes(SOUND)[0].upper()], "chunk_missing"),
    ([FIRST] * 100, "too_long"),
    (codes(card(head=header(kid="B" * 43)), 4), "unknown_key"),
]


@pytest.mark.parametrize(("texts", "fault"), BAD_CODES)
def test_codes__are_refused__unless_they_are_all_of_one_card(texts: list[str], fault: str) -> None:
    verdict = verify_card_codes(texts, issuers=ISSUERS, now=NOW)
    assert isinstance(verdict, Refused)
    assert verdict.code.value == fault
    assert verdict.kind is CertificateKind.SMART_HEALTH_CARD


def test_codes__are_refused__when_one_is_of_another_card() -> None:
    others = codes(card(claims(nbf=1)), 3)
    verdict = verify_card_codes([FIRST, others[1], LAST], issuers=ISSUERS, now=NOW)
    assert isinstance(verdict, Refused)
