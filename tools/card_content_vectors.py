"""Vectors of SMART Health Cards whose signature fits, and whose content does not hold."""

import base64
from collections.abc import Iterator

from card_examples import (
    BEGINS_AT,
    CLAIMS,
    EXPIRES_AT,
    EXPIRING,
    KEY_SET,
    LIST_OLD,
    LISTED,
    LISTED_ISSUER,
    LISTED_KEY_SET,
    REVOKED,
    REVOKED_BEFORE,
    SOUND,
    bad_card,
    base64url,
    body_of,
    card_of,
    claims_of,
    with_revocation_id,
)
from certificate_test_keys import (
    twin_signature,
)
from certificate_vector import SECOND, CertificateVector
from fixed_deflate import deflate, deflate_zlib

from tongguan.core.certificates.verdict import CertificateFault


def card_content_vectors() -> Iterator[CertificateVector]:
    """What lies behind a signature that fits."""
    yield from _bad_payloads()
    yield from _bad_claims()
    yield from _bad_instants()
    yield from _bad_revocation()


def _bad_payloads() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNREADABLE_COMPRESSION
    body = body_of(CLAIMS)
    stream = deflate(body)
    long = body_of(CLAIMS | {"more": "A" * 70_000})
    for name, about, payload in (
        ("none", "claims that are not compressed", body),
        ("cut", "the last byte is missing", stream[:-1]),
        ("cut_in_half", "half of the stream is missing", stream[: len(stream) // 2]),
        ("trailing_byte", "a byte follows the stream", stream + b"\0"),
        ("zlib", "with zlib's head and checksum", deflate_zlib(body)),
        ("bomb", "inflates to a million bytes, and a trusted key signed it", deflate(bytes(10**6))),
        ("beyond_64_kib", "sound claims that inflate to 70 kB", deflate(long)),
        ("empty", "no bytes", b""),
    ):
        yield bad_card(reason, f"compression_{name}", about, card_of(payload=payload))


def _bad_claims() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNREADABLE_CLAIMS
    body = body_of(CLAIMS)
    vc = CLAIMS["vc"]
    subject = vc["credentialSubject"]
    shown: tuple[tuple[str, str, object], ...] = (
        ("not_json", "no JSON", b"{"),
        ("not_utf8", "a byte that is no UTF-8", body.replace(b"Chan", b"Ch\xff")),
        ("half_a_character", "half of a surrogate pair", body.replace(b"Chan", b"\\ud83e")),
        ("trailing_byte", "a letter follows the claims", body + b"x"),
        ("duplicate_key", "two issuers", body[:-1] + b',"iss":"https://laboratory.example"}'),
        ("too_deep", "200 nested arrays", body[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}"),
        ("number_endless", "a number beyond every double", body[:-1] + b',"x":1e999}'),
        ("number_inexact", "2^53, not exact everywhere", body[:-1] + b',"x":9007199254740992}'),
        ("not_a_number", "NaN", body[:-1] + b',"x":NaN}'),
        ("array", "no object", [CLAIMS]),
        ("no_issuer", "no issuer", claims_of(iss=None)),
        ("no_beginning", "no instant from which it holds", claims_of(nbf=None)),
        ("beginning_text", "an instant as text", claims_of(nbf="2021-12-03T04:00:00Z")),
        ("beginning_negative", "an instant before 1970", claims_of(nbf=-1)),
        ("expiry_null", "an expiry that is null", CLAIMS | {"exp": None}),
        ("expiry_true", "true in place of an instant", claims_of(exp=True)),
        ("no_credential", "no credential", claims_of(vc=None)),
        ("another_type", "not marked as a health card", CLAIMS | {"vc": vc | {"type": ["x"]}}),
        ("type_text", "a type that is no list", CLAIMS | {"vc": vc | {"type": vc["type"][0]}}),
        (
            "no_bundle",
            "no bundle of resources",
            CLAIMS | {"vc": vc | {"credentialSubject": subject | {"fhirBundle": None}}},
        ),
        ("revocation_id_long", "25 characters: on no list", with_revocation_id("x" * 25)),
        ("revocation_id_dot", "a dot: on no list", with_revocation_id("abc.1")),
        ("revocation_id_number", "a number: on no list", with_revocation_id(7)),
    )
    for name, about, claims in shown:
        yield bad_card(reason, f"claims_{name}", about, card_of(claims))


def _bad_instants() -> Iterator[CertificateVector]:
    reason = CertificateFault.NOT_YET_VALID
    about = "judged a second before it begins"
    yield bad_card(reason, "not_yet_valid", about, SOUND, at=BEGINS_AT - SECOND)
    reason = CertificateFault.EXPIRED
    about = "judged a second after it expired"
    yield bad_card(reason, "expired", about, card_of(EXPIRING), at=EXPIRES_AT + SECOND)


def _bad_revocation() -> Iterator[CertificateVector]:
    reason = CertificateFault.REVOKED
    revoked = card_of(with_revocation_id())
    about = "its identifier stands on its issuer's list"
    yield bad_card(reason, "revoked", about, revoked, trust=[KEY_SET, REVOKED])
    signed, _, written = revoked.rpartition(".")
    signature = base64.urlsafe_b64decode(written + "==")
    twin = f"{signed}.{base64url(twin_signature(signature))}"
    about = "the twin of a revoked card, in other bytes"
    yield bad_card(reason, "revoked_twin", about, twin, trust=[KEY_SET, REVOKED])
    older = card_of(with_revocation_id(nbf=BEGINS_AT.timestamp() - 0.25))
    about = "issued before the instant up to which its identifier is revoked"
    yield bad_card(reason, "revoked_before", about, older, trust=[KEY_SET, REVOKED_BEFORE])
    reason = CertificateFault.REVOCATION_UNKNOWN
    listed = card_of(with_revocation_id(iss=LISTED_ISSUER), key=LISTED)
    about = "its issuer keeps a list, and none is at hand"
    yield bad_card(reason, "revocation_list_absent", about, listed, trust=[LISTED_KEY_SET])
    about = "its issuer changed its list three times, and the second is at hand"
    trust = [LISTED_KEY_SET, LIST_OLD]
    yield bad_card(reason, "revocation_list_old", about, listed, trust=trust)
