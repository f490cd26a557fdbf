"""What a booking costs as rows and open days grow, and what bounds it then."""

import gc
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

import psycopg

from tongguan.cli.bench import bulk_insert, through_ledger
from tongguan.cli.bench.costs import NOTHING, Cost, Meter
from tongguan.cli.bench.exactness import Difference, counters_wrong
from tongguan.cli.bench.filling import ROWS_A_BOOKING, fill
from tongguan.cli.bench.places import KEPT, Bench, begin_anew
from tongguan.cli.bench.requests import FIRST_DAY, GROUP, People, asked_on

DAYS_MAX: Final = 400
_WARM_GROUPS: Final = 6
_WARM_PARTIES: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthRow:
    """What one booking costs, in groups of 500, with this much in the tables."""

    rows: int
    """In the ledger's tables and the record together, at the beginning."""
    days: int
    """Over which the parties of a group are spread."""
    ledger: Cost
    bare: Cost
    """The same rows, inserted and nothing more, in turn with the ledger."""

    @property
    def parts(self) -> dict[str, float]:
        """Seconds of one booking, by what they went into."""
        inserting = min(self.bare.server, self.ledger.server)
        return {
            "client": self.ledger.client,
            "inserting": inserting,
            "deciding": self.ledger.server - inserting,
            "flush": self.ledger.flush,
            "waiting": self.ledger.waiting,
        }

    @property
    def limit(self) -> str:
        """What most of the time goes into."""
        parts = self.parts
        return max(parts, key=lambda name: parts[name])


def row_as_data(row: GrowthRow) -> dict[str, Any]:
    """For ``--json``."""
    return {
        "rows": row.rows,
        "days": row.days,
        "bookings_a_second": round(1 / row.ledger.whole, 1),
        "microseconds": {name: round(value * 1e6, 1) for name, value in row.parts.items()}
        | {"whole": round(row.ledger.whole * 1e6, 1)},
        "log_bytes": round(row.ledger.log_bytes),
        "limit": row.limit,
        "ledger": asdict(row.ledger),
        "bare": asdict(row.bare),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """The table, and what was not exact."""

    rows: tuple[GrowthRow, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthPlan:
    """Which rows the table has."""

    sizes: tuple[tuple[int, int], ...]
    """Rows in the tables, and open days."""
    groups: int
    """Groups of 500 that are measured for each."""


PLAN: Final = GrowthPlan(
    sizes=(
        *((rows, 1) for rows in (10_000, 100_000)),
        *((1_000_000, days) for days in (1, 7, 30, 100, DAYS_MAX)),
        *((10_000_000, days) for days in (1, DAYS_MAX)),
    ),
    groups=40,
)


def measure_growth(
    bench: Bench, plan: GrowthPlan = PLAN, *, done: Callable[[], None] = lambda: None
) -> Growth:
    """Measure each row of the plan, of which the smallest must come first."""
    people = People(2)
    begin_anew(bench)
    found: list[GrowthRow] = []
    different: list[Difference] = []
    for rows, days in plan.sizes:
        row, wrong = _row(bench, people, plan.groups, rows=rows, days=days)
        found.append(row)
        different += wrong
        done()
    return Growth(rows=tuple(found), differences=tuple(different))


def _row(
    bench: Bench, people: People, groups: int, *, rows: int, days: int
) -> tuple[GrowthRow, list[Difference]]:
    """Measure in turn; small tables are made anew again and again, so that they stay small."""
    bookings = rows // ROWS_A_BOOKING
    at_once = min(groups, max(1, bookings // (4 * GROUP)))
    times = math.ceil(groups / at_once)
    ledger, bare, wrong = NOTHING, NOTHING, []
    for _ in range(times):
        _bring_to(bench, bookings)
        with Meter(bench.url) as taking, Meter(bench.url) as inserting:
            one, other = _in_turn(people, taking, inserting, at_once, days)
        ledger, bare = ledger + one, bare + other
        wrong += _differences(bench, f"growth {rows}/{days}")
    measured = times * at_once * GROUP
    row = GrowthRow(rows=rows, days=days, ledger=ledger / measured, bare=bare / measured)
    return row, wrong


def _bring_to(bench: Bench, bookings: int) -> None:
    """Tables with this many bookings, as they are some time after they were made."""
    with bench.database.connection() as connection:
        row = connection.execute("SELECT count(*) FROM tongguan.journey").fetchone()
    there = 0 if row is None else int(row[0])
    if there > bookings * 1.5:
        begin_anew(bench)
        there = 0
    fill(bench.database, bookings=max(0, bookings - there), days=DAYS_MAX)
    with psycopg.connect(bench.url, autocommit=True) as connection:
        for table in KEPT:
            connection.execute(f"VACUUM ANALYZE tongguan.{table}".encode())
        connection.execute("CHECKPOINT")


def _in_turn(
    people: People, taking: Meter, inserting: Meter, groups: int, days: int
) -> tuple[Cost, Cost]:
    """What groups cost through the ledger and barely inserted, one of each after another."""
    open_days = [FIRST_DAY + timedelta(days=number) for number in range(days)]
    asked = [asked_on(day) for day in open_days]
    bare = [asked_on(day, scheme=bulk_insert.SCHEME) for day in open_days]

    def take(parties: int) -> Cost:
        group = people.singles_over(asked, parties)
        return taking.cost(lambda database: through_ledger.take(database, group))

    def insert(parties: int) -> Cost:
        group = people.singles_over(bare, parties)
        return inserting.cost(lambda database: bulk_insert.insert(database, group))

    for _ in range(_WARM_GROUPS):
        take(_WARM_PARTIES)
        insert(_WARM_PARTIES)
    ledger, rows = NOTHING, NOTHING
    for _ in range(groups):
        ledger, rows = ledger + take(GROUP), rows + insert(GROUP)
    gc.unfreeze()
    return ledger, rows


def _differences(bench: Bench, measurement: str) -> list[Difference]:
    with psycopg.connect(bench.url) as connection:
        wrong = counters_wrong(connection)
    if wrong == 0:
        return []
    return [Difference(measurement=measurement, what="counters_wrong", expected=0, found=wrong)]
