"""SMART Health Cards: from a text to claims that an enrolled issuer vouches for.

Read as the specification (spec.smarthealth.cards) has them, in this order: the codes, the
envelope, the key, the signature, and only then what is signed. Nothing is inflated that no
enrolled key signed. A card says in itself who its issuer is, so the key is found by its id, and
must then belong to whom the card names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tongguan.core.certificates import numeric_qr
from tongguan.core.certificates.card_claims import (
    CardClaims,
    MalformedCardError,
    read_card_claims,
)
from tongguan.core.certificates.card_issuers import CardIssuers, CardKey
from tongguan.core.certificates.jws import is_signed_by, read_envelope
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verdict,
    Verified,
)
from tongguan.core.credentials import container
from tongguan.core.credentials.faults import Unreadable

CLAIMS_BYTES_MAX: Final = 64 * 1024
FILE_CHARACTERS_MAX: Final = 1024 * 1024
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_USES_OF_OTHER_KINDS: Final = (
    "1.3.6.1.4.1.1847.2021.1.",
    "1.3.6.1.4.1.0.1847.2021.1.",
    "2.23.136.",
)
"""How the extended key usages of the EU's certificates (written in two ways) and ICAO's begin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedCard:
    """A card that its issuer's key signed; whether it holds at an instant is still to be judged."""

    keys: tuple[CardKey, ...]
    """The key, once for each owner that may speak for the issuer that the card names."""
    claims: CardClaims = field(repr=False)


def verify_smart_health_card(text: str, *, issuers: CardIssuers, now: datetime) -> Verdict:
    """What a card says at this instant, or why it says nothing.

    A compact JWS, or the text of one numeric QR code; of several, one after another with a space
    between, in any order.
    """
    card = read_signed_card(text, issuers=issuers)
    return card if isinstance(card, Refused) else judge_card(card, issuers=issuers, now=now)


def verify_card_codes(texts: Sequence[str], *, issuers: CardIssuers, now: datetime) -> Verdict:
    """What the card in these QR codes, in any order, says at this instant, or why nothing."""
    jws = numeric_qr.read_codes(texts)
    return jws if isinstance(jws, Refused) else _verify_jws(jws, issuers=issuers, now=now)


def verify_card_file(text: str, *, issuers: CardIssuers, now: datetime) -> tuple[Verdict, ...]:
    """A verdict for each card of a ``.smart-health-card`` file; one for a file that is none."""
    if len(text) > FILE_CHARACTERS_MAX:
        return (_refused(CertificateFault.TOO_LONG, f"more than {FILE_CHARACTERS_MAX} characters"),)
    try:
        document = read_strict_json(text)
    except MalformedJsonError:
        document = None
    cards = document.get("verifiableCredential") if isinstance(document, dict) else None
    if not isinstance(cards, list) or not cards or not all(isinstance(each, str) for each in cards):
        return (_refused(CertificateFault.UNREADABLE_ENVELOPE, "not a file of cards"),)
    return tuple(_verify_jws(each, issuers=issuers, now=now) for each in cards)


def read_signed_card(text: str, *, issuers: CardIssuers) -> SignedCard | Refused:
    """The card in the text, signed by a key of the issuer that it names."""
    if not text.startswith(numeric_qr.PREFIX):
        return _read_jws(text, issuers=issuers)
    jws = numeric_qr.read_codes(text.split(" ", numeric_qr.CODES_MAX))
    return jws if isinstance(jws, Refused) else _read_jws(jws, issuers=issuers)


def judge_card(card: SignedCard, *, issuers: CardIssuers, now: datetime) -> Verdict:
    """Whether a signed card holds at this instant."""
    claims = card.claims
    key = next((each for each in card.keys if _key_fault(each, now) is None), card.keys[0])
    fault = _key_fault(key, now) or _fault_at(claims, now) or _revocation(claims, key, issuers)
    if fault is not None:
        return _refused(*fault, key=key)
    return Verified(
        kind=CertificateKind.SMART_HEALTH_CARD,
        issuer=claims.issuer if claims.issuer in key.addresses else key.owner,
        key_id=key.key_id,
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        claims=claims.values,
    )


def _verify_jws(text: str, *, issuers: CardIssuers, now: datetime) -> Verdict:
    card = _read_jws(text, issuers=issuers)
    return card if isinstance(card, Refused) else judge_card(card, issuers=issuers, now=now)


def _read_jws(text: str, *, issuers: CardIssuers) -> SignedCard | Refused:
    envelope = read_envelope(text)
    if isinstance(envelope, Refused):
        return envelope
    keys = issuers.find(envelope.key_id)
    if not keys:
        unknown = _refused(CertificateFault.UNKNOWN_KEY, "no key of this id is enrolled")
        is_named = _THUMBPRINT.fullmatch(envelope.key_id) is not None
        return replace(unknown, key_id=envelope.key_id) if is_named else unknown
    key = keys[0]
    if not is_signed_by(envelope, key.public_key):
        return _refused(CertificateFault.BAD_SIGNATURE, "the signature does not fit", key=key)
    claims = _read_claims(envelope.payload, key)
    if isinstance(claims, Refused):
        return claims
    owners = issuers.owners_of(envelope.key_id, claims.issuer)
    if not owners:
        detail = "the key is not of the issuer that the card names"
        return _refused(CertificateFault.UNKNOWN_KEY, detail, key=key)
    return SignedCard(keys=owners, claims=claims)


def _read_claims(payload: bytes, key: CardKey) -> CardClaims | Refused:
    body = container.inflate(payload, bytes_max=CLAIMS_BYTES_MAX, is_raw=True)
    if isinstance(body, Unreadable):
        return _refused(CertificateFault.UNREADABLE_COMPRESSION, body.detail, key=key)
    try:
        return read_card_claims(read_strict_json(body.decode("utf-8")))
    except UnicodeDecodeError:
        detail = "not UTF-8"
    except (MalformedJsonError, MalformedCardError) as error:
        detail = str(error)
    return _refused(CertificateFault.UNREADABLE_CLAIMS, detail, key=key)


_Fault = tuple[CertificateFault, str]


def _key_fault(key: CardKey, now: datetime) -> _Fault | None:
    if key.certificate is None:
        return None
    if not key.certificate.covers(now):
        return CertificateFault.KEY_NOT_VALID, "the issuer's certificate is outside its dates"
    usages = key.certificate.extended_key_usages or frozenset()
    if any(usage.startswith(_USES_OF_OTHER_KINDS) for usage in usages):
        return CertificateFault.KEY_USE_WRONG, "the key is for certificates of another kind"
    return None


def _fault_at(claims: CardClaims, now: datetime) -> _Fault | None:
    instant = now.timestamp()
    if instant < claims.not_before:
        return CertificateFault.NOT_YET_VALID, "the card does not hold yet"
    if claims.expires is not None and claims.expires < instant:
        return CertificateFault.EXPIRED, "the card has expired"
    return None


def _revocation(claims: CardClaims, key: CardKey, issuers: CardIssuers) -> _Fault | None:
    """A card is revoked by its identifier: for good, or where it is older than the list says."""
    if claims.revocation_id is None:
        return None
    known = issuers.list_of(key.key_id)
    if known is not None:
        revoked_before = known.revoked_before.get(claims.revocation_id)
        if revoked_before is not None and claims.not_before < revoked_before:
            return CertificateFault.REVOKED, "the issuer's list of revoked cards names it"
    if key.list_counter is not None and (known is None or known.counter < key.list_counter):
        detail = "the issuer's newest list of revoked cards is not at hand"
        return CertificateFault.REVOCATION_UNKNOWN, detail
    return None


def _refused(code: CertificateFault, detail: str, *, key: CardKey | None = None) -> Refused:
    return Refused(
        code=code,
        detail=detail,
        kind=CertificateKind.SMART_HEALTH_CARD,
        issuer=None if key is None else key.owner,
        key_id=None if key is None else key.key_id,
    )
