"""What a run leaves behind: one file that says what was done, what was struck, what was found."""

import json
import platform
import subprocess
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from soak.checker import Verdict
from soak.clients import Counts
from soak.journal import digest_of_journals
from soak.settings import Settings, write_durably

EVIDENCE = "evidence.json"
_SESSION = "session-{:03d}.json"
_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")


def next_session(directory: Path) -> Path:
    """The file of a session that begins: a run that was stopped has several."""
    return directory / _SESSION.format(len(_sessions(directory)))


def struck_before(directory: Path) -> Counter[str]:
    """What earlier sessions of the run did to it, by kind."""
    struck: Counter[str] = Counter()
    for each in _sessions(directory):
        struck.update(json.loads(each.read_text())["struck"])
    return struck


def write_evidence(
    directory: Path, settings: Settings, counts: Counts, verdict: Verdict, database_url: str
) -> Path:
    """Write the evidence of a run that is over; where it stands."""
    sessions = [json.loads(each.read_text()) for each in _sessions(directory)]
    struck = struck_before(directory)
    evidence = {
        "verdict": "clean" if verdict.is_clean else "faulty",
        "operations": settings.operations,
        "seed": settings.seed,
        "code": _code(),
        "server": _server(database_url),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(sum(each["seconds"] for each in sessions)),
        "sessions": sessions,
        "operations_by_kind": _sorted(counts.operations),
        "answers": _sorted(counts.answers),
        "unanswered": _sorted(counts.lost),
        "problems": counts.problems,
        "struck": _sorted(struck),
        "checker": asdict(verdict),
        "journals_sha256": digest_of_journals(directory, settings.clients),
        "settings": _public(settings),
    }
    path = directory / EVIDENCE
    write_durably(path, json.dumps(evidence, indent=2) + "\n")
    return path


def _sessions(directory: Path) -> list[Path]:
    return sorted(directory.glob(_SESSION.replace("{:03d}", "*")))


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _public(settings: Settings) -> dict[str, Any]:
    """Without a server's address, which may hold a password, and without this machine's paths."""
    return {
        name: each
        for name, each in asdict(settings).items()
        if name not in {"database_url", "programs"}
    }


def _code() -> str:
    """The commit that ran, and whether anything else was in the tree."""
    root = Path(__file__).resolve().parent.parent
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", "src", "soak")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with changes" if changed else commit


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _server(database_url: str) -> dict[str, str]:
    with psycopg.connect(database_url) as connection:
        found = {"version": "SHOW server_version"} | {each: f"SHOW {each}" for each in _SETTINGS}
        rows = {name: connection.execute(each.encode()).fetchone() for name, each in found.items()}
    return {name: str(row[0]) for name, row in rows.items() if row}
