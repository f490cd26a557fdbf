"""Stores of evidence, of those who vouch for it, and of adverse acts with their causers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from tongguan.core.evidence.records import Evidence, EvidenceEvent, KeptEvidence, RiskPlace, Route
from tongguan.core.evidence.sources import EvidenceSource, Unsound
from tongguan.core.identifiers import (
    DivisionCode,
    EvidenceId,
    EvidenceSourceId,
    PersonKey,
    RegistrationId,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AdverseAct:
    """Something by which a colour became worse, or would have: without name, number or colour."""

    serial: int
    """0 before it is kept."""
    evidence: EvidenceId
    route: Route
    causers: tuple[str, ...]
    targets: tuple[str, ...] = field(repr=False)
    at: datetime
    held: bool
    """It was beyond what its causers may do unseen, and counted for nothing."""
    reviewed_at: datetime | None = None
    reviewed_by: tuple[str, ...] = ()


class EvidenceStore(Protocol):
    """Evidence and what became of it, append-only."""

    def hold_person(self, person: PersonKey) -> None:
        """Let nobody else write of this person until the transaction ends."""

    def hold_causers(self, causers: Sequence[str]) -> None:
        """Let nobody else act in these causers' names meanwhile; locked in their order."""

    def add(self, evidence: Evidence, request_hash: bytes, delete_after: date) -> bool:
        """Keep evidence; ``False`` when the id is there already (nothing changed)."""

    def request_hash(self, evidence: EvidenceId) -> bytes | None: ...

    def add_event(self, event: EvidenceEvent) -> None: ...

    def get(self, evidence: EvidenceId) -> KeptEvidence | None: ...

    def of_person(self, person: PersonKey) -> tuple[KeptEvidence, ...]:
        """Everything kept of a person, in the order received, whatever became of it."""

    def of_registration(self, registration: RegistrationId) -> tuple[KeptEvidence, ...]:
        """The person's own word under a registration."""

    def of_route(self, route: Route, *, ends_after: datetime) -> tuple[KeptEvidence, ...]:
        """What entered by a route and has not ended by itself at an instant, of whomever."""

    def said_by(
        self, source: EvidenceSourceId, *, after: tuple[datetime, EvidenceId], limit: int
    ) -> tuple[KeptEvidence, ...]:
        """What a source signed and nobody took back or lifted, by the time it was received and by
        id: the first of those that come after a place in that order."""

    def withdrawn_by(self, source: EvidenceSourceId, since: datetime) -> int:
        """How many pieces of evidence a source itself took back from then on."""

    def keep_until(self, evidence: EvidenceId, day: date) -> None:
        """Delete it no earlier than after this day."""

    def keep_together(self, evidence: Collection[EvidenceId]) -> None:
        """Delete none of these before the day of the one that is kept longest."""

    def add_act(self, act: AdverseAct) -> int:
        """Keep an adverse act; its serial."""

    def unreviewed(self, causer: str) -> int:
        """How many acts of this causer counted and were looked at by nobody else."""

    def acts_since(self, instant: datetime, *, causer: str | None = None) -> tuple[AdverseAct, ...]:
        """Acts from an instant on, held ones too, in order."""

    def unreviewed_sharing(
        self, subjects: Collection[str], *, since: datetime
    ) -> tuple[AdverseAct, ...]:
        """Acts from an instant on, held ones too, that nobody has looked at and that have one of
        these among their causers or targets."""

    def acts_to_review(self, *, limit: int) -> tuple[AdverseAct, ...]:
        """Acts nobody has reviewed: up to so many that were held, then as many others, the oldest
        of each; a heap of the one kind hides nothing of the other."""

    def unreviewed_among(self, serials: Collection[int]) -> tuple[AdverseAct, ...]:
        """Those of these acts that nobody has reviewed."""

    def acts_of(self, evidence: EvidenceId) -> tuple[AdverseAct, ...]: ...

    def review(self, serials: Sequence[int], *, at: datetime, by: Sequence[str]) -> None:
        """Note that officers of units that did not cause them looked at these acts."""


class EvidenceSourceStore(Protocol):
    """Enrolled sources and the places that they list."""

    def enrol(self, source: EvidenceSource) -> bool:
        """Keep a source; ``False`` when the id is there already."""

    def withdraw(self, source: EvidenceSourceId, at: datetime) -> bool: ...

    def disbelieve(self, source: EvidenceSourceId, since: datetime, because: Unsound) -> None:
        """Note of a withdrawn source since when nothing it said stands; the earliest time holds."""

    def get(self, source: EvidenceSourceId) -> EvidenceSource | None: ...

    def all(self) -> tuple[EvidenceSource, ...]: ...

    def add_batch(
        self, batch: str, source: EvidenceSourceId, signed: bytes, at: datetime, delete_after: date
    ) -> bool:
        """Keep a signed batch, sealed, under its digest; ``False`` when it is there already."""

    def list_risk_place(self, place: RiskPlace) -> bool:
        """``False`` when the source has listed the same before (nothing changed)."""

    def end_risk_place(self, division: DivisionCode, last_on: date, source: str) -> bool: ...

    def take_back_places(self, source: EvidenceSourceId, since: datetime, at: datetime) -> int:
        """Let the places that a source listed since then count no more; how many."""

    def risk_places(self) -> tuple[RiskPlace, ...]:
        """Every place that is or was listed, but for those that were taken back."""
