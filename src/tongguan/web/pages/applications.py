"""Applying: choose a category, state who and why, get an answer and the slip that opens it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.adapters.words import words
from tongguan.app.applications import (
    ApplicationRequest,
    RequestIdReusedError,
    application_by_id,
    submit_application,
)
from tongguan.app.journeys import journey_records
from tongguan.app.notices import notices_of
from tongguan.app.schemes import Holding, NothingHoldsError, holding_now
from tongguan.app.stores import Application, ApplicationState
from tongguan.core.area.divisions import DIVISIONS, is_within
from tongguan.core.booking.keepers import keeps_places
from tongguan.core.calendar import local_day
from tongguan.core.eligibility.decide import category_of, party_size_max
from tongguan.core.eligibility.parties import needs_age
from tongguan.core.eligibility.stays import Stay
from tongguan.core.identifiers import ApplicationId, CategoryId, DivisionCode, SponsorId
from tongguan.core.people import Assurance, DocumentType, Person
from tongguan.core.scheme.model import AllocationMethod, Category, Evidence
from tongguan.core.scheme.state import PhaseState
from tongguan.web.context import domain_time
from tongguan.web.forms import (
    EVIDENCE_CHARACTERS_MAX,
    NAME_CHARACTERS_MAX,
    Form,
    choice_field,
    day_field,
    document_fields,
    document_of,
    identifier_field,
    messages,
    said,
    several_field,
    text_field,
    tick_field,
)
from tongguan.web.languages import current_language
from tongguan.web.pages.names import texts_of
from tongguan.web.pages.notices import notices_shown
from tongguan.web.pages.reasons import reasons_shown
from tongguan.web.permissions import OPENED_APPLICATION, Permission, allows
from tongguan.web.service import current_authority

PARTY_FORM_MAX = 4
"""Persons the form has room for; a scheme may allow fewer."""
STAYS_FORM_MAX = 4
"""Places stayed that the form has room for."""
JUST_APPLIED = "just_applied"
"""Session key: the slip of the opened application has not been shown yet."""


@allows(Permission.ANYONE)
def choose(request: HttpRequest) -> HttpResponse:
    """The categories one may apply under, or why one cannot apply here now."""
    holding = holding_now(current_authority())
    context: dict[str, Any] = {"holding": holding, "closed": closed_for(holding)}
    if holding is not None and (refusal := holding.takes_applications()) is not None:
        context["reasons"] = reasons_shown(refusal.reasons, holding.version, holding.phase)
    return render(request, "applications/choose.html", context)


@allows(Permission.ANYONE)
def apply(request: HttpRequest, category_id: str) -> HttpResponse:
    """The form of one category; sent, it is decided at once or goes to an officer."""
    holding = holding_now(current_authority())
    if holding is None or closed_for(holding) or holding.takes_applications() is not None:
        return redirect("apply")
    category = category_of(holding.phase, CategoryId(category_id))
    if category is None:
        raise Http404
    form = ApplicationForm(holding, category, request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = _sent(request, form)
        if answer is not None:
            return answer
    people = [form.person(number) for number in range(form.persons_max)]
    return render(
        request,
        "applications/apply.html",
        {"form": form, "category": category, "people": people, "holding": holding},
        status=400 if form.errors else 200,
    )


@allows(Permission.APPLICANT)
def show(request: HttpRequest) -> HttpResponse:
    """The application that was opened: its slip once, the decision and why, and its journeys."""
    authority = current_authority()
    found = opened(request)
    holding = holding_now(authority)
    if found is None or holding is None:
        request.session.flush()
        return redirect("sign-in")
    slip = authority.index.slip(found.id) if request.session.pop(JUST_APPLIED, False) else None
    texts = texts_of(found, holding)
    version, phase = texts[0]
    category = category_of(phase, found.category)
    return render(
        request,
        "applications/show.html",
        {
            "application": found,
            "slip": slip,
            "version": version,
            "phase": phase,
            "category": category,
            "sponsor": next((each for each in phase.sponsors if each.id == found.sponsor), None),
            "to_follow": evidence_to_follow(found, category, version.zone),
            "is_overdue": found.decide_by is not None and found.decide_by < domain_time(),
            "reasons": reasons_shown(found.decision.reasons, version, phase),
            "notices": notices_shown(notices_of(authority, found.id), texts),
            "journeys": journey_records(authority, found.id),
            "can_book": _can_book(found, holding),
            "apply_again": category_of(holding.phase, found.category) is not None,
        },
    )


def _can_book(application: Application, holding: Holding) -> bool:
    """Whether the page leads to the places; the way home may be open though the rest is not."""
    granted = application.state is ApplicationState.GRANTED and application.lapsed_at is None
    return granted and holding.state in (PhaseState.ACTIVE, PhaseState.SUSPENDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceToFollow:
    """A document of the category that was not described yet and may follow."""

    evidence: Evidence
    until: date | None
    """Its last day; ``None`` while nothing has been decided."""


def evidence_to_follow(
    application: Application, category: Category | None, zone: str
) -> tuple[EvidenceToFollow, ...]:
    """What is still to come, with its last day: so many days after the day of the decision."""
    if category is None or application.state is ApplicationState.REFUSED:
        return ()
    decided = application.decided_at and local_day(application.decided_at, zone)
    return tuple(
        EvidenceToFollow(
            evidence=each,
            until=decided + timedelta(days=each.follows_within_days) if decided else None,
        )
        for each in category.evidence or ()
        if each.follows_within_days and not application.evidence.get(each.id, "").strip()
    )


def opened(request: HttpRequest) -> Application | None:
    """The application this session opened; ``None`` when it has been deleted since."""
    return application_by_id(
        current_authority(), ApplicationId(request.session[OPENED_APPLICATION])
    )


def open_in_session(request: HttpRequest, application: Application) -> None:
    """Let this session see an application; the session gets a new key."""
    request.session.cycle_key()
    request.session[OPENED_APPLICATION] = application.id


def closed_for(holding: Holding | None) -> bool:
    """Whether applications are taken by the other authority, as the scheme says."""
    return holding is not None and not keeps_places(
        holding.version, holding.phase, current_authority().id
    )


class ApplicationForm(Form):
    """Who goes, on what evidence, and to which places."""

    stay_days = 0
    """Days before the crossing of which places are asked for; 0 where the scheme asks nothing."""

    def __init__(self, holding: Holding, category: Category, *args: Any) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self.holding, self.category = holding, category
        self.persons_max = min(party_size_max(holding.phase) or PARTY_FORM_MAX, PARTY_FORM_MAX)
        self.fields["request_id"] = identifier_field()
        part = holding.phase.participation
        types = (part.document_types if part else None) or tuple(DocumentType)
        for number in range(self.persons_max):
            self._add_person(number, types)
        if needs_age(holding.phase):
            self.fields["p0_born"] = day_field("born", required=True)
        self._add_sponsor()
        self._add_stays()
        for each in category.evidence or ():
            self.fields[f"evidence_{each.id}"] = _evidence_field(
                each.name.in_language(current_language()),
                required=each.required and not each.follows_within_days,
                follows_within_days=each.follows_within_days,
            )
        self.fields["itinerary"] = several_field("itinerary", _cities(holding))
        self.fields["elsewhere"] = several_field("elsewhere", _provinces(holding), required=False)
        self.fields["confirm"] = tick_field("confirm", required=True)

    def _add_person(self, number: int, types: tuple[DocumentType, ...]) -> None:
        required = number == 0
        self.fields[f"p{number}_name"] = text_field(
            "name", characters_max=NAME_CHARACTERS_MAX, required=required, autocomplete="off"
        )
        for name, field in document_fields(f"p{number}_", types, required=required):
            self.fields[name] = field

    def _add_sponsor(self) -> None:
        sponsors = self.holding.phase.sponsors
        if sponsors:
            names = [(each.id, each.name.in_language(current_language())) for each in sponsors]
            by_list = self.category.allocation is AllocationMethod.SPONSOR_LIST
            self.fields["sponsor"] = choice_field("sponsor", names, required=by_list)

    def _add_stays(self) -> None:
        part = self.holding.phase.participation
        if part is None or part.stayed is None:
            return
        self.stay_days = part.stayed.days
        places = [*_cities(self.holding), *_provinces(self.holding, every=True)]
        for number in range(STAYS_FORM_MAX):
            required = number == 0
            place = choice_field("stay_place", places, required=required)
            self.fields[f"stay{number}_division"] = place
            self.fields[f"stay{number}_last_on"] = day_field("stay_last_on", required=required)

    def stay_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The bound fields of the places stayed, place and day; none where nobody asks."""
        if not self.stay_days:
            return []
        return [
            (self[f"stay{number}_division"], self[f"stay{number}_last_on"])
            for number in range(STAYS_FORM_MAX)
        ]

    def person(self, number: int) -> dict[str, Any]:
        """The bound fields of one person, for the template."""
        fields = [self[name] for name in self.fields if name.startswith(f"p{number}_")]
        return {
            "number": number + 1,
            "fields": fields,
            "open": number == 0 or any(each.errors or each.data for each in fields),
        }

    def evidence(self) -> list[forms.BoundField]:
        """The bound fields of the evidence."""
        return [self[name] for name in self.fields if name.startswith("evidence_")]

    def clean(self) -> dict[str, Any]:
        """A person is stated wholly or not at all, and a passport with its issuer."""
        for number in range(self.persons_max):
            prefix = f"p{number}_"
            stated = ("name", "document_type", "document_number")
            given = [name for name in stated if self.cleaned_data.get(prefix + name)]
            if not given:
                continue
            for name in stated:
                if name not in given and prefix + name not in self.errors:
                    self.complain(prefix + name, f"{name}.missing")
            if self.cleaned_data.get(f"{prefix}document_type") == DocumentType.PASSPORT:
                issuer = f"{prefix}document_issuer"
                if not self.cleaned_data.get(issuer) and issuer not in self.errors:
                    self.complain(issuer, "document_issuer.missing")
        self._check_stays()
        return self.cleaned_data

    def _check_stays(self) -> None:
        """A place comes with its day, and neither a stay nor a birth lies ahead."""
        today = local_day(domain_time(), self.holding.version.zone)
        dated = ["p0_born"]
        for number in range(STAYS_FORM_MAX if self.stay_days else 0):
            place, last_on = f"stay{number}_division", f"stay{number}_last_on"
            dated.append(last_on)
            given = [bool(self.cleaned_data.get(name)) for name in (place, last_on)]
            missing = last_on if given[0] else place
            if given[0] is not given[1] and missing not in self.errors:
                key = "stay_last_on" if missing == last_on else "stay_place"
                self.complain(missing, f"{key}.missing")
        for name in dated:
            day = self.cleaned_data.get(name)
            if day and day > today:
                self.complain(name, "day_ahead")

    def _stays(self) -> tuple[Stay, ...] | None:
        if not self.stay_days:
            return None
        data = self.cleaned_data
        return tuple(
            Stay(
                division=DivisionCode(data[f"stay{number}_division"]),
                last_on=data[f"stay{number}_last_on"],
            )
            for number in range(STAYS_FORM_MAX)
            if data.get(f"stay{number}_division")
        )

    def application(self) -> ApplicationRequest:
        """The request that was typed; valid forms only."""
        data = self.cleaned_data
        return ApplicationRequest(
            id=ApplicationId(data["request_id"]),
            category=self.category.id,
            people=tuple(
                Person(
                    name=data[f"p{number}_name"],
                    document=document_of(data, f"p{number}_"),
                    assurance=Assurance.ASSERTED,
                    born=data.get(f"p{number}_born"),
                )
                for number in range(self.persons_max)
                if data.get(f"p{number}_name")
            ),
            evidence={
                each.id: data[f"evidence_{each.id}"]
                for each in self.category.evidence or ()
                if data[f"evidence_{each.id}"]
            },
            itinerary=tuple(
                DivisionCode(code) for code in (*data["itinerary"], *data["elsewhere"])
            ),
            stays=self._stays(),
            sponsor=SponsorId(data["sponsor"]) if data.get("sponsor") else None,
        )


def _sent(request: HttpRequest, form: ApplicationForm) -> HttpResponse | None:
    """Where to go after sending; ``None`` when the form has to be sent again."""
    try:
        answer = submit_application(current_authority(), form.application())
    except RequestIdReusedError:
        form.ask_again()
        return None
    except NothingHoldsError:
        return redirect("apply")
    open_in_session(request, answer.application)
    request.session[JUST_APPLIED] = True
    return redirect("application")


def _evidence_field(label: str, *, required: bool, follows_within_days: int) -> forms.CharField:
    hint = said("evidence.hint")
    if follows_within_days:
        later = words("standing.may_follow", current_language(), days=str(follows_within_days))
        hint = f"{hint} {later}"
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=EVIDENCE_CHARACTERS_MAX,
        error_messages={
            **messages("evidence", maximum=EVIDENCE_CHARACTERS_MAX),
            "required": said("evidence.missing_named", name=label),
        },
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


def _cities(holding: Holding) -> list[tuple[str, str]]:
    """The cities of the places that take part, by code."""
    part = holding.phase.participation
    inside = part.divisions if part else ()
    return [
        (each.code, each.name.in_language(current_language()))
        for each in DIVISIONS
        if any(is_within(each.code, division) for division in inside)
        and each.code.endswith("00")
        and not each.code.endswith("0000")
    ]


def _provinces(holding: Holding, *, every: bool = False) -> list[tuple[str, str]]:
    """Provinces, by default others than those that take part, so that more can be declared."""
    part = holding.phase.participation
    inside = part.divisions if part else ()
    return [
        (each.code, each.name.in_language(current_language()))
        for each in DIVISIONS
        if each.code.endswith("0000")
        and (every or not any(is_within(each.code, division) for division in inside))
    ]
