"""Where one crosses, where one may be, and who takes part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DivisionCode,
    SponsorId,
)
from tongguan.core.people import Assurance, DocumentType
from tongguan.core.scheme.model.sources import Basis
from tongguan.core.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlPoint:
    """A place to cross: its name on each side, its passenger hours (``None`` = not stated)."""

    id: ControlPointId
    names: Mapping[AuthorityId, Text]
    opens: time | None
    closes: time | None
    """Exclusive; 00:00 is the end of the day."""
    basis: Basis
    closed_days: tuple[date, ...] = ()
    booking_required: bool = True
    """False where travellers cross without place and pass, such as a ferry that sells tickets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Where crossing is possible; ``control_points`` of ``None`` = not stated."""

    divisions: tuple[DivisionCode, ...]
    control_points: tuple[ControlPoint, ...] | None
    basis: Basis


class DivisionKind(StrEnum):
    """Which table a code is of."""

    DIVISION = "division"
    """GB/T 2260: provinces, cities and districts, up to six digits."""
    STREET = "street"
    """Statistics code of a street or town: nine digits, the first six a division's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Denied:
    """A division or street that is not allowed on the days named; ``None`` = without bound."""

    code: DivisionCode
    kind: DivisionKind
    name: Text | None
    first: date | None
    last: date | None
    basis: Basis

    def holds_on(self, day: date) -> bool:
        """Whether the denial holds on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """The activity range: prefixes of divisions that are allowed, less those denied."""

    allow: tuple[DivisionCode, ...]
    deny: tuple[Denied, ...]
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Stayed:
    """Where a traveller must have been, and nowhere else, on the days before the crossing."""

    days: int
    """Calendar days before the service day."""
    allow: tuple[DivisionCode, ...]
    deny: tuple[Denied, ...]
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Participation:
    """Which divisions are open, and the documents to apply with (``None`` = not stated)."""

    divisions: tuple[DivisionCode, ...]
    document_types: tuple[DocumentType, ...] | None
    basis: Basis
    stayed: Stayed | None = None
    """``None`` = nothing is asked of where one has been."""


class AllocationMethod(StrEnum):
    """How places are given out."""

    FIRST_COME = "first_come"
    """In order of arrival once evidence is declared."""
    CASE = "case"
    """By an officer, case by case."""
    SPONSOR_LIST = "sponsor_list"
    """To those whom a sponsor of the phase has put on its list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A document a category asks for."""

    id: str
    name: Text
    required: bool
    follows_within_days: int = 0
    """Days after the decision within which it may follow; 0 = it must be there to apply."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """A ground to cross; lower ``precedence`` goes first when a person fits several."""

    id: CategoryId
    name: Text
    precedence: int | None
    fallback: tuple[CategoryId, ...]
    allocation: AllocationMethod | None
    evidence: tuple[Evidence, ...] | None
    assurance: Assurance | None
    basis: Basis
    decide_within_minutes: int | None = None
    """The clock of a case, from the application; ``None`` = not stated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sponsor:
    """A body that vets and answers for its own people, such as a chamber of commerce."""

    id: SponsorId
    name: Text
    basis: Basis
