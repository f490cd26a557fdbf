"""Applications: made under an id of the client's, opened with reference and secret."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from tongguan.app.applications import (
    ApplicationRequest,
    BookedElsewhereError,
    submit_application,
)
from tongguan.app.notices import notices_of
from tongguan.app.schemes import Holding, holding_now
from tongguan.app.stores import Application
from tongguan.core.area.divisions import is_place
from tongguan.core.calendar import local_day
from tongguan.core.credentials.index import Slip
from tongguan.core.eligibility.stays import Stay
from tongguan.core.identifiers import ApplicationId, CategoryId, DivisionCode, SponsorId
from tongguan.core.people import Assurance, Person
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.routing import application_of, opened_by_slip, operation
from tongguan.web.api.shapes import (
    NAME_CHARACTERS_MAX,
    Day,
    DecisionOut,
    DocumentIn,
    Identifier,
    Line,
    Strict,
    Uuid,
    decision_out,
)
from tongguan.web.context import domain_time
from tongguan.web.pages.names import texts_of
from tongguan.web.pages.notices import notices_shown
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["applications"])

PARTY_MAX = 20
"""Persons a request may name; how many may go together is for the scheme."""
EVIDENCE_MAX = 20

_Name = Annotated[Line, StringConstraints(max_length=NAME_CHARACTERS_MAX)]
_Description = Annotated[
    str,
    StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"),
]
_Division = Annotated[
    str, StringConstraints(strict=True, pattern=r"^(?:([0-9]{2}){1,3}|[0-9]{9})$")
]
STAYS_MAX = 60


class PersonIn(Strict):
    """One traveller."""

    name: _Name
    document: DocumentIn
    born: Day | None = None
    """Asked of the first person where the scheme has a rule on age."""


class StayIn(Strict):
    """A place where someone of the party was, and the last day there."""

    division: _Division
    last_on: Day


class ApplicationIn(Strict):
    """What a party states when it applies."""

    category: Identifier
    people: Annotated[list[PersonIn], Field(min_length=1, max_length=PARTY_MAX)]
    evidence: Annotated[dict[Identifier, _Description], Field(max_length=EVIDENCE_MAX)]
    itinerary: Annotated[list[_Division], Field(min_length=1, max_length=60)]
    stays: Annotated[list[StayIn] | None, Field(max_length=STAYS_MAX)] = None
    """Where the party was on the days before; asked for by some schemes."""
    sponsor: Identifier | None = None
    """Who answers for the party, where the category gives out by lists."""


class ApplicationWithIdIn(ApplicationIn):
    """The same with the id in the body."""

    id: Uuid


class SlipIn(Strict):
    """Reference and secret of an application."""

    reference: Annotated[Line, StringConstraints(max_length=40)]
    secret: Annotated[Line, StringConstraints(max_length=40)]


class ApplicationOut(Schema):
    """An application as it stands."""

    id: str
    reference: str
    state: str
    category: str
    persons: int
    decision: DecisionOut
    submitted_at: datetime
    decided_at: datetime | None
    decide_by: datetime | None
    """When the clock of a waiting case runs out; null where the scheme states none."""
    lapsed_at: datetime | None
    """When a grant stopped counting because a later text does not keep it."""
    sponsor: str | None


class NoticeOut(Schema):
    """What the holders were told: a stable code, words in the language asked for, and facts."""

    code: str
    at: datetime
    journey: str | None
    title: str
    remedy: str
    facts: dict[str, str]


class SlipOut(Schema):
    """What opens the application."""

    reference: str
    secret: str


class SubmittedOut(Schema):
    """The answer to an application."""

    application: ApplicationOut
    slip: SlipOut
    replayed: bool


@operation(
    router,
    "PUT",
    "/applications/{application_id}",
    permission=Permission.ANYONE,
    answer=SubmittedOut,
)
def put_application(
    request: HttpRequest, application_id: Uuid, payload: ApplicationIn
) -> SubmittedOut:
    """Apply under an id; the same request again gives the same answer."""
    return _submitted(application_id, payload)


@operation(router, "POST", "/applications", permission=Permission.ANYONE, answer=SubmittedOut)
def post_application(request: HttpRequest, payload: ApplicationWithIdIn) -> SubmittedOut:
    """Apply with the id in the body; the same request again gives the same answer."""
    return _submitted(payload.id, payload)


@operation(router, "GET", "/application", permission=Permission.APPLICANT, answer=ApplicationOut)
def show_application(request: HttpRequest) -> ApplicationOut:
    """The application that the slip opens."""
    return application_out(application_of(request), the_holding())


@operation(router, "POST", "/application/open", permission=Permission.ANYONE, answer=ApplicationOut)
def open_application_by_slip(request: HttpRequest, payload: SlipIn) -> ApplicationOut:
    """The same for clients that cannot send the header: reference and secret in the body."""
    found = opened_by_slip(payload.reference, payload.secret)
    return application_out(found, the_holding())


@operation(
    router,
    "GET",
    "/application/notices",
    permission=Permission.APPLICANT,
    answer=list[NoticeOut],
)
def list_notices(request: HttpRequest) -> list[NoticeOut]:
    """What the holders of the application were told, the newest first."""
    application = application_of(request)
    notices = notices_of(current_authority(), application.id)
    shown = notices_shown(notices, texts_of(application, the_holding()))
    return [
        NoticeOut(
            code=notice.code.value,
            at=notice.at,
            journey=notice.journey,
            title=each.title,
            remedy=each.remedy,
            facts=dict(notice.facts),
        )
        for notice, each in zip(notices, shown, strict=True)
    ]


def the_holding() -> Holding:
    """What holds, or the problem that nothing does."""
    holding = holding_now(current_authority())
    if holding is None:
        raise ProblemError(ProblemCode.NOTHING_HOLDS)
    return holding


def application_out(application: Application, holding: Holding) -> ApplicationOut:
    """An application without its people's data, its decision by the text applied under."""
    version, phase = texts_of(application, holding)[0]
    return ApplicationOut(
        id=application.id,
        reference=application.reference,
        state=application.state.value,
        category=application.category,
        persons=len(application.people),
        decision=decision_out(application.decision, version, phase),
        submitted_at=application.submitted_at,
        decided_at=application.decided_at,
        decide_by=application.decide_by,
        lapsed_at=application.lapsed_at,
        sponsor=application.sponsor,
    )


def _submitted(identifier: str, payload: ApplicationIn) -> SubmittedOut:
    holding = the_holding()
    _check(payload, today=local_day(domain_time(), holding.version.zone))
    request = ApplicationRequest(
        id=ApplicationId(identifier),
        category=CategoryId(payload.category),
        people=tuple(
            Person(
                name=each.name,
                document=each.document.document(),
                assurance=Assurance.ASSERTED,
                born=each.born,
            )
            for each in payload.people
        ),
        evidence=payload.evidence,
        itinerary=tuple(DivisionCode(code) for code in payload.itinerary),
        stays=None
        if payload.stays is None
        else tuple(
            Stay(division=DivisionCode(each.division), last_on=each.last_on)
            for each in payload.stays
        ),
        sponsor=None if payload.sponsor is None else SponsorId(payload.sponsor),
    )
    try:
        answer = submit_application(current_authority(), request)
    except BookedElsewhereError:
        raise ProblemError(ProblemCode.BOOKED_ELSEWHERE) from None
    return SubmittedOut(
        application=application_out(answer.application, holding),
        slip=_slip_out(answer.slip),
        replayed=answer.replayed,
    )


def _check(payload: ApplicationIn, *, today: date) -> None:
    """Refuse divisions of no table, and days that have not come."""
    faults = [
        FieldFault(path=f"/itinerary/{number}", message_key="problems.fields.unknown_division")
        for number, code in enumerate(payload.itinerary)
        if not is_place(code)
    ]
    faults += [
        FieldFault(path=f"/stays/{number}/division", message_key="problems.fields.unknown_division")
        for number, each in enumerate(payload.stays or ())
        if not is_place(each.division)
    ]
    days = [(f"/people/{number}/born", each.born) for number, each in enumerate(payload.people)]
    days += [
        (f"/stays/{number}/last_on", each.last_on)
        for number, each in enumerate(payload.stays or ())
    ]
    faults += [
        FieldFault(path=path, message_key="problems.fields.day_ahead")
        for path, day in days
        if day is not None and day > today
    ]
    if faults:
        raise ProblemError(ProblemCode.REQUEST_INVALID, *faults)


def _slip_out(slip: Slip) -> SlipOut:
    return SlipOut(reference=slip.reference, secret=slip.secret)
