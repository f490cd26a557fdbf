"""Bookings per second on one hot day, beside bare insertion of the same rows in the same run.

    .venv/bin/python -m benchmarks.ledger [--bookings 4000] [--threads 8] [--reserve]

Both write durably, one journey a transaction, into a cluster made for the run: `fsync` and
`synchronous_commit` are asserted on. With `--reserve` the day keeps places for business, so that
each booking chooses between two parts and counts in one of them besides. The rates are this
machine's; the ratio is what can be told elsewhere.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

from psycopg.types.json import Jsonb

from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.adapters.postgres.connections import Database
from tongguan.adapters.postgres.migrate import migrate
from tongguan.app.ledger_port import Place, PlaceRequest, PlacesTaken
from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    ControlPointId,
    DirectionId,
    JourneyId,
    PersonKey,
    PhaseId,
    QuotaId,
    SchemeId,
    SlotId,
)
from tongguan.core.quota.choices import Choice
from tongguan.core.quota.windows import OPEN_PART, Window
from tongguan.core.scheme.model import Leg

SCHEME = SchemeId("benchmark")
DAY = date(2021, 12, 13)
NOW = datetime(2021, 12, 13, 9, tzinfo=timezone(timedelta(hours=8)))
DIRECTION = DirectionId("HK-GD")
BARE = """
    WITH journey AS (
        INSERT INTO tongguan.journey
            (id, application, scheme, cell_weeks, phase, request_hash, booked_at)
        VALUES (%(id)s, %(id)s, %(scheme)s, ARRAY[%(day)s::date], 'pilot', %(hash)s, %(now)s)
    ), windows AS (
        INSERT INTO tongguan.journey_window
            (cell_scheme, cell_week, journey, quota, starts, dimensions, persons)
        SELECT %(scheme)s, %(day)s, %(id)s, quota, %(day)s, dimensions, 1
        FROM jsonb_to_recordset(%(windows)s) AS asked (quota text, dimensions text[])
    ), live AS (
        INSERT INTO tongguan.live_journey (person, scheme, number, journey, live_until)
        VALUES (%(hash)s, %(scheme)s, 1, %(id)s, %(now)s)
    )
    INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
        direction, category, control_point, slot, day)
    VALUES (%(scheme)s, %(day)s, %(id)s, 'out', 0, %(hash)s,
        'HK-GD', 'business', 'SZB', 'day', %(day)s)
"""


def windows(limit: int) -> tuple[tuple[Window, int], ...]:
    """Three windows that every booking touches: the day, the port's day, the week."""
    counted = {
        "day": (("direction", DIRECTION),),
        "port-day": (("control_point", "SZB"), ("direction", DIRECTION)),
        "week": (("category", "business"), ("direction", DIRECTION)),
    }
    return tuple(
        (
            Window(
                scheme=SCHEME,
                cell_week=DAY,
                quota=QuotaId(quota),
                starts=DAY,
                dimensions=dimensions,
                days=7 if quota == "week" else 1,
                limit=limit,
            ),
            1,
        )
        for quota, dimensions in counted.items()
    )


def choice(limit: int) -> Choice:
    """Half of the day's places are kept for business, and used first."""
    cap = windows(limit)[0][0]
    kept = replace(
        cap,
        quota=QuotaId("kept"),
        dimensions=(("category", "business"), *cap.dimensions),
        limit=limit // 2,
        part_of=cap.key,
    )
    opened = replace(
        cap, dimensions=(*cap.dimensions, OPEN_PART), limit=limit - limit // 2, part_of=cap.key
    )
    return Choice(cap=cap, windows=(kept, opened), persons=1)


def request_of(number: int, limit: int, *, reserve: bool = False) -> PlaceRequest:
    """The request of one person for the hot day."""
    journey = JourneyId(str(UUID(int=number)))
    person = PersonKey(number.to_bytes(16, "big"))
    place = Place(
        journey=journey,
        person_number=0,
        person=person,
        leg=Leg.OUT,
        direction=DIRECTION,
        category=CategoryId("business"),
        control_point=ControlPointId("SZB"),
        slot=SlotId("day"),
        day=DAY,
        cell_week=DAY,
    )
    return PlaceRequest(
        journey=journey,
        application=ApplicationId(journey),
        scheme=SCHEME,
        phase=PhaseId("pilot"),
        request_hash=person,
        places=(place,),
        windows=windows(limit),
        live_until=NOW + timedelta(days=1),
        live_journeys_per_person_max=1,
        choices=(choice(limit),) if reserve else (),
    )


def book(database: Database, number: int, limit: int, *, reserve: bool) -> None:
    """One booking through the ledger, in a transaction of its own."""
    with database.transaction() as transaction:
        answer = transaction.ledger.take(request_of(number, limit, reserve=reserve), NOW)
    if not isinstance(answer, PlacesTaken):
        raise TypeError(f"booking {number} was not taken")


def insert_bare(database: Database, number: int, asked: Jsonb) -> None:
    """The rows of one booking, with no rule, no lock and no counter."""
    values = {
        "id": UUID(int=number),
        "scheme": SCHEME,
        "day": DAY,
        "hash": number.to_bytes(16, "big"),
        "now": NOW,
        "windows": asked,
    }
    with database.connection() as connection:
        connection.execute(BARE, values)


def rate(work: Callable[[int], None], numbers: Sequence[int], threads: int) -> float:
    """How many a second, all threads together."""
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, numbers))
    return len(numbers) / (time.perf_counter() - started)


def measure(database: Database, bookings: int, threads: int, *, reserve: bool) -> None:
    """Warm up, measure both, check that nothing was oversold, print."""
    limit = bookings * 4
    warm = bookings // 4
    asked = Jsonb(
        [
            {"quota": window.quota, "dimensions": ["=".join(pair) for pair in window.dimensions]}
            for window, _ in windows(limit)
        ]
    )

    def insert(number: int) -> None:
        insert_bare(database, number, asked)

    def take(number: int) -> None:
        book(database, number, limit, reserve=reserve)

    rate(insert, range(warm), threads)
    bare = rate(insert, range(warm, warm + bookings), threads)
    with database.connection() as connection:
        connection.execute(
            "TRUNCATE tongguan.journey, tongguan.journey_window, tongguan.place,"
            " tongguan.live_journey"
        )
    rate(take, range(warm), threads)
    ledger = rate(take, range(warm, warm + bookings), threads)
    with database.transaction() as transaction:
        exceeded = transaction.ledger.windows_exceeded()
        counts = transaction.ledger.counts([window for window, _ in windows(limit)])
    if exceeded or {count.taken for count in counts} != {warm + bookings}:
        raise RuntimeError("the ledger is not exact")
    print(f"bare insertion    {bare:8.0f} a second")
    print(f"ledger            {ledger:8.0f} a second, {threads} threads, one hot day")
    print(f"ratio             {ledger / bare:8.2f}")


def main() -> None:
    """Make a cluster, measure, leave nothing behind."""
    parser = argparse.ArgumentParser(description="Measure the ledger of places.")
    parser.add_argument("--bookings", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--reserve", action="store_true", help="the day keeps places for some")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        try:
            with Cluster.open(Path(directory)) as cluster:
                cluster.ensure_database("benchmark")
                url = cluster.url("benchmark")
                migrate(url)
                # Opening the database asserts that fsync and synchronous_commit are on.
                with Database(url, connections_max=arguments.threads) as database:
                    measure(
                        database,
                        arguments.bookings,
                        arguments.threads,
                        reserve=arguments.reserve,
                    )
        finally:
            remove_cluster(Path(directory))


if __name__ == "__main__":
    main()
