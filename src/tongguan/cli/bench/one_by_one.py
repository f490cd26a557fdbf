"""The classic way: one booking a transaction, which locks the row of every window it counts in.

pgbench asks, a program in C with prepared statements, so that no client of ours slows it down.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import parse_qs, urlsplit

import psycopg

from tongguan.adapters.cluster.binaries import find_client_program
from tongguan.cli import bench
from tongguan.cli.bench.requests import (
    CATEGORY,
    CONTROL_POINT,
    DIRECTION,
    FIRST_DAY,
    LIVE_UNTIL,
    NOW,
    PHASE,
    SLOT,
    VERSION,
    asked_on,
    week_of,
)
from tongguan.core.identifiers import SchemeId
from tongguan.core.quota.windows import Window

SCHEME: Final = SchemeId("one-by-one")
CLIENTS: Final = 8
_THREADS: Final = 2
_RATE: Final = re.compile(r"^tps = ([0-9.]+) ", re.MULTILINE)
_DONE: Final = re.compile(r"^number of transactions actually processed: ([0-9]+)\b", re.MULTILINE)


class PgbenchError(RuntimeError):
    """pgbench ended badly, or a booking of its was refused: its rate would be worth nothing."""


def one_by_one(url: str, *, seconds: int) -> tuple[float, int]:
    """Bookings a second of eight clients on one hot day, and how many there were."""
    with psycopg.connect(url) as connection:
        numbers = _open_windows(connection)
    with tempfile.TemporaryDirectory(prefix="tongguan-bench-") as directory:
        script = Path(directory) / "one_by_one.sql"
        script.write_text(_script(numbers), encoding="utf-8")
        said = _pgbench(url, script, seconds)
    rate, done = _RATE.search(said), _DONE.search(said)
    if rate is None or done is None:
        raise PgbenchError(said.strip()[-500:])
    return float(rate[1]), int(done[1])


def _pgbench(url: str, script: Path, seconds: int) -> str:
    # The password goes through the environment: a command line is open to everyone's eyes.
    address = urlsplit(url)
    query = parse_qs(address.query)
    environment = {
        **os.environ,
        "PGHOST": query["host"][0],
        "PGPORT": query["port"][0],
        "PGUSER": address.username or "",
        "PGPASSWORD": address.password or "",
        "PGDATABASE": address.path.lstrip("/"),
    }
    finished = subprocess.run(
        [
            str(find_client_program("pgbench")),
            *("--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", f"--jobs={_THREADS}"),
            *(f"--time={seconds}", f"--file={script}", "--define=n=0"),
        ],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise PgbenchError(finished.stderr.strip()[-500:])
    return finished.stdout


def _windows() -> list[Window]:
    """In the order in which they are locked."""
    return sorted(window for window, _ in asked_on(FIRST_DAY, scheme=SCHEME).windows)


def _open_windows(connection: psycopg.Connection) -> list[int]:
    """What journeys call them."""
    numbers = []
    for window in _windows():
        row = connection.execute(
            """
            INSERT INTO tongguan.quota_window
                (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, reckoned_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            RETURNING number
            """,
            (
                *(window.scheme, window.cell_week, window.quota, window.starts),
                *(_dimensions(window), window.days, window.limit, NOW),
            ),
        ).fetchone()
        assert row is not None  # noqa: S101 - a row that was inserted is returned
        numbers.append(int(row[0]))
    return numbers


def _dimensions(window: Window) -> list[str]:
    return [f"{name}={value}" for name, value in window.dimensions]


def _script(numbers: Sequence[int]) -> str:
    """One transaction for pgbench."""
    window_script, script = (
        Template(resources.files(bench).joinpath(name).read_text(encoding="utf-8"))
        for name in ("one_by_one_window.sql", "one_by_one.sql")
    )
    windows = [
        {
            "scheme": window.scheme,
            "week": str(window.cell_week),
            "quota": window.quota,
            "starts": str(window.starts),
            "dimensions": "{" + ",".join(_dimensions(window)) + "}",
            "number": str(number),
        }
        for number, window in enumerate(_windows())
    ]
    return script.substitute(
        counted="".join(window_script.substitute(each) for each in windows).strip(),
        windows="{" + ",".join(map(str, numbers)) + "}",
        window_persons="{" + ",".join("1" for _ in numbers) + "}",
        scheme=SCHEME,
        week=week_of(FIRST_DAY),
        day=FIRST_DAY,
        direction=DIRECTION,
        category=CATEGORY,
        control_point=CONTROL_POINT,
        slot=SLOT,
        phase=PHASE,
        version=VERSION,
        now=NOW,
        live_until=LIVE_UNTIL,
    )
