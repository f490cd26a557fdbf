"""Health codes at the counter: register people, verify them, type what they declare, print.

What somebody can do online an officer can do with them here; what needs the person's secret is
typed by the person. Every look is recorded before it is shown.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.health.codes import (
    HealthAnswer,
    HealthRefused,
    HealthRequest,
    RegistrationClosedError,
    declare_health,
    explain,
)
from tongguan.app.registration.registrations import (
    NumberClaimed,
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    claim_number,
    register,
    verify_registration,
)
from tongguan.app.registration.store import Registration, RegistrationRoute
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.health.judgement import Judgement
from tongguan.core.identifiers import CaseId
from tongguan.web.desk.slips import looked_at, slip_status
from tongguan.web.desk.units import desk_head
from tongguan.web.forms import Form, said, tick_field
from tongguan.web.pages.declaration_form import AssistedDeclarationForm
from tongguan.web.pages.findings import findings_shown
from tongguan.web.pages.health_codes import code_shown, notices_told
from tongguan.web.pages.health_codes import refusal_said as health_refusal_said
from tongguan.web.pages.registration_forms import DeskRegistrationForm, refusal_said
from tongguan.web.pages.registrations import rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority

SLIP_TO_PRINT = "slip_to_print"
"""Session key: the registration that this officer has just typed; its slip is shown once."""


@allows(Permission.OFFICER)
def new(request: HttpRequest) -> HttpResponse:
    """Register somebody at the counter or from a form on paper; then print the slip."""
    rules_or_404()
    form = DeskRegistrationForm(request.POST or None)
    is_taken = False
    if request.method == "POST" and form.is_valid():
        answer = _sent(form, request)
        if isinstance(answer, Registered):
            request.session[SLIP_TO_PRINT] = answer.registration.id
            return redirect("desk-slip", reference=answer.registration.reference)
        if isinstance(answer, NumberClaimed):
            context = {"claim": answer.claim, "slip": answer.slip}
            return render(request, "desk/health/claimed.html", desk_head(request) | context)
        if answer is not None:
            is_taken = answer.code is RegistrationRefusal.ALREADY_REGISTERED
            form.refuse(answer.code)
    return render(
        request,
        "desk/health/register.html",
        desk_head(request) | {"form": form, "is_taken": is_taken},
        status=409 if is_taken else 400 if form.errors else 200,
    )


def _sent(
    form: DeskRegistrationForm, request: HttpRequest
) -> Registered | NumberClaimed | RegistrationRefused | None:
    """Register, or claim a number that was found to be taken; ``None`` when the form says why."""
    authority, data = current_authority(), form.cleaned_data
    route, officer = RegistrationRoute(data["route"]), request.user.get_username()
    seen = data["proof_seen"]
    try:
        if request.POST.get("step") == "claim":
            return claim_number(
                authority,
                CaseId(data["claim_id"]),
                form.request(),
                route=route,
                officer=officer,
                is_proof_seen=seen,
            )
        return register(authority, form.request(), route=route, officer=officer, is_proof_seen=seen)
    except RequestIdReusedError:
        form.ask_again()
    except NothingHoldsError:
        form.add_error(None, said("nothing_holds"))
    return None


@allows(Permission.OFFICER)
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    """The slip of a registration just typed: shown once, to whoever typed it."""
    found = looked_at(reference, request.user.get_username())
    made = None
    if request.session.get(SLIP_TO_PRINT) == found.id:
        del request.session[SLIP_TO_PRINT]
        if not found.slip_turn:  # its holder has taken another secret since
            made = current_authority().index.registration_slip(found.id)
    context = {"slip": made, "registration": found}
    return render(request, "desk/health/slip.html", desk_head(request) | context)


@allows(Permission.OFFICER)
def registration(request: HttpRequest, reference: str) -> HttpResponse:
    """One registration with its findings, and the ticks that verify it."""
    rules = rules_or_404()
    officer = request.user.get_username()
    found = looked_at(reference, officer)
    form, fault, status = VerifyForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            answer = verify_registration(current_authority(), found.id, officer=officer)
            if not isinstance(answer, RegistrationRefused):
                return redirect("desk-registration", reference=found.reference)
            fault, status = refusal_said(answer.code), 409
    judgement = _judgement(found)
    context = {
        "fault": fault,
        "form": form,
        "registration": found,
        "rules": rules,
        "judgement": judgement,
        "findings": () if judgement is None else findings_shown(judgement, rules),
        "notices": notices_told(found),
    }
    return render(
        request, "desk/health/registration.html", desk_head(request) | context, status=status
    )


@allows(Permission.OFFICER)
def declare(request: HttpRequest, reference: str) -> HttpResponse:
    """A declaration that an officer types; the person types the secret. Then the code to print."""
    rules = rules_or_404()
    found = looked_at(reference, request.user.get_username())
    form = AssistedDeclarationForm(rules, request.POST or None)
    status = 200
    if request.method == "POST":
        status = slip_status(form, found)
        if status == 200:
            answer, status = _declared(form, found), 400
            if answer is not None:
                code = code_shown(answer, found)
                return render(
                    request, "desk/health/code.html", {"code": code, "registration": found}
                )
    context = {"form": form, "registration": found, "rules": rules}
    return render(request, "desk/health/declare.html", desk_head(request) | context, status=status)


def _judgement(found: Registration) -> Judgement | None:
    """What the person is judged as; ``None`` where the number is another's by now."""
    try:
        return explain(current_authority(), found.id)
    except RegistrationClosedError:
        return None


def _declared(form: AssistedDeclarationForm, found: Registration) -> HealthAnswer | None:
    """The code; ``None`` where there is none, and the form says why."""
    sent = HealthRequest(
        id=form.cleaned_data["request_id"],
        registration=found.id,
        declaration=form.declaration(),
    )
    try:
        answer = declare_health(current_authority(), sent)
    except RequestIdReusedError:
        form.ask_again()
        return None
    except NothingHoldsError:
        form.add_error(None, said("nothing_holds"))
        return None
    if isinstance(answer, HealthRefused):
        form.add_error(None, health_refusal_said(answer.code))
        return None
    return answer


class VerifyForm(Form):
    """What the officer has seen with their own eyes."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["document_seen"] = tick_field("document_seen", required=True)
        self.fields["proof_seen"] = tick_field("proof_seen", required=True)
