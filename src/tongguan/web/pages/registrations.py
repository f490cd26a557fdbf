"""Registering for health codes: the form, the slip, opening with the slip, claiming a number."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.registration.registrations import (
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    ask_verification,
    claim_number,
    claim_of,
    notices_of_registration,
    open_registration,
    register,
    registration_by_id,
    replaced_registration,
)
from tongguan.app.registration.store import NumberClaim, Registration, RegistrationState
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.credentials.index import Slip, normalised_reference
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import CaseId, RegistrationId
from tongguan.web.context import domain_time
from tongguan.web.forms import said
from tongguan.web.pages.clocks import clock_until
from tongguan.web.pages.health_notices import health_notices_shown
from tongguan.web.pages.registration_forms import (
    ClaimSlipForm,
    RegistrationForm,
    RegistrationSlipForm,
)
from tongguan.web.permissions import OPENED_REGISTRATION, Permission, allows
from tongguan.web.service import current_authority
from tongguan.web.throttle import WINDOW_MINUTES, Throttle

THROTTLE = "registration"
CLAIM_THROTTLE = "claim"
OPENED_WITH = "opened_with"
"""Session key: which of its secrets the registration was opened with."""
JUST_REGISTERED = "just_registered"
"""Session key: the slip of the opened registration has not been shown yet."""


def rules_or_404() -> HealthRules:
    """The authority's rules; the pages of the health code are not there without any."""
    rules = current_authority().health_rules
    if rules is None:
        raise Http404
    return rules


def is_sure(registration: Registration) -> bool:
    """Whether the rules hold it sure enough who is registered, to be shown what others say.

    Whoever typed somebody else's number would else read of that person's health.
    """
    return registration.assurance.reaches(rules_or_404().assurance_min)


@allows(Permission.ANYONE)
def front(request: HttpRequest) -> HttpResponse:
    """Where a health code begins; who is signed in is led to their own."""
    rules = rules_or_404()
    if opened(request) is not None:
        return redirect("health-code-show")
    return render(request, "registrations/front.html", {"rules": rules})


@allows(Permission.ANYONE)
def register_self(request: HttpRequest) -> HttpResponse:
    """The registration; sent, it opens and shows its slip once."""
    rules_or_404()
    form = RegistrationForm(request.POST or None)
    is_taken = False
    if request.method == "POST" and form.is_valid():
        try:
            answer = register(current_authority(), form.request())
        except RequestIdReusedError:
            form.ask_again()
        except NothingHoldsError:
            form.add_error(None, said("nothing_holds"))
        else:
            if isinstance(answer, Registered):
                return _registered(request, answer.registration)
            is_taken = answer.code is RegistrationRefusal.ALREADY_REGISTERED
            form.refuse(answer.code)
    return render(
        request,
        "registrations/register.html",
        {"form": form, "is_taken": is_taken},
        status=409 if is_taken else 400 if form.errors else 200,
    )


def _registered(request: HttpRequest, registration: Registration) -> HttpResponse:
    open_in_session(request, registration)
    request.session[JUST_REGISTERED] = True
    return redirect("registration-slip")


@allows(Permission.REGISTERED)
def slip(request: HttpRequest) -> HttpResponse:
    """The slip of the registration just made: said once, on a page to print."""
    found = opened(request)
    if found is None or not request.session.pop(JUST_REGISTERED, False):
        return redirect("health-code-show")
    made = current_authority().index.registration_slip(found.id, found.slip_turn)
    return render(request, "registrations/slip.html", {"slip": made})


@allows(Permission.ANYONE)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Open a registration; who fails too often has to wait."""
    rules_or_404()
    form = RegistrationSlipForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            typed = Slip(
                reference=normalised_reference(form.cleaned_data["reference"]),
                secret=form.cleaned_data["secret"],
            )
            throttle = Throttle(kind=THROTTLE, name=typed.reference)
            if throttle.closed():
                status = 429
                form.add_error(None, said("too_many_failures", minutes=WINDOW_MINUTES))
            else:
                answer = _opened_with(request, typed, throttle)
                if answer is not None:
                    return answer
                form.add_error(None, said("slip_wrong"))
    return render(request, "registrations/sign_in.html", {"form": form}, status=status)


def _opened_with(request: HttpRequest, typed: Slip, throttle: Throttle) -> HttpResponse | None:
    """The page that a slip opens; ``None``, and a failure counted, when it opens none."""
    authority = current_authority()
    found = open_registration(authority, typed.reference, typed.secret)
    if found is not None:
        throttle.succeeded()
        open_in_session(request, found)
        return redirect("health-code-show")
    lost = replaced_registration(authority, typed.reference, typed.secret)
    if lost is None:
        throttle.failed()
        return None
    throttle.succeeded()
    notices = health_notices_shown(notices_of_registration(authority, lost))
    response = render(request, "registrations/replaced.html", {"notices": notices})
    response["Cache-Control"] = "no-store, private"
    return response


@allows(Permission.ANYONE)
def claim(request: HttpRequest) -> HttpResponse:
    """Claim a number that is registered; one that is free is registered at once."""
    rules = rules_or_404()
    form = RegistrationForm(request.POST or None, claim_id=str(uuid4()))
    if request.method == "POST" and form.is_valid():
        try:
            answer = claim_number(
                current_authority(), CaseId(form.cleaned_data["claim_id"]), form.request()
            )
        except RequestIdReusedError:
            form.ask_again()
        except NothingHoldsError:
            form.add_error(None, said("nothing_holds"))
        else:
            if isinstance(answer, Registered):
                return _registered(request, answer.registration)
            if not isinstance(answer, RegistrationRefused):
                context: dict[str, Any] = {"claim": answer.claim, "slip": answer.slip}
                response = render(request, "registrations/claimed.html", context)
                response["Cache-Control"] = "no-store, private"
                return response
            form.refuse(answer.code)
    minutes = rules.controls.claim_time.total_seconds() // 60
    return render(
        request,
        "registrations/claim.html",
        {"form": form, "claim_minutes": int(minutes)},
        status=400 if form.errors else 200,
    )


@allows(Permission.ANYONE)
def claim_state(request: HttpRequest) -> HttpResponse:
    """Where a claim stands and how long it has, to whoever holds its number and secret."""
    rules_or_404()
    form = ClaimSlipForm(request.POST or None)
    found, status = None, 200
    if request.method == "POST":
        found, status = _claim_shown(form) if form.is_valid() else (None, 400)
    clock = None if found is None else clock_until(found.decide_by, domain_time())
    context = {"form": form, "claim": found, "clock": clock}
    response = render(request, "registrations/claim_state.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def _claim_shown(form: ClaimSlipForm) -> tuple[NumberClaim | None, int]:
    """The claim that was typed and the status; the form says why there is none."""
    number = form.cleaned_data["number"]
    throttle = Throttle(kind=CLAIM_THROTTLE, name=number)
    if throttle.closed():
        form.add_error(None, said("too_many_failures", minutes=WINDOW_MINUTES))
        return None, 429
    found = claim_of(current_authority(), number, form.cleaned_data["secret"])
    if found is None:
        throttle.failed()
        form.add_error(None, said("claim_slip_wrong"))
        return None, 400
    throttle.succeeded()
    return found, 200


@require_POST
@allows(Permission.REGISTERED)
def answer_claim(request: HttpRequest) -> HttpResponse:
    """The holder will show the document: the clock of a claim of their number starts anew."""
    found = opened(request)
    if found is not None:
        ask_verification(current_authority(), found.id)
    return redirect("health-code-show")


def open_in_session(request: HttpRequest, registration: Registration) -> None:
    """Let this session see a registration, and nothing of another that it saw before."""
    if request.session.get(OPENED_REGISTRATION) != registration.id:
        request.session.pop(JUST_REGISTERED, None)
    request.session.cycle_key()
    request.session[OPENED_REGISTRATION] = registration.id
    request.session[OPENED_WITH] = registration.slip_turn


def opened(request: HttpRequest) -> Registration | None:
    """The registration that this session may see, as long as it is its holder's.

    Nothing once a new secret was taken elsewhere: whoever opened it with the old one is out.
    """
    known = request.session.get(OPENED_REGISTRATION)
    found = registration_by_id(current_authority(), RegistrationId(known)) if known else None
    if found is None or found.slip_turn != request.session.get(OPENED_WITH, 0):
        return None
    return found if found.state is RegistrationState.OPEN else None
