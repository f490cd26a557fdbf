"""Passes on screen and on paper: a QR code with the same facts in words beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from tongguan.adapters.barcode import qr_svg
from tongguan.app.ledger_port import JourneyState
from tongguan.app.passes import ShownPass, show_passes
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.model import (
    ConditionalAdmission,
    ExemptFrom,
    HealthRequirement,
    JudgedAt,
    Phase,
)
from tongguan.web.pages.journeys import own_journey
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority


@dataclass(frozen=True, kw_only=True, slots=True)
class PassShown:
    """A pass with its code as a picture."""

    shown: ShownPass
    picture: SafeString
    codes: Mapping[JudgedAt, tuple[AuthorityId, ...]]
    """Whose green codes this person must show on this leg, by when they must be good."""
    requirements: tuple[HealthRequirement, ...]
    """What this person must meet in one way or another on this leg."""
    conditions: tuple[ConditionalAdmission, ...]
    grace_minutes: int | None
    """``None`` where an officer decides on whoever is late."""


@allows(Permission.APPLICANT)
def show(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """The passes of a journey on screen."""
    return _page(request, journey_id, "passes/show.html")


@allows(Permission.APPLICANT)
def paper(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """The passes of a journey as a page to print."""
    return _page(request, journey_id, "passes/print.html")


def _page(request: HttpRequest, journey_id: UUID, template: str) -> HttpResponse:
    record = own_journey(request, journey_id)
    journey = record.journey
    if journey.state is not JourneyState.BOOKED:
        return redirect("application")
    passes = tuple(
        _shown(record.phase, each) for each in show_passes(current_authority(), journey.id)
    )
    context: dict[str, Any] = {
        "journey": journey,
        "version": record.version,
        "phase": record.phase,
        "passes": passes,
        "issuers": dict.fromkeys(
            issuer for each in passes for issuers in each.codes.values() for issuer in issuers
        ),
    }
    return render(request, template, context)


def _shown(phase: Phase, each: ShownPass) -> PassShown:
    way, document = each.place.direction, each.person.document.type
    health = phase.health
    exempt = phase.is_exempt(document, way, ExemptFrom.HEALTH_CODE)
    codes = () if health is None or exempt else health.codes
    free = phase.is_exempt(document, way, ExemptFrom.HEALTH_REQUIREMENT)
    requirements = () if health is None or free else health.requirements
    lateness = next((every.lateness for every in phase.directions if every.id == way), None)
    return PassShown(
        shown=each,
        # The picture is drawn by the barcode adapter from a signed text; it holds no input.
        picture=mark_safe(qr_svg(each.text)),  # noqa: S308
        codes={
            judged_at: issuers
            for judged_at in JudgedAt
            if (
                issuers := tuple(
                    code.issuer
                    for code in codes
                    if way in code.directions and code.judged_at is judged_at
                )
            )
        },
        requirements=tuple(every for every in requirements if way in every.directions),
        conditions=tuple(
            under
            for under in (() if health is None else health.admitted_under)
            if way in under.directions
        ),
        grace_minutes=None if lateness is None else lateness.grace_minutes,
    )
