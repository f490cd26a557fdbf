"""Registrations for health codes as kept, claims of a number, and the store that keeps them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from tongguan.core.identifiers import CaseId, PersonKey, RegistrationId, UnitId
from tongguan.core.people import Assurance, Person


class RegistrationRoute(StrEnum):
    """How somebody came to be registered."""

    ASSISTED = "assisted"
    """An officer typed what the person said, the document before them."""
    PAPER = "paper"
    """An officer typed a form that came on paper."""
    SELF = "self"


class RegistrationState(StrEnum):
    """Where a registration stands; a document has one that is open."""

    OPEN = "open"
    REPLACED = "replaced"
    """The number was found to be another's, who holds a registration of their own since."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """A person registered for health codes; who and where is stored encrypted."""

    id: RegistrationId
    reference: str
    person: PersonKey
    holder: Person = field(repr=False)
    """``holder.assurance`` is the level of the registration."""
    document_issued_on: date | None = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    route: RegistrationRoute
    state: RegistrationState
    registered_at: datetime
    registered_by: str | None
    """The officer who typed it; ``None`` when the person did."""
    verified_at: datetime | None = None
    verified_by: str | None = None
    replaced_by: RegistrationId | None = None
    slip_turn: int = 0
    """How often its holder took a new secret; the slip is derived from it."""
    slip_renewal: str | None = None
    """The request that last did, and when: to give what an answer that was lost said."""
    slip_renewed_at: datetime | None = None

    @property
    def assurance(self) -> Assurance:
        """How sure it is that the holder is who the document names."""
        return self.holder.assurance


class ClaimState(StrEnum):
    """Where a claim stands."""

    OPEN = "open"
    REFUSED = "refused"
    UPHELD = "upheld"


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberClaim:
    """Somebody says that a number which is registered already is theirs."""

    id: CaseId
    person: PersonKey
    registration: RegistrationId
    """The one that would take the place of the present one, written as it was sent."""
    holder: Person = field(repr=False)
    document_issued_on: date | None = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    state: ClaimState
    opened_at: datetime
    decide_by: datetime
    decided_at: datetime | None = None
    decided_by: tuple[str, ...] = ()
    units: tuple[UnitId, ...] = ()


class RegistrationStore(Protocol):
    """Registrations and claims."""

    def add(self, registration: Registration, request_hash: bytes, delete_after: date) -> bool:
        """Keep a new one; ``False`` when the id is there already (nothing changed)."""

    def request_hash(self, registration: RegistrationId) -> bytes | None: ...

    def get(self, registration: RegistrationId, *, lock: bool = False) -> Registration | None: ...

    def by_reference(self, reference: str) -> Registration | None: ...

    def open_of(self, person: PersonKey, *, lock: bool = False) -> Registration | None:
        """The open registration of a document."""

    def verify(
        self, registration: RegistrationId, assurance: Assurance, *, at: datetime, by: str
    ) -> None:
        """Raise the level; who it belongs to is sealed anew with it."""

    def renew_slip(self, registration: RegistrationId, renewal: str, *, at: datetime) -> None:
        """Turn the slip of an open one: the secret before opens nothing any more."""

    def replace(self, registration: RegistrationId, by: RegistrationId, at: datetime) -> None:
        """Close an open one in favour of another."""

    def keep_until(self, registration: RegistrationId, day: date) -> None:
        """Delete it no earlier than after this day."""

    def add_claim(self, claim: NumberClaim, request_hash: bytes, delete_after: date) -> bool:
        """Keep a new claim; ``False`` when the id is there already."""

    def claim(self, claim: CaseId, *, lock: bool = False) -> NumberClaim | None: ...

    def claim_request_hash(self, claim: CaseId) -> bytes | None: ...

    def open_claims(self, *, limit: int) -> tuple[NumberClaim, ...]:
        """Those to decide, the one whose time runs out first at the head."""

    def open_claims_of(self, person: PersonKey) -> tuple[NumberClaim, ...]:
        """Those to decide on one number, in the order of their time."""

    def due_claims(self, now: datetime, *, limit: int) -> tuple[CaseId, ...]:
        """Open ones whose time has run out, where nobody verified the present registration."""

    def disputed_since(self, officer: str, instant: datetime) -> int:
        """How many numbers that this officer typed or verified were claimed from then on."""

    def typed_and_declared(
        self, officer: str, instant: datetime, *, limit: int
    ) -> tuple[RegistrationId, ...]:
        """Those that this officer typed and under which was declared from then on, newest first."""

    def delay_claim(self, claim: CaseId, decide_by: datetime) -> None:
        """Give an open one until later."""

    def units_that_refused(self, person: PersonKey) -> frozenset[UnitId]:
        """The units of the officers who refused a claim of this number before."""

    def refusals_since(self, instant: datetime) -> tuple[tuple[str, ...], ...]:
        """Of every claim that officers refused from then on: who did, as causers are named."""

    def decide_claim(self, claim: NumberClaim) -> None:
        """Keep what was decided: state, when, by whom."""
