"""Who issued a certificate: the signature of an authority over it, as it stands in its bytes.

The signed part is verified as the bytes it is, so that a certificate that is not strict DER is
verified no less exactly than another.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from tongguan.core.certificates import ber
from tongguan.core.certificates.ber import Element, MalformedBerError
from tongguan.core.certificates.x509 import CERTIFICATE_BYTES_MAX, IssuerKey

_BASIC_CONSTRAINTS = "2.5.29.19"
_DOCUMENT_TYPES = "2.23.136.1.1.6.2"
_VERSION_TAG = 0xA0
_HASH_TAG = 0xA0
_EXTENSIONS_TAG = 0xA3
_ED25519 = "1.3.101.112"
_RSA_PSS = "1.2.840.113549.1.1.10"
_ECDSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    "1.2.840.10045.4.3.2": hashes.SHA256(),
    "1.2.840.10045.4.3.3": hashes.SHA384(),
    "1.2.840.10045.4.3.4": hashes.SHA512(),
}
_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    "1.2.840.113549.1.1.11": hashes.SHA256(),
    "1.2.840.113549.1.1.12": hashes.SHA384(),
    "1.2.840.113549.1.1.13": hashes.SHA512(),
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_Name = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuance:
    """What a certificate says of its place in a chain."""

    issuer: _Name
    subject: _Name
    is_authority: bool
    """Whether its key may sign certificates."""
    document_types: frozenset[str] | None
    """Of Doc 9303-12's list: which documents its key may sign; None where it does not limit it."""
    signed: bytes = field(repr=False)
    algorithm: Element = field(repr=False)
    signature: bytes = field(repr=False)

    def names_as_issuer(self, authority: "Issuance") -> bool:
        """Whether the certificate says that this authority issued it."""
        return authority.is_authority and bool(self.issuer) and self.issuer == authority.subject

    def is_signed_by(self, key: IssuerKey) -> bool:
        """Whether the key signed the certificate; SHA-1 and RSA without SHA-2 never count."""
        try:
            return _verifies(key, self.algorithm, self.signature, self.signed)
        except (InvalidSignature, UnsupportedAlgorithm, MalformedBerError, ValueError):
            return False


def read_issuance(der: bytes) -> Issuance | None:
    """What the certificate says, or None where it cannot be read."""
    if len(der) > CERTIFICATE_BYTES_MAX:
        return None
    try:
        return _read(der)
    except (MalformedBerError, ValueError):
        return None


def _read(der: bytes) -> Issuance:
    whole = ber.read_one(der).expect(ber.SEQUENCE)
    signed, algorithm, signature = ber.read_all(whole)[:3]
    members = ber.read_all(signed.expect(ber.SEQUENCE))
    if members and members[0].tag == _VERSION_TAG:
        members = members[1:]
    _serial, _algorithm, issuer, _validity, subject, _key, *optional = members
    extensions = _extensions(optional)
    return Issuance(
        issuer=_name(issuer),
        subject=_name(subject),
        is_authority=_is_authority(extensions.get(_BASIC_CONSTRAINTS)),
        document_types=_document_types(extensions.get(_DOCUMENT_TYPES)),
        signed=_with_header(whole, signed),
        algorithm=algorithm,
        signature=ber.whole_bytes(signature.expect(ber.BIT_STRING)),
    )


def _with_header(data: bytes, first: Element) -> bytes:
    """The first element of the data together with its tag and length."""
    length_octets = data[1] & 0x7F if data[1] & 0x80 else 0
    return data[: 2 + length_octets + len(first.content)]


def _extensions(optional: list[Element]) -> dict[str, bytes]:
    extensions: dict[str, bytes] = {}
    for part in (each for each in optional if each.tag == _EXTENSIONS_TAG):
        for extension in ber.read_all(ber.read_one(part.content).expect(ber.SEQUENCE)):
            kind, *_critical, value = ber.read_all(extension.expect(ber.SEQUENCE))
            name = ber.object_id(kind.expect(ber.OBJECT_ID))
            if name in extensions:
                raise MalformedBerError("an extension stands twice")
            extensions[name] = value.expect(ber.OCTET_STRING)
    return extensions


def _name(element: Element) -> _Name:
    """The attributes in their order; case and kind of text are left out, as names compare."""
    attributes: list[tuple[str, bytes]] = []
    for relative in ber.read_all(element.expect(ber.SEQUENCE)):
        for attribute in ber.read_all(relative.expect(ber.SET)):
            kind, value = ber.read_all(attribute.expect(ber.SEQUENCE))
            attributes.append((ber.object_id(kind.expect(ber.OBJECT_ID)), value.content.lower()))
    return tuple(attributes)


def _is_authority(extension: bytes | None) -> bool:
    if extension is None:
        return False
    members = ber.read_all(ber.read_one(extension).expect(ber.SEQUENCE))
    return bool(members) and members[0].tag == ber.BOOLEAN and any(members[0].content)


def _document_types(extension: bytes | None) -> frozenset[str] | None:
    """Of ``SEQUENCE { version INTEGER, types SET OF PrintableString }``."""
    if extension is None:
        return None
    _version, types = ber.read_all(ber.read_one(extension).expect(ber.SEQUENCE))
    return frozenset(each.content.decode("ascii") for each in ber.read_all(types.expect(ber.SET)))


def _verifies(key: IssuerKey, algorithm: Element, signature: bytes, signed: bytes) -> bool:
    kind, *parameters = ber.read_all(algorithm.expect(ber.SEQUENCE))
    name = ber.object_id(kind.expect(ber.OBJECT_ID))
    if isinstance(key, ec.EllipticCurvePublicKey) and name in _ECDSA_HASHES:
        key.verify(signature, signed, ec.ECDSA(_ECDSA_HASHES[name]))
        return True
    if isinstance(key, rsa.RSAPublicKey) and name in _RSA_HASHES:
        key.verify(signature, signed, padding.PKCS1v15(), _RSA_HASHES[name])
        return True
    if isinstance(key, rsa.RSAPublicKey) and name == _RSA_PSS:
        hashed = _pss_hash(parameters)
        fill = padding.PSS(mgf=padding.MGF1(hashed), salt_length=padding.PSS.AUTO)
        key.verify(signature, signed, fill, hashed)
        return True
    if isinstance(key, ed25519.Ed25519PublicKey) and name == _ED25519:
        key.verify(signature, signed)
        return True
    return False


def _pss_hash(parameters: list[Element]) -> hashes.HashAlgorithm:
    """The hash that the parameters name; where they name none it would be SHA-1."""
    named = ber.read_all(parameters[0].expect(ber.SEQUENCE)) if parameters else []
    for each in named:
        if each.tag == _HASH_TAG:
            inner = ber.read_all(ber.read_one(each.content).expect(ber.SEQUENCE))
            hashed = _HASHES.get(ber.object_id(inner[0].expect(ber.OBJECT_ID))) if inner else None
            if hashed is not None:
                return hashed
    raise MalformedBerError("no hash that is accepted")
