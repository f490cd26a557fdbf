"""``tongguan figures`` and ``tongguan scheme criteria``: what was counted, and what it means."""

from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.app.authorities import Authority
from tongguan.app.figures import (
    FiguresRefusedError,
    criteria_states,
    figures_kept,
    places_taken_percent,
    require_percentage,
    sign_day,
)
from tongguan.app.schemes import holding_now
from tongguan.cli.console import answers, print_json
from tongguan.cli.criteria_words import criterion_as_data, criterion_in_words
from tongguan.cli.deployments import authority_at
from tongguan.cli.neighbours import exchange_with_neighbours
from tongguan.cli.options import (
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    day_named,
    help_of,
)
from tongguan.cli.problems import clipped, faulty
from tongguan.cli.scheme_acts import PhaseOption
from tongguan.cli.scheme_commands import SchemeArgument, scheme
from tongguan.cli.speech import say
from tongguan.cli.version_acts import adopted_scheme, phase_of
from tongguan.core.identifiers import MetricId, QuotaId, SchemeId
from tongguan.core.scheme.figures import DailyFigures

figures = typer.Typer(help=say("figures.help"), no_args_is_help=True, rich_markup_mode=None)
_DATA: Final = Path(".data")
_DIGITS_MAX: Final = 9

SchemeIdOption = Annotated[
    str | None,
    typer.Option("--scheme", metavar="ID", help=help_of("figures_scheme"), show_default=False),
]


@figures.command("sign", help=say("figures.sign.help"))
def sign(
    *,
    authority: AuthorityOption,
    day: Annotated[str, typer.Option("--day", metavar="DAY", help=help_of("figures_day"))],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric", metavar="ID=NUMBER", help=help_of("figures_metric"), show_default=False
        ),
    ] = None,
    from_ledger: Annotated[
        list[str] | None,
        typer.Option(
            "--from-ledger", metavar="ID=QUOTA", help=help_of("from_ledger"), show_default=False
        ),
    ] = None,
    scheme_id: SchemeIdOption = None,
    data: DataOption = _DATA,
) -> None:
    """Sign figures of a day; what was signed of it before and is not named again stays."""
    counted = day_named(day, "--day")
    values = {MetricId(name): _number(text) for name, text in _pairs(metric, "--metric")}
    with authority_at(data, authority_named(authority)) as opened:
        about = SchemeId(scheme_id) if scheme_id else _scheme_that_holds(opened.authority)
        try:
            for name, quota in _pairs(from_ledger, "--from-ledger"):
                require_percentage(opened.authority, about, MetricId(name))
                percent = places_taken_percent(opened.authority, QuotaId(quota), counted)
                values[MetricId(name)] = percent
            if not values:
                raise faulty("--metric", "no_figures")
            signed = sign_day(opened.authority, about, counted, values)
        except FiguresRefusedError as refused:
            raise faulty("figures sign", f"figures.{refused}") from None
        exchange_with_neighbours(opened)
    answers().print(
        say(
            "figures.sign.done",
            authority=signed.statement.authority,
            day=counted,
            figures=_values(signed.statement),
            at=signed.statement.at.isoformat(),
        )
    )


@figures.command("list", help=say("figures.list.help"))
def show(authority: AuthorityOption, data: DataOption = _DATA, as_json: JsonOption = False) -> None:
    """Show all figures that the authority holds, corrections after what they mend."""
    with authority_at(data, authority_named(authority)) as opened:
        kept = figures_kept(opened.authority)
    if as_json:
        print_json([_as_data(each) for each in kept])
        return
    for each in kept:
        answers().print(
            say(
                "figures.list.line",
                day=each.day,
                authority=each.authority,
                figures=_values(each),
                at=each.at.isoformat(),
            )
        )
    if not kept:
        answers().print(say("figures.list.none"))


@scheme.command("criteria", help=say("scheme.criteria.help"))
def criteria(
    *,
    name: SchemeArgument,
    authority: AuthorityOption,
    phase: PhaseOption = None,
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DAY", help=help_of("criteria_day"), show_default=False),
    ] = None,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Show each criterion of a phase: met, not met or no data, with the numbers."""
    asked = None if day is None else day_named(day, "--day")
    with authority_at(data, authority_named(authority)) as opened:
        exchange_with_neighbours(opened)
        loaded = adopted_scheme(opened, name)
        chosen = phase_of(loaded, phase)
        try:
            states = criteria_states(opened.authority, loaded.digest, chosen.id, asked)
        except KeyError:
            raise faulty(name, "not_adopted") from None
    if as_json:
        print_json([criterion_as_data(each) for each in states])
        return
    for each in states:
        answers().print(criterion_in_words(each))
    if not states:
        answers().print(say("criteria.none"))


def _scheme_that_holds(authority: Authority) -> SchemeId:
    holding = holding_now(authority)
    if holding is None:
        raise faulty("--scheme", "no_scheme_holds")
    return holding.version.scheme


def _pairs(given: list[str] | None, place: str) -> list[tuple[str, str]]:
    pairs = []
    for each in given or ():
        name, sign_, value = each.partition("=")
        if not (name and sign_ and value):
            raise faulty(place, "no_pair", given=clipped(each, 60))
        pairs.append((name, value))
    return pairs


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise faulty("--metric", "no_whole_number", given=clipped(text, 60))
    return int(text)


def _values(figures_: DailyFigures) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(figures_.values.items()))


def _as_data(each: DailyFigures) -> dict[str, object]:
    day: date = each.day
    return {
        "authority": each.authority,
        "scheme": each.scheme,
        "day": day.isoformat(),
        "at": each.at.isoformat(),
        "values": dict(sorted(each.values.items())),
    }
