"""Places left, by direction, day, control point, slot and category."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tongguan.app.public import Availability, Overview, public_overview
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
    bound_by: dict[str, str]


class AvailabilityOut(Schema):
    """Places left as of an instant."""

    now: datetime
    places: list[AvailablePlaceOut]


@operation(router, "GET", "/availability", permission=Permission.ANYONE, answer=AvailabilityOut)
def show_availability(
    request: HttpRequest,
    days: Annotated[int, Query(), Field(ge=1, le=DAYS_MAX)] = 8,
    direction: Annotated[Identifier | None, Query()] = None,
) -> AvailabilityOut:
    """Places left on the coming service days; nothing when no phase holds."""
    found = public_overview(current_authority(), days=days)
    if found.booked_elsewhere:
        raise ProblemError(ProblemCode.BOOKED_ELSEWHERE)
    _check_direction(direction, found)
    return AvailabilityOut(
        now=found.now,
        places=[
            _place_out(each) for each in found.availability if direction in (None, each.direction)
        ],
    )


def _check_direction(direction: str | None, found: Overview) -> None:
    if direction is None or found.holding is None:
        return
    known = [each.id for each in found.holding.phase.directions]
    if direction not in known:
        fault = FieldFault(
            path="direction",
            message_key="problems.fields.not_one_of",
            facts=(("accepted", ", ".join(known)),),
        )
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
