"""The order of a short run's strikes: by the operations done, and never held up by one kind."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from soak import disturbance as module
from soak.clients import Calendar, Counts
from soak.disturbance import Disturbance, Strike, struck_in
from soak.services import AuthorityProcess
from soak.settings import settings_for

OPERATIONS = 700
SETTINGS = settings_for(OPERATIONS, 1)
BETWEEN = OPERATIONS / ((SETTINGS.strikes_max or 0) + 1)


class _NoServer:
    pid = None
    is_embedded = False

    def url(self, authority: str) -> str:
        raise psycopg.OperationalError(authority)

    def ensure_running(self) -> None:
        """Nobody's."""


@dataclass(slots=True)
class Struck(Disturbance):
    """With kinds that a test says."""

    given: Sequence[Strike] = ()
    struck_at: list[tuple[str, int]] = field(default_factory=list)

    def kinds(self) -> list[Strike]:
        return list(self.given)


def struck(strikes: Callable[[str, int], bool], **facts: Any) -> Struck:
    """A run struck by three kinds; ``strikes`` says whether one does, the how many-th time."""
    tried: Counter[str] = Counter()

    def kind(name: str) -> Callable[[], Awaitable[bool]]:
        async def strike() -> bool:
            tried[name] += 1
            hits = strikes(name, tried[name])
            if hits:
                run.struck_at.append((name, run.counts.done))
            return hits

        return strike

    run = Struck(
        settings=SETTINGS,
        server=_NoServer(),
        rest=(),
        intakes=(),
        proxy=None,
        authority=AuthorityProcess(Path()),
        counts=Counts(),
        calendar=Calendar(datetime(2021, 12, 8, tzinfo=UTC)),
        given=[Strike(name, 1, kind(name)) for name in ("first", "second", "third")],
        **facts,
    )
    return run


async def struck_while_working(run: Disturbance, steps: Iterable[int]) -> None:
    """Let so many operations be done, one step after another, until nothing is struck any more."""
    striking = asyncio.create_task(run.strike_for_ever())
    for done in steps:
        run.counts.done = done
        await asyncio.sleep(0.002)
    await asyncio.wait_for(striking, 10)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.0)
    monkeypatch.setattr(module, "_AGAIN_SECONDS", 0.0)


def test_order__operations_go_by__strikes_are_spread_over_them() -> None:
    noted: list[int] = []
    run = struck(lambda _name, _time: True)
    run.note = lambda: noted.append(run.strikes)
    asyncio.run(struck_while_working(run, range(0, OPERATIONS + 1, 10)))
    assert [name for name, _ in run.struck_at] == ["first", "second", "third"] * 2
    for number, (_, done) in enumerate(run.struck_at, start=1):
        assert 0 <= done - number * BETWEEN <= BETWEEN
    assert noted == [1, 2, 3, 4, 5, 6]
    assert run.is_over


def test_order__kind_that_never_strikes__is_given_up_and_not_counted() -> None:
    run = struck(lambda name, _time: name != "first")
    asyncio.run(struck_while_working(run, range(0, OPERATIONS + 1, 10)))
    assert run.done.keys() == {"second", "third"}
    assert run.is_over


def test_order__nothing_strikes_and_nothing_is_left_to_do__is_over() -> None:
    run = struck(lambda _name, _time: False)
    asyncio.run(struck_while_working(run, [OPERATIONS]))
    assert run.strikes == 0
    assert run.is_over


def test_order__kind_that_strikes_at_the_third_try__is_tried_again() -> None:
    run = struck(lambda name, time: name != "second" or time >= 3)
    asyncio.run(struck_while_working(run, range(0, OPERATIONS + 1, 10)))
    assert run.done == {"first": 2, "second": 2, "third": 2}


def test_order__run_gone_on_with__goes_on_in_it() -> None:
    run = struck(lambda _name, _time: True, struck_before=4)
    asyncio.run(struck_while_working(run, range(500, OPERATIONS + 1, 10)))
    assert [name for name, _ in run.struck_at] == ["second", "third"]
    assert run.strikes == 6


def test_strike__that_fails__is_told_and_not_counted() -> None:
    def strikes(name: str, _time: int) -> bool:
        if name == "third":
            raise OSError(name)
        return True

    run = struck(strikes)
    asyncio.run(struck_while_working(run, range(0, OPERATIONS + 1, 10)))
    assert run.done == {"first": 2, "second": 2}
    assert set(run.failures) == {"third: OSError"}


def test_struck_in__acts_of_the_authorities__are_none() -> None:
    assert struck_in({"postmaster killed": 2, "authority: step": 9, "intake killed": 1}) == 3
