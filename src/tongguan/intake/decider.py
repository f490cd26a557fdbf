"""A process of its own that decides, so that reading and deciding do not wait for each other.

One interpreter does one thing at a time. What goes between the two is small beside either's work:
for each request two ids and a number, for each answer its bytes.
"""

import contextlib
import logging
import multiprocessing
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Final

from tongguan.adapters.problems import ProblemCode
from tongguan.core.booking.rules import LegWanted
from tongguan.core.credentials.ticket import Ticket
from tongguan.intake.deciding import Asked, Decide, accept_language, alike
from tongguan.intake.requests import KINDS_MAX, Wish
from tongguan.intake.responses import UNAVAILABLE_SECONDS, Response, body_message, retry_after

log = logging.getLogger("tongguan.intake")

Opened = Callable[[], AbstractContextManager[Decide]]
"""Makes, in the process that decides, what decides; it has to be found by its name there."""
_BEGIN_SECONDS_MAX: Final = 60.0
_END_SECONDS_MAX: Final = 20.0
_READY: Final = b"ready"


class DeciderError(RuntimeError):
    """The process that decides did not begin."""


class Decider:
    """Has groups decided by another process; begins it again where it was killed."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None

    def begin(self) -> None:
        """Return when groups can be decided; ``DeciderError`` where they never will."""
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=_decide_until_the_end, args=(theirs, self._opened), name="decider"
        )
        process.start()
        theirs.close()
        self._process, self._connection = process, ours
        try:
            is_ready = ours.poll(_BEGIN_SECONDS_MAX) and ours.recv_bytes() == _READY
        except (EOFError, OSError):
            is_ready = False
        if not is_ready:
            self.end()
            raise DeciderError("the process that decides bookings did not begin")

    def responses(self, group: Sequence[Asked]) -> Sequence[Response]:
        """An answer for each, in the order of arrival; whatever happens, one is given."""
        try:
            if self._connection is None:
                self.begin()
            assert self._connection is not None  # noqa: S101 - it has begun
            self._connection.send_bytes(_request(group))
            return _responses(self._connection.recv_bytes())
        except (EOFError, OSError, DeciderError) as error:
            # What was kept of the group is not known; whoever asks again finds out.
            log.warning("the process that decides is gone: %s", type(error).__name__)
            self.end()
            return alike(group, ProblemCode.UNAVAILABLE, retry_after(UNAVAILABLE_SECONDS))

    def end(self) -> None:
        """Let the process end, which it does when nobody can ask it any more."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.join(_END_SECONDS_MAX)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
        self._connection = self._process = None


@contextlib.contextmanager
def begun(opened: Opened) -> Iterator[Decider]:
    """A decider that is ready; its process ends with the block."""
    decider = Decider(opened)
    decider.begin()
    try:
        yield decider
    finally:
        decider.end()


def _decide_until_the_end(connection: Connection, opened: Opened) -> None:
    """In the other process: one group after another, until whoever asks is gone."""
    # Who is in line is answered first: the process that asks hears these, and then closes.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    wishes: dict[tuple[LegWanted, ...], Wish] = {}
    with opened() as decide, contextlib.suppress(EOFError, ConnectionError):
        connection.send_bytes(_READY)
        while True:
            group = _group(connection.recv_bytes(), wishes)
            connection.send_bytes(_answers(decide(group)))


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
