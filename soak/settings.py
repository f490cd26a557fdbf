"""What a run is, kept in its directory so that a stopped run goes on as the same run."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

RUN_FILE = "run.json"
CROSSINGS_PER_WEEK_MAX = 2
_LONG, _LONGEST = 50_000, 500_000
"""From so many operations on a run is a long one: more people, more services, bigger days."""
_STRIKES = 6
"""Of the shortest run: the first kinds of the order, the others take longer ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """One run; everything random follows from the seed, the client and the operation's number."""

    operations: int
    seed: int
    clients: int
    applications_per_client: int
    operations_per_day: int
    """How many operations go by until the domain clock has been stepped by a day."""
    places_per_day: int
    """The limit of each direction and day in the first text; the others follow from it."""
    rest_services: int
    intakes: int
    disturbance_seconds: float
    """Between two strikes at random, in the mean."""
    sample_seconds: float
    """Between two counts of the rows while the clients work."""
    strikes_max: int | None
    """So many, in a stated order, as the operations go by; ``None``: at random, until the end."""
    strikes_min: int
    """The run is not over before, however soon its operations are, unless all was tried."""
    operations_per_change: int
    """Between two texts that raise or cut, in the mean; as many suspensions."""
    programs: str | None = None
    """The folder of another PostgreSQL's programs; ``None`` is the one that comes along."""
    database_url: str | None = None
    """A server that somebody else runs: its databases are used and it is not killed."""

    def write(self, directory: Path) -> None:
        """Keep the settings in the run's directory."""
        write_durably(directory / RUN_FILE, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, directory: Path) -> Self | None:
        """The settings of a run that was begun; ``None`` in a new directory."""
        path = directory / RUN_FILE
        return cls(**json.loads(path.read_text())) if path.exists() else None


def settings_for(operations: int, seed: int, **server: Any) -> Settings:
    """The settings of a run of so many operations."""
    long = operations >= _LONG
    operations_per_day = 4000 if long else max(100, operations // 6)
    return Settings(
        operations=operations,
        seed=seed,
        clients=32,
        applications_per_client=48 if long else 4,
        operations_per_day=operations_per_day,
        places_per_day=max(8, operations_per_day // 25),
        rest_services=2 if long else 1,
        # Two intakes form smaller groups: the longest run has one, those beside it have two.
        intakes=2 if _LONG <= operations < _LONGEST else 1,
        disturbance_seconds=12.0,
        sample_seconds=30.0 if long else 3.0,
        strikes_max=None if long else max(_STRIKES, operations // 1000),
        strikes_min=0 if long else 4,
        operations_per_change=8000 if long else max(200, operations // 4),
        **server,
    )


def limits_of(places_per_day: int) -> dict[str, int]:
    """The limit of each quota where so many people may cross on a day, each way."""
    return {
        "all-day": places_per_day,
        "port-day": max(4, places_per_day * 7 // 10),
        "slot": max(4, places_per_day * 3 // 10),
        "business-week": max(4, places_per_day * 4),
        "family-day": max(2, places_per_day * 15 // 100),
        "person-week": CROSSINGS_PER_WEEK_MAX,
    }


def write_durably(path: Path, text: str) -> None:
    """A private file that is complete or absent at every moment."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
