"""Enrolled sources, their batches and places."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tests.builders.evidence_stores import DAY, LABORATORY, NOW
from tongguan.core.evidence.records import RiskPlace
from tongguan.core.evidence.sources import SourceKind, Unsound
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


def test_source__disbelieve__holds_the_earliest_time_and_only_of_one_withdrawn(enrolled):
    with (
        pytest.raises(psycopg.errors.CheckViolation),
        enrolled.transaction() as transaction,
    ):
        transaction.evidence_sources.disbelieve(LABORATORY.id, NOW, Unsound.OTHER)
    with enrolled.transaction() as transaction:
        store = transaction.evidence_sources
        store.withdraw(LABORATORY.id, NOW)
        for hours in (3, 1, 2):
            since = NOW - timedelta(hours=hours)
            store.disbelieve(LABORATORY.id, since, Unsound.KEY_LOST)
        found = store.get(LABORATORY.id)
        assert found == replace(
            LABORATORY,
            withdrawn_at=NOW,
            unsound_since=NOW - timedelta(hours=3),
            unsound_because=Unsound.KEY_LOST,
        )
        with pytest.raises(LookupError):
            store.disbelieve("nobody", NOW, Unsound.OTHER)


def test_risk_places__taken_back__are_those_of_the_source_since(enrolled):
    later = replace(FUTIAN, division="440305", listed_at=NOW + timedelta(hours=1))
    with enrolled.transaction() as transaction:
        store = transaction.evidence_sources
        assert [store.list_risk_place(each) for each in (FUTIAN, FUTIAN, later)] == [
            True,
            False,
            True,
        ]
        assert store.take_back_places(LABORATORY.id, NOW, NOW) == 0
        since = NOW + timedelta(minutes=1)
        assert store.take_back_places(FUTIAN.source, since, since) == 1
        assert store.take_back_places(FUTIAN.source, since, since) == 0
        assert store.risk_places() == (FUTIAN,)


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
