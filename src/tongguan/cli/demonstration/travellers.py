"""A party's dealings with the authorities: apply, book, declare its health, cancel."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from tongguan.app.applications import ApplicationRequest
from tongguan.app.health.codes import HealthRequest
from tongguan.app.registration.registrations import RegistrationRequest
from tongguan.app.stores import ApplicationState
from tongguan.cli.demonstration.observations import Observations
from tongguan.cli.demonstration.population import Frame, Party, Wish
from tongguan.cli.demonstration.services import BookingAnswer, LegChosen, Services
from tongguan.core.health.declaration import Arrival, HealthDeclaration
from tongguan.core.identifiers import ApplicationId, AuthorityId, ControlPointId, RegistrationId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Direction, Leg

_ASKED_AGAIN_EVERY: Final = 20
"""One party in so many sends what it sends once more, as after a lost answer."""
_WISHES_MAX: Final = 8
_ISSUED_ON: Final = date(2012, 6, 1)
"""Of everyone's document: a day on which cards with numbers of that length were issued."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Journeying:
    """What every party of a run shares."""

    frame: Frame
    services: Services
    observations: Observations
    directions: Mapping[Leg, Direction]
    control_point: ControlPointId
    issuers: tuple[AuthorityId, ...]
    """Whose health codes are asked for."""
    scheme: str
    zone: str

    def slot_name(self, leg: Leg, number: int) -> str:
        """The scheme's name of a slot of a leg, counted from the earliest."""
        return str((self.directions[leg].slots or ())[number].id)


@dataclass(slots=True)
class Traveller:
    """A party as it goes along; used by one thread at a time."""

    party: Party
    common: Journeying
    state: ApplicationState | None = None
    wish: Wish = field(init=False)
    asks_on: int = field(init=False)
    """The day on which it asks for places next."""
    booked: bool = False
    journey: UUID = field(init=False)
    passes: dict[tuple[int, Leg], str] = field(default_factory=dict)
    codes: dict[tuple[int, AuthorityId], str] = field(default_factory=dict)
    old_codes: dict[tuple[int, AuthorityId], str] = field(default_factory=dict)
    """Codes that a newer one has replaced."""
    left: set[int] = field(default_factory=set)
    """Numbers of those who have crossed on the way out."""
    suspended: set[int] = field(default_factory=set)
    """Numbers of those whom a suspension turned away at the gate."""
    registered: set[RegistrationId] = field(default_factory=set)
    """For health codes, each with each authority."""

    def __post_init__(self) -> None:
        """Start from what the party wished for at first."""
        self.wish = self.party.wish
        self.asks_on = self.party.applies_on
        self.journey = self.party.fresh_id("journey", self.wish)

    @property
    def numbers(self) -> range:
        """The numbers of the people in the party."""
        return range(len(self.party.people))

    def apply(self) -> None:
        """Hand in the application, some a second time."""
        request = ApplicationRequest(
            id=ApplicationId(str(self.party.application)),
            category=self.party.category,
            people=self.party.people,
            evidence=self.party.evidence,
            itinerary=self.party.itinerary,
        )
        self.state = self.common.services.apply(request)
        self.common.observations.acknowledge("application", self.party.application)
        if self._asks_again():
            self.state = self.common.services.apply(request)

    def book(self) -> bool:
        """Ask for places until there are some, or nothing is left to wish for.

        Whether the party has places now. When the week is full for it, it waits for the next one:
        ``wish`` and ``asks_on`` are seven days later.
        """
        if self.state is not ApplicationState.GRANTED:
            self.state = self.common.services.state_of(self.party.application)
        if self.state is not ApplicationState.GRANTED:
            return False
        services, observations = self.common.services, self.common.observations
        day = self.common.frame.day(self.wish.out_day)
        observations.ask(day, len(self.party.people))
        for number in range(_WISHES_MAX):
            self.journey = self.party.fresh_id("journey", self.wish)
            answer = services.book(self.journey, self.party.application, self._legs())
            if self._asks_again():
                answer = services.book(self.journey, self.party.application, self._legs())
            if answer.booked:
                self.booked = True
                observations.acknowledge("journey", self.journey)
                self.passes.update(services.passes(self.journey, self.party.application))
                return True
            self._note(answer)
            wish = self._other_wish(answer, number)
            if wish is None:
                return False
            self.wish = wish
        return False

    def cancel(self) -> None:
        """Give the places back."""
        if self.common.services.cancel(self.journey, self.party.application):
            self.booked = False

    def declare(self, day: date, *, ill: bool = False, again: bool = False) -> None:
        """Get both authorities' codes of the day for everyone; the codes before are void then."""
        for number in self.numbers:
            for issuer in self.common.issuers:
                key = (number, issuer)
                request = HealthRequest(
                    id=str(self.party.fresh_id("health", number, issuer, day, ill, again)),
                    registration=self._registration(number, issuer),
                    declaration=self._declaration(number, issuer, day, ill=ill),
                )
                text = self.common.services.declare(issuer, request)
                self.common.observations.acknowledge("health_code", UUID(request.id))
                if self._asks_again():
                    self.common.services.declare(issuer, request)
                if key in self.codes:
                    self.old_codes[key] = self.codes[key]
                self.codes[key] = text

    def codes_of(self, number: int) -> tuple[str, ...]:
        """The newest codes of one person."""
        return tuple(
            self.codes[number, issuer]
            for issuer in self.common.issuers
            if (number, issuer) in self.codes
        )

    def _registration(self, number: int, issuer: AuthorityId) -> RegistrationId:
        """The person's registration with an authority, made where there is none yet."""
        registration = RegistrationId(str(self.party.fresh_id("registration", number, issuer)))
        if registration not in self.registered:
            request = RegistrationRequest(
                id=registration,
                holder=self.party.people[number],
                document_issued_on=_ISSUED_ON,
            )
            self.common.services.register(issuer, request)
            self.common.observations.acknowledge("registration", UUID(registration))
            self.registered.add(registration)
        return registration

    def _declaration(
        self, number: int, issuer: AuthorityId, day: date, *, ill: bool
    ) -> HealthDeclaration:
        if ill and number == 0:
            return HealthDeclaration(symptoms_last_on=day)
        abroad = self.common.directions[Leg.OUT].destination
        if number in self.left and issuer == abroad:
            arrived = self.common.frame.day(self.wish.out_day)
            arrival = Arrival(arrived_on=arrived, scheme=self.common.scheme)
            return HealthDeclaration(arrivals=(arrival,))
        return HealthDeclaration()

    def _legs(self) -> tuple[LegChosen, ...]:
        wish, frame = self.wish, self.common.frame
        chosen = {
            Leg.OUT: (wish.out_day, wish.out_slot),
            Leg.HOME: (wish.home_day, wish.home_slot),
        }
        return tuple(
            LegChosen(
                direction=self.common.directions[leg].id,
                day=frame.day(day).isoformat(),
                slot=self.common.slot_name(leg, slot),
                control_point=self.common.control_point,
            )
            for leg, (day, slot) in chosen.items()
        )

    def _note(self, answer: BookingAnswer) -> None:
        day = self.common.frame.day(self.wish.out_day)
        for code, facts in answer.reasons:
            self.common.observations.refuse(day, code, facts)

    def _other_wish(self, answer: BookingAnswer, number: int) -> Wish | None:
        """The next best wish after a refusal; ``None`` when the party gives up for today."""
        full = [facts for code, facts in answer.reasons if code is ReasonCode.QUOTA_FULL]
        if len(full) < len(answer.reasons):
            return None
        if any(int(facts["window_days"]) > 1 for facts in full):
            self._wait_a_week()
            return None
        home = self.common.directions[Leg.HOME].id
        if all(facts.get("direction") == home for facts in full):
            return self._with_other_home(number)
        if all("slot" in facts for facts in full):
            return self._with_other_slot()
        return self._a_day_later()

    def _with_other_slot(self) -> Wish:
        slots = self.common.frame.slots
        out_slot = (self.wish.out_slot + 1) % slots
        same_day = self.wish.home_day == self.wish.out_day
        home_slot = max(out_slot, self.wish.home_slot) if same_day else self.wish.home_slot
        return replace(self.wish, out_slot=out_slot, home_slot=home_slot)

    def _with_other_home(self, number: int) -> Wish | None:
        slots = self.common.frame.slots
        if number % slots < slots - 1 and self.wish.home_day > self.wish.out_day:
            return replace(self.wish, home_slot=(self.wish.home_slot + 1) % slots)
        if self.wish.home_day + 1 >= self.common.frame.days:
            return None
        return replace(self.wish, home_day=self.wish.home_day + 1)

    def _a_day_later(self) -> Wish | None:
        wish = self.wish
        if wish.home_day + 1 >= self.common.frame.days:
            return None
        return replace(wish, out_day=wish.out_day + 1, home_day=wish.home_day + 1)

    def _wait_a_week(self) -> None:
        wish = self.wish
        self.wish = replace(wish, out_day=wish.out_day + 7, home_day=wish.home_day + 7)
        self.asks_on += 7

    def _asks_again(self) -> bool:
        if self.party.number % _ASKED_AGAIN_EVERY:
            return False
        self.common.observations.ask_again()
        return True
