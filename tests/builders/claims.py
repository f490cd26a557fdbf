"""Claims of a number in tests: who squats on it, who claims it, and who decides."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from tests.builders.authorities import START, person
from tests.builders.officers import OFFICERS
from tests.builders.travel import registered, registration_request
from tongguan.app.authorities import Authority
from tongguan.app.evidence.store import AdverseAct
from tongguan.app.registration.registrations import (
    ClaimDecided,
    NumberClaimed,
    Registered,
    RegistrationRefused,
    RegistrationRequest,
    claim_number,
    decide_claim,
    notices_of_registration,
    register,
    registration_by_id,
    uphold_claim,
    verify_registration,
)
from tongguan.app.registration.store import Registration
from tongguan.core.identifiers import CaseId, RegistrationId, UnitId

PHONE = "+852 2345 6789"


def squatted(authority: Authority, number: int = 1) -> Registration:
    """A registration of the number by somebody else."""
    own = registered(authority, replace(person(number), name="SOMEBODY ELSE"))
    found = registration_by_id(authority, own)
    assert found is not None
    return found


def new_request(number: int = 1, **changed: object) -> RegistrationRequest:
    new = {"id": RegistrationId(str(uuid4())), "phone": PHONE} | changed
    return registration_request(person(number), **new)


def claimed(
    authority: Authority, request: RegistrationRequest | None = None, **how: object
) -> NumberClaimed:
    identifier = CaseId(str(uuid4()))
    answer = claim_number(authority, identifier, request or new_request(), **how)  # type: ignore[arg-type]
    assert isinstance(answer, NumberClaimed), answer
    return answer


def upheld(authority: Authority, claim: NumberClaimed, officer: str = "ho") -> Registration:
    answer = decide_claim(authority, claim.claim.id, uphold=True, officer=officer)
    assert isinstance(answer, ClaimDecided), answer
    assert answer.registration is not None
    return answer.registration


def acts(authority: Authority) -> tuple[AdverseAct, ...]:
    with authority.database.transaction() as transaction:
        return transaction.evidence.acts_since(START - timedelta(days=1))


def told(authority: Authority, registration: Registration) -> list[str]:
    """The codes of what its holder was told, the oldest first."""
    return [each.code for each in reversed(notices_of_registration(authority, registration))]


def claim_time(authority: Authority) -> timedelta:
    assert authority.health_rules is not None
    return authority.health_rules.controls.claim_time


def after(authority: Authority, minutes: int = 1) -> datetime:
    """A little after the clock of a claim of the beginning has run out."""
    return START + claim_time(authority) + timedelta(minutes=minutes)


def verified(authority: Authority) -> Registration:
    """A registration that officer Chan verified."""
    request = new_request()
    assert isinstance(register(authority, request), Registered)
    found = verify_registration(authority, request.id, officer="chan")
    assert isinstance(found, Registration)
    return found


def by_two(
    authority: Authority, claim: NumberClaimed, *officers: str
) -> ClaimDecided | RegistrationRefused:
    units = [UnitId(OFFICERS[each]) for each in officers]
    with authority.database.transaction() as transaction:
        return uphold_claim(authority, transaction, claim.claim.id, officers, units)
