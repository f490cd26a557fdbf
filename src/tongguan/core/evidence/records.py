"""Evidence as it is kept: who says what of whom, on what ground, until when, and what came of it.

Nothing that is kept is changed: what becomes of evidence is told by events beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import (
    CaseId,
    DivisionCode,
    EvidenceId,
    PersonKey,
    RegistrationId,
)


class Route(StrEnum):
    """Every way by which evidence enters, in alphabetical order; there is no other.

    ``routes.py`` says of each who may use it and what it may say.
    """

    ARRIVAL_FEED = "arrival_feed"
    """A batch that an enrolled source at the border signed."""
    CERTIFICATE = "certificate"
    """A certificate of another issuer that the person brought, verified here."""
    CONVERSION = "conversion"
    """A statement of facts that another authority signed and the person carried here."""
    DECLARATION = "declaration"
    """The registered person's own word, given with the secret of the registration."""
    LABORATORY = "laboratory"
    """A batch that an enrolled laboratory signed."""
    OFFICERS = "officers"
    """Two officers of different units."""
    ORDER_OFFICE = "order_office"
    """A batch of case and contact orders that an enrolled office signed."""


class EvidenceKind(StrEnum):
    """What is said."""

    ARRIVAL = "arrival"
    CASE_ORDER = "case_order"
    """The person is a confirmed or a suspected case."""
    CONTACT_ORDER = "contact_order"
    DECLARED_STATE = "declared_state"
    """The person's own word that they are a case, a contact or under quarantine."""
    DISCHARGE = "discharge"
    DOSE = "dose"
    QUARANTINE_ORDER = "quarantine_order"
    STAY = "stay"
    """In a division until a day; whether that was a risk is judged by the list of risk places."""
    SYMPTOMS = "symptoms"
    TEST_RESULT = "test_result"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Evidence:
    """One thing that is said of one person; personal data, hidden when printed."""

    id: EvidenceId
    person: PersonKey
    registration: RegistrationId | None
    """Of a person's own word and of what they brought, which count for that registration alone;
    ``None`` for all else."""
    route: Route
    kind: EvidenceKind
    ground: HealthReason | None
    """What it may count against the person as; ``None`` when it counts for nothing by itself."""
    source: str
    """Who says it: an enrolled source, an authority, a registration, or a proposal of officers."""
    causers: tuple[str, ...]
    """Who answers for it, units of officers and sources: nobody for a person's own word."""
    on: date
    """The day of the fact: of sampling, exposure, arrival, the last symptom."""
    facts: Mapping[str, str]
    """The rest in plain values, such as ``result``, ``specimen``, ``sampled_at``, ``division``."""
    issued_at: datetime
    received_at: datetime
    ends_at: datetime | None
    """Excluded: when it stops counting by itself; ``None`` leaves that to the rule alone."""
    batch: str | None = None
    """The signed list it came in; of a certificate the keyed digest that stands for it here."""
    targets: tuple[str, ...] = ()
    """What it shares with findings against others, for the alarm: batch, reference, sponsor."""

    def __repr__(self) -> str:
        return f"Evidence(id={self.id!r}, route={self.route.value!r}, HIDDEN)"


class EventKind(StrEnum):
    """What may become of evidence."""

    CONTESTED = "contested"
    """The person asked for its correction: the clock of a case runs."""
    HELD = "held"
    """Beyond what its causer may enter unseen: it does not count until it is released."""
    LIFTED = "lifted"
    """Two officers of different units found that it does not hold."""
    RELEASED = "released"
    """Two officers of units that did not cause it looked at what was held."""
    SUPERSEDED = "superseded"
    """The person declared anew."""
    UPHELD = "upheld"
    """The case was decided: the evidence stands."""
    WITHDRAWN = "withdrawn"
    """Whoever said it took it back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceEvent:
    """Something that became of evidence, with who did it."""

    evidence: EvidenceId
    kind: EventKind
    at: datetime
    by: tuple[str, ...]
    """Officers' names, a source, or the registration of the person."""
    units: tuple[str, ...] = ()
    """Of those officers, in the same order."""
    case: CaseId | None = None
    decide_by: datetime | None = None
    """Of a case: when interim relief begins, unless it was decided before."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class KeptEvidence:
    """Evidence with everything that became of it, in the order in which it happened."""

    evidence: Evidence
    events: Sequence[EvidenceEvent] = ()

    def __repr__(self) -> str:
        return f"KeptEvidence({self.evidence!r}, {len(self.events)} events)"


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskPlace:
    """A division that an enrolled source listed as a place of high risk; public."""

    division: DivisionCode
    first_on: date
    last_on: date | None
    """``None``: until it is taken off."""
    source: str
    listed_at: datetime


class Standing(StrEnum):
    """Whether evidence counts at an instant, and if not, why."""

    COUNTS = "counts"
    ENDED = "ended"
    HELD = "held"
    LIFTED = "lifted"
    RELIEVED = "relieved"
    """Its case was not decided in time: until it is, it turns nobody red."""
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


_FOR_GOOD = {
    EventKind.LIFTED: Standing.LIFTED,
    EventKind.SUPERSEDED: Standing.SUPERSEDED,
    EventKind.WITHDRAWN: Standing.WITHDRAWN,
}


def standing_of(kept: KeptEvidence, now: datetime) -> Standing:
    """Whether the evidence counts at ``now``; events later than that have not happened yet."""
    standing = standing_but_for_its_end(kept, now)
    is_gone = standing in _FOR_GOOD.values()
    if not is_gone and kept.evidence.ends_at is not None and now >= kept.evidence.ends_at:
        return Standing.ENDED
    return standing


def standing_but_for_its_end(kept: KeptEvidence, now: datetime) -> Standing:
    """The same as if it never ended by itself: whether what was said stands, though it be past."""
    held, contested = False, None
    for event in kept.events:
        if event.at > now:
            continue
        if event.kind in _FOR_GOOD:
            return _FOR_GOOD[event.kind]
        match event.kind:
            case EventKind.HELD:
                held = True
            case EventKind.RELEASED:
                held = False
            case EventKind.CONTESTED:
                contested = event
            case EventKind.UPHELD:
                contested = None
    if held:
        return Standing.HELD
    if contested is not None and contested.decide_by is not None and now >= contested.decide_by:
        return Standing.RELIEVED
    return Standing.COUNTS
