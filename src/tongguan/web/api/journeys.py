"""Journeys and their passes, for whoever holds the slip of the application."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from tongguan.adapters.answers import journey_body, refused_body, taken_body
from tongguan.adapters.journey_requests import HoldableJourneyIn, JourneyIn
from tongguan.app.journeys import (
    JourneyAnswer,
    JourneyRequest,
    book_journey,
    cancel_journey,
    confirm_journey,
    journeys_of,
    rebook_journey,
)
from tongguan.app.ledger_port import Journey, PlacesAnswer, PlacesRefused, PlacesTaken
from tongguan.app.passes import ShownPass, show_passes
from tongguan.app.schemes import text_of
from tongguan.core.health.tests import SamplingWindow
from tongguan.core.identifiers import JourneyId
from tongguan.web.api.applications import the_holding
from tongguan.web.api.problems import ProblemCode, ProblemError
from tongguan.web.api.routing import application_of, operation
from tongguan.web.api.shapes import DecisionOut, ReasonOut, Uuid, decision_out
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission
from tongguan.web.service import asked_again, current_authority, current_reader

router = Router(tags=["journeys"])


class PlaceOut(Schema):
    """One person's place on one leg."""

    person_number: int
    leg: str
    direction: str
    day: date
    slot: str
    control_point: str


class JourneyOut(Schema):
    """A journey as it stands in the ledger."""

    id: str
    state: str
    booked_at: datetime
    """When the places were taken, though only held."""
    held_until: datetime | None
    replaced_by: str | None
    places: list[PlaceOut]


class BookedOut(Schema):
    """Either the journey, or why no place was taken."""

    taken: bool
    replayed: bool
    journey: JourneyOut | None
    reasons: list[ReasonOut]


class DecidedOut(Schema):
    """Whether what was asked of a journey was done, and the journey as it stands."""

    decision: DecisionOut
    journey: JourneyOut


class RebookIn(JourneyIn):
    """The legs of the journey that is to stand in place of another, under an id of its own."""

    id: Uuid


class SamplingOut(Schema):
    """A test that must be shown on the way, and from when on one serves the whole slot."""

    id: str
    name: str
    anchor: str
    """Whether ``earliest`` is a time of sampling or of the report."""
    specimens: list[str] | None
    earliest: datetime


class PassOut(Schema):
    """A pass: what it says in words, and the text of its QR code."""

    id: str
    person_number: int
    name: str
    leg: str
    direction: str
    day: date
    slot: str
    control_point: str
    slot_start: datetime
    slot_end: datetime
    expires_at: datetime
    text: str
    tests: list[SamplingOut]


@operation(
    router,
    "PUT",
    "/journeys/{journey_id}",
    permission=Permission.APPLICANT,
    answer=BookedOut,
)
def put_journey(request: HttpRequest, journey_id: Uuid, payload: HoldableJourneyIn) -> BookedOut:
    """Take places on every leg or none; a refusal is an answer, with the reasons."""
    wanted = JourneyRequest(
        id=JourneyId(journey_id),
        application=application_of(request).id,
        legs=payload.wanted(),
        hold=payload.hold,
    )
    return _booked_out(asked_again(lambda: book_journey(current_authority(), wanted)))


@operation(
    router,
    "POST",
    "/journeys/{journey_id}/confirm",
    permission=Permission.APPLICANT,
    answer=DecidedOut,
)
def post_confirm(request: HttpRequest, journey_id: Uuid) -> DecidedOut:
    """Book what is held, before its hour; again is harmless."""
    application = application_of(request).id
    return _decided_out(confirm_journey(current_authority(), JourneyId(journey_id), application))


@operation(
    router,
    "POST",
    "/journeys/{journey_id}/rebook",
    permission=Permission.APPLICANT,
    answer=BookedOut,
)
def post_rebook(request: HttpRequest, journey_id: Uuid, payload: RebookIn) -> BookedOut:
    """Take other places for those of a journey; where they are refused, it stays as it is."""
    wanted = JourneyRequest(
        id=JourneyId(payload.id), application=application_of(request).id, legs=payload.wanted()
    )
    old = JourneyId(journey_id)
    answer = asked_again(lambda: rebook_journey(current_authority(), old, wanted))
    if answer is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return _booked_out(answer)


@operation(router, "GET", "/journeys", permission=Permission.APPLICANT, answer=list[JourneyOut])
def list_journeys(request: HttpRequest) -> list[JourneyOut]:
    """The application's journeys, the newest first."""
    found = journeys_of(current_authority(), application_of(request).id)
    return [_journey_out(each) for each in found]


@operation(
    router,
    "POST",
    "/journeys/{journey_id}/cancel",
    permission=Permission.APPLICANT,
    answer=DecidedOut,
)
def post_cancel(request: HttpRequest, journey_id: Uuid) -> DecidedOut:
    """Give all places of a journey back; again is harmless."""
    application = application_of(request).id
    return _decided_out(cancel_journey(current_authority(), JourneyId(journey_id), application))


@operation(
    router,
    "GET",
    "/journeys/{journey_id}/passes",
    permission=Permission.APPLICANT,
    answer=list[PassOut],
)
def list_passes(request: HttpRequest, journey_id: Uuid) -> list[PassOut]:
    """The live passes of a journey, signed as they are shown."""
    authority = current_authority()
    own = {each.id for each in journeys_of(authority, application_of(request).id)}
    if journey_id not in own:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return [_pass_out(each) for each in show_passes(authority, JourneyId(journey_id))]


def _booked_out(answer: PlacesAnswer) -> BookedOut:
    match answer:
        case PlacesTaken():
            return BookedOut(**taken_body(answer))
        case PlacesRefused():
            holding = the_holding()
            reader = current_reader()
            return BookedOut(**refused_body(answer, holding.version, holding.phase, reader))
        case _:
            raise ProblemError(ProblemCode.REQUEST_ID_REUSED)


def _decided_out(answer: JourneyAnswer) -> DecidedOut:
    """With names from the text of the journey."""
    journey = answer.journey
    if journey is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    version, phase = text_of(current_authority(), journey.version, journey.phase)
    return DecidedOut(
        decision=decision_out(answer.decision, version, phase), journey=_journey_out(journey)
    )


def _journey_out(journey: Journey) -> JourneyOut:
    return JourneyOut(**journey_body(journey))


def _pass_out(shown: ShownPass) -> PassOut:
    return PassOut(
        id=shown.record.id.hex(),
        person_number=shown.record.person_number,
        name=shown.claims.name,
        leg=shown.place.leg.value,
        direction=shown.place.direction,
        day=shown.place.day,
        slot=shown.place.slot,
        control_point=shown.place.control_point,
        slot_start=shown.claims.slot_start,
        slot_end=shown.claims.slot_end,
        expires_at=shown.claims.expires_at,
        text=shown.text,
        tests=[_sampling_out(each) for each in shown.tests],
    )


def _sampling_out(window: SamplingWindow) -> SamplingOut:
    rule = window.requirement
    return SamplingOut(
        id=rule.id,
        name=rule.name.in_language(current_language()),
        anchor=rule.anchor.value,
        specimens=None if rule.specimens is None else list(rule.specimens),
        earliest=window.earliest,
    )
