"""Passes are issued when first shown, every showing recorded, in lists that never run out."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from tests.app.test_transitions import book, now
from tests.builders.authorities import START, Pair, granted, person
from tests.builders.changes import MOVE, REVOKE, digest, limit_of, next_text, rule, take_place
from tests.builders.travel import BACK, DAY, at, booked, leg, pass_of
from tongguan.app import passes as issuing
from tongguan.app.journeys import (
    JourneyRequest,
    book_journey,
    cancel_journey,
    confirm_journey,
    rebook_journey,
)
from tongguan.app.ledger_port import Journey, JourneyState, PlacesTaken
from tongguan.app.passes import ShownPass, show_passes
from tongguan.app.stores import AuditEntry, PassRecord
from tongguan.core.credentials.status_list import CAPACITY
from tongguan.core.identifiers import JourneyId
from tongguan.core.passes.code import read_pass
from tongguan.core.scheme.model import Leg


def showings(pair: Pair) -> list[AuditEntry]:
    with pair.hk.database.transaction() as transaction:
        return [each for each in transaction.audit.latest(limit=100) if each.action == "pass.show"]


def test_passes__show__is_recorded_each_time_with_the_journey_alone(active: Pair) -> None:
    journey, _, _ = booked(active, person())
    before = showings(active)
    assert len(before) == 1
    show_passes(active.hk, journey)
    entry = showings(active)[0]
    assert len(showings(active)) == 2
    assert (entry.actor, entry.subject, entry.outcome) == ("traveller", journey, "shown")
    assert "CHAN" not in repr(entry)


def test_passes__show__nothing_and_record_nothing_for_a_cancelled_journey(active: Pair) -> None:
    journey, application, _ = booked(active, person())
    cancel_journey(active.hk, journey, application)
    before = showings(active)
    assert show_passes(active.hk, journey) == ()
    assert showings(active) == before


def test_pass__show_again__is_the_same_pass_signed_now(active: Pair) -> None:
    journey, _, first = booked(active, person())
    active.set_time(START + timedelta(hours=1))
    again = show_passes(active.hk, journey)
    assert [each.record for each in again] == [each.record for each in first]
    assert {each.claims.issued_at for each in again} == {START + timedelta(hours=1)}


def test_pass__issued_past_any_number__fits_its_code_and_can_be_read(active: Pair) -> None:
    """The longest name beside an index that a thousand lists would not hold."""
    with active.hk.database.transaction() as transaction:
        transaction.connection.execute(  # type: ignore[attr-defined]
            f"SELECT setval('tongguan.pass_status_index', {2000 * CAPACITY - 2})"
        )
    name = "歐陽" * 40
    _, _, passes = booked(active, person(name=name))
    places = [(each.claims.status_list, each.claims.status_index) for each in passes]
    assert places == [("pass-1999", CAPACITY - 1), ("pass-2000", 0)]
    shown = pass_of(passes, Leg.OUT)
    read = read_pass(shown.text, active.hk.keys.key_set())
    assert read == shown.claims


def issued(pair: Pair, journey: JourneyId) -> tuple[PassRecord, ...]:
    with pair.hk.database.transaction() as transaction:
        return transaction.passes.of_journey(journey)


def live(pair: Pair, journey: JourneyId) -> list[PassRecord]:
    return [each for each in issued(pair, journey) if each.revoked_at is None]


def test_pass__is_issued_when_first_shown__not_when_places_are_taken(active: Pair) -> None:
    journey = book(active, 1)
    assert issued(active, journey.id) == ()
    active.set_time(START + timedelta(hours=2))
    shown = show_passes(active.hk, journey.id)
    assert [each.record for each in shown] == list(issued(active, journey.id))
    assert {each.record.issued_at for each in shown} == {START + timedelta(hours=2)}
    assert {each.record.version for each in shown} == {journey.version}


def test_pass__of_a_day_that_is_over__is_not_issued(active: Pair) -> None:
    journey = book(active, 1)
    active.set_time(at(DAY, 23, 58))
    assert [each.record.leg for each in show_passes(active.hk, journey.id)] == [Leg.OUT, Leg.HOME]

    late = book(active, 2, day=DAY + timedelta(days=1))
    active.set_time(at(DAY + timedelta(days=2), 0))
    assert [each.record.leg for each in show_passes(active.hk, late.id)] == [Leg.HOME]
    assert [each.leg for each in issued(active, late.id)] == [Leg.HOME]


def test_pass__first_shown_after_a_move__is_of_the_new_day_and_text(active: Pair) -> None:
    journeys = [book(active, number) for number in (1, 2)]
    text = next_text(limit_of("all-day", 1), holders=rule(MOVE, REVOKE))
    take_place(active, text)

    kept, moved = (show_passes(active.hk, each.id) for each in journeys)
    assert {each.record.version for each in kept} == {journeys[0].version}
    assert {each.record.version for each in moved} == {digest(text)}
    assert now(active, journeys[1]).version == digest(text)
    assert pass_of(list(moved), Leg.OUT).claims.service_day == DAY + timedelta(days=1)
    with active.hk.database.transaction() as transaction:
        assert transaction.passes.revoked_indexes(unexpired_at=transaction.now) == ()


def between(
    patch: pytest.MonkeyPatch, name: str, meanwhile: Callable[[], object]
) -> list[Future[object]]:
    """Begin something else in another thread just before a step of the showing is taken."""
    step, begun = getattr(issuing, name), []
    other = ThreadPoolExecutor(1)

    def stopped(*given: object) -> object:
        if not begun:
            begun.append(other.submit(meanwhile))
            with pytest.raises(TimeoutError):
                begun[0].result(timeout=0.3)
        return step(*given)

    patch.setattr(issuing, name, stopped)
    return begun


@pytest.mark.parametrize("step", ["_issue_missing", "_shown"])
def test_cancellation__beside_a_showing__waits_and_revokes_what_it_issued(
    active: Pair, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    journey = book(active, 1)

    def cancel() -> object:
        return cancel_journey(active.hk, journey.id, journey.application)

    begun = between(monkeypatch, step, cancel)
    shown = show_passes(active.hk, journey.id)
    begun[0].result(timeout=10)
    assert len(shown) == 2
    assert now(active, journey).state is JourneyState.CANCELLED
    assert live(active, journey.id) == []
    with active.hk.database.transaction() as transaction:
        revoked = transaction.passes.revoked_indexes(unexpired_at=transaction.now)
    assert set(revoked) == {each.record.status_index for each in shown}


def test_showing__beside_a_cancellation__waits_and_issues_nothing(active: Pair) -> None:
    journey = book(active, 1)
    with ThreadPoolExecutor(1) as other:
        with active.hk.database.transaction() as transaction:
            transaction.ledger.hold_text()
            transaction.ledger.cancel(journey.id, transaction.now)
            showing = other.submit(show_passes, active.hk, journey.id)
            with pytest.raises(TimeoutError):
                showing.result(timeout=0.3)
        assert showing.result(timeout=10) == ()
    assert issued(active, journey.id) == ()


def test_two_showings__at_once__give_each_pass_once(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = book(active, 1)
    begun = between(monkeypatch, "_issue_missing", lambda: show_passes(active.hk, journey.id))
    first = show_passes(active.hk, journey.id)
    second = begun[0].result(timeout=10)
    assert isinstance(second, tuple)
    assert [each.record for each in first] == [each.record for each in second]
    assert [each.record for each in first] == list(issued(active, journey.id))


def test_cancellation_and_showing__in_any_order__leave_no_live_pass(active: Pair) -> None:
    journeys = [book(active, number) for number in range(1, 13)]
    start = Barrier(2)

    def cancel(journey: Journey) -> None:
        start.wait()
        cancel_journey(active.hk, journey.id, journey.application)

    def show(journey: Journey) -> tuple[ShownPass, ...]:
        start.wait()
        return show_passes(active.hk, journey.id)

    with ThreadPoolExecutor(2) as pool:
        for journey in journeys:
            both = pool.submit(cancel, journey), pool.submit(show, journey)
            for each in both:
                each.result(timeout=10)
            assert live(active, journey.id) == []
            assert show_passes(active.hk, journey.id) == ()


def test_pass__of_what_is_only_held__is_neither_issued_nor_shown(active: Pair) -> None:
    application = granted(active.hk, person(1)).application.id
    request = JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=application,
        legs=(leg("HK-GD", DAY), leg("GD-HK", BACK)),
        hold=True,
    )
    taken = book_journey(active.hk, request)
    assert isinstance(taken, PlacesTaken)
    assert taken.journey.state is JourneyState.HELD
    assert show_passes(active.hk, request.id) == ()
    assert issued(active, request.id) == ()

    confirm_journey(active.hk, request.id, application)
    assert len(show_passes(active.hk, request.id)) == 2


def test_passes__of_a_journey_that_was_replaced__are_void(active: Pair) -> None:
    old = book(active, 1)
    show_passes(active.hk, old.id)
    new = JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=old.application,
        legs=(leg("HK-GD", DAY, "evening"), leg("GD-HK", BACK)),
    )
    assert isinstance(rebook_journey(active.hk, old.id, new), PlacesTaken)
    assert show_passes(active.hk, old.id) == ()
    assert live(active, old.id) == []
    assert len(show_passes(active.hk, new.id)) == 2
