"""Issuers of SMART Health Cards under test keys, and cards that are wrong in a chosen way."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from certificate_test_keys import (
    NOW,
    Issuer,
    ecdsa_signature,
    elliptic_key,
    pem_of,
)
from certificate_vector import SECOND, CertificateVector, bad, good
from cryptography.hazmat.primitives.asymmetric import ec
from fixed_deflate import deflate

from tongguan.core.certificates.verdict import CertificateFault

ISSUER = "https://clinic.example/cards"
OTHER_ISSUER = "https://laboratory.example"
BEGINS_AT = datetime.fromisoformat("2021-12-03T04:00:00Z")
EXPIRES_AT = datetime.fromisoformat("2022-03-03T04:00:00Z")
REVOCATION_ID = "AQPCj4wwk6Mt"
KEY = elliptic_key("clinic card")
OTHER_KEY = elliptic_key("laboratory card")
STRANGER = elliptic_key("clinic card never trusted")
LISTED = elliptic_key("registry card")
P384 = elliptic_key("clinic card p384", ec.SECP384R1)
KEY_SET = "clinic.example/cards/.well-known/jwks.json"
OTHER_KEY_SET = "laboratory.example/.well-known/jwks.json"
LISTED_KEY_SET = "registry.example/.well-known/jwks.json"
LISTED_ISSUER = "https://registry.example"
REVOKED = "shc-revoked.json"
REVOKED_BEFORE = "shc-revoked-before.json"
LIST_OLD = "shc-list-2.json"
LIST_NEW = "shc-list-3.json"


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    half = (key.key_size + 7) // 8
    x, y = (base64url(each.to_bytes(half)) for each in (numbers.x, numbers.y))
    return {"crv": f"P-{key.key_size}", "kty": "EC", "x": x, "y": y}


def key_id_of(key: ec.EllipticCurvePrivateKey) -> str:
    """The thumbprint (RFC 7638, SHA-256)."""
    members = json.dumps(_jwk(key), separators=(",", ":"), sort_keys=True)
    return base64url(hashlib.sha256(members.encode("ascii")).digest())


def _in_json(value: object) -> bytes:
    return f"{json.dumps(value, indent=2)}\n".encode("ascii")


def key_set_of(*keys: ec.EllipticCurvePrivateKey, **told: Any) -> bytes:
    of_card = {"use": "sig", "alg": "ES256"} | told
    return _in_json({"keys": [{"kid": key_id_of(key)} | _jwk(key) | of_card for key in keys]})


def _revocations(*rids: str, key: ec.EllipticCurvePrivateKey = KEY, counter: int = 1) -> bytes:
    return _in_json({"kid": key_id_of(key), "method": "rid", "ctr": counter, "rids": rids})


def _certified(word: str, **told: Any) -> tuple[str, ec.EllipticCurvePrivateKey, bytes]:
    key = elliptic_key(f"card {word}")
    values: dict[str, Any] = {"address": ISSUER, "country": None} | told
    authority = Issuer(common_name="Test authority", key=elliptic_key("card authority"))
    issuer = Issuer(common_name=f"Test clinic: {word}", key=key, authority=authority, **values)
    return f"shc-{word}.pem", key, pem_of(issuer.certificate())


PLAIN = _certified("plain")
SUCCESSOR = _certified("successor")
ENDS_NOW = _certified("ends-now", not_after=NOW)
ENDED = _certified("ended-a-second-ago", not_after=NOW - SECOND)
BEGINS_LATER = _certified("begins-in-a-second", not_before=NOW + SECOND)
FOR_EU = _certified("for-eu", usages=["1.3.6.1.4.1.1847.2021.1.2"])
FOR_SEALS = _certified("for-seals", usages=["2.23.136.1.1.14.2"])
_CERTIFIED = (PLAIN, SUCCESSOR, ENDS_NOW, ENDED, BEGINS_LATER, FOR_EU, FOR_SEALS)
TRUST: dict[str, bytes] = {file: content for file, _, content in _CERTIFIED} | {
    KEY_SET: key_set_of(KEY, P384),
    OTHER_KEY_SET: key_set_of(OTHER_KEY),
    LISTED_KEY_SET: key_set_of(LISTED, crlVersion=3),
    REVOKED: _revocations("other", REVOCATION_ID),
    REVOKED_BEFORE: _revocations(f"{REVOCATION_ID}.{int(BEGINS_AT.timestamp())}"),
    LIST_OLD: _revocations("other", key=LISTED, counter=2),
    LIST_NEW: _revocations("other", key=LISTED, counter=3),
}
_PATIENT = {
    "resourceType": "Patient",
    "name": [{"family": "Chan", "given": ["Tai Man"]}],
    "birthDate": "1980-02-29",
}
_IMMUNISATION = {
    "resourceType": "Immunization",
    "status": "completed",
    "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "208"}]},
    "patient": {"reference": "resource:0"},
    "occurrenceDateTime": "2021-08-01",
}
LABORATORY_RESULT = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "94558-4"}]},
    "subject": {"reference": "resource:0"},
    "effectiveDateTime": "2021-12-02T09:30:00+08:00",
    "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260415000"}]},
}


def claims_of(*resources: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The claims of a card about a vaccination unless told; a change to None leaves one out."""
    shown = (_PATIENT, *(resources or (_IMMUNISATION,)))
    entries = [{"fullUrl": f"resource:{n}", "resource": each} for n, each in enumerate(shown)]
    subject = {
        "fhirVersion": "4.0.1",
        "fhirBundle": {"resourceType": "Bundle", "type": "collection", "entry": entries},
    }
    vc = {"type": ["https://smarthealth.cards#health-card"], "credentialSubject": subject}
    values = {"iss": ISSUER, "nbf": int(BEGINS_AT.timestamp()), "vc": vc} | changes
    return {name: value for name, value in values.items() if value is not None}


def with_revocation_id(identifier: object = REVOCATION_ID, **changes: Any) -> dict[str, Any]:
    claims = claims_of(**changes)
    return claims | {"vc": claims["vc"] | {"rid": identifier}}


CLAIMS = claims_of()
EXPIRING = claims_of(exp=int(EXPIRES_AT.timestamp()))


def body_of(claims: object) -> bytes:
    """The claims without spaces."""
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()


def card_of(
    claims: object = CLAIMS,
    *,
    key: ec.EllipticCurvePrivateKey = KEY,
    header: Mapping[str, Any] | bytes | None = None,
    payload: bytes | None = None,
) -> str:
    """A compact JWS; the claims as bytes where they are to be no JSON."""
    if header is None:
        header = header_of(kid=key_id_of(key))
    head = header if isinstance(header, bytes) else body_of(dict(header))
    if payload is None:
        payload = deflate(claims if isinstance(claims, bytes) else body_of(claims))
    signed = f"{base64url(head)}.{base64url(payload)}"
    return f"{signed}.{base64url(ecdsa_signature(key, signed.encode('ascii')))}"


def header_of(**changes: Any) -> dict[str, Any]:
    values = {"zip": "DEF", "alg": "ES256", "kid": key_id_of(KEY)} | changes
    return {name: value for name, value in values.items() if value is not None}


def codes_of(card: str, count: int = 1) -> list[str]:
    """The texts of the QR codes of a card."""
    digits = "".join(f"{ord(each) - 45:02}" for each in card)
    if count == 1:
        return [f"shc:/{digits}"]
    size = 2 * -(-len(card) // count)
    return [
        f"shc:/{n + 1}/{count}/{digits[n * size : (n + 1) * size]}"  # one after another
        for n in range(count)
    ]


SOUND = card_of()


def with_signature(signature: bytes) -> str:
    return f"{SOUND.rpartition('.')[0]}.{base64url(signature)}"


def good_card(
    name: str,
    about: str,
    shown: str | Sequence[str],
    *,
    claims: Mapping[str, Any] = CLAIMS,
    key: ec.EllipticCurvePrivateKey = KEY,
    trust: Sequence[str] = (KEY_SET,),
    at: datetime = NOW,
) -> CertificateVector:
    """A card that holds."""
    return good(
        name,
        about,
        shown,
        trust=trust,
        issuer=claims["iss"],
        key_id=key_id_of(key),
        claims=claims,
        at=at,
    )


def bad_card(
    reason: CertificateFault,
    name: str,
    about: str,
    shown: str | Sequence[str],
    *,
    trust: Sequence[str] = (KEY_SET,),
    at: datetime = NOW,
) -> CertificateVector:
    """A card with one defect, or under other trust."""
    return bad(reason, name, about, shown, trust=trust, at=at)
