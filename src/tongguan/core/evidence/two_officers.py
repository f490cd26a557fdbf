"""What two officers may do together, and every reason why they may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import causers_of_two
from tongguan.core.evidence.records import Evidence, EvidenceKind
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import UnitId

WORDS_MAX = 500
REFERENCE_MAX = 80


class TwoOfficersFault(StrEnum):
    """A stable code, in alphabetical order; the words stand in ``texts/``."""

    ACT_UNKNOWN = "act_unknown"
    """No such act or alarm waits to be looked at."""
    ALREADY_DECIDED = "already_decided"
    CASE_NOT_OPEN = "case_not_open"
    CLAIM_NOT_OPEN = "claim_not_open"
    DAY_TO_COME = "day_to_come"
    """The fact would lie in the future."""
    ENDS_TOO_EARLY = "ends_too_early"
    ENDS_TOO_LATE = "ends_too_late"
    EVIDENCE_UNKNOWN = "evidence_unknown"
    GROUND_UNFIT = "ground_unfit"
    """Officers may not say this, or not on this ground."""
    ID_TAKEN = "id_taken"
    """The finding would be kept under the id of other evidence."""
    INVOLVED = "involved"
    """Who caused something does not judge it."""
    LIMIT_REACHED = "limit_reached"
    """Beyond what these hands may do before others look."""
    NOTHING_TO_DO = "nothing_to_do"
    NO_UNIT = "no_unit"
    NUMBER_WRONG = "number_wrong"
    """No document of this type has such a number."""
    OWN_WORD = "own_word"
    """The person's own word; they declare anew."""
    PROPOSAL_LAPSED = "proposal_lapsed"
    PROPOSAL_UNKNOWN = "proposal_unknown"
    PROPOSER_MOVED = "proposer_moved"
    """Who proposed belongs to another unit by now, or to none."""
    REFERENCE_MISSING = "reference_missing"
    SAME_OFFICER = "same_officer"
    SAME_UNIT = "same_unit"
    STILL_HELD = "still_held"
    """An act by which evidence was held is reviewed once that was released, lifted or has ended."""
    TOO_MANY_OPEN = "too_many_open"
    """The unit has as many findings proposed as it could enter unreviewed, or the officer as many
    proposals of any kind as one may have waiting."""
    WORDS_MISSING = "words_missing"


BY_HAND: Mapping[EvidenceKind, frozenset[HealthReason]] = MappingProxyType(
    {
        EvidenceKind.CASE_ORDER: frozenset({HealthReason.CONFIRMED, HealthReason.SUSPECTED}),
        EvidenceKind.CONTACT_ORDER: frozenset(
            {HealthReason.CLOSE_CONTACT, HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT}
        ),
        EvidenceKind.QUARANTINE_ORDER: frozenset({HealthReason.UNDER_QUARANTINE}),
    }
)
"""What officers may say by hand, and on which grounds."""


_FOR_THE_PERSON = frozenset({EvidenceKind.DISCHARGE, EvidenceKind.DOSE})


def speaks_against(evidence: Evidence) -> bool:
    """Whether evidence can be contested or lifted: what speaks for a person never is.

    Whoever said such a thing may take it back; two officers who could would have one more way to
    turn somebody red.
    """
    if evidence.kind in _FOR_THE_PERSON:
        return False
    return evidence.kind is EvidenceKind.STAY or evidence.ground is not None


def ground_of(evidence: Evidence) -> str:
    """What the evidence counts as, for notices."""
    return (evidence.ground or HealthReason.HIGH_RISK_STAY).value


@dataclass(frozen=True, kw_only=True, slots=True)
class TwoOfficers:
    """Who proposed and who confirmed, each with the unit."""

    names: tuple[str, str]
    units: tuple[UnitId, UnitId]

    @property
    def causers(self) -> tuple[str, ...]:
        """Who answers for what they do."""
        return causers_of_two(self.names, self.units)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """What confirming asks of a proposal that is still open."""

    by: str
    unit: UnitId
    """At the time."""
    unit_now: UnitId | None
    lapses_at: datetime


def who_confirms(
    proposed: Proposed, officer: str, unit: UnitId | None, now: datetime
) -> TwoOfficers | TwoOfficersFault:
    """The two of them, or why this officer cannot be the second."""
    if unit is None:
        return TwoOfficersFault.NO_UNIT
    if officer == proposed.by:
        return TwoOfficersFault.SAME_OFFICER
    if proposed.unit_now != proposed.unit:
        return TwoOfficersFault.PROPOSER_MOVED
    if unit == proposed.unit:
        return TwoOfficersFault.SAME_UNIT
    if now >= proposed.lapses_at:
        return TwoOfficersFault.PROPOSAL_LAPSED
    return TwoOfficers(names=(proposed.by, officer), units=(proposed.unit, unit))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ByHand:
    """What officers say of one person, without the person."""

    kind: EvidenceKind
    ground: HealthReason
    on: date
    ends_on: date
    """The last day on which it counts."""
    reference: str
    """The order or file that it rests on."""
    words: str

    def __repr__(self) -> str:
        return "ByHand(HIDDEN)"


def fault_by_hand(said: ByHand, today: date, controls: Controls) -> TwoOfficersFault | None:
    """Why officers may not say this today; ``None`` when they may."""
    if said.ground not in BY_HAND.get(said.kind, ()):
        return TwoOfficersFault.GROUND_UNFIT
    if said.on > today:
        return TwoOfficersFault.DAY_TO_COME
    if said.ends_on < today:
        return TwoOfficersFault.ENDS_TOO_EARLY
    if (said.ends_on - today).days >= controls.finding_days_max:
        return TwoOfficersFault.ENDS_TOO_LATE
    if not 0 < len(said.reference.strip()) <= REFERENCE_MAX:
        return TwoOfficersFault.REFERENCE_MISSING
    return fault_of_words(said.words)


def fault_of_words(words: str) -> TwoOfficersFault | None:
    """Whether something was said, and not too much."""
    if not 0 < len(words.strip()) <= WORDS_MAX:
        return TwoOfficersFault.WORDS_MISSING
    return None
