"""``tongguan scheme apply``: let a text take the place of the one that holds, or foresee it."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.acts import Activation, foreseen_activation
from tongguan.app.annexes import annexes_left_behind
from tongguan.app.schemes import holding_now
from tongguan.app.transitions import TransitionReport, preview_transition
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import OpenedAuthority, authority_at
from tongguan.cli.neighbours import exchange_with_neighbours
from tongguan.cli.options import DataOption, JsonOption, help_of
from tongguan.cli.problems import ExitCode
from tongguan.cli.scheme_acts import (
    activated,
    meant,
    obstacle_as_data,
    print_obstacles,
)
from tongguan.cli.scheme_commands import SchemeArgument, scheme
from tongguan.cli.speech import say
from tongguan.cli.version_acts import adopted_scheme, phase_of, say_act
from tongguan.core.change.plan import WindowFate
from tongguan.core.identifiers import AnnexId, PhaseId
from tongguan.core.scheme.model import Phase
from tongguan.core.scheme.state import find_phase
from tongguan.core.texts import Text

_DATA: Final = Path(".data")


@scheme.command("apply", help=say("scheme.apply.help"))
def apply(
    *,
    name: SchemeArgument,
    authority: Annotated[
        str | None,
        typer.Option(
            "--authority", metavar="ID", help=help_of("authority_or_booking"), show_default=False
        ),
    ] = None,
    phase: Annotated[
        str | None,
        typer.Option("--phase", metavar="ID", help=help_of("apply_phase"), show_default=False),
    ] = None,
    although: Annotated[
        str | None,
        typer.Option("--although", metavar="TEXT", help=help_of("although"), show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_of("apply_dry_run"))] = False,
    references: Annotated[
        bool, typer.Option("--references", help=help_of("apply_references"))
    ] = False,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Say whom a later text touches, and unless it is a dry run let it hold."""
    _, actor = meant(name, authority, data)
    with authority_at(data, actor) as opened:
        exchange_with_neighbours(opened)
        loaded = adopted_scheme(opened, name)
        chosen = _phase(opened, loaded, phase)
        left_behind = _annexes_left_behind(opened, loaded)
        if dry_run:
            activation = foreseen_activation(
                opened.authority, loaded.version, loaded.digest, chosen.id
            )
            report = preview_transition(opened.authority, loaded.version, loaded.digest, chosen)
    if not dry_run:
        reason = None if although is None else Text(zh_hant=although, zh_hans=although, en=although)
        loaded, _, activation = activated(name, actor, chosen.id, reason, data)
        report = activation.transition
    if as_json:
        facts = _as_data(loaded, activation, report, references=references)
        print_json(facts | {"annexes_left_behind": list(left_behind)})
    else:
        _print(loaded, chosen.id, activation, report, dry_run=dry_run, references=references)
        for annex in left_behind:
            answers().print("• " + say("scheme.apply.annex_left_behind", annex=annex))
    if activation.obstacles or not (dry_run or activation.act):
        raise typer.Exit(ExitCode.REFUSED)


def _annexes_left_behind(opened: OpenedAuthority, loaded: LoadedScheme) -> tuple[AnnexId, ...]:
    """The annexes that a later text leaves without successor."""
    holding = holding_now(opened.authority)
    if holding is None or holding.digest == loaded.digest:
        return ()
    return annexes_left_behind(opened.authority, holding.digest, loaded.digest)


def _phase(opened: OpenedAuthority, loaded: LoadedScheme, asked: str | None) -> Phase:
    """The phase asked for; else the one that is named as what holds, or stands alone."""
    if asked is None:
        holding = holding_now(opened.authority)
        known = None if holding is None else find_phase(loaded.version, holding.phase.id)
        return known or loaded.version.phases[0]
    return phase_of(loaded, asked)


def _print(
    loaded: LoadedScheme,
    phase: PhaseId,
    activation: Activation,
    report: TransitionReport | None,
    *,
    dry_run: bool,
    references: bool,
) -> None:
    if activation.act is not None:
        say_act("scheme.activate.done", activation.act, phase=phase)
    elif activation.obstacles or activation.open_criteria:
        print_obstacles(loaded, activation)
    if report is not None:
        _print_report(report, "foreseen" if dry_run else "done", references=references)
    elif activation.act is not None:
        answers().print(say("scheme.apply.elsewhere"))
    elif dry_run:
        answers().print(say("scheme.apply.unforeseeable"))


def _print_report(report: TransitionReport, key: str, *, references: bool) -> None:
    console = answers()
    console.print(
        say(
            f"scheme.apply.{key}",
            version=report.version,
            phase=report.phase,
            at=report.at.isoformat(timespec="minutes"),
            before=report.before or say("scheme.apply.nothing_before"),
        )
    )
    for quota, fates in sorted(report.windows.items()):
        counts = {fate.value: fates.get(fate, 0) for fate in WindowFate}
        console.print("• " + say("scheme.apply.window", quota=quota, **counts))
    for fate, journeys in sorted(report.journeys.items()):
        facts = {"journeys": journeys, "places": report.places[fate]}
        console.print("• " + say(f"scheme.apply.journeys.{fate}", **facts))
    facts = {"kept": report.grants_kept, "lapsed": report.grants_lapsed}
    console.print("• " + say("scheme.apply.grants", **facts))
    console.print("• " + say("scheme.apply.told", count=len(report.told)))
    if references:
        for reference in report.told:
            console.print(f"  {reference}")


def _as_data(
    loaded: LoadedScheme,
    activation: Activation,
    report: TransitionReport | None,
    *,
    references: bool,
) -> dict[str, object]:
    return {
        "version": loaded.version.id,
        "digest": loaded.digest,
        "activated": activation.act is not None,
        "obstacles": [obstacle_as_data(each) for each in activation.obstacles],
        "criteria_open": len(activation.open_criteria),
        "transition": None if report is None else _report_as_data(report, references=references),
    }


def _report_as_data(report: TransitionReport, *, references: bool) -> dict[str, object]:
    data: dict[str, object] = {
        "at": report.at.isoformat(timespec="seconds"),
        "before": report.before,
        "phase": report.phase,
        "windows": {
            quota: {fate.value: count for fate, count in fates.items()}
            for quota, fates in sorted(report.windows.items())
        },
        "journeys": {fate.value: count for fate, count in sorted(report.journeys.items())},
        "places": {fate.value: count for fate, count in sorted(report.places.items())},
        "grants": {"kept": report.grants_kept, "lapsed": report.grants_lapsed},
        "notices": {code.value: count for code, count in sorted(report.notices.items())},
        "told": len(report.told),
    }
    if references:
        data["references"] = list(report.told)
    return data
