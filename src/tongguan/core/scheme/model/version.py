"""A version of a scheme and its phases: the text that is signed."""

from dataclasses import dataclass
from datetime import date

from tongguan.core.identifiers import AuthorityId, DirectionId, PhaseId, SchemeId, VersionId
from tongguan.core.people import DocumentType
from tongguan.core.scheme.model.change import Breaker, Criterion, Holders, Metric
from tongguan.core.scheme.model.directions import Direction
from tongguan.core.scheme.model.gates import (
    Credentials,
    ExemptFrom,
    Exemption,
    Health,
    Return,
    RightOfEntry,
)
from tongguan.core.scheme.model.places import Area, Category, Entry, Participation, Sponsor
from tongguan.core.scheme.model.quotas import Quota
from tongguan.core.scheme.model.sources import (
    Basis,
    Claim,
    DateInterval,
    Milestone,
    NotExpressible,
    Party,
    Source,
    Weekday,
)
from tongguan.core.texts import Language, Text


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
    sponsors: tuple[Sponsor, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    """What the parties want to see before they move to this phase."""
    breakers: tuple[Breaker, ...] = ()
    holders: Holders | None = None
    """What happens to those who hold something under the text before; ``None`` = not stated."""

    def is_exempt(
        self, document_type: DocumentType, direction: DirectionId, what: ExemptFrom
    ) -> bool:
        """Whether holders of this kind of document need not show this on the direction."""
        return any(
            what in each.exempt_from
            and direction in each.directions
            and document_type in each.document_types
            for each in self.exemptions
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DataProtection:
    """What the law asks of the scheme's personal data; every ``None`` blocks activation."""

    legal_basis: Text | None
    controller: Text | None
    purpose: Text | None
    retention_days: int | None
    """Days after a journey's last service day until its personal data is deleted.

    Places used are kept six days at least, with a keyed index instead of the person.
    """
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
    metrics: tuple[Metric, ...] = ()
    not_expressible: tuple[NotExpressible, ...] = ()
