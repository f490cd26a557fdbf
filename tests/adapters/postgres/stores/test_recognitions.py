"""Trust lists and recognitions as the bytes that were signed."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tests.builders.evidence_stores import DAY, NOW
from tongguan.app.recognition_store import StoredRecognition, StoredTrustList

LIST = StoredTrustList(authority="GD", version=1, digest="d", signed=b"list", received_at=NOW)
RECOGNITION = StoredRecognition(authority="HK", signed=b"recognised", received_at=NOW)


def test_lists_and_recognitions__add__once_and_in_order(sealing):
    second = StoredTrustList(authority="GD", version=2, digest="e", signed=b"2", received_at=NOW)
    with sealing.transaction() as transaction:
        store = transaction.recognitions
        assert store.add_list(LIST)
        assert store.add_list(second)
        assert not store.add_list(LIST)
        assert not store.add_list(replace(LIST, signed=b"another of its number"))
        assert store.lists() == (LIST, second)
        assert store.add(RECOGNITION)
        assert not store.add(RECOGNITION)
        assert store.all() == (RECOGNITION,)


@pytest.mark.parametrize("table", ["trust_list", "recognition"])
@pytest.mark.parametrize(
    "statement", ["UPDATE tongguan.{} SET authority = 'X'", "DELETE FROM tongguan.{}"]
)
def test_signed__change_or_loss__refused(sealing, table, statement):
    with sealing.transaction() as transaction:
        transaction.recognitions.add_list(LIST)
        transaction.recognitions.add(RECOGNITION)
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        sealing.connection() as connection,
    ):
        connection.execute(statement.format(table))


def test_statement__use__once_until_its_day(sealing):
    with sealing.transaction() as transaction:
        store = transaction.recognitions
        assert store.use_statement(b"s", NOW, DAY)
        assert not store.use_statement(b"s", NOW, date.max)
        assert transaction.retention.delete_before(DAY)["used_statement"] == 0
        later = transaction.retention.delete_before(DAY + timedelta(days=1))
        assert later["used_statement"] == 1
