"""SMART Health Cards made with own keys, sound or with one defect."""

import base64
import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID, ObjectIdentifier

from tongguan.core.certificates.card_issuers import CardIssuers, card_issuers_from
from tongguan.core.certificates.smart_health_card import verify_smart_health_card
from tongguan.core.certificates.verdict import Refused, Verdict

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ISSUER = "https://cards.example.org/issuer"
OTHER_ISSUER = "https://other.example.org"
KEY = ec.derive_private_key(0x5EED01, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(0x5EED02, ec.SECP256R1())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_ES256 = ec.ECDSA(hashes.SHA256())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(key: ec.EllipticCurvePrivateKey, **changes: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    published: dict[str, Any] = {
        "kty": "EC",
        "kid": key_id(key),
        "use": "sig",
        "alg": "ES256",
        "crv": "P-256",
        "x": base64url(numbers.x.to_bytes(size)),
        "y": base64url(numbers.y.to_bytes(size)),
    }
    return {name: value for name, value in {**published, **changes}.items() if value is not None}


def key_id(key: ec.EllipticCurvePrivateKey) -> str:
    """Spelled out rather than taken from the program."""
    numbers = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    x, y = (base64url(each.to_bytes(size)) for each in (numbers.x, numbers.y))
    text = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    return base64url(hashlib.sha256(text.encode()).digest())


def key_set(*keys: Mapping[str, Any]) -> bytes:
    return json.dumps({"keys": keys}).encode()


def key_set_path(issuer: str = ISSUER) -> str:
    """Where a copy of the issuer's site has its key set."""
    return issuer.removeprefix("https://") + "/.well-known/jwks.json"


def revocation_list(
    *rids: str, key: ec.EllipticCurvePrivateKey = KEY, counter: int = 1, method: str = "rid"
) -> bytes:
    listed = {"kid": key_id(key), "method": method, "ctr": counter, "rids": rids}
    return json.dumps(listed).encode()


def certificate(
    key: ec.EllipticCurvePrivateKey = KEY,
    *,
    address: str | None = ISSUER,
    usages: Sequence[str] = (),
    not_after: dt.datetime = NOW + dt.timedelta(days=365),
) -> bytes:
    """A self-signed certificate as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example clinic")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=365))
        .not_valid_after(not_after)
    )
    if address is not None:
        names = [x509.DNSName("example.org"), x509.UniformResourceIdentifier(address)]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if usages:
        extended = x509.ExtendedKeyUsage([ObjectIdentifier(each) for each in usages])
        builder = builder.add_extension(extended, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a card; a change to None leaves a claim out."""
    sound = {
        "iss": ISSUER,
        "nbf": NOW.timestamp() - 86_400.5,
        "vc": credential(),
    }
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


def credential(**changes: Any) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "name": [{"family": "Chan", "given": ["Tai Man"]}]}
    entry = [{"fullUrl": "resource:0", "resource": patient}]
    sound = {
        "type": ["https://smarthealth.cards#health-card", "https://smarthealth.cards#covid19"],
        "credentialSubject": {
            "fhirVersion": "4.0.1",
            "fhirBundle": {"resourceType": "Bundle", "type": "collection", "entry": entry},
        },
    }
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


def header(**changes: Any) -> dict[str, Any]:
    sound = {"zip": "DEF", "alg": "ES256", "kid": key_id(KEY)}
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


def deflated(body: bytes) -> bytes:
    compressor = zlib.compressobj(level=9, wbits=-15)
    return compressor.compress(body) + compressor.flush()


def card(
    values: Mapping[str, Any] | None = None,
    *,
    body: bytes | None = None,
    payload: bytes | None = None,
    head: Mapping[str, Any] | bytes | None = None,
    key: ec.EllipticCurvePrivateKey = KEY,
) -> str:
    """A compact JWS; each part may be given in place of the one that it is made of."""
    if body is None:
        body = json.dumps(claims() if values is None else values, separators=(",", ":")).encode()
    if payload is None:
        payload = deflated(body)
    if head is None:
        head = header(kid=key_id(key))
    head_bytes = head if isinstance(head, bytes) else json.dumps(head).encode()
    signed = f"{base64url(head_bytes)}.{base64url(payload)}"
    return f"{signed}.{base64url(signature(signed.encode(), key))}"


def signature(signed: bytes, key: ec.EllipticCurvePrivateKey = KEY) -> bytes:
    r, s = decode_dss_signature(key.sign(signed, _ES256))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size) + s.to_bytes(size)


def twin(text: str) -> str:
    """The same card with the other signature that everyone can make of its signature: n - s."""
    signed, _, last = text.rpartition(".")
    data = base64.urlsafe_b64decode(last + "==")
    s = ORDER - int.from_bytes(data[32:])
    return f"{signed}.{base64url(data[:32] + s.to_bytes(32))}"


def digits(text: str) -> str:
    return "".join(f"{ord(each) - 45:02}" for each in text)


def codes(text: str, count: int = 1) -> list[str]:
    """The texts of the QR codes of a card."""
    if count == 1:
        return [f"shc:/{digits(text)}"]
    size = -(-len(text) // count)
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    return [f"shc:/{n}/{len(parts)}/{digits(part)}" for n, part in enumerate(parts, start=1)]


FILES = {
    key_set_path(): key_set(jwk(KEY)),
    key_set_path(OTHER_ISSUER): key_set(jwk(OTHER_KEY)),
}
"""What the two issuers publish."""
ISSUERS = card_issuers_from(FILES)
SOUND = card()


def verdict_on(text: str, *, issuers: CardIssuers = ISSUERS, now: dt.datetime = NOW) -> Verdict:
    return verify_smart_health_card(text, issuers=issuers, now=now)


def fault_of(text: str, *, issuers: CardIssuers = ISSUERS, now: dt.datetime = NOW) -> str | None:
    verdict = verdict_on(text, issuers=issuers, now=now)
    return verdict.code.value if isinstance(verdict, Refused) else None
