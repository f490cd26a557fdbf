"""Tickets of the intake: taken before the opening, here, where one is asked who one is."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from tongguan.core.credentials.ticket import Ticket, expiry_of
from tongguan.core.identifiers import JourneyId
from tongguan.web.api.routing import application_of, operation
from tongguan.web.api.shapes import Strict, Uuid
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["journeys"])


class TicketIn(Strict):
    """The id under which places will be asked for, chosen by the client."""

    journey: Uuid


class TicketOut(Schema):
    """A ticket, and until when it holds."""

    ticket: str
    expires_at: datetime


@operation(router, "POST", "/intake/tickets", permission=Permission.APPLICANT, answer=TicketOut)
def post_ticket(request: HttpRequest, payload: TicketIn) -> TicketOut:
    """A ticket to ask the intake for places once, under this id."""
    authority = current_authority()
    ticket = Ticket(journey=JourneyId(payload.journey), application=application_of(request).id)
    expires_at = expiry_of(timezone.now())
    text = authority.index.tickets(authority.id).give(ticket, expires_at)
    return TicketOut(ticket=text, expires_at=expires_at)
