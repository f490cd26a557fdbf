"""``tongguan area``: whether places lie within a scheme's activity range."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from tongguan.adapters.postgres.decisions import decision_as_data
from tongguan.cli.console import answers, print_decision, print_json
from tongguan.cli.options import JsonOption, day_named, help_of
from tongguan.cli.problems import ExitCode, clipped, faulty
from tongguan.cli.scheme_files import named_scheme
from tongguan.cli.speech import say, spoken_language
from tongguan.core.area.divisions import DIVISION_TABLE_REVISION, nearest_division
from tongguan.core.area.range import check_area, unknown_divisions
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import DivisionCode
from tongguan.core.scheme.model import Phase, Version

area = typer.Typer(help=say("area.help"), no_args_is_help=True, rich_markup_mode=None)

SCHEME_DEFAULT = "hk-gd-2021-assumed"


@area.callback()
def _area() -> None:
    """Keeps ``check`` a command of its own although it is the only one."""


@area.command("check", help=say("area.check.help"))
def check(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help=help_of("division"))],
    scheme_id: Annotated[
        str, typer.Option("--scheme", metavar="ID|FILE", help=help_of("scheme_id"))
    ] = SCHEME_DEFAULT,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=help_of("on"))] = "",
    as_json: JsonOption = False,
) -> None:
    """Say of each division whether it lies within the range; exit 1 when one does not."""
    version = named_scheme(scheme_id).version
    day = day_named(on, "--on") if on else _today(version)
    phase = _phase_on(version, day)
    if phase is None or phase.area is None:
        raise faulty(version.id, "area_not_stated")
    unknown = unknown_divisions(codes)
    if unknown:
        named = ", ".join(clipped(code, 20) for code in unknown[:10])
        raise faulty("CODE", "division_unknown", codes=named, revision=DIVISION_TABLE_REVISION)
    places = [DivisionCode(code) for code in codes]
    decision = check_area(phase.area, places, day, clause=f"phases/{phase.id}/area")
    if as_json:
        print_json({"version": version.id, "phase": phase.id, **decision_as_data(decision)})
    else:
        for code in codes:
            _print_place(code)
        print_decision(decision)
    if decision.outcome is not Outcome.GRANT:
        raise typer.Exit(ExitCode.REFUSED)


def _today(version: Version) -> date:
    return datetime.now(ZoneInfo(version.zone)).date()


def _phase_on(version: Version, day: date) -> Phase | None:
    """The phase whose days hold the day, or the first one that states a range."""
    stated = [phase for phase in version.phases if phase.area is not None]
    for phase in stated:
        begins = phase.not_before.first if phase.not_before else None
        if begins and begins <= day and (phase.ends is None or day <= phase.ends):
            return phase
    return stated[0] if stated else None


def _print_place(code: str) -> None:
    division = nearest_division(code)
    if division is not None:
        answers().print(f"{code} {division.name.in_language(spoken_language())}")
