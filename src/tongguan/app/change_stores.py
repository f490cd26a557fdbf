"""Records of living with change, and the protocols of the stores that keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    JourneyId,
    PhaseId,
    SchemeId,
    VersionDigest,
)
from tongguan.core.notices import NoticeCode


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One thing that the holders of an application were told; it goes with the application."""

    application: ApplicationId
    journey: JourneyId | None
    """The journey it is about; ``None`` where it is about the grant."""
    code: NoticeCode
    facts: Mapping[str, str] = field(default_factory=dict)
    """What its words name: days, control points, categories; never personal data."""
    at: datetime


class NoticeStore(Protocol):
    """Notices of an authority, which only grow until their application goes."""

    def add(self, notices: Sequence[Notice]) -> None: ...

    def of_applications(self, applications: Sequence[ApplicationId]) -> tuple[Notice, ...]:
        """What the holders of these applications were told, the newest first."""

    def told(self, code: NoticeCode, *, since: datetime) -> tuple[Notice, ...]:
        """Who was told of something from an instant on, in the order in which they were."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What was granted, without who it was granted to."""

    application: ApplicationId
    version: VersionDigest
    phase: PhaseId
    category: CategoryId


class GrantStore(Protocol):
    """What was granted, and whether it still counts."""

    def without_places(self) -> tuple[Grant, ...]:
        """Grants that count and of which no journey is booked, of whatever text."""

    def lapse(self, applications: Sequence[ApplicationId], at: datetime) -> None:
        """Let what was granted count no more."""

    def references(self, applications: Sequence[ApplicationId]) -> tuple[str, ...]:
        """The references of these applications, in alphabetical order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedText:
    """Under which text and phase, with which last day, the ledger's places now stand."""

    scheme: SchemeId
    digest: VersionDigest
    phase: PhaseId
    last_day: date | None
    applied_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    """What bringing the places there did: places moved, journeys revoked and so on, by name."""


class TransitionStore(Protocol):
    """Which text was applied, and which before it; append-only."""

    def applied(self) -> AppliedText | None:
        """The one applied last; ``None`` before any was."""

    def all(self) -> tuple[AppliedText, ...]:
        """Every one, in the order in which they were applied."""

    def add(self, applied: AppliedText) -> None: ...
