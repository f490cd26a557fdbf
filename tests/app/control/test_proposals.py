"""Proposals: one officer's hand does nothing, two of one unit do nothing, a list does nothing."""

import dataclasses
import inspect
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.evidence import a_test, enrolled
from tests.builders.officers import (
    WORDS,
    colour_of,
    day,
    finding,
    found,
    lifted,
    new_proposal,
    proposed,
    released,
    told,
    with_units,
)
from tests.builders.travel import HONG_KONG, code
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.control.proposals import (
    TwoOfficersRefused,
    confirm,
    open_proposals,
    propose_finding,
    propose_lift,
    propose_review,
    refuse,
    standing_of_finding,
)
from tongguan.app.control.store import Proposal, ProposalState
from tongguan.app.control.units import UnitUnfitError, put_in_unit, unit_of, units
from tongguan.core.evidence.records import EvidenceKind, Standing
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import EvidenceId, ProposalId
from tongguan.core.people import Document, DocumentType


@pytest.fixture
def hk(active: Pair) -> Any:
    """Hong Kong with officers in four units."""
    return with_units(active.hk)


def code_of(answer: object) -> TwoOfficersFault:
    assert isinstance(answer, TwoOfficersRefused), answer
    return answer.code


def test_finding__by_two_units__turns_red_revokes_the_code_and_tells(hk: Any) -> None:
    who = person()
    code(hk, who)

    evidence = found(hk, who)

    assert colour_of(hk, who) is Colour.RED
    with hk.database.transaction() as transaction:
        assert transaction.health_codes.live(hk.index.person(who.document)) == ()
        (act,) = transaction.evidence.acts_of(evidence)
    assert act.causers == (
        "officer:ho",
        "officer:lam",
        "unit:case-management",
        "unit:contact-tracing",
    )
    (notice,) = told(hk, who)
    assert notice.code == HealthNoticeCode.FINDING_COUNTS
    assert notice.facts["who"] == "contact-tracing, case-management"
    assert notice.facts["ground"] == "close_contact"
    until = datetime.fromisoformat(notice.facts["until"])
    assert until == datetime(2021, 12, 20, tzinfo=HONG_KONG)


def test_finding__proposed_only__changes_nothing(hk: Any) -> None:
    who = person()
    text = code(hk, who)

    made = proposed(propose_finding(hk, finding(who), officer="ho"))

    assert made.state is ProposalState.OPEN
    assert standing_of_finding(hk, made.id) is None
    assert colour_of(hk, who) is Colour.GREEN
    assert text
    assert told(hk, who) == ()


def test_confirm__by_no_second_unit__is_refused(hk: Any) -> None:
    put_in_unit(hk, "ng", "contact-tracing", by="console")
    made = proposed(propose_finding(hk, finding(), officer="ho"))

    for officer, fault in (
        ("ho", TwoOfficersFault.SAME_OFFICER),
        ("ng", TwoOfficersFault.SAME_UNIT),
        ("nobody", TwoOfficersFault.NO_UNIT),
    ):
        assert code_of(confirm(hk, made.id, officer=officer)) is fault
    assert colour_of(hk, person()) is Colour.GREEN


def test_confirm__after_the_proposer_moved__is_refused(hk: Any) -> None:
    made = proposed(propose_finding(hk, finding(), officer="ho"))
    put_in_unit(hk, "ho", "inspectorate", by="console")

    assert code_of(confirm(hk, made.id, officer="lam")) is TwoOfficersFault.PROPOSER_MOVED


def test_confirm__after_its_time__lapses(active: Pair, hk: Any) -> None:
    made = proposed(propose_finding(hk, finding(), officer="ho"))
    active.set_time(START + timedelta(hours=2, seconds=1))

    assert open_proposals(hk, officer="lam") == ()
    for _ in range(2):
        assert code_of(confirm(hk, made.id, officer="lam")) is TwoOfficersFault.PROPOSAL_LAPSED
    assert colour_of(hk, person()) is Colour.GREEN


def test_confirm__again__is_harmless_to_the_same_officer_alone(hk: Any) -> None:
    evidence = ProposalId(found(hk, person()))

    assert proposed(confirm(hk, evidence, officer="lam")).state is ProposalState.CARRIED_OUT
    assert code_of(confirm(hk, evidence, officer="chan")) is TwoOfficersFault.ALREADY_DECIDED
    with hk.database.transaction() as transaction:
        assert len(transaction.evidence.acts_since(START)) == 1


def test_refused__proposal__cannot_be_confirmed(hk: Any) -> None:
    made = proposed(propose_finding(hk, finding(), officer="ho"))

    assert proposed(refuse(hk, made.id, officer="chan")).state is ProposalState.REFUSED
    assert code_of(confirm(hk, made.id, officer="lam")) is TwoOfficersFault.ALREADY_DECIDED
    assert code_of(refuse(hk, new_proposal(), officer="lam")) is TwoOfficersFault.PROPOSAL_UNKNOWN


def test_refuse__by_who_caused_it__keeps_nobody_from_lifting(hk: Any) -> None:
    who = person()
    evidence = found(hk, who)
    made = proposed(propose_lift(hk, new_proposal(), evidence, words=WORDS, officer="chan"))

    for officer in ("ho", "lam"):
        assert code_of(refuse(hk, made.id, officer=officer)) is TwoOfficersFault.INVOLVED
    proposed(confirm(hk, made.id, officer="lee"))

    assert colour_of(hk, who) is Colour.GREEN


def test_confirm__many_at_once__lets_no_more_count_than_the_limit(hk: Any) -> None:
    waiting = [
        (proposed(propose_finding(hk, finding(person(number)), officer=first)).id, second)
        for number, (first, second) in enumerate([("ho", "lam"), ("lam", "ho")] * 5)
    ]

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda each: confirm(hk, each[0], officer=each[1]), waiting))

    assert all(proposed(each).state is ProposalState.CARRIED_OUT for each in done)
    standings = Counter(standing_of_finding(hk, each) for each, _ in waiting)
    assert standings == {Standing.COUNTS: 5, Standing.HELD: 5}
    with hk.database.transaction() as transaction:
        assert len(transaction.controls.alarms()) == len({"ho", "lam"}) * 2 + 1


def test_proposal__sent_again__is_the_same_and_another_under_its_id_an_error(hk: Any) -> None:
    said = finding()
    first = proposed(propose_finding(hk, said, officer="ho"))

    assert proposed(propose_finding(hk, said, officer="ho")) == first
    with pytest.raises(RequestIdReusedError):
        propose_finding(hk, dataclasses.replace(said, reference="CT-2021-78"), officer="ho")
    with pytest.raises(RequestIdReusedError):
        propose_finding(hk, said, officer="chan")


UNFIT: list[tuple[dict[str, Any], TwoOfficersFault]] = [
    ({"ground": HealthReason.CONFIRMED}, TwoOfficersFault.GROUND_UNFIT),
    ({"kind": EvidenceKind.TEST_RESULT}, TwoOfficersFault.GROUND_UNFIT),
    ({"kind": EvidenceKind.DISCHARGE}, TwoOfficersFault.GROUND_UNFIT),
    ({"on": day(1)}, TwoOfficersFault.DAY_TO_COME),
    ({"ends_on": day(-1)}, TwoOfficersFault.ENDS_TOO_EARLY),
    ({"ends_on": day(14)}, TwoOfficersFault.ENDS_TOO_LATE),
    ({"reference": " "}, TwoOfficersFault.REFERENCE_MISSING),
    ({"words": ""}, TwoOfficersFault.WORDS_MISSING),
    ({"words": "w" * 501}, TwoOfficersFault.WORDS_MISSING),
    (
        {"document": Document(type=DocumentType.HKID, number="A123456(4)", issuer="HKG")},
        TwoOfficersFault.NUMBER_WRONG,
    ),
]


def test_finding__without_what_it_needs__is_refused(hk: Any) -> None:
    for changed, fault in UNFIT:
        assert code_of(propose_finding(hk, finding(**changed), officer="ho")) is fault, changed


def test_finding__longest_allowed__ends_by_itself(active: Pair, hk: Any) -> None:
    who = person()
    found(hk, who, ends_on=day(13))

    active.set_time(START + timedelta(days=14) - timedelta(hours=9, seconds=2))
    assert colour_of(hk, who) is Colour.RED
    active.set_time(START + timedelta(days=14))
    assert colour_of(hk, who) is Colour.GREEN


def test_finding__looked_at_again__when_confirmed(active: Pair, hk: Any) -> None:
    active.set_time(START + timedelta(hours=14))  # 23:00
    made = proposed(propose_finding(hk, finding(ends_on=day(0)), officer="ho"))
    active.set_time(START + timedelta(hours=15, minutes=30))  # half past midnight

    assert code_of(confirm(hk, made.id, officer="lam")) is TwoOfficersFault.ENDS_TOO_EARLY
    assert colour_of(hk, person()) is Colour.GREEN


def test_findings__waiting_to_be_confirmed__are_few(hk: Any) -> None:
    for number in range(5):
        proposed(propose_finding(hk, finding(person(number)), officer="ho"))

    answer = propose_finding(hk, finding(person(6)), officer="ho")
    assert code_of(answer) is TwoOfficersFault.TOO_MANY_OPEN
    proposed(propose_finding(hk, finding(person(6)), officer="lam"))


def test_proposals__in_heaps__hide_neither_findings_nor_what_others_propose(hk: Any) -> None:
    put_in_unit(hk, "ng", "contact-tracing", by="console")
    evidence = found(hk, person(), by=("chan", "lee"))

    def lift(officer: str) -> object:
        return propose_lift(hk, new_proposal(), evidence, words=WORDS, officer=officer)

    heap = [proposed(propose_finding(hk, finding(person(n)), officer="ho")) for n in range(3)]
    heap += [lift("ho") for _ in range(17)]  # type: ignore[misc]
    assert all(isinstance(each, Proposal) for each in heap)

    assert code_of(lift("ho")) is TwoOfficersFault.TOO_MANY_OPEN
    for number in range(3, 5):
        proposed(propose_finding(hk, finding(person(number)), officer="ng"))
    answer = propose_finding(hk, finding(person(6)), officer="ng")
    assert code_of(answer) is TwoOfficersFault.TOO_MANY_OPEN  # five of the unit, whoever proposed
    honest = lift("chan")
    assert honest in open_proposals(hk, officer="lee", limit=3)
    proposed(refuse(hk, heap[-1].id, officer="ho"))
    assert isinstance(lift("ho"), Proposal)


def test_finding__under_the_id_of_other_evidence__is_refused(hk: Any) -> None:
    lab, said = enrolled(hk), a_test(person(7))
    lab.says(said)
    with pytest.raises(RequestIdReusedError):
        propose_finding(hk, finding(id=ProposalId(said.id)), officer="ho")
    made = proposed(propose_finding(hk, finding(), officer="ho"))
    lab.says(a_test(person(8), id=made.id))  # whoever knows the id of a proposal

    assert code_of(confirm(hk, made.id, officer="lam")) is TwoOfficersFault.ID_TAKEN
    assert proposed(refuse(hk, made.id, officer="lam")).state is ProposalState.REFUSED


def test_finding__beyond_the_limit__is_held_and_counts_once_released(hk: Any) -> None:
    for number in range(5):
        found(hk, person(number))
    who = person(6)
    text = code(hk, who)

    evidence = found(hk, who)

    assert text
    assert standing_of_finding(hk, ProposalId(evidence)) is Standing.HELD
    assert colour_of(hk, who) is Colour.GREEN
    assert told(hk, who) == ()
    for by in (("ho", "chan"), ("chan", "lam"), ("lam", "ho")):
        assert code_of(released(hk, evidence, by=by)) is TwoOfficersFault.INVOLVED
    assert colour_of(hk, who) is Colour.GREEN

    proposed(released(hk, evidence))
    assert colour_of(hk, who) is Colour.RED
    assert [each.code for each in told(hk, who)] == [HealthNoticeCode.FINDING_COUNTS]
    with hk.database.transaction() as transaction:
        (act,) = transaction.evidence.acts_of(evidence)
    assert act.reviewed_by == ("chan", "lee")
    assert code_of(released(hk, evidence)) is TwoOfficersFault.NOTHING_TO_DO


def test_limit__follows_the_officers__into_another_unit(hk: Any) -> None:
    for number in range(5):
        found(hk, person(number))
    put_in_unit(hk, "ho", "port-health", by="console")
    put_in_unit(hk, "lam", "inspectorate", by="console")

    assert standing_of_finding(hk, ProposalId(found(hk, person(6)))) is Standing.HELD


def test_lift__by_two_units__gives_green_back_the_same_day(hk: Any) -> None:
    who = person()
    code(hk, who)
    evidence = found(hk, who)

    proposed(lifted(hk, evidence))

    assert colour_of(hk, who) is Colour.GREEN
    assert next(each.code for each in told(hk, who)) == HealthNoticeCode.FINDING_LIFTED
    assert code_of(lifted(hk, evidence)) is TwoOfficersFault.NOTHING_TO_DO
    missing = propose_lift(
        hk, new_proposal(), EvidenceId(new_proposal()), words=WORDS, officer="chan"
    )
    assert code_of(missing) is TwoOfficersFault.EVIDENCE_UNKNOWN


def test_lift__of_what_was_found__does_not_give_the_hand_back(hk: Any) -> None:
    for number in range(5):
        proposed(lifted(hk, found(hk, person(number)), by=("ho", "lam")))

    assert standing_of_finding(hk, ProposalId(found(hk, person(6)))) is Standing.HELD


def test_officer__without_a_unit__proposes_nothing(hk: Any) -> None:
    assert unit_of(hk, "ng") is None
    assert code_of(propose_finding(hk, finding(), officer="ng")) is TwoOfficersFault.NO_UNIT
    answer = propose_review(hk, new_proposal(), acts=[1], words=WORDS, officer="ng")
    assert code_of(answer) is TwoOfficersFault.NO_UNIT
    assert open_proposals(hk, officer="ng") == ()


def test_proposals__to_confirm__are_shown_with_a_recorded_look(hk: Any) -> None:
    made = proposed(propose_finding(hk, finding(), officer="ho"))

    (shown,) = open_proposals(hk, officer="lam")

    assert shown == made
    with hk.database.transaction() as transaction:
        latest = transaction.audit.latest(limit=1)[0]
    assert (latest.actor, latest.action, latest.subject) == ("lam", "proposal.look", made.id)


def test_audit__holds__no_personal_data(hk: Any) -> None:
    who = person(4711, name="WONG SIU MING")
    evidence = found(hk, who)
    proposed(lifted(hk, evidence))

    with hk.database.transaction() as transaction:
        entries = repr(transaction.audit.latest(limit=1000))
    for personal in ("4711", "WONG", "CT-2021-77", "dinner", "close_contact", "red"):
        assert personal not in entries
    assert evidence in entries


def test_list_of_persons__has__no_way_in() -> None:
    names = {each.name for each in dataclasses.fields(finding())}

    assert "document" in names
    assert not names & {"documents", "people", "persons"}
    given = inspect.signature(propose_finding).parameters
    assert list(given) == ["authority", "finding", "officer"]


def test_database__itself__carries_nothing_out_for_one_unit(hk: Any) -> None:
    made = proposed(propose_finding(hk, finding(), officer="ho"))
    alone = dataclasses.replace(
        made, state=ProposalState.CARRIED_OUT, decided_by="ng", decided_unit=made.unit
    )

    with pytest.raises(psycopg.errors.CheckViolation), hk.database.transaction() as transaction:
        transaction.controls.decide_proposal(dataclasses.replace(alone, decided_at=START))


def test_units__are_named__plainly_and_noted(hk: Any) -> None:
    assert units(hk)["ho"] == "contact-tracing"
    assert put_in_unit(hk, "ho", "contact-tracing", by="console") is False
    for name in ("", "Tracing", "a b", "-a", "a" * 41):
        with pytest.raises(UnitUnfitError):
            put_in_unit(hk, "ho", name, by="console")
