"""The record of acts: many at once are kept as they were given, in their order."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tongguan.adapters.postgres.connections import Database
from tongguan.app.stores import AuditEntry

NOW = datetime(2021, 12, 13, 1, tzinfo=UTC)


def test_record_many__keeps__each_entry_as_it_was_given_in_order(database_url: str) -> None:
    entries = tuple(
        AuditEntry(
            at=NOW + timedelta(seconds=number),
            actor=f"officer {number}",
            action="look",
            subject=subject,
            outcome="",
            codes=codes,
        )
        for number, (subject, codes) in enumerate(
            [
                ("plain", ()),
                ('"quoted", {in braces}, \\ and NULL', ("quota_full", "a,b")),
                ("通關 '—'\n\t", ('"', "\\", "", "NULL")),
            ]
        )
    )
    with Database(database_url, durability_required=False) as database:
        with database.transaction() as transaction:
            transaction.audit.record_many(entries)
        with database.transaction() as transaction:
            kept = transaction.audit.latest(limit=10)
    assert tuple(reversed(kept)) == entries
    assert all(later.at > earlier.at for earlier, later in pairwise(reversed(kept)))


def test_record_many__of_nothing__keeps_nothing(database_url: str) -> None:
    with (
        Database(database_url, durability_required=False) as database,
        database.transaction() as transaction,
    ):
        transaction.audit.record_many(())
        assert transaction.audit.latest(limit=10) == ()


def test_record_refused__keeps__each_with_its_codes_in_order(database_url: str) -> None:
    refused = [
        ("first", ("quota_full", "live_booking_exists")),
        ('"quoted", {braced} \\', ()),
        ("third", ("quota_full", "live_booking_exists")),
    ]
    with Database(database_url, durability_required=False) as database:
        with database.transaction() as transaction:
            transaction.audit.record_refused(NOW, "traveller", "journey.book", refused)
        with database.transaction() as transaction:
            kept = transaction.audit.latest(limit=9)
    assert [(each.subject, each.codes) for each in reversed(kept)] == refused
    assert {(each.at, each.actor, each.action, each.outcome) for each in kept} == {
        (NOW, "traveller", "journey.book", "refused")
    }
