"""Certificates issued elsewhere over REST: brought by the person, verified here, kept as facts."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from tongguan.adapters.certificate_words import refusal_in_words
from tongguan.app.authorities import Authority
from tongguan.app.health.certificates import (
    CertificateRefused,
    bring_certificate,
    brought_certificates,
)
from tongguan.core.evidence.certified import CONFIRMED_BY, FORMAT, KEY_ID, fact_of
from tongguan.core.evidence.certified_facts import CertifiedFact
from tongguan.core.evidence.records import KeptEvidence, standing_of
from tongguan.web.api.conversion import FactOut, fact_out
from tongguan.web.api.registrations import (
    RefusedOut,
    RegistrationSlipIn,
    authority_with_codes,
    registration_by_slip,
)
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Strict
from tongguan.web.context import domain_time
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission

router = Router(tags=["certificates"])
_CHARACTERS_MAX = 16_000


class CertificateIn(Strict):
    """Whose registration, and the certificate that its holder brought; several codes of a card
    with a space between."""

    registration: RegistrationSlipIn
    text: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=_CHARACTERS_MAX)]


class CertificateRefusedOut(RefusedOut):
    """Why a certificate was not taken in."""

    fault: str | None = None
    """Why it could not be verified."""


class CertificateOut(Schema):
    """What was taken in of a certificate."""

    refused: CertificateRefusedOut | None = None
    kind: str | None = None
    issuer: str | None = None
    facts: list[FactOut] = Field(default_factory=list)
    entered: int = 0
    replayed: bool = False


class BroughtFactOut(Schema):
    """One fact that the person brought, as it stands now."""

    evidence: str
    fact: FactOut
    kind: str
    issuer: str
    key_id: str
    confirmed_by: str | None
    on: date
    received_at: datetime
    standing: str


class BroughtOut(Schema):
    """What the person brought, the newest first."""

    facts: list[BroughtFactOut]


@operation(router, "POST", "/certificates", permission=Permission.ANYONE, answer=CertificateOut)
def post_certificate(request: HttpRequest, payload: CertificateIn) -> CertificateOut:
    """Take in a certificate that the person brought; the same again does nothing."""
    authority = authority_with_codes()
    registration = registration_by_slip(payload.registration)
    taken = bring_certificate(authority, registration, payload.text)
    if isinstance(taken, CertificateRefused):
        return CertificateOut(refused=_refused_out(taken))
    return CertificateOut(
        kind=taken.kind.value,
        issuer=taken.issuer,
        facts=[_fact_out(authority, each) for each in taken.facts],
        entered=taken.entered,
        replayed=taken.replayed,
    )


@operation(router, "POST", "/certificates/brought", permission=Permission.ANYONE, answer=BroughtOut)
def list_brought(request: HttpRequest, payload: RegistrationSlipIn) -> BroughtOut:
    """What the person brought, with its issuer and whether it still counts."""
    authority = authority_with_codes()
    now = domain_time()
    brought = brought_certificates(authority, registration_by_slip(payload))
    return BroughtOut(facts=[_brought_out(authority, each, now) for each in brought])


def _brought_out(authority: Authority, kept: KeptEvidence, now: datetime) -> BroughtFactOut:
    evidence = kept.evidence
    return BroughtFactOut(
        evidence=evidence.id,
        fact=_fact_out(authority, fact_of(evidence)),
        kind=evidence.facts[FORMAT],
        issuer=evidence.source,
        key_id=evidence.facts[KEY_ID],
        confirmed_by=evidence.facts.get(CONFIRMED_BY),
        on=evidence.on,
        received_at=evidence.received_at,
        standing=standing_of(kept, now).value,
    )


def _refused_out(refused: CertificateRefused) -> CertificateRefusedOut:
    return CertificateRefusedOut(
        code=refused.code.value,
        message=refusal_in_words(refused, current_language()),
        fault=None if refused.fault is None else refused.fault.value,
    )


def _fact_out(authority: Authority, fact: CertifiedFact) -> FactOut:
    assert authority.health_rules is not None  # noqa: S101 - an authority with codes
    return fact_out(fact, authority.health_rules.colours.zone)
