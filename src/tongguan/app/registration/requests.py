"""What somebody sends to be registered or to claim a number: its hash, its faults, its level.

A number belongs to who shows the document, but nobody can be asked online to show it. So much is
read from what is typed: that the number is one (``core/documents.py``), and that the day of issue
is stated, without which a number that was seen on a list registers nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import rfc8785

from tongguan.app.authorities import Authority
from tongguan.app.registration.store import RegistrationRoute
from tongguan.core.documents import NumberFault, number_fault
from tongguan.core.identifiers import RegistrationId
from tongguan.core.people import Assurance, Person

_ISSUED_YEARS_MAX: Final = 100
SLIP_AGAIN_TIME: Final = timedelta(minutes=10)
"""Within which an officer who sends the same request again is given the slip again: long enough for
an answer that was lost and a printer that was empty, and too short for a slip of weeks ago."""


class RegistrationRefusal(StrEnum):
    """Why not: a stable code; its words stand in ``texts/registration.yaml``."""

    ALREADY_REGISTERED = "already_registered"
    """The number has an open registration; who holds the document may claim it."""
    CLAIM_DECIDED = "claim_decided"
    CLAIM_HELD = "claim_held"
    """Who decides has given away as many numbers as may be before officers of other units look."""
    CLAIM_UNKNOWN = "claim_unknown"
    CLAIMS_WAITING = "claims_waiting"
    """As many as may wait on one number: whoever holds the document brings it to an officer."""
    ISSUED_ON_IMPLAUSIBLE = "issued_on_implausible"
    ISSUED_ON_MISSING = "issued_on_missing"
    NUMBER_BIRTH_DATE = "number_birth_date"
    NUMBER_CHECK_DIGIT = "number_check_digit"
    NUMBER_FORM = "number_form"
    OFFICER_INVOLVED = "officer_involved"
    """The officer typed or verified the registration that the claim is about."""
    OFFICER_WITHOUT_UNIT = "officer_without_unit"
    PROOF_MISSING = "proof_missing"
    """An officer verifies who left a telephone number or an address."""
    REPLACED = "replaced"
    """The number was found to be another's."""
    SLIP_GIVEN = "slip_given"
    """An officer typed this before, and its slip was given out: it is not given again."""
    TWO_OFFICERS_NEEDED = "two_officers_needed"
    """The present registration was verified: two officers of different units decide."""
    UNIT_REFUSED_BEFORE = "unit_refused_before"
    """The officer's unit has refused a claim of this number, and fewer than three units have."""
    UNKNOWN = "unknown"


_NUMBER_FAULTS = {
    NumberFault.BIRTH_DATE: RegistrationRefusal.NUMBER_BIRTH_DATE,
    NumberFault.CHECK_DIGIT: RegistrationRefusal.NUMBER_CHECK_DIGIT,
    NumberFault.FORM: RegistrationRefusal.NUMBER_FORM,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrationRefused:
    """An expected "no"; nothing was changed, but for what its code says is counted."""

    code: RegistrationRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrationRequest:
    """What a person states; the id is a UUID chosen by the client. Personal data, hidden."""

    id: RegistrationId
    holder: Person = field(repr=False)
    """What ``assurance`` it names counts for nothing: the level follows from what was shown."""
    document_issued_on: date | None = field(repr=False, default=None)
    phone: str | None = field(repr=False, default=None)
    address: str | None = field(repr=False, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """How a request came, and what an officer saw of it."""

    route: RegistrationRoute = RegistrationRoute.SELF
    officer: str | None = None
    is_proof_seen: bool = False
    """The officer saw the document, and a proof of the telephone number or of the address."""

    def __post_init__(self) -> None:
        """ValueError where an officer's route names none, or the person's own names one."""
        if (self.officer is None) is not (self.route is RegistrationRoute.SELF):
            raise ValueError("assisted and paper registrations are an officer's, others nobody's")
        if self.is_proof_seen and self.officer is None:
            raise ValueError("only an officer sees a proof")


def request_fault(
    request: RegistrationRequest, shown: Shown, today: date
) -> RegistrationRefusal | None:
    """What is wrong with a request in itself; ``None`` when nothing is."""
    fault = number_fault(request.holder.document, today=today)
    if fault is not None:
        return _NUMBER_FAULTS[fault]
    if shown.is_proof_seen and not has_proof(request.phone, request.address):
        return RegistrationRefusal.PROOF_MISSING
    issued_on = request.document_issued_on
    if issued_on is None:
        is_own = shown.route is RegistrationRoute.SELF
        return RegistrationRefusal.ISSUED_ON_MISSING if is_own else None
    if issued_on > today or today.year - issued_on.year > _ISSUED_YEARS_MAX:
        return RegistrationRefusal.ISSUED_ON_IMPLAUSIBLE
    return None


def is_slip_given(shown: Shown, first: datetime, now: datetime) -> bool:
    """Whether the slip of a request that came first at that instant is not given out again.

    Whoever registered themselves gets it again with what they sent. An officer has it in hand while
    somebody stands before them, and could otherwise open it for good.
    """
    return shown.officer is not None and now - first > SLIP_AGAIN_TIME


def has_proof(phone: str | None, address: str | None) -> bool:
    """Whether there is anything of which a proof can have been seen."""
    return bool(phone or address)


def assurance_of(request: RegistrationRequest, shown: Shown) -> Assurance:
    """The level of a request that has no fault."""
    if shown.is_proof_seen:
        return Assurance.VERIFIED
    return Assurance.ASSERTED if request.document_issued_on is None else Assurance.DOCUMENT_READ


def request_hash(authority: Authority, request: RegistrationRequest, shown: Shown) -> bytes:
    """What is kept of a request, to tell the same one from another under its id.

    Who typed it is part of it: the slip of what an officer typed goes to that officer alone.
    """
    holder = request.holder
    issued_on = request.document_issued_on
    return authority.index.request(
        rfc8785.dumps(
            {
                "registration": request.id,
                "name": holder.name,
                "document": [holder.document.type, holder.document.number, holder.document.issuer],
                "born": None if holder.born is None else holder.born.isoformat(),
                "issued_on": None if issued_on is None else issued_on.isoformat(),
                "phone": request.phone,
                "address": request.address,
                "route": shown.route,
                "officer": shown.officer,
                "is_proof_seen": shown.is_proof_seen,
            }
        )
    )
