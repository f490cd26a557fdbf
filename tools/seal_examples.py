"""Issuers of VDS-NC seals under test keys, and seals that are wrong in a chosen way."""

import base64
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rfc8785
from certificate_test_keys import (
    NOW,
    Issuer,
    ecdsa_signature,
    elliptic_key,
    pem_of,
)
from certificate_vector import SECOND
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

SIGNER_USAGE = "2.23.136.1.1.14.2"
AUTHORITY_USAGE = "2.23.136.1.1.14.1"
_EU_USAGE = "1.3.6.1.4.1.1847.2021.1.2"
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "ES256": hashes.SHA256,
    "ES384": hashes.SHA384,
    "ES512": hashes.SHA512,
}
REPORTED_AT = datetime.fromisoformat("2021-12-12T12:00:00Z")
VACCINATION: dict[str, Any] = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "SGP"},
    "msg": {
        "uvci": "TEST00000001",
        "pid": {"n": "MÜSTER  KIM", "dob": "1980-02-29", "i": "E0000000A", "sex": "X"},
        "ve": [
            {
                "des": "XM68M6",
                "nam": "Vaccine A",
                "dis": "RA01.0",
                "vd": [
                    {"dvc": "2021-03-03", "seq": 1, "ctr": "SGP", "adm": "Clinic", "lot": "L1"},
                    {"dvc": "2021-04-03", "seq": 2, "ctr": "SGP", "adm": "Clinic", "lot": "L2"},
                ],
            }
        ],
    },
}
TEST: dict[str, Any] = {
    "hdr": {"t": "icao.test", "v": 1, "is": "SGP"},
    "msg": {
        "utci": "TEST00000002",
        "pid": {"n": "MÜSTER  KIM", "dob": "1980-02-29", "dt": "P", "dn": "E0000000A"},
        "sp": {"spn": "Laboratory", "ctr": "SGP", "cd": {"p": "1", "e": "a@b.example", "a": "c"}},
        "dat": {"sc": "2021-12-12T12:00:00+08:00", "ri": "2021-12-12T20:00:00+08:00"},
        "tr": {"tc": "molecular(PCR)", "r": "negative", "m": "saliva"},
    },
}


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A key that signs seals; its certificate goes along in each of them."""

    file: str
    issuer: Issuer
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    algorithm: str = "ES256"

    def sign(self, data: Mapping[str, Any], *, over: str | None = None) -> bytes:
        """Raw r and s over the canonical form."""
        return ecdsa_signature(self.key, rfc8785.dumps(dict(data)), _HASHES[over or self.algorithm])

    def seal(self, data: Mapping[str, Any] = VACCINATION, **changes: Any) -> dict[str, Any]:
        """A seal over the data; a change of its signature to None leaves a member out."""
        signature = {
            "alg": self.algorithm,
            "cer": base64url(self.issuer.certificate()),
            "sigvl": base64url(self.sign(data)),
        }
        signature = {name: value for name, value in (signature | changes).items() if value}
        return {"data": deepcopy(dict(data)), "sig": signature}


def base64url(data: bytes) -> str:
    """With padding, as most seals have it."""
    return base64.urlsafe_b64encode(data).decode("ascii")


def _authority(word: str, **told: Any) -> tuple[str, Issuer]:
    """An authority that issues certificates of signers."""
    values: dict[str, Any] = {"country": "SG"} | told
    key = elliptic_key(f"SG seal authority {word}")
    return f"vds-nc-authority-{word}.pem", Issuer(
        common_name=f"Test authority: {word}", key=key, **values
    )


PLAIN_AUTHORITY = _authority("plain")
ENDED_AUTHORITY = _authority("ended-a-second-ago", not_after=NOW - SECOND)
SEAL_AUTHORITY = _authority("for-seals", usages=[AUTHORITY_USAGE])
OTHER_AUTHORITY = _authority("of-other-certificates", usages=[_EU_USAGE])
FOREIGN_AUTHORITY = _authority("of-another-country", country="MY")


def signer_named(
    word: str,
    *,
    curve: type[ec.EllipticCurve] = ec.SECP256R1,
    algorithm: str = "ES256",
    authority: tuple[str, Issuer] = PLAIN_AUTHORITY,
    **told: Any,
) -> Signer:
    key = elliptic_key(f"SG seal {word}", curve)
    values: dict[str, Any] = {"country": "SG", "usages": [SIGNER_USAGE]} | told
    issuer = Issuer(common_name=f"Test signer: {word}", key=key, authority=authority[1], **values)
    return Signer(file=f"vds-nc-{word}.pem", issuer=issuer, key=key, algorithm=algorithm)


PLAIN = signer_named("plain")
P384 = signer_named("p384", curve=ec.SECP384R1, algorithm="ES384")
P521 = signer_named("p521", curve=ec.SECP521R1, algorithm="ES512")
FOR_TESTS = signer_named("for-tests", document_type="NT")
FOR_VACCINATIONS = signer_named("for-vaccinations", document_type="NV")
FOR_EU = signer_named("for-eu", usages=[_EU_USAGE])
OF_CHINA = signer_named("of-china", country="CN")
SUCCESSOR = signer_named("successor")
ENDED = signer_named("ended-a-second-ago", not_after=NOW - SECOND)
ENDS_NOW = signer_named("ends-now", not_after=NOW)
BEGINS_LATER = signer_named("begins-in-a-second", not_before=NOW + SECOND)
STRANGER = signer_named("never-trusted", authority=_authority("never-trusted"))
FORGED = signer_named("forged", signed_with=elliptic_key("SG seal forger"))
_SIGNERS = (PLAIN, P384, P521, FOR_TESTS, FOR_VACCINATIONS, FOR_EU, OF_CHINA, SUCCESSOR, ENDED)
_AUTHORITIES = dict([PLAIN_AUTHORITY, ENDED_AUTHORITY, SEAL_AUTHORITY, OTHER_AUTHORITY])
_AUTHORITIES |= dict([FOREIGN_AUTHORITY])
TRUST = {each.file: pem_of(each.issuer.certificate()) for each in (*_SIGNERS, ENDS_NOW)}
TRUST |= {BEGINS_LATER.file: pem_of(BEGINS_LATER.issuer.certificate())}
TRUST |= {file: pem_of(issuer.certificate()) for file, issuer in _AUTHORITIES.items()}


def text_of(seal: object) -> str:
    """Without spaces, as a code holds it."""
    return json.dumps(seal, ensure_ascii=False, separators=(",", ":"))


SOUND = text_of(PLAIN.seal())


def changed(data: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy in which one member is another; None removes it."""
    copy = deepcopy(dict(data))
    *way, last = path.split("/")
    place: Any = copy
    for name in way:
        place = place[int(name) if isinstance(place, list) else name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy
