"""One authority's own annex to an agreement: what it lays down within the agreement's bounds."""

from dataclasses import dataclass
from enum import StrEnum

from tongguan.core.identifiers import AnnexId, AuthorityId, DirectionId, VersionId
from tongguan.core.scheme.model.directions import BookingHours, Release
from tongguan.core.scheme.model.sources import Basis, Claim, Source
from tongguan.core.texts import Language, Text


class Channel(StrEnum):
    """A way to apply."""

    ONLINE = "online"
    PAPER = "paper"
    OFFICER = "officer"
    """In person, an officer types."""
    TELEPHONE = "telephone"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnexDirection:
    """Booking on one direction as the authority that keeps its places runs it."""

    direction: DirectionId
    releases: tuple[Release, ...] | None
    """``None`` = as the agreement says."""
    hours: BookingHours | None
    """``None`` = as the agreement says."""
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnexForms:
    """How one applies to the authority."""

    languages: tuple[Language, ...]
    """Of the forms and pages; all of the agreement's at least."""
    channels: tuple[Channel, ...]
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Annex:
    """What one authority lays down alone: hours, horizon, forms and languages."""

    id: AnnexId
    agreement: VersionId
    party: AuthorityId
    number: int
    title: Text
    forms: AnnexForms
    directions: tuple[AnnexDirection, ...]
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
