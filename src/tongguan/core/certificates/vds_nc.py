"""ICAO visible digital seals for non-constrained environments (VDS-NC), version 1.

A seal is JSON: ``data`` with a header (``t`` type, ``v`` version, ``is`` issuing state) and a
message, and ``sig`` with the algorithm, the signer's certificate and the signature (raw r and s)
over the canonical form of ``data`` (RFC 8785). Source: ICAO technical report "VDS-NC - Visible
Digital Seal for non-constrained environments", 1.1, 2021; the types of health proofs: the
guidelines "Visible Digital Seals for travel-related public health proofs". Neither gives a seal an
end: whoever judges the claims counts the days.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tongguan.core.certificates.issuance import Issuance, read_issuance
from tongguan.core.certificates.seal_claims import SEAL_TYPES, read_claims
from tongguan.core.certificates.states import may_speak_for
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verdict,
    Verified,
)
from tongguan.core.certificates.x509 import IssuerCertificate, read_certificate

TEXT_CHARACTERS_MAX = 16 * 1024
"""Several times what a QR code holds: files are spaced out for people to read."""
_SIGNER_USAGE = "2.23.136.1.1.14.2"
"""Extended key usage of signers of health proofs."""
_AUTHORITY_USAGE = "2.23.136.1.1.14.1"
"""Extended key usage of an authority whose signers sign health proofs and nothing else."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)
_STATE = re.compile(r"[A-Z]{1,3}", re.ASCII)
_KEY_ID_BYTES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class _Algorithm:
    """What an algorithm of a seal is made of."""

    hash: hashes.HashAlgorithm
    curve: str
    half_bytes: int


_ALGORITHMS = {
    "ES256": _Algorithm(hash=hashes.SHA256(), curve="secp256r1", half_bytes=32),
    "ES384": _Algorithm(hash=hashes.SHA384(), curve="secp384r1", half_bytes=48),
    "ES512": _Algorithm(hash=hashes.SHA512(), curve="secp521r1", half_bytes=66),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sound:
    """A seal that the certificate inside it signed; whether anyone trusts that is another matter.

    Never a reason to believe a word of the seal: its writer chose the certificate.
    """

    key_id: str
    seal_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seal:
    """A seal taken apart; nothing in it is true until it has been verified."""

    state: str
    seal_type: str
    version: int
    message: Mapping[str, Any] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    algorithm: _Algorithm
    key: ec.EllipticCurvePublicKey = field(repr=False)
    certificate: IssuerCertificate
    issuance: Issuance
    key_id: str

    def is_signed(self) -> bool:
        """Whether the certificate's key signed the data."""
        size = self.algorithm.half_bytes
        if len(self.signature) != 2 * size:
            return False
        r, s = (int.from_bytes(half) for half in (self.signature[:size], self.signature[size:]))
        try:
            self.key.verify(encode_dss_signature(r, s), self.signed, ec.ECDSA(self.algorithm.hash))
        except InvalidSignature:
            return False
        return True

    def refused(self, code: CertificateFault, detail: str, *, trusted: bool = True) -> Refused:
        """The refusal; it names the issuer only where a trusted key was found."""
        return Refused(
            code=code,
            detail=detail,
            kind=CertificateKind.VDS_NC,
            issuer=self.state if trusted else None,
            key_id=self.key_id,
        )


def verify_vds_nc(text: str, *, trust: TrustStore, now: datetime) -> Verdict:
    """What comes of a seal at an instant; one alone in a JSON array is read as the seal itself.

    Its certificate counts where it stands in the store, or where an authority that stands there
    issued it.
    """
    seal = _open(text)
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
    return _judge_claims(seal, now)


def check_integrity(text: str) -> Sound | Refused:
    """Whether a seal is as its signer made it, whoever that is; for test suites without keys."""
    seal = _open(text)
    if isinstance(seal, Refused):
        return seal
    if not seal.is_signed():
        return _bad_signature(seal, trusted=False)
    return Sound(key_id=seal.key_id, seal_type=seal.seal_type)


def _bad_signature(seal: _Seal, *, trusted: bool = True) -> Refused:
    detail = "the signature is not its key's over the data"
    return seal.refused(CertificateFault.BAD_SIGNATURE, detail, trusted=trusted)


def _judge_claims(seal: _Seal, now: datetime) -> Verdict:
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
        key_id=seal.key_id,
        issued_at=claims.issued_at,
        expires_at=None,
        claims={"hdr": {"t": seal.seal_type, "v": 1, "is": seal.state}, "msg": seal.message},
    )


def _chain(seal: _Seal, trust: TrustStore) -> tuple[IssuerCertificate, ...]:
    """The seal's certificate, and the trusted one that issued it; empty where none is trusted."""
    if seal.certificate in trust.find(seal.certificate.key_id):
        return (seal.certificate,)
    for authority in trust.certificates:
        issuance = read_issuance(authority.der)
        if (
            issuance is not None
            and seal.issuance.names_as_issuer(issuance)
            and seal.issuance.is_signed_by(authority.public_key)
        ):
            return seal.certificate, authority
    return ()


def _wrong_use(seal: _Seal, chain: tuple[IssuerCertificate, ...]) -> str | None:
    """Why the keys may not vouch for this seal; a certificate that limits nothing may."""
    signer, *authorities = chain
    if not _may(signer, _SIGNER_USAGE):
        return "the key is not for seals"
    if not all(_may(each, _AUTHORITY_USAGE) for each in authorities):
        return "the issuer of the certificate is not for seals"
    documents = seal.issuance.document_types
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


def _open(text: str) -> _Seal | Refused:
    """The parts of a seal whose form and algorithm are right."""
    if len(text) > TEXT_CHARACTERS_MAX:
        return Refused(
            code=CertificateFault.TOO_LONG,
            detail=f"more than {TEXT_CHARACTERS_MAX} characters",
        )
    if text.lstrip()[:1] not in ("{", "["):
        return _unknown("not JSON")
    try:
        value = read_strict_json(text)
    except MalformedJsonError as error:
        return _unreadable(str(error))
    match value:
        case {"data": _, "sig": _} | [{"data": _, "sig": _}]:
            return _take_apart(value[0] if isinstance(value, list) else value)
        case [{"data": _, "sig": _}, *_]:
            return _unreadable("several seals in one text")
        case _:
            return _unknown("JSON, but no seal")


def _take_apart(value: dict[str, Any]) -> _Seal | Refused:
    match value:
        case {
            "data": {
                "hdr": {"t": str(seal_type), "v": version, "is": str(state), **header_more},
                "msg": {**message},
                **data_more,
            },
            "sig": {"alg": alg, "cer": str(cer), "sigvl": str(sigvl), **signature_more},
            **more,
        } if type(version) is int and not (header_more or data_more or signature_more or more):
            pass
        case {"sig": {"cer": _, "sigvl": _, **others}} if "alg" not in others:
            return _refused(CertificateFault.ALGORITHM_NOT_ACCEPTED, "it names no algorithm")
        case _:
            return _unreadable("not header, message, algorithm, certificate and signature")
    if not _STATE.fullmatch(state):
        return _unreadable("the state is not one to three capital letters")
    der, signature = _base64url(cer), _base64url(sigvl)
    if der is None or signature is None:
        return _unreadable("certificate or signature is not Base64url")
    certificate, issuance = read_certificate(der), read_issuance(der)
    if certificate is None or issuance is None:
        return _unreadable("its certificate cannot be read")
    algorithm = _ALGORITHMS.get(alg) if isinstance(alg, str) else None
    key = certificate.public_key
    if algorithm is None:
        return _refused(CertificateFault.ALGORITHM_NOT_ACCEPTED, "not ES256, ES384 or ES512")
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != algorithm.curve:
        detail = "the algorithm is not for a key of this kind"
        return _refused(CertificateFault.ALGORITHM_NOT_ACCEPTED, detail)
    try:
        signed = rfc8785.dumps(cast("dict[str, Any]", value["data"]))
    except ValueError:
        return _unreadable("the data have no canonical form")
    return _Seal(
        state=state,
        seal_type=seal_type,
        version=version,
        message=cast("dict[str, Any]", message),
        signed=signed,
        signature=signature,
        algorithm=algorithm,
        key=key,
        certificate=certificate,
        issuance=issuance,
        key_id=base64.b64encode(hashlib.sha256(der).digest()[:_KEY_ID_BYTES]).decode(),
    )


def _base64url(text: str) -> bytes | None:
    """The bytes of Base64url, padded or not, whose every character counts."""
    if not _BASE64URL.fullmatch(text):
        return None
    bare = text.rstrip("=")
    padded = bare + "=" * (-len(bare) % 4)
    if text not in (bare, padded):
        return None
    try:
        data = base64.b64decode(padded, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    return data if base64.urlsafe_b64encode(data).decode() == padded else None


def _unknown(detail: str) -> Refused:
    return Refused(code=CertificateFault.UNKNOWN_FORMAT, detail=detail)


def _unreadable(detail: str) -> Refused:
    return _refused(CertificateFault.UNREADABLE_ENVELOPE, detail)


def _refused(code: CertificateFault, detail: str) -> Refused:
    return Refused(code=code, detail=detail, kind=CertificateKind.VDS_NC)
