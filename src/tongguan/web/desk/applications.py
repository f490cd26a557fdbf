"""The desk's queue and one application; every look is recorded before it is shown."""

from dataclasses import dataclass
from datetime import datetime
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
from tongguan.app.schemes import Holding, holding_now
from tongguan.app.stores import Application, ApplicationState
from tongguan.core.calendar import local_day
from tongguan.core.eligibility.decide import category_of
from tongguan.core.identifiers import ApplicationId, CategoryId
from tongguan.core.people import age_on
from tongguan.core.scheme.model import Category, Evidence, Phase, Sponsor
from tongguan.web.context import domain_time
from tongguan.web.forms import said
from tongguan.web.pages.applications import EvidenceToFollow, evidence_to_follow
from tongguan.web.pages.clocks import Clock, clock_until
from tongguan.web.pages.names import name_of_category, texts_of
from tongguan.web.pages.reasons import reasons_shown
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority
from tongguan.web.templatetags.words import instant

QUEUE_MAX = 50


@allows(Permission.OFFICER)
def queue(request: HttpRequest) -> HttpResponse:
    """Applications that wait for an officer, those whose time runs out first."""
    authority = current_authority()
    holding = holding_now(authority)
    waiting = waiting_applications(authority, officer=request.user.get_username(), limit=QUEUE_MAX)
    now = domain_time()
    rows = () if holding is None else tuple(_row(each, holding, now) for each in waiting)
    return render(request, "desk/queue.html", {"rows": rows})


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One application of the queue."""

    application: Application
    category: str
    sponsor: Sponsor | None
    clock: Clock | None


def _row(application: Application, holding: Holding, now: datetime) -> Row:
    texts = texts_of(application, holding)
    return Row(
        application=application,
        category=name_of_category([phase for _, phase in texts], application.category),
        sponsor=_sponsor(application, texts[0][1]),
        clock=_clock(application, now),
    )


def _clock(application: Application, now: datetime) -> Clock | None:
    if application.decide_by is None or application.state is not ApplicationState.WAITING:
        return None
    return clock_until(application.decide_by, now)


def _sponsor(application: Application, phase: Phase) -> Sponsor | None:
    return next((each for each in phase.sponsors if each.id == application.sponsor), None)


def _evidence(
    application: Application, category: Category | None, zone: str
) -> tuple[tuple[Evidence, str | None, EvidenceToFollow | None], ...]:
    """Each document of the category, what was said of it, and that it may follow."""
    to_follow = {each.evidence.id: each for each in evidence_to_follow(application, category, zone)}
    return tuple(
        (each, application.evidence.get(each.id), to_follow.get(each.id))
        for each in (() if category is None else category.evidence or ())
    )


def _head_age(application: Application, zone: str) -> int | None:
    """Years of the first person today, where a date of birth was stated."""
    born = application.people[0].born
    return None if born is None else age_on(born, local_day(domain_time(), zone))


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
    version, phase = texts_of(found, holding)[0]
    # What holds decides where it has the category still; else the text that was applied under.
    knows = category_of(holding.phase, found.category) is not None
    deciding = holding.phase if knows else phase
    category = category_of(deciding, found.category)
    fallbacks = tuple(
        each for each in deciding.categories if category and each.id in category.fallback
    )
    return render(
        request,
        "desk/application.html",
        {
            "application": found,
            "category": category,
            "fallbacks": fallbacks,
            "evidence": _evidence(found, category, version.zone),
            "version": version,
            "phase": phase,
            "sponsor": _sponsor(found, phase),
            "clock": _clock(found, domain_time()),
            "head_age": _head_age(found, version.zone),
            "is_waiting": found.state is ApplicationState.WAITING,
            "reasons": reasons_shown(found.decision.reasons, version, phase),
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
