"""The intake from end to end, beside the same server that answers a constant."""

import contextlib
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx

from tongguan.cli.bench.bookable import Bookable, bookable
from tongguan.cli.bench.exactness import Difference, counters_wrong
from tongguan.cli.bench.load import Loaded, load
from tongguan.cli.bench.places import Bench, Size
from tongguan.cli.bench.servers import constant_server, intake_server
from tongguan.intake.program import BOOKINGS

CONNECTIONS: Final = (64, 256)
_LOAD_GENERATOR: Final = "wrk"
_WARM_SECONDS: Final = 1
_WARM_REQUESTS: Final = 10_000
_MARGIN: Final = 1.2
_SETTLE_SECONDS: Final = 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionsMeasured:
    """What was found with this many connections at once, a figure for each round."""

    connections: int
    bare_rates: tuple[float, ...]
    end_to_end_rates: tuple[float, ...]
    p99s_milliseconds: tuple[float, ...]
    """How long the slowest hundredth of the answers took at least, end to end."""

    @property
    def bare(self) -> float:
        """Answers a second of a server that does nothing."""
        return median(self.bare_rates)

    @property
    def end_to_end(self) -> float:
        """Bookings a second, kept before they are answered."""
        return median(self.end_to_end_rates)

    @property
    def ratio_to_bare(self) -> float:
        """The middle one of the rounds' ratios, each of rates that were measured side by side."""
        pairs = zip(self.end_to_end_rates, self.bare_rates, strict=True)
        return median(one / other for one, other in pairs)

    @property
    def p99_milliseconds(self) -> float:
        """The middle one of the rounds."""
        return median(self.p99s_milliseconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntakeMeasured:
    """What was found for each number of connections."""

    all: tuple[ConnectionsMeasured, ...]
    differences: tuple[Difference, ...]

    def at(self, connections: int) -> ConnectionsMeasured | None:
        """What was found with this many."""
        return next((each for each in self.all if each.connections == connections), None)

    def as_data(self) -> list[dict[str, Any]]:
        """For ``--json``."""
        return [
            {
                "connections": each.connections,
                "bare_rates": each.bare_rates,
                "end_to_end_rates": each.end_to_end_rates,
                "p99s_milliseconds": each.p99s_milliseconds,
            }
            for each in self.all
        ]


def find_load_generator() -> Path | None:
    """Where wrk is, or ``None`` when it is not installed: then this part is left out."""
    found = shutil.which(_LOAD_GENERATOR)
    return None if found is None else Path(found)


def measure_intake(
    load_generator: Path, bench: Bench, size: Size, *, done: Callable[[], None] = lambda: None
) -> IntakeMeasured:
    """Both servers in turn, first with few connections and then with many, in each round."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tongguan-bench-")))
        people = stack.enter_context(bookable(bench.cluster, directory))
        taking = stack.enter_context(intake_server(people.deployment))
        constant = stack.enter_context(constant_server(*_one_answer(people, taking)))
        course = _Course(
            people=people,
            load_generator=load_generator,
            bodies=directory / "bodies",
            taking=taking,
            constant=constant,
        )
        course.prepare(size.seconds)
        rounds: list[dict[int, _Passed]] = []
        for _ in range(size.rounds):
            rounds.append({each: course.passed(each, size.seconds) for each in CONNECTIONS})
            done()
    return IntakeMeasured(
        all=tuple(_measured(connections, rounds) for connections in CONNECTIONS),
        differences=tuple(
            each for one in rounds for passed in one.values() for each in passed.differences
        ),
    )


def _measured(connections: int, rounds: Sequence[Mapping[int, "_Passed"]]) -> ConnectionsMeasured:
    passed = [each[connections] for each in rounds]
    return ConnectionsMeasured(
        connections=connections,
        bare_rates=tuple(each.bare.rate for each in passed),
        end_to_end_rates=tuple(each.end_to_end.rate for each in passed),
        p99s_milliseconds=tuple(each.end_to_end.p99_milliseconds for each in passed),
    )


def _one_answer(people: Bookable, url: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """What the intake answers to a booking: headers and body, for the constant to be as long."""
    (body,) = people.admit(1)
    people.begin_anew()
    answer = httpx.post(
        url + BOOKINGS, content=body, headers={"content-type": "application/json"}
    ).raise_for_status()
    if answer.json()["taken"] is not True:
        raise RuntimeError(f"the booking of the benchmark was refused: {answer.text}")
    names = ("content-type", "content-length")
    return [(name.encode(), answer.headers[name].encode()) for name in names], answer.content


@dataclass(frozen=True, kw_only=True, slots=True)
class _Passed:
    """One round with one number of connections."""

    bare: Loaded
    end_to_end: Loaded
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Course:
    """Two servers that answer, a load generator, and requests for it to send."""

    people: Bookable
    load_generator: Path
    bodies: Path
    taking: str
    constant: str

    def prepare(self, seconds: int) -> None:
        """Warm both up, and write down as many requests as could be answered in the time."""
        self._write(_WARM_REQUESTS)
        self.people.begin_anew()
        warm = self._load(self.constant, connections=max(CONNECTIONS), seconds=_WARM_SECONDS)
        self._write(math.ceil(warm.rate * (seconds + _WARM_SECONDS) * _MARGIN))

    def passed(self, connections: int, seconds: int) -> _Passed:
        """The constant, then the intake with nobody's booking yet; each is warmed up before."""
        self.people.begin_anew()
        warm = self._load(self.taking, connections=connections, seconds=_WARM_SECONDS)
        self._load(self.constant, connections=connections, seconds=_WARM_SECONDS)
        bare = self._load(self.constant, connections=connections, seconds=seconds)
        taken = self._load(self.taking, before=warm.sent, connections=connections, seconds=seconds)
        return _Passed(
            bare=bare,
            end_to_end=taken,
            differences=intake_differences(
                f"end_to_end_{connections}", self.people, (warm, taken), connections
            ),
        )

    def _write(self, count: int) -> None:
        self.bodies.write_bytes(b"\n".join(self.people.admit(count)) + b"\n")

    def _load(self, url: str, *, connections: int, seconds: int, before: int = 0) -> Loaded:
        return load(
            self.load_generator,
            url,
            BOOKINGS,
            self.bodies,
            before=before,
            connections=connections,
            seconds=seconds,
        )


def intake_differences(
    measurement: str, people: Bookable, loads: Sequence[Loaded], connections: int
) -> tuple[Difference, ...]:
    """What is not as it has to be after these loads, once nothing is under way any more.

    The load generator ends with a request under way on every connection; those may be booked
    without having been answered.
    """
    answers = sum(each.answers for each in loads)
    under_way = connections * len(loads)
    booked = _settled(people)
    counts = (
        ("requests_failed", 0, sum(each.errors for each in loads)),
        ("requests_sent_again", 0, sum(each.again for each in loads)),
        ("answered_and_not_booked", 0, max(0, answers - booked.journeys)),
        ("booked_and_not_asked", 0, max(0, booked.journeys - answers - under_way)),
        ("refused", 0, booked.refused),
        ("decisions_recorded", booked.journeys, booked.taken),
        ("not_of_an_applicant", 0, booked.strange),
        ("places", booked.journeys, booked.places),
        ("counters_wrong", 0, booked.counters_wrong),
    )
    return tuple(
        Difference(measurement=measurement, what=what, expected=expected, found=found)
        for what, expected, found in counts
        if expected != found
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Booked:
    journeys: int
    places: int
    taken: int
    refused: int
    strange: int
    counters_wrong: int


def _settled(people: Bookable) -> _Booked:
    """What the database holds, asked until it stays the same."""
    query = """
        SELECT (SELECT count(*) FROM tongguan.journey),
            (SELECT count(*) FROM tongguan.place),
            (SELECT count(*) FROM tongguan.audit_entry WHERE outcome = 'booked'),
            (SELECT count(*) FROM tongguan.audit_entry WHERE outcome <> 'booked'),
            (SELECT count(*) FROM tongguan.journey LEFT JOIN bench.person
                ON person.journey = journey.id AND person.application = journey.application
             WHERE person.key IS NULL)
    """
    before: tuple[Any, ...] | None = None
    while True:
        with people.connection() as connection:
            row = connection.execute(query).fetchone()
            wrong = counters_wrong(connection)
        if row is not None and row == before:
            journeys, places, taken, refused, strange = map(int, row)
            return _Booked(
                journeys=journeys,
                places=places,
                taken=taken,
                refused=refused,
                strange=strange,
                counters_wrong=wrong,
            )
        before = row
        time.sleep(_SETTLE_SECONDS)
