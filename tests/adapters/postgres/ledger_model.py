"""What the ledger must answer: one request after another against a plain list of journeys."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.builders.places import windows_of
from tongguan.app.ledger_port import (
    STANDING,
    JourneyState,
    PlaceRequest,
    PlacesRefused,
    PlacesTaken,
    RequestIdReused,
)
from tongguan.core.identifiers import JourneyId, PersonKey
from tongguan.core.quota.windows import Window, WindowKey
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg


@dataclass(kw_only=True, slots=True)
class Kept:
    """A journey, what counts it, and whose live journey it is."""

    request: PlaceRequest
    counted: Counter[Window]
    """Windows and parts, with how many persons each counts."""
    places: set[tuple[Leg, int]]
    live: set[PersonKey]
    state: JourneyState


class Model:
    """The reference: nothing but lists, sums and the order in which it is asked."""

    def __init__(self) -> None:
        self.kept: dict[JourneyId, Kept] = {}

    def taken(self) -> Counter[WindowKey]:
        sums: Counter[WindowKey] = Counter()
        for each in self.standing():
            sums.update({window.key: persons for window, persons in each.counted.items()})
        return sums

    def standing(self) -> list[Kept]:
        return [each for each in self.kept.values() if each.state in STANDING]

    def take(self, request: PlaceRequest, now: datetime) -> object:
        """The state of the journey, ``reused``, or the set of what stands against it."""
        if known := self.known(request):
            return known
        counted, against = self._counted(request)
        against |= {("live", number) for number in self._busy(request, now)}
        if against:
            return against
        self.kept[request.journey] = Kept(
            request=request,
            counted=counted,
            places={(each.leg, each.person_number) for each in request.places},
            live=set(request.persons),
            state=JourneyState.HELD if request.held_until else JourneyState.BOOKED,
        )
        return self.kept[request.journey].state

    def known(self, request: PlaceRequest) -> object:
        """What the id stands for already, or nothing."""
        if (kept := self.kept.get(request.journey)) is None:
            return None
        same = kept.request.request_hash == request.request_hash
        return kept.state if same else "reused"

    def _busy(self, request: PlaceRequest, now: datetime) -> list[int]:
        live = Counter(
            person
            for each in self.kept.values()
            if each.request.asked.live_until > now
            for person in each.live
        )
        most = request.asked.live_journeys_per_person_max
        return [number for number, each in enumerate(request.persons) if live[each] >= most]

    def _counted(self, request: PlaceRequest) -> tuple[Counter[Window], set[Any]]:
        taken, counted, against = self.taken(), Counter[Window](), set[Any]()
        for window, persons in windows_of(request):
            counted[window] += persons
            if taken[window.key] + persons > window.limit:
                left = max(0, window.limit - taken[window.key])
                against.add(("full", window.quota, window.starts.isoformat(), left))
        for choice in request.asked.choices:
            found = 0
            for _ in range(wanted := choice.persons * len(request.persons)):
                for part in choice.windows:
                    if taken[part.key] + counted[part] < part.limit:
                        counted[part] += 1
                        found += 1
                        break
            cap = choice.cap
            full = taken[cap.key] + wanted > cap.limit
            if found < wanted and not full:
                against.add(("reserved", cap.quota, cap.starts.isoformat(), found))
        return counted, against

    def end(self, journey: JourneyId, state: JourneyState) -> bool:
        """Give a journey's places back, once."""
        kept = self.kept.get(journey)
        if kept is None or kept.state not in STANDING:
            return False
        kept.state, kept.live = state, set()
        return True

    def cancel(self, journey: JourneyId, now: datetime) -> None:
        """Give all back; what is held beyond its hour has expired, whoever says so."""
        expired = journey in self.due(now)
        self.end(journey, JourneyState.EXPIRED if expired else JourneyState.CANCELLED)

    def rebook(self, old: JourneyId, request: PlaceRequest, now: datetime) -> object:
        """As ``take``, with the old journey given back first; ``over`` where it was over."""
        if request.journey in self.kept:
            return self.take(request, now)
        kept = self.kept.get(old)
        before = kept and (kept.state, kept.live)
        if old in self.due(now) or not self.end(old, JourneyState.REPLACED):
            return "over"
        answer = self.take(request, now)
        if isinstance(answer, set) and kept and before:
            kept.state, kept.live = before
        return answer

    def confirm(self, journey: JourneyId, now: datetime) -> None:
        kept = self.kept.get(journey)
        if kept and kept.state is JourneyState.HELD and _hour(kept) > now:
            kept.state = JourneyState.BOOKED

    def due(self, now: datetime) -> list[JourneyId]:
        """What is held beyond its hour."""
        return [
            journey
            for journey, kept in self.kept.items()
            if kept.state is JourneyState.HELD and _hour(kept) <= now
        ]

    def release(self, journey: JourneyId, leg: Leg, numbers: Iterable[int], now: datetime) -> None:
        """Give the places of some persons on one leg back; the last of them end the journey."""
        kept = self.kept.get(journey)
        gone = {(leg, number) for number in numbers}
        if kept is None or kept.state not in STANDING or not gone & kept.places:
            return
        if kept.places <= gone:
            self.cancel(journey, now)
            return
        gone &= kept.places
        back = [p for p in kept.request.places if (p.leg, p.person_number) in gone]
        kept.live -= {place.person for place in back}
        kept.places -= gone
        for window in [each for each in kept.counted if each.part_of is None]:
            persons = sum(window.holds(place.crossing) for place in back)
            kept.counted[window] -= persons
            for part in sorted(each for each in kept.counted if each.part_of == window.key):
                found = min(persons, kept.counted[part])
                kept.counted[part] -= found
                persons -= found


def _hour(kept: Kept) -> datetime:
    assert kept.request.held_until is not None
    return kept.request.held_until


def told(answer: object) -> object:
    """An answer of the ledger in the words of the model."""
    match answer:
        case PlacesTaken(journey=journey):
            return journey.state
        case PlacesRefused(reasons=reasons):
            return {each for reason in reasons for each in _against(reason)}
        case RequestIdReused():
            return "reused"
        case None:
            return "over"
    raise AssertionError(answer)


def _against(reason: Any) -> Sequence[Any]:
    facts = reason.facts
    if reason.code is ReasonCode.LIVE_BOOKING_EXISTS:
        return [("live", int(number)) for number in facts["person_numbers"].split(",")]
    word = {ReasonCode.QUOTA_FULL: "full", ReasonCode.QUOTA_RESERVED: "reserved"}[reason.code]
    return [(word, facts["quota"], facts["window_start"], int(facts["left"]))]
