"""COSE_Sign1 (RFC 9052) as countries write it: who claims to have signed what, and whether so."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tongguan.core.certificates import cose_algorithms, lenient_cbor
from tongguan.core.certificates.lenient_cbor import MalformedCborError
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import CertificateFault, CertificateKind, Refused
from tongguan.core.certificates.x509 import IssuerCertificate
from tongguan.core.credentials import cose

_TAG_CWT = b"\xd8\x3d"
_TAG_SIGN1 = b"\xd2"
_ALGORITHM = 1
_CRITICAL = 2
_KEY_ID = 4
_KEPT_BYTES_MAX = 256
"""Of headers that are kept; some hold whole certificates."""


class Envelope(NamedTuple):
    """A COSE_Sign1 taken apart; nothing in it is true until its signature has been verified."""

    algorithm: object
    """As the header holds it, of whatever type; None where it is absent."""
    key_id: bytes | None
    payload: bytes
    to_be_signed: bytes
    signature: bytes

    def __repr__(self) -> str:
        return f"Envelope(algorithm={self.algorithm!r}, key_id={self.key_id!r}, HIDDEN)"


def read_envelope(message: bytes) -> Envelope | Refused:
    """The parts of a message: tagged as CWT and COSE_Sign1, as COSE_Sign1 alone, or not at all."""
    try:
        return _read(message)
    except MalformedCborError as error:
        return _refuse(CertificateFault.UNREADABLE_ENVELOPE, str(error))


def find_signer(envelope: Envelope, trust: TrustStore) -> IssuerCertificate | Refused:
    """The trusted certificate whose key signed the message.

    A key id is short, so that several certificates may share it: each of them is tried.
    """
    candidates = trust.find(envelope.key_id) if envelope.key_id else ()
    if not candidates:
        return _refuse(CertificateFault.UNKNOWN_KEY, "no trusted certificate has this key id")
    fits_one = False
    for each in candidates:
        is_signer = cose_algorithms.verifies(
            envelope.algorithm, each, envelope.signature, envelope.to_be_signed
        )
        if is_signer:
            return each
        fits_one = fits_one or is_signer is not None
    if fits_one:
        code, detail = CertificateFault.BAD_SIGNATURE, "the signature is not the key's over this"
    else:
        code = CertificateFault.ALGORITHM_NOT_ACCEPTED
        detail = "the algorithm is absent, not accepted or not the key's"
    return _refuse(code, detail, candidates[0])


def _read(message: bytes) -> Envelope:
    tagged = message.removeprefix(_TAG_CWT)
    if message.startswith(_TAG_CWT) and not tagged.startswith(_TAG_SIGN1):
        raise MalformedCborError("a CWT tag around no COSE_Sign1 tag")
    array = tagged.removeprefix(_TAG_SIGN1)
    # The commonest form is read by its bytes; what is not in it is read as CBOR.
    parts = cose.strict_parts(array)
    unprotected: dict[int | str, Any] = {}
    if parts is None:
        protected, unprotected, payload, signature = _read_array(array)
        signed = cose.to_be_signed(protected, payload)
    else:
        protected, payload, signature, signed = parts
    header = _read_header(protected)
    if _CRITICAL in header:
        raise MalformedCborError("a header that must be understood and is not")
    key_id = _header(_KEY_ID, header, unprotected)
    if key_id is not None and not isinstance(key_id, bytes):
        raise MalformedCborError("a key id that is no byte string")
    return Envelope(
        algorithm=_header(_ALGORITHM, header, unprotected),
        key_id=key_id,
        payload=payload,
        # No protected header is signed as an empty string, however it was written.
        to_be_signed=signed if header else cose.to_be_signed(b"", payload),
        signature=signature,
    )


def _read_array(array: bytes) -> tuple[bytes, dict[int | str, Any], bytes, bytes]:
    match lenient_cbor.decode(array):
        case [bytes(protected), unprotected, bytes(payload), bytes(signature)]:
            return protected, lenient_cbor.keyed_map(unprotected), payload, signature
        case _:
            raise MalformedCborError("not protected header, header, payload and signature")


def _read_header(protected: bytes) -> Mapping[int | str, Any]:
    if len(protected) > _KEPT_BYTES_MAX:
        return lenient_cbor.keyed_map(lenient_cbor.decode(protected))
    return _read_short_header(protected)


@lru_cache(maxsize=256)
def _read_short_header(protected: bytes) -> Mapping[int | str, Any]:
    """All that a key signs has the same."""
    return lenient_cbor.keyed_map(lenient_cbor.decode(protected)) if protected else {}


def _header(
    label: int, protected: Mapping[int | str, Any], unprotected: Mapping[int | str, Any]
) -> object:
    """What the protected header says; only where it says nothing, what the other does."""
    return protected[label] if label in protected else unprotected.get(label)


def _refuse(
    code: CertificateFault, detail: str, certificate: IssuerCertificate | None = None
) -> Refused:
    return Refused(
        code=code,
        detail=detail,
        kind=CertificateKind.EU_DCC,
        issuer=(certificate.country or None) if certificate else None,
    )
