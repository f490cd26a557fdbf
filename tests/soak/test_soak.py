"""The short form of the soak, killed itself once; then its checker is lied to and must notice."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from soak.checker import Verdict, check
from soak.journal import JOURNALS, append_durably, read_journal
from tongguan.adapters.cluster import Cluster, remove_cluster

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = 1500
KILLED_AFTER_LINES = 800
SECONDS_MAX = 400
DATABASE = "tongguan_hk"


@contextmanager
def running(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does the run; it does not outlive the block."""
    command = [sys.executable, "-m", "soak", "--operations", str(OPERATIONS), "--seed", "7"]
    with (
        (directory.parent / "soak.log").open("ab") as log,
        subprocess.Popen(
            [*command, "--directory", str(directory)], cwd=ROOT, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def said(directory: Path) -> str:
    """What the processes of the run printed."""
    return (directory.parent / "soak.log").read_text()


def lines_written(directory: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (directory / JOURNALS).glob("*"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of a run that was killed with -9, went on, and is over."""
    directory = tmp_path_factory.mktemp("soak") / "run"
    try:
        with running(directory) as first:
            deadline = time.monotonic() + SECONDS_MAX
            while first.poll() is None and lines_written(directory) < KILLED_AFTER_LINES:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            first.kill()
            assert first.wait() == -signal.SIGKILL, said(directory)
        with running(directory) as second:
            assert second.wait(SECONDS_MAX) == 0, said(directory)
        yield directory
    finally:
        remove_cluster(directory / "data")


@pytest.fixture(scope="module")
def cluster(finished: Path) -> Iterator[Cluster]:
    with Cluster.open(finished / "data") as opened:
        yield opened


def evidence_of(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "evidence.json").read_text())
    return found


def test_short_form__struck_and_killed__ends_clean(finished: Path) -> None:
    evidence = evidence_of(finished)
    assert evidence["verdict"] == "clean"
    assert not evidence["problems"]
    done = evidence["operations_by_kind"]
    assert sum(each for kind, each in done.items() if kind != "settle") == OPERATIONS
    assert len(evidence["sessions"]) == 2
    struck = evidence["struck"].keys()
    assert {"postmaster killed", "commit cut before its answer", "rest service killed"} <= struck
    assert evidence["struck"]["authority: change"] >= 1
    assert evidence["server"]["fsync"] == "on"
    assert evidence["checker"]["unanswered"] > 0
    assert evidence["checker"]["acknowledged"] > 100


def test_run__that_is_over__is_not_done_again(finished: Path) -> None:
    before = (finished / "evidence.json").read_bytes()
    with running(finished) as process:
        assert process.wait(60) == 0, said(finished)
    assert (finished / "evidence.json").read_bytes() == before


@contextmanager
def copied(cluster: Cluster) -> Iterator[str]:
    """The final rows in a database of their own, to be spoiled."""
    cluster.drop_database("spoiled")
    cluster.ensure_database("spoiled", template=DATABASE)
    try:
        yield cluster.url("spoiled")
    finally:
        cluster.drop_database("spoiled")


def checked_when(cluster: Cluster, directory: Path, *statements: str, **values: object) -> Verdict:
    """The verdict over rows that somebody changed behind everyone's back."""
    with copied(cluster) as url:
        with psycopg.connect(url) as connection:
            for statement in statements:
                done = connection.execute(statement.encode(), values)
                assert done.rowcount != 0, statement
        return check(directory, url)


def a_booked_journey(cluster: Cluster) -> str:
    """The live journey with the last way home."""
    query = """
        SELECT journey.id::text FROM tongguan.journey JOIN tongguan.place ON journey = journey.id
        WHERE cancelled_at IS NULL AND held_until IS NULL ORDER BY day DESC, id LIMIT 1
    """
    with psycopg.connect(cluster.url(DATABASE)) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def test_checker__nothing_spoiled__is_clean_again(cluster: Cluster, finished: Path) -> None:
    verdict = check(finished, cluster.url(DATABASE))
    assert verdict.is_clean, verdict.shown


GIVEN_BACK = """
    UPDATE tongguan.quota_window AS counted SET taken = counted.taken - held.persons
    FROM tongguan.journey_window AS held
    WHERE held.journey = %(journey)s AND (held.cell_week, held.quota, held.starts, held.dimensions)
        = (counted.cell_week, counted.quota, counted.starts, counted.dimensions)
"""


def test_checker__acknowledged_journey_gone_with_all_its_counts__fails(
    cluster: Cluster, finished: Path
) -> None:
    verdict = checked_when(
        cluster,
        finished,
        GIVEN_BACK,
        *(
            f"DELETE FROM tongguan.{table} WHERE {column} = %(journey)s"  # noqa: S608 - constants
            for table, column in (
                ("place", "journey"),
                ("live_journey", "journey"),
                ("journey", "id"),
            )
        ),
        journey=a_booked_journey(cluster),
    )
    assert verdict.faults == {"an acknowledged journey is missing": 1}


TWIN = "00000000-0000-4000-8000-000000000001"


def test_checker__journey_doubled_under_another_id__fails(cluster: Cluster, finished: Path) -> None:
    statements = [
        f"""INSERT INTO tongguan.{table}
            SELECT (jsonb_populate_record(one, '{{"{column}": "{TWIN}"}}')).*
            FROM tongguan.{table} AS one WHERE {column} = %(journey)s"""  # noqa: S608 - constants
        for table, column in (("journey", "id"), ("place", "journey"))
    ]
    journey = a_booked_journey(cluster)
    verdict = checked_when(cluster, finished, *statements, journey=journey)
    assert verdict.faults["a journey that nobody asked for"] == 1
    assert verdict.faults["a window that does not hold what it says"] > 0


def test_checker__place_doubled_within_a_journey__fails(cluster: Cluster, finished: Path) -> None:
    statement = """
        INSERT INTO tongguan.place
        SELECT (jsonb_populate_record(one, jsonb_build_object(
            'cell_week', one.cell_week + 7, 'day', one.day + 7))).*
        FROM tongguan.place AS one WHERE journey = %(journey)s AND leg = 'out'
    """
    journey = a_booked_journey(cluster)
    verdict = checked_when(cluster, finished, statement, journey=journey)
    assert verdict.faults["places missing or doubled"] == 1


DROPPED = "ALTER TABLE tongguan.quota_window DROP CONSTRAINT quota_window_never_exceeded"


def test_checker__window_beyond_its_limit_without_the_check__fails(
    cluster: Cluster, finished: Path
) -> None:
    push = """
        UPDATE tongguan.quota_window SET taken = capacity + honoured + 1
        WHERE quota = 'all-day' AND part_of IS NULL
            AND starts = (SELECT max(starts) FROM tongguan.quota_window WHERE quota = 'all-day')
    """
    verdict = checked_when(cluster, finished, DROPPED, push)
    assert verdict.faults["a window beyond its limit"] > 0
    assert verdict.faults["a window that does not hold what it says"] > 0
    assert verdict.faults["a commit that took a place where there was none"] > 0


def test_checker__window_beyond_its_limit_for_a_moment_only__fails(
    cluster: Cluster, finished: Path
) -> None:
    window = """
        WHERE (quota, starts, dimensions) = (SELECT quota, starts, dimensions
            FROM tongguan.quota_window WHERE taken > 0 AND honoured = 0
            ORDER BY starts DESC, quota, dimensions LIMIT 1)
    """
    more = f"UPDATE tongguan.quota_window SET taken = taken + 1000 {window}"  # noqa: S608 - constants
    fewer = more.replace("+ 1000", "- 1000")
    verdict = checked_when(cluster, finished, DROPPED, more, fewer)
    assert verdict.faults == {"a commit that took a place where there was none": 1}


def test_checker__journey_given_back_by_nobody__fails(cluster: Cluster, finished: Path) -> None:
    statement = """
        UPDATE tongguan.journey SET cancelled_at = booked_at WHERE id = %(journey)s
    """
    journey = a_booked_journey(cluster)
    verdict = checked_when(cluster, finished, GIVEN_BACK, statement, journey=journey)
    assert verdict.faults == {"a state that no answer explains": 1}


def lied(finished: Path, tmp_path: Path) -> Path:
    """A copy of the journals and what the checker reads beside them, to be added to."""
    copy = tmp_path / "lied"
    shutil.copytree(finished, copy, ignore=shutil.ignore_patterns("data"))
    return copy


Line = dict[str, Any]


def last_operation(finished: Path, wanted: Callable[[Line, Line], bool]) -> tuple[int, Line]:
    """The last operation of any client whose answer is as wanted."""
    for client in range(32):
        lines = list(read_journal(finished, client))
        for sent, told in reversed(list(itertools.pairwise(lines))):
            if "op" in sent and "op" not in told and wanted(sent, told):
                return client, sent
    raise AssertionError("no such operation")


def test_checker__journal_acknowledges_what_is_not_there__fails(
    cluster: Cluster, finished: Path, tmp_path: Path
) -> None:
    client, sent = last_operation(
        finished, lambda sent, told: sent["op"] == "book" and told.get("answer") == "refused"
    )
    directory = lied(finished, tmp_path)
    journal = next((directory / JOURNALS).glob(f"*{client:03d}.jsonl"))
    number = 1_000_000
    append_durably(journal, sent | {"n": number, "try": 1, "journey": TWIN})
    append_durably(journal, {"n": number, "try": 1, "answer": "taken", "state": "booked"})
    verdict = check(directory, cluster.url(DATABASE))
    assert verdict.faults == {"an acknowledged journey is missing": 1}


def test_checker__journal_was_told_of_a_refusal_and_the_rows_say_otherwise__fails(
    cluster: Cluster, finished: Path, tmp_path: Path
) -> None:
    client, sent = last_operation(
        finished, lambda sent, told: sent["op"] == "book" and told.get("state") == "booked"
    )
    directory = lied(finished, tmp_path)
    journal = next((directory / JOURNALS).glob(f"*{client:03d}.jsonl"))
    number = 1_000_000
    append_durably(journal, sent | {"n": number, "try": 1})
    append_durably(journal, {"n": number, "try": 1, "answer": "refused"})
    verdict = check(directory, cluster.url(DATABASE))
    assert verdict.faults["an acknowledged journey was not known"] == 1


def test_checker__imports_nothing_of_the_program() -> None:
    code = "import sys, soak.checker; print([m for m in sys.modules if m.startswith('tongguan')])"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    printed = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert printed.strip() == "[]"
