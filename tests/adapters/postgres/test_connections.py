"""Connections: durable or refused, limited in time, and back after the server was gone."""

import threading

import psycopg
import pytest

from tongguan.adapters.postgres.connections import (
    AskAgain,
    Database,
    DatabaseUnavailable,
    DatabaseUnfitError,
)


def one(database, statement):
    with database.connection() as connection:
        return connection.execute(statement).fetchone()[0]


def test_database__is_refused__when_the_server_does_not_sync(database_url):
    with pytest.raises(DatabaseUnfitError, match="fsync"):
        Database(database_url)


def test_database__is_refused__when_commits_do_not_wait(database_url, monkeypatch):
    monkeypatch.setattr(
        "tongguan.adapters.postgres.connections._DURABLE", {"synchronous_commit": {"on"}}
    )
    with pytest.raises(DatabaseUnfitError, match="synchronous_commit"):
        Database(database_url)


def test_database__is_refused__when_the_server_is_too_old(database_url, monkeypatch):
    monkeypatch.setattr("tongguan.adapters.postgres.connections._SERVER_VERSION_MIN", 990000)
    with pytest.raises(DatabaseUnfitError, match="PostgreSQL 15"):
        Database(database_url, durability_required=False)


def test_connection__has_limits_and_one_isolation_level(database):
    assert one(database, "SELECT current_setting('transaction_isolation')") == "read committed"
    assert one(database, "SELECT current_setting('statement_timeout')") == "30s"
    assert one(database, "SELECT current_setting('lock_timeout')") == "10s"
    assert one(database, "SELECT current_setting('TimeZone')") == "UTC"


def test_lock__held_too_long__is_unavailability(database_url):
    with (
        Database(database_url, durability_required=False, lock_seconds_max=0.1) as database,
        database.connection() as holder,
    ):
        holder.execute("LOCK TABLE tongguan.quota_window")
        with pytest.raises(DatabaseUnavailable):
            one(database, "SELECT count(*) FROM tongguan.quota_window")


def test_statement__that_takes_too_long__is_unavailability(database_url):
    with (
        Database(database_url, durability_required=False, statement_seconds_max=0.1) as database,
        pytest.raises(DatabaseUnavailable),
    ):
        one(database, "SELECT pg_sleep(5)")


def test_pool__that_is_exhausted__is_unavailability(database_url):
    with (
        Database(
            database_url, durability_required=False, connections_max=1, wait_seconds_max=0.1
        ) as database,
        database.connection(),
        pytest.raises(DatabaseUnavailable),
    ):
        one(database, "SELECT 1")


def test_fault_of_our_own__is_not_unavailability(database):
    with pytest.raises(psycopg.errors.DivisionByZero):
        one(database, "SELECT 1 / 0")


def test_server__that_never_answers__is_unavailability(tmp_path):
    with pytest.raises(DatabaseUnavailable):
        Database(f"host={tmp_path} dbname=none user=nobody", wait_seconds_max=0.2)


def test_pool__reconnects__after_its_connections_were_cut(database, database_url):
    assert one(database, "SELECT 1") == 1
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert one(database, "SELECT 2") == 2


def test_connection__trusted_and_cut_off__fails_once_and_is_replaced(database_url):
    with Database(
        database_url, durability_required=False, connections_max=1, trusted_seconds=60
    ) as database:
        with database.connection() as connection:
            pid = connection.info.backend_pid
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        with pytest.raises(DatabaseUnavailable):
            one(database, "SELECT 1")
        assert one(database, "SELECT 1") == 1


def test_serialization_failure__is_told_as_something_to_ask_again(database):
    raising = "DO $$ BEGIN RAISE serialization_failure; END $$"
    with pytest.raises(AskAgain), database.connection() as connection:
        connection.execute(raising)
    assert one(database, "SELECT 1") == 1


def test_transaction__is_rolled_back__on_an_exception(database):
    def fail():
        with database.transaction() as transaction:
            transaction.connection.execute("CREATE TABLE tongguan.never (a int)")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert one(database, "SELECT to_regclass('tongguan.never')") is None


def test_close__leaves_no_thread(database_url):
    before = threading.active_count()
    with Database(database_url, durability_required=False) as database:
        one(database, "SELECT 1")
    assert threading.active_count() == before
