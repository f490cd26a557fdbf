"""What a booking costs in tables that are filled, small."""

from collections.abc import Iterator

import pytest

from tongguan.adapters.cluster import Cluster
from tongguan.adapters.postgres.connections import Database
from tongguan.cli.bench import costs, growth
from tongguan.cli.bench.growth import GrowthPlan, measure_growth, row_as_data
from tongguan.cli.bench.machine import surroundings
from tongguan.cli.bench.places import Bench


@pytest.fixture
def bench(cluster: Cluster, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A database without fsync: what is measured in it is worth nothing, and nothing is asked."""

    def opened(url: str, *, connections_max: int) -> Database:
        return Database(url, connections_max=connections_max, durability_required=False)

    monkeypatch.setattr(costs, "Database", opened)
    with Database(database_url, durability_required=False) as database:
        with database.connection() as connection:
            found = surroundings(connection)
        yield Bench(cluster=cluster, database=database, url=database_url, surroundings=found)


def test_growth__has_a_row_for_each_size__and_names_its_limit(bench: Bench) -> None:
    plan = GrowthPlan(sizes=((7_000, 1), (7_000, 400)), groups=1)
    found = measure_growth(bench, plan)
    assert found.differences == ()
    assert [(row.rows, row.days) for row in found.rows] == [(7_000, 1), (7_000, 400)]
    for row in found.rows:
        assert row.ledger.whole > 0
        assert row.ledger.log_bytes > row.bare.log_bytes > 0
        assert row.limit in row.parts
        assert sum(row.parts.values()) >= row.ledger.whole * 0.99
        assert row_as_data(row)["limit"] == row.limit
    with bench.database.connection() as connection:
        days = connection.execute(
            "SELECT count(DISTINCT day) FROM tongguan.place WHERE cell_scheme = 'benchmark'"
        ).fetchone()
    assert days == (400,)


def test_growth__with_a_counter_that_is_wrong__says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_turn = growth._in_turn

    def spoilt(*arguments: object) -> object:
        found = in_turn(*arguments)  # type: ignore[arg-type]
        with bench.database.connection() as connection:
            connection.execute("UPDATE tongguan.quota_window SET taken = taken + 1")
        return found

    monkeypatch.setattr(growth, "_in_turn", spoilt)
    found = measure_growth(bench, GrowthPlan(sizes=((70, 1),), groups=1))
    assert [each.what for each in found.differences] == ["counters_wrong"]
