"""EU Digital COVID Certificates made with keys of our own, good ones and each kind of bad one."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tongguan.core.certificates.eu_dcc import verify_eu_dcc
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import CertificateFault, CertificateKind, Refused, Verdict
from tongguan.core.certificates.x509 import IssuerCertificate, read_certificate
from tongguan.core.credentials import base45

NOW = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
ISSUED_AT = NOW - timedelta(days=10)
EXPIRES_AT = NOW + timedelta(days=80)
TEST_USAGE = "1.3.6.1.4.1.1847.2021.1.1"
VACCINATION_USAGE = "1.3.6.1.4.1.1847.2021.1.2"
RECOVERY_USAGE = "1.3.6.1.4.1.1847.2021.1.3"
ES256, EDDSA, PS256 = -7, -8, -37

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

DOCUMENT: Mapping[str, Any] = {
    "ver": "1.3.0",
    "nam": {"fn": "Müster", "fnt": "MUESTER", "gn": "Anna", "gnt": "ANNA"},
    "dob": "1970-01-02",
    "v": [
        {
            "tg": "840539006",
            "vp": "1119349007",
            "mp": "EU/1/20/1528",
            "ma": "ORG-100030215",
            "dn": 2,
            "sd": 2,
            "dt": "2021-08-01",
            "co": "AT",
            "is": "Ministry of Health",
            "ci": "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B",
        }
    ],
}


def private_key(kind: str = "P-256") -> PrivateKey:
    """One key of each kind, made once in a run."""
    return _made(kind)


@cache
def _made(kind: str) -> PrivateKey:
    match kind:
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "P-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "RSA":
            return rsa.generate_private_key(65537, 2048)
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
    raise AssertionError(kind)


def certificate_der(
    key: PrivateKey,
    *,
    country: str = "AT",
    usages: Sequence[str] | None = None,
    not_before: datetime = NOW - timedelta(days=300),
    not_after: datetime = NOW + timedelta(days=300),
) -> bytes:
    """A certificate of the key, signed by itself."""
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Signer 1"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if usages is not None:
        listed = x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in usages])
        builder = builder.add_extension(listed, critical=False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.DER)


def issuer_certificate(key: PrivateKey, **told: Any) -> IssuerCertificate:
    """The certificate as it is read."""
    certificate = read_certificate(certificate_der(key, **told))
    assert certificate is not None
    return certificate


def default_certificate(kind: str = "P-256") -> IssuerCertificate:
    """A certificate without limits of use."""
    return _certified(kind)


@cache
def _certified(kind: str) -> IssuerCertificate:
    return issuer_certificate(private_key(kind))


def trust_in(*certificates: IssuerCertificate) -> TrustStore:
    """A store of these certificates, or of the default one."""
    return TrustStore(certificates=certificates or (default_certificate(),))


def claims_of(document: object = DOCUMENT, **changed: Any) -> dict[int, Any]:
    """Claims about a document; ``issued_at`` and ``expires_at`` in seconds since 1970."""
    return {
        1: "AT",
        4: changed.get("expires_at", int(EXPIRES_AT.timestamp())),
        6: changed.get("issued_at", int(ISSUED_AT.timestamp())),
        -260: {1: document},
    }


def raw_signature(key: PrivateKey, message: bytes, digest: Any = None) -> bytes:
    """As COSE writes it."""
    match key:
        case ec.EllipticCurvePrivateKey():
            r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest or hashes.SHA256())))
            half = (key.key_size + 7) // 8
            return r.to_bytes(half) + s.to_bytes(half)
        case rsa.RSAPrivateKey():
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
            return key.sign(message, pss, hashes.SHA256())
        case ed25519.Ed25519PrivateKey():
            return key.sign(message)


def signed_message(
    payload: bytes,
    *,
    key: PrivateKey | None = None,
    protected: Mapping[Any, Any] | bytes | None = None,
    unprotected: Mapping[Any, Any] | None = None,
    signature: bytes | None = None,
) -> bytes:
    """An untagged COSE_Sign1 of the payload, by the default key under its own id unless told."""
    key = key or private_key()
    if protected is None:
        protected = {1: ES256, 4: default_certificate().key_id}
    header = protected if isinstance(protected, bytes) else cbor2.dumps(dict(protected))
    if header == b"\xa0":
        header = b""
    signed = cbor2.dumps(["Signature1", header, b"", payload])
    if signature is None:
        signature = raw_signature(key, signed)
    return cbor2.dumps([header, dict(unprotected or {}), payload, signature])


def text_of(message: bytes, *, tag: bytes = b"\xd2") -> str:
    """The text for a QR code of an untagged message."""
    return "HC1:" + base45.encode(zlib.compress(tag + message))


def dcc_text(document: object = DOCUMENT, **changed: Any) -> str:
    """A good certificate, but for what is told otherwise."""
    return text_of(signed_message(cbor2.dumps(claims_of(document, **changed))))


def verify(text: str, *, trust: TrustStore | None = None, now: datetime = NOW) -> Verdict:
    """What comes of a text, by the default certificate unless told."""
    return verify_eu_dcc(text, trust=trust or trust_in(), now=now)


def fault(text: str, *, trust: TrustStore | None = None, now: datetime = NOW) -> CertificateFault:
    """Why a text is refused."""
    verdict = verify(text, trust=trust, now=now)
    assert isinstance(verdict, Refused)
    assert verdict.kind is CertificateKind.EU_DCC
    return verdict.code
