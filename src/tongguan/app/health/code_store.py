"""Health codes as kept, and the store that keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import PersonKey, RegistrationId


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCodeRecord:
    """An issued health code; what was declared is stored encrypted beside it."""

    id: bytes
    registration: RegistrationId | None
    """``None`` of a code issued before there were registrations."""
    person: PersonKey
    colour: Colour = field(repr=False)
    reasons: tuple[str, ...] = field(repr=False)
    rule_version: str
    issued_at: datetime
    valid_until: datetime
    status_index: int
    revoked_at: datetime | None


class HealthCodeStore(Protocol):
    """Health codes of this authority."""

    def add(
        self,
        record: HealthCodeRecord,
        request_hash: bytes,
        declared: Mapping[str, object],
        delete_after: date,
    ) -> bool:
        """Keep a code; ``False`` when the id is there already."""

    def get(self, code: bytes) -> tuple[HealthCodeRecord, bytes] | None:
        """A code with the keyed hash of the request that made it."""

    def next_status_index(self) -> int: ...

    def last_status_index(self) -> int:
        """No code has a higher one; 0 before any was issued."""

    def hold_person(self, person: PersonKey) -> datetime | None:
        """Let nobody else declare for this person until the transaction ends.

        When the person's latest code was issued, or ``None`` when there is none.
        """

    def live(self, person: PersonKey) -> tuple[HealthCodeRecord, ...]:
        """The person's codes that are neither revoked nor over by their hour."""

    def last_of(self, person: PersonKey, registration: RegistrationId) -> HealthCodeRecord | None:
        """The newest code of a registration, whatever became of it."""

    def acceptable(self, person: PersonKey) -> tuple[HealthCodeRecord, ...]:
        """The person's codes that are not revoked and that a gate may still accept.

        Those of yesterday too: a scheme may judge a code at the start of an evening slot.
        """

    def revoke(self, code: bytes, at: datetime) -> bool:
        """Revoke one code; ``False`` when it is already, or when no gate can accept it."""

    def revoke_earlier(self, person: PersonKey, *, than: bytes, at: datetime) -> int:
        """A person has one live code of an authority: the newest; the others are revoked."""

    def revoked_indexes(self, *, unexpired_at: datetime) -> tuple[int, ...]: ...
