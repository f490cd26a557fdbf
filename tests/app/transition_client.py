"""A process that makes a transition and stops before its commit, so that a test may kill it."""

import sys
import time
from pathlib import Path
from typing import Any

from tests.builders.authorities import deployment
from tongguan.adapters.deployment import open_authority
from tongguan.app import transitions


def stop_before_commit(*_: Any) -> None:
    """Say that everything is written, and stay."""
    print("written", flush=True)
    time.sleep(60)


def main(url: str, directory: str) -> None:
    transitions.note_done = stop_before_commit
    with open_authority(deployment("HK", url, Path(directory)), durability_required=False) as hk:
        transitions.apply_what_holds(hk)


if __name__ == "__main__":
    main(*sys.argv[1:])
