"""Certificates of other issuers that people bring, and authorities that believe them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.builders import cards, dcc, seals
from tests.builders.authorities import START, person
from tests.builders.evidence import kept_of
from tests.builders.travel import registration_request
from tongguan.app.authorities import Authority
from tongguan.app.health.certificates import (
    CertificateRefused,
    CertificateTaken,
    bring_certificate,
)
from tongguan.app.registration.registrations import (
    Registered,
    register,
    registration_by_id,
)
from tongguan.app.registration.store import Registration, RegistrationRoute
from tongguan.core.certificates.trusted import Trusted
from tongguan.core.people import Person

BORN = date(1970, 1, 2)
SAMPLED_AT = START - timedelta(hours=30)
NEGATIVE, POSITIVE = "260415000", "260373001"
SEAL_AUTHORITY = seals.Authority(begin=START - timedelta(days=9), end=START + timedelta(days=9))
SEAL_SIGNER = seals.Signer(
    begin=START - timedelta(days=9), end=START + timedelta(days=9), authority=SEAL_AUTHORITY
)
EVERYBODY = Trusted(
    trust=seals.trusting(dcc.default_certificate().der, SEAL_AUTHORITY.certificate()),
    issuers=cards.ISSUERS,
)
"""A country's signer, an authority of seals and two issuers of cards."""


def pem_of(der: bytes) -> bytes:
    """A certificate as it lies in a folder of issuers."""
    certificate = x509.load_der_x509_certificate(der)
    return certificate.public_bytes(serialization.Encoding.PEM)


def believing(authority: Authority, trusted: Trusted = EVERYBODY) -> Authority:
    """The authority with these issuers enrolled."""
    return replace(authority, certificate_issuers=trusted)


def traveller(number: int = 1, name: str = "MUESTER ANNA", born: date | None = BORN) -> Person:
    """Whom the certificates here are about."""
    return replace(person(number, name), born=born)


def registered_as(
    authority: Authority, who: Person | None = None, *, is_verified: bool = True
) -> Registration:
    """Their registration; the document was seen by an officer, unless told otherwise."""
    request = registration_request(who or traveller(), phone="+852 5550 0000")
    if is_verified:
        answer = register(
            authority,
            request,
            route=RegistrationRoute.ASSISTED,
            officer="chan",
            is_proof_seen=True,
        )
    else:
        answer = register(authority, request)
    assert isinstance(answer, Registered), answer
    found = registration_by_id(authority, answer.registration.id)
    assert found is not None
    return found


def entry_of_test(**changed: Any) -> dict[str, Any]:
    """A test as the EU's certificates have it: negative, thirty hours ago."""
    sound = {
        "tg": "840539006",
        "tt": "LP6464-4",
        "sc": SAMPLED_AT.isoformat(),
        "tr": NEGATIVE,
        "tc": "Test centre",
        "co": "AT",
        "is": "Ministry of Health",
        "ci": "URN:UVCI:01:AT:TEST0001#1",
    }
    return sound | changed


def dcc_document(**changed: Any) -> dict[str, Any]:
    """A certificate about a dose; ``t``, ``r`` or other names in its place."""
    kinds = {"t", "r", "v"} & set(changed)
    base = {key: value for key, value in dcc.DOCUMENT.items() if key != "v" or not kinds}
    return base | changed


def dcc_of_test(**changed: Any) -> str:
    """The text of a certificate about a test."""
    return dcc.dcc_text(dcc_document(t=[entry_of_test(**changed)]))


def dcc_twins() -> tuple[str, str]:
    """One certificate under each of the two signatures that mean the same."""
    message = dcc.signed_message(cbor2.dumps(dcc.claims_of(dcc_document())))
    header, unprotected, payload, signature = cbor2.loads(message)
    s = cards.ORDER - int.from_bytes(signature[32:])
    other = cbor2.dumps([header, unprotected, payload, signature[:32] + s.to_bytes(32)])
    return dcc.text_of(message), dcc.text_of(other)


def card_of(*resources: Mapping[str, Any], **patient: Any) -> str:
    """A card about the traveller with these resources beside the patient."""
    begins = (START - timedelta(days=1)).timestamp()
    return cards.card(cards.claims(nbf=begins, vc=card_claims(*resources, **patient)))


def card_claims(*resources: Mapping[str, Any], **patient: Any) -> dict[str, Any]:
    """The credential in such a card."""
    named = {"family": "M\u00fcster", "given": ["Anna"]}
    about = {"resourceType": "Patient", "name": [named], "birthDate": BORN.isoformat()} | patient
    entries = [
        {"fullUrl": f"resource:{n}", "resource": each} for n, each in enumerate((about, *resources))
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return cards.credential(credentialSubject={"fhirVersion": "4.0.1", "fhirBundle": bundle})


def immunization(day: str, code: str = "207", **changed: Any) -> dict[str, Any]:
    """A dose as a card has it."""
    sound = {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": code}]},
        "occurrenceDateTime": day,
    }
    return sound | changed


def observation(
    at: datetime = SAMPLED_AT, result: str = NEGATIVE, code: str = "94500-6", **changed: Any
) -> dict[str, Any]:
    """A test as a card has it."""
    sound = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": at.isoformat(),
        "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": result}]},
    }
    return sound | changed


def seal_of(data: Mapping[str, Any] = seals.VACCINATION, **person_changed: Any) -> str:
    """A seal about the traveller."""
    about = {"n": "MUESTER  ANNA", "dob": BORN.isoformat()} | person_changed
    message = {**data["msg"], "pid": about}
    return seals.text_of(SEAL_SIGNER.seal({**data, "msg": message}))


def sealed_test(result: str = "negative", **changed: Any) -> str:
    """A seal about a test of the traveller."""
    message = {
        **seals.TEST["msg"],
        "dat": {"sc": SAMPLED_AT.isoformat(), "ri": (SAMPLED_AT + timedelta(hours=8)).isoformat()},
        "tr": {"tc": "molecular(PCR)", "r": result},
    }
    return seal_of({**seals.TEST, "msg": message | changed})


def taken(authority: Authority, registration: Registration, text: str, **how: Any) -> int:
    """How many facts of a certificate that is taken in are new."""
    answer = bring_certificate(authority, registration, text, **how)
    assert isinstance(answer, CertificateTaken), answer
    return answer.entered


def refusal(authority: Authority, registration: Registration, text: str, **how: Any) -> str:
    """Why it is not taken in, by what nothing is kept."""
    before = kept_of(authority, registration.holder)
    answer = bring_certificate(authority, registration, text, **how)
    assert isinstance(answer, CertificateRefused), answer
    assert kept_of(authority, registration.holder) == before
    return answer.code
