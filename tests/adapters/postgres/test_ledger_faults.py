"""Clients and servers killed with -9: what was acknowledged is there, and nothing is doubled."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.adapters.postgres.ledger_checks import require_agreement
from tests.adapters.postgres.ledger_client import request_of, take
from tests.builders.places import NOW
from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.adapters.postgres.connections import Database, DatabaseUnavailable
from tongguan.adapters.postgres.migrate import migrate

ACKNOWLEDGED_MIN = 40


def require_all_once(database, told, asked):
    """Acknowledged journeys are there; every other asked one can be asked again; none doubles."""
    with database.transaction() as transaction:
        for number in told:
            assert transaction.ledger.journey(request_of(number).journey) is not None
    replayed = {number for number in asked if take(database, number).replayed}
    assert told <= replayed
    with database.connection() as connection:
        require_agreement(connection)
        row = connection.execute("SELECT count(*) FROM tongguan.journey").fetchone()
    assert row == (len(asked),)


def test_client__killed_in_the_middle__loses_and_doubles_nothing(ledger, ledger_database_url):
    command = [sys.executable, "-m", "tests.adapters.postgres.ledger_client", ledger_database_url]
    told, asked = set(), set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        for line in client.stdout:
            word, number = line.split()
            (told if word == "told" else asked).add(int(number))
            if len(told) == ACKNOWLEDGED_MIN and client.poll() is None:
                client.kill()
    assert client.returncode == -signal.SIGKILL
    assert len(told) >= ACKNOWLEDGED_MIN
    require_all_once(ledger, told, asked)


def test_acknowledgement__lost_on_the_way__is_given_again(ledger):
    assert not take(ledger, 1).replayed  # committed, and the client never heard of it
    assert take(ledger, 1).replayed
    require_all_once(ledger, {1}, {1})


def test_connection__cut_before_the_commit__takes_nothing(ledger):
    def cut_off():
        with ledger.transaction() as transaction:
            transaction.ledger.take(request_of(1), NOW)
            pid = transaction.connection.info.backend_pid
            with ledger.connection() as other:
                other.execute("SELECT pg_terminate_backend(%s)", (pid,))
            transaction.connection.execute("SELECT 1")

    try:
        cut_off()
    except DatabaseUnavailable:
        pass
    else:
        raise AssertionError("the cut was not noticed")
    assert not take(ledger, 1).replayed


@pytest.fixture
def durable_cluster(tmp_path):
    """A cluster of this test alone that syncs, so that it may be killed."""
    try:
        with Cluster.open(tmp_path / "cluster") as opened:
            yield opened
    finally:
        remove_cluster(tmp_path / "cluster")


def test_server__killed_under_load__keeps_all_it_acknowledged(durable_cluster):
    durable_cluster.ensure_database("ledger")
    url = durable_cluster.url("ledger")
    migrate(url)
    with Database(url, connections_max=8, wait_seconds_max=2) as database:
        told, asked = load_until_killed(durable_cluster, database)
        durable_cluster.ensure_running()
        wait_until_answering(database)
        require_all_once(database, told, asked)


def load_until_killed(cluster, database, threads=8):
    told, asked, enough = set(), set(), threading.Event()

    def client(first):
        number = first
        while True:
            asked.add(number)
            try:
                take(database, number)
            except DatabaseUnavailable:
                return
            told.add(number)
            number += threads
            if len(told) >= ACKNOWLEDGED_MIN:
                enough.set()

    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(client, first) for first in range(threads)]
        assert enough.wait(30)
        os.kill(cluster.pid, signal.SIGKILL)
        for each in done:
            each.result()
    return told, asked


def wait_until_answering(database):
    deadline = time.monotonic() + 30
    while True:
        try:
            with database.connection() as connection:
                connection.execute("SELECT 1")
        except DatabaseUnavailable:
            assert time.monotonic() < deadline, "the pool never came back"
        else:
            return
