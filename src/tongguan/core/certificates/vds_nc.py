"""ICAO visible digital seals for non-constrained environments (VDS-NC), judged.

Source: as ``seal``; the types of health proofs: the guidelines "Visible Digital Seals for
travel-related public health proofs". Neither gives a seal an end: whoever judges the claims counts
the days.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tongguan.core.certificates.issuance import Issuance, read_issuance
from tongguan.core.certificates.seal import Seal, Signer, open_seal
from tongguan.core.certificates.seal_claims import SEAL_TYPES, read_claims
from tongguan.core.certificates.states import may_speak_for
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verdict,
    Verified,
)
from tongguan.core.certificates.x509 import IssuerCertificate, written_key_id

_SIGNER_USAGE = "2.23.136.1.1.14.2"
"""Extended key usage of signers of health proofs."""
_AUTHORITY_USAGE = "2.23.136.1.1.14.1"
"""Extended key usage of an authority whose signers sign health proofs and nothing else."""
_AUTHORITIES_KEPT = 1024
_SIGNERS_KEPT = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Sound:
    """A seal that the certificate inside it signed; whether anyone trusts that is another matter.

    Never a reason to believe a word of the seal: its writer chose the certificate.
    """

    key_id: str
    seal_type: str


def verify_vds_nc(text: str, *, trust: TrustStore, now: datetime) -> Verdict:
    """What comes of a seal at an instant; one alone in a JSON array is read as the seal itself.

    Its certificate counts where it stands in the store, or where an authority that stands there
    issued it.
    """
    seal = open_seal(text)
    if isinstance(seal, Refused):
        return seal
    chain = _chain(seal, trust)
    if not chain:
        return seal.refused(
            CertificateFault.UNKNOWN_KEY,
            "neither its certificate nor an issuer of that is trusted",
            trusted=False,
        )
    wrong_use = _wrong_use(seal, chain)
    if wrong_use is not None:
        return seal.refused(CertificateFault.KEY_USE_WRONG, wrong_use)
    if not all(each.covers(now) for each in chain):
        return seal.refused(CertificateFault.KEY_NOT_VALID, "a certificate is outside its dates")
    if not seal.is_signed():
        return _bad_signature(seal)
    return _judge_claims(seal, chain[-1], now)


def check_integrity(text: str) -> Sound | Refused:
    """Whether a seal is as its signer made it, whoever that is; for test suites without keys."""
    seal = open_seal(text)
    if isinstance(seal, Refused):
        return seal
    if not seal.is_signed():
        return _bad_signature(seal, trusted=False)
    return Sound(key_id=seal.signer.key_id, seal_type=seal.seal_type)


def _bad_signature(seal: Seal, *, trusted: bool = True) -> Refused:
    detail = "the signature is not its key's over the data"
    return seal.refused(CertificateFault.BAD_SIGNATURE, detail, trusted=trusted)


def _judge_claims(seal: Seal, trusted: IssuerCertificate, now: datetime) -> Verdict:
    if seal.version != 1:
        return seal.refused(CertificateFault.UNREADABLE_CLAIMS, "not version 1")
    claims = read_claims(seal.seal_type, seal.message)
    if isinstance(claims, str):
        return seal.refused(CertificateFault.UNREADABLE_CLAIMS, claims)
    if claims.issued_at is not None and claims.issued_at > now:
        return seal.refused(CertificateFault.NOT_YET_VALID, "reported later than now")
    return Verified(
        kind=CertificateKind.VDS_NC,
        issuer=seal.state,
        key_id=seal.signer.key_id,
        issued_at=claims.issued_at,
        expires_at=None,
        claims={"hdr": {"t": seal.seal_type, "v": 1, "is": seal.state}, "msg": seal.message},
        authority_key_id=None if trusted == seal.signer.certificate else written_key_id(trusted),
    )


def _chain(seal: Seal, trust: TrustStore) -> tuple[IssuerCertificate, ...]:
    """The seal's certificate, and the trusted one that issued it; empty where none is trusted."""
    signer = seal.signer.certificate
    if signer in trust.find(signer.key_id):
        return (signer,)
    for authority in trust.certificates:
        if _is_issued_by(seal.signer, authority):
            return signer, authority
    return ()


def _is_issued_by(signer: Signer, authority: IssuerCertificate) -> bool:
    issuance = _read_authority(authority.der)
    return (
        issuance is not None
        and signer.issuance.names_as_issuer(issuance)
        and _is_signed_by(signer.issuance, authority)
    )


@lru_cache(maxsize=_AUTHORITIES_KEPT)
def _read_authority(der: bytes) -> Issuance | None:
    return read_issuance(der)


@lru_cache(maxsize=_SIGNERS_KEPT)
def _is_signed_by(issuance: Issuance, authority: IssuerCertificate) -> bool:
    return issuance.is_signed_by(authority.public_key)


def _wrong_use(seal: Seal, chain: tuple[IssuerCertificate, ...]) -> str | None:
    """Why the keys may not vouch for this seal; a certificate that limits nothing may."""
    signer, *authorities = chain
    if not _may(signer, _SIGNER_USAGE):
        return "the key is not for seals"
    if not all(_may(each, _AUTHORITY_USAGE) for each in authorities):
        return "the issuer of the certificate is not for seals"
    documents = seal.signer.issuance.document_types
    wanted = SEAL_TYPES.get(seal.seal_type)
    if documents is not None and wanted is not None and wanted not in documents:
        return "the key is for seals of another type"
    # ICAO's profile makes the country a must; a certificate without one was enrolled by hand.
    countries = [each.country for each in chain if each.country]
    if not all(may_speak_for(seal.state, country) for country in countries):
        return "the key is of another state than the seal"
    return None


def _may(certificate: IssuerCertificate, usage: str) -> bool:
    usages = certificate.extended_key_usages
    return usages is None or usage in usages
