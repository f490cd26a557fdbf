"""A process that takes back what a source said, three at a time, and stops in its second step."""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.builders.authorities import deployment
from tongguan.adapters.deployment import open_authority
from tongguan.app.evidence import taking_back
from tongguan.core.evidence.sources import Unsound
from tongguan.core.identifiers import EvidenceSourceId

_BEGUN_AND_ONE_STEP = 2
noted: list[str] = []


def stop_in_the_second_step(*outcome: Any) -> None:
    """Say that everything of it is written, and stay, before its commit."""
    noted.append(outcome[-1])
    if len(noted) > _BEGUN_AND_ONE_STEP:
        print("written", flush=True)
        time.sleep(60)


def main(url: str, directory: str, source: str, since: str) -> None:
    taking_back.STEP_EVIDENCE_MAX = 3  # type: ignore[misc]
    taking_back._note = stop_in_the_second_step
    with open_authority(deployment("HK", url, Path(directory)), durability_required=False) as hk:
        taking_back.take_back(
            hk,
            EvidenceSourceId(source),
            since=datetime.fromisoformat(since),
            because=Unsound.KEY_LOST,
            by="console",
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
