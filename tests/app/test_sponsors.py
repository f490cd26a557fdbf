"""Sponsors' lists: kept by index alone, asked when a party applies, deleted with the scheme."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.builders.authorities import START, Pair, application, person
from tests.builders.schemes import text
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.applications import submit_application
from tongguan.app.retention import delete_expired
from tongguan.app.sponsors import (
    SponsorUnknownError,
    nominate,
    sponsor_counts,
    withdraw_nomination,
)
from tongguan.app.stores import ApplicationState
from tongguan.core.eligibility.stays import Stay
from tongguan.core.identifiers import DivisionCode, SponsorId, VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import AllocationMethod, Basis, Sponsor

CHAMBER = SponsorId("general-chamber")


@pytest.fixture
def listed(pair: Pair) -> Pair:
    """The assumed pilot with business by the list of one chamber, and a clock for cases."""
    version = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot = version.phases[0]
    business, *others = pilot.categories
    others = [replace(each, decide_within_minutes=240) for each in others]
    assumed = Basis(assumed={"name": text("a test")})
    changed = replace(
        pilot,
        categories=(
            replace(
                business,
                allocation=AllocationMethod.SPONSOR_LIST,
                evidence=tuple(
                    replace(each, follows_within_days=7) for each in business.evidence or ()
                ),
            ),
            *others,
        ),
        sponsors=(Sponsor(id=CHAMBER, name=text("General Chamber"), basis=assumed),),
    )
    pair.set_time(START)
    pair.activate_text(canonical_text(replace(version, phases=(changed, version.phases[1]))))
    return pair


def test_party__is_granted__when_the_sponsor_named_everyone(listed: Pair) -> None:
    people = (person(1), person(2))
    request = replace(application(people=people), sponsor=CHAMBER)
    refused = submit_application(listed.hk, request).application
    assert refused.decision.codes == (ReasonCode.NOT_ON_SPONSOR_LIST,)
    assert refused.decision.reasons[0].facts["person_numbers"] == "1, 2"
    change = nominate(listed.hk, CHAMBER, [each.document for each in people], officer="lam")
    assert change.changed == 2
    answer = submit_application(listed.hk, replace(application(people=people), sponsor=CHAMBER))
    kept = answer.application
    assert kept.state is ApplicationState.GRANTED
    assert kept.decision.codes == (ReasonCode.GRANTED_SPONSOR_LIST,)
    assert kept.sponsor == CHAMBER


def test_party__without_sponsor__is_refused(listed: Pair) -> None:
    decision = submit_application(listed.hk, application()).application.decision
    assert decision.codes == (ReasonCode.SPONSOR_MISSING,)


def test_nomination__is_harmless__twice_and_can_be_withdrawn(listed: Pair) -> None:
    documents = [person(1).document, person(1).document]
    assert nominate(listed.hk, CHAMBER, documents, officer="lam").changed == 1
    assert nominate(listed.hk, CHAMBER, documents, officer="lam").changed == 0
    assert [(each.sponsor, each.people) for each in sponsor_counts(listed.hk)] == [(CHAMBER, 1)]
    assert withdraw_nomination(listed.hk, CHAMBER, documents, officer="lam").changed == 1
    assert sponsor_counts(listed.hk) == ()


def test_nomination__for_a_stranger__changes_nothing(listed: Pair) -> None:
    with pytest.raises(SponsorUnknownError):
        nominate(listed.hk, SponsorId("nobody"), [person().document], officer="lam")


def test_lists__are_deleted__with_the_end_of_the_scheme(listed: Pair) -> None:
    nominate(listed.hk, CHAMBER, [person().document], officer="lam")
    listed.set_time(datetime(2022, 3, 30, 16, 0, tzinfo=UTC))  # 31 March in Hong Kong
    assert delete_expired(listed.hk).get("sponsored_person", 0) == 0
    listed.set_time(datetime(2022, 3, 31, 16, 0, tzinfo=UTC))
    assert delete_expired(listed.hk)["sponsored_person"] == 1


def test_application__keeps__stays_birth_and_the_clock_of_its_case(listed: Pair) -> None:
    who = replace(person(), born=date(1980, 5, 1))
    stays = (Stay(division=DivisionCode("440300"), last_on=date(2021, 12, 10)),)
    funeral = {"death-proof": "Certificate of 10 December", "kinship": "Birth certificate"}
    request = replace(application("funeral", people=(who,), evidence=funeral), stays=stays)
    kept = submit_application(listed.hk, request).application
    again = submit_application(listed.hk, request)
    assert again.replayed
    assert again.application.stays == stays
    assert again.application.people == (who,)
    assert kept.decide_by is not None
    assert (kept.decide_by - kept.submitted_at).total_seconds() == 240 * 60


def test_evidence__may_follow__where_the_scheme_says_so(listed: Pair) -> None:
    nominate(listed.hk, CHAMBER, [person().document], officer="lam")
    request = replace(application(evidence={}), sponsor=CHAMBER)
    decision = submit_application(listed.hk, request).application.decision
    assert decision.codes == (ReasonCode.GRANTED_SPONSOR_LIST, ReasonCode.EVIDENCE_FOLLOWS)
    assert decision.reasons[1].facts == {"evidence": "invitation", "days": "7"}
