"""What came of a replay: a row for each version, and what must hold of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tongguan.adapters.words import words
from tongguan.cli.replay.holders import Holder, Plan
from tongguan.cli.replay.living import Turn
from tongguan.cli.replay.running_code import is_unchanged
from tongguan.core.identifiers import VersionId
from tongguan.core.texts import Language

COLUMNS: Final = (
    "applied",
    "granted",
    "booked",
    "out",
    "home",
    "home_later",
    "booked_later",
    "told",
    "refused",
    "stranded",
    "unaccounted",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What became of those who applied under one version."""

    version: VersionId
    number: int
    day: date
    numbers: Mapping[str, int]
    """By column."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayReport:
    """The rows, and whether the program stayed the same from the first version to the last."""

    rows: tuple[Row, ...]
    code_unchanged: bool

    @property
    def total(self) -> Mapping[str, int]:
        """The sum of every column."""
        return {name: sum(row.numbers[name] for row in self.rows) for name in COLUMNS}

    @property
    def holds(self) -> bool:
        """Whether no code changed, nobody was stranded, and everyone is accounted for."""
        total = self.total
        return self.code_unchanged and not total["stranded"] and not total["unaccounted"]


def report_of(turns: Sequence[Turn], holders: Sequence[Holder]) -> ReplayReport:
    """The report on a replay that was lived."""
    rows = tuple(
        Row(
            version=turn.lived.loaded.version.id,
            number=turn.lived.loaded.version.number,
            day=turn.lived.day,
            numbers=_numbers([each for each in holders if each.lived == index]),
        )
        for index, turn in enumerate(turns)
    )
    unchanged = all(is_unchanged(one.code, next_.code) for one, next_ in pairwise(turns))
    return ReplayReport(rows=rows, code_unchanged=unchanged)


def print_report(report: ReplayReport, console: Console, language: Language) -> None:
    """The table, then in one sentence each what must hold."""
    table = Table(title=_say("table", language), title_justify="left")
    table.add_column(_say("columns.version", language))
    for row in report.rows:
        table.add_column(str(row.number), justify="right", no_wrap=True)
    table.add_column(_say("columns.total", language), justify="right", no_wrap=True)
    days = [f"{row.day:%m-%d}" for row in report.rows]
    table.add_row(_say("columns.day", language), *days, "")
    for name in COLUMNS:
        numbers = [f"{row.numbers[name]:,}" for row in report.rows]
        table.add_row(_say(f"columns.{name}", language), *numbers, f"{report.total[name]:,}")
    console.print(table, soft_wrap=False)
    total = report.total
    code = "code_unchanged" if report.code_unchanged else "code_changed"
    console.print(_say(code, language))
    console.print(_say("stranded", language, count=str(total["stranded"])))
    console.print(_say("unaccounted", language, count=str(total["unaccounted"])))


def report_as_data(report: ReplayReport) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "rows": [
            {"version": row.version, "day": row.day.isoformat(), **row.numbers}
            for row in report.rows
        ],
        "total": dict(report.total),
        "code_unchanged": report.code_unchanged,
        "holds": report.holds,
    }


def _numbers(people: Sequence[Holder]) -> Mapping[str, int]:
    return {
        "applied": len(people),
        "granted": sum(each.granted for each in people),
        "booked": sum(each.booked for each in people),
        "out": sum(each.out for each in people),
        "home": sum(each.home for each in people),
        "home_later": sum(each.home and each.plan is Plan.ACROSS for each in people),
        "booked_later": sum(each.booked and each.plan is Plan.LATE for each in people),
        "told": sum(bool(each.told) for each in people),
        "refused": sum(bool(each.refusals) for each in people),
        "stranded": sum(each.stranded for each in people),
        "unaccounted": sum(each.unaccounted for each in people),
    }


def _say(key: str, language: Language, **facts: str) -> str:
    return words(f"commands.replay.{key}", language, **facts)
