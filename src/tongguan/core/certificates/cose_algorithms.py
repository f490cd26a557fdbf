"""The signature algorithms of COSE (RFC 9053, RFC 8230) that are accepted, each with its keys."""

from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tongguan.core.certificates.x509 import IssuerCertificate
from tongguan.core.credentials.keys import verifies_es256

EDDSA = -8
ES256 = -7
ES384 = -35
PS256 = -37
_SHA256 = ec.ECDSA(hashes.SHA256())
_SHA384 = ec.ECDSA(hashes.SHA384())
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
_SIGNATURE_BYTES = {"secp384r1": 96}
_ECDSA = {
    (ES256, "secp384r1"): _SHA256,
    (ES384, "secp384r1"): _SHA384,
}
"""The algorithm names the hash and leaves the curve open: issuers sign ES256 on both curves."""


def verifies(
    algorithm: object, signer: IssuerCertificate, signature: bytes, message: bytes
) -> bool | None:
    """Whether the signature is the signer's over the message.

    None where the algorithm is not accepted, or is none of the key's.
    """
    if type(algorithm) is not int:
        return None
    key = signer.public_key
    if signer.is_p256 and algorithm == ES256:
        return verifies_es256(cast("ec.EllipticCurvePublicKey", key), signature, message)
    try:
        match key:
            case ec.EllipticCurvePublicKey():
                return _verifies_elliptic(algorithm, key, signature, message)
            case rsa.RSAPublicKey() if algorithm == PS256:
                key.verify(signature, message, _PSS, hashes.SHA256())
            case ed25519.Ed25519PublicKey() if algorithm == EDDSA:
                key.verify(signature, message)
            case _:
                return None
    except InvalidSignature:
        return False
    return True


def _verifies_elliptic(
    algorithm: int, key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes
) -> bool | None:
    curve = key.curve.name
    hashed = _ECDSA.get((algorithm, curve))
    if hashed is None:
        return None
    length = _SIGNATURE_BYTES[curve]
    if len(signature) != length:
        return False
    half = length // 2
    r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
    key.verify(encode_dss_signature(r, s), message, hashed)
    return True
