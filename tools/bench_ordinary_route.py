"""Bookings per second through the ordinary REST route, each a transaction of its own.

    .venv/bin/python tools/bench_ordinary_route.py [--bookings 400] [--threads 8]

A server of two workers, as `tongguan serve` starts it, over a cluster made for the run with `fsync`
and `synchronous_commit` on. Clients keep their connections. Also said: how many transactions are
committed for one booking, and how long the server's own processes work at it, which a busy machine
changes least.
"""

import argparse
import multiprocessing
import os
import socket
import tempfile
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg

from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.adapters.deployment import Deployment
from tongguan.adapters.scheme_files import LoadedScheme, load_bundled
from tongguan.app.acts import activate_phase, sign_version
from tongguan.app.applications import ApplicationRequest, submit_application
from tongguan.app.authorities import Authority
from tongguan.app.schemes import adopt_version
from tongguan.cli.pair import Pair, opened_pair
from tongguan.core.credentials.index import Slip
from tongguan.core.identifiers import (
    ApplicationId,
    AuthorityId,
    CategoryId,
    DivisionCode,
    VersionId,
)
from tongguan.core.people import Assurance, Document, DocumentType, Person
from tongguan.web import setup
from tongguan.web.serve import serve

START = datetime(2021, 12, 13, 1, tzinfo=UTC)
OUT, HOME = date(2021, 12, 14), date(2021, 12, 17)
DAYS = 3
SLOTS = ("morning", "midday", "evening")


def activate(pair: Pair, loaded: LoadedScheme) -> None:
    """Let both sign the pilot, and the booking authority activate it."""
    for authority in (pair.booking, pair.other):
        digest = adopt_version(authority, loaded.canonical)
        sign_version(authority, digest)
    pair.synchronise()
    activation = activate_phase(pair.booking, digest, loaded.version.phases[0].id)
    if activation.obstacles:
        raise RuntimeError(str(activation.obstacles))


def apply_for_one(authority: Authority, number: int) -> Slip:
    """A family visit of one person, granted by the rule."""
    document = Document(type=DocumentType.HOME_RETURN_PERMIT, number=f"H{number:08}", issuer="CHN")
    answer = submit_application(
        authority,
        ApplicationRequest(
            id=ApplicationId(str(uuid4())),
            category=CategoryId("family"),
            people=(Person(name="CHAN TAI MAN", document=document, assurance=Assurance.ASSERTED),),
            evidence={"kinship": "Marriage certificate"},
            itinerary=(DivisionCode("440300"),),
        ),
    )
    return answer.slip


def legs(number: int) -> list[dict[str, str]]:
    """Days and slots in turn, so that no quota is full."""
    later = timedelta(days=number % DAYS)
    return [
        {
            "direction": way,
            "day": (day + later).isoformat(),
            "slot": SLOTS[number // DAYS % len(SLOTS)],
            "control_point": "SZB",
        }
        for way, day in (("HK-GD", OUT), ("GD-HK", HOME))
    ]


def run(deployment: Deployment, port: int) -> None:
    """As the program serves it."""
    setup.prepare(deployment)
    serve(deployment, port=port)


@contextmanager
def served(deployment: Deployment) -> Iterator[tuple[str, int]]:
    """The server's address and process while it runs, with workers of its own."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=run, args=(deployment, port))
    process.start()
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        assert process.pid is not None  # noqa: S101 - it was started
        yield url, process.pid
    finally:
        process.terminate()
        process.join(timeout=20)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the server did not answer")


def book_all(url: str, slips: Sequence[Slip], threads: int) -> tuple[float, list[float]]:
    """Seconds for all of them, and for each."""
    local = threading.local()
    taken: Counter[str] = Counter()

    def book(numbered: tuple[int, Slip]) -> float:
        number, slip = numbered
        if not hasattr(local, "client"):
            local.client = httpx.Client(base_url=url, timeout=30)
        pair = f"{slip.reference}:{slip.secret}".encode()
        started = time.perf_counter()
        response = local.client.put(
            f"/api/v1/journeys/{uuid4()}",
            json={"legs": legs(number)},
            headers={"authorization": "Basic " + b64encode(pair).decode()},
        )
        seconds = time.perf_counter() - started
        response.raise_for_status()
        reasons = ", ".join(each["code"] for each in response.json()["reasons"])
        taken[reasons or "taken"] += 1
        return seconds

    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        each = list(pool.map(book, enumerate(slips)))
    if set(taken) != {"taken"}:
        raise RuntimeError(f"not everybody was given places: {dict(taken)}")
    return time.perf_counter() - started, each


def processor_seconds(server: int) -> float:
    """What a process and its children have used of the processors."""
    used = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The second field is a name in brackets; ticks of user and system are 14 and 15.
            own, fields = int(file.parent.name), file.read_text().rpartition(")")[2].split()
            if server in (own, int(fields[1])):
                used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def transactions(database_url: str) -> int:
    """Committed so far, of every program connected to the database."""
    time.sleep(1.2)  # the server's counters come late
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


def measure(deployment: Deployment, pair: Pair, bookings: int, threads: int) -> None:
    """Warm up, measure, print."""
    warm = bookings // 4
    with ThreadPoolExecutor(4) as pool:
        slips = list(
            pool.map(lambda number: apply_for_one(pair.booking, number), range(warm + bookings))
        )
    with served(deployment) as (url, server):
        book_all(url, slips[:warm], threads)
        before, used = transactions(deployment.database_url), processor_seconds(server)
        seconds, each = book_all(url, slips[warm:], threads)
        used = processor_seconds(server) - used
        made = transactions(deployment.database_url) - before
    each.sort()
    print(f"bookings      {bookings / seconds:8.1f} a second, {threads} threads")
    print(f"half within   {each[len(each) // 2] * 1000:8.1f} ms")
    print(f"99 % within   {each[len(each) * 99 // 100] * 1000:8.1f} ms")
    print(f"processor     {used / bookings * 1000:8.1f} ms of the server a booking")
    print(f"transactions  {made / bookings:8.1f} a booking")


def main() -> None:
    """Make a cluster and two authorities, measure, leave nothing behind."""
    parser = argparse.ArgumentParser(description="Measure booking over REST.")
    parser.add_argument("--bookings", type=int, default=400)
    parser.add_argument("--threads", type=int, default=8)
    arguments = parser.parse_args()
    loaded = load_bundled(VersionId("hk-gd-2021-assumed"))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        try:
            with Cluster.open(directory / "cluster") as cluster:

                def url(authority: AuthorityId) -> str:
                    cluster.ensure_database(authority.lower())
                    return cluster.url(authority.lower())

                with opened_pair(
                    loaded.version,
                    data_directory=directory,
                    database_url=url,
                    first_instant=START - timedelta(minutes=1),
                ) as pair:
                    pair.exchange_keys()
                    activate(pair, loaded)
                    pair.set_time(START)
                    deployment = Deployment(
                        authority=pair.booking.id,
                        data_directory=directory,
                        database_url=url(pair.booking.id),
                        demonstration=True,
                    )
                    measure(deployment, pair, arguments.bookings, arguments.threads)
        finally:
            remove_cluster(directory / "cluster")


if __name__ == "__main__":
    main()
