"""ICAO seals with keys and certificates of their own, sound or with one defect each."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.vds_nc import verify_vds_nc
from tongguan.core.certificates.verdict import CertificateFault, Refused, Verdict
from tongguan.core.certificates.x509 import read_certificate

NOW = datetime(2023, 2, 10, 8, 0, tzinfo=UTC)
BEGIN = NOW - timedelta(days=100)
END = NOW + timedelta(days=100)
SIGNER_USAGE = "2.23.136.1.1.14.2"
AUTHORITY_USAGE = "2.23.136.1.1.14.1"
_DOCUMENT_TYPES = x509.ObjectIdentifier("2.23.136.1.1.6.2")
_ALGORITHMS: dict[str, tuple[hashes.HashAlgorithm, int]] = {
    "ES256": (hashes.SHA256(), 32),
    "ES384": (hashes.SHA384(), 48),
    "ES512": (hashes.SHA512(), 66),
}
_CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}

VACCINATION: dict[str, Any] = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "SGP"},
    "msg": {
        "uvci": "TEST00000001",
        "pid": {"n": "MUSTER  KIM", "dob": "1980-02-29", "i": "E0000000A", "sex": "X"},
        "ve": [
            {
                "des": "XM68M6",
                "nam": "Vaccine A",
                "dis": "RA01.0",
                "vd": [
                    {"dvc": "2021-03-03", "seq": 1, "ctr": "SGP", "adm": "Clinic", "lot": "L1"},
                    {"dvc": "2021-04-03", "seq": "2", "ctr": "SGP", "adm": "Clinic", "lot": "L2"},
                ],
            }
        ],
    },
}
TEST: dict[str, Any] = {
    "hdr": {"t": "icao.test", "v": 1, "is": "SGP"},
    "msg": {
        "utci": "TEST00000002",
        "pid": {"n": "MUSTER  KIM", "dob": "1980-02-29", "dt": "P", "dn": "E0000000A"},
        "sp": {"spn": "Laboratory", "ctr": "SGP", "cd": {"p": "1", "e": "a@b.example", "a": "c"}},
        "dat": {"sc": "2023-02-09T12:00:00+08:00", "ri": "2023-02-09T20:00:00+08:00"},
        "tr": {"tc": "molecular(PCR)", "r": "negative", "m": "saliva"},
    },
}


@cache
def elliptic_key(name: str, curve: str = "ES256") -> ec.EllipticCurvePrivateKey:
    """One key for each name and curve, the same in every run; worthless, since all know it."""
    digest = hashlib.sha256(f"seals: {name} {curve}".encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest[1:]), _CURVES[curve])


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One key for each name."""
    return rsa.generate_private_key(65537, 2048)


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who issues the certificates of signers."""

    country: str | None = "SG"
    key: Key = field(default_factory=lambda: elliptic_key("authority"))
    begin: datetime = BEGIN
    end: datetime = END
    is_authority: bool = True
    usage: str | None = None

    @property
    def name(self) -> x509.Name:
        return _name(self.country, "Authority of seals")

    def certificate(self) -> bytes:
        builder = _builder(self.name, self.name, self.key, self.begin, self.end)
        if self.is_authority:
            builder = builder.add_extension(x509.BasicConstraints(True, 0), critical=True)
        return _signed(_with_usage(builder, self.usage), self.key)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs seals."""

    algorithm: str = "ES256"
    country: str | None = "SG"
    begin: datetime = BEGIN
    end: datetime = END
    usage: str | None = SIGNER_USAGE
    document_type: str | None = None
    authority: Authority = field(default_factory=Authority)
    issued_with: Key | None = None
    """A key other than the authority's own, for a certificate that it never issued."""
    fill: padding.PSS | None = None

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return elliptic_key("signer", self.algorithm)

    def certificate(self) -> bytes:
        own = _name(self.country, "Signer of seals")
        builder = _builder(own, self.authority.name, self.key, self.begin, self.end)
        builder = _with_usage(builder, self.usage)
        if self.document_type is not None:
            types = bytes([0x31, 4, 0x13, 2]) + self.document_type.encode("ascii")
            listed = bytes([0x30, 3 + len(types), 2, 1, 0]) + types
            extension = x509.UnrecognizedExtension(_DOCUMENT_TYPES, listed)
            builder = builder.add_extension(extension, critical=False)
        return _signed(builder, self.issued_with or self.authority.key, self.fill)

    def sign(self, data: Mapping[str, Any], algorithm: str | None = None) -> bytes:
        """Raw r and s over the canonical form."""
        chosen, size = _ALGORITHMS[algorithm or self.algorithm]
        r, s = decode_dss_signature(self.key.sign(rfc8785.dumps(dict(data)), ec.ECDSA(chosen)))
        return r.to_bytes(size) + s.to_bytes(size)

    def seal(self, data: Mapping[str, Any] = VACCINATION) -> dict[str, Any]:
        """A sound seal over the data, as a value of JSON that may be changed."""
        return {
            "data": deepcopy(dict(data)),
            "sig": {
                "alg": self.algorithm,
                "cer": base64url(self.certificate()),
                "sigvl": base64url(self.sign(data)),
            },
        }


def trusting(*certificates: bytes) -> TrustStore:
    """A store of the certificates, all of which must be readable."""
    read = [read_certificate(each) for each in certificates]
    assert None not in read
    return TrustStore(certificates=tuple(each for each in read if each is not None))


def text_of(seal: object) -> str:
    return json.dumps(seal, ensure_ascii=False)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _name(country: str | None, common: str) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if country is not None:
        attributes.insert(0, x509.NameAttribute(NameOID.COUNTRY_NAME, country))
    return x509.Name(attributes)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _with_usage(builder: x509.CertificateBuilder, usage: str | None) -> x509.CertificateBuilder:
    if usage is None:
        return builder
    return builder.add_extension(
        x509.ExtendedKeyUsage([x509.ObjectIdentifier(usage)]), critical=True
    )


def _signed(builder: x509.CertificateBuilder, key: Key, fill: padding.PSS | None = None) -> bytes:
    # Deterministic, so that a signer has one certificate and not a new one at each call.
    is_elliptic = isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = builder.sign(
        key, hashes.SHA256(), rsa_padding=fill, ecdsa_deterministic=True if is_elliptic else None
    )
    return certificate.public_bytes(serialization.Encoding.DER)


SIGNER = Signer()
TRUST = trusting(SIGNER.certificate())
SOUND = text_of(SIGNER.seal())


def judged(text: str, trust: TrustStore = TRUST) -> Verdict:
    return verify_vds_nc(text, trust=trust, now=NOW)


def fault_of(text: str, trust: TrustStore = TRUST) -> CertificateFault:
    """Why a text that must be refused is."""
    verdict = judged(text, trust)
    assert isinstance(verdict, Refused)
    return verdict.code


def changed(change: Callable[[dict[str, Any]], object], data: dict[str, Any]) -> dict[str, Any]:
    """A copy of the data with a change."""
    copy = deepcopy(data)
    change(copy)
    return copy


def with_sig(**values: Any) -> str:
    """A sound seal but for members of its signature."""
    return text_of(changed(lambda seal: seal["sig"].update(values), SIGNER.seal()))


def without_sig(name: str) -> str:
    """A sound seal but for a member of its signature, which is missing."""
    return text_of(changed(lambda seal: seal["sig"].pop(name), SIGNER.seal()))


def flipped(data: bytes, position: int) -> bytes:
    """The bytes with one bit turned over."""
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
