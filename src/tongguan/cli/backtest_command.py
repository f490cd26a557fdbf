"""``tongguan scheme backtest``: daily limits against what sources say of demand."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from tongguan.adapters.demand_files import bundled_demand, load_demand_text
from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.cli.console import answers, print_json
from tongguan.cli.options import JsonOption, help_of
from tongguan.cli.problems import SendersFaultError, clipped, faulty
from tongguan.cli.reading import read_bytes, shown_path
from tongguan.cli.scheme_commands import SchemeArgument, print_faults, scheme
from tongguan.cli.scheme_data import text_as_data
from tongguan.cli.scheme_files import FILE_BYTES_MAX, named_scheme
from tongguan.cli.speech import say, spoken_language
from tongguan.cli.version_acts import phase_of
from tongguan.core.quota.backtest import (
    Backtest,
    Binding,
    DemandFigures,
    DemandRow,
    Figure,
    FigureKind,
    PortDay,
    TotalUse,
    backtest,
)
from tongguan.core.quota.windows import UnstatedQuotaError

_TELLING = (Binding.BINDS, Binding.FILLED, Binding.COULD_BIND)


@scheme.command("backtest", help=say("scheme.backtest.help"))
def backtest_scheme(
    name: SchemeArgument,
    demand: Annotated[
        Path | None,
        typer.Option("--demand", metavar="FILE", help=help_of("demand"), show_default=False),
    ] = None,
    phase: Annotated[
        str | None,
        typer.Option("--phase", metavar="ID", help=help_of("backtest_phase"), show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which control points and days could have bound, and what the dated limits lift."""
    loaded = named_scheme(name)
    about = phase_of(loaded, phase)
    figures = _figures(loaded, demand)
    try:
        found = backtest(loaded.version, about, figures)
    except UnstatedQuotaError:
        raise faulty(clipped(name, 80), "limit_unstated", phase=about.id) from None
    except ValueError:
        raise faulty(clipped(name, 80), "days_unstated", phase=about.id) from None
    if as_json:
        print_json(_as_data(loaded, figures, found))
    else:
        _print(found, figures)


def _figures(loaded: LoadedScheme, file: Path | None) -> DemandFigures:
    text = (
        bundled_demand(loaded.version.id)
        if file is None
        else read_bytes(file, size_bytes_max=FILE_BYTES_MAX)
    )
    if text is None:
        raise faulty("--demand", "no_demand", version=loaded.version.id)
    read = load_demand_text(text, loaded.version)
    if isinstance(read, DemandFigures):
        return read
    place = file or Path("demand.yaml")
    print_faults(place, read)
    sentence = read[0].message.in_language(spoken_language())
    raise SendersFaultError(shown_path(place), sentence)


def _print(found: Backtest, figures: DemandFigures) -> None:
    console = answers()
    console.print(say("scheme.backtest.could"), style="bold")
    telling = [each for each in found.days if _tells(each)]
    for group in _runs(telling):
        console.print(f"  {_run_in_words(group)}")
    if not telling:
        console.print(f"  {say('scheme.backtest.nowhere')}")
    for binding in (Binding.CANNOT_BIND, Binding.NO_DATA):
        count = sum(each.binding is binding and not _tells(each) for each in found.days)
        console.print(say(f"scheme.backtest.{binding.value}_days", count=count))
    console.print(say("scheme.backtest.lifted"), style="bold")
    for group in _runs(list(found.lifted)):
        first = group[0]
        numbers = {"before": f"{first.limit_without:,}", "limit": f"{first.limit:,}"}
        console.print(f"  {_where(group)}: {say('scheme.backtest.lift', **numbers)}")
    console.print(say("scheme.backtest.no_other" if found.lifted else "scheme.backtest.none"))
    if found.totals:
        console.print(say("scheme.backtest.totals"), style="bold")
    for total in found.totals:
        console.print(f"  {_total_in_words(total)}")
    console.print(say("scheme.backtest.figures"), style="bold")
    for row in figures.rows:
        console.print(f"  {_row_in_words(row)}")


def _tells(day: PortDay) -> bool:
    return day.binding in _TELLING or day.binding_without in _TELLING


def _runs(days: list[PortDay]) -> Iterator[list[PortDay]]:
    """Days in a row at one place of which the same is to be said."""

    def key(pair: tuple[int, PortDay]) -> tuple[object, ...]:
        number, day = pair
        same = (day.limit, day.limit_without, day.binding, day.binding_without, day.row)
        return (day.direction, day.control_point, day.day.toordinal() - number, same)

    for _, run in groupby(enumerate(days), key):
        yield [day for _, day in run]


def _where(run: list[PortDay]) -> str:
    first, last = run[0], run[-1]
    days = first.day.isoformat() if first is last else f"{first.day} – {last.day}"
    return f"{first.direction} {first.control_point} {days}"


def _run_in_words(run: list[PortDay]) -> str:
    day = run[0]
    parts = [f"{_where(run)}: {_demand_in_words(day.row)}"]
    if day.is_lifted:
        parts.append(_against(day.limit_without, day.binding_without))
    parts.append(_against(day.limit, day.binding))
    return "; ".join(parts)


def _against(limit: int, binding: Binding) -> str:
    words = say(f"scheme.backtest.{binding.value}")
    return say("scheme.backtest.against", limit=f"{limit:,}", binding=words)


def _demand_in_words(row: DemandRow | None) -> str:
    low, high = (None, None) if row is None else (row.low, row.high)
    return say("scheme.backtest.range", low=_figure_in_words(low), high=_figure_in_words(high))


def _figure_in_words(figure: Figure | None) -> str:
    if figure is None:
        return say("scheme.backtest.unknown")
    kind = say(f"scheme.backtest.{figure.kind.value}")
    claims = f", {', '.join(figure.claims)}" if figure.claims else ""
    return f"{figure.persons:,} ({kind}{claims})"


def _row_in_words(row: DemandRow) -> str:
    where = f"{row.direction} {row.control_point} {row.first} – {row.last}"
    reasons = [
        each.because.in_language(spoken_language())
        for each in (row.low, row.high)
        if each is not None and each.because is not None
    ]
    return " ".join([f"{where}: {_demand_in_words(row)}", *reasons])


def _total_in_words(use: TotalUse) -> str:
    total = use.total
    return say(
        "scheme.backtest.total",
        name=total.name.in_language(spoken_language()),
        persons=_figure_in_words(total.persons),
        places=f"{use.places:,}",
        percent=use.percent,
    )


def _as_data(loaded: LoadedScheme, figures: DemandFigures, found: Backtest) -> dict[str, object]:
    kinds = {kind.value: 0 for kind in FigureKind}
    for figure in _all_figures(figures):
        kinds[figure.kind.value] += 1
    return {
        "version": loaded.version.id,
        "digest": loaded.digest,
        "figures_by_kind": kinds,
        "days": [_day_as_data(each) for each in found.days],
        "lifted": [
            {
                "direction": each.direction,
                "control_point": each.control_point,
                "day": each.day.isoformat(),
                "limit_without": each.limit_without,
                "limit": each.limit,
            }
            for each in found.lifted
        ],
        "totals": [
            {
                "id": each.total.id,
                "name": text_as_data(each.total.name),
                "persons": _figure_as_data(each.total.persons),
                "places": each.places,
                "percent": each.percent,
            }
            for each in found.totals
        ],
    }


def _all_figures(figures: DemandFigures) -> Iterator[Figure]:
    for row in figures.rows:
        yield from (each for each in (row.low, row.high) if each is not None)
    yield from (total.persons for total in figures.totals)


def _day_as_data(day: PortDay) -> dict[str, object]:
    row = day.row
    return {
        "direction": day.direction,
        "control_point": day.control_point,
        "day": day.day.isoformat(),
        "limit": day.limit,
        "limit_without": day.limit_without,
        "low": None if row is None else _figure_as_data(row.low),
        "high": None if row is None else _figure_as_data(row.high),
        "binding": day.binding.value,
        "binding_without": day.binding_without.value,
    }


def _figure_as_data(figure: Figure | None) -> dict[str, object] | None:
    if figure is None:
        return None
    return {
        "persons": figure.persons,
        "kind": figure.kind.value,
        "claims": list(figure.claims),
        "because": None if figure.because is None else text_as_data(figure.because),
    }
