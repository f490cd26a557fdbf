"""One's own health code: declare, see the code with everything it rests on, print it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from tongguan.adapters.barcode import qr_svg
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.health.codes import (
    HealthAnswer,
    HealthRefusal,
    HealthRefused,
    HealthRequest,
    RegistrationClosedError,
    declare_health,
    explain,
    live_code,
)
from tongguan.app.health.own_codes import newest_code
from tongguan.app.registration.registrations import notices_of_registration, open_claims_against
from tongguan.app.registration.store import Registration
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.health.colour_names import Colour
from tongguan.core.people import DocumentType
from tongguan.web.forms import Form, identifier_field, said
from tongguan.web.pages.declaration_form import DeclarationForm
from tongguan.web.pages.findings import findings_shown
from tongguan.web.pages.health_notices import HealthNoticeShown, health_notices_shown
from tongguan.web.pages.registrations import is_sure, opened, rules_or_404
from tongguan.web.permissions import OPENED_REGISTRATION, Permission, allows
from tongguan.web.service import current_authority, current_reader


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class CodeShown:
    """A code as it stands on a page."""

    colour: Colour
    until: datetime
    issued_at: datetime
    document_type: DocumentType
    rule_version: str
    text: str
    picture: SafeString


def code_shown(answer: HealthAnswer, registration: Registration) -> CodeShown:
    """A code with its picture, and what stands beside it in words."""
    return CodeShown(
        colour=answer.claims.colour,
        until=answer.claims.valid_until,
        issued_at=answer.claims.issued_at,
        document_type=registration.holder.document.type,
        rule_version=answer.claims.rule_version,
        text=answer.text,
        # Drawn by the barcode adapter from a signed text; it holds no input.
        picture=mark_safe(qr_svg(answer.text)),  # noqa: S308
    )


def refusal_said(code: HealthRefusal) -> str:
    """Why there is no code, in the reader's words."""
    rules = rules_or_404()
    reader = current_reader()
    level = reader.words(f"health_pages.assurance.{rules.assurance_min}")
    return reader.words(f"health_pages.refusals.{code}", level=level)


@allows(Permission.REGISTERED)
def declare(request: HttpRequest) -> HttpResponse:
    """The declaration; sent, it gives a code at once."""
    registration, rules = opened(request), rules_or_404()
    if registration is None:
        return closed(request)
    form = DeclarationForm(rules, request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = HealthRequest(
            id=form.cleaned_data["request_id"],
            registration=registration.id,
            declaration=form.declaration(),
        )
        refusal = _sent(form, sent)
        if refusal is None and not form.errors:
            return redirect("health-code-show")
        if refusal is not None:
            form.add_error(None, refusal_said(refusal))
    return render(
        request,
        "health_codes/declare.html",
        {"form": form, "rules": rules},
        status=400 if form.errors else 200,
    )


def _sent(form: Form, sent: HealthRequest) -> HealthRefusal | None:
    """Why there is no code; a form that has to be sent again says so itself."""
    try:
        answer = declare_health(current_authority(), sent)
    except RequestIdReusedError:
        form.ask_again()
    except NothingHoldsError:
        form.add_error(None, said("nothing_holds"))
    else:
        return answer.code if isinstance(answer, HealthRefused) else None
    return None


@require_POST
@allows(Permission.REGISTERED)
def anew(request: HttpRequest) -> HttpResponse:
    """A new code on what was declared today and on what else is known."""
    registration = opened(request)
    if registration is None:
        return closed(request)
    form = AnewForm(request.POST)
    refusal = None
    if form.is_valid():
        request_id = form.cleaned_data["request_id"]
        refusal = _sent(
            form, HealthRequest(id=request_id, registration=registration.id, declaration=None)
        )
    if refusal is None and not form.errors:
        return redirect("health-code-show")
    faults = [each.message for each in form.faults()]
    fault = refusal_said(refusal) if refusal is not None else faults[0]
    return _own(request, registration, fault=fault, status=409)


class AnewForm(Form):
    """Nothing but the request's own id."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self.fields["request_id"] = identifier_field()


@allows(Permission.REGISTERED)
def show(request: HttpRequest) -> HttpResponse:
    """One's own code, every finding, and what one was told; nobody else's can be looked up."""
    registration = opened(request)
    if registration is None:
        return closed(request)
    try:
        return _own(request, registration)
    except RegistrationClosedError:  # in the moment between
        return closed(request)


def closed(request: HttpRequest) -> HttpResponse:
    """The registration of this session is open no more."""
    request.session.pop(OPENED_REGISTRATION, None)
    return redirect("health-code-sign-in")


def _own(
    request: HttpRequest, registration: Registration, *, fault: str = "", status: int = 200
) -> HttpResponse:
    authority, rules = current_authority(), rules_or_404()
    is_known = is_sure(registration)
    live = live_code(authority, registration.id) if is_known else None
    judgement = explain(authority, registration.id) if is_known else None
    context = {
        "fault": fault,
        "registration": registration,
        "rules": rules,
        "code": None if live is None else code_shown(live, registration),
        "newest": newest_code(authority, registration.id) if is_known else None,
        "anew": AnewForm(),
        "judgement": judgement,
        "findings": () if judgement is None else findings_shown(judgement, rules),
        "unsure": "" if is_known else refusal_said(HealthRefusal.ASSURANCE_TOO_LOW),
        "notices": notices_told(registration),
        "claims": open_claims_against(authority, registration.id),
    }
    return render(request, "health_codes/show.html", context, status=status)


def notices_told(registration: Registration) -> tuple[HealthNoticeShown, ...]:
    """What the holder was told; what is told of a registration alone says nothing of health."""
    told, is_known = (
        notices_of_registration(current_authority(), registration),
        is_sure(registration),
    )
    return health_notices_shown(each for each in told if is_known or "registration" in each.facts)


@allows(Permission.REGISTERED)
def paper(request: HttpRequest) -> HttpResponse:
    """The code on a page to print, with its validity."""
    registration = opened(request)
    if registration is None:
        return closed(request)
    live = live_code(current_authority(), registration.id) if is_sure(registration) else None
    if live is None:
        return redirect("health-code-show")
    return render(
        request, "health_codes/print.html", {"code": code_shown(live, registration), "back": "../"}
    )
