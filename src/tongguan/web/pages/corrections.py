"""Asking for the correction of a finding: words, a page to check them, a case with its clock."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.control.store import CaseState, CorrectionCase
from tongguan.app.health.codes import RegistrationClosedError, explain
from tongguan.app.health.corrections import CorrectionRefused, contest
from tongguan.app.registration.store import Registration
from tongguan.core.evidence.two_officers import WORDS_MAX
from tongguan.core.identifiers import CaseId, EvidenceId
from tongguan.web.context import domain_time
from tongguan.web.forms import Form, identifier_field, long_text_field
from tongguan.web.pages.clocks import clock_until, minutes_of
from tongguan.web.pages.findings import FindingShown, own_finding
from tongguan.web.pages.health_codes import closed
from tongguan.web.pages.registrations import is_sure, opened, rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority, current_reader


@allows(Permission.REGISTERED)
def correction(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Say what is wrong with a finding of one's own, check it, send it; then the case is here."""
    registration = opened(request)
    if registration is None:
        return closed(request)
    evidence = EvidenceId(str(evidence_id))
    form = WordsForm(request.POST or None)
    step = request.POST.get("step", "")
    fault, status = "", 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif step == "send" and is_sure(registration):
        fault, status = contested(form, registration, evidence)
        if not fault and not form.errors:
            return redirect("correction", evidence_id=evidence_id)
    finding = own_finding_or_404(registration, evidence)
    context = case_context(finding) | {
        "form": form,
        "fault": fault,
        "checking": step == "check" and status == 200,
    }
    return render(request, "corrections/contest.html", context, status=status)


def own_finding_or_404(registration: Registration, evidence: EvidenceId) -> FindingShown:
    """Evidence that others brought, in words; nobody sees that of another person."""
    if not is_sure(registration):
        raise Http404
    try:
        judgement = explain(current_authority(), registration.id)
    except RegistrationClosedError:  # in the moment between
        raise Http404 from None
    found = own_finding(evidence, registration, judgement, rules_or_404(), domain_time())
    if found is None or found.is_own_word:
        raise Http404
    return found


def case_context(finding: FindingShown) -> dict[str, Any]:
    """What a page about the correction of a finding shows."""
    rules, case = rules_or_404(), finding.case
    is_open = case is not None and case.state is CaseState.OPEN
    return {
        "each": finding,
        "rules": rules,
        "case": case,
        "clock": _clock(case),
        "may_contest": finding.colour is not None and not is_open,
        "correction_minutes": minutes_of(rules.controls.correction_time),
    }


def _clock(case: CorrectionCase | None) -> object:
    return None if case is None else clock_until(case.decide_by, domain_time())


def contested(
    form: "WordsForm", registration: Registration, evidence: EvidenceId
) -> tuple[str, int]:
    """Open the case; what to say where it was not opened, and the page's status: 302 of one."""
    data = form.cleaned_data
    try:
        answer = contest(
            current_authority(),
            CaseId(data["request_id"]),
            registration.id,
            evidence,
            data["words"],
        )
    except RequestIdReusedError:
        form.ask_again()
        return "", 400
    if not isinstance(answer, CorrectionRefused):
        return "", 302
    reader = current_reader()
    parts = (f"health_controls.corrections.{answer.code}.{part}" for part in ("title", "remedy"))
    return " ".join(reader.words(each) for each in parts), 409


class WordsForm(Form):
    """What is wrong, in the person's own words."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self.fields["request_id"] = identifier_field()
        self.fields["words"] = long_text_field("correction_words", characters_max=WORDS_MAX)
