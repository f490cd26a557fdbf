"""The table of growth: on the terminal, and in a document between two marks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

from tongguan.adapters.words import words
from tongguan.cli.bench.growth import GrowthRow
from tongguan.cli.bench.machine import Surroundings
from tongguan.cli.speech import say, spoken_language
from tongguan.core.texts import Language

BEGIN: Final = "<!-- growth: written by tongguan bench places --growth -->"
END: Final = "<!-- growth: end -->"
_COLUMNS: Final = (
    *("rows", "days", "rate", "whole", "client", "inserting", "deciding", "flush", "waiting"),
    *("log_bytes", "limit"),
)


def growth_table(rows: Sequence[GrowthRow]) -> Table:
    """The table in the language of whoever runs the command."""
    language = spoken_language()
    table = Table(title=say("bench.growth.title"), title_justify="left")
    for name in _titles(language):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*_cells(row, language))
    return table


def has_markers(file: Path) -> bool:
    """Whether the document has a place for the table, once."""
    text = file.read_text(encoding="utf-8")
    return text.count(BEGIN) == text.count(END) == 1 and text.index(BEGIN) < text.index(END)


def write_table(file: Path, rows: Sequence[GrowthRow], surroundings: Surroundings) -> None:
    """Put the table, in English, where the last one stood."""
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = (
        f"| {' | '.join(_titles(Language.EN))} |",
        f"|{'|'.join('---:' for _ in _COLUMNS[1:])}|---|",
        *(f"| {' | '.join(_cells(row, Language.EN))} |" for row in rows),
    )
    content = "\n".join(["", _measured_where(surroundings), "", *lines, ""])
    file.write_text(f"{before}{BEGIN}{content}{END}{after}", encoding="utf-8")


def _titles(language: Language) -> list[str]:
    return [words(f"commands.bench.growth.columns.{name}", language) for name in _COLUMNS]


def _cells(row: GrowthRow, language: Language) -> list[str]:
    return [
        f"{row.rows:,}",
        f"{row.days}",
        f"{1 / row.ledger.whole:,.0f}",
        f"{row.ledger.whole * 1e6:.0f}",
        *(f"{value * 1e6:.0f}" for value in row.parts.values()),
        f"{row.ledger.log_bytes:,.0f}",
        words(f"commands.bench.growth.limits.{row.limit}", language),
    ]


def _measured_where(surroundings: Surroundings) -> str:
    settings = surroundings.settings
    return (
        f"{surroundings.at.date()}, tongguan {surroundings.tongguan}, PostgreSQL"
        f" {surroundings.postgresql} (`shared_buffers` {settings['shared_buffers']}, `max_wal_size`"
        f" {settings['max_wal_size']}), Python {surroundings.python}, {surroundings.cores} cores of"
        f" {surroundings.processor}, {surroundings.memory_gigabytes:.0f} GB, {surroundings.system}."
    )
