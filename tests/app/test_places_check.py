"""The check of places over everything that changes them, and repairs as they were shown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.app.test_transitions import book
from tests.builders.authorities import Pair
from tests.builders.changes import limit_of, next_text, take_place
from tests.builders.travel import DAY, at
from tongguan.app.journeys import cancel_journey
from tongguan.app.ledger_port import Journey
from tongguan.app.places_check import Checked, LedgerChangedError, check_places, repair_places
from tongguan.app.places_check_port import Difference, DifferenceKind
from tongguan.app.retention import delete_expired


def checked(pair: Pair) -> tuple[Checked, Sequence[Difference]]:
    told: list[Difference] = []
    return check_places(pair.hk, told.append), told


def plant(pair: Pair, statement: str, **row: object) -> None:
    with pair.hk.database.transaction() as transaction:
        changed = transaction.connection.execute(statement, row)  # type: ignore[attr-defined]
        assert changed.rowcount > 0, "nothing was planted"


def test_places__of_bookings_cancellations_transitions_and_retention__agree(active: Pair) -> None:
    first = next_text(limit_of("business-week", 2))
    first = replace(first, data=replace(first.data, retention_days=0))
    take_place(active, first)
    used = book(active, 1, day=DAY, back=DAY)
    given_back = book(active, 2, day=DAY + timedelta(days=1), back=DAY + timedelta(days=2))
    cancel_journey(active.hk, given_back.id, given_back.application)
    book(active, 3, day=DAY + timedelta(days=5), back=DAY + timedelta(days=6))
    assert checked(active)[1] == []
    take_place(active, next_text(limit_of("business-week", 1), after=first))
    assert checked(active)[1] == []
    active.set_time(at(DAY + timedelta(days=7), 0, 1))
    assert delete_expired(active.hk)["journey"] == 2
    found, differences = checked(active)
    assert differences == []
    assert (found.extent.journeys, found.extent.places) == (1, 2)
    with active.hk.database.transaction() as transaction:
        assert transaction.ledger.journey(used.id) is None


@pytest.fixture
def journey(active: Pair) -> Journey:
    return book(active, 1, day=DAY, back=DAY + timedelta(days=1))


def test_repair__puts_right_what_was_shown__and_keeps_a_record(
    active: Pair, journey: Journey
) -> None:
    plant(
        active, "UPDATE tongguan.quota_window SET taken = taken + 1 WHERE starts = %(day)s", day=DAY
    )
    plant(active, "UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL")
    found, differences = checked(active)
    assert found.repairable == len(differences) == sum(found.counts.values())
    assert found.counts[DifferenceKind.LIVE_MISSING] == 1
    count = repair_places(active.hk, found.shown, officer="somebody", told=lambda _: None)
    assert count == len(differences)
    assert checked(active)[1] == []
    with active.hk.database.transaction() as transaction:
        entries = [
            each for each in transaction.audit.latest(limit=50) if each.action == "places.repair"
        ]
        rows = transaction.connection.execute(  # type: ignore[attr-defined]
            "SELECT journey::text, live_until FROM tongguan.live_journey"
        ).fetchall()
    assert len(entries) == count
    assert {each.actor for each in entries} == {"somebody"}
    assert {each.codes for each in entries} == {(each.kind.value,) for each in differences}
    ((kept, until),) = rows
    assert kept == journey.id
    assert until == at(DAY + timedelta(days=1), 13), "the end of the slot home"


def test_repair__does_nothing__where_the_ledger_is_not_as_it_was_shown(
    active: Pair, journey: Journey
) -> None:
    plant(
        active, "UPDATE tongguan.quota_window SET taken = taken + 1 WHERE starts = %(day)s", day=DAY
    )
    found, differences = checked(active)
    plant(active, "UPDATE tongguan.live_journey SET journey = NULL, live_until = NULL")
    with pytest.raises(LedgerChangedError):
        repair_places(active.hk, found.shown, officer="somebody", told=lambda _: None)
    _, left = checked(active)
    assert len(left) == len(differences) + 1, "all or nothing"


def test_repair__is_as_it_was_shown__though_others_book_meanwhile(
    active: Pair, journey: Journey
) -> None:
    plant(
        active, "UPDATE tongguan.quota_window SET taken = taken + 1 WHERE starts = %(day)s", day=DAY
    )
    found, _ = checked(active)
    book(active, 2, day=DAY, back=DAY + timedelta(days=1))
    assert repair_places(active.hk, found.shown, officer="x", told=lambda _: None) > 0
    assert checked(active)[1] == []
