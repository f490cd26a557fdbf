"""The ledger of places as the use cases see it: take, cancel, look; exact under any fault.

Between two texts a transition rewrites what is counted. It takes ``hold_text_alone`` first, reads
``live_journeys`` from the quota week in which it happens, lets ``core.quota`` say under the new
text what each journey is counted in (``demand_of``, then ``seat`` for one journey after another),
and hands the result to ``restate``, all in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tongguan.core.decisions import Reason
from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    ControlPointId,
    DirectionId,
    JourneyId,
    PersonKey,
    PhaseId,
    SchemeId,
    SlotId,
    SponsorId,
    VersionDigest,
)
from tongguan.core.quota.choices import Choice
from tongguan.core.quota.windows import Crossing, Window, WindowKey
from tongguan.core.scheme.model import Leg


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One person's place on one leg."""

    journey: JourneyId
    person_number: int
    """The traveller's number in the application, from 0."""
    person: PersonKey
    leg: Leg
    direction: DirectionId
    category: CategoryId
    control_point: ControlPointId
    slot: SlotId
    day: date
    cell_week: date
    """First day of the quota week of ``day``: with the scheme, the cell that holds the place."""
    sponsor: SponsorId | None = None

    @property
    def crossing(self) -> Crossing:
        """The crossing it is for, as quotas see it."""
        return Crossing(
            direction=self.direction,
            category=self.category,
            control_point=self.control_point,
            slot=self.slot,
            day=self.day,
            person=self.person,
            sponsor=self.sponsor,
        )


class JourneyState(StrEnum):
    """What became of a party's places."""

    HELD = "held"
    """Until an hour; then they are given back, unless they were confirmed before."""
    BOOKED = "booked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    """By another journey of the same party, in one step."""


STANDING = (JourneyState.HELD, JourneyState.BOOKED)
"""The states in which a journey has its places."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """A party's places on every leg, as they stand in the ledger."""

    id: JourneyId
    application: ApplicationId
    scheme: SchemeId
    version: VersionDigest
    """The text of its booking, or of its move since."""
    phase: PhaseId
    state: JourneyState
    booked_at: datetime
    """When the places were taken, though only held."""
    places: tuple[Place, ...]
    held_until: datetime | None = None
    """The hour of what is held, or of what was when it ended."""
    replaced_by: JourneyId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedLeg:
    """One leg that each person of a party asks for."""

    leg: Leg
    direction: DirectionId
    control_point: ControlPointId
    slot: SlotId
    day: date
    cell_week: date
    """First day of the quota week of ``day``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedAlike:
    """What each person of a party asks for; parties that ask alike share one value."""

    scheme: SchemeId
    version: VersionDigest
    phase: PhaseId
    category: CategoryId
    sponsor: SponsorId | None
    legs: tuple[AskedLeg, ...]
    windows: tuple[tuple[Window, int], ...]
    """Each window that counts them, with how many of one person's crossings it counts.

    One whose dimension of persons has no value stands for a window of each person.
    """
    live_until: datetime
    """When the journey stops counting as its people's live journey."""
    live_journeys_per_person_max: int
    choices: tuple[Choice, ...] = ()
    """Where a cap has reserves: the windows from one of which one person's place is taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceRequest:
    """Everything a party asks for at once; taken whole or not at all."""

    journey: JourneyId
    application: ApplicationId
    request_hash: bytes
    """Keyed hash of the request as sent: the same id with another hash is refused."""
    persons: tuple[PersonKey, ...]
    """The party, in the order of the application."""
    asked: AskedAlike
    held_until: datetime | None = None
    """The hour of a hold; ``None`` = booked at once."""

    @property
    def places(self) -> tuple[Place, ...]:
        """One for each leg and person."""
        return tuple(
            Place(
                journey=self.journey,
                person_number=number,
                person=person,
                leg=leg.leg,
                direction=leg.direction,
                category=self.asked.category,
                control_point=leg.control_point,
                slot=leg.slot,
                day=leg.day,
                cell_week=leg.cell_week,
                sponsor=self.asked.sponsor,
            )
            for leg in self.asked.legs
            for number, person in enumerate(self.persons)
        )


class PlacesTaken:
    """The places are the party's: acknowledged, and durable once the transaction commits."""

    __slots__ = ("_journey", "at", "replayed", "request")

    def __init__(
        self,
        *,
        request: PlaceRequest | None = None,
        at: datetime | None = None,
        journey: Journey | None = None,
    ) -> None:
        """Taken now, for a request; or a journey that the id had taken before."""
        self.request = request
        self.at = at
        self._journey = journey
        self.replayed: bool = request is None
        """Whether this id had been decided before and this is its current state."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PlacesTaken):
            return NotImplemented
        return (self.replayed, self.journey) == (other.replayed, other.journey)

    def __hash__(self) -> int:
        return hash((self.replayed, self.journey.id))

    def __repr__(self) -> str:
        return f"PlacesTaken(journey={self.journey!r}, replayed={self.replayed})"

    @property
    def journey(self) -> Journey:
        """The journey as it stands; one taken now is put together when it is first asked for."""
        if self._journey is None:
            assert self.request is not None  # noqa: S101 - one of them is given
            assert self.at is not None  # noqa: S101
            self._journey = journey_of(self.request, self.at)
        return self._journey


def journey_of(request: PlaceRequest, at: datetime) -> Journey:
    """The journey of a request that was granted at an instant."""
    return Journey(
        id=request.journey,
        application=request.application,
        scheme=request.asked.scheme,
        version=request.asked.version,
        phase=request.asked.phase,
        state=JourneyState.BOOKED if request.held_until is None else JourneyState.HELD,
        booked_at=at,
        places=tuple(sorted(request.places, key=_place_order)),
        held_until=request.held_until,
    )


def _place_order(place: Place) -> tuple[object, ...]:
    """The order in which a journey's places are told: by day, the way out first."""
    return (place.day, place.leg is not Leg.OUT, place.person_number)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacesRefused:
    """Nothing was taken; the reasons name each quota that was full, or the rule that held."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestIdReused:
    """The id belongs to a different request: the sender's fault, nothing was changed."""


PlacesAnswer = PlacesTaken | PlacesRefused | RequestIdReused
"""One answer to one request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowCount:
    """How full a window is."""

    window: Window
    taken: int
    capacity: int
    """The limit when it was last reckoned; ``window.limit`` is the one asked with."""
    honoured: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldWindow:
    """A window that counts persons of a journey."""

    journey: JourneyId
    count: WindowCount
    persons: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Restatement:
    """What a journey holds under a new text, in the cells from the week of the transition on."""

    journey: JourneyId
    places: tuple[Place, ...]
    """As they were, moved, or fewer; in those cells only. None at all cancels the journey, which
    is possible only where it has no place in an earlier week."""
    counted: tuple[tuple[Window, int], ...]
    """Every window and part that counts them, with the number of persons; see ``seat``."""
    live_until: datetime | None = None
    """When another journey may be booked, where that has changed; ``None`` = as it was."""
    moved_under: tuple[VersionDigest, PhaseId] | None = None
    """The text that places were moved under; ``None`` where they were not."""


class Ledger(Protocol):
    """Places and the windows that count them; see ``docs/ledger.md`` for its law of locking."""

    def hold_text(self) -> None:
        """Keep the text that holds from being replaced until the transaction ends.

        Whoever takes or cancels calls it first, before reading what holds; any number at once.
        """

    def hold_text_alone(self) -> None:
        """Wait until nobody holds the text, and let nobody until the transaction ends.

        The first thing a transition does: a transaction that has called ``hold_text`` must never
        ask for this, or two of them would wait for each other.
        """

    def take_many(
        self,
        requests: Sequence[PlaceRequest],
        now: datetime,
        *,
        recorded_as: tuple[str, str] | None = None,
    ) -> tuple[PlacesAnswer, ...]:
        """Decide requests in the order given, as if one were asked after another.

        Each takes all its places or none, at most once for an id, under limits reckoned at ``now``.
        All are of one scheme, text and phase. What is granted is recorded as this act of someone.
        """

    def rebook(self, old: JourneyId, request: PlaceRequest, now: datetime) -> PlacesAnswer | None:
        """Give one back and take another in one step, or neither; ``None`` where it was over."""

    def known(
        self, journey: JourneyId, request_hash: bytes
    ) -> PlacesTaken | RequestIdReused | None:
        """What an id stands for: its journey as it is, another request, or nothing."""

    def kept(self, journeys: Sequence[JourneyId]) -> frozenset[JourneyId]:
        """Those of these ids under which something is known."""

    def confirm(self, journey: JourneyId, now: datetime) -> Journey | None:
        """Book what is held, before its hour; the journey as it then stands."""

    def holds_due(self, now: datetime) -> bool:
        """Whether something is held beyond its hour; whoever books lets it expire first."""

    def expire(self, now: datetime, limit: int = 500) -> tuple[Journey, ...]:
        """Give back what is held beyond its hour, the longest first."""

    def cancel(self, journey: JourneyId, now: datetime) -> Journey | None:
        """Give all places of a journey back; again is harmless; ``None`` for an unknown id."""

    def release(
        self, journey: JourneyId, leg: Leg, person_numbers: Sequence[int], now: datetime
    ) -> Journey | None:
        """Give back the places of some persons on one leg; the journey as it then stands."""

    def lock(self, journey: JourneyId) -> Journey | None:
        """The journey, which nobody ends or confirms before this transaction is over."""

    def lock_places(self, journey: JourneyId) -> Journey | None:
        """The journey, with all it has locked as for giving it back.

        For whoever records that it was given back: of two at once only one has done it.
        """

    def sweep(self, rows_max: int) -> int:
        """Delete some of the persons' rows that stand for no journey; how many.

        The caller holds the text alone: nobody may be waiting for one of them.
        """

    def journey(self, journey: JourneyId) -> Journey | None:
        """One journey, or ``None``."""

    def journeys_of(self, application: ApplicationId) -> tuple[Journey, ...]:
        """An application's journeys, the newest first."""

    def counts(self, windows: Sequence[Window]) -> tuple[WindowCount, ...]:
        """How full each window is; one nobody has touched yet counts zero."""

    def windows_exceeded(self) -> tuple[WindowCount, ...]:
        """Windows in which the bookings, counted anew from their rows, exceed what is allowed."""

    def live_journeys(self, scheme: SchemeId, from_week: date) -> tuple[Journey, ...]:
        """Journeys that are not cancelled with a place in this quota week or a later one.

        The first booked comes first; all their places, those in earlier weeks too.
        """

    def held_windows(self, scheme: SchemeId, from_week: date) -> tuple[HeldWindow, ...]:
        """What counts each live journey in this quota week and later ones, as recorded."""

    def forgotten(self, scheme: SchemeId, from_week: date) -> Mapping[WindowKey, int]:
        """Who used a place in the windows of these weeks and whose journeys are deleted.

        A transition counts them where it seats the others.
        """

    def restate(
        self,
        scheme: SchemeId,
        from_week: date,
        journeys: Sequence[Restatement],
        now: datetime,
    ) -> None:
        """Rewrite what the journeys hold and what counts them, from this quota week on.

        Every live journey of these weeks must be given. Each window's capacity becomes the limit
        given, and what it holds beyond that is honoured. The caller holds the text alone.
        """
