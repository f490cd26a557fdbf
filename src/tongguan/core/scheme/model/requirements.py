"""What a scheme asks of a person's health in one way or another, exemption being one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from tongguan.core.identifiers import DirectionId
from tongguan.core.scheme.model.sources import Basis
from tongguan.core.texts import Text


class JudgedAt(StrEnum):
    """The instant at which a code, a test or a requirement must hold."""

    GATE = "gate"
    """When the person stands at the gate."""
    SLOT_START = "slot_start"
    """When the slot of the pass starts; so an evening slot outlives a code that ends at 23:59."""


class AgeAnchor(StrEnum):
    """The event from which the age of a test counts."""

    SAMPLING = "sampling"
    REPORT = "report"


@dataclass(frozen=True, kw_only=True, slots=True)
class NegativeTest:
    """A negative test no older than stated; either hours or calendar days, never both.

    They count as those of a ``HealthTestRequirement``.
    """

    within_hours: int | None = None
    within_days: int | None = None
    anchor: AgeAnchor = AgeAnchor.SAMPLING
    specimens: tuple[str, ...] | None = None
    """Kinds of specimen accepted, by name; ``None``: any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DosesTaken:
    """So many doses, the last of them so many days ago.

    Days are those of the calendar in the scheme's zone: 14 days after a dose of the 1st is from
    the beginning of the 15th, and at most 14 days is until the end of the 15th.
    """

    doses_min: int
    products: tuple[str, ...] | None
    """``None``: any."""
    days_since_min: int = 0
    days_since_max: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """A first positive test so many days ago, days counted as those of doses."""

    days_since_min: int
    days_since_max: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExemptOnMedicalGround:
    """A doctor's certificate of one of the grounds."""

    grounds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExemptByAge:
    """Younger than an age, or at least so old; ValueError when neither or both are stated."""

    years_below: int | None = None
    years_min: int | None = None

    def __post_init__(self) -> None:
        """ValueError, since with both the two would contradict or leave everyone exempt."""
        if (self.years_below is None) == (self.years_min is None):
            raise ValueError("one of years_below and years_min is stated")


Way: TypeAlias = NegativeTest | DosesTaken | Recovered | ExemptOnMedicalGround | ExemptByAge


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthRequirement:
    """What must be met in any one of the ways, on the directions named.

    Whoever is exempt has met it like anyone else.
    """

    id: str
    name: Text
    directions: tuple[DirectionId, ...]
    ways: tuple[Way, ...]
    basis: Basis
    judged_at: JudgedAt = JudgedAt.GATE


WAY_NAMES: Final[Mapping[type, str]] = MappingProxyType(
    {
        NegativeTest: "test",
        DosesTaken: "doses",
        Recovered: "recovery",
        ExemptOnMedicalGround: "medical_ground",
        ExemptByAge: "age",
    }
)
"""What each kind of way is called wherever requirements are written or told."""
