"""Enrolled sources, their batches and places."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tests.builders.evidence_stores import DAY, LABORATORY, NOW
from tongguan.core.evidence.records import RiskPlace
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.identifiers import DivisionCode, EvidenceSourceId

PLACES = replace(
    LABORATORY,
    id=EvidenceSourceId("a-places"),
    kind=SourceKind.RISK_PLACES,
    unit=None,
    public=b"another",
)
FUTIAN = RiskPlace(
    division=DivisionCode("440304"),
    first_on=date(2021, 12, 10),
    last_on=None,
    source="a-places",
    listed_at=NOW,
)


@pytest.fixture
def enrolled(sealing):
    with sealing.transaction() as transaction:
        assert transaction.evidence_sources.enrol(LABORATORY)
        assert transaction.evidence_sources.enrol(PLACES)
    return sealing


def test_source__enrol__is_found_as_it_was(enrolled):
    with enrolled.transaction() as transaction:
        store = transaction.evidence_sources
        assert store.all() == (PLACES, LABORATORY)
        assert store.get(LABORATORY.id) == LABORATORY
        assert store.get("nobody") is None
        assert not store.enrol(replace(LABORATORY, public=b"third"))
        assert store.get(LABORATORY.id) == LABORATORY


def test_source__enrol__key_of_another_refused(enrolled):
    with (
        pytest.raises(psycopg.errors.UniqueViolation),
        enrolled.transaction() as transaction,
    ):
        transaction.evidence_sources.enrol(replace(LABORATORY, id="lab-other"))


def test_source__withdraw__once(enrolled):
    with enrolled.transaction() as transaction:
        store = transaction.evidence_sources
        assert store.withdraw(LABORATORY.id, NOW)
        assert not store.withdraw(LABORATORY.id, NOW + timedelta(days=1))
        assert not store.withdraw("nobody", NOW)
        assert store.get(LABORATORY.id) == replace(LABORATORY, withdrawn_at=NOW)


def test_batch__add__once_and_sealed(enrolled):
    with enrolled.transaction() as transaction:
        store = transaction.evidence_sources
        assert store.add_batch("digest", LABORATORY.id, b"who has what", NOW, DAY)
        assert not store.add_batch("digest", LABORATORY.id, b"who has what", NOW, DAY)
        kept = transaction.connection.execute("SELECT signed_sealed FROM tongguan.evidence_batch")
        sealed = bytes(kept.fetchone()[0])
        assert b"who has what" not in sealed
        opened = transaction.seals.open(sealed, "evidence_batch.signed_sealed", "digest")
        assert bytes.fromhex(opened) == b"who has what"
        assert transaction.retention.delete_before(date.max)["evidence_batch"] == 1


def test_risk_place__list__stays_until_its_end(enrolled):
    with enrolled.transaction() as transaction:
        store = transaction.evidence_sources
        store.list_risk_place(FUTIAN)
        store.list_risk_place(replace(FUTIAN, listed_at=NOW + timedelta(days=1)))
        assert store.risk_places() == (FUTIAN,)
        assert not store.end_risk_place(FUTIAN.division, DAY, "lab-kowloon")
        assert store.end_risk_place(FUTIAN.division, DAY, FUTIAN.source)
        assert not store.end_risk_place(FUTIAN.division, DAY, FUTIAN.source)
        store.list_risk_place(FUTIAN)
        assert store.risk_places() == (replace(FUTIAN, last_on=DAY), FUTIAN)
