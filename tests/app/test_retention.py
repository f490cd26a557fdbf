"""After the last day the scheme allows, nothing of a person is left in any table."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.app.test_transitions import ask, book
from tests.builders.authorities import Pair, granted, person
from tests.builders.changes import limit_of, next_text, take_place
from tests.builders.evidence_stores import (
    LABORATORY,
    case,
    claim,
    event,
    evidence,
    proposal,
)
from tests.builders.travel import (
    BACK,
    DAY,
    at,
    booked,
    code,
    gate,
    pass_of,
    presented,
    registered,
)
from tongguan.adapters.postgres.personal import TABLES, Retention
from tongguan.app.control.store import HealthNotice
from tongguan.app.gates import CrossingRequest, cross
from tongguan.app.journeys import cancel_journey
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.app.notices import add_notice
from tongguan.app.ports import Transaction
from tongguan.app.retention import delete_expired
from tongguan.core.evidence.records import EventKind
from tongguan.core.identifiers import PersonKey, QuotaId, SchemeId, SponsorId
from tongguan.core.notices import NoticeCode
from tongguan.core.scheme.model import Leg, Phase

LOOKED_BACK_DAYS = 21
"""The longest that a rule of either authority looks back at evidence."""


def rows_with_people(pair: Pair) -> dict[str, int]:
    """Rows by table in which something of a person stands, on both sides."""
    found: dict[str, int] = {}
    for authority in (pair.hk, pair.gd):
        with authority.database.transaction() as transaction:
            for table, declared in TABLES.items():
                if declared.retention is not Retention.KEPT:
                    where = (
                        " WHERE dimensions::text LIKE '%person=%'"
                        if table == "quota_window"
                        else ""
                    )
                    row = transaction.connection.execute(  # type: ignore[attr-defined]
                        f"SELECT count(*) FROM tongguan.{table}{where}"  # noqa: S608
                    ).fetchone()
                    found[table] = found.get(table, 0) + row[0]
    return found


def keep_what_was_disputed(transaction: Transaction, somebody: PersonKey) -> None:
    """A claim of the number, a finding by officers with its case, a notice, a batch."""
    last = BACK + timedelta(days=31)
    transaction.registrations.add_claim(claim(person=somebody), b"", last)
    transaction.evidence.add(evidence(person=somebody), b"", last)
    transaction.evidence.add_event(event(EventKind.CONTESTED))
    transaction.controls.propose(proposal(person=somebody), last)
    transaction.controls.open_case(case(person=somebody), last)
    transaction.controls.note_told(case().id, transaction.now)
    told = HealthNotice(person=somebody, code="finding_counts", facts={}, at=transaction.now)
    transaction.controls.tell(told, last)
    transaction.evidence_sources.enrol(LABORATORY)
    signed = (LABORATORY.id, b"who has what", transaction.now, last)
    transaction.evidence_sources.add_batch("digest", *signed)
    transaction.recognitions.use_statement(b"statement", transaction.now, last)


def test_person__delete__nothing_is_left_after_the_last_day(active: Pair) -> None:
    who = person()
    _, application, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    cross(active.gd, gate(active.gd), CrossingRequest(id=str(uuid4()), request=request))
    code(active.hk, who)
    registration = registered(active.hk, who)
    with active.hk.database.transaction() as transaction:
        add_notice(transaction, application, NoticeCode.PLACE_HONOURED, facts={"days": "14"})
        transaction.sponsors.add(
            SchemeId("hk-gd-2021"),
            SponsorId("a-chamber"),
            [active.hk.index.person(who.document)],
            at=transaction.now,
            delete_after=BACK + timedelta(days=31),
        )
        keep_what_was_disputed(transaction, active.hk.index.person(who.document))
        transaction.certificates.keep(b"brought", registration, "k", transaction.now)
    assert all(rows_with_people(active).values()), rows_with_people(active)

    active.set_time(at(BACK + timedelta(days=31), 12))
    delete_expired(active.hk)
    assert rows_with_people(active)["application"] == 1, "kept on its last day"

    active.set_time(at(BACK + timedelta(days=32), 12))
    for authority in (active.hk, active.gd):
        delete_expired(authority)
    left = {table for table, rows in rows_with_people(active).items() if rows}
    assert left <= {"evidence", "evidence_event"}, "a rule may still have looked back at these"

    active.set_time(at(DAY + timedelta(days=LOOKED_BACK_DAYS + 32), 12))
    for authority in (active.hk, active.gd):
        delete_expired(authority)
    assert not any(rows_with_people(active).values()), rows_with_people(active)


def another_week_quota(phase: Phase) -> dict[str, Any]:
    """A quota of one a week beside those there are."""
    week = next(each for each in phase.quotas if each.id == "business-week")
    return {"quotas": (*phase.quotas, replace(week, id=QuotaId("new-week"), limit=1))}


@pytest.mark.parametrize(
    "later",
    [limit_of("all-day", 900), limit_of("business-week", 1), another_week_quota],
    ids=["another quota raised", "the same limit", "a quota that is new"],
)
def test_places_used__count_until_their_week_is_over__whatever_text_follows(
    active: Pair, later: Callable[[Phase], dict[str, Any]]
) -> None:
    """Who crossed on Tuesday counts on Friday, though everything else of them is deleted."""
    first = next_text(limit_of("business-week", 1))
    first = replace(first, data=replace(first.data, retention_days=0))
    take_place(active, first)
    crossed = book(active, 1, day=DAY, back=DAY)
    active.set_time(at(DAY + timedelta(days=2), 9))
    waiting = granted(active.hk, person(2)).application.id
    assert delete_expired(active.hk)["application"] == 1
    with active.hk.database.transaction() as transaction:
        assert transaction.applications.get(crossed.application) is None

    take_place(active, next_text(later, after=first))

    friday = DAY + timedelta(days=3)
    assert isinstance(ask(active, waiting, day=friday, back=friday), PlacesRefused)
    next_week = DAY + timedelta(days=6)
    assert isinstance(ask(active, waiting, day=next_week, back=next_week), PlacesTaken)


def test_places_used__go_once_no_week_can_hold_them(active: Pair) -> None:
    text = next_text()
    take_place(active, replace(text, data=replace(text.data, retention_days=0)))
    book(active, 1, day=DAY, back=DAY)
    given_back = book(active, 2, day=DAY + timedelta(days=1), back=DAY + timedelta(days=1))
    cancel_journey(active.hk, given_back.id, given_back.application)
    active.set_time(at(DAY + timedelta(days=6), 12))
    assert delete_expired(active.hk)["journey"] == 1, "the one given back"
    active.set_time(at(DAY + timedelta(days=7), 0, 1))
    assert delete_expired(active.hk)["journey"] == 1


def test_retention__waits_for_a_transition__which_writes_what_it_would_delete(
    active: Pair,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with active.hk.database.transaction() as transaction:
            transaction.ledger.hold_text_alone()
            deleting = pool.submit(delete_expired, active.hk)
            with pytest.raises(TimeoutError):
                deleting.result(timeout=0.5)
        assert deleting.result(timeout=20)["journey"] == 0


def test_person__who_is_booking__is_not_turned_away_by_what_is_deleted(active: Pair) -> None:
    """The row that both wait for is emptied and stays; the sweep takes it when nobody waits."""
    text = next_text()
    take_place(active, replace(text, data=replace(text.data, retention_days=0)))
    book(active, 1, day=DAY, back=DAY)
    active.set_time(at(DAY + timedelta(days=7), 0, 1))
    again = granted(active.hk, person(1)).application.id
    with active.hk.database.transaction() as transaction:
        transaction.retention.delete_before(DAY + timedelta(days=7))
        due = transaction.retention.applications_due(DAY + timedelta(days=7), 10)
        transaction.retention.delete_applications([each.id for each in due])
        over = transaction.retention.journeys_over(DAY + timedelta(days=7))
    assert len(over) == 1
    next_week = DAY + timedelta(days=9)
    with ThreadPoolExecutor(1) as pool:
        with active.hk.database.transaction() as transaction:
            transaction.ledger.hold_text()
            transaction.retention.forget_journeys(over)
            booking = pool.submit(ask, active, again, day=next_week, back=next_week)
            with pytest.raises(TimeoutError):
                booking.result(timeout=0.5)
            assert transaction.retention.has_empty_rows()
        assert isinstance(booking.result(timeout=20), PlacesTaken)
    delete_expired(active.hk)
    with active.hk.database.transaction() as transaction:
        assert not transaction.retention.has_empty_rows()
        assert len(transaction.ledger.journeys_of(again)) == 1


def test_sweep__waits_for_who_is_booking__and_takes_empty_rows_only(active: Pair) -> None:
    given_back = book(active, 1, day=DAY, back=DAY)
    kept = book(active, 2, day=DAY, back=DAY)
    cancel_journey(active.hk, given_back.id, given_back.application)
    with ThreadPoolExecutor(1) as pool:
        with active.hk.database.transaction() as transaction:
            transaction.ledger.hold_text()
            deleting = pool.submit(delete_expired, active.hk)
            with pytest.raises(TimeoutError):
                deleting.result(timeout=0.5)
            assert transaction.retention.has_empty_rows()
        deleting.result(timeout=20)
    with active.hk.database.transaction() as transaction:
        rows = transaction.connection.execute(  # type: ignore[attr-defined]
            "SELECT journey::text FROM tongguan.live_journey"
        ).fetchall()
    assert rows == [(kept.id,)]
