"""The bodies of the answers about places, made in one place for every way in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tongguan.adapters.reader import Reader
from tongguan.adapters.reason_words import said_reason
from tongguan.app.ledger_port import Journey, PlacesRefused, PlacesTaken
from tongguan.core.decisions import Reason
from tongguan.core.scheme.model import Phase, Version


def taken_body(taken: PlacesTaken) -> dict[str, Any]:
    """The journey whose places are the party's."""
    return {
        "taken": True,
        "replayed": taken.replayed,
        "journey": journey_body(taken.journey),
        "reasons": [],
    }


def refused_body(
    refused: PlacesRefused, version: Version, phase: Phase, reader: Reader
) -> dict[str, Any]:
    """Why no place was taken, with names from the text that holds."""
    return {
        "taken": False,
        "replayed": False,
        "journey": None,
        "reasons": reasons_body(refused.reasons, version, phase, reader),
    }


def journey_body(journey: Journey) -> dict[str, Any]:
    """A journey as it stands in the ledger."""
    return {
        "id": journey.id,
        "state": journey.state.value,
        "booked_at": instant_text(journey.booked_at),
        "held_until": None if journey.held_until is None else instant_text(journey.held_until),
        "replaced_by": journey.replaced_by,
        "places": [
            {
                "person_number": each.person_number,
                "leg": each.leg.value,
                "direction": each.direction,
                "day": each.day.isoformat(),
                "slot": each.slot,
                "control_point": each.control_point,
            }
            for each in journey.places
        ],
    }


def reasons_body(
    reasons: Iterable[Reason], version: Version, phase: Phase, reader: Reader
) -> list[dict[str, Any]]:
    """Reasons in the reader's words; the facts stay as they are stored."""
    found = []
    for reason in reasons:
        said = said_reason(reason, version, phase, reader)
        found.append(
            {
                "code": reason.code.value,
                "title": said.title,
                "remedy": said.remedy,
                "clause": reason.clause,
                "claims": list(reason.claims),
                "facts": dict(reason.facts),
            }
        )
    return found


def instant_text(instant: datetime) -> str:
    """An instant as every answer of the interface writes it: in UTC, to the millisecond."""
    # The framework of the ordinary routes leaves the fraction out where there is none.
    unit = "milliseconds" if instant.microsecond else "seconds"
    return instant.isoformat(timespec=unit).replace("+00:00", "Z")
