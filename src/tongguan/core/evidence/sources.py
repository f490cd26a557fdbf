"""Who may vouch for evidence by signature: laboratories, offices and posts whose key is enrolled.

To enrol a source is an act of the authority itself, at its own console; no officer can.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from tongguan.core.evidence.records import EvidenceKind, Route
from tongguan.core.identifiers import EvidenceSourceId, UnitId


class SourceKind(StrEnum):
    """What an enrolled source is."""

    BORDER = "border"
    LABORATORY = "laboratory"
    ORDER_OFFICE = "order_office"
    RISK_PLACES = "risk_places"
    """Lists places, never persons."""


ROUTES: Mapping[SourceKind, Route] = MappingProxyType(
    {
        SourceKind.BORDER: Route.ARRIVAL_FEED,
        SourceKind.LABORATORY: Route.LABORATORY,
        SourceKind.ORDER_OFFICE: Route.ORDER_OFFICE,
    }
)
"""The route by which a source's batches about persons enter."""

MAY_SAY: Mapping[SourceKind, frozenset[EvidenceKind]] = MappingProxyType(
    {
        SourceKind.BORDER: frozenset({EvidenceKind.ARRIVAL}),
        SourceKind.LABORATORY: frozenset({EvidenceKind.TEST_RESULT, EvidenceKind.DOSE}),
        SourceKind.ORDER_OFFICE: frozenset(
            {
                EvidenceKind.CASE_ORDER,
                EvidenceKind.CONTACT_ORDER,
                EvidenceKind.DISCHARGE,
                EvidenceKind.QUARANTINE_ORDER,
            }
        ),
        SourceKind.RISK_PLACES: frozenset(),
    }
)
"""What a source of a kind may say of a person; anything else refuses the whole batch."""


class Unsound(StrEnum):
    """Why nothing that a source said since a time is to be believed."""

    KEY_LOST = "key_lost"
    """Its key is, or may be, in other hands."""
    OTHER = "other"
    WORK_FAULTY = "work_faulty"
    """Its own work was found to be wrong throughout."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceSource:
    """A source with the key it signs with."""

    id: EvidenceSourceId
    kind: SourceKind
    unit: UnitId | None
    """The unit of officers that runs it, which answers for it as for its own hand."""
    name: str
    public: bytes = field(repr=False)
    """DER of SubjectPublicKeyInfo, P-256."""
    not_before: datetime
    not_after: datetime
    """Excluded."""
    enrolled_at: datetime
    withdrawn_at: datetime | None = None
    unsound_since: datetime | None = None
    """Nothing stands that was received from it since then; only of one that was withdrawn."""
    unsound_because: Unsound | None = None
