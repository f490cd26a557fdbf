"""The laws, the ratios, and the table in a document."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tongguan.cli.bench.costs import Cost
from tongguan.cli.bench.exactness import Difference
from tongguan.cli.bench.growth import Growth, GrowthRow
from tongguan.cli.bench.growth_table import BEGIN, END, has_markers, write_table
from tongguan.cli.bench.intake import ConnectionsMeasured, IntakeMeasured
from tongguan.cli.bench.machine import Surroundings
from tongguan.cli.bench.places import (
    BULK_INSERT,
    LEDGER,
    ONE_BY_ONE,
    SCARCE,
    PlacesMeasured,
    Round,
    Size,
)
from tongguan.cli.bench.report import BenchReport, Law, report_as_data

SURROUNDINGS = Surroundings(
    at=datetime(2021, 12, 13, tzinfo=UTC),
    tongguan="0.1.0",
    processor="made up",
    cores=2,
    memory_gigabytes=8.0,
    system="Linux",
    python="3.11",
    postgresql="18.4",
    settings={"shared_buffers": "128MB", "max_wal_size": "1GB"},
)
DIFFERENCE = Difference(measurement="scarce", what="answers_wrong", expected=0, found=1)


def places(ledger: float, *, scarce: float = 100, wrong: bool = False) -> PlacesMeasured:
    rates = {ONE_BY_ONE: 2.0, BULK_INSERT: 100.0, LEDGER: ledger, SCARCE: scarce}
    differences = (DIFFERENCE,) if wrong else ()
    return PlacesMeasured(
        size=Size(rounds=1, groups=1, seconds=1),
        rounds=(Round(rates=rates, scarce_taken=1, differences=differences),),
    )


def intake(rate: float, p99: float) -> IntakeMeasured:
    return IntakeMeasured(
        all=tuple(
            ConnectionsMeasured(
                connections=connections,
                bare_rates=(100.0, 200.0, 100.0),
                end_to_end_rates=(rate, 1.0, rate),
                p99s_milliseconds=(p99, 1000.0, p99),
            )
            for connections in (64, 256)
        ),
        differences=(),
    )


def report(
    measured: PlacesMeasured, found: IntakeMeasured | None, growth: Growth | None = None
) -> BenchReport:
    return BenchReport(surroundings=SURROUNDINGS, places=measured, intake=found, growth=growth)


@pytest.mark.parametrize(
    ("law", "holds"),
    [
        (Law(figure="a", bound=0.65, found=0.65), True),
        (Law(figure="a", bound=0.65, found=0.649), False),
        (Law(figure="a", bound=50, found=49.9, is_ceiling=True), True),
        (Law(figure="a", bound=50, found=50.0, is_ceiling=True), False),
        (Law(figure="a", bound=50, found=None, is_ceiling=True), None),
    ],
)
def test_law__holds__at_its_bound(law: Law, holds: bool | None) -> None:
    assert law.holds is holds


def test_report__holds__while_every_law_does() -> None:
    assert report(places(65), intake(50, 14)).holds
    assert not report(places(64), intake(50, 14)).holds
    assert not report(places(80, scarce=79), intake(50, 14)).holds
    assert not report(places(65), intake(49, 14)).holds
    assert not report(places(65), intake(50, 15)).holds


def test_report__of_what_is_not_exact__does_not_hold() -> None:
    assert not report(places(65, wrong=True), intake(50, 14)).holds
    assert report_as_data(report(places(65, wrong=True), None))["exact"] is False
    growth = Growth(rows=(), differences=(DIFFERENCE,))
    assert not report(places(65), intake(50, 14), growth).holds


def test_report__without_a_load_generator__says_null_and_breaks_no_law() -> None:
    data = report_as_data(report(places(65), None))
    for name in ("ratio_to_bare_256", "p99_milliseconds_256", "ratio_to_bare_64"):
        assert data[name] is None
    assert data["rates"]["end_to_end_256"] is None
    assert data["intake"] is data["growth"] is None
    assert data["holds"] is True
    assert [law["holds"] for law in data["laws"]] == [True, True, None, None, None, None]


def test_table__is_written__between_its_marks_again_and_again(tmp_path: Path) -> None:
    file = tmp_path / "performance.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    cost = Cost(whole=100e-6, client=10e-6, server=60e-6, flush=20e-6, files=0, log_bytes=1500)
    bare = Cost(whole=50e-6, client=5e-6, server=20e-6, flush=20e-6, files=0, log_bytes=1000)
    row = GrowthRow(rows=10_000, days=1, ledger=cost, bare=bare)
    assert has_markers(file)
    for _ in range(2):
        write_table(file, [row], SURROUNDINGS)
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"before\n{BEGIN}\n2021-12-13, tongguan 0.1.0")
        assert text.endswith(f"|\n{END}\nafter\n")
        assert "old" not in text
    line = "| 10,000 | 1 | 10,000 | 100 | 10 | 20 | 40 | 20 | 10 | 1,500 | locks,"
    assert line in text
    file.write_text("no marks", encoding="utf-8")
    assert not has_markers(file)
