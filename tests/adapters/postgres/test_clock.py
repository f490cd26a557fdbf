"""Domain time: real, or in a demonstration shifted; it stands still while nothing runs."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tongguan.adapters.postgres.clock import Clock, ClockError

OPENING = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
SHIFT = "UPDATE tongguan.clock SET shift_microseconds = 1"


@pytest.fixture
def clock(database):
    return Clock(database)


def refused(database, statement):
    with pytest.raises(psycopg.errors.CheckViolation), database.connection() as connection:
        connection.execute(statement)
    return True


def is_near(instant, expected):
    return timedelta(0) <= instant - expected < timedelta(seconds=20)


def test_clock__that_was_not_created__tells_no_time(clock, database):
    with pytest.raises(ClockError):
        clock.now()
    with pytest.raises(ClockError), database.transaction() as transaction:
        _ = transaction.now


def test_real_clock__tells_the_time_of_the_server(clock):
    clock.create_clock(demonstration=False)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=20)
    assert clock.now().tzinfo is UTC
    assert not clock.is_demonstration()


def test_real_clock__cannot_be_set(clock, database):
    clock.create_clock(demonstration=False)
    with pytest.raises(ClockError):
        clock.set_domain_time(OPENING)
    assert refused(database, "SELECT tongguan.set_domain_time('2021-12-13')")
    assert refused(database, SHIFT)


def test_real_clock__cannot_become_a_demonstration(clock, database):
    clock.create_clock(demonstration=False)
    with pytest.raises(ClockError):
        clock.create_clock(demonstration=True)
    assert refused(database, "UPDATE tongguan.clock SET demonstration = true")
    assert refused(database, "DELETE FROM tongguan.clock")
    assert refused(database, "TRUNCATE tongguan.clock")
    assert refused(database, "INSERT INTO tongguan.clock VALUES (false, true, 0)")


def test_real_clock__goes_on__through_remember_and_resume(clock):
    clock.create_clock(demonstration=False)
    clock.remember()
    clock.resume()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=20)


def test_demonstration__runs_from_where_it_is_set(clock):
    clock.create_clock(demonstration=True)
    clock.create_clock(demonstration=True)
    clock.set_domain_time(OPENING)
    first = clock.now()
    assert is_near(first, OPENING)
    assert clock.now() > first


def test_demonstration__stands_still__between_two_runs(clock, database):
    clock.create_clock(demonstration=True)
    clock.set_domain_time(OPENING)
    clock.remember()
    with database.connection() as connection:  # an hour passes while nothing runs
        connection.execute(
            "UPDATE tongguan.clock SET shift_microseconds = shift_microseconds + 3600000000"
        )
    assert is_near(clock.now(), OPENING + timedelta(hours=1))
    clock.resume()
    assert is_near(clock.now(), OPENING)


def test_demonstration__goes_on__from_where_it_was_last_remembered(clock):
    clock.create_clock(demonstration=True)
    clock.set_domain_time(OPENING)
    seen = clock.now()
    clock.remember()
    clock.resume()
    assert clock.now() >= seen


def test_demonstration__resumed_before_anything_was_remembered__stays(clock):
    clock.create_clock(demonstration=True)
    clock.resume()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=20)


def test_instant__without_a_zone__is_refused(clock):
    clock.create_clock(demonstration=True)
    with pytest.raises(ValueError, match="zone"):
        clock.set_domain_time(datetime(2021, 12, 13))  # noqa: DTZ001 - the fault under test


def test_transaction__asks_for_the_time_once(clock, database):
    clock.create_clock(demonstration=True)
    clock.set_domain_time(OPENING)
    with database.transaction() as transaction:
        assert is_near(transaction.now, OPENING)
        assert transaction.now == transaction.now
