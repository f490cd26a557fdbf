"""What an issuer revoked, by identifier or up to an instant, and what it may have."""

from typing import Any

from tests.builders.cards import (
    FILES,
    KEY,
    NOW,
    OTHER_KEY,
    SOUND,
    card,
    claims,
    credential,
    fault_of,
    jwk,
    key_set,
    key_set_path,
    revocation_list,
)
from tongguan.core.certificates.card_issuers import CardIssuers, card_issuers_from


def with_list(*rids: str, **options: Any) -> CardIssuers:
    return card_issuers_from({**FILES, "crl.json": revocation_list(*rids, **options)})


def test_card__is_refused__when_its_identifier_is_revoked() -> None:
    text = card(claims(vc=credential(rid="AQPCj4wwk6Mt")))
    assert fault_of(text) is None
    assert fault_of(text, issuers=with_list("AQPCj4wwk6M", "AQPCj4wwk6Mta")) is None
    assert fault_of(text, issuers=with_list("x", "AQPCj4wwk6Mt")) == "revoked"
    assert fault_of(SOUND, issuers=with_list("AQPCj4wwk6Mt")) is None


def test_card__is_refused__when_it_is_older_than_its_list_says() -> None:
    second = int(NOW.timestamp())
    issuers = with_list(f"abc.{second}", "other", "abc.17", "abc.x", 7)  # type: ignore[arg-type]

    def issued(seconds: float) -> str:
        return card(claims(nbf=seconds, vc=credential(rid="abc")))

    assert fault_of(issued(second - 0.25), issuers=issuers) == "revoked"
    assert fault_of(issued(second), issuers=issuers) is None
    both = with_list("abc", f"abc.{second}")
    assert fault_of(issued(second), issuers=both) == "revoked"


def test_card__is_not_revoked__by_the_list_of_another_key_or_method() -> None:
    text = card(claims(vc=credential(rid="abc")))
    assert fault_of(text, issuers=with_list("abc", key=OTHER_KEY)) is None
    assert fault_of(text, issuers=with_list("abc", method="other")) is None


def test_card__is_refused__where_its_issuers_newest_list_is_not_at_hand() -> None:
    text = card(claims(vc=credential(rid="abc")))
    keeps_list = {key_set_path(): key_set(jwk(KEY, crlVersion=3))}

    def fault(**lists: bytes) -> str | None:
        return fault_of(text, issuers=card_issuers_from({**keeps_list, **lists}))

    assert fault() == "revocation_unknown"
    assert fault(old=revocation_list(counter=2)) == "revocation_unknown"
    assert fault(old=revocation_list("abc", counter=2)) == "revoked"
    assert fault(new=revocation_list(counter=3)) is None
    assert fault(new=revocation_list(counter=4), old=revocation_list("abc", counter=2)) is None
    without_identifier = card_issuers_from(keeps_list)
    assert fault_of(SOUND, issuers=without_identifier) is None
