"""Registrations for health codes: one open for each document, opened with its reference and secret.

Nobody looks a person up by document number. Whoever registers a number learns in the end whether
it was free, for there is one registration of it; but to ask takes a right number and a day of
issue, leaves behind a registration of one's own or a line in the log, and tells nothing of
anybody's health.
"""

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.control.store import HealthNotice
from tongguan.app.ports import Transaction
from tongguan.app.registration.claim_decisions import (
    CLOCK,
    ClaimDecided,
    decide_claim,
    uphold_claim,
    uphold_due_claims,
)
from tongguan.app.registration.number_claims import (
    NumberClaimed,
    ask_verification,
    claim_number,
    claim_of,
    claims_to_decide,
    look_at_claim,
    open_claims_against,
)
from tongguan.app.registration.registering import (
    Registered,
    RegistrationIdTakenError,
    hold_number,
    record,
    register_free,
)
from tongguan.app.registration.requests import (
    RegistrationRefusal,
    RegistrationRefused,
    RegistrationRequest,
    Shown,
    has_proof,
    is_slip_given,
    request_fault,
    request_hash,
)
from tongguan.app.registration.store import Registration, RegistrationRoute, RegistrationState
from tongguan.app.schemes import holding_or_raise
from tongguan.core.calendar import local_day
from tongguan.core.credentials.index import normalised_reference
from tongguan.core.identifiers import RegistrationId
from tongguan.core.people import Assurance

__all__ = [
    "CLOCK",
    "ClaimDecided",
    "NumberClaimed",
    "Registered",
    "RegistrationRefusal",
    "RegistrationRefused",
    "RegistrationRequest",
    "ask_verification",
    "claim_number",
    "claim_of",
    "claims_to_decide",
    "decide_claim",
    "look_at_claim",
    "look_at_registration",
    "notices_of_registration",
    "open_claims_against",
    "open_registration",
    "register",
    "registration_by_id",
    "replaced_registration",
    "uphold_claim",
    "uphold_due_claims",
    "verify_registration",
]


def register(
    authority: Authority,
    request: RegistrationRequest,
    *,
    route: RegistrationRoute = RegistrationRoute.SELF,
    officer: str | None = None,
    is_proof_seen: bool = False,
) -> Registered | RegistrationRefused:
    """Register a number that nobody has registered, at most once for an id.

    ``is_proof_seen``: the officer saw the document and a proof of telephone number or address.
    Raises ``RequestIdReusedError`` for another request under a known id, ``NothingHoldsError``
    before any phase was activated.
    """
    shown = Shown(route=route, officer=officer, is_proof_seen=is_proof_seen)
    hashed = request_hash(authority, request, shown)
    uphold_due_claims(authority)
    try:
        with authority.database.transaction() as transaction:
            holding = holding_or_raise(transaction)
            person = authority.index.person(request.holder.document)
            present = hold_number(transaction, person)
            kept = _kept(authority, transaction, request, shown, hashed)
            if kept is not None:
                return kept
            today = local_day(transaction.now, holding.version.zone)
            code = request_fault(request, shown, today)
            if code is not None:
                return RegistrationRefused(code=code)
            if present is not None:
                code = RegistrationRefusal.ALREADY_REGISTERED
                actor = officer or "traveller"
                record(transaction, actor, "registration.register", present.id, code.value)
                return RegistrationRefused(code=code)
            return register_free(
                authority, transaction, holding, request, shown, request_hash=hashed
            )
    except RegistrationIdTakenError:
        raise RequestIdReusedError from None


def open_registration(authority: Authority, reference: str, secret: str) -> Registration | None:
    """The open registration, to whoever holds its reference and secret; ``None`` to anyone else."""
    found = _opened(authority, reference, secret)
    return found if found is not None and found.state is RegistrationState.OPEN else None


def replaced_registration(authority: Authority, reference: str, secret: str) -> Registration | None:
    """One that is no longer open, to whoever holds its slip: they are told why, and nothing else.

    What is said of the person now is said of another.
    """
    found = _opened(authority, reference, secret)
    return found if found is not None and found.state is RegistrationState.REPLACED else None


def registration_by_id(authority: Authority, registration: RegistrationId) -> Registration | None:
    """A registration that was opened in this session, as long as it is open."""
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        found = transaction.registrations.get(registration)
    return found if found is not None and found.state is RegistrationState.OPEN else None


def verify_registration(
    authority: Authority, registration: RegistrationId, *, officer: str
) -> Registration | RegistrationRefused:
    """Note that the officer saw the document and a proof of telephone number or address.

    No clock of a claim takes a verified registration away. Again is harmless.
    """
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        found = transaction.registrations.get(registration)
        if found is None:
            return RegistrationRefused(code=RegistrationRefusal.UNKNOWN)
        present = hold_number(transaction, found.person)
        if present is None or present.id != registration:
            return RegistrationRefused(code=RegistrationRefusal.REPLACED)
        if present.assurance is Assurance.VERIFIED:
            return present
        if not has_proof(present.phone, present.address):
            return RegistrationRefused(code=RegistrationRefusal.PROOF_MISSING)
        transaction.registrations.verify(
            registration, Assurance.VERIFIED, at=transaction.now, by=officer
        )
        record(transaction, officer, "registration.verify", registration, "verified")
        verified = transaction.registrations.get(registration)
        assert verified is not None  # noqa: S101 - held by this transaction
        return verified


def look_at_registration(
    authority: Authority, reference: str, *, officer: str
) -> Registration | None:
    """A registration by the reference on its slip; the look is recorded before it is shown."""
    with authority.database.transaction() as transaction:
        found = transaction.registrations.by_reference(normalised_reference(reference))
        if found is not None:
            record(transaction, officer, "registration.look", found.id, found.state.value)
        return found


def notices_of_registration(
    authority: Authority, registration: Registration
) -> tuple[HealthNotice, ...]:
    """What the holder of this registration was told, the newest first.

    What concerns another registration of the number is told to that one's holder alone; who lost
    the number is told of that, and of nothing that is said of its holder.
    """
    with authority.database.transaction() as transaction:
        told = transaction.controls.told(registration.person)
    is_open = registration.state is RegistrationState.OPEN
    return tuple(
        each
        for each in told
        if each.facts.get("registration", registration.id if is_open else None) == registration.id
    )


def _opened(authority: Authority, reference: str, secret: str) -> Registration | None:
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        found = transaction.registrations.by_reference(normalised_reference(reference))
    if found is None or not authority.index.opens_registration(found.id, secret, found.slip_turn):
        return None
    return found


def _kept(
    authority: Authority,
    transaction: Transaction,
    request: RegistrationRequest,
    shown: Shown,
    hashed: bytes,
) -> Registered | RegistrationRefused | None:
    """What came of the same request before; ``None`` when it is new."""
    kept_hash = transaction.registrations.request_hash(request.id)
    if kept_hash is None:
        return None
    kept = transaction.registrations.get(request.id)
    if kept_hash != hashed or kept is None:  # or deleted by retention between the two statements
        raise RequestIdReusedError
    if kept.slip_turn or is_slip_given(shown, kept.registered_at, transaction.now):
        return RegistrationRefused(code=RegistrationRefusal.SLIP_GIVEN)
    slip = authority.index.registration_slip(request.id)
    return Registered(registration=kept, slip=slip, replayed=True)
