"""Records the use cases keep, and the protocols of the stores that keep them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from tongguan.core.decisions import Decision
from tongguan.core.eligibility.stays import Stay
from tongguan.core.identifiers import (
    ApplicationId,
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    DivisionCode,
    GateId,
    JourneyId,
    PassId,
    PersonKey,
    PhaseId,
    SchemeId,
    SponsorId,
    VersionDigest,
    VersionId,
)
from tongguan.core.people import Person
from tongguan.core.scheme.model import Leg


class ApplicationState(StrEnum):
    """Where an application stands."""

    GRANTED = "granted"
    REFUSED = "refused"
    WAITING = "waiting"
    """An officer decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """A party's application under one category, as kept (its people are stored encrypted)."""

    id: ApplicationId
    reference: str
    version: VersionDigest
    phase: PhaseId
    category: CategoryId
    people: tuple[Person, ...] = field(repr=False)
    person_keys: tuple[PersonKey, ...]
    evidence: Mapping[str, str] = field(repr=False)
    """Evidence id to the applicant's description of it."""
    itinerary: tuple[DivisionCode, ...] = field(repr=False)
    state: ApplicationState
    decision: Decision
    submitted_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    """The officer's user name, or ``None`` when the rule decided."""
    sponsor: SponsorId | None = None
    """Who answers for the party, where the category asks for it."""
    stays: tuple[Stay, ...] | None = field(repr=False, default=None)
    """Where the party was on the days before; ``None`` = not stated."""
    decide_by: datetime | None = None
    """When the clock of the case runs out; ``None`` = the scheme states none."""
    lapsed_at: datetime | None = None
    """When a grant stopped counting because a later text does not keep it; ``None`` = it counts."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PartyKind:
    """What parties have in common before the rules of booking; many share one value, which stands
    for itself.
    """

    category: CategoryId
    sponsor: SponsorId | None
    state: ApplicationState
    lapsed_at: datetime | None
    head_born: date | None = field(repr=False)
    """``None`` where it is not stated, or nobody asked for it."""


class Party(NamedTuple):
    """What booking asks of an application: who crosses, in which category, and whether it may."""

    kind: PartyKind
    persons: tuple[PersonKey, ...]


class ApplicationStore(Protocol):
    """Applications, found by id, by reference, or as the desk's queue."""

    def add(self, application: Application, request_hash: bytes, delete_after: date) -> bool:
        """Keep a new application; ``False`` when the id is there already (nothing changed)."""

    def request_hash(self, application: ApplicationId) -> bytes | None:
        """The keyed hash of the request that made it."""

    def get(self, application: ApplicationId, *, lock: bool = False) -> Application | None: ...

    def by_reference(self, reference: str) -> Application | None: ...

    def parties(
        self, applications: Sequence[ApplicationId], *, with_births: bool
    ) -> Mapping[ApplicationId, Party]:
        """Those that are kept; nothing personal is opened but, if asked for, a head's birth."""

    def waiting(self, *, limit: int) -> tuple[Application, ...]:
        """Applications an officer has to decide, the oldest first."""

    def keep_all_until(self, days: Mapping[ApplicationId, date]) -> None:
        """Delete each application no earlier than after its day."""

    def decide(self, application: Application) -> None:
        """Keep what was decided: category, state, decision, by whom and when."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One thing that was done or looked at; no personal data, only ids."""

    at: datetime
    actor: str
    action: str
    subject: str
    outcome: str
    codes: tuple[str, ...] = ()


class AuditLog(Protocol):
    """Append-only record of acts and looks."""

    def record(self, entry: AuditEntry) -> None: ...

    def record_many(self, entries: Sequence[AuditEntry]) -> None:
        """In this order, in one call."""

    def record_refused(
        self, at: datetime, by: str, action: str, refused: Sequence[tuple[str, tuple[str, ...]]]
    ) -> None:
        """The same act refused to many at one instant: subject and codes of each, in this order."""

    def latest(self, *, limit: int) -> tuple[AuditEntry, ...]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PassRecord:
    """An issued pass without personal data; its text is signed anew whenever it is shown."""

    id: PassId
    journey: JourneyId
    application: ApplicationId
    version: VersionDigest
    """That of its journey: of the booking, or of the move since."""
    phase: PhaseId
    person_number: int
    leg: Leg
    status_index: int
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class PassStore(Protocol):
    """Issued passes and the places in the status list they occupy."""

    def add(self, passes: Sequence[PassRecord], delete_after: date) -> None: ...

    def next_status_indexes(self, count: int) -> tuple[int, ...]: ...

    def last_status_index(self) -> int:
        """No pass has a higher one; 0 before any was issued."""

    def of_journey(self, journey: JourneyId) -> tuple[PassRecord, ...]:
        """Every pass of a journey, revoked ones too, in the order in which they were issued."""

    def get(self, pass_id: PassId) -> PassRecord | None: ...

    def revoke_journeys(self, journeys: Sequence[JourneyId], at: datetime) -> int:
        """Revoke every pass of these journeys; the number of passes that were live."""

    def revoke_places(
        self, journey: JourneyId, leg: Leg, person_numbers: Sequence[int], at: datetime
    ) -> int:
        """Revoke the passes of these travellers on one leg; the number that were live."""

    def revoked_indexes(self, *, unexpired_at: datetime) -> tuple[int, ...]: ...

    def gone_out(self) -> frozenset[JourneyId]:
        """Journeys of which someone has used a pass of the way out, as far as is known here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """An enrolled gate device; its token is kept as a hash only."""

    id: GateId
    name: str
    control_point: ControlPointId
    token_hash: bytes
    enrolled_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CrossingRecord:
    """What happened at a gate, once for each id the gate chose."""

    id: str
    gate: GateId
    pass_id: PassId | None
    direction: DirectionId
    control_point: ControlPointId
    at: datetime
    decision: Decision = field(repr=False)
    crossed: bool
    """Whether the person went through: admitted, or let through by an officer after a referral."""


class CrossingStore(Protocol):
    """Gates and the crossings they recorded."""

    def enrol(self, gate: Gate) -> None: ...

    def withdraw(self, gate: GateId, at: datetime) -> bool:
        """Take an enrolment back; ``False`` when there is none that stands."""

    def gate_by_token(self, token_hash: bytes) -> Gate | None: ...

    def gates(self) -> tuple[Gate, ...]: ...

    def record(
        self, crossing: CrossingRecord, request_hash: bytes, delete_after: date
    ) -> CrossingRecord | None:
        """Keep a crossing and return what is kept under its id: the earlier one if there is one.

        ``None`` when the id belongs to another request. A pass is used by one crossing only:
        ``PassUsedMeanwhileError`` is raised when another gate was faster, and nothing is kept.
        """

    def kept(self, crossing: str, request_hash: bytes) -> CrossingRecord | None:
        """What is kept under this id, when it was this request that made it."""

    def exists(self, crossing: str) -> bool:
        """Whether anything is kept under this id."""

    def used(self, pass_id: PassId) -> CrossingRecord | None:
        """The crossing that used the pass, or ``None``."""

    def used_since(self, instant: datetime) -> tuple[CrossingRecord, ...]: ...

    def all(self) -> tuple[CrossingRecord, ...]:
        """Every crossing kept, in the order they happened."""

    def counts(self, start: datetime, end: datetime) -> Mapping[tuple[str, str], int]:
        """Crossings between two instants by (direction, outcome)."""


class PassUsedMeanwhileError(Exception):
    """Another crossing used the pass between the decision and its record."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredVersion:
    """A version as adopted: its canonical text and digest."""

    id: VersionId
    digest: VersionDigest
    canonical: bytes
    adopted_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAct:
    """A signed act of an authority, as the bytes that were signed."""

    authority: AuthorityId
    version: VersionDigest
    signed: bytes
    received_at: datetime


class SchemeStore(Protocol):
    """Versions and signed acts, append-only."""

    def adopt(self, version: StoredVersion) -> bool:
        """Keep a version; ``False`` when this digest is there already."""

    def versions(self) -> tuple[StoredVersion, ...]: ...

    def by_digest(self, digest: VersionDigest) -> StoredVersion | None: ...

    def latest(self, version: VersionId) -> StoredVersion | None: ...

    def add_act(self, act: StoredAct) -> bool:
        """Keep an act; ``False`` when these very bytes are there already."""

    def acts(self, version: VersionDigest | None = None) -> tuple[StoredAct, ...]:
        """Acts in the order received; all of them, or those on one version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAnnex:
    """A signed annex of an authority, as the bytes that were signed."""

    authority: AuthorityId
    version: VersionDigest
    """Of the agreement."""
    number: int
    signed: bytes
    received_at: datetime


class AnnexStore(Protocol):
    """Signed annexes, append-only."""

    def add(self, annex: StoredAnnex) -> bool:
        """Keep an annex; ``False`` when these very bytes are there already."""

    def all(self) -> tuple[bytes, ...]:
        """The messages in the order received."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFigures:
    """Signed daily figures of an authority, as the bytes that were signed."""

    authority: AuthorityId
    scheme: SchemeId
    day: date
    signed: bytes
    received_at: datetime


class FigureStore(Protocol):
    """Daily figures, append-only."""

    def add(self, figures: StoredFigures) -> bool:
        """Keep figures; ``False`` when these very bytes are there already."""

    def all(self) -> tuple[bytes, ...]:
        """The messages in the order received."""
