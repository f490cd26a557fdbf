"""What deletion on the scheme's schedule asks of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tongguan.core.identifiers import ApplicationId, JourneyId, VersionDigest


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationDue:
    """An application whose own last day has passed, and the journeys that may still need it."""

    id: ApplicationId
    last_days: tuple[tuple[VersionDigest, date], ...]
    """The last day of the places its people have, by the text they stand under."""


class Retention(Protocol):
    """Deletes what the scheme's schedule says is over."""

    def delete_before(self, today: date) -> Mapping[str, int]:
        """Delete the rows whose last day was before ``today``; the number by table."""

    def applications_due(self, today: date, limit: int) -> tuple[ApplicationDue, ...]:
        """Applications whose own last day is before this one, the longest over first."""

    def delete_applications(self, applications: Sequence[ApplicationId]) -> int:
        """Delete these with their applicants; how many there were."""

    def journeys_over(self, today: date) -> tuple[JourneyId, ...]:
        """Journeys without an application that count in no week that is not over."""

    def forget_journeys(self, journeys: Sequence[JourneyId]) -> None:
        """Delete what is kept of journeys that are over; what they used stays counted.

        The caller holds the text.
        """

    def delete_windows_before(self, today: date) -> int:
        """Delete the windows of single persons that were over; how many there were."""

    def has_empty_rows(self) -> bool:
        """Whether a person has a row of live journeys and no live journey."""
