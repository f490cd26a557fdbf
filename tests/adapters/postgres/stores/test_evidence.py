"""Evidence as kept: append-only, sealed, gone with its day; adverse acts; who waits for whom."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tests.builders.evidence_stores import DAY, NOW, SOMEBODY, act, event, evidence, uuid_of
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.core.evidence.records import EventKind, EvidenceKind, KeptEvidence, Route
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import PersonKey

CONTESTED = event(EventKind.CONTESTED, case=uuid_of(400), decide_by=NOW, by=("person",), units=())
OWN_WORD = evidence(
    201,
    registration=uuid_of(1),
    route=Route.DECLARATION,
    kind=EvidenceKind.STAY,
    ground=None,
    causers=(),
    ends_at=None,
    targets=(),
)


@pytest.fixture
def kept(sealing):
    """A database with two pieces of evidence, one contested."""
    with sealing.transaction() as transaction:
        assert transaction.evidence.add(evidence(), b"hash", DAY)
        assert transaction.evidence.add(OWN_WORD, b"own", DAY)
        transaction.evidence.add_event(CONTESTED)
        transaction.evidence.add_event(event(EventKind.UPHELD))
    return sealing


FIRST = KeptEvidence(evidence=evidence(), events=(CONTESTED, event(EventKind.UPHELD)))


def test_evidence__add__is_found_with_what_became_of_it(kept):
    with kept.transaction() as transaction:
        store = transaction.evidence
        assert store.get(FIRST.evidence.id) == FIRST
        assert store.of_person(SOMEBODY) == (FIRST, KeptEvidence(evidence=OWN_WORD))
        assert store.of_registration(uuid_of(1)) == (KeptEvidence(evidence=OWN_WORD),)
        assert store.request_hash(FIRST.evidence.id) == b"hash"
        assert store.request_hash(uuid_of(9)) is None
        assert store.get(uuid_of(9)) is None
        assert store.of_person(PersonKey(b"nobody")) == ()


def test_evidence__add__same_id_changes_nothing(kept):
    with kept.transaction() as transaction:
        other = evidence(ground=HealthReason.CONFIRMED)
        assert not transaction.evidence.add(other, b"other", DAY)
        assert transaction.evidence.get(other.id) == FIRST


def test_evidence__content__does_not_stand_in_clear(kept):
    with kept.connection() as connection:
        rows = str(connection.execute("SELECT to_jsonb(e) FROM tongguan.evidence e").fetchall())
    for secret in ("contact", "close", "CT-2021", "2021-12-12", "reference", "stay"):
        assert secret not in rows


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("person_index", b"another"),
        ("registration", uuid_of(2)),
        ("route", "declaration"),
        ("causers", []),
        ("content_sealed", b""),
        ("ends_at", NOW),
        ("received_at", NOW + timedelta(days=1)),
        ("batch", "other"),
    ],
)
def test_evidence__update__refused(kept, column, value):
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        kept.connection() as connection,
    ):
        connection.execute(f"UPDATE tongguan.evidence SET {column} = %s", (value,))  # noqa: S608


@pytest.mark.parametrize("statement", ["UPDATE tongguan.{} SET at = at", "DELETE FROM tongguan.{}"])
def test_event__change_or_loss__refused(kept, statement):
    with pytest.raises(psycopg.errors.RaiseException), kept.connection() as connection:
        connection.execute(statement.format("evidence_event"))


@pytest.mark.parametrize(
    ("asked", "day"), [(DAY - timedelta(days=1), DAY), (date(2022, 3, 1), date(2022, 3, 1))]
)
def test_evidence__keep_until__only_lengthens(kept, asked, day):
    with kept.transaction() as transaction:
        transaction.evidence.keep_until(FIRST.evidence.id, asked)
        found = transaction.connection.execute(
            "SELECT delete_after FROM tongguan.evidence WHERE id = %s", (FIRST.evidence.id,)
        )
        assert found.fetchone() == (day,)


def test_evidence__delete_before__goes_with_its_events(kept):
    with kept.transaction() as transaction:
        transaction.evidence.keep_until(OWN_WORD.id, DAY + timedelta(days=1))
        transaction.evidence.add_act(act())
        assert transaction.retention.delete_before(DAY)["evidence"] == 0
        assert transaction.retention.delete_before(DAY + timedelta(days=1))["evidence"] == 1
        assert transaction.evidence.of_person(SOMEBODY) == (KeptEvidence(evidence=OWN_WORD),)
        left = transaction.connection.execute("SELECT count(*) FROM tongguan.evidence_event")
        assert left.fetchone() == (0,)
        assert len(transaction.evidence.acts_of(FIRST.evidence.id)) == 1


def test_act__add__counts_against_each_causer_until_reviewed(sealing):
    with sealing.transaction() as transaction:
        store = transaction.evidence
        serials = [
            store.add_act(act()),
            store.add_act(act(201, causers=("unit:tracing",), at=NOW + timedelta(hours=1))),
            store.add_act(act(202, held=True)),
        ]
        assert [store.unreviewed(each) for each in ("unit:tracing", "officer:ho", "unit:x")] == [
            2,
            1,
            0,
        ]
        found = store.acts_since(NOW)
        assert found == (
            act(serial=serials[0]),
            act(201, serial=serials[1], causers=("unit:tracing",), at=NOW + timedelta(hours=1)),
            act(202, serial=serials[2], held=True),
        )
        assert store.acts_since(NOW, causer="officer:ho") == (found[0], found[2])
        assert store.acts_since(NOW + timedelta(hours=1)) == (found[1],)
        assert store.acts_to_review(limit=1) == (found[2], found[0])  # one held, one other
        assert store.unreviewed_among([*serials[1:], 999]) == found[1:]
        assert store.acts_of(found[1].evidence) == (found[1],)
        shared = ["officer:ho", "reference:3f"]
        assert store.unreviewed_sharing(shared, since=NOW) == found
        assert store.unreviewed_sharing(["officer:ho"], since=NOW) == (found[0], found[2])
        assert store.unreviewed_sharing(shared, since=NOW + timedelta(hours=1)) == (found[1],)
        store.review(serials[:1], at=NOW, by=("lam", "wong"))
        assert store.unreviewed_sharing(["officer:ho"], since=NOW) == (found[2],)
        assert store.unreviewed("unit:tracing") == 1
        assert store.acts_to_review(limit=5) == (found[2], found[1])
        assert store.unreviewed_among(serials) == found[1:]
        reviewed = replace(found[0], reviewed_at=NOW, reviewed_by=("lam", "wong"))
        store.review(serials[:1], at=NOW + timedelta(days=1), by=("chan", "cheung"))
        assert store.acts_of(reviewed.evidence) == (reviewed,)


@pytest.mark.parametrize("by", [("lam",), ("lam", "lam"), ()])
def test_act__review__takes_two_officers(sealing, by):
    with sealing.transaction() as transaction:
        serial = transaction.evidence.add_act(act())
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="review_takes_two"),
        sealing.transaction() as transaction,
    ):
        transaction.evidence.review([serial], at=NOW, by=by)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE tongguan.adverse_act SET causers = '{}'", "DELETE FROM tongguan.adverse_act"],
)
def test_act__change_or_loss__refused(sealing, statement):
    with sealing.transaction() as transaction:
        transaction.evidence.add_act(act())
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        sealing.connection() as connection,
    ):
        connection.execute(statement)


def test_hold_causers__two_at_once__one_waits(sealing):
    with sealing.transaction() as first:
        first.evidence.hold_causers(["unit:tracing", "officer:ho"])
        with sealing.transaction() as third:
            third.evidence.hold_causers(["unit:clinic"])
            third.evidence.hold_person(SOMEBODY)
        with (
            pytest.raises(DatabaseUnavailable),
            sealing.transaction() as second,
        ):
            second.evidence.hold_causers(["unit:clinic", "unit:tracing"])
    with sealing.transaction() as second:
        second.evidence.hold_causers(["unit:clinic", "unit:tracing"])


def test_hold_person__two_at_once__one_waits_and_codes_do_not(sealing):
    with sealing.transaction() as first:
        first.evidence.hold_person(SOMEBODY)
        with sealing.transaction() as third:
            third.health_codes.hold_person(SOMEBODY)
            third.evidence.hold_person(PersonKey(b"other"))
        with (
            pytest.raises(DatabaseUnavailable),
            sealing.transaction() as second,
        ):
            second.evidence.hold_person(SOMEBODY)
