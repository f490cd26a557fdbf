"""What keeps officers' hands off colours: units, proposals of two, cases, alarms and notices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tongguan.core.evidence.limits import AlarmKind
from tongguan.core.identifiers import (
    CaseId,
    EvidenceId,
    PersonKey,
    ProposalId,
    RegistrationId,
    UnitId,
)


class ProposalKind(StrEnum):
    """What takes two officers of different units."""

    CLAIM = "claim"
    """To give a number that is registered to the one who claims it."""
    FINDING = "finding"
    """To enter evidence by hand."""
    LIFT = "lift"
    RELEASE = "release"
    REVIEW = "review"
    """To find that acts were in order, so that they no longer count against their causers."""
    UPHOLD = "uphold"
    """To decide a case against the person."""


class ProposalState(StrEnum):
    """Where a proposal stands."""

    CARRIED_OUT = "carried_out"
    LAPSED = "lapsed"
    OPEN = "open"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What one officer proposes; it does nothing before an officer of another unit confirms it."""

    id: ProposalId
    kind: ProposalKind
    person: PersonKey | None
    """Whom it is about; ``None`` of a review."""
    content: Mapping[str, object] = field(repr=False)
    """What would be done, in plain values; stored encrypted."""
    proposed_by: str
    unit: UnitId
    proposed_at: datetime
    lapses_at: datetime
    state: ProposalState
    decided_by: str | None = None
    decided_unit: UnitId | None = None
    decided_at: datetime | None = None


class CaseState(StrEnum):
    """Where a request for correction stands."""

    LIFTED = "lifted"
    OPEN = "open"
    UPHELD = "upheld"


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionCase:
    """A person says that evidence about them is wrong."""

    id: CaseId
    person: PersonKey
    registration: RegistrationId
    evidence: EvidenceId
    words: str = field(repr=False)
    state: CaseState
    opened_at: datetime
    decide_by: datetime
    """Interim relief begins here, unless it was decided."""
    decided_at: datetime | None = None
    decided_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """So many adverse acts by one causer, or at people who share something."""

    serial: int
    """0 before it is kept."""
    kind: AlarmKind
    subject: str
    """The causer, or what the targets share."""
    acts: int
    """Acts and attempts within the window when it was raised."""
    raised_at: datetime
    reviewed_at: datetime | None = None
    reviewed_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthNotice:
    """What a person was told about their evidence, kept for them until they read it and after."""

    person: PersonKey
    code: str
    """``HealthNoticeCode``; the words stand in ``texts/``."""
    facts: Mapping[str, str] = field(repr=False)
    at: datetime


class ControlStore(Protocol):
    """Units, proposals, cases, alarms and notices."""

    def put_in_unit(self, officer: str, unit: UnitId, at: datetime) -> None:
        """From now on the officer belongs to this unit; the earlier rows stay."""

    def unit_of(self, officer: str) -> UnitId | None: ...

    def units_of(self, officer: str, *, since: datetime) -> frozenset[UnitId]:
        """Every unit to which an officer has belonged from an instant on."""

    def units(self) -> Mapping[str, UnitId]:
        """Every officer's present unit."""

    def propose(self, proposal: Proposal, delete_after: date) -> bool:
        """Keep a proposal; ``False`` when the id is there already."""

    def proposal(self, proposal: ProposalId, *, lock: bool = False) -> Proposal | None: ...

    def open_proposals(self, now: datetime, *, limit: int) -> tuple[Proposal, ...]:
        """The oldest of each officer before the second of any, so that no heap hides another's;
        in the order of their time."""

    def open_findings_of(self, unit: UnitId, now: datetime) -> int:
        """How many findings a unit has waiting to be confirmed."""

    def open_of_officer(self, officer: str, now: datetime) -> int:
        """How many proposals of any kind an officer has waiting."""

    def lapsed_proposals(self, now: datetime, *, limit: int) -> tuple[Proposal, ...]:
        """Open ones whose time is over, the oldest first, locked; none that others hold."""

    def decide_proposal(self, proposal: Proposal) -> None: ...

    def open_case(self, case: CorrectionCase, delete_after: date) -> bool: ...

    def case(self, case: CaseId, *, lock: bool = False) -> CorrectionCase | None: ...

    def case_of(self, evidence: EvidenceId) -> CorrectionCase | None:
        """The latest about this evidence."""

    def open_cases(self, *, limit: int) -> tuple[CorrectionCase, ...]:
        """Those to decide, the one whose time runs out first at the head."""

    def cases_to_tell(
        self, since: datetime, until: datetime, *, limit: int
    ) -> tuple[CorrectionCase, ...]:
        """Open ones whose clock ran out after ``since`` and by ``until``, and of whom nobody has
        noted that they were told, the earliest first."""

    def note_told(self, case: CaseId, at: datetime) -> None:
        """That the person was told of relief, or had no need to be; again is harmless."""

    def decide_case(self, case: CorrectionCase) -> None: ...

    def raise_alarm(self, alarm: Alarm) -> int: ...

    def alarms(self, *, open_only: bool = False) -> tuple[Alarm, ...]: ...

    def review_alarms(self, serials: Sequence[int], *, at: datetime, by: Sequence[str]) -> None: ...

    def tell(self, notice: HealthNotice, delete_after: date) -> None: ...

    def told(self, person: PersonKey) -> tuple[HealthNotice, ...]:
        """What a person was told, the newest first."""
