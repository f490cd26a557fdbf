"""Readers of the certificates that the world issues: nothing verifies that nobody signed."""

import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

import cbor2

from fuzz.target import Target, expect, text_of
from tests.builders import brought, cards, dcc, seals
from tongguan.adapters.statement_words import fact_in_words
from tongguan.core.certificates.card_issuers import card_issuers_from
from tongguan.core.certificates.eu_dcc import statement_kind, verify_eu_dcc
from tongguan.core.certificates.issuance import read_issuance
from tongguan.core.certificates.smart_health_card import (
    verify_card_codes,
    verify_card_file,
    verify_smart_health_card,
)
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.vds_nc import check_integrity, verify_vds_nc
from tongguan.core.certificates.verdict import CertificateKind, Refused, Verdict, Verified
from tongguan.core.certificates.verify import verify_certificate
from tongguan.core.certificates.x509 import read_certificate, read_pem
from tongguan.core.credentials import base45
from tongguan.core.evidence.certified_facts import FACTS_MAX, read_certified
from tongguan.core.texts import Language

_MESSAGE: Final = b"\xd2" + dcc.signed_message(cbor2.dumps(dcc.claims_of()))
_DCC_TRUST: Final = dcc.trust_in()
_CARD: Final = cards.card()
_CARD_FILES: Final = {
    cards.key_set_path(): cards.key_set(cards.jwk(cards.KEY)),
    "clinic.pem": cards.certificate(),
    "revoked.json": cards.revocation_list("revoked"),
}
_ISSUERS: Final = card_issuers_from(_CARD_FILES)
_SEALED: Final = (seals.VACCINATION, seals.TEST)
_SEALS: Final = tuple(seals.text_of(seals.SIGNER.seal(each)) for each in _SEALED)
_SIGNER_TEXT: Final = seals.base64url(seals.SIGNER.certificate())
_AUTHORITY: Final = seals.Authority().certificate()
_SEAL_TRUST: Final = seals.trusting(_AUTHORITY)
_EVERYONE: Final = TrustStore(certificates=_DCC_TRUST.certificates + _SEAL_TRUST.certificates)
_SIGNED: Final[tuple[Any, ...]] = (dcc.DOCUMENT, cards.claims(), *_SEALED)


def judge(text: str) -> Verdict:
    """What comes of a text of any format, at an instant at which its seed holds."""
    for now in (dcc.NOW, seals.NOW, cards.NOW):
        verdict = verify_certificate(text, trust=_EVERYONE, issuers=_ISSUERS, now=now)
        if isinstance(verdict, Verified):
            break
    return verdict


def one_hcert(data: bytes) -> None:
    """As the text, as the compressed message in it, and as the message."""
    for text in (
        text_of(data),
        "HC1:" + base45.encode(data),
        "HC1:" + base45.encode(zlib.compress(data)),
    ):
        _check(verify_eu_dcc(text, trust=_DCC_TRUST, now=dcc.NOW))


def one_card(data: bytes) -> None:
    """As a message, as the characters in a QR code, and as several codes."""
    text = text_of(data)
    _check(verify_smart_health_card(text, issuers=_ISSUERS, now=cards.NOW))
    if text.isascii() and min(data, default=0) >= ord("-"):
        for codes in (cards.codes(text), cards.codes(text, 3)):
            _check(verify_card_codes(codes, issuers=_ISSUERS, now=cards.NOW))
    for verdict in verify_card_file(text, issuers=_ISSUERS, now=cards.NOW):
        _check(verdict)


def one_card_issuer(data: bytes) -> None:
    """Whatever lies in a directory of issuers' files."""
    issuers = card_issuers_from(dict.fromkeys(_CARD_FILES, data))
    verdict = verify_smart_health_card(_CARD, issuers=issuers, now=cards.NOW)
    expect(isinstance(verdict, Refused | Verified), "no verdict")


def one_seal(data: bytes) -> None:
    """As the text, and as the certificate in a seal that is otherwise sound."""
    text = text_of(data)
    _check(verify_vds_nc(text, trust=_SEAL_TRUST, now=seals.NOW))
    check_integrity(text)
    with_certificate = _SEALS[0].replace(_SIGNER_TEXT, seals.base64url(data))
    _check(verify_vds_nc(with_certificate, trust=_SEAL_TRUST, now=seals.NOW))


def one_issuer_certificate(data: bytes) -> None:
    """As DER and as PEM; nothing but an authority's own bytes is its signature's."""
    read_pem(data)
    certificate, issuance = read_certificate(data), read_issuance(data)
    if certificate is not None:
        expect(len(certificate.subject) <= len(data), "a name longer than the certificate")
    if issuance is not None:
        expect(issuance.signed in data, "signed bytes from nowhere")


def one_certificate(data: bytes) -> None:
    """Of whatever format."""
    _check(judge(text_of(data)))


def one_strict_json(data: bytes) -> None:
    """What is read is read the same by everybody."""
    try:
        value = read_strict_json(text_of(data))
    except MalformedJsonError:
        return
    expect(read_strict_json(json.dumps(value)) == value, "a value that does not come back")


def _check(verdict: Verdict) -> None:
    if isinstance(verdict, Verified):
        expect(verdict.claims in _SIGNED, "claims that nobody signed")


def _hcerts() -> Iterator[bytes]:
    yield dcc.text_of(_MESSAGE[1:]).encode("ascii")
    yield zlib.compress(_MESSAGE)
    yield _MESSAGE
    yield b"\xd8\x3d" + _MESSAGE


def _cards() -> Iterator[bytes]:
    yield _CARD.encode("ascii")
    yield from (" ".join(cards.codes(_CARD, count)).encode("ascii") for count in (1, 3))
    yield json.dumps({"verifiableCredential": [_CARD]}).encode("ascii")


def _issuer_files() -> Iterator[bytes]:
    yield from _CARD_FILES.values()


def _seals() -> Iterator[bytes]:
    yield from (text.encode("utf-8") for text in _SEALS)
    yield seals.SIGNER.certificate()


def _certificates() -> Iterator[bytes]:
    yield _AUTHORITY
    yield seals.Signer(document_type="NV").certificate()
    yield cards.certificate()
    yield dcc.certificate_der(dcc.private_key(), usages=[dcc.TEST_USAGE])


def _any() -> Iterator[bytes]:
    yield from list(_hcerts())[:1]
    yield from _cards()
    yield from list(_seals())[:2]


def one_certified(data: bytes) -> None:
    """Claims that somebody who is believed signed: facts that can be kept, or none."""
    try:
        claims = read_strict_json(text_of(data))
    except MalformedJsonError:
        return
    if not isinstance(claims, dict):
        return
    for kind in CertificateKind:
        if kind is CertificateKind.EU_DCC and statement_kind(claims) is None:
            continue
        verified = Verified(
            kind=kind, issuer="x", key_id="x", issued_at=None, expires_at=None, claims=claims
        )
        certified = read_certified(verified)
        expect(len(certified.facts) <= FACTS_MAX, "more facts than anybody carries")
        written = [fact_in_words(each, Language.EN, "UTC") for each in certified.facts]
        expect(all(map(str.isprintable, written)), "a fact that cannot be shown")


def _claims() -> Iterator[bytes]:
    test = {**dcc.DOCUMENT, "t": [brought.entry_of_test()], "v": []}
    card = cards.claims(vc=brought.card_claims(brought.immunization("2021-03-04")))
    for each in (dcc.DOCUMENT, test, card, *_SEALED):
        yield json.dumps(each).encode()


TARGETS = (
    Target(name="hcert", one_input=one_hcert, seeds=_hcerts),
    Target(name="card", one_input=one_card, seeds=_cards),
    Target(name="card_issuer", one_input=one_card_issuer, seeds=_issuer_files),
    Target(name="seal", one_input=one_seal, seeds=_seals),
    Target(name="issuer_certificate", one_input=one_issuer_certificate, seeds=_certificates),
    Target(name="certificate", one_input=one_certificate, seeds=_any),
    Target(name="certified", one_input=one_certified, seeds=_claims),
    Target(name="strict_json", one_input=one_strict_json, seeds=_any),
)
