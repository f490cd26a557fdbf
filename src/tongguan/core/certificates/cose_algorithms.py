"""The signature algorithms of COSE (RFC 9053, RFC 8230) that are accepted, each with its keys."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tongguan.core.certificates.x509 import IssuerKey

EDDSA = -8
ES256 = -7
PS256 = -37
_ECDSA = ec.ECDSA(hashes.SHA256())
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
_SIGNATURE_BYTES = {"secp256r1": 64, "secp384r1": 96}
"""ES256 names the hash and leaves the curve open; issuers sign with both of these."""


def fits(algorithm: object, key: IssuerKey) -> bool:
    """Whether the algorithm is accepted and is one of the key's."""
    if type(algorithm) is not int:
        return False
    match key:
        case ec.EllipticCurvePublicKey():
            return algorithm == ES256 and key.curve.name in _SIGNATURE_BYTES
        case rsa.RSAPublicKey():
            return algorithm == PS256
        case ed25519.Ed25519PublicKey():
            return algorithm == EDDSA


def verifies(key: IssuerKey, signature: bytes, message: bytes) -> bool:
    """Whether the signature is the key's over the message, by the one algorithm that fits it."""
    try:
        match key:
            case ec.EllipticCurvePublicKey():
                return _verifies_elliptic(key, signature, message)
            case rsa.RSAPublicKey():
                key.verify(signature, message, _PSS, hashes.SHA256())
            case ed25519.Ed25519PublicKey():
                key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _verifies_elliptic(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    length = _SIGNATURE_BYTES.get(key.curve.name)
    if len(signature) != length:
        return False
    half = length // 2
    r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
    key.verify(encode_dss_signature(r, s), message, _ECDSA)
    return True
