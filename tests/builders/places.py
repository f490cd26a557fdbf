"""Builders of requests to the ledger: a party, its legs, and the windows they touch."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.builders.schemes import HOME, OUT, PILOT, SZB, phase, quota, version
from tongguan.app.ledger_port import Place, PlaceRequest
from tongguan.core.calendar import week_start
from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    ControlPointId,
    DirectionId,
    JourneyId,
    PersonKey,
    SlotId,
    SponsorId,
)
from tongguan.core.quota.demand import demand_of
from tongguan.core.quota.limits import Reckoning
from tongguan.core.scheme.model import EACH, Leg, Quota, QuotaPer, Version

MONDAY = date(2021, 12, 13)
NOW = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
DAY_EACH = quota("day", per=QuotaPer.DAY, limit=100, direction=EACH)
WEEK_BUSINESS = quota(
    "business-week", per=QuotaPer.WEEK, limit=1000, direction=OUT, category="business"
)


def scheme_of(*quotas: Quota, **changes: Any) -> Version:
    """The test pilot with these quotas only."""
    return version(phase(quotas=quotas, **changes))


def reckoning_of(scheme: Version, now: datetime = NOW, **changes: Any) -> Reckoning:
    """What limits are reckoned from under the first phase of the scheme."""
    return Reckoning(version=scheme, phase=scheme.phases[0], now=now, **changes)


def person(number: int) -> PersonKey:
    return PersonKey(number.to_bytes(16, "big"))


def new_journey() -> JourneyId:
    return JourneyId(str(uuid4()))


def place_request(
    scheme: Version,
    people: Sequence[int],
    *,
    journey: JourneyId | None = None,
    request_hash: bytes = b"as sent",
    out: date = MONDAY,
    home: date | None = None,
    category: str = "family",
    live_journeys: int = 1,
    live_until: datetime | None = None,
    sponsor: str | None = None,
    now: datetime = NOW,
) -> PlaceRequest:
    """What a party of these people asks for: the way out, and the way home when it has a day."""
    chosen = new_journey() if journey is None else journey
    legs: list[tuple[Leg, DirectionId, date]] = [(Leg.OUT, OUT, out)]
    if home is not None:
        legs.append((Leg.HOME, HOME, home))
    assert scheme.week_starts_on is not None
    places = tuple(
        Place(
            journey=chosen,
            person_number=number,
            person=person(each),
            leg=leg,
            direction=direction,
            category=CategoryId(category),
            control_point=ControlPointId(SZB),
            slot=SlotId("day"),
            day=day,
            cell_week=week_start(day, scheme.week_starts_on),
            sponsor=None if sponsor is None else SponsorId(sponsor),
        )
        for leg, direction, day in legs
        for number, each in enumerate(people)
    )
    last = max(out, home or out)
    demand = demand_of(reckoning_of(scheme, now), [each.crossing for each in places])
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return PlaceRequest(
        journey=chosen,
        application=ApplicationId(str(uuid4())),
        scheme=scheme.scheme,
        phase=PILOT,
        request_hash=request_hash,
        places=places,
        windows=demand.windows,
        choices=demand.choices,
        live_until=end if live_until is None else live_until,
        live_journeys_per_person_max=live_journeys,
    )
