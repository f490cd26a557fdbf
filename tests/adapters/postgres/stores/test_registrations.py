"""Registrations and claims as kept."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tests.builders.evidence_stores import DAY, NOW, SOMEBODY, claim, registration, uuid_of
from tongguan.app.registration.store import ClaimState, RegistrationState
from tongguan.core.identifiers import PersonKey
from tongguan.core.people import Assurance

FIRST = registration()


def plain_text(database, table):
    """Everything that stands in a table, as a thief would read it."""
    with database.connection() as connection:
        rows = connection.execute(f"SELECT to_jsonb(kept) FROM tongguan.{table} kept")  # noqa: S608
        return str(rows.fetchall())


def test_registration__add__is_found_as_it_was(sealing):
    with sealing.transaction() as transaction:
        assert transaction.registrations.add(FIRST, b"hash", DAY)
    with sealing.transaction() as transaction:
        store = transaction.registrations
        assert store.get(FIRST.id) == FIRST
        assert store.get(FIRST.id, lock=True) == FIRST
        assert store.by_reference("REF-1") == FIRST
        assert store.open_of(SOMEBODY) == FIRST
        assert store.open_of(SOMEBODY, lock=True) == FIRST
        assert store.request_hash(FIRST.id) == b"hash"
        assert store.get(uuid_of(9)) is None
        assert store.request_hash(uuid_of(9)) is None
        assert store.open_of(PersonKey(b"other")) is None
    kept = plain_text(sealing, "registration")
    for secret in (FIRST.holder.name, FIRST.holder.document.number, "5555", "Example Road"):
        assert secret not in kept


def test_registration__add__same_id_changes_nothing(sealing):
    with sealing.transaction() as transaction:
        assert transaction.registrations.add(FIRST, b"hash", DAY)
        again = replace(FIRST, phone="other", reference="REF-2")
        assert not transaction.registrations.add(again, b"other", DAY)
        assert transaction.registrations.get(FIRST.id) == FIRST


def test_registration__add__second_open_one_of_a_number_refused(sealing):
    with sealing.transaction() as transaction:
        transaction.registrations.add(FIRST, b"hash", DAY)
    with (
        pytest.raises(psycopg.errors.UniqueViolation, match="registration_open"),
        sealing.transaction() as transaction,
    ):
        transaction.registrations.add(registration(2), b"other", DAY)


def test_registration__replace__lets_another_be_open(sealing):
    second = registration(2)
    with sealing.transaction() as transaction:
        store = transaction.registrations
        store.add(FIRST, b"hash", DAY)
        store.replace(FIRST.id, second.id, NOW)
        store.add(second, b"hash", DAY)
        assert store.open_of(SOMEBODY) == second
        assert store.get(FIRST.id) == replace(
            FIRST, state=RegistrationState.REPLACED, replaced_by=second.id
        )
        with pytest.raises(LookupError):
            store.replace(FIRST.id, second.id, NOW)


def test_registration__verify__raises_the_level(sealing):
    with sealing.transaction() as transaction:
        store = transaction.registrations
        store.add(FIRST, b"hash", DAY)
        store.verify(FIRST.id, Assurance.VERIFIED, at=NOW, by="ho")
        verified = store.get(FIRST.id)
        with pytest.raises(LookupError):
            store.verify(uuid_of(9), Assurance.VERIFIED, at=NOW, by="ho")
    assert verified.assurance is Assurance.VERIFIED
    assert verified.holder.document == FIRST.holder.document
    assert (verified.verified_at, verified.verified_by) == (NOW, "ho")


@pytest.mark.parametrize(
    ("asked", "kept"), [(DAY - timedelta(days=1), DAY), (date(2022, 3, 1), date(2022, 3, 1))]
)
def test_registration__keep_until__only_lengthens(sealing, asked, kept):
    with sealing.transaction() as transaction:
        transaction.registrations.add(FIRST, b"hash", DAY)
        transaction.registrations.keep_until(FIRST.id, asked)
        found = transaction.connection.execute("SELECT delete_after FROM tongguan.registration")
        assert found.fetchone() == (kept,)


def test_claim__add__is_found_as_it_was(sealing):
    later, sooner = claim(101), claim(100)
    with sealing.transaction() as transaction:
        store = transaction.registrations
        assert store.add_claim(later, b"hash", DAY)
        assert store.add_claim(sooner, b"hash", DAY)
        assert not store.add_claim(replace(sooner, phone="other"), b"hash", DAY)
    with sealing.transaction() as transaction:
        store = transaction.registrations
        assert store.claim(sooner.id) == sooner
        assert store.claim(sooner.id, lock=True) == sooner
        assert store.claim_request_hash(sooner.id) == b"hash"
        assert store.claim(uuid_of(9)) is None
        assert store.claim_request_hash(uuid_of(9)) is None
        assert store.open_claims(limit=5) == (sooner, later)
        assert store.open_claims(limit=1) == (sooner,)
    assert sooner.holder.document.number not in plain_text(sealing, "number_claim")


def test_claim__decide__once(sealing):
    decided = claim(
        state=ClaimState.UPHELD,
        decided_at=NOW,
        decided_by=("ho", "lam"),
        units=("tracing", "clinic"),
    )
    with sealing.transaction() as transaction:
        store = transaction.registrations
        store.add_claim(claim(), b"hash", DAY)
        store.decide_claim(decided)
        assert store.claim(decided.id) == decided
        assert store.open_claims(limit=5) == ()
        with pytest.raises(LookupError):
            store.decide_claim(replace(decided, state=ClaimState.REFUSED))
