"""What a card says of itself: in the structure of the specification or not at all."""

import json
from typing import Any

import pytest

from tests.builders.cards import (
    card,
    claims,
    credential,
    fault_of,
)

BAD_CLAIMS: list[dict[str, Any]] = [
    claims(iss=None),
    claims(iss=7),
    claims(iss=""),
    claims(nbf=None),
    claims(nbf="1"),
    claims(nbf=True),
    claims(nbf=-1),
    claims(nbf=1e15),
    claims(exp="never"),
    claims(exp=1e300),
    claims(vc=None),
    claims(vc=[]),
    claims(vc=credential(type=None)),
    claims(vc=credential(type="https://smarthealth.cards#health-card")),
    claims(vc=credential(type=["https://smarthealth.cards#covid19"])),
    claims(vc=credential(type=[["https://smarthealth.cards#health-card"]])),
    claims(vc=credential(credentialSubject=None)),
    claims(vc=credential(credentialSubject={"fhirVersion": "4.0.1"})),
    claims(vc=credential(rid="A" * 25)),
    claims(vc=credential(rid="A.1")),
    claims(vc=credential(rid=7)),
    claims(vc=credential(rid="")),
]


@pytest.mark.parametrize("values", BAD_CLAIMS)
def test_card__is_refused__by_its_claims(values: dict[str, Any]) -> None:
    assert fault_of(card(values)) == "unreadable_claims"


BODY = json.dumps(claims()).encode()
BAD_BODIES = [
    b"",
    b"[]",
    b"null",
    BODY[:-1],
    BODY + b"{}",
    BODY[:-1] + b',"nbf":1}',
    BODY[:-1] + b',"x":NaN}',
    BODY[:-1] + b',"x":1e999}',
    BODY[:-1] + b',"x":"\xff"}',
    BODY[:-1] + b',"x":"\\ud800"}',
    BODY[:-1] + b',"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    BODY[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}",
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_card__is_refused__by_what_is_not_its_one_text(body: bytes) -> None:
    assert fault_of(card(body=body)) == "unreadable_claims"
