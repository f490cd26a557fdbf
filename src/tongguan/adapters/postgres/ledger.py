"""The ledger of places over PostgreSQL: one call to the database takes or gives back a journey."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tongguan.adapters.postgres.ledger_groups import (
    ARGUMENTS,
    Group,
    LedgerError,
    require_sound_kind,
)
from tongguan.adapters.postgres.ledger_messages import (
    journey_from,
    key_from,
    restatement_as_json,
    window_as_json,
    window_from,
)
from tongguan.adapters.postgres.ledger_refusals import Refusals, entries_by_request
from tongguan.adapters.postgres.recount import of_recount, planned_for_whole_tables
from tongguan.app.ledger_port import (
    HeldWindow,
    Journey,
    PlaceRequest,
    PlacesAnswer,
    PlacesTaken,
    RequestIdReused,
    Restatement,
    WindowCount,
)
from tongguan.core.identifiers import ApplicationId, JourneyId, SchemeId
from tongguan.core.quota.windows import Window, WindowKey
from tongguan.core.scheme.model import Leg

_TAKEN, _REPLAYED, _OLD_IS_OVER = 1, 2, 4
"""Outcomes: 0 refused, 1 taken, 2 known, 3 another request's id, 4 nothing to rebook."""
TEXT_LOCK = 0x746F6E677465
"""The advisory lock of the text that holds; any number that nothing else uses."""
_JOURNEYS = """
    SELECT journey.id, journey.application, journey.scheme, journey.version_digest,
        journey.phase, journey.booked_at, journey.cancelled_at, journey.held_until,
        journey.replaced_by, place.person_number, place.person, place.leg, place.direction,
        place.category, place.control_point, place.slot, place.day, place.cell_week,
        place.sponsor
    FROM tongguan.journey
    JOIN tongguan.place ON place.cell_scheme = journey.scheme
        AND place.cell_week = ANY (journey.cell_weeks) AND place.journey = journey.id
    WHERE {condition}
    ORDER BY journey.booked_at {order}, journey.id, place.day, place.leg DESC, place.person_number
"""
_JOURNEY_BY_ID = _JOURNEYS.format(condition="journey.id = %s", order="DESC")
_JOURNEYS_BY_IDS = _JOURNEYS.format(condition="journey.id = ANY (%s::uuid[])", order="ASC")
_JOURNEYS_BY_APPLICATION = _JOURNEYS.format(condition="journey.application = %s", order="DESC")
_LIVE_JOURNEYS = _JOURNEYS.format(
    condition="""journey.scheme = %s AND journey.cancelled_at IS NULL
        AND %s <= ANY (journey.cell_weeks)""",
    order="ASC",
)
_COUNTS = """
    SELECT asked.number, counted.taken, counted.capacity, counted.honoured
    FROM jsonb_to_recordset(%s) AS asked (
        number integer, scheme text, cell_week date, quota text, starts date, dimensions text[])
    JOIN tongguan.quota_window AS counted
        ON counted.cell_scheme = asked.scheme AND counted.cell_week = asked.cell_week
        AND counted.quota = asked.quota AND counted.starts = asked.starts
        AND counted.dimensions = asked.dimensions
"""
_HELD_WINDOWS = """
    SELECT counted.*, journey.id AS journey, held.persons
    FROM tongguan.journey
    CROSS JOIN LATERAL unnest(windows, window_persons) AS held (number, persons)
    JOIN tongguan.quota_window AS counted USING (number)
    WHERE cancelled_at IS NULL AND cell_scheme = %s AND cell_week >= %s
    ORDER BY journey.id, quota, starts, dimensions
"""
_FORGOTTEN = """
    SELECT %(scheme)s::text AS cell_scheme, * FROM tongguan.ledger_forgotten(%(scheme)s, %(week)s)
    WHERE persons > 0
"""
_TAKE = (
    f"SELECT * FROM tongguan.take_places({ARGUMENTS},"  # noqa: S608 - constant
    " recorded_by => %(recorded_by)s, recorded_as => %(recorded_as)s)"
).encode()
_REBOOK = (
    f"SELECT * FROM tongguan.rebook_places(old => %(old)s, {ARGUMENTS})".encode()  # noqa: S608
)
_EXCEEDED = of_recount("""
    SELECT * FROM window_recounted
    WHERE recounted > capacity + honoured OR recounted <> in_parts
    ORDER BY cell_scheme, cell_week, quota, starts, dimensions
""")


@dataclass(frozen=True, slots=True)
class PostgresLedger:
    """``Ledger`` within one transaction, which may take or give back once: locks have one order."""

    connection: Connection[Any]

    def hold_text(self) -> None:
        """Keep the text that holds from being replaced until the transaction ends."""
        self.connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", (TEXT_LOCK,))

    def hold_text_alone(self) -> None:
        """Wait until nobody holds the text, and let nobody until the transaction ends."""
        self.connection.execute("SELECT pg_advisory_xact_lock(%s)", (TEXT_LOCK,))

    def take_many(
        self,
        requests: Sequence[PlaceRequest],
        now: datetime,
        *,
        recorded_as: tuple[str, str] | None = None,
    ) -> tuple[PlacesAnswer, ...]:
        """Decide requests in the order given, as if one were asked after another.

        Each that is granted is put on the record of acts as ``recorded_as``: whose and which.

        Raises ``LedgerError`` on our fault, and ``psycopg.errors.SerializationFailure`` where an id
        was taken by another party at the same moment: then nothing is kept, ask again.
        """
        if not requests:
            return ()
        _require_sound(requests, now)
        group = Group(requests)
        actor, action = recorded_as or (None, None)
        given = group.parameters(now) | {"recorded_by": actor, "recorded_as": action}
        row = self.connection.execute(_TAKE, given).fetchone()
        return self._answers(group, row, now)

    def take(self, request: PlaceRequest, now: datetime) -> PlacesAnswer:
        """``take_many`` of one."""
        return self.take_many((request,), now)[0]

    def rebook(self, old: JourneyId, request: PlaceRequest, now: datetime) -> PlacesAnswer | None:
        """Give a journey back and take another in one step, or change nothing."""
        _require_sound((request,), now)
        group = Group((request,))
        row = self.connection.execute(
            _REBOOK,
            group.parameters(now) | {"old": old},
        ).fetchone()
        if row is not None and row[0] == [_OLD_IS_OVER]:
            return None
        return self._answers(group, row, now)[0]

    def _answers(
        self, group: Group, row: tuple[Any, ...] | None, now: datetime
    ) -> tuple[PlacesAnswer, ...]:
        if row is None:
            raise LedgerError("the ledger did not answer")
        outcomes, flat, strange = row
        if outcomes.count(_TAKEN) == len(outcomes):
            return tuple([PlacesTaken(request=each, at=now) for each in group.requests])
        entries = entries_by_request(flat)
        refusals = Refusals(group, strange)
        replayed = self._replayed(
            [
                request.journey
                for request, outcome in zip(group.requests, outcomes, strict=True)
                if outcome == _REPLAYED
            ]
        )
        answers: list[PlacesAnswer] = []
        for number, request in enumerate(group.requests, start=1):
            match outcomes[number - 1]:
                case 1:
                    answers.append(PlacesTaken(request=request, at=now))
                case 2:
                    answers.append(replayed[request.journey])
                case 3:
                    answers.append(RequestIdReused())
                case _:
                    answers.append(refusals.of(request.asked, entries[number]))
        return tuple(answers)

    def _replayed(self, journeys: Sequence[JourneyId]) -> dict[JourneyId, PlacesTaken]:
        """Journeys that their ids had taken before, as they stand."""
        kept = self._journeys(_JOURNEYS_BY_IDS, list(journeys)) if journeys else ()
        if len(kept) < len(set(journeys)):
            raise LedgerError("a journey was deleted while it was asked for")
        return {each.id: PlacesTaken(journey=each) for each in kept}

    def known(
        self, journey: JourneyId, request_hash: bytes
    ) -> PlacesTaken | RequestIdReused | None:
        """What is known of an id: its journey, that it is another request's, or nothing."""
        row = self.connection.execute(
            "SELECT request_hash FROM tongguan.journey WHERE id = %s", (journey,)
        ).fetchone()
        if row is None:
            return None
        return self._replayed([journey])[journey] if row[0] == request_hash else RequestIdReused()

    def kept(self, journeys: Sequence[JourneyId]) -> frozenset[JourneyId]:
        """Those of these ids under which something is known."""
        rows = self.connection.execute(
            "SELECT id FROM tongguan.journey WHERE id = ANY (%s::uuid[])", (list(journeys),)
        ).fetchall()
        return frozenset(JourneyId(str(row[0])) for row in rows)

    def confirm(self, journey: JourneyId, now: datetime) -> Journey | None:
        """Book what is held, before its hour; the journey as it then stands."""
        self.connection.execute("SELECT tongguan.confirm_places(%s, %s)", (journey, now))
        return self.journey(journey)

    def holds_due(self, now: datetime) -> bool:
        """Whether something is held beyond its hour."""
        row = self.connection.execute("SELECT tongguan.first_hour()").fetchone()
        return row is not None and row[0] is not None and row[0] <= now

    def expire(self, now: datetime, limit: int = 500) -> tuple[Journey, ...]:
        """Give back what is held beyond its hour, the longest first."""
        row = self.connection.execute(
            "SELECT tongguan.expire_places(%s, %s)", (limit, now)
        ).fetchone()
        return self._journeys(_JOURNEYS_BY_IDS, row[0]) if row and row[0] else ()

    def release(
        self, journey: JourneyId, leg: Leg, person_numbers: Sequence[int], now: datetime
    ) -> Journey | None:
        """Give back the places of some persons on one leg; the journey as it then stands."""
        self.connection.execute(
            "SELECT tongguan.release_places(%s, %s, %s, %s)",
            (journey, leg.value, list(person_numbers), now),
        )
        return self.journey(journey)

    def lock(self, journey: JourneyId) -> Journey | None:
        """The journey, which nobody ends or confirms before this transaction is over."""
        self.connection.execute("SELECT FROM tongguan.journey WHERE id = %s FOR UPDATE", (journey,))
        return self.journey(journey)

    def lock_places(self, journey: JourneyId) -> Journey | None:
        """The journey, with all it has locked as for giving it back."""
        self.connection.execute("SELECT tongguan.ledger_lock_journeys(ARRAY[%s::uuid])", (journey,))
        return self.journey(journey)

    def sweep(self, rows_max: int) -> int:
        """Delete persons' rows that stand for no journey; the caller holds the text alone."""
        row = self.connection.execute(
            "SELECT tongguan.sweep_live_journeys(%s)", (rows_max,)
        ).fetchone()
        return int(row[0]) if row else 0

    def cancel(self, journey: JourneyId, now: datetime) -> Journey | None:
        """Give all places of a journey back; again is harmless; ``None`` for an unknown id."""
        self.connection.execute("SELECT tongguan.cancel_places(%s, %s)", (journey, now))
        return self.journey(journey)

    def journey(self, journey: JourneyId) -> Journey | None:
        """One journey, or ``None``."""
        found = self._journeys(_JOURNEY_BY_ID, journey)
        return found[0] if found else None

    def journeys_of(self, application: ApplicationId) -> tuple[Journey, ...]:
        """An application's journeys, the newest first."""
        return self._journeys(_JOURNEYS_BY_APPLICATION, application)

    def counts(self, windows: Sequence[Window]) -> tuple[WindowCount, ...]:
        """How full each window is; one nobody has touched yet counts zero."""
        asked = [
            {"number": number, "scheme": window.scheme, **window_as_json(window)}
            for number, window in enumerate(windows)
        ]
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = {row["number"]: row for row in cursor.execute(_COUNTS, (Jsonb(asked),))}
        untouched: dict[str, int] = {"taken": 0, "honoured": 0}
        counts = []
        for number, window in enumerate(windows):
            row = rows.get(number, untouched | {"capacity": window.limit})
            counts.append(
                WindowCount(
                    window=window,
                    taken=row["taken"],
                    capacity=row["capacity"],
                    honoured=row["honoured"],
                )
            )
        return tuple(counts)

    def windows_exceeded(self) -> tuple[WindowCount, ...]:
        """Windows in which the bookings, counted anew from their rows, exceed what is allowed.

        A cap is among them too when its parts together do not hold what it holds.
        """
        with (
            planned_for_whole_tables(self.connection),
            self.connection.cursor(row_factory=dict_row) as cursor,
        ):
            rows = cursor.execute(_EXCEEDED.encode()).fetchall()
        return tuple(
            WindowCount(
                window=window_from(row),
                taken=row["recounted"],
                capacity=row["capacity"],
                honoured=row["honoured"],
            )
            for row in rows
        )

    def live_journeys(self, scheme: SchemeId, from_week: date) -> tuple[Journey, ...]:
        """Journeys not cancelled with a place in this quota week or later, first booked first."""
        return self._journeys(_LIVE_JOURNEYS, scheme, from_week)

    def held_windows(self, scheme: SchemeId, from_week: date) -> tuple[HeldWindow, ...]:
        """What counts each live journey in this quota week and later ones, as recorded."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_HELD_WINDOWS, (scheme, from_week)).fetchall()
        return tuple(
            HeldWindow(
                journey=JourneyId(str(row["journey"])),
                count=WindowCount(
                    window=window_from(row),
                    taken=row["taken"],
                    capacity=row["capacity"],
                    honoured=row["honoured"],
                ),
                persons=row["persons"],
            )
            for row in rows
        )

    def forgotten(self, scheme: SchemeId, from_week: date) -> Mapping[WindowKey, int]:
        """Persons in the windows of these weeks whose journeys are deleted."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_FORGOTTEN, {"scheme": scheme, "week": from_week}).fetchall()
        return {key_from(row): row["persons"] for row in rows}

    def restate(
        self,
        scheme: SchemeId,
        from_week: date,
        journeys: Sequence[Restatement],
        now: datetime,
    ) -> None:
        """Rewrite what the journeys hold and what counts them, from this quota week on."""
        _require_restatable(scheme, from_week, journeys)
        message = restatement_as_json(scheme, from_week, journeys)
        self.connection.execute("SELECT tongguan.restate_places(%s, %s)", (message, now))
        self.connection.execute("SELECT tongguan.complete_live_journeys()")
        moved = [(each.journey, *each.moved_under) for each in journeys if each.moved_under]
        self.connection.execute(
            "UPDATE tongguan.journey SET version_digest = moved.version, phase = moved.phase"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS moved (id, version, phase)"
            " WHERE journey.id = moved.id",
            [[each[column] for each in moved] for column in range(3)],
        )

    def _journeys(self, statement: str, *keys: object) -> tuple[Journey, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement.encode(), keys).fetchall()
        by_id: dict[object, list[dict[str, Any]]] = {}
        for row in rows:
            by_id.setdefault(row["id"], []).append(row)
        return tuple(journey_from(places) for places in by_id.values())


def _require_sound(requests: Sequence[PlaceRequest], now: datetime) -> None:
    """One scheme, text and phase; nobody twice in a party; what is asked alike makes sense."""
    first = requests[0].asked
    common = (first.scheme, first.version, first.phase, first.live_journeys_per_person_max)
    for persons in [each.persons for each in requests if len(each.persons) != 1]:
        if not persons or len(set(persons)) != len(persons):
            raise LedgerError("a party has at least one person, and nobody twice")
    for asked in {id(each.asked): each.asked for each in requests}.values():
        if common != (asked.scheme, asked.version, asked.phase, asked.live_journeys_per_person_max):
            raise LedgerError("requests of one call are of one scheme, text and phase")
        require_sound_kind(asked, now)


def _require_restatable(scheme: SchemeId, from_week: date, journeys: Sequence[Restatement]) -> None:
    """Windows count exactly the places of each journey, and agree on every window's limit."""
    limits: dict[WindowKey, Window] = {}
    for journey in journeys:
        crossings = [place.crossing for place in journey.places]
        parts: Counter[WindowKey] = Counter()
        for window, persons in journey.counted:
            if window.scheme != scheme or window.cell_week < from_week or persons < 1:
                raise LedgerError(f"the window of {window.quota} is not to be restated")
            if limits.setdefault(window.key, window) != window:
                raise LedgerError(f"the window of {window.quota} is given with two limits")
            if window.part_of is not None:
                parts[window.part_of] += persons
            elif persons != sum(map(window.holds, crossings)):
                raise LedgerError(f"the window of {window.quota} does not count the places")
        counted = {window.key: persons for window, persons in journey.counted}
        if any(counted.get(cap) != persons for cap, persons in parts.items()):
            raise LedgerError("the parts of a cap do not hold what it holds")
        if any(place.cell_week < from_week for place in journey.places):
            raise LedgerError("a place lies in a week that is not restated")
