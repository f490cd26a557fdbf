"""Windows: the persons that one quota counts together, and which of them hold a crossing.

A window is one row of the ledger. Its key begins with the cell (scheme, quota week), so that every
window a crossing touches lies in one cell; the order of the keys is the order of the locks.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tongguan.core.calendar import week_start
from tongguan.core.identifiers import (
    CategoryId,
    ControlPointId,
    DirectionId,
    PersonKey,
    QuotaId,
    SchemeId,
    SlotId,
    SponsorId,
)
from tongguan.core.scheme.model import EACH, Quota, QuotaPer, Version

PERSON_DIMENSION = "person"
"""The one dimension whose value stands for a person; it is never shown."""
NOBODY = PersonKey(b"")
"""Stands for each person of a party where what all of them ask for is worked out once."""
OPEN_PART = ("part", "open")
"""What tells the open part of a cap, which is kept for nobody, from the cap itself."""

Dimensions = tuple[tuple[str, str], ...]
"""What a window distinguishes, by name in alphabetical order."""
WindowKey = tuple[SchemeId, date, QuotaId, date, Dimensions]

DAYS_IN = {QuotaPer.DAY: 1, QuotaPer.WEEK: 7}


class UnstatedQuotaError(ValueError):
    """A quota was asked to count although nobody has stated all of it: unknown is not unlimited."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """One person's crossing, as quotas see it."""

    direction: DirectionId
    category: CategoryId
    control_point: ControlPointId
    slot: SlotId
    day: date
    """The service day."""
    person: PersonKey
    sponsor: SponsorId | None = None
    """Whose list the person is on; ``None`` = nobody's, and no quota of sponsors counts them."""

    def value(self, dimension: str) -> str | None:
        """The value of a quota dimension; a person's is the keyed index in hexadecimal."""
        if dimension == PERSON_DIMENSION:
            return self.person.hex()
        value = getattr(self, dimension)
        return None if value is None else str(value)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Window:
    """The persons that one quota counts together; ordered by its key, in field order."""

    scheme: SchemeId
    cell_week: date
    """First day of the quota week that holds the window."""
    quota: QuotaId
    starts: date
    """Its first service day."""
    dimensions: Dimensions
    days: int
    """Service days from ``starts``: 1 or 7."""
    limit: int
    """Persons, as reckoned at an instant; like ``days`` no part of the key."""
    part_of: WindowKey | None = None
    """For a reserve's window and for the open part: the window of the cap whose places it has."""

    @property
    def key(self) -> WindowKey:
        """What tells it from every other window."""
        return (self.scheme, self.cell_week, self.quota, self.starts, self.dimensions)

    def holds(self, crossing: Crossing) -> bool:
        """Whether the quota counts the crossing in this window.

        A part of a cap may also be taken from by a crossing that its quota does not count.
        """
        in_time = self.starts <= crossing.day < self.starts + timedelta(days=self.days)
        return in_time and all(
            crossing.value(name) == value
            for name, value in self.dimensions
            if (name, value) != OPEN_PART
        )


def cell_week(version: Version, day: date) -> date:
    """The first day of the quota week of a service day: with the scheme, the cell of its rows.

    Raises ``UnstatedQuotaError`` while nobody has stated when the week starts.
    """
    if version.week_starts_on is None:
        raise UnstatedQuotaError(f"{version.id}: nobody has stated when the week starts")
    return week_start(day, version.week_starts_on)


def dimensions_of(quota: Quota, crossing: Crossing) -> Dimensions | None:
    """What the quota distinguishes of the crossing; ``None`` where it does not count it.

    Raises ``UnstatedQuotaError`` for a dimension that nobody has stated.
    """
    dimensions: list[tuple[str, str]] = []
    for name, counted in sorted(quota.counts.items()):
        if counted is None:
            raise UnstatedQuotaError(f"quota {quota.id} does not state its {name}")
        value = crossing.value(name)
        if value is None or counted not in (EACH, value):
            return None
        dimensions.append((name, value))
    return tuple(dimensions)
