"""The rounds of ``tongguan bench places``, small; and that they notice a ledger that is wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tongguan.adapters.cluster import Cluster
from tongguan.adapters.postgres.connections import Database
from tongguan.adapters.postgres.ledger import PostgresLedger
from tongguan.app.ledger_port import PlaceRequest, PlacesAnswer, PlacesRefused, PlacesTaken
from tongguan.cli.bench import places
from tongguan.cli.bench.machine import surroundings
from tongguan.cli.bench.places import (
    BULK_INSERT,
    LEDGER,
    ONE_BY_ONE,
    PLACES_A_GROUP,
    SCARCE,
    WARM_GROUPS,
    Bench,
    Size,
    measure_places,
)
from tongguan.cli.bench.requests import LIMIT

TakeMany = Callable[..., tuple[PlacesAnswer, ...]]
SMALL = Size(rounds=1, groups=1, seconds=1)
honest: TakeMany = PostgresLedger.take_many


@pytest.fixture
def bench(cluster: Cluster, database_url: str) -> Iterator[Bench]:
    """A database without fsync: what is measured in it is worth nothing, and nothing is asked."""
    with Database(database_url, durability_required=False) as database:
        with database.connection() as connection:
            found = surroundings(connection)
        yield Bench(cluster=cluster, database=database, url=database_url, surroundings=found)


def oversell(
    ledger: PostgresLedger, requests: Sequence[PlaceRequest], now: datetime, **recorded: Any
) -> tuple[PlacesAnswer, ...]:
    """There is always room."""
    kinds = {id(each.asked): each.asked for each in requests}
    open_to_all = {
        key: replace(
            asked,
            windows=tuple((replace(window, limit=LIMIT), times) for window, times in asked.windows),
        )
        for key, asked in kinds.items()
    }
    return honest(
        ledger,
        [replace(each, asked=open_to_all[id(each.asked)]) for each in requests],
        now,
        **recorded,
    )


def acknowledge_all(
    ledger: PostgresLedger, requests: Sequence[PlaceRequest], now: datetime, **recorded: Any
) -> tuple[PlacesAnswer, ...]:
    """Everyone hears that they have their places."""
    answers = honest(ledger, requests, now, **recorded)
    taken = next(each for each in answers if isinstance(each, PlacesTaken))
    return tuple(taken if isinstance(each, PlacesRefused) else each for each in answers)


def forget_some(
    ledger: PostgresLedger, requests: Sequence[PlaceRequest], now: datetime, **recorded: Any
) -> tuple[PlacesAnswer, ...]:
    """The last place of each group is given to nobody."""
    answers = honest(ledger, requests, now, **recorded)
    ledger.connection.execute(
        "DELETE FROM tongguan.place WHERE journey = (SELECT max(journey::text)::uuid FROM"
        " tongguan.place WHERE cell_scheme = %s)",
        (requests[0].asked.scheme,),
    )
    return answers


def nobody(url: str, *, seconds: int) -> tuple[float, int]:
    """Bookings one by one, of which there are none."""
    return 1.0, 0


def test_rounds__of_the_ledger__are_exact_and_have_every_rate(bench: Bench) -> None:
    seen = []
    found = measure_places(bench, SMALL, done=lambda: seen.append(1))
    assert len(found.rounds) == len(seen) == 1
    assert found.differences == ()
    assert set(found.rounds[0].rates) == {ONE_BY_ONE, BULK_INSERT, LEDGER, SCARCE}
    assert all(rate > 0 for rate in found.rounds[0].rates.values())
    # 25 places for each group, for parties of one and of four.
    room = PLACES_A_GROUP * (WARM_GROUPS + SMALL.groups)
    assert room / 4 <= found.rounds[0].scarce_taken <= room
    assert found.ratio(LEDGER, LEDGER) == 1


@pytest.mark.parametrize(
    ("take_many", "noticed"),
    [
        (oversell, {"answers_wrong", "beyond_limit:day/2021-12-13"}),
        (acknowledge_all, {"answers_wrong", "journeys"}),
        (forget_some, {"places"}),
    ],
)
def test_rounds__of_a_ledger_that_is_wrong__say_what_is_wrong(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, take_many: TakeMany, noticed: set[str]
) -> None:
    monkeypatch.setattr(PostgresLedger, "take_many", take_many)
    monkeypatch.setattr(places, "one_by_one", nobody)
    found = measure_places(bench, SMALL)
    assert noticed <= {each.what for each in found.differences}
    assert all(each.expected != each.found for each in found.differences)
