"""Asking for a correction with the person at the counter: their words, their secret, a sheet."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.core.identifiers import EvidenceId
from tongguan.web.desk.slips import SecretForm, looked_at, slip_status
from tongguan.web.desk.units import desk_head
from tongguan.web.pages.corrections import WordsForm, case_context, contested, own_finding_or_404
from tongguan.web.permissions import Permission, allows


@allows(Permission.OFFICER)
def correction(request: HttpRequest, reference: str, evidence_id: UUID) -> HttpResponse:
    """Type what the person says, check it with them; with their secret the case is opened."""
    found = looked_at(reference, request.user.get_username())
    evidence, step = EvidenceId(str(evidence_id)), request.POST.get("step", "")
    finding = own_finding_or_404(found, evidence)
    form = WordsForm(request.POST or None)
    secret = SecretForm(request.POST if step == "send" else None)
    fault, status = "", 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif step == "send":
        status = slip_status(secret, found)
        if status == 200:
            fault, status = contested(form, found, evidence)
            finding = own_finding_or_404(found, evidence)
    context = desk_head(request) | case_context(finding) | {"registration": found}
    if status == 302:
        return render(request, "desk/health/correction_sheet.html", context)
    context |= {
        "form": form,
        "secret": secret,
        "fault": fault,
        "checking": step in {"check", "send"} and not form.errors and not fault,
    }
    return render(request, "desk/health/correction.html", context, status=status)
