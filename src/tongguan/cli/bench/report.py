"""What ``tongguan bench places`` found: the laws it is held to, as data and for people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tongguan.cli.bench.exactness import Difference
from tongguan.cli.bench.growth import Growth, row_as_data
from tongguan.cli.bench.growth_table import growth_table
from tongguan.cli.bench.intake import IntakeMeasured
from tongguan.cli.bench.machine import Surroundings
from tongguan.cli.bench.places import (
    BULK_INSERT,
    LEDGER,
    ONE_BY_ONE,
    SCARCE,
    PlacesMeasured,
)
from tongguan.cli.bench.requests import GROUP
from tongguan.cli.speech import say

_WAYS: Final = (ONE_BY_ONE, BULK_INSERT, LEDGER, SCARCE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    """What a figure has to be; without a figure nothing can be said."""

    figure: str
    bound: float
    found: float | None
    is_ceiling: bool = False
    """Whether the figure has to stay below the bound, rather than reach it."""

    @property
    def holds(self) -> bool | None:
        """Whether it is kept; ``None`` where it was not measured."""
        if self.found is None:
            return None
        return self.found < self.bound if self.is_ceiling else self.found >= self.bound


@dataclass(frozen=True, kw_only=True, slots=True)
class BenchReport:
    """Everything one run found."""

    surroundings: Surroundings
    places: PlacesMeasured
    intake: IntakeMeasured | None
    """``None`` where no load generator is installed."""
    growth: Growth | None
    """``None`` where it was not asked for."""

    @property
    def figures(self) -> dict[str, float | None]:
        """The ratios and times that the laws are about, and the ratio to the classic way."""
        places = self.places
        figures: dict[str, float | None] = {
            "ratio_to_bulk_insert": places.ratio(LEDGER, BULK_INSERT),
            "ratio_to_one_by_one": places.ratio(LEDGER, ONE_BY_ONE),
            "scarce_ratio": places.ratio(SCARCE, LEDGER),
        }
        for connections in (64, 256):
            found = self.intake and self.intake.at(connections)
            figures[f"ratio_to_bare_{connections}"] = found.ratio_to_bare if found else None
            figures[f"p99_milliseconds_{connections}"] = found.p99_milliseconds if found else None
        return figures

    @property
    def laws(self) -> tuple[Law, ...]:
        """What must hold on any machine."""
        figures = self.figures

        def law(figure: str, bound: float, *, is_ceiling: bool = False) -> Law:
            return Law(figure=figure, bound=bound, found=figures[figure], is_ceiling=is_ceiling)

        return (
            law("ratio_to_bulk_insert", 0.65),
            law("scarce_ratio", 1.0),
            law("ratio_to_bare_256", 0.5),
            law("p99_milliseconds_256", 50, is_ceiling=True),
            law("ratio_to_bare_64", 0.4),
            law("p99_milliseconds_64", 15, is_ceiling=True),
        )

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Everything that was not exact."""
        parts = (self.places, self.intake, self.growth)
        return tuple(each for part in parts if part is not None for each in part.differences)

    @property
    def holds(self) -> bool:
        """Whether everything was exact and no law is broken."""
        return not self.differences and all(law.holds is not False for law in self.laws)


def report_as_data(report: BenchReport) -> dict[str, Any]:
    """The report for ``--json``."""
    places, intake = report.places, report.intake
    rates: dict[str, float | None] = {way: round(places.rate(way), 1) for way in _WAYS}
    for connections in (64, 256):
        found = intake and intake.at(connections)
        rates[f"bare_{connections}"] = round(found.bare, 1) if found else None
        rates[f"end_to_end_{connections}"] = round(found.end_to_end, 1) if found else None
    return {
        "surroundings": asdict(report.surroundings) | {"at": report.surroundings.at.isoformat()},
        "size": asdict(places.size) | {"group": GROUP},
        "rates": rates,
        **{
            name: None if figure is None else round(figure, 3)
            for name, figure in report.figures.items()
        },
        "laws": [asdict(law) | {"holds": law.holds} for law in report.laws],
        "exact": not report.differences,
        "differences": [asdict(each) for each in report.differences],
        "rounds": [
            {"rates": each.rates, "scarce_taken": each.scarce_taken} for each in places.rounds
        ],
        "intake": None if intake is None else intake.as_data(),
        "growth": report.growth and [row_as_data(row) for row in report.growth.rows],
        "holds": report.holds,
    }


def print_report(report: BenchReport, console: Console) -> None:
    """The tables and sentences for people."""
    console.print(_rates_table(report), soft_wrap=False)
    print_laws(report.laws, console)
    classic = report.places.ratio(LEDGER, ONE_BY_ONE)
    console.print(say("bench.ratio_to_one_by_one", ratio=f"{classic:.1f}"))
    if report.intake is None:
        console.print(say("bench.no_load_generator"))
    if report.growth is not None:
        console.print(growth_table(report.growth.rows), soft_wrap=False)
    print_differences(report.differences, console)


def print_laws(laws: Sequence[Law], console: Console) -> None:
    """Each law, and whether it is kept."""
    for law in laws:
        console.print(_law_in_words(law), style=_STYLES[law.holds])


def print_differences(
    differences: Sequence[Difference], console: Console, *, exact: str = "bench.exact"
) -> None:
    """Each thing that is not as it has to be, or in words of this key that there is none."""
    if not differences:
        console.print(say(exact), style="bold green")
    for each in differences:
        console.print(
            say(
                "bench.difference",
                measurement=each.measurement,
                what=each.what,
                expected=each.expected,
                found=each.found,
            ),
            style="bold red",
        )


_STYLES: Final = {True: "green", False: "bold red", None: "yellow"}


def _law_in_words(law: Law) -> str:
    if law.found is None:
        return say("bench.law.not_measured", figure=law.figure)
    key = "below" if law.is_ceiling else "at_least"
    state = "holds" if law.holds else "missed"
    return say(
        f"bench.law.{key}_{state}",
        figure=law.figure,
        bound=f"{law.bound:g}",
        found=f"{law.found:.2f}",
    )


def _rates_table(report: BenchReport) -> Table:
    table = Table(title=say("bench.rates"), title_justify="left")
    table.add_column(say("bench.columns.way"))
    table.add_column(say("bench.columns.rate"), justify="right")
    for way in _WAYS:
        table.add_row(f"{way} · {say(f'bench.ways.{way}')}", f"{report.places.rate(way):,.0f}")
    for each in report.intake.all if report.intake else ():
        for way, rate in (("bare", each.bare), ("end_to_end", each.end_to_end)):
            name = f"{way}_{each.connections} · {say(f'bench.ways.{way}')}"
            table.add_row(name, f"{rate:,.0f}")
    return table
