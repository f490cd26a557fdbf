"""The desk's queue and one application; every look is recorded before it is shown."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.app.applications import (
    OfficerDecision,
    decide_as_officer,
    look_at_application,
    waiting_applications,
)
from tongguan.app.schemes import holding_now
from tongguan.app.stores import ApplicationState
from tongguan.core.eligibility.decide import category_of
from tongguan.core.identifiers import ApplicationId, CategoryId
from tongguan.web.forms import said
from tongguan.web.pages.reasons import reasons_shown
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority

QUEUE_MAX = 50


@allows(Permission.OFFICER)
def queue(request: HttpRequest) -> HttpResponse:
    """Applications that wait for an officer, the oldest first."""
    authority = current_authority()
    holding = holding_now(authority)
    waiting = waiting_applications(authority, officer=request.user.get_username(), limit=QUEUE_MAX)
    return render(
        request,
        "desk/queue.html",
        {"waiting": waiting, "holding": holding, "phase": holding.phase if holding else None},
    )


@allows(Permission.OFFICER)
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """One application: its people, evidence and itinerary, and two buttons."""
    authority = current_authority()
    officer = request.user.get_username()
    fault = None
    if request.method == "POST":
        if _decided(request, application_id, officer):
            return redirect("desk-application", application_id=application_id)
        fault = said("decision.missing")
    found = look_at_application(authority, ApplicationId(str(application_id)), officer=officer)
    holding = holding_now(authority)
    if found is None or holding is None:
        raise Http404
    category = category_of(holding.phase, found.category)
    fallbacks = tuple(
        each for each in holding.phase.categories if category and each.id in category.fallback
    )
    return render(
        request,
        "desk/application.html",
        {
            "application": found,
            "category": category,
            "fallbacks": fallbacks,
            "evidence": tuple(
                (each, found.evidence.get(each.id)) for each in (category.evidence or ())
            )
            if category
            else (),
            "holding": holding,
            "version": holding.version,
            "phase": holding.phase,
            "is_waiting": found.state is ApplicationState.WAITING,
            "reasons": reasons_shown(found.decision.reasons, holding.version, holding.phase),
            "fault": fault,
        },
        status=400 if fault else 200,
    )


def _decided(request: HttpRequest, application_id: UUID, officer: str) -> bool:
    """Whether what was pressed is something the page offers; then it has been done."""
    decision = _decision(request, application_id, officer)
    if decision is None:
        return False
    try:
        decide_as_officer(current_authority(), decision)
    except ValueError:  # a category that is no fallback of the application's own
        return False
    return True


def _decision(request: HttpRequest, application_id: UUID, officer: str) -> OfficerDecision | None:
    """What the officer pressed; ``None`` for anything the page does not offer."""
    pressed = request.POST.get("decision")
    if pressed not in {"grant", "refuse"}:
        return None
    fallback = request.POST.get("fallback") or None
    return OfficerDecision(
        application=ApplicationId(str(application_id)),
        grant=pressed == "grant",
        officer=officer,
        fallback=CategoryId(fallback) if fallback and pressed == "grant" else None,
    )
