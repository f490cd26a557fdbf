"""Builders of requests to the ledger: a party, its legs, and the windows they touch."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.builders.schemes import HOME, OUT, PILOT, SZB, phase, quota, version
from tongguan.adapters.postgres.ledger_groups import window_of
from tongguan.app.ledger_port import AskedAlike, AskedLeg, PlaceRequest
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
    VersionDigest,
)
from tongguan.core.quota.demand import demand_of
from tongguan.core.quota.limits import Reckoning
from tongguan.core.quota.windows import NOBODY, Crossing, Window
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


def asked_alike(
    scheme: Version,
    *,
    out: date = MONDAY,
    home: date | None = None,
    category: str = "family",
    live_journeys: int = 1,
    live_until: datetime | None = None,
    sponsor: str | None = None,
    now: datetime = NOW,
) -> AskedAlike:
    """What each of a party asks for: the way out, and the way home when it has a day."""
    ways: list[tuple[Leg, DirectionId, date]] = [(Leg.OUT, OUT, out)]
    if home is not None:
        ways.append((Leg.HOME, HOME, home))
    assert scheme.week_starts_on is not None
    legs = tuple(
        AskedLeg(
            leg=leg,
            direction=direction,
            control_point=ControlPointId(SZB),
            slot=SlotId("day"),
            day=day,
            cell_week=week_start(day, scheme.week_starts_on),
        )
        for leg, direction, day in ways
    )
    crossings = [
        Crossing(
            direction=leg.direction,
            category=CategoryId(category),
            control_point=leg.control_point,
            slot=leg.slot,
            day=leg.day,
            person=NOBODY,
            sponsor=None if sponsor is None else SponsorId(sponsor),
        )
        for leg in legs
    ]
    demand = demand_of(reckoning_of(scheme, now), crossings)
    last = max(out, home or out)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return AskedAlike(
        scheme=scheme.scheme,
        version=VersionDigest("text"),
        phase=PILOT,
        category=CategoryId(category),
        sponsor=None if sponsor is None else SponsorId(sponsor),
        legs=legs,
        windows=demand.windows,
        choices=demand.choices,
        live_until=end if live_until is None else live_until,
        live_journeys_per_person_max=live_journeys,
    )


def place_request(
    scheme: Version,
    people: Sequence[int],
    *,
    journey: JourneyId | None = None,
    request_hash: bytes = b"as sent",
    held_until: datetime | None = None,
    **asked: Any,
) -> PlaceRequest:
    """What a party of these people asks for; see ``asked_alike``."""
    return request_for(
        asked_alike(scheme, **asked),
        people,
        journey=journey,
        request_hash=request_hash,
        held_until=held_until,
    )


def request_for(
    asked: AskedAlike,
    people: Sequence[int],
    *,
    journey: JourneyId | None = None,
    request_hash: bytes = b"as sent",
    held_until: datetime | None = None,
) -> PlaceRequest:
    """A request of these people for what others may ask for too."""
    return PlaceRequest(
        journey=new_journey() if journey is None else journey,
        application=ApplicationId(str(uuid4())),
        request_hash=request_hash,
        persons=tuple(map(person, people)),
        asked=asked,
        held_until=held_until,
    )


def windows_of(request: PlaceRequest) -> tuple[tuple[Window, int], ...]:
    """Every window that counts the party, with how many of its persons; one for each person
    where a quota counts persons.
    """
    windows: list[tuple[Window, int]] = []
    for window, times in request.asked.windows:
        if ("person", "") in window.dimensions:
            windows.extend((window_of(window, each), times) for each in request.persons)
        else:
            windows.append((window, times * len(request.persons)))
    return tuple(windows)
