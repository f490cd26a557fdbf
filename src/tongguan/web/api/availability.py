"""Places left, by direction, day, control point, slot and category."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tongguan.app.public import Availability, public_overview
from tongguan.core.identifiers import SponsorId
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Identifier
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["availability"])
DAYS_MAX = 31


class AvailablePlaceOut(Schema):
    """One slot of one day."""

    direction: str
    day: date
    control_point: str
    slot: str
    starts: datetime
    ends: datetime
    bookable: bool
    left: dict[str, int]
    """By category, without what is kept for others and with what is kept for it."""
    bound_by: dict[str, str]


class AllotmentOut(Schema):
    """What a sponsor may give to those on its list in one window."""

    sponsor: str
    quota: str
    first: date
    days: int
    limit: int
    taken: int
    left: int


class AvailabilityOut(Schema):
    """Places left as of an instant."""

    now: datetime
    places: list[AvailablePlaceOut]
    allotments: list[AllotmentOut]


@operation(router, "GET", "/availability", permission=Permission.ANYONE, answer=AvailabilityOut)
def show_availability(
    request: HttpRequest,
    days: Annotated[int, Query(), Field(ge=1, le=DAYS_MAX)] = 8,
    direction: Annotated[Identifier | None, Query()] = None,
    sponsor: Annotated[Identifier | None, Query()] = None,
) -> AvailabilityOut:
    """Places left on the coming service days; nothing when no phase holds.

    With a sponsor, those left for a person on its list.
    """
    named = None if sponsor is None else SponsorId(sponsor)
    found = public_overview(current_authority(), days=days, sponsor=named)
    if found.booked_elsewhere:
        raise ProblemError(ProblemCode.BOOKED_ELSEWHERE)
    if found.holding is not None:
        phase = found.holding.phase
        _check("direction", direction, [each.id for each in phase.directions])
        _check("sponsor", sponsor, [each.id for each in phase.sponsors])
    return AvailabilityOut(
        now=found.now,
        places=[
            _place_out(each) for each in found.availability if direction in (None, each.direction)
        ],
        allotments=[
            AllotmentOut(
                sponsor=each.sponsor.id,
                quota=each.window.quota,
                first=each.window.starts,
                days=each.window.days,
                limit=each.window.limit,
                taken=each.taken,
                left=each.left,
            )
            for each in found.allotments
        ],
    )


def _check(name: str, value: str | None, known: Sequence[str]) -> None:
    if value is None or value in known:
        return
    facts = (("accepted", ", ".join(known)),)
    fault = FieldFault(path=name, message_key="problems.fields.not_one_of", facts=facts)
    raise ProblemError(ProblemCode.REQUEST_INVALID, fault)


def _place_out(found: Availability) -> AvailablePlaceOut:
    return AvailablePlaceOut(
        direction=found.direction,
        day=found.day,
        control_point=found.control_point,
        slot=found.slot.id,
        starts=found.starts,
        ends=found.ends,
        bookable=found.bookable,
        left={str(key): left for key, left in found.left.items()},
        bound_by={str(key): str(quota) for key, quota in found.bound_by.items()},
    )
