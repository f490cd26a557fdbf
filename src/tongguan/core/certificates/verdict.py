"""What comes of a certificate that somebody shows: what its issuer vouches for, or why nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class CertificateKind(StrEnum):
    """The formats that are read."""

    EU_DCC = "eu_dcc"
    """EU Digital COVID Certificate: HCERT, ``HC1:``."""
    SMART_HEALTH_CARD = "smart_health_card"
    """SMART Health Card: a compact JWS, or ``shc:/`` from QR codes."""
    VDS_NC = "vds_nc"
    """ICAO visible digital seal for non-constrained environments."""


class CertificateFault(StrEnum):
    """Why a certificate says nothing, in the order in which reading meets it."""

    TOO_LONG = "too_long"
    UNKNOWN_FORMAT = "unknown_format"
    """The beginning is of no format that is read here."""
    CHUNK_MISSING = "chunk_missing"
    """One code of several, or codes that do not belong together."""
    UNREADABLE_BASE45 = "unreadable_base45"
    UNREADABLE_NUMERIC = "unreadable_numeric"
    UNREADABLE_COMPRESSION = "unreadable_compression"
    """No whole stream, or one that would inflate too far."""
    UNREADABLE_ENVELOPE = "unreadable_envelope"
    """No COSE message, JWS or seal of the one form that is read."""
    ALGORITHM_NOT_ACCEPTED = "algorithm_not_accepted"
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_VALID = "key_not_valid"
    """The issuer's certificate is outside its dates."""
    KEY_USE_WRONG = "key_use_wrong"
    """The key may vouch for other kinds of certificate, not for this one."""
    BAD_SIGNATURE = "bad_signature"
    UNREADABLE_CLAIMS = "unreadable_claims"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation_unknown"
    """The issuer keeps a list of what it revoked, and no list as new as it says is at hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """A certificate whose issuer vouches for the claims, at the instant it was judged."""

    kind: CertificateKind
    issuer: str
    """As the trusted key names its owner: a country's letters, or an address."""
    key_id: str
    """As the format writes it: Base64 for the EU's and the seals', a thumbprint for cards."""
    issued_at: datetime | None
    expires_at: datetime | None
    claims: Mapping[str, Any] = field(repr=False)
    """Plain values of JSON, in the names of the format."""
    authority_key_id: str | None = None
    """Of the enrolled certificate by which a seal's own is trusted, where that is another."""

    @property
    def trusted_key_id(self) -> str:
        """The id of the enrolled key by which the certificate is believed."""
        return self.authority_key_id or self.key_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A certificate that says nothing: nothing in it may be acted upon."""

    code: CertificateFault
    detail: str
    """For whoever repairs the writer of the certificate; English, never a value out of it."""
    kind: CertificateKind | None = None
    """Where the format was known before reading failed."""
    issuer: str | None = None
    """Where a trusted key was found."""
    key_id: str | None = None


Verdict = Verified | Refused
