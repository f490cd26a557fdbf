"""The form of ICAO's visible digital seals (VDS-NC): read whole or not at all, nothing believed.

A seal is JSON: ``data`` with a header (``t`` type, ``v`` version, ``is`` issuing state) and a
message, and ``sig`` with the algorithm, the signer's certificate and the signature (raw r and s)
over the canonical form of ``data`` (RFC 8785). Source: ICAO technical report "VDS-NC - Visible
Digital Seal for non-constrained environments", 1.1, 2021.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tongguan.core.certificates.canonical_json import canonical_form
from tongguan.core.certificates.issuance import Issuance, read_issuance
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.certificates.verdict import CertificateFault, CertificateKind, Refused
from tongguan.core.certificates.x509 import IssuerCertificate, read_certificate, written_key_id

TEXT_CHARACTERS_MAX = 16 * 1024
"""Several times what a QR code holds: files are spaced out for people to read."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)
_STATE = re.compile(r"[A-Z]{1,3}", re.ASCII)
_SIGNERS_KEPT = 64


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
class Signer:
    """The certificate inside a seal; whether anyone trusts it is another matter."""

    certificate: IssuerCertificate
    issuance: Issuance
    key_id: str
    """Base64 of the first eight bytes of its SHA-256."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """A seal taken apart; nothing in it is true until it has been verified."""

    state: str
    seal_type: str
    version: int
    message: Mapping[str, Any] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    algorithm: _Algorithm
    key: ec.EllipticCurvePublicKey = field(repr=False)
    signer: Signer

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
            key_id=self.signer.key_id,
        )


def open_seal(text: str) -> Seal | Refused:
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


def _take_apart(value: dict[str, Any]) -> Seal | Refused:
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
    signer, signature = _read_signer(cer), _base64url(sigvl)
    if signature is None:
        return _unreadable("the signature is not Base64url")
    if signer is None:
        return _unreadable("its certificate cannot be read")
    algorithm = _ALGORITHMS.get(alg) if isinstance(alg, str) else None
    key = signer.certificate.public_key
    if algorithm is None:
        return _refused(CertificateFault.ALGORITHM_NOT_ACCEPTED, "not ES256, ES384 or ES512")
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != algorithm.curve:
        detail = "the algorithm is not for a key of this kind"
        return _refused(CertificateFault.ALGORITHM_NOT_ACCEPTED, detail)
    try:
        signed = canonical_form(value["data"])
    except ValueError:
        return _unreadable("the data have no canonical form")
    return Seal(
        state=state,
        seal_type=seal_type,
        version=version,
        message=cast("dict[str, Any]", message),
        signed=signed,
        signature=signature,
        algorithm=algorithm,
        key=key,
        signer=signer,
    )


@lru_cache(maxsize=_SIGNERS_KEPT)
def _read_signer(text: str) -> Signer | None:
    """Kept, because a state's seals are many and its signers few; trust is not asked here."""
    der = _base64url(text)
    if der is None:
        return None
    certificate, issuance = read_certificate(der), read_issuance(der)
    if certificate is None or issuance is None:
        return None
    return Signer(certificate=certificate, issuance=issuance, key_id=written_key_id(certificate))


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
