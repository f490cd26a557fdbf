"""Passes on screen and on paper: a QR code with the same facts in words beside it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from tongguan.adapters.barcode import qr_svg
from tongguan.app.ledger_port import JourneyState
from tongguan.app.passes import ShownPass, show_passes
from tongguan.web.pages.journeys import own_journey
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority


@dataclass(frozen=True, kw_only=True, slots=True)
class PassShown:
    """A pass with its code as a picture."""

    shown: ShownPass
    picture: SafeString


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
    if journey.state is JourneyState.CANCELLED:
        return redirect("application")
    context: dict[str, Any] = {
        "journey": journey,
        "version": record.version,
        "phase": record.phase,
        "passes": tuple(
            # The picture is drawn by the barcode adapter from a signed text; it holds no input.
            PassShown(shown=each, picture=mark_safe(qr_svg(each.text)))  # noqa: S308
            for each in show_passes(current_authority(), journey.id)
        ),
    }
    return render(request, template, context)
