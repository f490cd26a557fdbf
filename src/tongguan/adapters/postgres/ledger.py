"""The ledger of places over PostgreSQL: one call to the database takes or gives back a journey."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tongguan.app.ledger_port import (
    Journey,
    JourneyState,
    Place,
    PlaceRequest,
    PlacesRefused,
    PlacesTaken,
    RequestIdReused,
    WindowCount,
)
from tongguan.core.decisions import Reason
from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    ControlPointId,
    DirectionId,
    JourneyId,
    PersonKey,
    PhaseId,
    QuotaId,
    SchemeId,
    SlotId,
)
from tongguan.core.quota.windows import PERSON_DIMENSION, Crossing, Window
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg

_TEXT_LOCK = 0x746F6E677465
"""The advisory lock of the text that holds; any number that nothing else uses."""
_JOURNEYS = """
    SELECT journey.id, journey.application, journey.scheme, journey.phase, journey.booked_at,
        journey.cancelled_at, place.person_number, place.person, place.leg, place.direction,
        place.category, place.control_point, place.slot, place.day, place.cell_week
    FROM tongguan.journey
    JOIN tongguan.place ON place.cell_scheme = journey.scheme
        AND place.cell_week = ANY (journey.cell_weeks) AND place.journey = journey.id
    WHERE journey.{column} = %s
    ORDER BY journey.booked_at DESC, journey.id, place.day, place.leg DESC, place.person_number
"""
_JOURNEY_BY_ID = _JOURNEYS.format(column="id")
_JOURNEYS_BY_APPLICATION = _JOURNEYS.format(column="application")
_COUNTS = """
    SELECT asked.number, counted.taken, counted.capacity, counted.honoured
    FROM jsonb_to_recordset(%s) AS asked (
        number integer, scheme text, cell_week date, quota text, starts date, dimensions text[])
    JOIN tongguan.quota_window AS counted
        ON counted.cell_scheme = asked.scheme AND counted.cell_week = asked.cell_week
        AND counted.quota = asked.quota AND counted.starts = asked.starts
        AND counted.dimensions = asked.dimensions
"""
_EXCEEDED = """
    SELECT * FROM tongguan.quota_window_recounted WHERE recounted > capacity + honoured
    ORDER BY cell_scheme, cell_week, quota, starts, dimensions
"""


class LedgerError(RuntimeError):
    """The ledger was asked for something that no rule allows: a fault of ours, nothing is kept."""


class WindowDiffersError(LedgerError):
    """A window was opened with another limit or length than the version now states."""


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
        answer = self._call("SELECT tongguan.take_places(%s, %s)", (_as_json(request), now))
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
            {"number": number, "scheme": window.scheme, **_window_as_json(window)}
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
        """Windows in which the bookings, counted anew from their rows, exceed what is allowed."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_EXCEEDED).fetchall()
        return tuple(
            WindowCount(
                window=_window_of(row),
                taken=row["recounted"],
                capacity=row["capacity"],
                honoured=row["honoured"],
            )
            for row in rows
        )

    def _call(self, statement: str, parameters: Sequence[object]) -> dict[str, Any]:
        row = self.connection.execute(statement.encode(), parameters).fetchone()
        if row is None:
            raise LedgerError("the ledger did not answer")
        answer: dict[str, Any] = row[0]
        return answer

    def _journeys(self, statement: str, key: str) -> tuple[Journey, ...]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement.encode(), (key,)).fetchall()
        by_id: dict[object, list[dict[str, Any]]] = {}
        for row in rows:
            by_id.setdefault(row["id"], []).append(row)
        return tuple(_journey_from(places) for places in by_id.values())


def _require_sound(request: PlaceRequest) -> None:
    """The windows count exactly the places, and nobody has two places on a leg."""
    legs = {(place.person, place.leg) for place in request.places}
    if not request.places or len(legs) != len(request.places):
        raise LedgerError("a journey has at least one place, and one for each person and leg")
    if request.live_journeys_per_person_max < 1:
        raise LedgerError("a person may have at least one live journey")
    crossings = [
        Crossing(
            direction=place.direction,
            category=place.category,
            control_point=place.control_point,
            slot=place.slot,
            day=place.day,
            person=place.person,
        )
        for place in request.places
    ]
    if len({window.key for window, _ in request.windows}) != len(request.windows):
        raise LedgerError("a window is given twice")
    for window, persons in request.windows:
        if window.scheme != request.scheme or persons != sum(map(window.holds, crossings)):
            raise LedgerError(f"the window of {window.quota} does not count the places asked for")


def _as_json(request: PlaceRequest) -> Jsonb:
    return Jsonb(
        {
            "journey": request.journey,
            "application": request.application,
            "scheme": request.scheme,
            "phase": request.phase,
            "request_hash": request.request_hash.hex(),
            "live_until": request.live_until.isoformat(),
            "live_journeys_per_person_max": request.live_journeys_per_person_max,
            "windows": [
                {"number": number, "persons": persons, **_window_as_json(window)}
                for number, (window, persons) in enumerate(request.windows)
            ],
            "places": [_place_as_json(place) for place in request.places],
        }
    )


def _window_as_json(window: Window) -> dict[str, object]:
    return {
        "cell_week": window.cell_week.isoformat(),
        "quota": window.quota,
        "starts": window.starts.isoformat(),
        "dimensions": [f"{name}={value}" for name, value in window.dimensions],
        "days": window.days,
        "capacity": window.limit,
    }


def _place_as_json(place: Place) -> dict[str, object]:
    return {
        "cell_week": place.cell_week.isoformat(),
        "person_number": place.person_number,
        "person": place.person.hex(),
        "leg": place.leg.value,
        "direction": place.direction,
        "category": place.category,
        "control_point": place.control_point,
        "slot": place.slot,
        "day": place.day.isoformat(),
    }


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
    for wanting in answer["windows"] or ():
        window, persons = request.windows[wanting["number"]]
        if wanting["differs"]:
            raise WindowDiffersError(
                f"{window.quota} from {window.starts} was opened for {wanting['capacity']},"
                f" the version states {window.limit} in {window.days} days"
            )
        reasons.append(_full(request.phase, window, persons, wanting["left"]))
    return PlacesRefused(reasons=tuple(reasons))


def _full(phase: PhaseId, window: Window, persons: int, left: int) -> Reason:
    dimensions = {name: value for name, value in window.dimensions if name != PERSON_DIMENSION}
    return Reason(
        code=ReasonCode.QUOTA_FULL,
        clause=f"phases/{phase}/quotas/{window.quota}",
        facts=dimensions
        | {
            "quota": window.quota,
            "window_start": window.starts.isoformat(),
            "window_days": str(window.days),
            "limit": str(window.limit),
            "left": str(max(0, left)),
            "persons": str(persons),
        },
    )


def _journey_of(request: PlaceRequest, now: datetime) -> Journey:
    return Journey(
        id=request.journey,
        application=request.application,
        scheme=request.scheme,
        phase=request.phase,
        state=JourneyState.BOOKED,
        booked_at=now,
        places=tuple(sorted(request.places, key=_place_order)),
    )


def _place_order(place: Place) -> tuple[object, ...]:
    return (place.day, place.leg is not Leg.OUT, place.person_number)


def _journey_from(rows: Sequence[Mapping[str, Any]]) -> Journey:
    first = rows[0]
    journey = JourneyId(str(first["id"]))
    cancelled = first["cancelled_at"] is not None
    return Journey(
        id=journey,
        application=ApplicationId(str(first["application"])),
        scheme=SchemeId(first["scheme"]),
        phase=PhaseId(first["phase"]),
        state=JourneyState.CANCELLED if cancelled else JourneyState.BOOKED,
        booked_at=first["booked_at"].astimezone(UTC),
        places=tuple(_place_from(journey, row) for row in rows),
    )


def _place_from(journey: JourneyId, row: Mapping[str, Any]) -> Place:
    return Place(
        journey=journey,
        person_number=row["person_number"],
        person=PersonKey(bytes(row["person"])),
        leg=Leg(row["leg"]),
        direction=DirectionId(row["direction"]),
        category=CategoryId(row["category"]),
        control_point=ControlPointId(row["control_point"]),
        slot=SlotId(row["slot"]),
        day=row["day"],
        cell_week=row["cell_week"],
    )


def _window_of(row: Mapping[str, Any]) -> Window:
    pairs = (dimension.partition("=") for dimension in row["dimensions"])
    return Window(
        scheme=SchemeId(row["cell_scheme"]),
        cell_week=row["cell_week"],
        quota=QuotaId(row["quota"]),
        starts=row["starts"],
        dimensions=tuple((name, value) for name, _, value in pairs),
        days=row["days"],
        limit=row["capacity"],
    )
