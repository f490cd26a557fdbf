"""What the health proofs among ICAO's seals say, as far as a judge of them needs it to be there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

TEST = "icao.test"
VACCINATION = "icao.vacc"
SEAL_TYPES = {TEST: "NT", VACCINATION: "NV"}
"""The types that are read; a signer's certificate may be limited to their document types."""
_EVENTS_MAX = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class SealClaims:
    """What was found; the message itself is handed on as it stands."""

    issued_at: datetime | None
    """When the test was reported; proofs of vaccination do not say."""


def read_claims(seal_type: str, message: Mapping[str, Any]) -> SealClaims | str:
    """What the message of a seal says, or which part of it is missing or of another form."""
    match seal_type:
        case "icao.vacc":
            return _vaccination(message)
        case "icao.test":
            return _test(message)
        case _:
            return "a seal of a type that is not read"


def _vaccination(message: Mapping[str, Any]) -> SealClaims | str:
    match message:
        case {"uvci": str(identifier), "pid": {"n": str(name)}, "ve": [_, *_] as events} if (
            identifier and name and len(events) <= _EVENTS_MAX
        ):
            pass
        case _:
            return "not an identifier, a person and vaccinations"
    if not all(_is_event(event) for event in events):
        return "a vaccination without a vaccine, or without doses and their days"
    return SealClaims(issued_at=None)


def _is_event(event: Any) -> bool:
    match event:
        case {"nam": str(vaccine), "vd": [_, *_] as doses}:
            return bool(vaccine) and len(doses) <= _EVENTS_MAX and all(map(_is_dose, doses))
        case _:
            return False


def _is_dose(dose: Any) -> bool:
    """The number of a dose is written both as a number and as text."""
    match dose:
        case {"dvc": str(day), "seq": int() | str() as number, "ctr": str(country)}:
            return bool(country) and _is_day(day) and _is_count(number)
        case _:
            return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_count(number: int | str) -> bool:
    text = str(number)
    return text.isascii() and text.isdigit() and len(text) <= 2


def _test(message: Mapping[str, Any]) -> SealClaims | str:
    match message:
        case {
            "utci": str(identifier),
            "pid": {"n": str(name)},
            "sp": {"spn": str(), "ctr": str()},
            "dat": {"sc": str(sampled), "ri": str(reported)},
            "tr": {"tc": str(method), "r": str(result)},
        } if identifier and name and method and result:
            pass
        case _:
            return "not an identifier, a person, a test centre, two instants and a result"
    sampled_at, reported_at = _instant(sampled), _instant(reported)
    if sampled_at is None or reported_at is None:
        return "an instant that is no date and time with a zone"
    if reported_at < sampled_at:
        return "reported before it was sampled"
    return SealClaims(issued_at=reported_at)


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.utcoffset() is not None else None
