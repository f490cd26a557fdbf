"""``tongguan bench``: how fast this machine does it, exactly, beside the best it could do."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.adapters.cluster import leaving_on_signals
from tongguan.cli.bench.credentials import TURN, CredentialsSize, measure_credentials
from tongguan.cli.bench.credentials_report import (
    CredentialsReport,
    credentials_as_data,
    print_credentials,
)
from tongguan.cli.bench.growth import PLAN, measure_growth
from tongguan.cli.bench.growth_table import has_markers, write_table
from tongguan.cli.bench.intake import find_load_generator, measure_intake
from tongguan.cli.bench.machine import this_machine
from tongguan.cli.bench.places import Size, measure_places, own_database
from tongguan.cli.bench.report import BenchReport, print_report, report_as_data
from tongguan.cli.bench.requests import GROUP
from tongguan.cli.console import answers, print_json
from tongguan.cli.options import JsonOption, help_of
from tongguan.cli.problems import ExitCode, failing, faulty
from tongguan.cli.progress import progress
from tongguan.cli.speech import say

bench = typer.Typer(help=say("bench.help"), no_args_is_help=True, rich_markup_mode=None)
_ROUNDS: Final = 5
_BOOKINGS: Final = 20_000
_SECONDS: Final = 4
_CREDENTIALS: Final = 400
_CREDENTIALS_ROUNDS: Final = 15


@bench.command("places", help=say("bench.places.help"))
def places(  # noqa: PLR0917 - options, which people give by name
    rounds: Annotated[
        int, typer.Option("--rounds", metavar="NUMBER", min=1, max=99, help=help_of("bench_rounds"))
    ] = _ROUNDS,
    bookings: Annotated[
        int,
        typer.Option(
            "--bookings", metavar="NUMBER", min=GROUP, max=1_000_000, help=help_of("bench_bookings")
        ),
    ] = _BOOKINGS,
    seconds: Annotated[
        int,
        typer.Option("--seconds", metavar="NUMBER", min=1, max=600, help=help_of("bench_seconds")),
    ] = _SECONDS,
    growth: Annotated[bool, typer.Option("--growth", help=help_of("bench_growth"))] = False,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help=help_of("bench_write"), show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the ledger and the intake; exit 1 where a law is broken or a count is not exact."""
    _require_writable(write, growth=growth)
    size = Size(rounds=rounds, groups=bookings // GROUP, seconds=seconds)
    report = measured(size, with_growth=growth)
    if write is not None and report.growth is not None:
        write_table(write, report.growth.rows, report.surroundings)
    if as_json:
        print_json(report_as_data(report))
    else:
        print_report(report, answers())
    if not report.holds:
        raise typer.Exit(ExitCode.REFUSED)


@bench.command("credentials", help=say("bench.credentials.help"))
def credentials(
    rounds: Annotated[
        int,
        typer.Option("--rounds", metavar="NUMBER", min=1, max=999, help=help_of("bench_rounds")),
    ] = _CREDENTIALS_ROUNDS,
    count: Annotated[
        int,
        typer.Option(
            "--credentials",
            metavar="NUMBER",
            min=TURN,
            max=10_000,
            help=help_of("bench_credentials"),
        ),
    ] = _CREDENTIALS,
    as_json: JsonOption = False,
) -> None:
    """Measure certificates, gate and rules; exit 1 where a law is broken or one is judged wrong."""
    size = CredentialsSize(rounds=rounds, credentials=count)
    with progress(say("bench.measuring"), rounds) as advance:
        report = CredentialsReport(
            machine=this_machine(), measured=measure_credentials(size, done=advance)
        )
    if as_json:
        print_json(credentials_as_data(report))
    else:
        print_credentials(report, answers())
    if not report.holds:
        raise typer.Exit(ExitCode.REFUSED)


def measured(size: Size, *, with_growth: bool) -> BenchReport:
    """Everything in one run: the ledger, the intake where wrk is installed, growth if asked for."""
    load_generator = find_load_generator()
    steps = size.rounds * (1 if load_generator is None else 2)
    steps += len(PLAN.sizes) if with_growth else 0
    with (
        leaving_on_signals(),
        progress(say("bench.measuring"), steps) as advance,
        own_database() as database,
    ):
        return BenchReport(
            surroundings=database.surroundings,
            places=measure_places(database, size, done=advance),
            intake=None
            if load_generator is None
            else measure_intake(load_generator, database, size, done=advance),
            growth=measure_growth(database, done=advance) if with_growth else None,
        )


def _require_writable(file: Path | None, *, growth: bool) -> None:
    """Find out before the long run that its table would have no place."""
    if file is None:
        return
    if not growth:
        raise faulty("--write", "bench_nothing_to_write")
    try:
        marked = has_markers(file)
    except OSError as error:
        raise failing(str(file), "unwritable", why=error.strerror or "") from None
    if not marked:
        raise faulty(str(file), "bench_no_markers")
