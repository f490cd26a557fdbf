"""The ledger of places over PostgreSQL: one call to the database takes or gives back a journey."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tongguan.adapters.postgres.ledger_messages import (
    asked_windows,
    journey_from,
    key_from,
    place_order,
    request_as_json,
    restatement_as_json,
    window_as_json,
    window_from,
)
from tongguan.adapters.postgres.recount import of_recount, planned_for_whole_tables
from tongguan.app.ledger_port import (
    HeldWindow,
    Journey,
    JourneyState,
    PlaceRequest,
    PlacesRefused,
    PlacesTaken,
    RequestIdReused,
    Restatement,
    WindowCount,
)
from tongguan.core.decisions import Reason
from tongguan.core.identifiers import (
    ApplicationId,
    JourneyId,
    PhaseId,
    SchemeId,
)
from tongguan.core.quota.windows import PERSON_DIMENSION, Window, WindowKey
from tongguan.core.reasons import ReasonCode

_TEXT_LOCK = 0x746F6E677465
"""The advisory lock of the text that holds; any number that nothing else uses."""
_JOURNEYS = """
    SELECT journey.id, journey.application, journey.scheme, journey.phase, journey.booked_at,
        journey.cancelled_at, place.person_number, place.person, place.leg, place.direction,
        place.category, place.control_point, place.slot, place.day, place.cell_week,
        place.sponsor
    FROM tongguan.journey
    JOIN tongguan.place ON place.cell_scheme = journey.scheme
        AND place.cell_week = ANY (journey.cell_weeks) AND place.journey = journey.id
    WHERE {condition}
    ORDER BY journey.booked_at {order}, journey.id, place.day, place.leg DESC, place.person_number
"""
_JOURNEY_BY_ID = _JOURNEYS.format(condition="journey.id = %s", order="DESC")
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
    SELECT counted.*, held.journey, held.persons
    FROM tongguan.journey_window AS held
    JOIN tongguan.quota_window AS counted
        USING (cell_scheme, cell_week, quota, starts, dimensions)
    JOIN tongguan.journey ON journey.id = held.journey AND journey.cancelled_at IS NULL
    WHERE cell_scheme = %s AND cell_week >= %s
    ORDER BY held.journey, quota, starts, dimensions
"""
_FORGOTTEN = """
    SELECT %(scheme)s::text AS cell_scheme, * FROM tongguan.ledger_forgotten(%(scheme)s, %(week)s)
    WHERE persons > 0
"""
_EXCEEDED = of_recount("""
    SELECT * FROM window_recounted
    WHERE recounted > capacity + honoured OR recounted <> in_parts
    ORDER BY cell_scheme, cell_week, quota, starts, dimensions
""")


class LedgerError(RuntimeError):
    """The ledger was asked for something that no rule allows: a fault of ours, nothing is kept."""


class WindowDiffersError(LedgerError):
    """A window was opened for another number of days than the version now states."""


@dataclass(frozen=True, slots=True)
class PostgresLedger:
    """``Ledger`` within one transaction, which may take or cancel once: locks have one order."""

    connection: Connection[Any]

    def hold_text(self) -> None:
        """Keep the text that holds from being replaced until the transaction ends."""
        self.connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_TEXT_LOCK,))

    def hold_text_alone(self) -> None:
        """Wait until nobody holds the text, and let nobody until the transaction ends."""
        self.connection.execute("SELECT pg_advisory_xact_lock(%s)", (_TEXT_LOCK,))

    def take(
        self, request: PlaceRequest, now: datetime
    ) -> PlacesTaken | PlacesRefused | RequestIdReused:
        """Take all places or none, at most once for an id; raises ``LedgerError`` on our fault."""
        _require_sound(request)
        answer = self._call("SELECT tongguan.take_places(%s, %s)", (request_as_json(request), now))
        match answer["outcome"]:
            case "taken":
                return PlacesTaken(journey=_journey_of(request, now), replayed=False)
            case "reused":
                return RequestIdReused()
            case "refused":
                return _refusal(request, answer)
            case "replayed":
                journey = self.journey(request.journey)
                if journey is not None:
                    return PlacesTaken(journey=journey, replayed=True)
        raise LedgerError("the journey was deleted while it was asked for")

    def known(
        self, journey: JourneyId, request_hash: bytes
    ) -> PlacesTaken | RequestIdReused | None:
        """What is known of an id: its journey, that it is another request's, or nothing."""
        row = self.connection.execute(
            "SELECT tongguan.ledger_known(%s, %s)", (journey, request_hash)
        ).fetchone()
        if row is None or row[0] is None:
            return None
        kept = self.journey(journey) if row[0] == "replayed" else None
        return RequestIdReused() if kept is None else PlacesTaken(journey=kept, replayed=True)

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

    def _call(self, statement: str, parameters: Sequence[object]) -> dict[str, Any]:
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        if row is None:
            raise LedgerError("the ledger did not answer")
        answer: dict[str, Any] = row[0]
        return answer

    def _journeys(self, statement: str, *keys: object) -> tuple[Journey, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement.encode(), keys).fetchall()
        by_id: dict[object, list[dict[str, Any]]] = {}
        for row in rows:
            by_id.setdefault(row["id"], []).append(row)
        return tuple(journey_from(places) for places in by_id.values())


def _require_sound(request: PlaceRequest) -> None:
    """The windows count exactly the places, and nobody has two places on a leg."""
    legs = {(place.person, place.leg) for place in request.places}
    if not request.places or len(legs) != len(request.places):
        raise LedgerError("a journey has at least one place, and one for each person and leg")
    if request.live_journeys_per_person_max < 1:
        raise LedgerError("a person may have at least one live journey")
    crossings = [place.crossing for place in request.places]
    if len({window.key for window, _ in request.windows}) != len(request.windows):
        raise LedgerError("a window is given twice")
    for window, persons in request.windows:
        if window.scheme != request.scheme or persons != sum(map(window.holds, crossings)):
            raise LedgerError(f"the window of {window.quota} does not count the places asked for")
    _require_sound_choices(request)


def _require_sound_choices(request: PlaceRequest) -> None:
    """Each cap with parts has one choice, for everyone it counts, among parts of its own.

    So no two choices share a window, and giving each person the first that has room is exact.
    """
    persons = dict(request.windows)
    caps = [choice.cap for choice in request.choices]
    if len(set(caps)) != len(caps) or not set(caps) <= set(persons):
        raise LedgerError("each choice is of one cap that counts the places asked for")
    for choice in request.choices:
        if choice.persons != persons[choice.cap]:
            raise LedgerError(f"the choice of {choice.cap.quota} is not for everyone it counts")
        keys = {window.key for window in choice.windows}
        strange = any(window.part_of != choice.cap.key for window in choice.windows)
        if strange or not 0 < len(keys) == len(choice.windows):
            raise LedgerError(f"the choice of {choice.cap.quota} is not among its own parts")


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


def _refusal(request: PlaceRequest, answer: Mapping[str, Any]) -> PlacesRefused:
    reasons = []
    if answer["persons"] is not None:
        direction = request.places[0].direction
        path = f"phases/{request.phase}/directions/{direction}/booking"
        facts = {
            "live_journeys_max": str(request.live_journeys_per_person_max),
            "person_numbers": ", ".join(str(number) for number in answer["persons"]),
        }
        code = ReasonCode.LIVE_BOOKING_EXISTS
        reasons.append(
            Reason(code=code, clause=f"{path}/live_journeys_per_person_max", facts=facts)
        )
    asked = asked_windows(request)
    full = set()
    for wanting in answer["windows"] or ():
        window, persons = asked[wanting["number"]]
        if wanting["other_days"]:
            raise WindowDiffersError(
                f"{window.quota} from {window.starts} was opened for other days than"
                f" {window.days} of them"
            )
        full.add(window.key)
        facts = {"limit": str(wanting["capacity"]), "left": str(max(0, wanting["left"]))}
        reasons.append(_full(ReasonCode.QUOTA_FULL, request.phase, window, persons, facts))
    for wanting in answer["choices"] or ():
        choice = request.choices[wanting["number"]]
        if choice.cap.key not in full:
            kept = wanting["cap_left"] - wanting["left"]
            facts = {"left": str(wanting["left"]), "reserved": str(kept)}
            code = ReasonCode.QUOTA_RESERVED
            reasons.append(_full(code, request.phase, choice.cap, choice.persons, facts))
    return PlacesRefused(reasons=tuple(reasons))


def _full(
    code: ReasonCode, phase: PhaseId, window: Window, persons: int, room: dict[str, str]
) -> Reason:
    dimensions = {name: value for name, value in window.dimensions if name != PERSON_DIMENSION}
    return Reason(
        code=code,
        clause=f"phases/{phase}/quotas/{window.quota}",
        facts=dimensions
        | {
            "quota": window.quota,
            "window_start": window.starts.isoformat(),
            "window_days": str(window.days),
            "persons": str(persons),
        }
        | room,
    )


def _journey_of(request: PlaceRequest, now: datetime) -> Journey:
    return Journey(
        id=request.journey,
        application=request.application,
        scheme=request.scheme,
        phase=request.phase,
        state=JourneyState.BOOKED,
        booked_at=now,
        places=tuple(sorted(request.places, key=place_order)),
    )
