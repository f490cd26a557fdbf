"""SMART Health Cards: each defect by its own name, and nothing believed that nobody signed."""

import datetime as dt
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders.cards import (
    ISSUER,
    KEY,
    NOW,
    OTHER_ISSUER,
    OTHER_KEY,
    base64url,
    card,
    certificate,
    claims,
    codes,
    credential,
    deflated,
    header,
    jwk,
    key_id,
    key_set,
    key_set_path,
    revocation_list,
    signature,
    twin,
)
from tongguan.core.certificates.card_issuers import CardIssuers, card_issuers_from
from tongguan.core.certificates.smart_health_card import (
    CLAIMS_BYTES_MAX,
    verify_card_codes,
    verify_card_file,
    verify_smart_health_card,
)
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verdict,
    Verified,
)

FILES = {
    key_set_path(): key_set(jwk(KEY)),
    key_set_path(OTHER_ISSUER): key_set(jwk(OTHER_KEY)),
}
ISSUERS = card_issuers_from(FILES)
SOUND = card()
SECOND = dt.timedelta(seconds=1)


def verdict_on(text: str, *, issuers: CardIssuers = ISSUERS, now: dt.datetime = NOW) -> Verdict:
    return verify_smart_health_card(text, issuers=issuers, now=now)


def fault_of(text: str, *, issuers: CardIssuers = ISSUERS, now: dt.datetime = NOW) -> str | None:
    verdict = verdict_on(text, issuers=issuers, now=now)
    return verdict.code.value if isinstance(verdict, Refused) else None


def with_list(*rids: str, **options: Any) -> CardIssuers:
    return card_issuers_from({**FILES, "crl.json": revocation_list(*rids, **options)})


def test_card__verifies__with_its_claims_and_its_issuer() -> None:
    values = claims(exp=NOW.timestamp() + 1)
    assert verdict_on(card(values)) == Verified(
        kind=CertificateKind.SMART_HEALTH_CARD,
        issuer=ISSUER,
        key_id=key_id(KEY),
        issued_at=NOW - dt.timedelta(seconds=86_400.5),
        expires_at=NOW + SECOND,
        claims=values,
    )


def test_card__is_the_same__as_its_twin() -> None:
    assert twin(SOUND) != SOUND
    assert verdict_on(twin(SOUND)) == verdict_on(SOUND)
    assert isinstance(verdict_on(SOUND), Verified)


@pytest.mark.parametrize("level", range(10))
def test_card__verifies__whatever_the_level_of_compression(level: int) -> None:
    compressor = zlib.compressobj(level=level, wbits=-15)
    payload = compressor.compress(json.dumps(claims()).encode()) + compressor.flush()
    assert fault_of(card(payload=payload)) is None


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


BAD_CLAIMS: list[dict[str, Any]] = [
    claims(iss=None),
    claims(iss=7),
    claims(iss=""),
    claims(nbf=None),
    claims(nbf="1"),
    claims(nbf=True),
    claims(nbf=-1),
    claims(nbf=1e15),
    claims(exp="never"),
    claims(exp=1e300),
    claims(vc=None),
    claims(vc=[]),
    claims(vc=credential(type=None)),
    claims(vc=credential(type="https://smarthealth.cards#health-card")),
    claims(vc=credential(type=["https://smarthealth.cards#covid19"])),
    claims(vc=credential(type=[["https://smarthealth.cards#health-card"]])),
    claims(vc=credential(credentialSubject=None)),
    claims(vc=credential(credentialSubject={"fhirVersion": "4.0.1"})),
    claims(vc=credential(rid="A" * 25)),
    claims(vc=credential(rid="A.1")),
    claims(vc=credential(rid=7)),
    claims(vc=credential(rid="")),
]


@pytest.mark.parametrize("values", BAD_CLAIMS)
def test_card__is_refused__by_its_claims(values: dict[str, Any]) -> None:
    assert fault_of(card(values)) == "unreadable_claims"


BODY = json.dumps(claims()).encode()
BAD_BODIES = [
    b"",
    b"[]",
    b"null",
    BODY[:-1],
    BODY + b"{}",
    BODY[:-1] + b',"nbf":1}',
    BODY[:-1] + b',"x":NaN}',
    BODY[:-1] + b',"x":1e999}',
    BODY[:-1] + b',"x":"\xff"}',
    BODY[:-1] + b',"x":"\\ud800"}',
    BODY[:-1] + b',"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    BODY[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}",
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_card__is_refused__by_what_is_not_its_one_text(body: bytes) -> None:
    assert fault_of(card(body=body)) == "unreadable_claims"


BAD_STREAMS = [
    deflated(BODY)[:-1],
    deflated(BODY)[: len(deflated(BODY)) // 2],
    deflated(BODY) + b"\x00",
    deflated(BODY) + deflated(BODY),
    zlib.compress(BODY),
    BODY,
    deflated(b" " * (CLAIMS_BYTES_MAX + 1)),
]


@pytest.mark.parametrize("payload", BAD_STREAMS)
def test_card__is_refused__by_its_compression(payload: bytes) -> None:
    assert fault_of(card(payload=payload)) == "unreadable_compression"


def test_card__inflates__as_far_as_is_allowed_and_no_further() -> None:
    whole = BODY + b" " * (CLAIMS_BYTES_MAX - len(BODY))
    assert fault_of(card(body=whole)) is None
    assert fault_of(card(body=whole + b" ")) == "unreadable_compression"


def test_card__keeps_a_bomb_small() -> None:
    bomb = card(payload=deflated(b"0" * 30_000_000))
    tracemalloc.start()
    try:
        assert fault_of(bomb) == "unreadable_compression"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_card__is_not_inflated__unless_it_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: object, **_options: object) -> None:
        raise AssertionError("inflated")

    monkeypatch.setattr(zlib, "decompressobj", never)
    forged = SOUND.rpartition(".")[0] + "." + base64url(bytes(64))
    assert fault_of(forged) == "bad_signature"
    assert fault_of(SOUND, issuers=CardIssuers()) == "unknown_key"
    with pytest.raises(AssertionError):
        fault_of(SOUND)


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


def test_card__holds__from_its_first_to_its_last_second() -> None:
    begins, ends = NOW, NOW + dt.timedelta(days=1)
    text = card(claims(nbf=int(begins.timestamp()), exp=int(ends.timestamp())))
    assert fault_of(text, now=begins - SECOND) == "not_yet_valid"
    assert fault_of(text, now=begins) is None
    assert fault_of(text, now=ends) is None
    assert fault_of(text, now=ends + SECOND) == "expired"


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


def test_card__is_refused__with_the_key_of_another_issuer() -> None:
    forged = card(claims(iss=ISSUER), key=OTHER_KEY)
    verdict = verdict_on(forged)
    assert isinstance(verdict, Refused)
    assert verdict.code is CertificateFault.UNKNOWN_KEY
    assert verdict.issuer == OTHER_ISSUER
    assert fault_of(card(claims(iss=OTHER_ISSUER), key=OTHER_KEY)) is None
    assert fault_of(card(claims(iss=ISSUER + "/"))) == "unknown_key"


def test_card__is_refused__under_a_key_of_another_curve() -> None:
    wide = ec.generate_private_key(ec.SECP384R1())
    issuers = card_issuers_from({"issuer.pem": certificate(wide)})
    text = card(key=KEY, head=header())
    signed = text.rpartition(".")[0]
    assert fault_of(text, issuers=issuers) == "unknown_key"
    forged = f"{signed}.{base64url(signature(signed.encode(), wide))}"
    assert fault_of(forged) == "bad_signature"


def test_card__is_judged__by_its_issuers_certificate() -> None:
    issuers = card_issuers_from({"issuer.pem": certificate()})
    assert fault_of(SOUND, issuers=issuers) is None
    ended = card_issuers_from({"issuer.pem": certificate(not_after=NOW - SECOND)})
    assert fault_of(SOUND, issuers=ended) == "key_not_valid"
    renewed = card_issuers_from(
        {"a.pem": certificate(not_after=NOW - SECOND), "b.pem": certificate()}
    )
    assert fault_of(SOUND, issuers=renewed) is None
    foreign = card_issuers_from({"issuer.pem": certificate(address=OTHER_ISSUER)})
    assert fault_of(SOUND, issuers=foreign) == "unknown_key"


@pytest.mark.parametrize(
    "usage",
    ["1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.0.1847.2021.1.2", "2.23.136.1.1.14.2"],
)
def test_card__is_refused__under_a_key_for_another_kind(usage: str) -> None:
    issuers = card_issuers_from({"issuer.pem": certificate(usages=[usage])})
    assert fault_of(SOUND, issuers=issuers) == "key_use_wrong"


def test_card__names_the_owner_by_the_certificate__where_that_has_no_address() -> None:
    unnamed = {"issuer.pem": certificate(address=None)}
    verdict = verdict_on(SOUND, issuers=card_issuers_from(unnamed))
    assert isinstance(verdict, Verified)
    assert verdict.issuer == "Example clinic"
    somebody_elses = {**unnamed, key_set_path(): key_set(jwk(OTHER_KEY))}
    assert fault_of(SOUND, issuers=card_issuers_from(somebody_elses)) == "unknown_key"


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


def test_file__gives__a_verdict_for_each_card() -> None:
    expired = card(claims(exp=1))
    text = json.dumps({"verifiableCredential": [SOUND, expired, "x"]})
    verdicts = verify_card_file(text, issuers=ISSUERS, now=NOW)
    assert verdicts[0] == verdict_on(SOUND)
    assert [each.code.value for each in verdicts[1:] if isinstance(each, Refused)] == [
        "expired",
        "unreadable_envelope",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"verifiableCredential":[]}',
        '{"verifiableCredential":{}}',
        '{"verifiableCredential":[7]}',
        '{"verifiableCredential":["x"],"verifiableCredential":["x"]}',
        "[" * 100_000,
    ],
)
def test_file__is_refused__when_it_is_no_file_of_cards(text: str) -> None:
    (verdict,) = verify_card_file(text, issuers=ISSUERS, now=NOW)
    assert isinstance(verdict, Refused)
    assert verdict.code is CertificateFault.UNREADABLE_ENVELOPE


def test_file__is_refused__when_it_is_longer_than_any() -> None:
    (verdict,) = verify_card_file(" " * 1_100_000, issuers=ISSUERS, now=NOW)
    assert isinstance(verdict, Refused)
    assert verdict.code is CertificateFault.TOO_LONG


@given(
    st.text()
    | st.text(alphabet="shc:/0123456789 ")
    | st.text(alphabet="eyJ._-A").map("eyJ".__add__)
)
@example("shc:/1/2/")
@example("\ud800")
def test_card__is_refused__on_any_text(text: str) -> None:
    assert isinstance(verdict_on(text), Refused)
    assert isinstance(verify_card_codes([text, text], issuers=ISSUERS, now=NOW), Refused)
    (verdict,) = verify_card_file(text, issuers=ISSUERS, now=NOW)
    assert isinstance(verdict, Refused)


@given(st.data())
def test_card__is_refused__where_it_is_mutated(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([SOUND, codes(SOUND)[0]]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 5)))
    put = data.draw(st.text(alphabet="AZaz09-_./: =é", max_size=5) | st.text(max_size=5))
    changed = text[:start] + put + text[end:]
    assert isinstance(verdict_on(changed), Refused) or changed == text


@given(st.binary(max_size=200))
def test_card__never_fails__on_anything_that_an_issuer_signs(payload: bytes) -> None:
    assert isinstance(verdict_on(card(payload=payload)), Refused)
    assert isinstance(verdict_on(card(body=payload)), Refused)
