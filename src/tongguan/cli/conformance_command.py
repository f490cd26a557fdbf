"""``tongguan conformance``: this program held to suites that others published."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tongguan.cli.conformance.certlogic import run_certlogic
from tongguan.cli.conformance.country_rules import run_country_rules
from tongguan.cli.conformance.dgc import run_dgc
from tongguan.cli.conformance.report import ConformanceReport, print_conformance
from tongguan.cli.conformance.shc import run_shc
from tongguan.cli.conformance.vds_nc import run_vds_nc
from tongguan.cli.options import JsonOption, help_of
from tongguan.cli.problems import faulty
from tongguan.cli.reading import shown_path
from tongguan.cli.speech import say

conformance = typer.Typer(help=say("conformance.help"), no_args_is_help=True, rich_markup_mode=None)
_Suite = Annotated[Path, typer.Argument(metavar="DIR", help=help_of("suite"), show_default=False)]


@conformance.command("dgc", help=say("conformance.dgc.help"))
def dgc(directory: _Suite, as_json: JsonOption = False) -> None:
    """EU Digital COVID Certificates."""
    _run(run_dgc, directory, as_json=as_json)


@conformance.command("certlogic", help=say("conformance.certlogic.help"))
def certlogic(directory: _Suite, as_json: JsonOption = False) -> None:
    """The language of rules."""
    _run(run_certlogic, directory, as_json=as_json)


@conformance.command("country-rules", help=say("conformance.country_rules.help"))
def country_rules(directory: _Suite, as_json: JsonOption = False) -> None:
    """Rules of countries."""
    _run(run_country_rules, directory, as_json=as_json)


@conformance.command("shc", help=say("conformance.shc.help"))
def shc(directory: _Suite, as_json: JsonOption = False) -> None:
    """SMART Health Cards."""
    _run(run_shc, directory, as_json=as_json)


@conformance.command("vds-nc", help=say("conformance.vds_nc.help"))
def vds_nc(directory: _Suite, as_json: JsonOption = False) -> None:
    """Visible digital seals."""
    _run(run_vds_nc, directory, as_json=as_json)


def _run(suite: Callable[[Path], ConformanceReport], directory: Path, *, as_json: bool) -> None:
    if not directory.is_dir():
        raise faulty(shown_path(directory), "no_directory")
    report = suite(directory)
    if report.is_empty:
        raise faulty(shown_path(directory), "suite_empty")
    print_conformance(report, as_json=as_json)
    raise typer.Exit(report.exit_code)
