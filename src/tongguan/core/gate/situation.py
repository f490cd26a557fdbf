"""Everything a gate knows when it decides: values only, found out and verified by its caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.status_list import StatusList
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import (
    AuthorityId,
    ControlPointId,
    DirectionId,
    PhaseId,
    VersionDigest,
)
from tongguan.core.passes.claims import PassClaims
from tongguan.core.people import DocumentType
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.suspensions import Suspension


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """The person at the gate, as far as the decision needs them: no name and no number."""

    document_type: DocumentType
    """Of the document they present."""
    tags: Mapping[str, bytes] = field(repr=False)
    """Holder period to the tag of this document; a period without a key is absent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotRecognised:
    """A sound health code under a key that this gate's authority does not recognise now.

    What it says stays unsaid here: it counts for as much as none.
    """

    issuer: AuthorityId


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierUse:
    """The crossing that used this pass before."""

    used_at: datetime
    control_point: ControlPointId


@dataclass(frozen=True, kw_only=True, slots=True)
class GateSituation:
    """One person at one gate at one instant; every instant is aware."""

    version: Version
    version_digest: VersionDigest
    phase_id: PhaseId
    phase_state: PhaseState
    direction: DirectionId
    control_point: ControlPointId
    now: datetime
    pass_: PassClaims | Unreadable | None = field(repr=False)
    """Claims whose signature was verified; ``None`` when no pass was shown."""
    codes: tuple[HealthCodeClaims | NotRecognised | Unreadable, ...] = field(repr=False)
    holder: Holder
    earlier_use: EarlierUse | None = None
    """Of this very pass, by another crossing than the one being decided."""
    status_lists: tuple[StatusList, ...] = ()
    """Lists whose signature was verified, of every issuer and purpose at hand."""
    suspensions: tuple[Suspension, ...] = ()
    """Of the phase, announced and neither lifted nor over, those to come too."""
    texts_before: tuple[VersionDigest, ...] = ()
    """Other texts of the scheme that were in force: a pass issued under one is as good."""
    tests: tuple[PresentedTest, ...] = field(default=(), repr=False)
    """Papers of negative tests in this person's name, as an officer read them."""
    papers: PresentedPapers | None = field(default=None, repr=False)
    """Other health papers, as an officer read them."""
