"""Slips that an officer typed: given again for some minutes, and watched for what they open."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.claims import claimed, new_request, squatted, upheld
from tests.builders.evidence import a_test, enrolled
from tests.builders.officers import OFFICERS, proposed, reviewed, with_units
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.health.codes import HealthAnswer, HealthRequest, declare_health
from tongguan.app.registration.registrations import (
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    RegistrationRequest,
    claim_number,
    claim_of,
    open_registration,
    register,
    replaced_registration,
    verify_registration,
)
from tongguan.app.registration.requests import SLIP_AGAIN_TIME
from tongguan.app.registration.slips import renew_slip
from tongguan.app.registration.store import RegistrationRoute
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.identifiers import RegistrationId

SLIP_GIVEN = RegistrationRefused(code=RegistrationRefusal.SLIP_GIVEN)
BY_HO = {"route": RegistrationRoute.ASSISTED, "officer": "ho"}
MINUTE = timedelta(minutes=1)


def typed(authority: Authority, number: int, officer: str | None = "ho") -> RegistrationRequest:
    """Registered at the counter by an officer, or by themselves."""
    request = new_request(number)
    how = {} if officer is None else BY_HO | {"officer": officer}
    assert isinstance(register(authority, request, **how), Registered)  # type: ignore[arg-type]
    return request


def declared(authority: Authority, own: RegistrationId, *, ill: bool = True) -> Colour:
    request = HealthRequest(
        id=str(uuid4()), registration=own, declaration=HealthDeclaration(close_contact=ill)
    )
    answer = declare_health(authority, request)
    assert isinstance(answer, HealthAnswer), answer
    return answer.judgement.colour


def rung(authority: Authority) -> dict[str, int]:
    with authority.database.transaction() as transaction:
        return {each.subject: each.acts for each in transaction.controls.alarms(open_only=True)}


@pytest.mark.parametrize("route", [RegistrationRoute.ASSISTED, RegistrationRoute.PAPER])
def test_slip__typed_by_an_officer__is_given_again_for_some_minutes_only(
    active: Pair, route: RegistrationRoute
) -> None:
    request = new_request()
    how = {"route": route, "officer": "ho", "is_proof_seen": True}
    first = register(active.hk, request, **how)  # type: ignore[arg-type]
    assert isinstance(first, Registered)
    active.set_time(START + SLIP_AGAIN_TIME - MINUTE)
    again = register(active.hk, request, **how)  # type: ignore[arg-type]
    assert isinstance(again, Registered)
    assert (again.replayed, again.slip) == (True, first.slip)
    active.set_time(START + SLIP_AGAIN_TIME + MINUTE)
    assert register(active.hk, request, **how) == SLIP_GIVEN  # type: ignore[arg-type]
    same = claim_number(active.hk, claimed_id(), request, **how)  # type: ignore[arg-type]
    assert same == SLIP_GIVEN


def claimed_id() -> str:
    return str(uuid4())


def test_slip__of_ones_own_request__is_given_again_at_any_time(active: Pair) -> None:
    request = typed(active.hk, 1, officer=None)
    active.set_time(START + timedelta(days=20))
    again = register(active.hk, request)
    assert isinstance(again, Registered)
    assert again.replayed


def test_slip__of_a_claim_that_an_officer_typed__is_given_again_for_some_minutes_only(
    active: Pair,
) -> None:
    squatted(active.hk)
    request = new_request()
    answer = claimed(active.hk, request, **BY_HO)
    assert claim_number(active.hk, answer.claim.id, request, **BY_HO).slip == answer.slip  # type: ignore[arg-type,union-attr]
    active.set_time(START + SLIP_AGAIN_TIME + MINUTE)
    assert claim_number(active.hk, answer.claim.id, request, **BY_HO) == SLIP_GIVEN  # type: ignore[arg-type]


def test_slip__renewed_by_its_holder__opens_and_the_old_one_opens_nothing(active: Pair) -> None:
    hk = with_units(active.hk)
    request = new_request()
    first = register(hk, request, **BY_HO)  # type: ignore[arg-type]
    assert isinstance(first, Registered)
    reference, old = first.slip.reference, first.slip.secret
    renewal = str(uuid4())
    assert renew_slip(hk, renewal, reference, "AAAA-AAAA-AAAA-AAAA") is None
    new = renew_slip(hk, renewal, reference, old)
    assert new is not None
    assert (new.reference, new.secret == old) == (reference, False)
    own = open_registration(hk, reference, new.secret)
    assert own is not None
    assert own.id == request.id
    assert open_registration(hk, reference, old) is None
    assert replaced_registration(hk, reference, old) is None
    assert renew_slip(hk, str(uuid4()), reference, old) is None
    assert register(hk, request, **BY_HO) == SLIP_GIVEN  # type: ignore[arg-type]
    with pytest.raises(RequestIdReusedError):
        renew_slip(hk, renewal, reference, new.secret)


def test_slip__renewed__is_given_again_for_an_answer_that_was_lost_and_minutes_only(
    active: Pair,
) -> None:
    hk = active.hk
    first = register(hk, new_request())
    assert isinstance(first, Registered)
    reference, old, renewal = first.slip.reference, first.slip.secret, str(uuid4())
    new = renew_slip(hk, renewal, reference, old)
    active.set_time(START + SLIP_AGAIN_TIME - MINUTE)
    assert renew_slip(hk, renewal, reference, old) == new
    active.set_time(START + SLIP_AGAIN_TIME + MINUTE)
    assert renew_slip(hk, renewal, reference, old) is None
    assert new is not None
    next_one = renew_slip(hk, str(uuid4()), reference, new.secret)
    assert next_one is not None
    assert len({old, new.secret, next_one.secret}) == 3
    assert open_registration(hk, reference, new.secret) is None


def test_slip__of_a_claim__renewed_after_it_was_upheld__opens_no_claim_before(
    active: Pair,
) -> None:
    hk = with_units(active.hk)
    squatted(hk)
    request = new_request()
    answer = claimed(hk, request)
    assert renew_slip(hk, str(uuid4()), answer.slip.reference, answer.slip.secret) is None
    upheld(hk, answer)
    new = renew_slip(hk, str(uuid4()), answer.slip.reference, answer.slip.secret)
    assert new is not None
    assert claim_of(hk, answer.claim.id, answer.slip.secret) is None
    assert claim_of(hk, answer.claim.id, new.secret) is not None
    assert claim_number(hk, answer.claim.id, request) == SLIP_GIVEN


def test_typed_registrations__that_turn_within_the_hour__ring_for_who_typed_them(
    active: Pair,
) -> None:
    hk = with_units(active.hk)
    own = [typed(hk, number).id for number in (1, 2, 3)]
    active.set_time(START + timedelta(days=3))
    assert declared(hk, own[0]) is Colour.RED
    assert declared(hk, own[1]) is Colour.RED
    declared(hk, own[2], ill=False)
    assert rung(hk) == {}
    assert declared(hk, own[2]) is Colour.RED  # nobody's own word is held
    assert rung(hk) == {"officer:ho": 3, f"unit:{OFFICERS['ho']}": 3}


def test_typed_registrations__that_turn_patiently__ring_within_days_and_once_after_a_look(
    active: Pair,
) -> None:
    hk = with_units(active.hk)
    own = [typed(hk, number).id for number in range(1, 8)]
    for days, each in enumerate(own[:5]):
        assert rung(hk) == {}
        active.set_time(START + timedelta(days=days))
        declared(hk, each)
    assert rung(hk)["officer:ho"] == 5
    with hk.database.transaction() as transaction:
        serials = [each.serial for each in transaction.controls.alarms(open_only=True)]
    proposed(reviewed(hk, alarms=serials))
    declared(hk, own[5])
    declared(hk, own[6])
    assert rung(hk) == {}


def test_registrations__of_others_or_turned_by_others__ring_for_no_officer(active: Pair) -> None:
    hk = with_units(active.hk)
    laboratory = enrolled(hk)
    for number in (1, 2, 3, 4):  # what a laboratory says is no word of their own
        own = typed(hk, number).id
        laboratory.says(a_test(person(number)))
        assert declared(hk, own, ill=False) is Colour.RED
    for number in (5, 6, 7):
        declared(hk, typed(hk, number, officer=None).id)
    for number, officer in ((8, "ho"), (9, "ho"), (10, "lam")):
        own = typed(hk, number, officer=officer).id
        verify_registration(hk, own, officer="ho")
        declared(hk, own)
    assert rung(hk) == {}
