"""Bodies: in parts or whole, and one timer for all refuses each who is late, and nobody else."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tongguan.adapters.problems import ProblemCode
from tongguan.intake import bodies
from tongguan.intake.bodies import BODY_BYTES_MAX, Bodies, Receive
from tongguan.intake.requests import UnreadableError

SECONDS = 0.1


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS_MAX", SECONDS)


def sends(*parts: bytes, after: Sequence[float] = ()) -> Receive:
    """A client that sends these parts, each after so many seconds."""
    left = [*parts]
    waits = [*after]

    async def receive() -> Mapping[str, Any]:
        if waits:
            await asyncio.sleep(waits.pop(0))
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


NEVER = sends(b"", after=[60])


async def told(reader: Bodies, receive: Receive) -> bytes | ProblemCode:
    try:
        return await reader.read(receive)
    except UnreadableError as error:
        return error.code


def test_body__in_parts__is_put_together() -> None:
    assert asyncio.run(told(Bodies(), sends(b"a", b"", b"bc"))) == b"abc"


def test_body__of_a_client_that_is_gone__is_what_has_come() -> None:
    async def receive() -> Mapping[str, Any]:
        return {"type": "http.disconnect"}

    assert asyncio.run(told(Bodies(), receive)) == b""


def test_body__too_large__is_read_no_further() -> None:
    part = b" " * BODY_BYTES_MAX
    receive = sends(part, part, part)
    assert asyncio.run(told(Bodies(), receive)) is ProblemCode.BODY_TOO_LARGE
    assert asyncio.run(told(Bodies(), sends(part))) == part


def test_bodies__each_has_its_own_time__whoever_began_before() -> None:
    async def run() -> tuple[list[bytes | ProblemCode], list[float]]:
        reader, loop = Bodies(), asyncio.get_running_loop()
        ended: list[float] = []

        async def one(begins: float, receive: Receive) -> bytes | ProblemCode:
            await asyncio.sleep(begins)
            started = loop.time()
            found = await told(reader, receive)
            ended.append(loop.time() - started)
            return found

        clients = (
            one(0, sends(b"", after=[60])),
            one(0, sends(b"a", b"b", after=[0.6 * SECONDS, 60])),
            one(0.5 * SECONDS, sends(b"late", after=[0.7 * SECONDS])),
            one(0.7 * SECONDS, sends(b"", after=[60])),
            one(0, sends(b"whole")),
            one(3 * SECONDS, sends(b"", after=[60])),
        )
        return list(await asyncio.gather(*clients)), ended

    found, ended = asyncio.run(run())
    never = ProblemCode.BODY_NOT_JSON
    assert found == [never, never, b"late", never, b"whole", never]
    assert all(each >= 0.95 * SECONDS for each in ended[-1:])
    assert max(ended) < 20 * SECONDS


def test_body__whose_task_is_cancelled_by_another__is_no_late_one() -> None:
    async def run() -> None:
        reader = Bodies()
        reading = asyncio.ensure_future(reader.read(NEVER))
        await asyncio.sleep(SECONDS / 10)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.sleep(2 * SECONDS)
        assert await told(reader, sends(b"next")) == b"next"

    asyncio.run(run())


def test_body__late__leaves_its_task_free_to_wait_again() -> None:
    async def run() -> bytes | ProblemCode:
        reader = Bodies()
        assert await told(reader, sends(b"", after=[60])) is ProblemCode.BODY_NOT_JSON
        await asyncio.sleep(0)
        return await told(reader, sends(b"next", after=[SECONDS / 10]))

    assert asyncio.run(run()) == b"next"
