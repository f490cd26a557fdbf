"""What a version rests on: sources, claims, and the basis of every clause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tongguan.core.identifiers import AuthorityId, ClaimId, DivisionCode, SourceId
from tongguan.core.texts import Text


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
class SetAside:
    """A rival claim that a clause does not follow, and why."""

    claim: ClaimId
    because: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What a clause rests on: claims cited, rivals set aside, and per field why it was assumed."""

    claims: tuple[ClaimId, ...] = ()
    assumed: Mapping[str, Text] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()


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
class NotExpressible:
    """Something real that the language cannot say, so that nobody takes silence for a statement."""

    id: str
    what: Text
    basis: Basis
