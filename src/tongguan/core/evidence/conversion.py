"""Facts to carry out of what is kept of a person, and evidence out of facts carried here."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

import rfc8785

from tongguan.core.calendar import local_day
from tongguan.core.evidence.batch_facts import POSITIVE_DAYS, TestOutcome, written_instant
from tongguan.core.evidence.records import (
    Evidence,
    EvidenceKind,
    KeptEvidence,
    RiskPlace,
    Route,
    Standing,
    standing_of,
)
from tongguan.core.evidence.statement import (
    DOSES_MAX,
    GROUNDS_MAX,
    TESTS_MAX,
    FactsStatement,
    StatedDose,
    StatedFact,
    StatedGround,
    StatedTest,
)
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import SCHEME, was_at_risk
from tongguan.core.identifiers import EvidenceId, PersonKey, RegistrationId

_KINDS: Final = MappingProxyType(
    {
        HealthReason.ARRIVED_FROM_OUTSIDE: EvidenceKind.ARRIVAL,
        HealthReason.CLOSE_CONTACT: EvidenceKind.CONTACT_ORDER,
        HealthReason.CONFIRMED: EvidenceKind.CASE_ORDER,
        HealthReason.DISCHARGED_RECENTLY: EvidenceKind.DISCHARGE,
        HealthReason.HIGH_RISK_STAY: EvidenceKind.STAY,
        HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT: EvidenceKind.CONTACT_ORDER,
        HealthReason.SUSPECTED: EvidenceKind.CASE_ORDER,
        HealthReason.SYMPTOMS: EvidenceKind.SYMPTOMS,
        HealthReason.UNDER_QUARANTINE: EvidenceKind.QUARANTINE_ORDER,
    }
)
"""What a ground that is carried here is kept as."""


_ENDLESS: Final = frozenset(
    {EvidenceKind.CASE_ORDER, EvidenceKind.CONTACT_ORDER, EvidenceKind.QUARANTINE_ORDER}
)
"""Kinds that no rule ends by counting days."""
_FIRST_DAY: Final = date(1970, 1, 2)
"""What lies before cannot be written in a code, in any zone, and no rule looks back so far."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Facts:
    """What an authority would state of a person."""

    tests: tuple[StatedTest, ...]
    doses: tuple[StatedDose, ...]
    grounds: tuple[StatedGround, ...]


def facts_of(
    kept: Iterable[KeptEvidence],
    *,
    registration: RegistrationId,
    risk_places: Sequence[RiskPlace],
    now: datetime,
) -> Facts:
    """What counts of a person now, by this authority's own knowledge; the newest of each kind.

    What was carried here is not carried on: each authority answers for what it knows itself, and
    for certificates of other issuers that it verified itself. What
    is held, lifted or relieved is not stated, and of a place nothing but its risk. Nor is a
    discharge that the person declared: on the other side it would end an order of others.
    """
    places = [each for each in risk_places if each.listed_at <= now]
    facts = [
        fact
        for each in kept
        if each.evidence.route is not Route.CONVERSION
        and each.evidence.registration in (None, registration)
        and standing_of(each, now) is Standing.COUNTS
        and (fact := _fact(each.evidence, places)) is not None
    ]
    tests = [each for each in facts if isinstance(each, StatedTest)]
    doses = [each for each in facts if isinstance(each, StatedDose)]
    grounds = [each for each in facts if isinstance(each, StatedGround)]
    return Facts(
        tests=tuple(sorted(tests, key=_sampled, reverse=True)[:TESTS_MAX]),
        doses=tuple(sorted(doses, key=_given, reverse=True)[:DOSES_MAX]),
        grounds=tuple(sorted(dict.fromkeys(grounds), key=_day, reverse=True)[:GROUNDS_MAX]),
    )


def _sampled(test: StatedTest) -> tuple[datetime, str]:
    return test.sampled_at, test.outcome


def _given(dose: StatedDose) -> tuple[object, int]:
    return dose.on, dose.number


def _day(ground: StatedGround) -> tuple[object, str]:
    return ground.on, ground.reason


def _fact(evidence: Evidence, places: Sequence[RiskPlace]) -> StatedFact | None:
    """The fact in a piece of evidence; ``None`` for what says nothing to anybody else."""
    said = evidence.facts
    if evidence.on < _FIRST_DAY:
        return None
    match evidence.kind:
        case EvidenceKind.TEST_RESULT if {"sampled_at", "result", "specimen"} <= set(said):
            return StatedTest(
                sampled_at=datetime.fromisoformat(said["sampled_at"]),
                outcome=TestOutcome(said["result"]),
                specimen=said["specimen"],
            )
        case EvidenceKind.DOSE if {"number", "product"} <= set(said):
            return StatedDose(on=evidence.on, number=int(said["number"]), product=said["product"])
        case EvidenceKind.DISCHARGE if evidence.route is Route.DECLARATION:
            return None
        case EvidenceKind.DISCHARGE:
            return StatedGround(reason=HealthReason.DISCHARGED_RECENTLY, on=evidence.on)
        case EvidenceKind.STAY if evidence.ground is None and was_at_risk(evidence, places):
            return StatedGround(reason=HealthReason.HIGH_RISK_STAY, on=evidence.on)
    if evidence.ground is None:
        return None
    return StatedGround(
        reason=evidence.ground,
        on=evidence.on,
        ends_at=evidence.ends_at,
        scheme=said.get(SCHEME) if evidence.kind is EvidenceKind.ARRIVAL else None,
    )


def evidence_of(
    statement: FactsStatement,
    *,
    person: PersonKey,
    registration: RegistrationId,
    zone: str,
    days_max: int,
    now: datetime,
) -> tuple[Evidence, ...]:
    """Each fact of a statement as evidence of the person who carried it here, for the
    registration under which they brought it alone: whoever registered another's number on both
    sides colours nobody.

    The same fact under one registration has the same id, whichever statement it came in, so that
    what was lifted here does not come back with the next one. An order whose end is not stated ends
    ``days_max`` after the statement was issued: whoever could end it does not know of it here.
    """
    return tuple(
        _evidence(
            fact,
            statement,
            person=person,
            registration=registration,
            zone=zone,
            days_max=days_max,
            now=now,
        )
        for fact in statement.facts
    )


def _evidence(
    fact: StatedFact,
    statement: FactsStatement,
    *,
    person: PersonKey,
    registration: RegistrationId,
    zone: str,
    days_max: int,
    now: datetime,
) -> Evidence:
    on = local_day(fact.sampled_at, zone) if isinstance(fact, StatedTest) else fact.on
    kind, ground, facts, ends_at = content_of(fact)
    if kind in _ENDLESS and ends_at is None:
        ends_at = statement.issued_at + timedelta(days=days_max)
    whose = [person.hex(), registration, statement.issuer]
    named = [kind.value, ground and ground.value, on.isoformat(), sorted(facts.items())]
    name = rfc8785.dumps([*whose, *named])
    return Evidence(
        id=EvidenceId(str(UUID(bytes=hashlib.sha256(name).digest()[:16]))),
        person=person,
        registration=registration,
        route=Route.CONVERSION,
        kind=kind,
        ground=ground,
        source=statement.issuer,
        causers=(),
        on=on,
        facts=facts,
        issued_at=statement.issued_at,
        received_at=now,
        ends_at=ends_at,
    )


def content_of(
    fact: StatedFact,
) -> tuple[EvidenceKind, HealthReason | None, dict[str, str], datetime | None]:
    """Kind, ground, facts and end; what a positive result means is for the reader to judge."""
    if isinstance(fact, StatedTest):
        is_positive = fact.outcome is TestOutcome.POSITIVE
        said = {
            "sampled_at": written_instant(fact.sampled_at),
            "result": fact.outcome.value,
            "specimen": fact.specimen,
        }
        ends_at = fact.sampled_at + timedelta(days=POSITIVE_DAYS) if is_positive else None
        return (
            EvidenceKind.TEST_RESULT,
            HealthReason.SUSPECTED if is_positive else None,
            said,
            ends_at,
        )
    if isinstance(fact, StatedDose):
        return EvidenceKind.DOSE, None, {"number": str(fact.number), "product": fact.product}, None
    said = {} if fact.scheme is None else {SCHEME: fact.scheme}
    return _KINDS[fact.reason], fact.reason, said, fact.ends_at
