"""Refusing a claim is power too: counted, watched, and heard by another once more."""

from datetime import date, timedelta

from tests.builders.authorities import START, Pair
from tests.builders.claims import by_two, claimed, new_request, squatted, upheld, verified
from tests.builders.officers import OFFICERS, WORDS, new_proposal, proposed, with_units
from tongguan.app.control.alarms import alarms_shown
from tongguan.app.control.proposals import TwoOfficersRefused, confirm, propose_claim, refuse
from tongguan.app.control.store import ProposalState
from tongguan.app.control.units import put_in_unit
from tongguan.app.health.public import health_figures
from tongguan.app.registration.registrations import (
    ClaimDecided,
    RegistrationRefusal,
    RegistrationRefused,
    claim_of,
    decide_claim,
    register,
    registration_by_id,
)
from tongguan.app.registration.store import ClaimState, RegistrationRoute, RegistrationState
from tongguan.core.evidence.two_officers import TwoOfficersFault


def test_refusals__by_one_hand__are_counted_and_ring(active: Pair) -> None:
    hk = with_units(active.hk)
    put_in_unit(hk, "wong", OFFICERS["ho"], by="console")
    for number, officer in enumerate(("ho", "wong"), start=1):
        squatted(hk, number)
        decide_claim(hk, claimed(hk, new_request(number)).claim.id, uphold=False, officer=officer)
    assert alarms_shown(hk, officer="lee") == ()
    squatted(hk, 3)
    decide_claim(hk, claimed(hk, new_request(3)).claim.id, uphold=False, officer="ho")
    assert [(each.alarm.subject, each.alarm.acts) for each in alarms_shown(hk, officer="lee")] == [
        (f"unit:{OFFICERS['ho']}", 3)
    ]
    assert all(each.is_involved for each in alarms_shown(hk, officer="wong"))
    squatted(hk, 4)
    decide_claim(hk, claimed(hk, new_request(4)).claim.id, uphold=False, officer="ho")
    assert {each.alarm.subject for each in alarms_shown(hk, officer="lee")} == {
        "officer:ho",
        f"unit:{OFFICERS['ho']}",
    }
    figures = health_figures(hk)
    assert (figures.months[0].claims_refused, figures.months[1].claims_refused) == (4, 0)
    with hk.database.transaction() as transaction:
        transaction.retention.delete_before(date.max)
    assert health_figures(hk).months[0].claims_refused == 4


def test_refusals__spread_over_the_day__do_not_ring(active: Pair) -> None:
    hk = with_units(active.hk)
    for number in range(1, 5):
        active.set_time(START + timedelta(minutes=40 * number))
        squatted(hk, number)
        decide_claim(hk, claimed(hk, new_request(number)).claim.id, uphold=False, officer="ho")
    assert alarms_shown(hk, officer="lee") == ()


def test_claim__refused_and_made_again__is_heard_by_another_unit(active: Pair) -> None:
    hk = with_units(active.hk)
    put_in_unit(hk, "wong", OFFICERS["ho"], by="console")
    squatted(hk)
    decide_claim(hk, claimed(hk).claim.id, uphold=False, officer="ho")
    again = claimed(hk)
    for officer in ("ho", "wong"):
        assert decide_claim(
            hk, again.claim.id, uphold=False, officer=officer
        ) == RegistrationRefused(code=RegistrationRefusal.UNIT_REFUSED_BEFORE)
    seen = claim_of(hk, again.claim.id, again.slip.secret)
    assert seen is not None
    assert seen.state is ClaimState.OPEN
    second = decide_claim(hk, again.claim.id, uphold=False, officer="lam")
    assert isinstance(second, ClaimDecided)
    third = claimed(hk)
    for officer in ("ho", "lam"):  # two units do not take turns
        assert decide_claim(
            hk, third.claim.id, uphold=False, officer=officer
        ) == RegistrationRefused(code=RegistrationRefusal.UNIT_REFUSED_BEFORE)
    assert isinstance(decide_claim(hk, third.claim.id, uphold=False, officer="chan"), ClaimDecided)
    # Three units have heard it: whoever goes on claiming wears out none of them.
    fourth = claimed(hk)
    assert isinstance(decide_claim(hk, fourth.claim.id, uphold=False, officer="ho"), ClaimDecided)
    fifth = claimed(hk)
    assert upheld(hk, fifth).state is RegistrationState.OPEN


def test_claim__of_what_two_gave__is_refused_by_neither(active: Pair) -> None:
    hk = with_units(active.hk)
    present = verified(hk)
    thief = claimed(hk)
    assert isinstance(by_two(hk, thief, "ho", "lam"), ClaimDecided)
    assert registration_by_id(hk, present.id) is None
    back = claimed(hk)

    for officer in ("ho", "lam"):
        assert decide_claim(
            hk, back.claim.id, uphold=False, officer=officer
        ) == RegistrationRefused(code=RegistrationRefusal.OFFICER_INVOLVED)
        assert by_two(hk, back, officer, "lee") == RegistrationRefused(
            code=RegistrationRefusal.OFFICER_INVOLVED
        )
    assert isinstance(by_two(hk, back, "chan", "lee"), ClaimDecided)


def test_claim__proposed_by_others__is_refused_by_nobody_who_typed_the_registration(
    active: Pair,
) -> None:
    hk = with_units(active.hk)
    register(hk, new_request(), route=RegistrationRoute.ASSISTED, officer="ho", is_proof_seen=True)
    back = claimed(hk)
    wish = new_proposal()
    proposed(propose_claim(hk, wish, back.claim.id, words=WORDS, officer="chan"))

    answer = refuse(hk, wish, officer="ho")

    assert answer == TwoOfficersRefused(code=TwoOfficersFault.INVOLVED)
    assert proposed(confirm(hk, wish, officer="lee")).state is ProposalState.CARRIED_OUT
    assert registration_by_id(hk, back.claim.registration) is not None


def test_claim__proposed__is_refused_by_who_had_no_part(active: Pair) -> None:
    hk = with_units(active.hk)
    register(hk, new_request(), route=RegistrationRoute.ASSISTED, officer="ho", is_proof_seen=True)
    wish = new_proposal()
    proposed(propose_claim(hk, wish, claimed(hk).claim.id, words=WORDS, officer="chan"))

    assert proposed(refuse(hk, wish, officer="lam")).state is ProposalState.REFUSED
