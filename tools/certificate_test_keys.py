"""Keys and certificates of issuers for vectors, the same bytes each time: everybody knows them.

A key made here proves nothing and is never to be trusted by a running authority.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from math import gcd

from credential_test_keys import private_test_key, seed_of
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

NOW = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
"""The instant at which vectors are judged, unless they say otherwise."""
NOT_BEFORE = datetime(2021, 6, 1, tzinfo=UTC)
NOT_AFTER = datetime(2023, 6, 1, tzinfo=UTC)
ORDERS = {
    256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    384: 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
}
"""Of the groups of the curves, by bits."""
_DOCUMENT_TYPES = x509.ObjectIdentifier("2.23.136.1.1.6.2")
_RSA_EXPONENT = 65537
_RSA_PRIME_BITS = 1024
_SMALL_PRIMES = tuple(n for n in range(3, 2000, 2) if all(n % m for m in range(3, n, 2)))
_BASES = _SMALL_PRIMES[:12]
_SALT_BYTES = 32

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@cache
def elliptic_key(
    label: str, curve: type[ec.EllipticCurve] = ec.SECP256R1
) -> ec.EllipticCurvePrivateKey:
    """The test key of a label on a curve; on the larger ones the number is the seed, and one."""
    if curve is ec.SECP256R1:
        return private_test_key(label)
    return ec.derive_private_key(int.from_bytes(seed_of(label)) + 1, curve())


def edwards_key(label: str) -> ed25519.Ed25519PrivateKey:
    """The Ed25519 test key of a label."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed_of(label))


@cache
def rsa_key(label: str) -> rsa.RSAPrivateKey:
    """The RSA test key of a label, of 2048 bits."""
    p, q = _prime(f"{label} p"), _prime(f"{label} q")
    private = pow(_RSA_EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=private,
        dmp1=private % (p - 1),
        dmq1=private % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(_RSA_EXPONENT, p * q),
    ).private_key()


def ecdsa_signature(
    key: ec.EllipticCurvePrivateKey,
    message: bytes,
    hashed: Callable[[], hashes.HashAlgorithm] = hashes.SHA256,
) -> bytes:
    """r and s (RFC 6979), each as long as the curve."""
    der = key.sign(message, ec.ECDSA(hashed(), deterministic_signing=True))
    half = (key.key_size + 7) // 8
    return b"".join(each.to_bytes(half) for each in decode_dss_signature(der))


def twin_signature(signature: bytes) -> bytes:
    """The other of the two signatures that mean the same: r and n - s."""
    half = len(signature) // 2
    s = ORDERS[8 * half] - int.from_bytes(signature[half:])
    return signature[:half] + s.to_bytes(half)


def pss_signature(key: rsa.RSAPrivateKey, message: bytes) -> bytes:
    """PS256 (RFC 8017, 9.1.1) under a salt that follows from the message, so that it is one."""
    numbers = key.private_numbers()
    bits = key.key_size - 1
    length = (bits + 7) // 8
    salt = hashlib.sha256(b"salt" + message).digest()[:_SALT_BYTES]
    digest = hashlib.sha256(bytes(8) + hashlib.sha256(message).digest() + salt).digest()
    block = b"\x01" + salt
    block = block.rjust(length - len(digest) - 1, b"\x00")
    mask = _mask(digest, len(block))
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0xFF >> 8 * length - bits
    encoded = int.from_bytes(bytes(masked) + digest + b"\xbc")
    return pow(encoded, numbers.d, numbers.public_numbers.n).to_bytes(key.key_size // 8)


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """What the certificate of a key is to say, and who issued it."""

    common_name: str
    key: PrivateKey = field(repr=False)
    country: str | None = "HK"
    not_before: datetime = NOT_BEFORE
    not_after: datetime = NOT_AFTER
    usages: Sequence[str] = ()
    document_type: str | None = None
    """The one document of Doc 9303-12 that the key may sign."""
    address: str | None = None
    authority: "Issuer | None" = None
    """None for one that issues certificates, and issued its own."""
    signed_with: PrivateKey | None = field(default=None, repr=False)
    """A key other than the authority's own, for a certificate that it never issued."""

    @property
    def name(self) -> x509.Name:
        """The subject."""
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, self.common_name)]
        if self.country is not None:
            attributes.insert(0, x509.NameAttribute(NameOID.COUNTRY_NAME, self.country))
        return x509.Name(attributes)

    def certificate(self) -> bytes:
        """In DER, signed by the authority's P-256 key."""
        authority = self.authority or self
        key = self.signed_with or authority.key
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("only ECDSA gives one signature here")
        certificate = self._builder(authority.name).sign(
            key, hashes.SHA256(), ecdsa_deterministic=True
        )
        return certificate.public_bytes(serialization.Encoding.DER)

    def _builder(self, issuer: x509.Name) -> x509.CertificateBuilder:
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(self.not_before)
            .not_valid_after(self.not_after)
        )
        for extension in self._extensions():
            builder = builder.add_extension(extension, critical=False)
        return builder

    def _extensions(self) -> Iterator[x509.ExtensionType]:
        if self.authority is None:
            yield x509.BasicConstraints(ca=True, path_length=0)
        if self.usages:
            yield x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in self.usages])
        if self.address is not None:
            yield x509.SubjectAlternativeName([x509.UniformResourceIdentifier(self.address)])
        if self.document_type is not None:
            types = bytes([0x31, 4, 0x13, 2]) + self.document_type.encode("ascii")
            listed = bytes([0x30, 3 + len(types), 2, 1, 0]) + types
            yield x509.UnrecognizedExtension(_DOCUMENT_TYPES, listed)


def pem_of(der: bytes) -> bytes:
    """A certificate as a file."""
    text = base64.b64encode(der).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(
        ["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]
    ).encode("ascii")


def _prime(label: str) -> int:
    """The first prime from the label's number on that fits the exponent."""
    seeds = (seed_of(f"{label} {n}") for n in range(_RSA_PRIME_BITS // 256))
    start = int.from_bytes(b"".join(seeds)) | 3 << _RSA_PRIME_BITS - 2 | 1
    return next(n for n in count(start, 2) if gcd(n - 1, _RSA_EXPONENT) == 1 and _is_prime(n))


def _is_prime(number: int) -> bool:
    """By Miller and Rabin, for numbers that nobody chose to deceive."""
    if any(number % small == 0 for small in _SMALL_PRIMES):
        return False
    twos = (number - 1 & 1 - number).bit_length() - 1
    return all(_passes(number, base, twos) for base in _BASES)


def _passes(number: int, base: int, twos: int) -> bool:
    value = pow(base, number - 1 >> twos, number)
    if value in (1, number - 1):
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-256."""
    blocks = (hashlib.sha256(seed + n.to_bytes(4)).digest() for n in range(length // 32 + 1))
    return b"".join(blocks)[:length]
