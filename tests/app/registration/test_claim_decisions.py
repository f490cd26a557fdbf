"""Deciding claims: officers decide, and no idle desk and no thief wins by it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import uuid4

import pytest

from tests.builders.authorities import Pair, person
from tests.builders.claims import (
    acts,
    after,
    by_two,
    claim_time,
    claimed,
    new_request,
    squatted,
    told,
    upheld,
    verified,
)
from tests.builders.officers import OFFICERS, proposed, reviewed, with_units
from tests.builders.travel import declared, health_request
from tongguan.app.control.proposals import TwoOfficersRefused
from tongguan.app.control.units import put_in_unit
from tongguan.app.health.codes import (
    HealthRefusal,
    HealthRefused,
    HealthRequest,
    RegistrationClosedError,
    declare_health,
    explain,
)
from tongguan.app.registration.claim_decisions import act_of_giving
from tongguan.app.registration.registrations import (
    CLOCK,
    ClaimDecided,
    NumberClaimed,
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    ask_verification,
    claim_of,
    claims_to_decide,
    decide_claim,
    open_claims_against,
    open_registration,
    register,
    registration_by_id,
    replaced_registration,
    uphold_claim,
    uphold_due_claims,
    verify_registration,
)
from tongguan.app.registration.store import (
    ClaimState,
    RegistrationRoute,
    RegistrationState,
)
from tongguan.core.evidence.limits import causers_of_two
from tongguan.core.evidence.records import Route
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId, UnitId
from tongguan.core.people import Assurance


def test_claim__upheld_by_an_officer__gives_the_number_and_voids_what_the_other_had(
    active: Pair,
) -> None:
    hk = with_units(active.hk)
    present = squatted(hk)
    ill = HealthDeclaration(confirmed=True)
    old = declare_health(
        hk, HealthRequest(id=str(uuid4()), registration=present.id, declaration=ill)
    )
    answer = claimed(hk)
    given = upheld(hk, answer)
    assert (given.id, given.assurance) == (answer.claim.registration, Assurance.VERIFIED)
    assert open_registration(hk, answer.slip.reference, answer.slip.secret) == given
    assert registration_by_id(hk, present.id) is None
    with pytest.raises(RegistrationClosedError):
        explain(hk, present.id)
    assert explain(hk, given.id).colour is Colour.GREEN  # the other's own word was the other's
    assert not isinstance(old, HealthRefused)
    again = declare_health(
        hk, HealthRequest(id=str(uuid4()), registration=present.id, declaration=ill)
    )
    assert again == HealthRefused(code=HealthRefusal.REGISTRATION_CLOSED)
    with hk.database.transaction() as transaction:
        assert transaction.health_codes.live(present.person) == ()
        revoked = transaction.health_codes.revoked_indexes(unexpired_at=transaction.now)
    assert old.claims.status_index in revoked


def test_claim__upheld__is_an_adverse_act_of_who_did_it(active: Pair) -> None:
    hk = with_units(active.hk)
    squatted(hk)
    answer = claimed(hk)
    upheld(hk, answer)
    (act,) = acts(hk)
    assert (act.evidence, act.route, act.held) == (
        act_of_giving(answer.claim.registration),
        Route.OFFICERS,
        False,
    )
    # One officer alone shares the limit of the clock: nobody's hand and one hand are no two ways.
    assert act.causers == ("officer:ho", f"unit:{OFFICERS['ho']}", CLOCK)


def test_claim__upheld__tells_both_and_neither_of_the_other(active: Pair) -> None:
    hk = with_units(active.hk)
    present = squatted(hk)
    answer = claimed(hk)
    given = upheld(hk, answer)
    slip = hk.index.registration_slip(present.id)
    lost = replaced_registration(hk, slip.reference, slip.secret)
    assert lost is not None
    assert (lost.state, lost.replaced_by) == (RegistrationState.REPLACED, given.id)
    assert told(hk, lost) == [HealthNoticeCode.NUMBER_CLAIMED, HealthNoticeCode.NUMBER_GIVEN]
    assert told(hk, given) == [HealthNoticeCode.NUMBER_GIVEN]
    assert replaced_registration(hk, slip.reference, "AAAA-AAAA-AAAA-AAAA") is None


def test_claim__refused_by_an_officer__leaves_everything_and_tells_the_holder(
    active: Pair,
) -> None:
    hk = with_units(active.hk)
    present = squatted(hk)
    answer = claimed(hk)
    refused = decide_claim(hk, answer.claim.id, uphold=False, officer="ho")
    assert isinstance(refused, ClaimDecided)
    assert (refused.claim.state, refused.registration) == (ClaimState.REFUSED, None)
    assert refused.claim.decided_by == ("ho",)
    assert registration_by_id(hk, present.id) == present
    assert told(hk, present) == [HealthNoticeCode.NUMBER_CLAIMED, HealthNoticeCode.NUMBER_KEPT]
    assert acts(hk) == ()
    for uphold in (True, False):
        again = decide_claim(hk, answer.claim.id, uphold=uphold, officer="lam")
        assert again == RegistrationRefused(code=RegistrationRefusal.CLAIM_DECIDED)
    active.set_time(after(hk))
    assert uphold_due_claims(hk) == 0


def test_officer__without_a_unit_or_involved__does_not_decide(active: Pair) -> None:
    hk = with_units(active.hk)
    request = new_request()
    register(hk, request, route=RegistrationRoute.PAPER, officer="ho")
    answer = claimed(hk)
    stranger = decide_claim(hk, answer.claim.id, uphold=True, officer="stranger")
    assert stranger == RegistrationRefused(code=RegistrationRefusal.OFFICER_WITHOUT_UNIT)
    own = decide_claim(hk, answer.claim.id, uphold=False, officer="ho")
    assert own == RegistrationRefused(code=RegistrationRefusal.OFFICER_INVOLVED)
    unknown = decide_claim(hk, CaseId(str(uuid4())), uphold=True, officer="ho")
    assert unknown == RegistrationRefused(code=RegistrationRefusal.CLAIM_UNKNOWN)


def test_verified_registration__takes__two_officers_of_different_units(active: Pair) -> None:
    hk = with_units(active.hk)
    put_in_unit(hk, "wong", OFFICERS["ho"], by="console")
    present = verified(hk)
    answer = claimed(hk)
    one = decide_claim(hk, answer.claim.id, uphold=True, officer="ho")
    needed = RegistrationRefused(code=RegistrationRefusal.TWO_OFFICERS_NEEDED)
    assert one == needed
    with hk.database.transaction() as transaction:
        unit = UnitId(OFFICERS["ho"])
        same = uphold_claim(hk, transaction, answer.claim.id, ("ho", "wong"), (unit, unit))
    assert same == needed
    assert by_two(hk, answer, "ho", "chan") == RegistrationRefused(
        code=RegistrationRefusal.OFFICER_INVOLVED
    )
    assert registration_by_id(hk, present.id) == present
    assert isinstance(by_two(hk, answer, "ho", "lam"), ClaimDecided)
    (act,) = acts(hk)
    assert len(act.causers) == 4
    assert registration_by_id(hk, present.id) is None


def test_verified_registration__is_taken_away__by_no_clock(active: Pair) -> None:
    present = verified(active.hk)
    answer = claimed(active.hk)
    active.set_time(after(active.hk))
    assert uphold_due_claims(active.hk) == 0
    assert registration_by_id(active.hk, present.id) == present
    (open_still,) = open_claims_against(active.hk, present.id)
    assert open_still.id == answer.claim.id


@pytest.mark.parametrize("touch", ["register", "claim", "declare", "open", "job"])
def test_clock__run_out__upholds_at_the_next_touch(active: Pair, touch: str) -> None:
    hk = active.hk
    present = squatted(hk)
    request = health_request(hk, replace(person(), name="SOMEBODY ELSE"))
    answer = claimed(hk)
    active.set_time(after(hk, -2))
    assert uphold_due_claims(hk) == 0
    active.set_time(after(hk))
    match touch:
        case "register":
            taken = register(hk, new_request())
            assert taken == RegistrationRefused(code=RegistrationRefusal.ALREADY_REGISTERED)
        case "claim":
            claims_to_decide(hk, officer="ho")
        case "declare":
            refused = declare_health(hk, request)
            assert refused == HealthRefused(code=HealthRefusal.REGISTRATION_CLOSED)
        case "open":
            assert open_registration(hk, answer.slip.reference, answer.slip.secret)
        case "job":
            assert uphold_due_claims(hk) == 1
    given = registration_by_id(hk, answer.claim.registration)
    assert given is not None
    assert given.assurance is Assurance.DOCUMENT_READ
    assert registration_by_id(hk, present.id) is None
    (act,) = acts(hk)
    assert act.causers == (CLOCK,)


def test_thief__who_waits_for_the_clock__loses_to_a_holder_who_was_verified(active: Pair) -> None:
    hk = active.hk
    request = new_request()
    register(hk, request)
    claimed(hk)
    assert ask_verification(hk, request.id) == 1
    verify_registration(hk, request.id, officer="ho")
    active.set_time(after(hk) + 3 * claim_time(hk))
    assert uphold_due_claims(hk) == 0
    assert registration_by_id(hk, request.id) is not None


def test_clock__against_many_numbers__stops_at_the_limit_until_others_have_looked(
    active: Pair,
) -> None:
    """What nobody decided must not become a way to void the codes of a list of people."""
    hk = active.hk
    assert hk.health_rules is not None
    limit = hk.health_rules.controls.unreviewed_max[Route.OFFICERS]
    people = range(1, limit + 4)
    for number in people:
        squatted(hk, number)
        claimed(hk, new_request(number))
    active.set_time(after(hk))
    assert uphold_due_claims(hk) == limit
    assert uphold_due_claims(hk) == 0
    held = [each for each in acts(hk) if each.held]
    assert len(held) == 3  # each once, however often the clock tries
    with hk.database.transaction() as transaction:
        alarms = transaction.controls.alarms(open_only=True)
        assert [each.subject for each in alarms] == [CLOCK]
        counting = [each.serial for each in acts(hk) if not each.held]
        transaction.evidence.review(counting, at=transaction.now, by=("lam", "chan"))
    assert uphold_due_claims(hk) == 3


def test_clock__reviewed_by_two_who_wait_for_it__gives_ten_and_no_more(active: Pair) -> None:
    """No hand is in what the clock gives, so two insiders are involved in none of it."""
    hk = with_units(active.hk)
    assert hk.health_rules is not None
    limit = hk.health_rules.controls.unreviewed_max[Route.OFFICERS]
    for number in range(1, 3 * limit + 1):
        squatted(hk, number)
        claimed(hk, new_request(number))
    active.set_time(after(hk))
    assert uphold_due_claims(hk) == limit
    serials = [each.serial for each in acts(hk) if not each.held]
    proposed(reviewed(hk, acts=serials, by=("ho", "chan")))
    assert [each.causers for each in acts(hk) if each.reviewed_at is None and not each.held] == [
        causers_of_two(("ho", "chan"), [UnitId(OFFICERS["ho"]), UnitId(OFFICERS["chan"])])
    ] * limit

    assert uphold_due_claims(hk) == limit
    serials = [each.serial for each in acts(hk) if each.causers == (CLOCK,) and not each.held]
    answer = reviewed(hk, acts=serials[limit:], by=("chan", "ho"))

    assert answer == TwoOfficersRefused(code=TwoOfficersFault.LIMIT_REACHED)
    assert uphold_due_claims(hk) == 0
    proposed(reviewed(hk, acts=serials[limit:], by=("lam", "lee")))
    assert uphold_due_claims(hk) == limit


def test_review__of_what_the_clock_only_tried__is_answered_for_by_nobody(active: Pair) -> None:
    hk = with_units(active.hk)
    assert hk.health_rules is not None
    limit = hk.health_rules.controls.unreviewed_max[Route.OFFICERS]
    for number in range(1, limit + 2):
        squatted(hk, number)
        claimed(hk, new_request(number))
    active.set_time(after(hk))
    assert (uphold_due_claims(hk), uphold_due_claims(hk)) == (limit, 0)
    (tried,) = [each for each in acts(hk) if each.held]

    proposed(reviewed(hk, acts=[tried.serial], by=("lam", "lee")))

    assert not [each for each in acts(hk) if "officer:lam" in each.causers]


def test_officers__beyond_their_limit__give_no_number_away(active: Pair) -> None:
    hk = with_units(active.hk)
    assert hk.health_rules is not None
    limit = hk.health_rules.controls.unreviewed_max[Route.OFFICERS]
    for number in range(1, limit + 1):
        squatted(hk, number)
        upheld(hk, claimed(hk, new_request(number)))
    present = squatted(hk, limit + 1)
    answer = claimed(hk, new_request(limit + 1))
    refused = decide_claim(hk, answer.claim.id, uphold=True, officer="ho")
    assert refused == RegistrationRefused(code=RegistrationRefusal.CLAIM_HELD)
    assert registration_by_id(hk, present.id) == present
    assert acts(hk)[-1].held
    another = decide_claim(hk, answer.claim.id, uphold=True, officer="lam")
    assert another == refused
    assert isinstance(by_two(hk, answer, "lam", "chan"), ClaimDecided)


def test_id__used_for_another_number_meanwhile__ends_the_claim_and_nothing_else(
    active: Pair,
) -> None:
    """One claim that cannot be carried out must not stop whoever comes by."""
    hk = active.hk
    present = squatted(hk)
    request = new_request()
    answer = claimed(hk, request)
    assert isinstance(register(hk, new_request(2, id=request.id)), Registered)
    active.set_time(after(hk))
    assert registration_by_id(hk, present.id) == present
    claim = claim_of(hk, answer.claim.id, answer.slip.secret)
    assert claim is not None
    assert claim.state is ClaimState.REFUSED


def test_code__of_a_replaced_registration__is_never_signed_again(active: Pair) -> None:
    hk = with_units(active.hk)
    squatted(hk)
    request = health_request(hk, replace(person(), name="SOMEBODY ELSE"))
    declared(hk, request)
    upheld(hk, claimed(hk))
    again = declare_health(hk, request)
    assert again == HealthRefused(code=HealthRefusal.REGISTRATION_CLOSED)


def test_claims__of_one_number_upheld_at_once__give_it_to_one(active: Pair) -> None:
    hk = with_units(active.hk)
    present = squatted(hk)
    claims, barrier = (claimed(hk), claimed(hk)), Barrier(2)

    def decide(claim: NumberClaimed, officer: str) -> ClaimDecided | RegistrationRefused:
        barrier.wait()
        return decide_claim(hk, claim.claim.id, uphold=True, officer=officer)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, claims, ("ho", "lam")))
    decided = [each for each in answers if isinstance(each, ClaimDecided)]
    refused = [each for each in answers if isinstance(each, RegistrationRefused)]
    assert (len(decided), len(refused)) == (1, 1)
    # Whoever came second found a registration that an officer had just verified.
    assert refused[0].code is RegistrationRefusal.TWO_OFFICERS_NEEDED
    assert registration_by_id(hk, present.id) is None
    opened = [registration_by_id(hk, each.claim.registration) for each in claims]
    assert sum(each is not None for each in opened) == 1


def test_claim__that_runs_out_while_an_officer_refuses_it__ends_one_way(active: Pair) -> None:
    hk = with_units(active.hk)
    present = squatted(hk)
    answer, barrier = claimed(hk), Barrier(2)
    active.set_time(after(hk))

    def refuse() -> ClaimDecided | RegistrationRefused:
        barrier.wait()
        return decide_claim(hk, answer.claim.id, uphold=False, officer="ho")

    def run_out() -> int:
        barrier.wait()
        return uphold_due_claims(hk)

    with ThreadPoolExecutor(2) as pool:
        decided, _ = pool.submit(refuse), pool.submit(run_out)
        assert decided.result() == RegistrationRefused(code=RegistrationRefusal.CLAIM_DECIDED)
    assert registration_by_id(hk, present.id) is None
    assert len(acts(hk)) == 1
