"""A number that nobody has registered becomes somebody's: the step that registering and claiming
have in common.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.registration.requests import RegistrationRequest, Shown, assurance_of
from tongguan.app.registration.store import Registration, RegistrationState
from tongguan.app.schemes import Holding
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day
from tongguan.core.credentials.index import Slip
from tongguan.core.identifiers import PersonKey
from tongguan.core.people import Assurance


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """The registration as it now stands, and the slip that opens it."""

    registration: Registration
    slip: Slip
    replayed: bool


class RegistrationIdTakenError(Exception):
    """The id was taken in the same moment; the transaction must not be kept."""


def register_free(
    authority: Authority,
    transaction: Transaction,
    holding: Holding,
    request: RegistrationRequest,
    shown: Shown,
    *,
    request_hash: bytes,
) -> Registered:
    """Register a number of which the caller, who holds the person, knows that it is free."""
    now = transaction.now
    level = assurance_of(request, shown)
    is_verified = level is Assurance.VERIFIED
    slip = authority.index.registration_slip(request.id)
    registration = Registration(
        id=request.id,
        reference=slip.reference,
        person=authority.index.person(request.holder.document),
        holder=replace(request.holder, assurance=level),
        document_issued_on=request.document_issued_on,
        phone=request.phone,
        address=request.address,
        route=shown.route,
        state=RegistrationState.OPEN,
        registered_at=now,
        registered_by=shown.officer,
        verified_at=now if is_verified else None,
        verified_by=shown.officer if is_verified else None,
    )
    delete_after = holding.delete_after(local_day(now, holding.version.zone))
    if not transaction.registrations.add(registration, request_hash, delete_after):
        raise RegistrationIdTakenError
    record(
        transaction, shown.officer or "traveller", "registration.register", request.id, level.value
    )
    return Registered(registration=registration, slip=slip, replayed=False)


def record(
    transaction: Transaction,
    actor: str,
    action: str,
    subject: str,
    outcome: str,
    *,
    at: datetime | None = None,
) -> None:
    """Note an act or a look in the log; ids alone."""
    transaction.audit.record(
        AuditEntry(
            at=at or transaction.now,
            actor=actor,
            action=action,
            subject=subject,
            outcome=outcome,
        )
    )


def hold_number(transaction: Transaction, person: PersonKey) -> Registration | None:
    """Let nobody else register, claim or declare under this number; its open registration."""
    transaction.evidence.hold_person(person)
    return transaction.registrations.open_of(person, lock=True)
