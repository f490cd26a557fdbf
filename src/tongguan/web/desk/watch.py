"""Officers watch over each other: acts to review, and alarms that no one involved closes."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.forms import MultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.app.control.alarms import acts_shown, alarms_shown
from tongguan.app.control.proposals import propose_review
from tongguan.app.control.store import Alarm
from tongguan.app.evidence.store import AdverseAct
from tongguan.web.desk.two_officers import QUEUE_MAX, ProposalForm, proposed
from tongguan.web.desk.units import desk_head
from tongguan.web.forms import messages
from tongguan.web.pages.registrations import rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority


@dataclass(frozen=True, kw_only=True, slots=True)
class ActRow:
    """An adverse act, and what this officer may propose about it."""

    act: AdverseAct
    is_involved: bool
    waits: bool
    """It is evidence that is held: to be released or lifted, and not to be reviewed."""


@allows(Permission.OFFICER)
def acts(request: HttpRequest) -> HttpResponse:
    """Adverse acts that nobody else has looked at; ticked ones are proposed as in order."""
    rules_or_404()
    authority, officer = current_authority(), request.user.get_username()
    found = acts_shown(authority, officer=officer, limit=QUEUE_MAX)
    offered = [each.act.serial for each in found]
    form = ReviewForm("acts", offered, request.POST or None)
    answer = proposed(
        request,
        form,
        lambda: propose_review(
            authority,
            form.proposal_id,
            acts=form.chosen(),
            words=form.cleaned_data["words"],
            officer=officer,
        ),
    )
    if isinstance(answer, HttpResponse):
        return answer
    rows = [
        ActRow(
            act=each.act,
            is_involved=each.is_involved,
            waits=each.waits,
        )
        for each in found
    ]
    context = desk_head(request) | {
        "form": form,
        "rows": rows,
        "may_review": any(not each.is_involved and not each.waits for each in rows),
    }
    return render(request, "desk/health/acts.html", context, status=answer)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmRow:
    """An alarm, and whether this officer is among those it is about."""

    alarm: Alarm
    is_involved: bool
    request_id: str


@allows(Permission.OFFICER)
def alarms(request: HttpRequest) -> HttpResponse:
    """Open alarms; to close one is proposed by who had no part in it."""
    rules_or_404()
    authority, officer = current_authority(), request.user.get_username()
    found = alarms_shown(authority, officer=officer)
    offered = [each.alarm.serial for each in found]
    form = ReviewForm("alarms", offered, request.POST or None)
    answer = proposed(
        request,
        form,
        lambda: propose_review(
            authority,
            form.proposal_id,
            alarms=form.chosen(),
            words=form.cleaned_data["words"],
            officer=officer,
        ),
    )
    if isinstance(answer, HttpResponse):
        return answer
    rows = [
        AlarmRow(alarm=each.alarm, is_involved=each.is_involved, request_id=str(uuid4()))
        for each in found
    ]
    context = desk_head(request) | {"form": form, "rows": rows}
    return render(request, "desk/health/alarms.html", context, status=answer)


class ReviewForm(ProposalForm):
    """Which acts or alarms were looked into, and why they were in order."""

    def __init__(self, name: str, serials: list[int], *args: Any) -> None:
        super().__init__(*args)
        self._name = name
        self.fields[name] = MultipleChoiceField(
            choices=[(str(each), str(each)) for each in serials],
            error_messages=messages("acts_chosen"),
        )

    def chosen(self) -> tuple[int, ...]:
        """The serials that were ticked; valid forms only."""
        return tuple(int(each) for each in self.cleaned_data[self._name])
