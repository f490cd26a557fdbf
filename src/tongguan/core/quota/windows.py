"""Which quota windows a crossing counts in, and how many persons of a party each one takes.

A window is one row of the ledger. Its key begins with the cell (scheme, quota week), so that every
window a crossing touches lies in one cell; the order of the keys is the order of the locks.
"""

from collections import Counter
from collections.abc import Sequence
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
)
from tongguan.core.scheme.model import EACH, Phase, Quota, QuotaPer, Version

PERSON_DIMENSION = "person"
"""The one dimension whose value stands for a person; it is never shown."""

_DAYS_IN = {QuotaPer.DAY: 1, QuotaPer.WEEK: 7}


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

    def value(self, dimension: str) -> str:
        """The value of a quota dimension; a person's is the keyed index in hexadecimal."""
        if dimension == PERSON_DIMENSION:
            return self.person.hex()
        return str(getattr(self, dimension))


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Window:
    """The persons that one quota counts together; ordered by its key, in field order."""

    scheme: SchemeId
    cell_week: date
    """First day of the quota week that holds the window."""
    quota: QuotaId
    starts: date
    """Its first service day."""
    dimensions: tuple[tuple[str, str], ...]
    """What it distinguishes, by name in alphabetical order."""
    days: int
    """Service days from ``starts``: 1 or 7."""
    limit: int
    """Persons; like ``days`` no part of the key."""

    @property
    def key(self) -> tuple[SchemeId, date, QuotaId, date, tuple[tuple[str, str], ...]]:
        """What tells it from every other window."""
        return (self.scheme, self.cell_week, self.quota, self.starts, self.dimensions)

    def holds(self, crossing: Crossing) -> bool:
        """Whether the crossing counts in this window."""
        in_time = self.starts <= crossing.day < self.starts + timedelta(days=self.days)
        return in_time and all(crossing.value(name) == value for name, value in self.dimensions)


def cell_week(version: Version, day: date) -> date:
    """The first day of the quota week of a service day: with the scheme, the cell of its rows.

    Raises ``UnstatedQuotaError`` while nobody has stated when the week starts.
    """
    if version.week_starts_on is None:
        raise UnstatedQuotaError(f"{version.id}: nobody has stated when the week starts")
    return week_start(day, version.week_starts_on)


def windows_touched(version: Version, phase: Phase, crossing: Crossing) -> tuple[Window, ...]:
    """The windows the crossing counts in, exactly one for each quota that matches, in key order.

    Raises ``UnstatedQuotaError`` when a quota of the phase or the start of the week is unstated.
    """
    windows = (_window_of(version, quota, crossing) for quota in phase.quotas)
    return tuple(sorted(window for window in windows if window is not None))


def windows_of_party(
    version: Version, phase: Phase, crossings: Sequence[Crossing]
) -> tuple[tuple[Window, int], ...]:
    """Every window the crossings touch with the persons it takes, in key order over all legs.

    A crossing that is given twice counts once.
    """
    persons = Counter(
        window
        for crossing in dict.fromkeys(crossings)
        for window in windows_touched(version, phase, crossing)
    )
    return tuple(sorted(persons.items()))


def _window_of(version: Version, quota: Quota, crossing: Crossing) -> Window | None:
    """The window of the quota that holds the crossing; ``None`` when the quota does not match."""
    if quota.limit is None or quota.kind is None:
        raise UnstatedQuotaError(f"{version.id}: quota {quota.id} has no stated limit and kind")
    dimensions: list[tuple[str, str]] = []
    for name, counted in sorted(quota.counts.items()):
        if counted is None:
            raise UnstatedQuotaError(f"{version.id}: quota {quota.id} does not state its {name}")
        value = crossing.value(name)
        if counted not in (EACH, value):
            return None
        dimensions.append((name, value))
    week = cell_week(version, crossing.day)
    return Window(
        scheme=version.scheme,
        cell_week=week,
        quota=quota.id,
        starts=week if quota.per is QuotaPer.WEEK else crossing.day,
        dimensions=tuple(dimensions),
        days=_DAYS_IN[quota.per],
        limit=quota.limit,
    )
