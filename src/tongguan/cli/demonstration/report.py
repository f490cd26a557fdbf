"""What came of the demonstration: per day, per quota, per reason, and what must never be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table

from tongguan.adapters.words import fill, places, text
from tongguan.app.ledger_port import WindowCount
from tongguan.cli.speech import say, spoken_language
from tongguan.core.identifiers import QuotaId
from tongguan.core.reasons import ReasonCode
from tongguan.core.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class DayReport:
    """One day; every number counts persons, or decisions on one person."""

    day: date
    asked: int
    """Who wanted to leave on this day."""
    booked: int
    """Who holds a place out on it at the end."""
    crossed_out: int
    crossed_home: int
    referred: int
    denied: int
    denied_by: Mapping[ReasonCode, int]
    """A denial counts under each of its reasons."""
    left: int | None
    """Places out that nobody took; ``None`` when the scheme has no quota for a whole day."""

    @property
    def crossed(self) -> int:
        """Both ways."""
        return self.crossed_out + self.crossed_home


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaReport:
    """One quota, and the days on which it refused somebody a place."""

    id: QuotaId
    name: Text
    per: str
    limit: int | None
    whole_day: bool
    """Whether it counts everyone who leaves on a day."""
    days_bound: tuple[date, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The whole demonstration."""

    version: str
    digest: str
    applicants: int
    parties: int
    seed: int
    days: tuple[DayReport, ...]
    quotas: tuple[QuotaReport, ...]
    reasons: Mapping[ReasonCode, int]
    """Given by gates, over all days and the rehearsal."""
    windows_exceeded: tuple[WindowCount, ...]
    stranded: int
    passes_used_twice: int
    journeys_doubled: int
    acknowledged: int
    """Applications, journeys, health codes and crossings that a service answered as done."""
    lost: int
    """Of them, those that are in no database at the end."""
    asked_again: int
    fsync: bool
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether everything held that must always hold."""
        never = (self.stranded, self.passes_used_twice, self.journeys_doubled, self.lost)
        return not self.windows_exceeded and not any(never)


def report_as_data(report: Report) -> dict[str, Any]:
    """The report for ``--json``."""
    return {
        "version": report.version,
        "digest": report.digest,
        "applicants": report.applicants,
        "parties": report.parties,
        "seed": report.seed,
        "days": [_day_as_data(each) for each in report.days],
        "quotas": [
            {
                "id": each.id,
                "per": each.per,
                "limit": each.limit,
                "days_bound": [day.isoformat() for day in each.days_bound],
            }
            for each in report.quotas
        ],
        "reasons": _by_code(report.reasons),
        "windows_exceeded": len(report.windows_exceeded),
        "stranded": report.stranded,
        "passes_used_twice": report.passes_used_twice,
        "journeys_doubled": report.journeys_doubled,
        "acknowledged": report.acknowledged,
        "lost": report.lost,
        "asked_again": report.asked_again,
        "fsync": report.fsync,
        "seconds": round(report.seconds, 1),
    }


def print_report(report: Report, console: Console) -> None:
    """The tables and sentences for people."""
    console.print(_days_table(report), soft_wrap=False)
    console.print(_quotas_table(report), soft_wrap=False)
    console.print(_reasons_table(report), soft_wrap=False)
    exceeded = len(report.windows_exceeded)
    for key, number in (
        ("stranded", report.stranded),
        ("windows_exceeded", exceeded),
        ("passes_used_twice", report.passes_used_twice),
        ("journeys_doubled", report.journeys_doubled),
        ("lost", report.lost),
    ):
        style = "bold red" if number else "bold green"
        console.print(f"{say(f'demo.{key}')}: {number}", style=style)
    console.print(
        say(
            "demo.closing",
            people=report.applicants,
            parties=report.parties,
            seconds=f"{report.seconds:.0f}",
            again=report.asked_again,
            fsync="on" if report.fsync else "off",
        )
    )


def _day_as_data(day: DayReport) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "asked": day.asked,
        "booked": day.booked,
        "crossed": day.crossed,
        "crossed_out": day.crossed_out,
        "crossed_home": day.crossed_home,
        "referred": day.referred,
        "denied": day.denied,
        "denied_by_reason": _by_code(day.denied_by),
        "left": day.left,
    }


def _by_code(counts: Mapping[ReasonCode, int]) -> dict[str, int]:
    return {code.value: counts[code] for code in sorted(counts)}


def _days_table(report: Report) -> Table:
    columns = ("day", "asked", "booked", "out", "home", "referred", "denied", "left")
    table = Table(title=say("demo.days"), title_justify="left")
    for column in columns:
        # Where the screen is narrow the headings give way, and never the days.
        wide = len("2021-12-13") if column == "day" else None
        table.add_column(say(f"demo.columns.{column}"), justify="right", min_width=wide)
    for each in report.days:
        numbers = (
            each.asked,
            each.booked,
            each.crossed_out,
            each.crossed_home,
            each.referred,
            each.denied,
            "–" if each.left is None else each.left,
        )
        table.add_row(each.day.isoformat(), *map(str, numbers))
    return table


def _quotas_table(report: Report) -> Table:
    table = Table(title=say("demo.quotas"), title_justify="left")
    for column in ("quota", "limit", "days_bound"):
        table.add_column(say(f"demo.columns.{column}"), overflow="fold")
    for each in report.quotas:
        days = ", ".join(f"{day:%m-%d}" for day in each.days_bound) or "–"
        name = each.name.in_language(spoken_language())
        table.add_row(f"{name} ({each.id})", f"{each.limit}/{each.per}", days)
    return table


def _title(code: ReasonCode) -> str:
    """The words of a reason, an ellipsis for each fact of a single case."""
    template = text(f"reasons.{code.value}.title")
    blanks = dict.fromkeys(places(template.en), "…")
    return fill(template, spoken_language(), **blanks)


def _reasons_table(report: Report) -> Table:
    denied: Counter[ReasonCode] = Counter()
    for each in report.days:
        denied.update(each.denied_by)
    table = Table(title=say("demo.reasons"), title_justify="left")
    table.add_column(say("demo.columns.reason"), overflow="fold")
    table.add_column(say("demo.columns.given"), justify="right")
    table.add_column(say("demo.columns.denied"), justify="right")
    for code, count in sorted(report.reasons.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(f"{code.value}: {_title(code)}", str(count), str(denied[code] or "–"))
    return table
