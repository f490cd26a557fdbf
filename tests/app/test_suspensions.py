"""A suspension goes over to the text that follows: still on record, still lifted by its name."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.app.test_schemes import WHY
from tests.app.test_transitions import book, told
from tests.builders.authorities import Pair
from tests.builders.changes import PILOT, next_text, take_place
from tongguan.app.acts import OrderRefusedError, SuspensionOrder, resume_phase, suspend_phase
from tongguan.app.schemes import Holding, holding_now
from tongguan.app.suspensions import suspension_record, tell_holders, tell_of_suspensions
from tongguan.core.scheme.acts import act_digest
from tongguan.core.scheme.state import PhaseState


def _holding(pair: Pair) -> Holding:
    holding = holding_now(pair.hk)
    assert holding is not None
    return holding


def _pass_minutes(pair: Pair, minutes: int = 2) -> None:
    with pair.hk.database.transaction() as transaction:
        now = transaction.now
    pair.set_time(now + timedelta(minutes=minutes))
    pair.sync()


def test_suspension_of_the_text_before__is_on_record_and_lifted_by_its_name(active: Pair) -> None:
    journey = book(active, 1)
    order = suspend_phase(active.hk, _holding(active).digest, PILOT, SuspensionOrder(why=WHY)).act
    text = next_text()
    _pass_minutes(active)
    take_place(active, text)
    _pass_minutes(active)
    holding = _holding(active)
    assert (holding.version.id, holding.state) == (text.id, PhaseState.SUSPENDED)
    (record,) = suspension_record(active.hk)
    assert record.suspension.order == act_digest(order)
    assert [each.journey for each in record.told] == [journey.id]

    with pytest.raises(OrderRefusedError, match="no_such_suspension"):
        resume_phase(active.gd, holding.digest, PILOT, lifts=act_digest(order))
    lifted = resume_phase(active.hk, holding.digest, PILOT, lifts=act_digest(order)).act
    assert _holding(active).state is PhaseState.ACTIVE
    assert told(active, journey) == ["phase_resumed", "phase_suspended"]
    (record,) = suspension_record(active.hk)
    assert record.over_at == lifted.at
    with pytest.raises(OrderRefusedError, match="no_such_suspension"):
        resume_phase(active.hk, holding.digest, PILOT, lifts=act_digest(order))


def test_holders__are_looked_for_as_time_goes_by__without_stopping_who_is_booking(
    active: Pair,
) -> None:
    suspend_phase(active.hk, _holding(active).digest, PILOT, SuspensionOrder(why=WHY))
    with active.hk.database.transaction() as booking:
        booking.ledger.hold_text()
        assert tell_of_suspensions(active.hk) == 0


def test_holders__hear_of_the_end_once__whoever_tells_at_the_same_moment(active: Pair) -> None:
    journey = book(active, 1)
    order = suspend_phase(active.hk, _holding(active).digest, PILOT, SuspensionOrder(why=WHY)).act
    _pass_minutes(active)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tongguan.app.acts.tell_holders", lambda _: 0)
        lifts = act_digest(order)
        resume_phase(active.hk, _holding(active).digest, PILOT, lifts=lifts)

    with ThreadPoolExecutor(1) as other:
        with active.hk.database.transaction() as transaction:
            assert tell_holders(transaction, news=False) == 1
            later = other.submit(tell_of_suspensions, active.hk)
            with pytest.raises(TimeoutError):
                later.result(timeout=0.3)
        assert later.result(timeout=10) == 0
    assert told(active, journey) == ["phase_resumed", "phase_suspended"]
