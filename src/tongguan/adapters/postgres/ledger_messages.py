"""What is sent to the ledger's functions, and what its rows say, as values of the port."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from psycopg.types.json import Jsonb

from tongguan.app.ledger_port import (
    Journey,
    JourneyState,
    Place,
    Restatement,
)
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
    SponsorId,
    VersionDigest,
)
from tongguan.core.quota.windows import Dimensions, Window, WindowKey
from tongguan.core.scheme.model import Leg


def restatement_as_json(
    scheme: SchemeId, from_week: date, journeys: Iterable[Restatement]
) -> Jsonb:
    """What ``restate_places`` reads."""
    given = tuple(journeys)
    windows = dict.fromkeys(window for each in given for window, _ in each.counted)
    return Jsonb(
        {
            "scheme": scheme,
            "from_week": from_week.isoformat(),
            "journeys": [
                {
                    "journey": each.journey,
                    "live_until": each.live_until.isoformat() if each.live_until else None,
                }
                for each in given
            ],
            "places": [
                {"journey": each.journey, **_place_as_json(place)}
                for each in given
                for place in each.places
            ],
            "counted": [
                {"journey": each.journey, "persons": persons, **window_as_json(window)}
                for each in given
                for window, persons in each.counted
            ],
            "windows": [window_as_json(window) for window in windows],
        }
    )


def window_as_json(window: Window) -> dict[str, object]:
    """A window's key, length and limit."""
    part_of = None
    if window.part_of is not None:
        _, _, quota, starts, dimensions = window.part_of
        part_of = [quota, starts.isoformat(), *(f"{name}={value}" for name, value in dimensions)]
    return {
        "cell_week": window.cell_week.isoformat(),
        "quota": window.quota,
        "starts": window.starts.isoformat(),
        "dimensions": [f"{name}={value}" for name, value in window.dimensions],
        "days": window.days,
        "capacity": window.limit,
        "part_of": part_of,
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
        "sponsor": place.sponsor,
    }


def journey_from(rows: Sequence[Mapping[str, Any]]) -> Journey:
    """A journey from the rows of its places."""
    first = rows[0]
    journey = JourneyId(str(first["id"]))
    held_until, replaced_by = first["held_until"], first["replaced_by"]
    return Journey(
        id=journey,
        application=ApplicationId(str(first["application"])),
        scheme=SchemeId(first["scheme"]),
        version=VersionDigest(first["version_digest"]),
        phase=PhaseId(first["phase"]),
        state=_state_from(first),
        booked_at=first["booked_at"].astimezone(UTC),
        places=tuple(_place_from(journey, row) for row in rows),
        held_until=held_until and held_until.astimezone(UTC),
        replaced_by=None if replaced_by is None else JourneyId(str(replaced_by)),
    )


def _state_from(row: Mapping[str, Any]) -> JourneyState:
    ended, hour = row["cancelled_at"], row["held_until"]
    if ended is None:
        return JourneyState.BOOKED if hour is None else JourneyState.HELD
    if row["replaced_by"] is not None:
        return JourneyState.REPLACED
    return JourneyState.EXPIRED if hour is not None and hour <= ended else JourneyState.CANCELLED


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
        sponsor=None if row["sponsor"] is None else SponsorId(row["sponsor"]),
    )


def window_from(row: Mapping[str, Any]) -> Window:
    """A window as its row says, with the limit last reckoned."""
    scheme, week = SchemeId(row["cell_scheme"]), row["cell_week"]
    part_of = None
    if row["part_of"] is not None:
        quota, starts, *dimensions = row["part_of"]
        key = QuotaId(quota), date.fromisoformat(starts), _dimensions_from(dimensions)
        part_of = (scheme, week, *key)
    return Window(
        scheme=scheme,
        cell_week=week,
        quota=QuotaId(row["quota"]),
        starts=row["starts"],
        dimensions=_dimensions_from(row["dimensions"]),
        days=row["days"],
        limit=row["capacity"],
        part_of=part_of,
    )


def key_from(row: Mapping[str, Any]) -> WindowKey:
    """What tells a window from every other, as its row says."""
    return (
        SchemeId(row["cell_scheme"]),
        row["cell_week"],
        QuotaId(row["quota"]),
        row["starts"],
        _dimensions_from(row["dimensions"]),
    )


def _dimensions_from(written: Sequence[str]) -> Dimensions:
    pairs = (dimension.partition("=") for dimension in written)
    return tuple((name, value) for name, _, value in pairs)
