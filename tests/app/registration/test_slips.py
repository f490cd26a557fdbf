"""Slips that an officer typed: given again for some minutes, and watched for what they open."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.claims import claimed, new_request, squatted
from tests.builders.evidence import a_test, enrolled
from tests.builders.officers import OFFICERS, proposed, reviewed, with_units
from tongguan.app.authorities import Authority
from tongguan.app.health.codes import HealthAnswer, HealthRequest, declare_health
from tongguan.app.registration.registrations import (
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    RegistrationRequest,
    claim_number,
    register,
    verify_registration,
)
from tongguan.app.registration.requests import SLIP_AGAIN_TIME
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
