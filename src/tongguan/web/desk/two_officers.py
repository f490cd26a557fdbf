"""What takes two officers of different units: proposed by one, confirmed by another or refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.control.proposal_acts import document_of
from tongguan.app.control.proposals import (
    FindingProposal,
    TwoOfficersRefused,
    confirm,
    look_at_proposal,
    open_proposals,
    propose_finding,
    propose_lift,
    propose_release,
    refuse,
)
from tongguan.app.control.store import Proposal, ProposalKind, ProposalState
from tongguan.app.evidence.shown import evidence_shown, look_at_evidence
from tongguan.app.registration.registrations import look_at_registration
from tongguan.app.registration.store import Registration, RegistrationState
from tongguan.core.evidence.two_officers import BY_HAND, REFERENCE_MAX, WORDS_MAX
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import EvidenceId, ProposalId
from tongguan.web.context import domain_time
from tongguan.web.desk.units import desk_head, refusal_said
from tongguan.web.forms import (
    Form,
    choice_field,
    day_field,
    identifier_field,
    long_text_field,
    said,
    text_field,
)
from tongguan.web.pages.clocks import Clock, clock_until, minutes_of
from tongguan.web.pages.findings import FindingShown, finding_shown
from tongguan.web.pages.reasons import FactShown
from tongguan.web.pages.registrations import rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority, current_reader
from tongguan.web.templatetags.words import day

QUEUE_MAX = 50


class ProposalForm(Form):
    """Why something is proposed, under the proposal's own id."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self.fields["request_id"] = identifier_field()
        self.fields["words"] = long_text_field("proposal_words", characters_max=WORDS_MAX)

    @property
    def proposal_id(self) -> ProposalId:
        """The id of the proposal; valid forms only."""
        return ProposalId(self.cleaned_data["request_id"])


def proposed(
    request: HttpRequest, form: ProposalForm, propose: Callable[[], Proposal | TwoOfficersRefused]
) -> HttpResponse | int:
    """The way to what was just proposed; or the page's status, and the form says why nothing was.

    200 where nothing was sent.
    """
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 400
    try:
        answer = propose()
    except RequestIdReusedError:
        form.ask_again()
        return 400
    if isinstance(answer, TwoOfficersRefused):
        form.add_error(None, refusal_said(answer))
        return 409
    return redirect("desk-proposal", proposal_id=answer.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalRow:
    """A proposal of the queue."""

    proposal: Proposal
    clock: Clock


@allows(Permission.OFFICER)
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits to be confirmed."""
    rules_or_404()
    now = domain_time()
    found = open_proposals(
        current_authority(), officer=request.user.get_username(), limit=QUEUE_MAX
    )
    rows = [ProposalRow(proposal=each, clock=clock_until(each.lapses_at, now)) for each in found]
    context = desk_head(request) | {"rows": rows}
    return render(request, "desk/health/proposals.html", context)


@allows(Permission.OFFICER)
def lift(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Propose that evidence does not hold."""
    return _propose_about(request, evidence_id, propose_lift, "propose_lift")


@allows(Permission.OFFICER)
def release(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Propose that held evidence was in order."""
    return _propose_about(request, evidence_id, propose_release, "propose_release")


def _propose_about(
    request: HttpRequest,
    evidence_id: UUID,
    propose: Callable[..., Proposal | TwoOfficersRefused],
    title: str,
) -> HttpResponse:
    rules, officer = rules_or_404(), request.user.get_username()
    authority, evidence = current_authority(), EvidenceId(str(evidence_id))
    shown = look_at_evidence(authority, evidence, officer=officer)
    if shown is None:
        raise Http404
    form = ProposalForm(request.POST or None)
    answer = proposed(
        request,
        form,
        lambda: propose(
            authority, form.proposal_id, evidence, words=form.cleaned_data["words"], officer=officer
        ),
    )
    if isinstance(answer, HttpResponse):
        return answer
    context = {
        "form": form,
        "title": current_reader().words(f"desk_health.registration.{title}"),
        "each": finding_shown(shown, None, rules, domain_time()),
        "rules": rules,
    }
    return render(request, "desk/health/propose.html", desk_head(request) | context, status=answer)


@allows(Permission.OFFICER)
def finding(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose evidence against the one person whose registration was opened by its reference."""
    rules, officer = rules_or_404(), request.user.get_username()
    found = look_at_registration(current_authority(), reference, officer=officer)
    if found is None or found.state is not RegistrationState.OPEN:
        raise Http404
    form = FindingForm(request.POST or None)
    answer = proposed(
        request,
        form,
        lambda: propose_finding(current_authority(), form.finding(found), officer=officer),
    )
    if isinstance(answer, HttpResponse):
        return answer
    context = {
        "form": form,
        "registration": found,
        "proposal_minutes": minutes_of(rules.controls.proposal_time),
        "finding_days_max": rules.controls.finding_days_max,
    }
    return render(request, "desk/health/finding.html", desk_head(request) | context, status=answer)


class FindingForm(ProposalForm):
    """One ground against one person, with the day of the fact, a reference and an end."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        reader = current_reader()
        grounds = sorted({ground for each in BY_HAND.values() for ground in each})
        self.fields["ground"] = choice_field(
            "finding_reason",
            [(each.value, reader.words(f"health_pages.grounds.{each}")) for each in grounds],
        )
        self.fields["on"] = day_field("finding_on", required=True)
        self.fields["ends_on"] = day_field("finding_until", required=True)
        self.fields["reference"] = text_field(
            "finding_reference", characters_max=REFERENCE_MAX, autocomplete="off"
        )

    def finding(self, registration: Registration) -> FindingProposal:
        """What was typed, of the person of a registration; valid forms only."""
        data = self.cleaned_data
        ground = HealthReason(data["ground"])
        return FindingProposal(
            id=self.proposal_id,
            document=registration.holder.document,
            kind=next(kind for kind, grounds in BY_HAND.items() if ground in grounds),
            ground=ground,
            on=data["on"],
            ends_on=data["ends_on"],
            reference=data["reference"],
            words=data["words"],
        )


@allows(Permission.OFFICER)
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal: who proposes what, and whether this officer may confirm it."""
    rules, officer = rules_or_404(), request.user.get_username()
    wanted, fault, status = ProposalId(str(proposal_id)), "", 200
    if request.method == "POST":
        fault, status = _pressed(request, wanted)
        if not fault:
            return redirect("desk-proposal", proposal_id=proposal_id)
    found = look_at_proposal(current_authority(), wanted, officer=officer)
    if found is None:
        raise Http404
    now, head = domain_time(), desk_head(request)
    is_open = found.state is ProposalState.OPEN and now < found.lapses_at
    is_own = found.proposed_by == officer
    context = {
        "fault": fault,
        "proposal": found,
        "is_open": is_open,
        "clock": clock_until(found.lapses_at, now),
        "content": _content(found),
        "about": _about(found),
        "each": _evidence(found),
        "rules": rules,
        "is_own": is_own,
        "is_own_unit": not is_own and head["unit"] == found.unit,
        "may_confirm": is_open and head["unit"] not in (None, found.unit) and not is_own,
    }
    return render(request, "desk/health/proposal.html", head | context, status=status)


def _pressed(request: HttpRequest, wanted: ProposalId) -> tuple[str, int]:
    """Do what was pressed; what to say where it was refused, and the page's status."""
    acts = {"confirm": confirm, "refuse": refuse}
    act = acts.get(request.POST.get("decision", ""))
    if act is None:
        return said("desk_decision.missing"), 400
    answer = act(current_authority(), wanted, officer=request.user.get_username())
    return (refusal_said(answer), 409) if isinstance(answer, TwoOfficersRefused) else ("", 302)


def _content(found: Proposal) -> tuple[FactShown, ...]:
    """What would be done, in words; evidence, cases and claims are shown or led to beside it."""
    reader, content = current_reader(), found.content
    rows: list[tuple[str, str]] = []
    if found.kind is ProposalKind.FINDING:
        document = document_of(content)
        type_ = reader.words(f"pages.documents.{document.type}")
        ground = reader.words(f"health_pages.grounds.{content['ground']}")
        rows += [
            ("forms.document_number.label", f"{type_} {document.number} ({document.issuer})"),
            ("desk_health.proposals.reason", ground),
            ("forms.finding_on.label", day(date.fromisoformat(str(content["on"])))),
            ("forms.finding_until.label", day(date.fromisoformat(str(content["ends_on"])))),
            ("forms.finding_reference.label", str(content["reference"])),
        ]
    for name in ("acts", "alarms"):
        serials = content.get(name)
        if isinstance(serials, list) and serials:
            between = reader.label("pages.format.between")
            rows.append((f"desk_health.proposals.{name}", between.join(str(n) for n in serials)))
    rows.append(("forms.proposal_words.label", str(content["words"])))
    return tuple(FactShown(name=reader.words(name), value=value) for name, value in rows)


def _about(found: Proposal) -> tuple[str, str] | None:
    """The page that a proposal is about: its name and its id."""
    for name in ("case", "claim"):
        if name in found.content:
            return f"desk-{name}", str(found.content[name])
    return None


def _evidence(found: Proposal) -> FindingShown | None:
    """The evidence that would be lifted or released, in words."""
    if "evidence" not in found.content:
        return None
    evidence = EvidenceId(str(found.content["evidence"]))
    shown = evidence_shown(current_authority(), (evidence,)).get(evidence)
    return None if shown is None else finding_shown(shown, None, rules_or_404(), domain_time())
