"""What a check of the ledger's rows finds, and what it asks of the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tongguan.core.identifiers import JourneyId, PersonKey, SchemeId
from tongguan.core.quota.windows import WindowKey


class DifferenceKind(StrEnum):
    """In what two records of the same places differ."""

    CELL_WEEKS = "cell_weeks"
    """A journey does not name the weeks in which its places lie."""
    COUNTER_TOO_HIGH = "counter_too_high"
    COUNTER_TOO_LOW = "counter_too_low"
    COUNT_DIFFERS = "count_differs"
    """A window counts another number of a journey's persons than have places in it."""
    COUNT_MISSING = "count_missing"
    """Persons of a journey have places in a window, and it does not say that these are counted."""
    COUNT_STRAY = "count_stray"
    """A window counts persons of a journey that has no place in it."""
    COUNT_WITHOUT_WINDOW = "count_without_window"
    """A journey is counted in a window that does not exist."""
    HONOURED = "honoured"
    """What a cut left above the limit is not what is taken above it."""
    JOURNEY_WITHOUT_PLACES = "journey_without_places"
    LIVE_LEFT = "live_left"
    """A person is kept from booking by a journey that is over, or is not theirs."""
    LIVE_MISSING = "live_missing"
    """A person has a place to come, and nothing keeps them from another journey."""
    PARTS = "parts"
    """The parts of a cap do not count the persons of a journey that the cap counts."""
    PLACE_WITHOUT_CELL = "place_without_cell"
    """Of a scheme that was never adopted, or in a week that begins on no day weeks begin on."""
    PLACE_OF_OTHER_SCHEME = "place_of_other_scheme"
    """A place in a cell of another scheme than its journey's."""
    PLACE_WITHOUT_JOURNEY = "place_without_journey"
    WINDOW_EXCEEDED = "window_exceeded"
    """More places than the limit, and what a cut honours, allow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One difference: which row says what, and what it should say."""

    kind: DifferenceKind
    is_repairable: bool
    """Whether counting alone says what is right, and putting it right takes nobody's place."""
    scheme: SchemeId
    window: WindowKey | None = None
    days: int | None = None
    """Service days of the window; ``None`` where it does not exist."""
    journey: JourneyId | None = None
    person: PersonKey | None = None
    """Whose row it is; never shown."""
    number: int | None = None
    """The number of the person's row of live journeys."""
    says: int | None = None
    should: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    """The rows it follows from, and what no number says."""

    @property
    def identity(self) -> tuple[str, ...]:
        """What stays as it is while people book: to know a difference again that was shown."""
        change = 0 if self.says is None or self.should is None else self.should - self.says
        key = (self.kind, self.scheme, self.window, self.journey, self.person, self.number, change)
        return tuple(map(str, key))


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """How much was looked at."""

    windows: int
    journeys: int
    places: int


class PlacesCheck(Protocol):
    """Compares the records of places with each other within one transaction."""

    def look_at_one_moment(self) -> None:
        """The first thing of a transaction that only looks: nothing changes under it."""

    def take_time(self) -> None:
        """Let statements of this transaction take as long as they need."""

    def extent(self) -> Extent:
        """How many rows there are."""

    def differences(
        self, week_starts: Mapping[SchemeId, Sequence[int]], after: date
    ) -> Iterator[Difference]:
        """Every difference, one after another.

        ``week_starts``: of each scheme that was adopted, the days on which weeks may begin
        (1 = Monday). ``after``: who has a place on a later day than this must have a live journey.
        """

    def repair(self, difference: Difference, live_until: datetime | None) -> None:
        """Write what should be; ``live_until`` is for a live journey that is missing.

        The caller holds the text alone. Raises ``LookupError`` where the row is not as it was.
        """
