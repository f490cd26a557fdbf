"""The independent checker: journals on one side, the final rows on the other.

    python -m soak.checker DIRECTORY DATABASE_URL

Imports nothing of the program and believes none of its counters. It fails on a journey that was
acknowledged and is missing, on anything doubled or never asked for, on a window that held more than
some text allowed, on a commit that took a place where there was none, and on a journey whose state
no client's journal explains.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from soak.expected import (
    ABSENT,
    BOOKED,
    CANCELLED,
    EXPIRED,
    HELD,
    REPLACED,
    Expected,
    Faults,
    closure,
)
from soak.journal import read_journal, read_lines
from soak.recount import differences, most_counted
from soak.settings import limits_of
from soak.watch import noted, wrong_commits

_NAMES = {
    HELD: "held",
    BOOKED: "booked",
    CANCELLED: "cancelled",
    EXPIRED: "expired",
    REPLACED: "replaced",
}
_LIVE_MAX = 2
_HOLD_SLACK = "10 seconds"
_JOURNEYS = """
    SELECT journey.id::text, application::text, cancelled_at, held_until, replaced_by::text,
        live.persons, placed.places, placed.distinct_places, placed.legs
    FROM tongguan.journey
    LEFT JOIN (SELECT journey, count(*) AS persons FROM tongguan.live_journey
               WHERE journey IS NOT NULL GROUP BY journey) AS live ON live.journey = journey.id
    LEFT JOIN (
        SELECT journey, count(*) AS places, count(DISTINCT (leg, person_number)) AS distinct_places,
            array_agg(DISTINCT concat_ws(' ', leg, day, slot, control_point)) AS legs
        FROM tongguan.place GROUP BY journey
    ) AS placed ON placed.journey = journey.id
"""
_TOLD = """
    SELECT journey::text, array_agg(DISTINCT code) FROM tongguan.notice
    WHERE journey IS NOT NULL GROUP BY journey
"""
_BUSY = """
    SELECT encode(place.person, 'hex'), count(DISTINCT place.journey)
    FROM tongguan.journey JOIN tongguan.place ON place.journey = journey.id
    WHERE cancelled_at IS NULL AND day > (tongguan.domain_now() AT TIME ZONE 'Asia/Hong_Kong')::date
    GROUP BY place.person HAVING count(DISTINCT place.journey) > %s
"""
_OVERDUE = f"""
    SELECT id::text FROM tongguan.journey
    WHERE cancelled_at IS NULL AND held_until < tongguan.domain_now() - interval '{_HOLD_SLACK}'
"""  # noqa: S608 - a constant
_TODAY = "SELECT (tongguan.domain_now() AT TIME ZONE 'Asia/Hong_Kong')::date::text"
_REVOKED = {"journey_revoked", "journey_revoked_phase_ends"}
_MOVED = {"journey_moved"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the checker found; clean when there is no fault."""

    journeys_asked: int
    journeys_in_rows: int
    acknowledged: int
    unanswered: int
    asked_again: int
    states: dict[str, int]
    revoked_by_a_text: int
    moved_by_a_text: int
    changes_beyond_a_limit_noted: int
    most_counted: dict[str, int]
    highest_limits: dict[str, int]
    faults: dict[str, int]
    shown: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check(directory: Path, database_url: str) -> Verdict:
    """Compare a run's journals with its rows."""
    faults = Faults()
    parties = json.loads((directory / "applications.json").read_text())
    expected = Expected(faults=faults)
    for client in sorted({each["client"] for each in parties}):
        expected.read(read_journal(directory, client))
    limits = _highest_limits(directory)
    with psycopg.connect(database_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        rows = _Rows(
            expected=expected, parties=parties, told=_told(connection), today=_today(connection)
        )
        rows.compare(connection)
        for kind, what in _about_windows(connection, limits):
            faults.add(kind, what)
        return Verdict(
            journeys_asked=len(expected.journeys),
            journeys_in_rows=rows.states.total(),
            acknowledged=expected.acknowledged,
            unanswered=expected.unanswered,
            asked_again=expected.asked_again,
            states=dict(sorted(rows.states.items())),
            revoked_by_a_text=rows.revoked,
            moved_by_a_text=rows.moved,
            changes_beyond_a_limit_noted=noted(connection),
            most_counted=most_counted(connection),
            highest_limits=limits,
            faults=dict(faults.counts),
            shown=faults.shown,
        )


class _Row(NamedTuple):
    """A journey as the database has it, with what hangs on it."""

    journey: str
    application: str
    cancelled_at: datetime | None
    held_until: datetime | None
    replaced_by: str | None
    persons: int | None
    """Of the persons whose live journey it is."""
    places: int | None
    distinct_places: int | None
    legs: list[str] | None


@dataclass(slots=True)
class _Rows:
    """The final rows, each held against its journal."""

    expected: Expected
    parties: list[dict[str, Any]]
    told: dict[str, set[str]]
    """What the holders of each journey were told."""
    today: str
    states: Counter[str] = field(default_factory=Counter)
    revoked: int = 0
    moved: int = 0

    def compare(self, connection: psycopg.Connection[Any]) -> None:
        """Every row is explained, and every acknowledged journey has its rows."""
        found: set[str] = set()
        with connection.cursor(name="journeys") as cursor:
            for row in cursor.execute(_JOURNEYS.encode()):
                found.add(str(row[0]))
                self._journey(_Row(*row))
        for journey, asked in self.expected.journeys.items():
            if journey not in found and not asked.states & ABSENT:
                self.expected.faults.add("an acknowledged journey is missing", journey)

    def _journey(self, row: _Row) -> None:
        faults, journey = self.expected.faults, row.journey
        asked = self.expected.journeys.get(journey)
        if asked is None:
            faults.add("a journey that nobody asked for", journey)
            return
        state = _state(row)
        self.states[_NAMES[state]] += 1
        party = self.parties[asked.party]
        if row.application != party["application"]:
            faults.add("a journey of another application", journey)
        self._state(journey, state, row.replaced_by)
        if state in {HELD, BOOKED}:
            wanted = 2 * int(party["size"])
            if (row.places, row.distinct_places) != (wanted, wanted):
                faults.add("places missing or doubled", f"{journey} {row.places} of {wanted}")
            if row.persons != party["size"]:
                # Once the journey is over, another may have taken its number.
                self._over(row)
            self._legs(journey, row.legs)

    def _state(self, journey: str, state: int, replaced_by: str | None) -> None:
        faults, asked = self.expected.faults, self.expected.journeys[journey]
        is_told = bool(self.told.get(journey, set()) & _REVOKED)
        if journey in self.expected.revoked or not state & closure(asked.states):
            if state == CANCELLED and is_told:
                self.revoked += 1
            elif asked.states == ABSENT:
                faults.add("a refused journey is there", f"{journey} {_NAMES[state]}")
            else:
                faults.add("a state that no answer explains", f"{journey} {_NAMES[state]}")
        if state == REPLACED:
            new = self.expected.journeys.get(replaced_by or "")
            if new is None or new.old != journey or not new.states & ~ABSENT:
                faults.add("replaced by what nobody asked for", f"{journey} {replaced_by}")

    def _legs(self, journey: str, legs: list[str] | None) -> None:
        asked = self.expected.journeys[journey]
        wanted = sorted(
            f"{leg} {' '.join(asked.legs[first : first + 3])}"
            for leg, first in (("out", 0), ("home", 3))
        )
        if sorted(legs or ()) == wanted:
            return
        if self.told.get(journey, set()) & _MOVED:
            self.moved += 1
        else:
            self.expected.faults.add("places other than those asked for", f"{journey} {legs}")

    def _over(self, row: _Row) -> None:
        last = max((each.split(" ")[1] for each in row.legs or ()), default="")
        if last > self.today:
            self.expected.faults.add("a live journey without its persons", row.journey)


def _state(row: _Row) -> int:
    if row.cancelled_at is None:
        return BOOKED if row.held_until is None else HELD
    if row.replaced_by is not None:
        return REPLACED
    is_over = row.held_until is not None and row.held_until <= row.cancelled_at
    return EXPIRED if is_over else CANCELLED


def _told(connection: psycopg.Connection[Any]) -> dict[str, set[str]]:
    return {str(journey): set(codes) for journey, codes in connection.execute(_TOLD.encode())}


def _today(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute(_TODAY.encode()).fetchone()
    return str(row[0]) if row else ""


def _about_windows(
    connection: psycopg.Connection[Any], limits: dict[str, int]
) -> Iterator[tuple[str, object]]:
    yield from differences(connection)
    for quota, persons in most_counted(connection).items():
        if persons > limits[quota]:
            yield "more persons than any text allowed", f"{quota} {persons} of {limits[quota]}"
    for wrong in wrong_commits(connection):
        yield "a commit that took a place where there was none", wrong
    for row in connection.execute(_BUSY.encode(), (_LIVE_MAX,)):
        yield "a person with too many live journeys", row
    for row in connection.execute(_OVERDUE.encode()):
        yield "a hold that outlived its hour", row[0]


def _highest_limits(directory: Path) -> dict[str, int]:
    """The highest limit of each quota in any text that was begun."""
    run = json.loads((directory / "run.json").read_text())
    texts = [
        limits_of(run["places_per_day"]),
        *(each["limits"] for each in read_lines(directory / "texts.jsonl")),
    ]
    return {quota: max(each[quota] for each in texts) for quota in texts[0]}


def main() -> None:
    """Print the verdict; exit code 1 when it is not clean."""
    verdict = check(Path(sys.argv[1]), sys.argv[2])
    print(json.dumps(asdict(verdict), indent=2))
    raise SystemExit(0 if verdict.is_clean else 1)


if __name__ == "__main__":
    main()
