"""The authorities of a run in a process of their own: they step the clock, raise, cut, suspend.

    python -m soak.authority DIRECTORY

Reads an order a line from standard input and answers each with a line. What text is about to be
signed is written down before, with its limits, so that a new process goes on where this one was
killed.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from soak.journal import append_durably, read_lines
from soak.settings import Settings, limits_of
from soak.stage import Stage, opened_stage
from soak.texts import PHASE, canonical, first_text, later_text
from tongguan.app.acts import (
    OrderRefusedError,
    SuspensionOrder,
    activate_phase,
    resume_phase,
    sign_version,
    suspend_phase,
)
from tongguan.app.schemes import adopt_version
from tongguan.cli.pair import until_answered
from tongguan.core.identifiers import VersionDigest
from tongguan.core.scheme.canonical import digest_of
from tongguan.core.scheme.model import Version
from tongguan.core.texts import Text

TEXTS = "texts.jsonl"
ADDRESSES = "addresses.json"
_WHY = Text(zh_hant="口岸臨時停電。", zh_hans="口岸临时停电。", en="The power failed.")


@dataclass(slots=True)
class Authorities:
    """Carries out one order after another; each may be carried out again."""

    stage: Stage
    directory: Path
    version: Version

    def step(self, seconds: float) -> str:
        """Step the domain clock forward."""
        self.stage.step(timedelta(seconds=seconds))
        return "stepped"

    def change(self, limits: dict[str, int], remedy: str) -> str:
        """Sign and activate a text with other limits."""
        line = {"number": self.version.number + 1, "limits": limits, "remedy": remedy}
        append_durably(self.directory / TEXTS, line | {"begun": True})
        self.version = later_text(self.version, limits, remedy)
        self._activate(line)
        return "changed"

    def suspend(self, by: str) -> str:
        """Suspend by either authority; the other hears of it at once."""
        until_answered(
            lambda: suspend_phase(self._named(by), self._digest, PHASE, SuspensionOrder(why=_WHY))
        )
        until_answered(self.stage.send_acts)
        return "suspended"

    def resume(self) -> str:
        """Lift whatever stands, of either."""
        until_answered(lambda: self.step(60))
        for name in ("HK", "GD"):
            try:
                until_answered(lambda: resume_phase(self._named(name), self._digest, PHASE))  # noqa: B023 - called at once
            except OrderRefusedError:
                continue
        until_answered(self.stage.send_acts)
        return "resumed"

    def go_on(self) -> None:
        """Finish the text that was begun last, and leave no suspension behind."""
        lines = read_lines(self.directory / TEXTS)
        begun = [each for each in lines if "begun" in each]
        done = {each["number"] for each in lines if "done" in each}
        for each in begun:
            if each["number"] <= self.version.number:
                continue
            self.version = later_text(self.version, each["limits"], each["remedy"])
            if each["number"] not in done:
                self._activate({name: each[name] for name in ("number", "limits", "remedy")})
        self.resume()

    @property
    def _digest(self) -> VersionDigest:
        return digest_of(canonical(self.version))

    def _named(self, authority: str) -> Any:
        return self.stage.hong_kong if authority == "HK" else self.stage.guangdong

    def _activate(self, line: dict[str, Any]) -> None:
        text = canonical(self.version)
        for name in ("HK", "GD"):
            until_answered(lambda: adopt_version(self._named(name), text))  # noqa: B023 - called at once
            until_answered(lambda: sign_version(self._named(name), self._digest))  # noqa: B023 - called at once
        until_answered(self.stage.send_acts)
        until_answered(lambda: self.step(60))
        activation = until_answered(
            lambda: activate_phase(self.stage.hong_kong, self._digest, PHASE)
        )
        obstacles = [each.what.en for each in activation.obstacles]
        until_answered(self.stage.send_acts)
        append_durably(self.directory / TEXTS, line | {"done": True, "obstacles": obstacles})


def _serve(authorities: Authorities) -> None:
    orders: dict[str, Callable[..., str]] = {
        "step": authorities.step,
        "change": authorities.change,
        "suspend": authorities.suspend,
        "resume": authorities.resume,
    }
    for line in sys.stdin:
        order = json.loads(line)
        started = time.monotonic()
        done = until_answered(lambda: orders[order.pop("order")](**order))  # noqa: B023 - called at once
        _say({"done": done, "seconds": round(time.monotonic() - started, 3)})


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


def main() -> None:
    """Open both authorities, finish what was begun, then do as told."""
    directory = Path(sys.argv[1])
    settings = Settings.read(directory)
    if settings is None:
        raise SystemExit("there is no run in this directory")
    urls = json.loads((directory / ADDRESSES).read_text())
    with opened_stage(directory, urls) as stage:
        first = first_text(limits_of(settings.places_per_day))
        authorities = Authorities(stage=stage, directory=directory, version=first)
        authorities.go_on()
        _say({"done": "ready"})
        _serve(authorities)


if __name__ == "__main__":
    main()
