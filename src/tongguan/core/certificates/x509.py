"""Issuers' certificates (X.509): only what a verifier of health certificates needs of them.

Some that countries use are not strict DER, so that a strict parser refuses them. They are trusted
because an authority enrolled them, or are checked otherwise by whoever reads them; the signature
on them is not looked at here. What is needed is read whole or not at all: a certificate whose key
usages cannot be read is refused, never taken for one without them.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tongguan.core.certificates import ber
from tongguan.core.certificates.ber import Element, MalformedBerError

CERTIFICATE_BYTES_MAX = 16 * 1024
KEY_ID_BYTES = 8
_PEM_BYTES_MAX = 4 * 1024 * 1024
_PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----")
_RSA_BITS_MIN = 2048
_RSA_BITS_MAX = 8192
_RSA_EXPONENT_BITS_MAX = 33
"""A larger exponent only makes verifying slow."""
_TEXT_CHARACTERS_MAX = 200

_COMMON_NAME = "2.5.4.3"
_COUNTRY = "2.5.4.6"
_ORGANISATION = "2.5.4.10"
_EXTENDED_KEY_USAGE = "2.5.29.37"
_ALTERNATIVE_NAMES = "2.5.29.17"
_ADDRESS_TAG = 0x86
_EXTENSIONS_TAG = 0xA3
_VERSION_TAG = 0xA0
_ENCODINGS = {0x0C: "utf-8", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}
"""Of text, by tag; every other kind of text is read as Latin-1."""

IssuerKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuerCertificate:
    """A key of an issuer, with what its certificate says of it."""

    der: bytes = field(repr=False)
    public_key: IssuerKey = field(repr=False, compare=False)
    """EC on P-256, P-384 or P-521; RSA of 2048 to 8192 bits; Ed25519."""
    country: str
    """As the subject names it, in capitals; empty where it does not."""
    subject: str
    """The subject's common name, or its organisation; for people to read."""
    extended_key_usages: frozenset[str] | None
    """Dotted identifiers; None where the certificate does not limit its key's use."""
    addresses: frozenset[str] = frozenset()
    """The addresses (URI) that the subject is also known by."""
    not_before: datetime
    not_after: datetime
    """Included: the last instant at which the certificate holds."""
    is_p256: bool = field(init=False, repr=False, compare=False)
    """Whether the key is on that curve, as nearly all are."""

    def __post_init__(self) -> None:
        """What is asked for with every signature is found out once."""
        key = self.public_key
        is_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        object.__setattr__(self, "is_p256", is_p256)

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the certificate."""
        return hashlib.sha256(self.der).digest()

    @property
    def key_id(self) -> bytes:
        """The first eight bytes of the fingerprint, as COSE messages name the key."""
        return self.fingerprint[:KEY_ID_BYTES]

    def covers(self, instant: datetime) -> bool:
        """Whether the instant lies within the certificate's dates."""
        return self.not_before <= instant <= self.not_after


def written_key_id(certificate: IssuerCertificate) -> str:
    """The key id as verdicts name it: Base64."""
    return base64.b64encode(certificate.key_id).decode()


def read_certificate(der: bytes) -> IssuerCertificate | None:
    """What a certificate says, or None for what is none or holds no key of a kind that is read."""
    if len(der) > CERTIFICATE_BYTES_MAX:
        return None
    try:
        return _read(der)
    except (MalformedBerError, UnsupportedAlgorithm, ValueError, OverflowError):
        return None


def read_pem(text: bytes) -> tuple[IssuerCertificate, ...]:
    """The certificates in a PEM text that can be read, in order; those that cannot are left out."""
    if len(text) > _PEM_BYTES_MAX:
        return ()
    read = (_read_block(block) for block in _PEM_BLOCK.findall(text))
    return tuple(certificate for certificate in read if certificate is not None)


def _read_block(block: bytes) -> IssuerCertificate | None:
    try:
        der = base64.b64decode(b"".join(block.split()), validate=True)
    except binascii.Error:
        return None
    return read_certificate(der)


def _read(der: bytes) -> IssuerCertificate:
    signed, *_ = _members(ber.read_one(der), at_least=3)
    members = _members(signed, at_least=6)
    if members[0].tag == _VERSION_TAG:
        members = members[1:]
    if len(members) < 6:
        raise MalformedBerError("too few members")
    _serial, _algorithm, _issuer, validity, subject, key, *optional = members
    not_before, not_after = (_instant(each) for each in _members(validity, at_least=2)[:2])
    names = _names(subject)
    return IssuerCertificate(
        der=der,
        public_key=_public_key(key),
        country=names.get(_COUNTRY, "").upper(),
        subject=names.get(_COMMON_NAME) or names.get(_ORGANISATION, ""),
        extended_key_usages=_extended_key_usages(optional),
        addresses=_addresses(optional),
        not_before=not_before,
        not_after=not_after,
    )


def _members(element: Element, *, at_least: int = 0) -> list[Element]:
    members = ber.read_all(element.expect(ber.SEQUENCE))
    if len(members) < at_least:
        raise MalformedBerError("too few members")
    return members


def _names(subject: Element) -> dict[str, str]:
    """The first value of each attribute."""
    names: dict[str, str] = {}
    for relative in _members(subject):
        for attribute in ber.read_all(relative.expect(ber.SET)):
            kind, value = _members(attribute, at_least=2)[:2]
            names.setdefault(ber.object_id(kind.expect(ber.OBJECT_ID)), _text(value))
    return names


def _text(value: Element) -> str:
    text = value.content.decode(_ENCODINGS.get(value.tag, "latin-1"), "replace")
    printable = (each if each.isprintable() else "\ufffd" for each in text[:_TEXT_CHARACTERS_MAX])
    return "".join(printable)


def _instant(value: Element) -> datetime:
    """UTCTime or GeneralizedTime; seconds may be absent, an offset may stand instead of Z."""
    text = value.content.decode("ascii")
    if value.tag == ber.UTC_TIME:
        text = ("20" if text[:2] < "50" else "19") + text
    elif value.tag != ber.GENERALIZED_TIME:
        raise MalformedBerError("no time")
    match = re.fullmatch(r"(\d{12})(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4})", text, re.ASCII)
    if match is None:
        raise MalformedBerError("no time that is read")
    minutes, seconds, zone = match.groups()
    return datetime.strptime(minutes + (seconds or "00") + zone, "%Y%m%d%H%M%S%z").astimezone(UTC)


def _extended_key_usages(optional: list[Element]) -> frozenset[str] | None:
    listed = _extension(optional, _EXTENDED_KEY_USAGE)
    if listed is None:
        return None
    return frozenset(ber.object_id(each.expect(ber.OBJECT_ID)) for each in listed)


def _addresses(optional: list[Element]) -> frozenset[str]:
    names = _extension(optional, _ALTERNATIVE_NAMES) or []
    return frozenset(each.content.decode("ascii") for each in names if each.tag == _ADDRESS_TAG)


def _extension(optional: list[Element], wanted: str) -> list[Element] | None:
    """The members of the list that an extension holds; None where the extension is absent."""
    found: list[Element] | None = None
    for part in (each for each in optional if each.tag == _EXTENSIONS_TAG):
        for extension in _members(ber.read_one(part.content)):
            kind, *_critical, value = _members(extension, at_least=2)
            if ber.object_id(kind.expect(ber.OBJECT_ID)) != wanted:
                continue
            if found is not None:
                raise MalformedBerError("an extension stands twice")
            found = _members(ber.read_one(value.expect(ber.OCTET_STRING)))
    return found


def _public_key(element: Element) -> IssuerKey:
    algorithm, bits = _members(element, at_least=2)[:2]
    kind, *parameters = _members(algorithm, at_least=1)
    read = _KEY_READERS.get(ber.object_id(kind.expect(ber.OBJECT_ID)))
    if read is None:
        raise MalformedBerError("a key of no kind that is read")
    return read(parameters, ber.whole_bytes(bits.expect(ber.BIT_STRING)))


def _elliptic_key(parameters: list[Element], key: bytes) -> ec.EllipticCurvePublicKey:
    if len(parameters) != 1:
        raise MalformedBerError("no curve")
    curve = _CURVES.get(ber.object_id(parameters[0].expect(ber.OBJECT_ID)))
    if curve is None:
        raise MalformedBerError("a curve that is not read")
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, key)


def _rsa_key(_parameters: list[Element], key: bytes) -> rsa.RSAPublicKey:
    modulus, exponent = (
        int.from_bytes(each.expect(ber.INTEGER)) for each in _members(ber.read_one(key))
    )
    if not _RSA_BITS_MIN <= modulus.bit_length() <= _RSA_BITS_MAX:
        raise MalformedBerError("a modulus too short or too long")
    if exponent.bit_length() > _RSA_EXPONENT_BITS_MAX:
        raise MalformedBerError("an exponent too large")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _edwards_key(_parameters: list[Element], key: bytes) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(key)


_CURVES: dict[str, ec.EllipticCurve] = {
    "1.2.840.10045.3.1.7": ec.SECP256R1(),
    "1.3.132.0.34": ec.SECP384R1(),
    "1.3.132.0.35": ec.SECP521R1(),
}
_KEY_READERS: dict[str, Callable[[list[Element], bytes], IssuerKey]] = {
    "1.2.840.10045.2.1": _elliptic_key,
    "1.2.840.113549.1.1.1": _rsa_key,
    "1.2.840.113549.1.1.10": _rsa_key,
    "1.3.101.112": _edwards_key,
}
