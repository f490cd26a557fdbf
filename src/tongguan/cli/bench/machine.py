"""Where a measurement was taken: rates are this machine's, ratios can be told elsewhere."""

import os
import platform
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """The machine and the programs that a figure belongs to."""

    at: datetime
    tongguan: str
    processor: str
    cores: int
    memory_gigabytes: float
    system: str
    python: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings(Machine):
    """The same with the database server and its settings."""

    postgresql: str
    settings: dict[str, str]
    """Of the database server: what durability and memory it ran with."""


_SETTINGS = (
    *("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method"),
    *("shared_buffers", "max_wal_size"),
)


def surroundings(connection: psycopg.Connection) -> Surroundings:
    """What this process and this server run on, now."""
    settings = {}
    for name in _SETTINGS:
        row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
        settings[name] = "" if row is None else str(row[0])
    server = connection.info.server_version
    here = this_machine()
    return Surroundings(
        **{each.name: getattr(here, each.name) for each in fields(here)},
        postgresql=f"{server // 10_000}.{server % 10_000}",
        settings=settings,
    )


def this_machine() -> Machine:
    """What this process runs on, now."""
    return Machine(
        at=datetime.now(UTC).replace(microsecond=0),
        tongguan=version("tongguan"),
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gigabytes=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
    )


def _processor() -> str:
    """The processor's name as the kernel tells it."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
