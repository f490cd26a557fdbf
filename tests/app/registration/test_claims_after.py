"""After a number was given: who is heard, what level it has, and what its former holder reads."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.authorities import Pair, person
from tests.builders.claims import after, claim_time, claimed, new_request, squatted, told, upheld
from tests.builders.evidence import a_test, enrolled
from tests.builders.officers import with_units
from tests.builders.travel import registered
from tongguan.adapters.postgres.stores.registrations import PostgresRegistrations
from tongguan.app.health.corrections import CorrectionFault, CorrectionRefused, contest
from tongguan.app.registration.registrations import (
    ask_verification,
    claim_of,
    notices_of_registration,
    open_claims_against,
    registration_by_id,
    replaced_registration,
    uphold_due_claims,
    verify_registration,
)
from tongguan.app.registration.store import ClaimState, RegistrationRoute
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId
from tongguan.core.people import Assurance

CLAIMED, GIVEN = HealthNoticeCode.NUMBER_CLAIMED, HealthNoticeCode.NUMBER_GIVEN


def test_clock__with_two_claims_of_a_number__gives_it_once_and_hears_the_new_holder(
    active: Pair,
) -> None:
    """A stranger squats, the owner claims, and the stranger claims again seconds later."""
    hk = active.hk
    squatted(hk)
    owner = claimed(hk)
    stranger = claimed(hk, new_request(holder=replace(person(), name="STRANGER")))
    active.set_time(after(hk))

    assert uphold_due_claims(hk) == 1

    own = registration_by_id(hk, owner.claim.registration)
    assert own is not None
    assert told(hk, own) == [GIVEN, CLAIMED]
    (waiting,) = open_claims_against(hk, own.id)
    assert waiting.id == stranger.claim.id
    assert waiting.decide_by - own.registered_at == claim_time(hk)
    assert ask_verification(hk, own.id) == 1  # the new holder has not asked before
    assert ask_verification(hk, own.id) == 0
    active.set_time(own.registered_at + claim_time(hk))
    assert uphold_due_claims(hk) == 0
    verify_registration(hk, own.id, officer="ho")
    active.set_time(own.registered_at + 3 * claim_time(hk))
    assert uphold_due_claims(hk) == 0
    assert registration_by_id(hk, own.id) is not None


def test_officer__who_upholds_one_claim__leaves_the_others_a_whole_clock(active: Pair) -> None:
    hk = with_units(active.hk)
    squatted(hk)
    first, second = claimed(hk), claimed(hk)
    given = upheld(hk, first)
    assert told(hk, given) == [GIVEN, CLAIMED]
    left = claim_of(hk, second.claim.id, second.slip.secret)
    assert left is not None
    assert (left.state, left.decide_by - given.registered_at) == (ClaimState.OPEN, claim_time(hk))


def test_clock__gives_no_more__than_a_document_that_was_read(active: Pair) -> None:
    """Whatever an officer saw of the claimant: nobody compared the two who want the number."""
    hk = active.hk
    squatted(hk)
    by_officer = {"route": RegistrationRoute.ASSISTED, "officer": "ho", "is_proof_seen": True}
    answer = claimed(hk, **by_officer)
    assert answer.claim.holder.assurance is Assurance.VERIFIED
    active.set_time(after(hk))
    given = registration_by_id(hk, answer.claim.registration)
    assert given is not None
    assert (given.assurance, given.verified_by) == (Assurance.DOCUMENT_READ, None)


def test_clock__that_an_officer_overtook__takes_no_verified_number(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of what is due was read before the officer verified the registration."""
    hk = active.hk
    request = new_request()
    own = registered(hk, request.holder)
    with hk.database.transaction() as transaction:
        kept = transaction.registrations.get(own)
        assert kept is not None
        transaction.registrations.verify(own, Assurance.VERIFIED, at=transaction.now, by="ho")
    answer = claimed(hk)
    active.set_time(after(hk))

    def read_before(*_: Any, **__: Any) -> tuple[CaseId, ...]:
        return (answer.claim.id,)

    monkeypatch.setattr(PostgresRegistrations, "due_claims", read_before)
    assert uphold_due_claims(hk) == 0
    assert registration_by_id(hk, own) is not None


def test_former_holder__reads_nothing__of_what_is_said_of_the_new_one(active: Pair) -> None:
    hk = with_units(active.hk)
    present = squatted(hk)
    given = upheld(hk, claimed(hk))
    said = a_test(person())
    enrolled(hk).says(said)
    assert HealthNoticeCode.FINDING_COUNTS in told(hk, given)
    slip = hk.index.registration_slip(present.id)
    lost = replaced_registration(hk, slip.reference, slip.secret)
    assert lost is not None
    assert {each.code for each in notices_of_registration(hk, lost)} == {CLAIMED, GIVEN}
    refused = contest(hk, CaseId(str(uuid4())), lost.id, said.id, "That is not me.")
    assert refused == CorrectionRefused(code=CorrectionFault.EVIDENCE_UNKNOWN)
