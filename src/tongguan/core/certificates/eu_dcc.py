"""EU Digital COVID Certificates (HCERT): from the text of a QR code to what a country vouches for.

The steps stand one by one, in the order in which they are taken: length, prefix, Base45, inflation,
envelope, key, algorithm, signature, and only then the claims. Which kinds of certificate a key may
vouch for is asked last, since the kind is one of the claims.

Source: Electronic Health Certificate Specification 1.0.8 (eHealth Network), with CWT (RFC 8392).
"""

from binascii import b2a_base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from tongguan.core.certificates import lenient_cbor
from tongguan.core.certificates.cose_envelope import Envelope, find_signer, read_envelope
from tongguan.core.certificates.lenient_cbor import MalformedCborError
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verdict,
    Verified,
)
from tongguan.core.certificates.x509 import IssuerCertificate
from tongguan.core.credentials import base45, container
from tongguan.core.credentials.faults import Unreadable

PREFIX: Final = "HC1:"
TEXT_CHARACTERS_MAX: Final = container.TEXT_CHARACTERS_MAX
MESSAGE_BYTES_MAX: Final = 64 * 1024
_ISSUER = 1
_EXPIRES_AT = 4
_ISSUED_AT = 6
_HEALTH_CERTIFICATE = -260
_EU_DCC_VERSION_1 = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_OF_TODAY_MAX = 2**32 - 1
"""Of instants that are read in the shortest way."""


class StatementKind(StrEnum):
    """What a certificate is about, by the name under which its entries stand."""

    RECOVERY = "r"
    TEST = "t"
    VACCINATION = "v"


_KINDS = tuple(StatementKind)
_MAP = frozenset({dict})
_USAGE_OF_LAST_ARC = {
    "1": StatementKind.TEST,
    "2": StatementKind.VACCINATION,
    "3": StatementKind.RECOVERY,
}
_USAGES: Final[Mapping[str, StatementKind]] = {
    f"{arc}.1847.2021.1.{last}": kind
    for arc in ("1.3.6.1.4.1", "1.3.6.1.4.1.0")
    for last, kind in _USAGE_OF_LAST_ARC.items()
}
"""The second arc is the one that the first certificates were made with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DccClaims:
    """What the signed bytes say; nothing of it counts before the signature has been verified."""

    issuer: str
    """Empty where the claim is absent."""
    issued_at: datetime
    expires_at: datetime
    kind: StatementKind
    document: Mapping[str, Any] = field(repr=False)
    """The certificate as JSON has it."""


def verify_eu_dcc(text: str, *, trust: TrustStore, now: datetime) -> Verdict:
    """What the certificate says at this instant, or why it says nothing."""
    return verify_eu_dccs((text,), trust=trust, now=now)[0]


def verify_eu_dccs(texts: Iterable[str], *, trust: TrustStore, now: datetime) -> list[Verdict]:
    """The verdict on each certificate, in their order.

    Each step is taken for all of them before the next, which costs a processor less than to begin
    anew with each; nothing passes from one certificate to another.
    """
    envelopes = [_opened(each) for each in texts]
    signers = [
        each if isinstance(each, Refused) else find_signer(each, trust) for each in envelopes
    ]
    return [
        _verdict(envelope, signer, now) for envelope, signer in zip(envelopes, signers, strict=True)
    ]


def _opened(text: str) -> Envelope | Refused:
    message = read_text(text)
    return message if isinstance(message, Refused) else read_envelope(message)


def _verdict(
    envelope: Envelope | Refused, signer: IssuerCertificate | Refused, now: datetime
) -> Verdict:
    if isinstance(envelope, Refused):
        return envelope
    key_id = b2a_base64(envelope.key_id or b"", newline=False).decode() or None
    if isinstance(signer, Refused):
        return replace(signer, key_id=key_id)
    claims = judge_claims(envelope.payload, signer, now)
    if isinstance(claims, Refused):
        return replace(claims, issuer=signer.country or None, key_id=key_id)
    return Verified(
        kind=CertificateKind.EU_DCC,
        issuer=signer.country or claims.issuer,
        key_id=key_id or "",
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        claims=claims.document,
    )


def judge_claims(
    payload: bytes, certificate: IssuerCertificate, now: datetime
) -> DccClaims | Refused:
    """The claims in a payload that the certificate's key signed, when they count now."""
    claims = read_claims(payload)
    if isinstance(claims, Refused):
        return claims
    refused = (
        check_dates(claims, now)
        or check_key_dates(certificate, now)
        or check_key_use(certificate, claims.kind)
    )
    return refused or claims


def certificate_ids(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The unique identifiers in a certificate's claims: the same in every copy and twin of it."""
    entries = (entry for kind in StatementKind for entry in claims.get(kind) or ())
    return tuple(entry["ci"] for entry in entries if isinstance(entry.get("ci"), str))


def read_text(text: str) -> bytes | Refused:
    """The signed message in the text of a QR code."""
    encoded = remove_prefix(text)
    if isinstance(encoded, Refused):
        return encoded
    stream = decode_base45(encoded)
    if isinstance(stream, Refused):
        return stream
    return inflate(stream)


def remove_prefix(text: str) -> str | Refused:
    """The Base45 behind the prefix of this version of the format."""
    if len(text) > TEXT_CHARACTERS_MAX:
        return _refuse(
            CertificateFault.TOO_LONG, f"more than the {TEXT_CHARACTERS_MAX} of the largest QR code"
        )
    if not text.startswith(PREFIX):
        return _refuse(CertificateFault.UNKNOWN_FORMAT, f"does not begin with {PREFIX}")
    return text[len(PREFIX) :]


def decode_base45(encoded: str) -> bytes | Refused:
    """The compressed message in the text behind the prefix."""
    stream = base45.decode(encoded)
    if isinstance(stream, Unreadable):
        return _refuse(CertificateFault.UNREADABLE_BASE45, stream.detail)
    return stream


def inflate(stream: bytes) -> bytes | Refused:
    """The signed message in the compressed one: one whole zlib stream, of 64 KiB at most."""
    message = container.inflate(stream, bytes_max=MESSAGE_BYTES_MAX)
    if isinstance(message, Unreadable):
        return _refuse(CertificateFault.UNREADABLE_COMPRESSION, message.detail)
    return message


def read_claims(payload: bytes) -> DccClaims | Refused:
    """The claims in the payload of a signed message, when they are in the form of the format."""
    try:
        return _read_claims(payload)
    except MalformedCborError as error:
        return _refuse(CertificateFault.UNREADABLE_CLAIMS, str(error))


def statement_kind(document: Mapping[str, Any]) -> StatementKind | None:
    """The one kind of which the certificate has entries; None where it has none, or of two."""
    kinds = [kind for kind in _KINDS if document.get(kind)]
    if len(kinds) != 1:
        return None
    entries = document[kinds[0]]
    if type(entries) is not list or not _MAP.issuperset(map(type, entries)):
        return None
    return kinds[0]


def check_dates(claims: DccClaims, now: datetime) -> Refused | None:
    """None from the instant of issue to that of expiry, both included."""
    if now < claims.issued_at:
        return _refuse(CertificateFault.NOT_YET_VALID, "issued later than this instant")
    if now > claims.expires_at:
        return _refuse(CertificateFault.EXPIRED, "expired before this instant")
    return None


def check_key_dates(certificate: IssuerCertificate, now: datetime) -> Refused | None:
    """None where the issuer's certificate holds now.

    Issuers must not date a certificate before their key's, but countries did, and it tells a
    verifier nothing: the key is trusted now. So the instant of issue is not compared.
    """
    if certificate.covers(now):
        return None
    return _refuse(CertificateFault.KEY_NOT_VALID, "the issuer's certificate does not hold now")


def check_key_use(certificate: IssuerCertificate, kind: StatementKind) -> Refused | None:
    """None where the key is limited to no kind of statement, or to this one among others."""
    usages = certificate.extended_key_usages
    if not usages:
        return None
    allowed = {_USAGES[usage] for usage in usages if usage in _USAGES}
    if not allowed or kind in allowed:
        return None
    return _refuse(CertificateFault.KEY_USE_WRONG, "the key is for other kinds of statement")


def _read_claims(payload: bytes) -> DccClaims:
    claims = lenient_cbor.keyed_map(lenient_cbor.decode(payload))
    certificates = lenient_cbor.keyed_map(claims.get(_HEALTH_CERTIFICATE))
    document = certificates.get(_EU_DCC_VERSION_1)
    if type(document) is not dict:
        raise MalformedCborError("no certificate of version 1")
    lenient_cbor.check_json(document)
    kind = statement_kind(document)
    if kind is None:
        raise MalformedCborError("not entries of exactly one kind")
    issuer, issued_at = claims.get(_ISSUER, ""), claims.get(_ISSUED_AT)
    if type(issuer) is not str:
        raise MalformedCborError("an issuer that is no text")
    return DccClaims(
        issuer=issuer,
        issued_at=_instant(issued_at),
        expires_at=_instant(claims.get(_EXPIRES_AT)),
        kind=kind,
        document=document,
    )


def _instant(value: object) -> datetime:
    """A NumericDate; some issuers write it as a float."""
    if type(value) is not int and type(value) is not float:
        raise MalformedCborError("no instant of issue or of expiry")
    if type(value) is int and 0 <= value <= _SECONDS_OF_TODAY_MAX:
        return datetime.fromtimestamp(value, UTC)
    try:
        return _EPOCH + timedelta(seconds=value)
    except (OverflowError, ValueError):
        raise MalformedCborError("an instant outside the calendar") from None


def _refuse(code: CertificateFault, detail: str) -> Refused:
    return Refused(code=code, detail=detail, kind=CertificateKind.EU_DCC)
