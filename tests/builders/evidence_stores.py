"""Records of evidence, registrations and controls, for tests of the stores that keep them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.builders.authorities import person
from tongguan.app.control.store import (
    CaseState,
    CorrectionCase,
    Proposal,
    ProposalKind,
    ProposalState,
)
from tongguan.app.evidence.store import AdverseAct
from tongguan.app.registration.store import (
    ClaimState,
    NumberClaim,
    Registration,
    RegistrationRoute,
    RegistrationState,
)
from tongguan.core.evidence.records import EventKind, Evidence, EvidenceEvent, EvidenceKind, Route
from tongguan.core.evidence.sources import EvidenceSource, SourceKind
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import (
    CaseId,
    EvidenceId,
    EvidenceSourceId,
    PersonKey,
    ProposalId,
    RegistrationId,
    UnitId,
)

NOW = datetime(2021, 12, 13, 2, tzinfo=UTC)
DAY = date(2022, 1, 31)
SOMEBODY = PersonKey(b"somebody" * 4)
TWO = {"by": ("ho", "lam"), "units": ("tracing", "clinic")}

LABORATORY = EvidenceSource(
    id=EvidenceSourceId("lab-kowloon"),
    kind=SourceKind.LABORATORY,
    unit=UnitId("laboratories"),
    name="Kowloon Laboratory",
    public=b"key",
    not_before=NOW,
    not_after=NOW + timedelta(days=365),
    enrolled_at=NOW,
)


def uuid_of(number: int) -> str:
    return str(UUID(int=number))


def registration(number: int = 1, **changed: Any) -> Registration:
    return Registration(
        **{
            "id": RegistrationId(uuid_of(number)),
            "reference": f"REF-{number}",
            "person": SOMEBODY,
            "holder": person(),
            "document_issued_on": date(2019, 5, 4),
            "phone": "5555 0101",
            "address": "1 Example Road",
            "route": RegistrationRoute.SELF,
            "state": RegistrationState.OPEN,
            "registered_at": NOW,
            "registered_by": None,
            **changed,
        }
    )


def claim(number: int = 100, **changed: Any) -> NumberClaim:
    return NumberClaim(
        **{
            "id": CaseId(uuid_of(number)),
            "person": SOMEBODY,
            "registration": RegistrationId(uuid_of(number + 1000)),
            "holder": person(),
            "document_issued_on": None,
            "phone": None,
            "address": None,
            "state": ClaimState.OPEN,
            "opened_at": NOW,
            "decide_by": NOW + timedelta(hours=24 + number),
            **changed,
        }
    )


def evidence(number: int = 200, **changed: Any) -> Evidence:
    return Evidence(
        **{
            "id": EvidenceId(uuid_of(number)),
            "person": SOMEBODY,
            "registration": None,
            "route": Route.OFFICERS,
            "kind": EvidenceKind.CONTACT_ORDER,
            "ground": HealthReason.CLOSE_CONTACT,
            "source": uuid_of(300),
            "causers": ("unit:tracing", "officer:ho", "unit:clinic", "officer:lam"),
            "on": date(2021, 12, 12),
            "facts": {"reference": "CT-2021-77"},
            "issued_at": NOW,
            "received_at": NOW,
            "ends_at": NOW + timedelta(days=14),
            "targets": ("reference:3f",),
            **changed,
        }
    )


def event(kind: EventKind, number: int = 200, **changed: Any) -> EvidenceEvent:
    return EvidenceEvent(
        **{"evidence": EvidenceId(uuid_of(number)), "kind": kind, "at": NOW, **TWO, **changed}
    )


def act(number: int = 200, **changed: Any) -> AdverseAct:
    return AdverseAct(
        **{
            "serial": 0,
            "evidence": EvidenceId(uuid_of(number)),
            "route": Route.OFFICERS,
            "causers": ("unit:tracing", "officer:ho"),
            "targets": ("reference:3f",),
            "at": NOW,
            "held": False,
            **changed,
        }
    )


def proposal(number: int = 300, **changed: Any) -> Proposal:
    return Proposal(
        **{
            "id": ProposalId(uuid_of(number)),
            "kind": ProposalKind.FINDING,
            "person": SOMEBODY,
            "content": {"ground": "close_contact", "on": "2021-12-12"},
            "proposed_by": "ho",
            "unit": UnitId("tracing"),
            "proposed_at": NOW,
            "lapses_at": NOW + timedelta(hours=24),
            "state": ProposalState.OPEN,
            **changed,
        }
    )


def case(number: int = 400, **changed: Any) -> CorrectionCase:
    return CorrectionCase(
        **{
            "id": CaseId(uuid_of(number)),
            "person": SOMEBODY,
            "registration": RegistrationId(uuid_of(1)),
            "evidence": EvidenceId(uuid_of(200)),
            "words": "I was not there",
            "state": CaseState.OPEN,
            "opened_at": NOW,
            "decide_by": NOW + timedelta(hours=48),
            **changed,
        }
    )
