"""Issuers of EU Digital COVID Certificates under test keys, and messages wrong in a chosen way."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cbor2
from certificate_test_keys import (
    NOW,
    Issuer,
    PrivateKey,
    ecdsa_signature,
    edwards_key,
    elliptic_key,
    pem_of,
    pss_signature,
    rsa_key,
)
from certificate_vector import SECOND
from credential_examples import octets_in
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fixed_deflate import deflate_zlib

from tongguan.core.credentials import base45

ES256, ES384, EDDSA, PS256 = -7, -35, -8, -37
ISSUED_AT = datetime.fromisoformat("2021-12-03T04:00:00Z")
EXPIRES_AT = datetime.fromisoformat("2022-03-03T04:00:00Z")
USAGES = {"t": "1.3.6.1.4.1.1847.2021.1.1", "v": "1.3.6.1.4.1.1847.2021.1.2"}
USAGES["r"] = "1.3.6.1.4.1.1847.2021.1.3"
PERSON = {
    "ver": "1.3.0",
    "nam": {"fn": "Müster", "fnt": "MUESTER", "gn": "Änne", "gnt": "AENNE"},
    "dob": "1980-02-29",
}
ENTRY = {"tg": "840539006", "co": "AT", "is": "Test Ministry of Health"}
VACCINATION: dict[str, Any] = PERSON | {
    "v": [
        ENTRY
        | {"vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2}
        | {"dt": "2021-08-01", "ci": "URN:UVCI:01:AT:TEST0000000000000001#0"}
    ]
}
TEST: dict[str, Any] = PERSON | {
    "t": [
        ENTRY
        | {"tt": "LP6464-4", "nm": "Test PCR", "sc": "2021-12-12T01:30:00Z", "tr": "260415000"}
        | {"tc": "Test Laboratory", "ci": "URN:UVCI:01:AT:TEST0000000000000002#1"}
    ]
}
RECOVERY: dict[str, Any] = PERSON | {
    "r": [
        ENTRY
        | {"fr": "2021-09-01", "df": "2021-09-12", "du": "2022-02-28"}
        | {"ci": "URN:UVCI:01:AT:TEST0000000000000003#2"}
    ]
}


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A key that signs certificates, and the file that its certificate stands in."""

    file: str
    issuer: Issuer
    algorithm: int = ES256
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.issuer.certificate()).digest()
        object.__setattr__(self, "key_id", digest[:8])

    def sign(self, header: bytes, payload: bytes) -> bytes:
        """The signature by the key's own algorithm, whatever the header says."""
        signed = cbor2.dumps(["Signature1", header, b"", payload])
        return _signature(self.issuer.key, signed, self.algorithm)


def _signature(key: PrivateKey, signed: bytes, algorithm: int) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return pss_signature(key, signed)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return ecdsa_signature(key, signed, hashes.SHA384 if algorithm == ES384 else hashes.SHA256)
    return key.sign(signed)


_AUTHORITY = Issuer(
    common_name="Test authority", country="AT", key=elliptic_key("AT hcert authority")
)


def _signer(
    word: str, key: PrivateKey | None = None, algorithm: int = ES256, **told: Any
) -> Signer:
    issuer = Issuer(
        common_name=f"Test signer: {word}",
        country="AT",
        key=key or elliptic_key(f"AT hcert {word}"),
        authority=_AUTHORITY,
        **told,
    )
    return Signer(file=f"hcert-{word}.pem", issuer=issuer, algorithm=algorithm)


PLAIN = _signer("plain")
P384 = _signer("p384", elliptic_key("AT hcert p384", ec.SECP384R1))
RSA = _signer("rsa", rsa_key("AT hcert rsa"), PS256)
ED25519 = _signer("ed25519", edwards_key("AT hcert ed25519"), EDDSA)
OF_KIND = {
    "t": _signer("for-tests", usages=[USAGES["t"]]),
    "v": _signer("for-vaccinations", usages=[USAGES["v"]]),
    "r": _signer("for-recoveries", usages=[USAGES["r"]]),
}
SUCCESSOR = _signer("successor")
STRANGER = _signer("never-trusted")
ENDED = _signer("ended-a-second-ago", not_after=NOW - SECOND)
ENDS_NOW = _signer("ends-now", not_after=NOW)
BEGINS_LATER = _signer("begins-in-a-second", not_before=NOW + SECOND)
TRUSTED = (PLAIN, P384, RSA, ED25519, *OF_KIND.values(), SUCCESSOR, ENDED, ENDS_NOW, BEGINS_LATER)
TRUST = {each.file: pem_of(each.issuer.certificate()) for each in TRUSTED}


def claims_of(document: object = VACCINATION, **changes: Any) -> dict[int, Any]:
    """The claims about a document; those that are told None are left out."""
    values = {
        1: "AT",
        4: changes.get("expires", int(EXPIRES_AT.timestamp())),
        6: changes.get("issued", int(ISSUED_AT.timestamp())),
        -260: {1: document},
    }
    return {number: value for number, value in values.items() if value is not None}


def parts_of(
    payload: object = None,
    *,
    signer: Signer = PLAIN,
    header: Mapping[Any, Any] | bytes | None = None,
    unprotected: Mapping[Any, Any] | None = None,
) -> list[Any]:
    """The four parts of a signed message; the vaccination unless told."""
    if header is None:
        header = {1: signer.algorithm, 4: signer.key_id}
    if payload is None:
        payload = claims_of()
    protected = header if isinstance(header, bytes) else cbor2.dumps(dict(header))
    content = payload if isinstance(payload, bytes) else cbor2.dumps(payload)
    return [protected, dict(unprotected or {}), content, signer.sign(protected, content)]


def text_of(parts: list[Any] | bytes) -> str:
    """The text of a message, or of its parts."""
    message = parts if isinstance(parts, bytes) else b"\xd2" + cbor2.dumps(parts)
    return text_of_stream(deflate_zlib(message))


def text_of_stream(stream: bytes) -> str:
    """The text of a compressed message, or of what takes its place."""
    return "HC1:" + base45.encode(stream)


def _long_lengths() -> Iterator[tuple[str, str, bytes]]:
    protected, _, payload, signature = parts_of()
    for part, header, content in (
        ("header", octets_in(1, protected), cbor2.dumps(payload)),
        ("payload", cbor2.dumps(protected), octets_in(4, payload)),
    ):
        about = f"a longer length of the {part} than needed; signed is the shortest"
        message = b"\xd2\x84" + header + b"\xa0" + content + cbor2.dumps(signature)
        yield f"{part}_length_not_shortest", about, message


MESSAGE = b"\xd2" + cbor2.dumps(parts_of())
LONG_LENGTHS = tuple(_long_lengths())
"""Names, sentences and messages of which a part says its length in more bytes than it needs."""
SOUND = text_of(MESSAGE)
