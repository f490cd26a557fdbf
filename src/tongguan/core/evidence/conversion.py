"""Facts to carry out of what is kept of a person, and evidence out of facts carried here."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

import rfc8785

from tongguan.core.calendar import instant_of, local_day
from tongguan.core.evidence.batch_facts import (
    DAYS_MAX,
    POSITIVE_DAYS,
    TestOutcome,
    written_instant,
)
from tongguan.core.evidence.records import (
    Evidence,
    EvidenceKind,
    KeptEvidence,
    RiskPlace,
    Route,
    Standing,
    standing_but_for_its_end,
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
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import SCHEME, ends_case, gravity, was_at_risk
from tongguan.core.health.rules import ColourRules
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
_ONE_SECOND: Final = timedelta(seconds=1)
_DAYS: Final = timedelta(days=DAYS_MAX + 1)
"""From the beginning of the first day to the end of the last."""


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
    rules: ColourRules | None,
    now: datetime,
) -> Facts:
    """What counts of a person now, by this authority's own knowledge.

    Where there is more than fits, positive tests come first, and grounds as ``_gravest`` has them;
    then the newest. What was carried here is not carried on: each authority answers for what it
    knows itself, and for certificates of other issuers that it verified itself. What is held,
    lifted or relieved is not stated, and of a place nothing but its risk. Nor is a discharge that
    the person declared: on the other side it would end an order of others. Nor one whose case is
    gone: there it would count by itself.
    """
    kept = tuple(kept)
    places = [each for each in risk_places if each.listed_at <= now]
    cases = [each for each in kept if standing_but_for_its_end(each, now) is Standing.COUNTS]
    facts = [
        (each.evidence, fact)
        for each in kept
        if each.evidence.route is not Route.CONVERSION
        and each.evidence.registration in (None, registration)
        and standing_of(each, now) is Standing.COUNTS
        and (
            each.evidence.kind is not EvidenceKind.DISCHARGE
            or any(ends_case(each.evidence, case.evidence) for case in cases)
        )
        and (fact := _fact(each.evidence, places)) is not None
    ]
    tests = [each for _, each in facts if isinstance(each, StatedTest)]
    doses = [each for _, each in facts if isinstance(each, StatedDose)]
    grounds = [(said, each) for said, each in facts if isinstance(each, StatedGround)]
    return Facts(
        tests=tuple(sorted(tests, key=_sampled, reverse=True)[:TESTS_MAX]),
        doses=tuple(sorted(doses, key=_given, reverse=True)[:DOSES_MAX]),
        grounds=_gravest(grounds, rules)[:GROUNDS_MAX],
    )


def _gravest(
    grounds: Iterable[tuple[Evidence, StatedGround]], rules: ColourRules | None
) -> tuple[StatedGround, ...]:
    """Each ground once: those that others state first, then the gravest by the rules, the newest.

    So nobody can push an order out of their own statement by what they declare.
    """
    colours = {} if rules is None else {rule.reason: rule.colour for rule in rules.rules}

    def weight(of: tuple[Evidence, StatedGround]) -> tuple[bool, int, date, str]:
        said, ground = of
        grave = gravity(colours.get(ground.reason, Colour.GREEN))
        return said.registration is None, grave, ground.on, ground.reason

    ordered = sorted(grounds, key=weight, reverse=True)
    return tuple(dict.fromkeys(ground for _, ground in ordered))


def _sampled(test: StatedTest) -> tuple[bool, datetime, str]:
    return test.outcome is TestOutcome.POSITIVE, test.sampled_at, test.outcome


def _given(dose: StatedDose) -> tuple[object, int]:
    return dose.on, dose.number


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
    what was lifted here does not come back with the next one; with another end it is another
    order. An order whose end is not stated ends ``days_max`` after the statement was issued:
    whoever could end it does not know of it here. As in batches, nothing ends more than
    ``DAYS_MAX`` days after its day, and what is dated after the statement is no fact.
    """
    # In the last second of a day it is the next one's, as where it was declared.
    last_day = local_day(statement.issued_at + _ONE_SECOND, zone)
    days = {
        fact: local_day(fact.sampled_at, zone) if isinstance(fact, StatedTest) else fact.on
        for fact in statement.facts
    }
    return tuple(
        _evidence(
            fact,
            statement,
            person=person,
            registration=registration,
            on=on,
            ends_at=_end(fact, statement, on=on, zone=zone, days_max=days_max),
            now=now,
        )
        for fact, on in days.items()
        if on <= last_day
    )


def _end(
    fact: StatedFact, statement: FactsStatement, *, on: date, zone: str, days_max: int
) -> datetime | None:
    """When a fact stops counting by itself here; ``None`` where that is for the rule to say."""
    kind, _, _, stated = content_of(fact)
    if stated is not None:
        return min(stated, instant_of(on + _DAYS, time(0), zone))
    return statement.issued_at + timedelta(days=days_max) if kind in _ENDLESS else None


def _evidence(
    fact: StatedFact,
    statement: FactsStatement,
    *,
    person: PersonKey,
    registration: RegistrationId,
    on: date,
    ends_at: datetime | None,
    now: datetime,
) -> Evidence:
    kind, ground, facts, stated = content_of(fact)
    whose = [person.hex(), registration, statement.issuer]
    named = [kind.value, ground and ground.value, on.isoformat(), sorted(facts.items())]
    name = rfc8785.dumps([*whose, *named, None if stated is None else written_instant(stated)])
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
