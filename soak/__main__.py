"""``python -m soak``: one run, or the four that a release is soaked with."""

import argparse
import fcntl
import shutil
from pathlib import Path
from typing import Final

from soak.run import CLEAN, run
from soak.settings import Settings, settings_for

DEBIAN_PROGRAMS: Final = "/usr/lib/postgresql/15/bin"
_FULL: Final = (
    ("embedded-1", 1_000_000, 1, None),
    ("embedded-2", 200_000, 2, None),
    ("embedded-3", 200_000, 3, None),
    ("debian-15", 200_000, 4, DEBIAN_PROGRAMS),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--operations", type=int, default=1500, help="how many (1500)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is random (1)")
    parser.add_argument(
        "--directory", type=Path, required=True, help="the run's own; goes on there"
    )
    parser.add_argument("--programs", metavar="DIR", help="run the PostgreSQL of this folder")
    parser.add_argument(
        "--database-url", metavar="URL", help="use a server; {authority} in it names the database"
    )
    parser.add_argument("--full", action="store_true", help="the four runs of `make soak`")
    return parser


def _one(directory: Path, operations: int, seed: int, **server: str | None) -> int:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = settings_for(operations, seed, **server)
    begun = Settings.read(directory)
    if begun is not None and begun != wanted:
        raise SystemExit(f"{directory} holds another run; name another folder")
    with (directory / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"somebody is running in {directory} already") from None
        return run(directory, wanted)


def _full(directory: Path) -> int:
    worst = CLEAN
    for name, operations, seed, programs in _FULL:
        if programs is not None and shutil.which("postgres", path=programs) is None:
            raise SystemExit(f"no PostgreSQL in {programs}: apt-get install postgresql-15")
        worst = max(worst, _one(directory / name, operations, seed, programs=programs))
    return worst


def main() -> None:
    """Run; exit code 0 clean, 1 faulty, 3 stopped."""
    given = _parser().parse_args()
    if given.full:
        raise SystemExit(_full(given.directory))
    server = {"programs": given.programs, "database_url": given.database_url}
    raise SystemExit(_one(given.directory, given.operations, given.seed, **server))


if __name__ == "__main__":
    main()
