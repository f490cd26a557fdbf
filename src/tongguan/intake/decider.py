"""A process of its own that decides, so that reading and deciding do not wait for each other.

One interpreter does one thing at a time. What goes between the two is small beside either's work:
for each request two ids and a number, for each answer its bytes.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import pickle
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing.context import SpawnProcess
from typing import Any, Final

from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.adapters.problems import ProblemCode
from tongguan.app.authorities import Authority
from tongguan.app.journeys import book_journeys
from tongguan.core.booking.rules import LegWanted
from tongguan.core.credentials.ticket import Ticket
from tongguan.intake.deciding import Asked, Deciding, accept_language, alike
from tongguan.intake.groups import Lane
from tongguan.intake.requests import KINDS_MAX, Wish
from tongguan.intake.responses import UNAVAILABLE_SECONDS, Response, body_message, retry_after
from tongguan.intake.turns import Turns

log = logging.getLogger("tongguan.intake")

LANES: Final = 2
"""Groups on their way at once: one is made ready while another takes its places."""
Opened = Callable[[], AbstractContextManager[Authority]]
"""Opens the authority in the process that decides; it has to be found by its name there."""
_BEGIN_SECONDS_MAX: Final = 60.0
_END_SECONDS_MAX: Final = 20.0
_READY: Final = b"ready"
_LENGTH_BYTES: Final = 4
"""What goes before each message: how long it is."""
_READ_BYTES: Final = 1 << 18
_SWITCH_SECONDS: Final = 0.0005
"""How long one lane may keep the other waiting that has just heard from the database."""


class DeciderError(DatabaseUnavailable):
    """The process that decides did not begin, or is gone; it needs nothing but the database."""


class Decider:
    """Has groups decided by another process; begins it again where it was killed."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._process: SpawnProcess | None = None
        self._lanes: list[socket.socket] = []
        self._asked: set[socket.socket] = set()
        """Lanes that somebody waits in."""
        self._beginning: asyncio.Lock = asyncio.Lock()

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Each decides one group at a time, for one event loop."""
        return tuple(partial(self._responses, lane) for lane in range(LANES))

    @property
    def process_id(self) -> int | None:
        """Of the process that decides, while there is one."""
        return None if self._process is None else self._process.pid

    def begin(self) -> None:
        """Return when groups can be decided; ``DeciderError`` where they never will."""
        pipes = [socket.socketpair() for _ in range(LANES)]
        self._lanes = [ours for ours, _ in pipes]
        self._process = multiprocessing.get_context("spawn").Process(
            target=_decide_until_the_end,
            args=([theirs for _, theirs in pipes], self._opened),
            name="decider",
        )
        self._process.start()
        for _, theirs in pipes:
            theirs.close()
        if not all(map(_is_ready, self._lanes)):
            self.end()
            raise DeciderError("the process that decides bookings did not begin")

    def end(self) -> None:
        """Let the process end, which it does when nobody can ask it any more."""
        for each in self._lanes:
            each.close()
        if self._process is not None:
            self._process.join(_END_SECONDS_MAX)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
        self._lanes, self._process = [], None

    async def _responses(self, number: int, group: Sequence[Asked]) -> Sequence[Response]:
        """An answer for each, in the order of arrival; whatever happens, one is given."""
        try:
            lane = await self._lane(number)
            self._asked.add(lane)
            try:
                return _responses(await _answer(lane, _request(group)))
            except (EOFError, OSError) as error:
                self._gone(lane)
                raise DeciderError("the process that decides bookings is gone") from error
            finally:
                self._asked.discard(lane)
        except DeciderError as error:
            # What was kept of the group is not known; whoever asks again finds out.
            log.warning("%s", error)
            return alike(group, ProblemCode.UNAVAILABLE, retry_after(UNAVAILABLE_SECONDS))

    async def _lane(self, number: int) -> socket.socket:
        async with self._beginning:
            if self._process is None:
                await asyncio.to_thread(self.begin)
            return self._lanes[number]

    def _gone(self, lane: socket.socket) -> None:
        """Clear away the process that this was a lane to; another may have begun since.

        Whoever waits in the other lane hears that it is gone, and closes that lane then.
        """
        if lane in self._lanes and self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            for each in self._lanes:
                if each not in self._asked:
                    each.close()
            self._lanes, self._process = [], None
        lane.close()


def _is_ready(lane: socket.socket) -> bool:
    """Wait for the other process to say so; from then on nobody waits for it here."""
    lane.settimeout(_BEGIN_SECONDS_MAX)
    try:
        is_ready = lane.recv(len(_READY)) == _READY
    except OSError:
        return False
    lane.setblocking(False)
    return is_ready


async def _answer(lane: socket.socket, message: bytes) -> bytes:
    """What the other process says to a message; ``EOFError`` where it is gone."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(lane, _framed(message))
    answer, length = b"", _LENGTH_BYTES
    while len(answer) < length:
        read = await loop.sock_recv(lane, _READ_BYTES)
        if not read:
            raise EOFError
        answer += read
        if len(answer) >= _LENGTH_BYTES:
            length = _LENGTH_BYTES + int.from_bytes(answer[:_LENGTH_BYTES])
    return answer[_LENGTH_BYTES:]


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(_LENGTH_BYTES) + message


@contextlib.contextmanager
def begun(opened: Opened) -> Iterator[Decider]:
    """A decider that is ready; its process ends with the block."""
    decider = Decider(opened)
    decider.begin()
    try:
        yield decider
    finally:
        decider.end()


def _decide_until_the_end(pipes: Sequence[socket.socket], opened: Opened) -> None:
    """In the other process: groups in each lane, until whoever asks is gone."""
    # Who is in line is answered first: the process that asks hears these, and then closes.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.setswitchinterval(_SWITCH_SECONDS)
    turns = Turns()
    try:
        with opened() as authority:
            lanes = [
                threading.Thread(target=_decide_in_lane, args=(each, authority, turns))
                for each in pipes
            ]
            for each in lanes:
                each.start()
            for each in lanes:
                each.join()
    except DatabaseUnavailable as error:
        log.warning("bookings cannot be decided: %s", error)


def _decide_in_lane(pipe: socket.socket, authority: Authority, turns: Turns) -> None:
    """One group after another."""
    wishes: dict[tuple[LegWanted, ...], Wish] = {}
    deciding = Deciding(authority=authority, book=book_journeys)
    with pipe, pipe.makefile("rb") as asked, contextlib.suppress(ConnectionError):
        pipe.sendall(_READY)
        while length := int.from_bytes(asked.read(_LENGTH_BYTES)):
            message = asked.read(length)
            turn = turns.next()
            try:
                deciding.book = partial(book_journeys, turn=turn)
                answers = deciding.responses(_group(message, wishes))
            finally:
                turn.over()
            pipe.sendall(_framed(_answers(answers)))


def _request(group: Sequence[Asked]) -> bytes:
    numbers: dict[Wish, int] = {}
    return pickle.dumps(
        (
            [each.ticket.journey for each in group],
            [each.ticket.application for each in group],
            [numbers.setdefault(each.wish, len(numbers)) for each in group],
            [accept_language(each.headers) for each in group],
            [wish.legs for wish in numbers],
        ),
        protocol=pickle.HIGHEST_PROTOCOL,
    )


def _group(message: bytes, wishes: dict[tuple[LegWanted, ...], Wish]) -> list[Asked]:
    """The group as it was; the same legs are the same wish in every group."""
    journeys, applications, numbers, languages, kinds = pickle.loads(message)  # noqa: S301 - ours
    if len(wishes) >= KINDS_MAX:
        wishes.clear()
    known = [wishes.setdefault(legs, Wish(legs=legs)) for legs in kinds]
    return [
        Asked(Ticket(journey=journey, application=application), known[number], language)
        for journey, application, number, language in zip(
            journeys, applications, numbers, languages, strict=True
        )
    ]


def _answers(responses: Sequence[Response]) -> bytes:
    """Most answers begin alike, and what they share is sent once."""
    starts = {id(each.start): each.start for each in responses}
    numbers = {key: number for number, key in enumerate(starts)}
    return pickle.dumps(
        (
            list(starts.values()),
            [numbers[id(each.start)] for each in responses],
            [each.body["body"] for each in responses],
        ),
        protocol=pickle.HIGHEST_PROTOCOL,
    )


def _responses(message: bytes) -> list[Response]:
    starts: list[dict[str, Any]]
    starts, numbers, bodies = pickle.loads(message)  # noqa: S301 - of our own process
    return [
        Response(starts[number], body_message(body))
        for number, body in zip(numbers, bodies, strict=True)
    ]
