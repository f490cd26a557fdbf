"""What parties ask of the ledger, worked out once for all that ask alike within one call.

Nothing is kept between calls: the text, the limits and who holds what may be others by then.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import rfc8785

from tongguan.app.authorities import Authority
from tongguan.app.ledger_port import AskedAlike, AskedLeg, PlaceRequest, PlacesRefused
from tongguan.app.ports import Transaction
from tongguan.app.reckoning import reckoning_of
from tongguan.app.schemes import Holding
from tongguan.app.stores import ApplicationState, Party, PartyKind
from tongguan.core.booking.holds import HoldDecision, decide_hold
from tongguan.core.booking.rules import LegWanted, decide_booking
from tongguan.core.decisions import Reason
from tongguan.core.identifiers import ApplicationId, CategoryId, JourneyId, SponsorId
from tongguan.core.quota.demand import demand_of
from tongguan.core.quota.uncounted import uncounted_reasons
from tongguan.core.quota.windows import NOBODY, Crossing, cell_week
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Direction
from tongguan.core.scheme.slots import slot_of

_Worked = TypeVar("_Worked")


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyRequest:
    """What a party asks for; the id is a UUID chosen by the client."""

    id: JourneyId
    application: ApplicationId
    legs: tuple[LegWanted, ...]
    hold: bool = False
    """Whether the places are to be held first and confirmed within the scheme's minutes."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Legs:
    """Legs that somebody asks for; equal ones share one value, which stands for itself."""

    legs: tuple[LegWanted, ...]
    sent: bytes
    """Their canonical bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Alike:
    """Everything that what a party asks for follows from, but its people and its size."""

    category: CategoryId
    sponsor: SponsorId | None
    legs: tuple[LegWanted, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Granted:
    """What the rules let parties of one kind and size ask the ledger for, and until when held."""

    asked: AskedAlike
    held_until: datetime | None


@dataclass(kw_only=True)
class PlaceRequests:
    """The requests of one call, under the text that its transaction holds.

    In the second when booking opens hundreds of a call ask alike: each of them costs one look at
    what was worked out for the first.
    """

    authority: Authority
    transaction: Transaction
    holding: Holding
    _answers: dict[tuple[_Legs, bool, PartyKind, int], _Granted | PlacesRefused] = field(
        default_factory=dict, init=False
    )
    _worked: dict[Hashable, Any] = field(default_factory=dict, init=False)
    _legs: dict[tuple[LegWanted, ...], _Legs] = field(default_factory=dict, init=False)
    _seen: dict[int, tuple[tuple[LegWanted, ...], _Legs]] = field(default_factory=dict, init=False)

    def parties(self, applications: Iterable[ApplicationId]) -> Mapping[ApplicationId, Party]:
        """Who asks, those whose application is still kept."""
        asked = tuple(dict.fromkeys(applications))
        return self.transaction.applications.parties(asked, with_births=self._asks_for_births)

    def request_hash(self, request: JourneyRequest, replaces: JourneyId | None = None) -> bytes:
        """What is kept of a request to know it again."""
        legs = self._legs_of(request.legs).sent
        # The canonical form of {"application": ..., "legs": ...}, whose ids need no escape.
        sent = b'{"application":"%b","legs":%b}' % (request.application.encode(), legs)
        if request.hold:
            sent += b" hold"
        if replaces is not None:
            sent += b" replaces " + replaces.encode()
        return self.authority.index.request(sent)

    def of(
        self, request: JourneyRequest, party: Party | None, request_hash: bytes
    ) -> PlaceRequest | PlacesRefused:
        """What the ledger is asked for, or why the scheme's rules refuse it already."""
        if party is None:
            return self._not_granted(None)
        legs = self._legs_of(request.legs)
        key = (legs, request.hold, party.kind, len(party.persons))
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._answer(*key)
        if isinstance(answer, PlacesRefused):
            return answer
        return PlaceRequest(
            journey=request.id,
            application=request.application,
            request_hash=request_hash,
            persons=party.persons,
            asked=answer.asked,
            held_until=answer.held_until,
        )

    def _legs_of(self, legs: tuple[LegWanted, ...]) -> _Legs:
        """The same for legs that are equal; the very same legs are not compared again."""
        seen = self._seen.get(id(legs))
        if seen is None:
            found = self._legs.get(legs)
            if found is None:
                found = self._legs[legs] = _Legs(legs=legs, sent=_as_sent(legs))
            seen = self._seen[id(legs)] = (legs, found)  # kept, so that no others get its id
        return seen[1]

    def _answer(
        self, asked: _Legs, hold: bool, kind: PartyKind, persons: int
    ) -> _Granted | PlacesRefused:
        """What all of a kind and size are answered that ask for the same legs."""
        if kind.state is not ApplicationState.GRANTED:
            return self._not_granted(kind.state)
        if kind.lapsed_at is not None:
            return self._lapsed(kind.lapsed_at)
        refused = self._once(
            ("rules", asked, hold, persons, kind.head_born),
            lambda: self._reasons_against(asked.legs, persons, kind.head_born, hold=hold),
        )
        if refused:
            return PlacesRefused(reasons=refused)
        alike = _Alike(category=kind.category, sponsor=kind.sponsor, legs=asked.legs)
        key = ("asked", asked, kind.category, kind.sponsor)
        found = self._once(key, lambda: self._asked(alike))
        if isinstance(found, PlacesRefused):
            return found
        return _Granted(asked=found, held_until=self._held_until(asked.legs) if hold else None)

    def _once(self, key: Hashable, work: Callable[[], _Worked]) -> _Worked:
        """What the work gives, done at the first time of asking."""
        if key not in self._worked:
            self._worked[key] = work()
        found: _Worked = self._worked[key]
        return found

    @cached_property
    def _asks_for_births(self) -> bool:
        rules = (each.booking for each in self.holding.phase.directions)
        return any(rule is not None and rule.party.head_age_min is not None for rule in rules)

    def _reasons_against(
        self, legs: tuple[LegWanted, ...], persons: int, head_born: date | None, *, hold: bool
    ) -> tuple[Reason, ...]:
        """Every reason by the scheme's rules, quotas aside."""
        holding = self.holding
        reasons = decide_booking(
            holding.version,
            holding.phase,
            persons=persons,
            legs=legs,
            head_born=head_born,
            phase_state=holding.state,
            suspensions=holding.suspensions,
            now=self.transaction.now,
            authority=self.authority.id,
        ).reasons
        return reasons if reasons or not hold else self._hold(legs).reasons

    def _asked(self, alike: _Alike) -> AskedAlike | PlacesRefused:
        """What each person of such a party asks for; its legs are ones that the phase has."""
        holding = self.holding
        crossings = [_crossing(alike, leg) for leg in alike.legs]
        uncounted = uncounted_reasons(holding.phase, crossings)
        if uncounted:
            return PlacesRefused(reasons=uncounted)
        demand = demand_of(reckoning_of(self.transaction, holding, crossings), crossings)
        rules = [way.booking for way in holding.phase.directions if way.booking is not None]
        return AskedAlike(
            scheme=holding.version.scheme,
            version=holding.digest,
            phase=holding.phase.id,
            category=alike.category,
            sponsor=alike.sponsor,
            legs=tuple(
                AskedLeg(
                    leg=self._direction(leg).leg,
                    direction=leg.direction,
                    control_point=leg.control_point,
                    slot=leg.slot,
                    day=leg.day,
                    cell_week=cell_week(holding.version, leg.day),
                )
                for leg in alike.legs
            ),
            windows=demand.windows,
            choices=demand.choices,
            live_until=max(map(self._ends, alike.legs)),
            live_journeys_per_person_max=min(
                (each.live_journeys_per_person_max for each in rules), default=1
            ),
        )

    def _direction(self, leg: LegWanted) -> Direction:
        return next(each for each in self.holding.phase.directions if each.id == leg.direction)

    def _ends(self, leg: LegWanted) -> datetime:
        """The end of the slot of a leg."""
        found = slot_of(self.holding.phase, leg.direction, leg.slot)
        return found.on(leg.day, self.holding.version.zone).end

    def _held_until(self, legs: tuple[LegWanted, ...]) -> datetime | None:
        minutes = self._hold(legs).minutes
        return None if minutes is None else self.transaction.now + timedelta(minutes=minutes)

    def _hold(self, legs: tuple[LegWanted, ...]) -> HoldDecision:
        return decide_hold(self.holding.phase, {each.direction for each in legs})

    def _not_granted(self, state: ApplicationState | None) -> PlacesRefused:
        reason = Reason(
            code=ReasonCode.APPLICATION_NOT_GRANTED,
            clause=f"phases/{self.holding.phase.id}/categories",
            claims=self.holding.phase.basis.claims,
            facts={} if state is None else {"state": state.value},
        )
        return PlacesRefused(reasons=(reason,))

    def _lapsed(self, at: datetime) -> PlacesRefused:
        phase = self.holding.phase
        reason = Reason(
            code=ReasonCode.GRANT_LAPSED,
            clause=f"phases/{phase.id}/holders",
            claims=(phase.basis if phase.holders is None else phase.holders.basis).claims,
            facts={"lapsed_at": at.isoformat(timespec="minutes")},
        )
        return PlacesRefused(reasons=(reason,))


def _crossing(alike: _Alike, leg: LegWanted) -> Crossing:
    """The leg as each of the party crosses."""
    return Crossing(
        direction=leg.direction,
        category=alike.category,
        control_point=leg.control_point,
        slot=leg.slot,
        day=leg.day,
        person=NOBODY,
        sponsor=alike.sponsor,
    )


@lru_cache(maxsize=256)
def _as_sent(legs: tuple[LegWanted, ...]) -> bytes:
    """The canonical bytes of the legs asked for."""
    return rfc8785.dumps(
        [[each.direction, each.day.isoformat(), each.slot, each.control_point] for each in legs]
    )
