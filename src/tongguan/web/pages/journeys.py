"""Taking places on every leg at once, and giving them back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongguan.app.journeys import (
    JourneyAnswer,
    JourneyRecord,
    JourneyRequest,
    book_journey,
    cancel_journey,
    confirm_journey,
    journey_records,
)
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken
from tongguan.app.public import Availability, Overview, public_overview
from tongguan.app.schemes import Holding
from tongguan.app.standing import SuspensionAge
from tongguan.app.stores import Application, ApplicationState
from tongguan.core.booking.holds import decide_hold
from tongguan.core.booking.releases import days_ahead_max
from tongguan.core.booking.rules import LegWanted
from tongguan.core.decisions import Outcome, Reason
from tongguan.core.identifiers import (
    ApplicationId,
    ControlPointId,
    DirectionId,
    JourneyId,
    SlotId,
)
from tongguan.core.scheme.model import Direction, Leg, Phase, Slot
from tongguan.web.forms import FormFault, said
from tongguan.web.pages.applications import opened
from tongguan.web.pages.public import DAYS_SHOWN, points_without_booking
from tongguan.web.pages.reasons import reasons_shown
from tongguan.web.permissions import OPENED_APPLICATION, Permission, allows
from tongguan.web.service import asked_again, current_authority

_APART = "|"
DAYS_MAX = 62
"""How far ahead the page looks when asked for more days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One slot that can be chosen."""

    value: str
    slot: Slot
    left: int
    chosen: bool
    first: bool
    """Whether it is the first that can be chosen on its leg: where the error summary leads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedDay:
    """The slots of one day at one control point."""

    day: date
    control_point: ControlPointId
    offers: tuple[Offer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LegShown:
    """One direction with its days; what was chosen on it."""

    direction: DirectionId
    leg: Leg
    days: tuple[OfferedDay, ...]
    suspensions: tuple[SuspensionAge, ...]
    """That close something of it; of the rest there is no place either way."""
    together: bool
    """Whether the text says that all of a party must cross together."""


@allows(Permission.APPLICANT)
def take(request: HttpRequest) -> HttpResponse:
    """Choose a slot on each leg; all places are taken or none."""
    application = opened(request)
    if application is None or application.state is not ApplicationState.GRANTED:
        return redirect("application")
    overview = public_overview(
        current_authority(),
        days=DAYS_MAX if "more" in request.GET else DAYS_SHOWN,
        sponsor=application.sponsor,
        category=application.category,
    )
    if overview.holding is None or application.lapsed_at is not None:
        return redirect("application")
    if request.method != "POST":
        return _page(request, overview, application)
    identifier = request.POST.get("request_id", "")
    wishes = {way.id: request.POST.get(way.id, "") for way in overview.holding.phase.directions}
    legs = tuple(wish for wish in map(_wish, wishes.items()) if wish is not None)
    if not _is_uuid(identifier):
        return _page(request, overview, application, fault="form_changed")
    if not legs:
        return _page(request, overview, application, fault="choose_a_place")
    wanted = JourneyRequest(
        id=JourneyId(identifier),
        application=application.id,
        legs=legs,
        hold="hold" in request.POST,
    )
    taken = asked_again(lambda: book_journey(current_authority(), wanted))
    match taken:
        case PlacesTaken(journey=journey):
            is_held = journey.state is JourneyState.HELD
            return redirect("confirm-journey" if is_held else "passes", journey_id=journey.id)
        case PlacesRefused(reasons=reasons):
            return _page(request, overview, application, reasons=reasons)
        case _:
            return _page(request, overview, application, fault="form_changed")


@allows(Permission.APPLICANT)
def cancel(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Give all places of a journey back, after asking once."""
    record = own_journey(request, journey_id)
    if request.method != "POST":
        return _page_of(request, "journeys/cancel.html", record)
    answer = cancel_journey(current_authority(), record.journey.id, record.journey.application)
    if answer.decision.outcome is Outcome.GRANT:
        return redirect("application")
    return _page_of(request, "journeys/cancel.html", record, answer)


@allows(Permission.APPLICANT)
def confirm(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Book what is held; the page says until when that can be done."""
    record = own_journey(request, journey_id)
    if request.method != "POST":
        return _page_of(request, "journeys/confirm.html", record)
    answer = confirm_journey(current_authority(), record.journey.id, record.journey.application)
    if answer.decision.outcome is Outcome.GRANT:
        return redirect("passes", journey_id=record.journey.id)
    return _page_of(request, "journeys/confirm.html", record, answer)


def own_journey(request: HttpRequest, journey_id: UUID) -> JourneyRecord:
    """A journey of the opened application, with the text that names its parts; 404 for others."""
    application = ApplicationId(request.session[OPENED_APPLICATION])
    for each in journey_records(current_authority(), application):
        if each.journey.id == str(journey_id):
            return each
    raise Http404


def _page_of(
    request: HttpRequest, template: str, record: JourneyRecord, refused: JourneyAnswer | None = None
) -> HttpResponse:
    """What a journey is, and why what was asked of it was not done."""
    context = {
        "journey": (refused and refused.journey) or record.journey,
        "version": record.version,
        "phase": record.phase,
    }
    if refused is None:
        return render(request, template, context)
    reasons = reasons_shown(refused.decision.reasons, record.version, record.phase)
    return render(request, template, {**context, "reasons": reasons}, status=409)


def _page(
    request: HttpRequest,
    overview: Overview,
    application: Application,
    *,
    fault: str | None = None,
    reasons: Iterable[Reason] = (),
) -> HttpResponse:
    holding = overview.holding
    if holding is None:
        return redirect("application")
    elsewhere = {each.direction for each in overview.kept_elsewhere}
    legs = tuple(
        LegShown(
            direction=way.id,
            leg=way.leg,
            days=_days(
                [each for each in overview.availability if each.direction == way.id],
                application,
                request.POST.get(way.id, ""),
            ),
            suspensions=_closing(holding, way, overview.now),
            together=bool(way.booking and way.booking.party.together),
        )
        for way in holding.phase.directions
        if way.id not in elsewhere
    )
    shown = reasons_shown(reasons, holding.version, holding.phase)
    faults = (FormFault(anchor="legs", message=said(fault)),) if fault else ()
    return render(
        request,
        "journeys/take.html",
        {
            "legs": legs,
            "kept_elsewhere": overview.kept_elsewhere,
            "version": holding.version,
            "phase": holding.phase,
            "persons": len(application.people),
            # A refused wish is another request next time: the same id stands for the same wish.
            "request_id": str(uuid4()),
            "faults": faults,
            "without_booking": points_without_booking(holding.phase),
            "has_more": "more" not in request.GET and _opens_later(holding.phase),
            "reasons": shown,
            "hold_minutes": decide_hold(
                holding.phase, [leg.direction for leg in legs if leg.days]
            ).minutes,
            "return_required": bool(holding.phase.return_ and holding.phase.return_.place_required),
        },
        status=400 if fault else 409 if shown else 200,
    )


def _closing(holding: Holding, way: Direction, now: datetime) -> tuple[SuspensionAge, ...]:
    """The suspensions that stand and close the direction at one control point at least."""
    points = (holding.phase.entry.control_points if holding.phase.entry else None) or ()
    return tuple(
        SuspensionAge(
            suspension=each,
            age_minutes=each.age_minutes(now),
            in_effect=each.is_in_effect(now),
        )
        for each in holding.suspensions
        if any(each.covers(way, point.id) for point in points)
    )


def _opens_later(phase: Phase) -> bool:
    """Whether places come up for days further ahead than the page shows at first."""
    rules = [way.booking for way in phase.directions if way.booking is not None]
    return any(days_ahead_max(each) >= DAYS_SHOWN for each in rules if each.releases)


def _days(
    found: list[Availability], application: Application, chosen: str
) -> tuple[OfferedDay, ...]:
    """Days with at least one slot that has room for the whole party."""
    persons = len(application.people)
    days: dict[tuple[date, ControlPointId], list[Offer]] = {}
    for each in found:
        left = each.left.get(application.category, 0)
        if each.bookable and left >= persons:
            value = _APART.join((each.day.isoformat(), each.slot.id, each.control_point))
            offer = Offer(
                value=value,
                slot=each.slot,
                left=left,
                chosen=value == chosen,
                first=not days,
            )
            days.setdefault((each.day, each.control_point), []).append(offer)
    return tuple(
        OfferedDay(day=day, control_point=point, offers=tuple(offers))
        for (day, point), offers in days.items()
    )


def _wish(chosen: tuple[DirectionId, str]) -> LegWanted | None:
    """A leg as chosen; ``None`` for none and for what the form never offers."""
    direction, value = chosen
    parts = value.split(_APART)
    if len(parts) != 3:
        return None
    try:
        day = date.fromisoformat(parts[0])
    except ValueError:
        return None
    return LegWanted(
        direction=direction,
        day=day,
        slot=SlotId(parts[1]),
        control_point=ControlPointId(parts[2]),
    )


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
