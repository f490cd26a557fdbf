"""What of a certificate is a fact, and what tells one certificate from another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import seals
from tests.builders.brought import (
    POSITIVE,
    card_claims,
    card_of,
    dcc_document,
    entry_of_test,
    immunization,
    observation,
)
from tests.core.evidence.test_certified import read, verified
from tongguan.core.certificates.verdict import CertificateKind, Verified
from tongguan.core.evidence.certified_facts import read_certified


def test_card__with_a_result_and_its_contrary__says_neither() -> None:
    coding = [
        {"system": "http://snomed.info/sct", "code": code} for code in ("260415000", POSITIVE)
    ]
    both = observation(valueCodeableConcept={"coding": coding})
    assert read(card_of(both)).facts == ()
    assert len(read(card_of(both, observation())).facts) == 1


def card_by(issuer: str) -> Verified:
    claims = {"iss": issuer, "vc": card_claims(immunization("2021-03-04"))}
    return verified(claims, CertificateKind.SMART_HEALTH_CARD)


def seal_by(issuer: str, number: str = "1", data: Mapping[str, Any] = seals.TEST) -> Verified:
    header, message = data["hdr"] | {"is": issuer}, data["msg"] | {"utci": number}
    return verified({**data, "hdr": header, "msg": message}, CertificateKind.VDS_NC)


def dcc_by(issuer: str, **changed: Any) -> Verified:
    return replace(verified(dcc_document(t=[entry_of_test(**changed)])), issuer=issuer)


APART: dict[str, tuple[Verified, Verified]] = {
    "dcc-issuer": (dcc_by("AT"), dcc_by("XX")),
    "dcc-identifier": (dcc_by("AT"), dcc_by("AT", ci="2")),
    "dcc-empty-identifier": (dcc_by("AT", ci=""), dcc_by("AT", ci="", tc="Another")),
    "dcc-blank-identifier": (dcc_by("AT", ci=" "), dcc_by("AT", ci=" ", tc="Another")),
    "dcc-no-identifier": (dcc_by("AT", ci=None), dcc_by("AT", ci=None, tc="Another")),
    "dcc-no-identifier-issuer": (dcc_by("AT", ci=None), dcc_by("XX", ci=None)),
    "card-issuer": (card_by("https://a.example"), card_by("https://b.example")),
    "seal-issuer": (seal_by("SGP"), seal_by("UTO")),
    "seal-number": (seal_by("SGP"), seal_by("SGP", "2")),
}


@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART)
def test_identity__of_two_certificates__differs(one: Verified, other: Verified) -> None:
    assert read_certified(one).identity != read_certified(other).identity


def test_identity__of_an_identifier__is_the_same_whatever_else_is_said() -> None:
    assert read_certified(dcc_by("AT")).identity == read_certified(dcc_by("AT", tc="x")).identity
