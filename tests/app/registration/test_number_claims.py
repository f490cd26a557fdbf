"""Claims of a number: opened once, told at once, looked at on the record, answered once."""

from dataclasses import replace
from uuid import uuid4

import pytest

from tests.builders.authorities import Pair
from tests.builders.claims import (
    after,
    claim_time,
    claimed,
    new_request,
    squatted,
    told,
)
from tests.builders.officers import with_units
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.registration.registrations import (
    NumberClaimed,
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    ask_verification,
    claim_number,
    claim_of,
    claims_to_decide,
    look_at_claim,
    open_claims_against,
    open_registration,
    register,
    registration_by_id,
    uphold_due_claims,
)
from tongguan.app.registration.store import (
    ClaimState,
    RegistrationRoute,
)
from tongguan.core.evidence.records import Route
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId


def test_claim__of_a_taken_number__tells_the_holder_at_once_and_changes_nothing(
    active: Pair,
) -> None:
    present = squatted(active.hk)
    answer = claimed(active.hk)
    assert answer.claim.state is ClaimState.OPEN
    assert answer.claim.decide_by - answer.claim.opened_at == claim_time(active.hk)
    assert told(active.hk, present) == [HealthNoticeCode.NUMBER_CLAIMED]
    assert registration_by_id(active.hk, present.id) == present
    slip = answer.slip
    assert open_registration(active.hk, slip.reference, slip.secret) is None
    assert claim_of(active.hk, answer.claim.id, slip.secret) == answer.claim
    assert claim_of(active.hk, answer.claim.id, "AAAA-AAAA-AAAA-AAAA") is None
    assert open_claims_against(active.hk, present.id) == (answer.claim,)


def test_claim__again__is_the_same_and_another_under_its_id_is_refused(active: Pair) -> None:
    present, request, identifier = squatted(active.hk), new_request(), CaseId(str(uuid4()))
    first = claim_number(active.hk, identifier, request)
    again = claim_number(active.hk, identifier, request)
    assert isinstance(first, NumberClaimed)
    assert isinstance(again, NumberClaimed)
    assert (first.claim, first.slip, again.replayed) == (again.claim, again.slip, True)
    assert told(active.hk, present) == [HealthNoticeCode.NUMBER_CLAIMED]
    with pytest.raises(RequestIdReusedError):
        claim_number(active.hk, identifier, replace(request, phone=None))
    with pytest.raises(RequestIdReusedError):
        claim_number(active.hk, identifier, new_request(2))


def test_claim__of_a_free_number__registers_it_as_registering_would(active: Pair) -> None:
    request, identifier = new_request(), CaseId(str(uuid4()))
    answer = claim_number(active.hk, identifier, request)
    assert isinstance(answer, Registered)
    assert registration_by_id(active.hk, request.id) == answer.registration
    again = claim_number(active.hk, identifier, request)
    assert isinstance(again, Registered)
    assert again.replayed


def test_claims__of_one_number__are_limited_but_not_at_an_officers_desk(active: Pair) -> None:
    present = squatted(active.hk)
    for _ in range(3):
        claimed(active.hk)
    more = claim_number(active.hk, CaseId(str(uuid4())), new_request())
    assert more == RegistrationRefused(code=RegistrationRefusal.CLAIMS_WAITING)
    claimed(active.hk, route=RegistrationRoute.ASSISTED, officer="ho", is_proof_seen=True)
    assert len(told(active.hk, present)) == 4


def test_holder__who_will_show_the_document__has_as_long_again_and_once(active: Pair) -> None:
    hk = active.hk
    present = squatted(hk)
    claimed(hk)
    active.set_time(after(hk, -10))
    assert ask_verification(hk, present.id) == 1
    assert ask_verification(hk, present.id) == 0
    active.set_time(after(hk))
    assert uphold_due_claims(hk) == 0
    assert registration_by_id(hk, present.id) == present
    active.set_time(after(hk) + claim_time(hk))
    assert uphold_due_claims(hk) == 1
    assert registration_by_id(hk, present.id) is None


def test_looks__at_claims__are_recorded_before_they_are_shown(active: Pair) -> None:
    with_units(active.hk)
    present = squatted(active.hk)
    answer = claimed(active.hk)
    assert claims_to_decide(active.hk, officer="ho") == (answer.claim,)
    assert look_at_claim(active.hk, answer.claim.id, officer="lam") == (answer.claim, present)
    assert claims_to_decide(active.hk, officer="nobody") == ()
    assert look_at_claim(active.hk, answer.claim.id, officer="nobody") is None
    assert look_at_claim(active.hk, CaseId(str(uuid4())), officer="lam") is None
    with active.hk.database.transaction() as transaction:
        entries = transaction.audit.latest(limit=2)
    assert [(each.actor, each.action, each.subject) for each in entries] == [
        ("lam", "number.look", answer.claim.id),
        ("ho", "number.look", answer.claim.id),
    ]


def test_claims__of_numbers_that_one_officer_typed__raise_an_alarm_on_that_officer(
    active: Pair,
) -> None:
    """Or a list of people could be kept from their codes by registering them first."""
    hk = active.hk
    assert hk.health_rules is not None
    enough = hk.health_rules.controls.alarm_acts[Route.OFFICERS]
    for number in range(1, enough + 2):
        squat = new_request(number)
        register(hk, squat, route=RegistrationRoute.ASSISTED, officer="ho", is_proof_seen=True)
    claims = [new_request(1), *(new_request(number) for number in range(1, enough))]
    for request in claims:
        claimed(hk, request)
        with hk.database.transaction() as transaction:
            assert transaction.controls.alarms() == ()
    for number in (enough, enough + 1):
        claimed(hk, new_request(number))
        with hk.database.transaction() as transaction:
            (alarm,) = transaction.controls.alarms()
        assert (alarm.subject, alarm.acts) == ("officer:ho", enough)
