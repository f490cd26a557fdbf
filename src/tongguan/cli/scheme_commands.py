"""``tongguan scheme``: check a file, show a version, sign it, activate a phase of it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.schemes import SchemeRecord, scheme_records
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import authority_at
from tongguan.cli.options import (
    DATA_DEFAULT,
    DataOption,
    JsonOption,
    authority_named,
    help_of,
)
from tongguan.cli.problems import ExitCode, clipped, faulty
from tongguan.cli.reading import shown_path
from tongguan.cli.scheme_data import scheme_as_data, text_as_data
from tongguan.cli.scheme_files import checked_scheme, named_scheme, place_of
from tongguan.cli.scheme_view import SchemeView
from tongguan.cli.speech import say, spoken_language
from tongguan.cli.suspension_words import standing_as_data, standing_in_words
from tongguan.cli.version_acts import adopted_scheme
from tongguan.core.scheme.faults import Fault
from tongguan.core.texts import Language

scheme = typer.Typer(help=say("scheme.help"), no_args_is_help=True, rich_markup_mode=None)

SchemeArgument = Annotated[
    str, typer.Argument(metavar="ID|FILE", help=help_of("scheme_id"), show_default=False)
]
LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help=help_of("lang"), show_default=False)
]


@scheme.command("check", help=say("scheme.check.help"))
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("scheme_file"))],
    as_json: JsonOption = False,
) -> None:
    """Say every fault of a scheme file at once; exit 2 when there is one."""
    checked = checked_scheme(file)
    if isinstance(checked, LoadedScheme):
        _say_faultless(checked, as_json=as_json)
        return
    if as_json:
        print_json({"file": str(file), "faults": [fault_as_data(each) for each in checked]})
    else:
        print_faults(file, checked)
    raise typer.Exit(ExitCode.SENDERS_FAULT)


@scheme.command("show", help=say("scheme.show.help"))
def show(
    name: SchemeArgument,
    as_json: JsonOption = False,
    language: LanguageOption = None,
    authority: Annotated[
        str | None,
        typer.Option("--authority", metavar="ID", help=help_of("standing_at"), show_default=False),
    ] = None,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Show a version: claims, assumptions, unknowns; with an authority, how it stands there."""
    if authority is None:
        loaded, standing = named_scheme(name), None
    else:
        loaded, standing = _standing(name, authority, data)
    if as_json:
        shown = scheme_as_data(loaded, language)
        if standing is not None:
            shown["standing"] = standing_as_data(*standing)
        print_json(shown)
        return
    SchemeView(answers(), language or spoken_language()).print_scheme(loaded)
    for line in () if standing is None else standing_in_words(*standing):
        answers().print(line)


def _standing(
    name: str, authority: str, data: Path
) -> tuple[LoadedScheme, tuple[SchemeRecord, datetime]]:
    """The text an authority has adopted under a name, or that of a file, as it stands there now."""
    with authority_at(data, authority_named(authority)) as opened:
        loaded = adopted_scheme(opened, name)
        records = scheme_records(opened.authority)
        now = opened.clock.now()
    record = next((each for each in records if each.digest == loaded.digest), None)
    if record is None:
        raise faulty(loaded.version.id, "not_adopted")
    return loaded, (record, now)


def _say_faultless(loaded: LoadedScheme, *, as_json: bool) -> None:
    if as_json:
        version = loaded.version.id
        print_json({"version": version, "digest": loaded.digest, "faults": []})
        return
    answers().print(say("scheme.check.faultless", version=loaded.version.id, digest=loaded.digest))


def print_faults(file: Path, faults: tuple[Fault, ...]) -> None:
    """Say every fault: where it stands, what it is, what to write."""
    console, language = answers(), spoken_language()
    for fault in faults:
        console.print(place_of(file, fault), style="bold")
        console.print(f"  {clipped(fault.message.in_language(language))} ({fault.code.value})")
        console.print(f"  → {clipped(fault.remedy.in_language(language))}")
    console.print(say("scheme.check.count", count=len(faults), file=shown_path(file)))


def fault_as_data(fault: Fault) -> dict[str, object]:
    """A fault as JSON."""
    return {
        "code": fault.code.value,
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "message": text_as_data(fault.message),
        "remedy": text_as_data(fault.remedy),
    }
