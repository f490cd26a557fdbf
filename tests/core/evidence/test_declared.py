"""Declarations as evidence: nothing lost, nothing added, and the colour that was declared."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.evidence.declared import (
    declared_evidence,
    is_declared_on,
    standing_declarations,
)
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    KeptEvidence,
)
from tongguan.core.evidence.routes import event_fault, evidence_fault
from tongguan.core.health.declaration import Arrival, HealthDeclaration, HighRiskStay
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import AuthorityId, DivisionCode, PersonKey, RegistrationId

NOW = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
TODAY = date(2021, 12, 13)
OWN = RegistrationId(str(uuid4()))
OTHER = RegistrationId(str(uuid4()))
EVERYTHING = HealthDeclaration(
    confirmed=True,
    suspected=True,
    close_contact=True,
    household_of_close_contact=True,
    under_compulsory_quarantine=True,
    discharged_on=date(2021, 12, 1),
    symptoms_last_on=date(2021, 12, 2),
    high_risk_stays=(HighRiskStay(division=DivisionCode("440300"), last_on=date(2021, 12, 3)),),
    arrivals=(Arrival(arrived_on=date(2021, 12, 4), scheme="return2hk"),),
)


def made(declaration: HealthDeclaration, request: str | None = None) -> tuple[Evidence, ...]:
    return declared_evidence(
        declaration,
        request=request or str(uuid4()),
        person=PersonKey(b"p" * 16),
        registration=OWN,
        on=TODAY,
        now=NOW,
    )


def kept(*evidence: Evidence) -> tuple[KeptEvidence, ...]:
    return tuple(KeptEvidence(evidence=each) for each in evidence)


def test_declaration__nothing_adverse__is_kept_as_a_declaration_of_the_day() -> None:
    (only,) = made(HealthDeclaration())
    assert (only.kind, only.ground, only.on) == (EvidenceKind.DECLARED_STATE, None, TODAY)


def test_declaration__everything__is_one_row_for_each_ground_with_its_day() -> None:
    found = {each.ground: (each.on, dict(each.facts)) for each in made(EVERYTHING)}
    assert found == {
        None: (TODAY, {}),
        HealthReason.CONFIRMED: (TODAY, {}),
        HealthReason.SUSPECTED: (TODAY, {}),
        HealthReason.CLOSE_CONTACT: (TODAY, {}),
        HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT: (TODAY, {}),
        HealthReason.UNDER_QUARANTINE: (TODAY, {}),
        HealthReason.DISCHARGED_RECENTLY: (date(2021, 12, 1), {}),
        HealthReason.SYMPTOMS: (date(2021, 12, 2), {}),
        HealthReason.HIGH_RISK_STAY: (date(2021, 12, 3), {"division": "440300"}),
        HealthReason.ARRIVED_FROM_OUTSIDE: (date(2021, 12, 4), {"scheme": "return2hk"}),
    }


def test_declaration__its_rows__go_by_the_rule_of_their_route() -> None:
    controls = bundled_health_rules()[AuthorityId("HK")].controls
    for each in made(EVERYTHING):
        assert evidence_fault(each, controls) is None
        superseded = EvidenceEvent(
            evidence=each.id, kind=EventKind.SUPERSEDED, at=NOW, by=(each.registration or "",)
        )
        assert event_fault(each, superseded) is None


def test_declaration__same_request__has_the_same_ids_and_another_has_others() -> None:
    request = str(uuid4())
    ids = [each.id for each in made(EVERYTHING, request)]
    assert len(set(ids)) == len(ids)
    assert ids == [each.id for each in made(EVERYTHING, request)]
    assert set(ids).isdisjoint(each.id for each in made(EVERYTHING))


def test_declared_on__counts__the_registrations_own_newest_word_of_that_day() -> None:
    rows = kept(*made(EVERYTHING))
    assert is_declared_on(rows, OWN, TODAY)
    assert not is_declared_on(rows, OTHER, TODAY)
    assert not is_declared_on(rows, OWN, date(2021, 12, 14))
    superseded = tuple(
        replace(
            each,
            events=(
                EvidenceEvent(
                    evidence=each.evidence.id, kind=EventKind.SUPERSEDED, at=NOW, by=(OWN,)
                ),
            ),
        )
        for each in rows
    )
    assert not is_declared_on(superseded, OWN, TODAY)
    assert standing_declarations(superseded, OWN) == ()


@pytest.mark.parametrize("registration", [OWN, OTHER], ids=["own", "other"])
def test_standing_declarations__are__of_one_registration_alone(
    registration: RegistrationId,
) -> None:
    rows = kept(*made(HealthDeclaration(confirmed=True)))
    assert len(standing_declarations(rows, registration)) == (2 if registration == OWN else 0)
