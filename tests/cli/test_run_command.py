"""``run``: from nothing to two pages, through kill -9, to no process left and time stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.cli.running import Running, free_ports, processes_with, wait_for
from tongguan.adapters.cluster import remove_cluster
from tongguan.cli.children import end_left_behind, started_at
from tongguan.cli.deployments import FIRST_INSTANT


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A run on fresh data; the tests of this module go through its life in their order."""
    directory = tmp_path_factory.mktemp("run")
    hk, gd = free_ports(2)
    made = Running(data=directory / "data", ports=(hk, gd), output=directory / "output.txt")
    try:
        yield made.start()
    finally:
        if not made.has_ended():
            made.stop(signal.SIGTERM)
        remove_cluster(made.data)


def test_run__at_first__shows_both_signings_and_what_to_open(running: Running) -> None:
    printed = running.printed()
    assert "This is a demonstration" in printed
    assert "the keys of both authorities lie on this one machine" in printed
    order = ["HK signed", "Guangdong has not signed", "GD signed", "HK activated", "HK: open"]
    places = [printed.index(words) for words in order]
    assert places == sorted(places)
    assert printed.count("officers' desk") == 8
    assert printed.count("unit contact-tracing") == 2
    for number in (0, 1):
        assert running.url(number) in printed
        page = httpx.get(f"{running.url(number)}/en/", timeout=20)
        assert page.status_code == 200
        assert "demonstration" in page.text.lower()


def test_run__starts_its_clock__on_the_first_morning(running: Running) -> None:
    health = running.health(0)
    assert health is not None
    now = datetime.fromisoformat(health["domain_time"])
    assert timedelta(0) <= now - FIRST_INSTANT < timedelta(minutes=5)


def test_run__a_second_one_or_a_taken_port__ends_with_3(running: Running, tmp_path: Path) -> None:
    again = subprocess.run(
        running.command(*free_ports(2)), capture_output=True, text=True, check=False
    )
    assert again.returncode == 3
    assert str(running.data) in again.stderr
    other = Running(data=tmp_path / "other", ports=running.ports, output=tmp_path / "out")
    taken = subprocess.run(other.command(*other.ports), capture_output=True, text=True, check=False)
    assert taken.returncode == 3
    assert "--port-hk" in taken.stderr
    assert "Traceback" not in again.stderr + taken.stderr


def domain_time(running: Running) -> datetime:
    health = running.health(0)
    assert health is not None
    return datetime.fromisoformat(health["domain_time"])


def test_clients__at_a_wrong_address__are_told_and_change_nothing(running: Running) -> None:
    before = domain_time(running)
    command = [sys.executable, "-m", "tongguan.cli", "demo", "--data", running.data]
    (nobody,) = free_ports(1)
    down = [running.url(0), f"http://127.0.0.1:{nobody}"]
    swapped = [running.url(1), running.url(0)]
    for urls, code, option in ((down, 3, "--url-gd"), (swapped, 2, "--url")):
        ended = subprocess.run(
            [*command, "--url", urls[0], "--url-gd", urls[1], "--applicants", "2", "--days", "2"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == code, ended.stderr
        assert option in ended.stderr
    assert domain_time(running) - before < timedelta(minutes=5)


def test_clients__while_server_and_database_are_killed__lose_and_double_nothing(
    running: Running,
) -> None:
    command = [sys.executable, "-m", "tongguan.cli", "demo", "--json", "--data", running.data]
    urls = ("--url", running.url(0), "--url-gd", running.url(1))
    before = domain_time(running)
    clients = subprocess.Popen(
        [*command, *urls, "--applicants", "80", "--days", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # They set the clock to the day they begin on; on a busy machine that takes a while.
    wait_for(lambda: domain_time(running) - before > timedelta(minutes=5), 60)
    time.sleep(1)
    os.kill(running.children()[0], signal.SIGKILL)
    wait_for(lambda: "service of HK died" in running.printed(), 20)
    time.sleep(2)
    os.kill(running.database_pid(), signal.SIGKILL)
    out, err = clients.communicate(timeout=150)
    assert clients.returncode == 0, err.decode()[-2000:]
    report = json.loads(out)
    assert report["asked_again"] > 0
    assert report["acknowledged"] > 300
    assert report["lost"] == 0
    assert report["journeys_doubled"] == report["passes_used_twice"] == 0
    assert report["windows_exceeded"] == report["stranded"] == 0
    assert report["fsync"]
    assert sum(day["crossed"] for day in report["days"]) > 50
    assert not running.has_ended()


def test_run__interrupted__leaves_no_process_and_goes_on_where_time_stood(
    running: Running,
) -> None:
    health = running.health(0)
    assert health is not None
    assert running.stop(signal.SIGINT) == 128 + signal.SIGINT
    assert processes_with(str(running.data)) == []
    stopped_at = datetime.fromisoformat(health["domain_time"])
    time.sleep(4)
    running.start()
    assert running.seconds_to_start < 20  # a quiet machine needs less than ten
    health = running.health(0)
    assert health is not None
    now = datetime.fromisoformat(health["domain_time"])
    elapsed = timedelta(seconds=running.seconds_to_start + 3)
    assert timedelta(seconds=-5) <= now - stopped_at <= elapsed
    assert "signed hk-gd" not in running.printed()


@pytest.mark.soak
def test_run__killed__leaves_no_process_and_the_next_one_is_up(running: Running) -> None:
    running.process.kill()
    running.process.wait()
    wait_for(lambda: processes_with(str(running.data)) == [], 20)
    running.start()
    assert all(running.answers())


def test_left_behind__by_a_killed_run__is_ended_and_nobody_else(tmp_path: Path) -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        noted = [
            {"pid": sleeper.pid, "started": started_at(sleeper.pid)},
            {"pid": bystander.pid, "started": "0"},  # the number was given to another process
            {"pid": 2**22 + 1, "started": None},
        ]
        file = tmp_path / "children.json"
        file.write_text(json.dumps(noted), encoding="ascii")
        assert end_left_behind(file) == 1
        assert sleeper.wait(timeout=10) == -signal.SIGTERM
        assert bystander.poll() is None
        assert not file.exists()
    finally:
        for process in (sleeper, bystander):
            process.kill()
            process.wait()


@pytest.mark.parametrize("content", ["", "null", "[1]", '[{"pid": 1}]', "{}"])
def test_left_behind__in_a_broken_note__is_nobody(tmp_path: Path, content: str) -> None:
    file = tmp_path / "children.json"
    file.write_text(content)
    assert end_left_behind(file) == 0
