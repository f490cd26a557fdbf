"""Certificates that people brought: each counts for one registration, and goes with it."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.builders.evidence_stores import DAY, NOW, registration
from tongguan.core.identifiers import RegistrationId


def kept_registration(transaction, number):
    """A registration of somebody else for each number."""
    made = registration(number, reference=f"HC-{number}", person=bytes([number]) * 16)
    assert transaction.registrations.add(made, b"", DAY)
    return made.id


def test_certificate__keep__counts_for_who_came_first(sealing):
    with sealing.transaction() as transaction:
        one, other = (kept_registration(transaction, number) for number in (1, 2))
        store = transaction.certificates
        assert store.registration_of(b"c") is None
        assert store.keep(b"c", one, "k", NOW) == one
        assert store.keep(b"c", other, "k", NOW) == one
        assert store.give(b"c", other, "l", NOW, instead_of=one)
        assert not store.give(b"c", one, "l", NOW, instead_of=one)
        assert store.registration_of(b"c") == other


def test_certificate__deletion__goes_with_its_registration(sealing):
    with sealing.transaction() as transaction:
        one = kept_registration(transaction, 1)
        transaction.certificates.keep(b"c", one, "k", NOW)
        transaction.retention.delete_before(DAY + timedelta(days=1))
        assert transaction.certificates.registration_of(b"c") is None


def test_certificate__of_no_registration__is_not_kept(sealing):
    with pytest.raises(psycopg.errors.ForeignKeyViolation), sealing.transaction() as transaction:
        transaction.certificates.keep(b"c", RegistrationId(str(uuid4())), "k", NOW)


def test_certificate__change__refused(sealing):
    with sealing.transaction() as transaction:
        transaction.certificates.keep(b"c", kept_registration(transaction, 1), "k", NOW)
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        sealing.connection() as connection,
    ):
        connection.execute("UPDATE tongguan.brought_certificate SET certificate = 'd'")
