"""The desk's queue and one application; every look is recorded before it is shown."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.app.applications import (
    DECIDED_BY_RULE,
    OfficerDecision,
    application_by_id,
    decide_as_officer,
    look_at_application,
    waiting_applications,
)
from tongguan.app.schemes import holding_now
from tongguan.app.stores import Application, ApplicationState
from tongguan.core.eligibility.decide import category_of
from tongguan.core.identifiers import ApplicationId, CategoryId
from tongguan.web.forms import said
from tongguan.web.pages.reasons import reasons_shown
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority
from tongguan.web.templatetags.words import instant

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
    fault, status = None, 200
    if request.method == "POST":
        fault, status = _pressed(request, application_id, officer)
        if fault is None:
            return redirect("desk-application", application_id=application_id)
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
        status=status,
    )


def _pressed(request: HttpRequest, application_id: UUID, officer: str) -> tuple[str | None, int]:
    """Do what was pressed; what to say where it could not be done, and the status of the page."""
    before = application_by_id(current_authority(), ApplicationId(str(application_id)))
    if before is None:
        raise Http404
    if before.state is not ApplicationState.WAITING:
        return _decided_already(before), 409
    after = _decided(request, application_id, officer)
    if after is None:
        return said("decision.missing"), 400
    if after.state is not ApplicationState.WAITING and after.decided_by != officer:
        return _decided_already(after), 409  # somebody else was faster by a moment
    return None, 302


def _decided_already(application: Application) -> str:
    at = instant(application.decided_at)
    if application.decided_by in (None, DECIDED_BY_RULE):
        return said("decision.already_by_rule", at=at)
    return said("decision.already", officer=application.decided_by, at=at)


def _decided(request: HttpRequest, application_id: UUID, officer: str) -> Application | None:
    """The application with what was pressed done; ``None`` for what the page does not offer."""
    decision = _decision(request, application_id, officer)
    if decision is None:
        return None
    try:
        return decide_as_officer(current_authority(), decision)
    except ValueError:  # a category that is no fallback of the application's own
        return None


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
