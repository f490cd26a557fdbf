"""The ledger of places as the use cases see it: take, cancel, look; exact under any fault."""

from collections.abc import Sequence
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
)
from tongguan.core.quota.windows import Window
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


class JourneyState(StrEnum):
    """What became of a party's places."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """A party's places on every leg, as they stand in the ledger."""

    id: JourneyId
    application: ApplicationId
    scheme: SchemeId
    phase: PhaseId
    state: JourneyState
    booked_at: datetime
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceRequest:
    """Everything a party asks for at once; taken whole or not at all."""

    journey: JourneyId
    application: ApplicationId
    scheme: SchemeId
    phase: PhaseId
    request_hash: bytes
    """Keyed hash of the request as sent: the same id with another hash is refused."""
    places: tuple[Place, ...]
    windows: tuple[tuple[Window, int], ...]
    """Each window touched, with the number of persons it takes, in the ledger's key order."""
    live_until: datetime
    """When the journey stops counting as its people's live journey."""
    live_journeys_per_person_max: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacesTaken:
    """The places are the party's: acknowledged, and durable once the transaction commits."""

    journey: Journey
    replayed: bool
    """Whether this id had been decided before and this is its current state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacesRefused:
    """Nothing was taken; the reasons name each quota that was full, or the rule that held."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestIdReused:
    """The id belongs to a different request: the sender's fault, nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowCount:
    """How full a window is."""

    window: Window
    taken: int
    capacity: int
    honoured: int


class Ledger(Protocol):
    """Places and the windows that count them; see ``docs/ledger.md`` for its law of locking."""

    def take(
        self, request: PlaceRequest, now: datetime
    ) -> "PlacesTaken | PlacesRefused | RequestIdReused":
        """Take all places or none, at most once for an id."""

    def known(
        self, journey: JourneyId, request_hash: bytes
    ) -> PlacesTaken | RequestIdReused | None:
        """What is known of an id: its journey as it stands, that it is another request's, or
        nothing.
        """

    def cancel(self, journey: JourneyId, now: datetime) -> Journey | None:
        """Give all places of a journey back; again is harmless; ``None`` for an unknown id."""

    def journey(self, journey: JourneyId) -> Journey | None:
        """One journey, or ``None``."""

    def journeys_of(self, application: ApplicationId) -> tuple[Journey, ...]:
        """An application's journeys, the newest first."""

    def counts(self, windows: Sequence[Window]) -> tuple[WindowCount, ...]:
        """How full each window is; one nobody has touched yet counts zero."""

    def windows_exceeded(self) -> tuple[WindowCount, ...]:
        """Windows in which the bookings, counted anew from their rows, exceed what is allowed."""
