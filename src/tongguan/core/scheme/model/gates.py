"""What a gate asks: health, documents, the way home, and how fresh its own knowledge must be."""

from dataclasses import dataclass
from enum import StrEnum

from tongguan.core.identifiers import AuthorityId, DirectionId
from tongguan.core.people import DocumentType
from tongguan.core.scheme.model.requirements import AgeAnchor, HealthRequirement, JudgedAt
from tongguan.core.scheme.model.sources import Basis
from tongguan.core.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCodeRequirement:
    """A green code of one authority, to be shown on the directions named."""

    issuer: AuthorityId
    directions: tuple[DirectionId, ...]
    basis: Basis
    judged_at: JudgedAt = JudgedAt.GATE


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthTestRequirement:
    """A negative test no older than stated; either hours or calendar days, never both.

    Hours count from the anchor's instant to the instant judged. Calendar days count from the
    anchor's day: within 3 days of a sample taken on the 20th is until the end of the 23rd.
    """

    id: str
    name: Text
    within_hours: int | None
    within_days: int | None
    anchor: AgeAnchor
    judged_at: JudgedAt
    specimens: tuple[str, ...] | None
    """Kinds of specimen accepted, by name; ``None`` = not stated, any."""
    directions: tuple[DirectionId, ...]
    basis: Basis


class HealthFinding(StrEnum):
    """What may be wrong with a person's health documents and be admitted under a condition."""

    CODE_AMBER = "code_amber"
    CODE_RED = "code_red"
    CODE_MISSING = "code_missing"
    TEST_MISSING = "test_missing"
    TEST_TOO_OLD = "test_too_old"
    REQUIREMENT_NOT_MET = "requirement_not_met"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionalAdmission:
    """Findings that do not keep a person out but let them in under a condition.

    Of several that name a finding on a direction, the first holds. A code that cannot be read or
    has expired counts as missing, and so does a test of a specimen that is not accepted.
    """

    id: str
    findings: tuple[HealthFinding, ...]
    directions: tuple[DirectionId, ...]
    condition: Text
    """What the person owes, such as to stay where they are told to."""
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What the gate asks of a traveller's health."""

    codes: tuple[HealthCodeRequirement, ...]
    care: Text | None
    """Where a person is referred to who may not be denied but is not green."""
    basis: Basis
    codes_stated: bool = True
    """False when nobody has stated whose codes are asked for; ``codes`` is then empty."""
    tests: tuple[HealthTestRequirement, ...] = ()
    admitted_under: tuple[ConditionalAdmission, ...] = ()
    requirements: tuple[HealthRequirement, ...] = ()


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


class ExemptFrom(StrEnum):
    """What a traveller need not show."""

    PASS = "pass"
    HEALTH_CODE = "health_code"
    TEST = "test"
    HEALTH_REQUIREMENT = "health_requirement"


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """Holders of these documents need not show what is named, on the directions named."""

    id: str
    name: Text
    document_types: tuple[DocumentType, ...]
    directions: tuple[DirectionId, ...]
    basis: Basis
    exempt_from: tuple[ExemptFrom, ...] = (ExemptFrom.HEALTH_CODE,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """How old what a gate knows may be before it must refer to an officer."""

    status_list_age_minutes_max: int
    basis: Basis
