"""``tongguan scheme replay``: a scheme's series of versions, said in words and lived through."""

from collections.abc import Sequence
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from tongguan.adapters.cluster import Cluster, leaving_on_signals
from tongguan.adapters.difference_words import say_difference
from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.adapters.words import words
from tongguan.cli.console import answers, print_json, remarks
from tongguan.cli.options import DataOption, JsonOption, help_of
from tongguan.cli.own_pair import own_pair
from tongguan.cli.problems import ExitCode, clipped, faulty
from tongguan.cli.replay.living import Living
from tongguan.cli.replay.report import ReplayReport, print_report, report_as_data, report_of
from tongguan.cli.replay.series import lived, replayable, series_of, unknowns_that_block
from tongguan.cli.scheme_commands import LanguageOption, scheme
from tongguan.cli.scheme_difference import difference_as_data, print_difference
from tongguan.cli.speech import say, spoken_language
from tongguan.core.calendar import instant_of
from tongguan.core.identifiers import VersionId
from tongguan.core.texts import Language

_DEFAULT: Final = "hk-gd-2021"
_PREFIX: Final = "replay_"
_CONNECTIONS: Final = 4


@scheme.command("replay", help=say("scheme.replay.help"))
def replay(
    name: Annotated[str, typer.Argument(metavar="[ID]", help=help_of("replayed"))] = _DEFAULT,
    data: DataOption = Path(".data"),
    as_json: JsonOption = False,
    language: LanguageOption = None,
) -> None:
    """Check, compare, sign, activate and live every version; exit 1 if anything fails to hold."""
    if name not in replayable():
        raise faulty(clipped(name, 80), "no_replay", known=", ".join(replayable()))
    series, spoken = series_of(VersionId(name)), language or spoken_language()
    if not as_json:
        print_series(series, answers(), spoken)
    with leaving_on_signals():
        remarks().print(words("commands.replay.living", spoken))
        report = lived_through(series, data)
    if as_json:
        print_json({"versions": _series_as_data(series, language), **report_as_data(report)})
    else:
        answers().print()
        print_report(report, answers(), spoken)
    if not report.holds:
        raise typer.Exit(ExitCode.REFUSED)


def lived_through(series: Sequence[LoadedScheme], data: Path) -> ReplayReport:
    """The replay in two databases of its own, which are dropped at the end."""
    turns = lived(series)
    version = turns[0].loaded.version
    day_before = turns[0].day - timedelta(days=1)
    with (
        Cluster.open(data.resolve()) as cluster,
        own_pair(
            cluster,
            version,
            prefix=_PREFIX,
            first_instant=instant_of(day_before, time(9), version.zone),
            connections_max=_CONNECTIONS,
        ) as pair,
    ):
        living = Living(pair=pair, series=turns)
        living.live()
    return report_of(living.turns, living.holders)


def print_series(series: Sequence[LoadedScheme], console: Console, language: Language) -> None:
    """The first version in a sentence, and every later one as its difference from the one before.

    Of a version that cannot be activated it is said what nobody has stated.
    """
    first = series[0]
    console.print(first.version.title.in_language(language), style="bold")
    console.print(first.version.summary.in_language(language))
    _print_blocking(first, console, language)
    for before, after in pairwise(series):
        console.print()
        console.rule(after.version.id)
        said = say_difference(before.version, after.version, language)
        print_difference(said, console, language)
        _print_blocking(after, console, language)


def _print_blocking(loaded: LoadedScheme, console: Console, language: Language) -> None:
    blocking = unknowns_that_block(loaded)
    if blocking:
        console.print(words("commands.replay.blocked", language))
    for unknown in blocking:
        console.print(f"• {unknown.what.in_language(language)}")


def _series_as_data(
    series: Sequence[LoadedScheme], language: Language | None
) -> list[dict[str, Any]]:
    first = series[0]
    found: list[dict[str, Any]] = [
        {"id": first.version.id, "digest": first.digest, "difference": None}
    ]
    for before, after in pairwise(series):
        difference = difference_as_data(before, after, language)
        found.append(
            {"id": after.version.id, "digest": after.digest, "difference": difference["changes"]}
        )
    for each, loaded in zip(found, series, strict=True):
        each["blocked_by"] = [unknown.path for unknown in unknowns_that_block(loaded)]
    return found
