"""What a SMART Health Card says of itself: its issuer, its dates, and the claims as a whole."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

HEALTH_CARD_TYPE: Final = "https://smarthealth.cards#health-card"
_SECONDS_MAX: Final = 253_402_300_799
"""The last second that has a year of four digits."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REVOCATION_ID = re.compile(r"[A-Za-z0-9_-]{1,24}")


class MalformedCardError(Exception):
    """A claim is absent or not what it must be; never leaves the readers that catch it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardClaims:
    """The claims of a card, those of every card read out."""

    issuer: str
    """The address that the card names as its issuer's."""
    not_before: float
    """Seconds since 1970, with fractions, as are all instants of a card."""
    expires: float | None
    revocation_id: str | None
    values: Mapping[str, Any] = field(repr=False)

    @property
    def issued_at(self) -> datetime:
        """The instant at which the card begins to hold."""
        return _EPOCH + timedelta(seconds=self.not_before)

    @property
    def expires_at(self) -> datetime | None:
        """The last instant at which the card holds; most cards have none."""
        return None if self.expires is None else _EPOCH + timedelta(seconds=self.expires)


def read_card_claims(values: Any) -> CardClaims:
    """The claims of a card in the structure of the specification; ``MalformedCardError`` else."""
    if not isinstance(values, dict):
        raise MalformedCardError("the claims are not an object")
    card = _object(values, "vc")
    subject = _object(card, "credentialSubject")
    _object(subject, "fhirBundle")
    types = card.get("type")
    if not isinstance(types, list) or HEALTH_CARD_TYPE not in types:
        raise MalformedCardError("the credential is not marked as a health card")
    issuer = values.get("iss")
    if not isinstance(issuer, str) or not issuer:
        raise MalformedCardError("the card names no issuer")
    return CardClaims(
        issuer=issuer,
        not_before=_seconds(values, "nbf"),
        expires=_seconds(values, "exp") if "exp" in values else None,
        revocation_id=_revocation_id(card),
        values=values,
    )


def _object(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = values.get(name)
    if not isinstance(value, dict):
        raise MalformedCardError(f"{name} is not an object")
    return value


def _seconds(values: Mapping[str, Any], name: str) -> float:
    value: Any = values.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _SECONDS_MAX:
        raise MalformedCardError(f"{name} is not an instant in seconds")
    return float(value)


def _revocation_id(card: Mapping[str, Any]) -> str | None:
    """An identifier of another form could stand on no list, so that it would evade every one."""
    if "rid" not in card:
        return None
    value = card["rid"]
    if not isinstance(value, str) or not _REVOCATION_ID.fullmatch(value):
        raise MalformedCardError("the revocation identifier is none")
    return value
