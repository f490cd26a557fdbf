"""A person's declaration as evidence: one row for the declaration, one for each thing declared."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceKind,
    KeptEvidence,
    Route,
)
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import DIVISION, SCHEME
from tongguan.core.identifiers import EvidenceId, PersonKey, RegistrationId

_NO_FACTS: Mapping[str, str] = {}


def declared_evidence(
    declaration: HealthDeclaration,
    *,
    request: str,
    person: PersonKey,
    registration: RegistrationId,
    on: date,
    now: datetime,
) -> tuple[Evidence, ...]:
    """The declaration as evidence of its own route, which counts for its registration alone.

    ``request`` is the UUID under which it was sent, from which the ids follow; ``on`` the day for
    which it was made. The first row says only that the person declared on that day; the others
    what, in an order that depends on the declaration alone.
    """
    declared = [(EvidenceKind.DECLARED_STATE, None, on, _NO_FACTS), *_declared(declaration, on)]
    return tuple(
        Evidence(
            id=EvidenceId(str(uuid5(UUID(request), str(number)))),
            person=person,
            registration=registration,
            route=Route.DECLARATION,
            kind=kind,
            ground=ground,
            source=registration,
            causers=(),
            on=day,
            facts=facts,
            issued_at=now,
            received_at=now,
            ends_at=None,
        )
        for number, (kind, ground, day, facts) in enumerate(declared)
    )


def is_declared_on(kept: Iterable[KeptEvidence], registration: RegistrationId, day: date) -> bool:
    """Whether the newest declaration under a registration was made for this day."""
    return any(
        each.evidence.registration == registration
        and each.evidence.kind is EvidenceKind.DECLARED_STATE
        and each.evidence.ground is None
        and each.evidence.on == day
        for each in standing_declarations(kept, registration)
    )


def standing_declarations(
    kept: Iterable[KeptEvidence], registration: RegistrationId
) -> tuple[KeptEvidence, ...]:
    """What the person declared under a registration and has not declared otherwise since."""
    return tuple(
        each
        for each in kept
        if each.evidence.route is Route.DECLARATION
        and each.evidence.registration == registration
        and all(event.kind is not EventKind.SUPERSEDED for event in each.events)
    )


_Declared = tuple[EvidenceKind, HealthReason | None, date, Mapping[str, str]]


def _declared(declaration: HealthDeclaration, on: date) -> Iterator[_Declared]:
    states = (
        (declaration.confirmed, HealthReason.CONFIRMED),
        (declaration.suspected, HealthReason.SUSPECTED),
        (declaration.close_contact, HealthReason.CLOSE_CONTACT),
        (declaration.household_of_close_contact, HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT),
        (declaration.under_compulsory_quarantine, HealthReason.UNDER_QUARANTINE),
    )
    for is_so, ground in states:
        if is_so:
            yield EvidenceKind.DECLARED_STATE, ground, on, _NO_FACTS
    if declaration.discharged_on is not None:
        ground = HealthReason.DISCHARGED_RECENTLY
        yield EvidenceKind.DISCHARGE, ground, declaration.discharged_on, _NO_FACTS
    if declaration.symptoms_last_on is not None:
        yield EvidenceKind.SYMPTOMS, HealthReason.SYMPTOMS, declaration.symptoms_last_on, _NO_FACTS
    for stay in declaration.high_risk_stays:
        facts = {DIVISION: str(stay.division)}
        yield EvidenceKind.STAY, HealthReason.HIGH_RISK_STAY, stay.last_on, facts
    for each in declaration.stays:
        yield EvidenceKind.STAY, None, each.last_on, {DIVISION: str(each.division)}
    for arrival in declaration.arrivals:
        facts = {} if arrival.scheme is None else {SCHEME: arrival.scheme}
        ground = HealthReason.ARRIVED_FROM_OUTSIDE
        yield EvidenceKind.ARRIVAL, ground, arrival.arrived_on, facts
