"""The health desk: what waits to be decided, each with its clock, and what two officers propose.

Nothing here sets a colour. What an officer may not do is refused by the use cases and said here.
"""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tongguan.app.control.proposals import (
    TwoOfficersRefused,
    propose_claim,
    propose_lift,
    propose_uphold,
)
from tongguan.app.control.store import CaseState, CorrectionCase, Proposal
from tongguan.app.evidence.shown import evidence_shown
from tongguan.app.health.corrections import look_at_case, open_cases
from tongguan.app.registration.registrations import (
    RegistrationRefusal,
    RegistrationRefused,
    claims_to_decide,
    decide_claim,
    look_at_claim,
)
from tongguan.app.registration.store import ClaimState, NumberClaim
from tongguan.core.identifiers import CaseId
from tongguan.web.context import domain_time
from tongguan.web.desk.slips import FindForm, found_by_reference
from tongguan.web.desk.two_officers import ProposalForm, proposed
from tongguan.web.desk.units import desk_head
from tongguan.web.forms import said
from tongguan.web.pages.clocks import Clock, clock_until
from tongguan.web.pages.findings import finding_shown
from tongguan.web.pages.registration_forms import refusal_said
from tongguan.web.pages.registrations import rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority, current_reader

QUEUE_MAX = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """One of the desk's queues, with how much waits in it."""

    title: str
    url: str


QUEUES = (
    ("proposals", "desk-proposals"),
    ("cases", "desk-cases"),
    ("claims", "desk-claims"),
    ("reviews", "desk-acts"),
    ("alarms", "desk-alarms"),
)


@allows(Permission.OFFICER)
def index(request: HttpRequest) -> HttpResponse:
    """Where the desk begins: open a registration by its reference, or a queue."""
    rules_or_404()
    form = FindForm(request.POST or None)
    if request.method == "POST":
        found = found_by_reference(form, request.user.get_username())
        if found is not None:
            return redirect("desk-registration", reference=found.reference)
    reader = current_reader()
    queues = tuple(
        Queue(title=reader.words(f"desk_health.counts.{name}"), url=reverse(route))
        for name, route in QUEUES
    )
    context = desk_head(request) | {"form": form, "queues": queues}
    return render(request, "desk/health/index.html", context, status=400 if form.errors else 200)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """A case of the queue."""

    case: CorrectionCase
    title: str
    clock: Clock


@allows(Permission.OFFICER)
def cases(request: HttpRequest) -> HttpResponse:
    """Cases to decide, those whose time runs out first."""
    rules, now = rules_or_404(), domain_time()
    found = open_cases(current_authority(), officer=request.user.get_username(), limit=QUEUE_MAX)
    shown = evidence_shown(current_authority(), [each.case.evidence for each in found])
    rows = [
        CaseRow(
            case=each.case,
            title=finding_shown(shown[each.case.evidence], None, rules, now).name,
            clock=clock_until(each.case.decide_by, now),
        )
        for each in found
    ]
    return render(request, "desk/health/cases.html", desk_head(request) | {"rows": rows})


@allows(Permission.OFFICER)
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: what the person says, the evidence, and two proposals."""
    rules, officer = rules_or_404(), request.user.get_username()
    found = look_at_case(current_authority(), CaseId(str(case_id)), officer=officer)
    if found is None:
        raise Http404
    form = ProposalForm(request.POST or None)
    answer = _proposed_in_case(request, form, found.case)
    if isinstance(answer, HttpResponse):
        return answer
    now, evidence = domain_time(), found.case.evidence
    shown = evidence_shown(current_authority(), (evidence,))[evidence]
    context = {
        "form": form,
        "case": found.case,
        "clock": clock_until(found.case.decide_by, now),
        "each": finding_shown(shown, None, rules, now),
        "rules": rules,
    }
    return render(request, "desk/health/case.html", desk_head(request) | context, status=answer)


def _proposed_in_case(
    request: HttpRequest, form: ProposalForm, case: CorrectionCase
) -> HttpResponse | int:
    authority, officer = current_authority(), request.user.get_username()
    is_lifting = request.POST.get("decision") == "lift" and case.state is CaseState.OPEN

    def propose() -> Proposal | TwoOfficersRefused:
        id_, words = form.proposal_id, form.cleaned_data["words"]
        if is_lifting:
            return propose_lift(authority, id_, case.evidence, words=words, officer=officer)
        return propose_uphold(authority, id_, case.id, words=words, officer=officer)

    if request.method == "POST" and not is_lifting and request.POST.get("decision") != "uphold":
        form.add_error(None, said("desk_decision.missing"))
    return proposed(request, form, propose)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimRow:
    """A claim of the queue."""

    claim: NumberClaim
    clock: Clock


@allows(Permission.OFFICER)
def claims(request: HttpRequest) -> HttpResponse:
    """Claims of numbers, those whose time runs out first."""
    rules_or_404()
    now = domain_time()
    found = claims_to_decide(
        current_authority(), officer=request.user.get_username(), limit=QUEUE_MAX
    )
    rows = [ClaimRow(claim=each, clock=clock_until(each.decide_by, now)) for each in found]
    return render(request, "desk/health/claims.html", desk_head(request) | {"rows": rows})


@allows(Permission.OFFICER)
def claim(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """One claim beside the present registration; upheld by one officer or by two, or refused."""
    rules_or_404()
    authority, officer = current_authority(), request.user.get_username()
    wanted, fault, status = CaseId(str(claim_id)), "", 200
    form = ProposalForm(request.POST or None)
    if request.method == "POST":
        answer = _claim_decided(request, form, wanted)
        if isinstance(answer, HttpResponse):
            return answer
        fault, status = answer
    found = look_at_claim(authority, wanted, officer=officer)
    if found is None:
        raise Http404
    opened, present = found
    context = {
        "fault": fault,
        "form": form,
        "claim": opened,
        "present": present if opened.state is ClaimState.OPEN else None,
        "clock": clock_until(opened.decide_by, domain_time()),
    }
    return render(request, "desk/health/claim.html", desk_head(request) | context, status=status)


def _claim_decided(
    request: HttpRequest, form: ProposalForm, claim: CaseId
) -> HttpResponse | tuple[str, int]:
    """Where to go next, or what to say and the page's status."""
    authority, officer = current_authority(), request.user.get_username()
    pressed = request.POST.get("decision")
    if pressed not in {"uphold", "refuse"}:
        return said("desk_decision.missing"), 400
    if not form.is_valid():
        return "", 400
    decided = decide_claim(authority, claim, uphold=pressed == "uphold", officer=officer)
    if not isinstance(decided, RegistrationRefused):
        return redirect("desk-claim", claim_id=claim)
    if decided.code is not RegistrationRefusal.TWO_OFFICERS_NEEDED:
        return refusal_said(decided.code), 409
    answer = proposed(
        request,
        form,
        lambda: propose_claim(
            authority, form.proposal_id, claim, words=form.cleaned_data["words"], officer=officer
        ),
    )
    return answer if isinstance(answer, HttpResponse) else ("", answer)
