"""``tongguan places``: whether the ledger's records agree, and putting right what can be."""

import getpass
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.app.authorities import Authority
from tongguan.app.places_check import Checked, LedgerChangedError, check_places, repair_places
from tongguan.app.places_check_port import Difference
from tongguan.cli.console import answers, remarks
from tongguan.cli.deployments import authority_at
from tongguan.cli.options import AuthorityOption, DataOption, JsonOption, authority_named, help_of
from tongguan.cli.places_words import difference_as_data, difference_in_words
from tongguan.cli.problems import ExitCode, faulty
from tongguan.cli.speech import say

places = typer.Typer(help=say("places.help"), no_args_is_help=True, rich_markup_mode=None)
_DATA: Final = Path(".data")

RepairOption = Annotated[bool, typer.Option("--repair", help=help_of("places_repair"))]
YesOption = Annotated[bool, typer.Option("--yes", help=help_of("places_yes"))]


@places.command("verify", help=say("places.verify.help"))
def verify(
    *,
    name: AuthorityOption,
    repair: RepairOption = False,
    yes: YesOption = False,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Count all windows anew and compare every record of places; exit 1 where they differ."""
    if yes and not repair:
        raise faulty("--yes", "yes_without_repair")
    if repair and not yes and (as_json or not sys.stdin.isatty()):
        raise faulty("--repair", "repair_unconfirmed")
    report = _JsonReport() if as_json else _Report()
    with authority_at(data, authority_named(name)) as opened:
        report.begin(opened.authority)
        checked = _checked(opened.authority, report)
        if (
            repair
            and checked.counts
            and _wished(checked, yes=yes, as_json=as_json)
            and _repaired(opened.authority, checked, report)
        ):
            checked = _checked(opened.authority, report)
        report.end()
    if checked.counts:
        raise typer.Exit(ExitCode.REFUSED)


@dataclass(slots=True)
class _Report:
    """What was found and done, in words."""

    def begin(self, authority: Authority) -> None:
        """Before the first check."""

    def begin_check(self) -> None:
        """Before the first difference of a check."""

    def tell(self, difference: Difference) -> None:
        """One difference, as it is found."""
        for line in difference_in_words(difference):
            answers().print(line)

    def end_check(self, checked: Checked, seconds: float) -> None:
        """What was looked at, and how many differences there are."""
        key = "found" if checked.counts else "clean"
        extent = checked.extent
        answers().print(
            say(
                f"places.verify.{key}",
                count=sum(checked.counts.values()),
                repairable=checked.repairable,
                windows=extent.windows,
                journeys=extent.journeys,
                places=extent.places,
                seconds=f"{seconds:.1f}",
            )
        )

    def repaired(self, count: int) -> None:
        """How many differences were put right."""
        answers().print(say("places.verify.repaired", count=count))

    def end(self) -> None:
        """After everything."""


@dataclass(slots=True)
class _JsonReport(_Report):
    """The same as one JSON document, written as it comes: nothing is kept."""

    _separators: dict[str, str] = field(default_factory=dict)
    _repaired: int = 0

    def begin(self, authority: Authority) -> None:
        sys.stdout.write(f'{{"authority": {json.dumps(authority.id)}, "checks": [')

    def begin_check(self) -> None:
        self._separators["difference"] = ""
        sys.stdout.write(self._separated("check") + '{"differences": [')

    def tell(self, difference: Difference) -> None:
        written = json.dumps(difference_as_data(difference), ensure_ascii=False)
        sys.stdout.write(self._separated("difference") + written)

    def end_check(self, checked: Checked, seconds: float) -> None:
        rest = {
            "counts": {kind.value: count for kind, count in sorted(checked.counts.items())},
            "repairable": checked.repairable,
            "windows": checked.extent.windows,
            "journeys": checked.extent.journeys,
            "places": checked.extent.places,
            "seconds": round(seconds, 3),
        }
        sys.stdout.write("], " + json.dumps(rest)[1:])

    def repaired(self, count: int) -> None:
        self._repaired = count

    def end(self) -> None:
        sys.stdout.write(f'], "repaired": {self._repaired}}}\n')

    def _separated(self, what: str) -> str:
        separator, self._separators[what] = self._separators.get(what, ""), ", "
        return separator


def _checked(authority: Authority, report: _Report) -> Checked:
    began = time.monotonic()
    report.begin_check()
    checked = check_places(authority, report.tell)
    report.end_check(checked, time.monotonic() - began)
    return checked


def _wished(checked: Checked, *, yes: bool, as_json: bool) -> bool:
    """Whether there is something to put right, and whoever runs it wants that."""
    if checked.repairable == 0:
        if not as_json:
            answers().print(say("places.verify.nothing_to_repair"))
        return False
    return yes or typer.confirm(say("places.verify.ask", count=checked.repairable), err=True)


def _repaired(authority: Authority, checked: Checked, report: _Report) -> bool:
    """Whether what was shown was put right; it is not where the ledger has changed since."""
    nobody: Callable[[Difference], None] = lambda _: None  # noqa: E731 - it was told before
    officer = f"cli {getpass.getuser()}"
    try:
        report.repaired(repair_places(authority, checked.shown, officer=officer, told=nobody))
    except LedgerChangedError:
        remarks().print(say("places.verify.changed"), style="red")
        return False
    return True
