"""SMART Health Cards: each defect by its own name, and nothing believed that nobody signed."""

import datetime as dt
import json
import tracemalloc
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders.cards import (
    ISSUER,
    ISSUERS,
    KEY,
    NOW,
    OTHER_ISSUER,
    OTHER_KEY,
    SOUND,
    base64url,
    card,
    certificate,
    claims,
    codes,
    deflated,
    fault_of,
    header,
    jwk,
    key_id,
    key_set,
    key_set_path,
    signature,
    twin,
    verdict_on,
)
from tongguan.core.certificates.card_issuers import CardIssuers, card_issuers_from
from tongguan.core.certificates.smart_health_card import (
    CLAIMS_BYTES_MAX,
    verify_card_codes,
    verify_card_file,
)
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verified,
)

SECOND = dt.timedelta(seconds=1)


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


@pytest.mark.parametrize(("named", "told"), [(key_id(KEY), key_id(KEY)), ("x" * 44, None)])
def test_card__tells__which_key_is_not_known(named: str, told: str | None) -> None:
    verdict = verdict_on(card(head=header(kid=named)), issuers=CardIssuers())
    assert isinstance(verdict, Refused)
    assert (verdict.code, verdict.key_id) == (CertificateFault.UNKNOWN_KEY, told)


@pytest.mark.parametrize("level", range(10))
def test_card__verifies__whatever_the_level_of_compression(level: int) -> None:
    compressor = zlib.compressobj(level=level, wbits=-15)
    payload = compressor.compress(json.dumps(claims()).encode()) + compressor.flush()
    assert fault_of(card(payload=payload)) is None


BODY = json.dumps(claims()).encode()
BAD_STREAMS = [
    b"",
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


def test_card__holds__from_its_first_to_its_last_second() -> None:
    begins, ends = NOW, NOW + dt.timedelta(days=1)
    text = card(claims(nbf=int(begins.timestamp()), exp=int(ends.timestamp())))
    assert fault_of(text, now=begins - SECOND) == "not_yet_valid"
    assert fault_of(text, now=begins) is None
    assert fault_of(text, now=ends) is None
    assert fault_of(text, now=ends + SECOND) == "expired"


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
