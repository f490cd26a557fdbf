"""The rounds of ``tongguan bench places``: every way of booking in turn, in one database."""

import contextlib
import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Final

from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.adapters.postgres.connections import Database
from tongguan.adapters.postgres.migrate import migrate
from tongguan.app.ledger_port import AskedAlike, PlaceRequest, PlacesAnswer, PlacesTaken
from tongguan.cli.bench import bulk_insert, through_ledger
from tongguan.cli.bench.exactness import Difference, differences, one_by_one_differences
from tongguan.cli.bench.machine import Surroundings, surroundings
from tongguan.cli.bench.one_by_one import SCHEME as ONE_BY_ONE_SCHEME
from tongguan.cli.bench.one_by_one import one_by_one
from tongguan.cli.bench.requests import FIRST_DAY, GROUP, People, asked_on
from tongguan.core.identifiers import SchemeId

ONE_BY_ONE: Final = "one_by_one"
BULK_INSERT: Final = "bulk_insert"
LEDGER: Final = "ledger"
SCARCE: Final = "scarce"
SCARCE_SCHEME: Final = SchemeId("scarce")
PLACES_A_GROUP: Final = 25
"""Places that the scarce day has for each group of 500 parties, of one person or of four."""
_DATABASE: Final = "bench"
KEPT: Final = (*("journey", "place", "live_journey", "audit_entry", "quota_window"),)
WARM_GROUPS: Final = 2
"""Groups of each way at the beginning of a round that are not timed: plans are made anew."""
_WARM_ROUND_GROUPS: Final = 4
_WARM_SECONDS: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    groups: int
    """Groups of 500 that are timed in each round, for each way that books in groups."""
    seconds: int
    """Of bookings one by one in each round."""


@dataclass(slots=True)
class Way:
    """One way of booking in groups, and how long it took in a round."""

    name: str
    groups: Sequence[Sequence[PlaceRequest]]
    """The first of them only warm up."""
    work: Callable[[Database, Sequence[PlaceRequest]], Sequence[PlacesAnswer] | None]
    timed: int = 0
    seconds: float = 0.0
    decided: list[tuple[PlaceRequest, PlacesAnswer]] = field(default_factory=list)

    def run(self, database: Database, number: int) -> None:
        """Book one group."""
        group = self.groups[number]
        # What the benchmark itself holds in memory is no garbage, and no part of the work.
        gc.freeze()
        started = time.perf_counter()
        answers = self.work(database, group)
        if number >= WARM_GROUPS:
            self.seconds += time.perf_counter() - started
            self.timed += len(group)
        if answers is not None:
            self.decided += zip(group, answers, strict=True)

    @property
    def rate(self) -> float:
        """Decisions a second."""
        return self.timed / self.seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """One round: decisions a second of each way, and what was not exact."""

    rates: dict[str, float]
    scarce_taken: int
    """Parties that got some of the last places."""
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacesMeasured:
    """What the rounds found."""

    size: Size
    rounds: tuple[Round, ...]

    def rate(self, way: str) -> float:
        """The middle one of the rounds' rates."""
        return median(each.rates[way] for each in self.rounds)

    def ratio(self, way: str, beside: str) -> float:
        """The middle one of the rounds' ratios, each of rates that were measured side by side."""
        return median(each.rates[way] / each.rates[beside] for each in self.rounds)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Everything that was not exact."""
        return tuple(each for one in self.rounds for each in one.differences)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """A database of our own with nothing in it, whose server writes through to the disk."""

    cluster: Cluster
    database: Database
    url: str
    surroundings: Surroundings


@contextlib.contextmanager
def own_database() -> Iterator[Bench]:
    """A fresh cluster with one migrated database; stopped and deleted at the end.

    Raises ``DatabaseUnfitError`` where it would acknowledge what it has not written to the disk.
    """
    with tempfile.TemporaryDirectory(prefix="tongguan-bench-") as directory:
        try:
            with Cluster.open(Path(directory)) as cluster:
                cluster.ensure_database(_DATABASE)
                url = cluster.url(_DATABASE)
                migrate(url)
                with Database(url, connections_max=2) as database:
                    with database.connection() as connection:
                        found = surroundings(connection)
                    yield Bench(cluster=cluster, database=database, url=url, surroundings=found)
        finally:
            remove_cluster(Path(directory))


def measure_places(
    bench: Bench, size: Size, *, seed: int = 1, done: Callable[[], None] = lambda: None
) -> PlacesMeasured:
    """Warm up, then all rounds."""
    people = People(seed)
    warm = replace(size, groups=min(size.groups, _WARM_ROUND_GROUPS), seconds=_WARM_SECONDS)
    _round(bench, warm, people)
    rounds = []
    for _ in range(size.rounds):
        rounds.append(_round(bench, size, people))
        done()
    return PlacesMeasured(size=size, rounds=tuple(rounds))


def _round(bench: Bench, size: Size, people: People) -> Round:
    begin_anew(bench)
    rate, done = one_by_one(bench.url, seconds=size.seconds)
    asked = asked_on(FIRST_DAY, scheme=ONE_BY_ONE_SCHEME)
    found = one_by_one_differences(
        ONE_BY_ONE, bench.database, [window for window, _ in asked.windows], done
    )
    begin_anew(bench)
    ways = _ways(people, WARM_GROUPS + size.groups)
    _in_turn(bench.database, ways)
    for way in ways:
        if way.decided:
            found += differences(way.name, bench.database, way.decided)
    scarce = ways[-1]
    return Round(
        rates={ONE_BY_ONE: rate, **{way.name: way.rate for way in ways}},
        scarce_taken=sum(isinstance(answer, PlacesTaken) for _, answer in scarce.decided),
        differences=found,
    )


def begin_anew(bench: Bench) -> None:
    """Empty tables, and a checkpoint just made: the same beginning for everyone."""
    tables = ", ".join(f"tongguan.{table}" for table in KEPT)
    with bench.database.connection() as connection:
        connection.execute(f"TRUNCATE {tables}".encode())
    with bench.database.connection() as connection:
        connection.execute("CHECKPOINT")


def _ways(people: People, groups: int) -> tuple[Way, ...]:
    bare = asked_on(FIRST_DAY, scheme=bulk_insert.SCHEME)
    open_day = asked_on(FIRST_DAY)
    return (
        Way(
            name=BULK_INSERT,
            groups=[people.singles(bare, GROUP) for _ in range(groups)],
            work=bulk_insert.insert,
        ),
        Way(
            name=LEDGER,
            groups=[people.singles(open_day, GROUP) for _ in range(groups)],
            work=through_ledger.take,
        ),
        Way(
            name=SCARCE,
            groups=[people.mixed(_last_places(number), GROUP) for number in range(groups)],
            work=through_ledger.take,
        ),
    )


def _last_places(group: int) -> AskedAlike:
    """A day whose limit rises by a few places before each group, so that each meets its end."""
    limit = PLACES_A_GROUP * (group + 1)
    return asked_on(FIRST_DAY, scheme=SCARCE_SCHEME, day_limit=limit)


def _in_turn(database: Database, ways: Sequence[Way]) -> None:
    """A group of each way after another, none always the first: what disturbs one disturbs all."""
    gc.collect()
    for number in range(len(ways[0].groups)):
        first = number % len(ways)
        for way in (*ways[first:], *ways[:first]):
            way.run(database, number)
    gc.unfreeze()
