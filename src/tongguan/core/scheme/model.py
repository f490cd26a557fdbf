"""A version of a scheme as frozen values; ``None`` always means that nobody has stated it.

The words are those of ``docs/scheme-language.md``. A value built by ``reading.read_version`` is
well formed; whether it may be activated is for ``activation`` to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ClaimId,
    ControlPointId,
    DirectionId,
    DivisionCode,
    PhaseId,
    QuotaId,
    SchemeId,
    SlotId,
    SourceId,
    VersionId,
)
from tongguan.core.people import Assurance, DocumentType
from tongguan.core.texts import Language, Text


class Certainty(StrEnum):
    """How sure a claim is, as its source presents it."""

    OFFICIAL = "official"
    REPORTED = "reported"
    HOPE = "hope"


class Weekday(StrEnum):
    """Days of the week, Monday first as ISO 8601 numbers them."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where claims were read."""

    id: SourceId
    title: str
    publisher: str
    url: str
    published: datetime
    language: str
    note: Text | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Witness:
    """Who said it, when, and through whom it is known."""

    who: Text
    on: date | None
    through: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What a source says; claims may contradict each other and stay side by side."""

    id: ClaimId
    fact: Text
    source: SourceId
    certainty: Certainty
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What a clause rests on: claims cited, and per field the reason why it was assumed."""

    claims: tuple[ClaimId, ...] = ()
    assumed: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class DateInterval:
    """Days from first to last, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """An authority that signs, with the division it answers for."""

    id: AuthorityId
    name: Text
    division: DivisionCode


class MilestoneStatus(StrEnum):
    """How far a milestone has come."""

    MET = "met"
    CONFIRMED = "confirmed"
    HOPED_FOR = "hoped_for"


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """A point on the public line of time."""

    id: str
    name: Text
    status: MilestoneStatus
    on: DateInterval
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlPoint:
    """A place to cross: its name on each side, its passenger hours (``None`` = not stated)."""

    id: ControlPointId
    names: Mapping[AuthorityId, Text]
    opens: time | None
    closes: time | None
    """Exclusive; 00:00 is the end of the day."""
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Where crossing is possible; ``control_points`` of ``None`` = not stated."""

    division: DivisionCode
    control_points: tuple[ControlPoint, ...] | None
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Participation:
    """Which divisions are open, and the documents to apply with (``None`` = not stated)."""

    divisions: tuple[DivisionCode, ...]
    document_types: tuple[DocumentType, ...] | None
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """The activity range: prefixes of divisions that are allowed, less those denied."""

    allow: tuple[DivisionCode, ...]
    deny: tuple[DivisionCode, ...]
    basis: Basis


class AllocationMethod(StrEnum):
    """How places are given out: in order of arrival once evidence is declared, or by an officer."""

    FIRST_COME = "first_come"
    CASE = "case"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A document a category asks for."""

    id: str
    name: Text
    required: bool


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


class QuotaKind(StrEnum):
    """What a number means."""

    CAP = "cap"


class QuotaPer(StrEnum):
    """The length of a quota's window, on the service day of the crossing."""

    DAY = "day"
    WEEK = "week"


EACH = "each"
"""In ``counts``: one window for every value of the dimension."""

QUOTA_DIMENSIONS = ("direction", "category", "control_point", "slot", "person")


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """A limit on persons in every window that its ``counts`` picks out.

    ``counts`` maps a dimension to a value, to ``each``, or to ``None`` where nobody stated it; a
    dimension that is absent is not distinguished. ``direction`` is always present.
    """

    id: QuotaId
    name: Text
    kind: QuotaKind | None
    per: QuotaPer
    limit: int | None
    counts: Mapping[str, str | None]
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A time of day to cross, end excluded; at or before the start it lies on the next day."""

    id: SlotId
    starts: time
    ends: time


class Leg(StrEnum):
    """Which way a traveller of the participating side goes."""

    OUT = "out"
    HOME = "home"


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """When and how places may be taken."""

    opens_days_before: int
    """Whole days before the service day, from 00:00 of the scheme's zone."""
    closes_minutes_before: int
    """Minutes before the slot starts."""
    cancel_until_minutes_before: int
    party_size_max: int
    live_journeys_per_person_max: int
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Direction:
    """One way across: the calendar and slots on which there are places."""

    id: DirectionId
    origin: AuthorityId
    destination: AuthorityId
    leg: Leg
    weekdays: tuple[Weekday, ...] | None
    closed_days: tuple[date, ...]
    slots: tuple[Slot, ...] | None
    booking: Booking | None
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCodeRequirement:
    """A green code of one authority, to be shown on the directions named."""

    issuer: AuthorityId
    directions: tuple[DirectionId, ...]
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What the gate asks of a traveller's health, judged at the time of the gate."""

    codes: tuple[HealthCodeRequirement, ...]
    care: Text | None
    """Where a person is referred to who may not be denied but is not green."""
    basis: Basis
    codes_stated: bool = True
    """False when nobody has stated whose codes are asked for; ``codes`` is then empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """The way home; ``None`` = not stated, and then no one may be refused for it."""

    place_required: bool | None
    """Whether the home leg must be booked together with the way out."""
    stay_days_max: int | None
    """Calendar days, the day of entry counted as one."""
    same_control_point: bool | None
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class RightOfEntry:
    """Who may always enter a side: holders of these documents are never denied there."""

    party: AuthorityId
    document_types: tuple[DocumentType, ...]
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """Holders of these documents need no health code on the directions named."""

    id: str
    name: Text
    document_types: tuple[DocumentType, ...]
    directions: tuple[DirectionId, ...]
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """How old what a gate knows may be before it must refer to an officer."""

    status_list_age_minutes_max: int
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """A complete, dated block of the version; it begins by signed act, never by the calendar."""

    id: PhaseId
    name: Text
    not_before: DateInterval | None
    """The earliest it may begin, as an interval; never activated before its first day."""
    hoped_for: DateInterval | None
    ends: date | None
    """Its last service day, or ``None`` when nobody has stated one."""
    entry: Entry | None
    participation: Participation | None
    area: Area | None
    categories: tuple[Category, ...]
    quotas: tuple[Quota, ...]
    directions: tuple[Direction, ...]
    health: Health | None
    return_: Return | None
    rights_of_entry: tuple[RightOfEntry, ...]
    exemptions: tuple[Exemption, ...]
    credentials: Credentials | None
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class DataProtection:
    """What the law asks of the scheme's personal data; every ``None`` blocks activation."""

    legal_basis: Text | None
    controller: Text | None
    purpose: Text | None
    retention_days: int | None
    """Days after a journey's last service day until its personal data is deleted."""
    ends: date | None
    """The end date of the scheme's data: after it nothing is kept."""
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One text of a scheme: what both authorities sign."""

    id: VersionId
    scheme: SchemeId
    number: int
    follows: VersionId | None
    title: Text
    summary: Text
    zone: str
    week_starts_on: Weekday | None
    week_basis: Basis
    languages: tuple[Language, ...]
    parties: tuple[Party, ...]
    booking_authority: AuthorityId | None
    """The party that takes applications, keeps the ledger of places and issues passes."""
    booking_authority_basis: Basis
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    milestones: tuple[Milestone, ...]
    phases: tuple[Phase, ...]
    data: DataProtection
