"""Kept evidence of one person, for tests of what it is judged as."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    KeptEvidence,
    RiskPlace,
    Route,
)
from tongguan.core.evidence.routes import ROUTE_RULES
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import Judgement, judge
from tongguan.core.health.rules import ColourRules
from tongguan.core.identifiers import (
    AuthorityId,
    CaseId,
    DivisionCode,
    EvidenceId,
    PersonKey,
    RegistrationId,
)

HONG_KONG = bundled_health_rules()[AuthorityId("HK")].colours
NOON = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
"""In Hong Kong."""
TODAY = date(2021, 12, 13)
OWN = RegistrationId("00000000-0000-0000-0000-000000000001")
ANOTHER = RegistrationId("00000000-0000-0000-0000-000000000002")
SINCE = datetime(2021, 11, 1, tzinfo=UTC)

_KINDS = {
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


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def kept(
    ground: HealthReason | None,
    *happened: EventKind,
    number: int = 1,
    days: int = 0,
    at: datetime = SINCE,
    decide_by: datetime = NOON,
    **changed: Any,
) -> KeptEvidence:
    """Evidence of an order office unless another route is named, with what became of it."""
    id_ = EvidenceId(str(UUID(int=number)))
    route = changed.get("route", Route.ORDER_OFFICE)
    stated: dict[str, Any] = {
        "id": id_,
        "person": PersonKey(b"p" * 32),
        "registration": OWN if ROUTE_RULES[route].of_registration else None,
        "route": route,
        "kind": EvidenceKind.TEST_RESULT if ground is None else _KINDS[ground],
        "ground": ground,
        "source": "office-1",
        "causers": ("source:office-1",),
        "on": days_ago(days),
        "facts": {},
        "issued_at": SINCE,
        "received_at": SINCE,
        "ends_at": None,
    }
    events = tuple(
        EvidenceEvent(
            evidence=id_,
            kind=kind,
            at=at,
            by=("ho",),
            case=CaseId("c") if kind is EventKind.CONTESTED else None,
            decide_by=decide_by if kind is EventKind.CONTESTED else None,
        )
        for kind in happened
    )
    return KeptEvidence(evidence=Evidence(**stated | changed), events=events)


def own_word(ground: HealthReason | None, **changed: Any) -> KeptEvidence:
    """What the person declared of themselves."""
    return kept(ground, **{"route": Route.DECLARATION, "causers": (), **changed})


def stay(division: str, *, days: int = 0, **changed: Any) -> KeptEvidence:
    """A stay of which nobody said that it was a risk."""
    facts = {"division": division}
    stated = {"kind": EvidenceKind.STAY, "route": Route.CONVERSION, "facts": facts, **changed}
    return kept(None, days=days, **stated)


def risk_place(
    division: str, *, first: int = 10, last: int | None = None, listed_at: datetime = SINCE
) -> RiskPlace:
    """A place listed from so many days ago, to so many days ago."""
    return RiskPlace(
        division=DivisionCode(division),
        first_on=days_ago(first),
        last_on=None if last is None else days_ago(last),
        source="risk-desk",
        listed_at=listed_at,
    )


def judged(
    *evidence: KeptEvidence,
    rules: ColourRules = HONG_KONG,
    now: datetime = NOON,
    registration: RegistrationId | None = OWN,
    risk_places: tuple[RiskPlace, ...] = (),
) -> Judgement:
    """The judgement at noon by Hong Kong's rules, unless something else is named."""
    return judge(evidence, registration=registration, risk_places=risk_places, rules=rules, now=now)
