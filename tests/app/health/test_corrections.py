"""Corrections: who says that a finding is wrong is heard by others, and by the clock otherwise."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.evidence import a_contact, enrolled, entry, kept_of
from tests.builders.officers import (
    colour_of,
    contested,
    day,
    found,
    lifted,
    proposed,
    told,
    upheld,
    with_units,
)
from tests.builders.travel import code, declared, health_request, registered
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.control.proposals import TwoOfficersRefused
from tongguan.app.control.store import CaseState
from tongguan.app.health.codes import explain
from tongguan.app.health.corrections import (
    CorrectionFault,
    CorrectionRefused,
    case_of,
    contest,
    look_at_case,
    open_cases,
    tell_of_relief,
)
from tongguan.app.retention import delete_expired
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import CaseId

CLOCK = timedelta(hours=8)
NIGHT = timedelta(hours=14)


@pytest.fixture
def hk(active: Pair) -> Any:
    """Hong Kong with officers in four units."""
    return with_units(active.hk)


def new_case() -> CaseId:
    return CaseId(str(uuid4()))


def test_case__undecided__relieves_by_itself_and_gives_a_green_code_at_once(
    active: Pair, hk: Any
) -> None:
    who = person()
    evidence = found(hk, who)
    case = contested(hk, who, evidence)
    assert case.decide_by == case.opened_at + CLOCK

    active.set_time(case.decide_by - timedelta(seconds=1))
    assert colour_of(hk, who) is Colour.RED
    assert tell_of_relief(hk) == 0
    active.set_time(case.decide_by)
    assert colour_of(hk, who) is Colour.GREEN
    assert declared(hk, health_request(hk, who)).judgement.colour is Colour.GREEN

    assert (tell_of_relief(hk), tell_of_relief(hk)) == (1, 0)
    assert [each.code for each in told(hk, who)] == [
        HealthNoticeCode.RELIEF_BEGAN,
        HealthNoticeCode.CASE_OPENED,
        HealthNoticeCode.FINDING_COUNTS,
    ]


def test_relief__of_more_than_a_step__is_told_to_everybody_and_once(
    active: Pair, hk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongguan.app.health.corrections._AT_ONCE", 2)
    people = [person(number) for number in range(1, 6)]
    contested(hk, people[0], found(hk, people[0]))
    active.set_time(START + timedelta(days=3))
    days = {"on": day(3), "ends_on": day(9)}
    evidence = [found(hk, each, **days) for each in people[1:]]
    for each, about in zip(people[1:], evidence, strict=True):
        contested(hk, each, about)
    lifted(hk, evidence[0])  # decided: nobody need be told of relief
    active.set_time(START + timedelta(days=3) + CLOCK + timedelta(minutes=1))

    assert tell_of_relief(hk) == 3

    relieved = [
        HealthNoticeCode.RELIEF_BEGAN in [notice.code for notice in told(hk, each)]
        for each in people
    ]
    # The first case ran out so long ago that the page of the code has said it for days.
    assert relieved == [False, False, True, True, True]
    with hk.database.transaction() as transaction:
        since = transaction.now - timedelta(days=2)
        assert transaction.controls.cases_to_tell(since, transaction.now, limit=9) == ()
    assert tell_of_relief(hk) == 0


def test_case__keeps__what_it_is_about(active: Pair, hk: Any) -> None:
    """The evidence is not deleted before the last day of its case, which ends on the day after."""
    who = person()
    last = START + timedelta(days=40, hours=13)
    facts = {"reference": "CASE-1", "relation": "contact"}
    said = entry(who, EvidenceKind.CONTACT_ORDER, facts, ends_at=last)
    enrolled(hk, SourceKind.ORDER_OFFICE, "orders", unit="contact-tracing").says(said)
    active.set_time(last - timedelta(hours=1))
    contested(hk, who, said.id)

    for days, kept in ((31, 1), (32, 1), (33, 0)):
        active.set_time(last + timedelta(days=days))
        delete_expired(hk)
        assert len(kept_of(hk, who)) == kept
        assert len(open_cases(hk, officer="chan")) == kept


def test_case__about_a_signed_order__relieves_to_amber(active: Pair, hk: Any) -> None:
    who = person()
    office = enrolled(hk, SourceKind.ORDER_OFFICE, "orders", unit="contact-tracing")
    office.says(a_contact(who))
    (finding,) = explain(hk, registered(hk, who)).findings
    contested(hk, who, finding.evidence)

    active.set_time(START + CLOCK + timedelta(minutes=1))

    assert colour_of(hk, who) is Colour.AMBER


def test_case__the_source_took_it_back__is_closed(hk: Any) -> None:
    who = person()
    office = enrolled(hk, SourceKind.ORDER_OFFICE, "orders", unit="contact-tracing")
    said = a_contact(who)
    office.says(said)
    case = contested(hk, who, said.id)

    office.takes_back(said.id)

    assert colour_of(hk, who) is Colour.GREEN
    closed = case_of(hk, said.id)
    assert closed is not None
    assert (closed.id, closed.state, closed.decided_by) == (case.id, CaseState.LIFTED, ("orders",))
    assert open_cases(hk, officer="lee") == ()


def test_case__lifted_by_two__is_closed_and_the_person_told(hk: Any) -> None:
    who = person()
    evidence = found(hk, who)
    case = contested(hk, who, evidence)
    (shown,) = open_cases(hk, officer="lee")
    assert (shown.case, shown.kept.evidence.id) == (case, evidence)

    proposed(lifted(hk, evidence))

    decided = case_of(hk, evidence)
    assert decided is not None
    assert (decided.state, decided.decided_by) == (CaseState.LIFTED, ("chan", "lee"))
    assert colour_of(hk, who) is Colour.GREEN
    assert told(hk, who)[0].code == HealthNoticeCode.FINDING_LIFTED
    assert open_cases(hk, officer="lee") == ()


def test_case__upheld_by_two_who_had_no_part__counts_on(active: Pair, hk: Any) -> None:
    who = person()
    evidence = found(hk, who)
    case = contested(hk, who, evidence)
    for by in (("ho", "chan"), ("chan", "lam"), ("ho", "lam")):
        answer = upheld(hk, case.id, by=by)
        assert isinstance(answer, TwoOfficersRefused)
        assert answer.code is TwoOfficersFault.INVOLVED

    proposed(upheld(hk, case.id))

    active.set_time(START + NIGHT)
    assert colour_of(hk, who) is Colour.RED
    assert told(hk, who)[0].code == HealthNoticeCode.CASE_UPHELD
    assert told(hk, who)[0].facts["who"] == "port-health, inspectorate"
    again = upheld(hk, case.id)
    assert isinstance(again, TwoOfficersRefused)
    assert again.code is TwoOfficersFault.CASE_NOT_OPEN
    assert contested(hk, who, evidence).state is CaseState.OPEN


def test_case__upheld_after_relief__is_an_adverse_act_of_those_who_decide(
    active: Pair, hk: Any
) -> None:
    who = person()
    evidence = found(hk, who)
    case = contested(hk, who, evidence)
    active.set_time(START + NIGHT)
    assert colour_of(hk, who) is Colour.GREEN
    code(hk, who)

    proposed(upheld(hk, case.id))

    assert colour_of(hk, who) is Colour.RED
    with hk.database.transaction() as transaction:
        assert transaction.health_codes.live(hk.index.person(who.document)) == ()
        acts = transaction.evidence.acts_of(evidence)
    assert acts[-1].causers == (
        "officer:chan",
        "officer:lee",
        "unit:inspectorate",
        "unit:port-health",
    )


def test_uphold__beyond_the_limit__changes_nothing(active: Pair, hk: Any) -> None:
    people = [person(number) for number in range(6)]
    cases = [
        contested(hk, who, found(hk, who, by=("ho", "lam") if number < 3 else ("ng", "wu")))
        for number, who in enumerate(people)
        if number < 3 or _two_more(hk)
    ]
    active.set_time(START + NIGHT)
    for case in cases[:5]:
        proposed(upheld(hk, case.id))

    answer = upheld(hk, cases[5].id)

    assert isinstance(answer, TwoOfficersRefused)
    assert answer.code is TwoOfficersFault.LIMIT_REACHED
    assert [colour_of(hk, who) for who in people] == [Colour.RED] * 5 + [Colour.GREEN]
    assert look_at_case(hk, cases[5].id, officer="chan").case.state is CaseState.OPEN  # type: ignore[union-attr]


def _two_more(hk: Any) -> bool:
    from tongguan.app.control.units import put_in_unit  # noqa: PLC0415

    put_in_unit(hk, "ng", "clinic", by="console")
    put_in_unit(hk, "wu", "wards", by="console")
    return True


def test_contest__of_nothing_that_is_ones_own__is_refused(hk: Any) -> None:
    who, other = person(1), person(2)
    registered(hk, other)
    evidence = found(hk, who)
    own = declared(
        hk, health_request(hk, who, HealthDeclaration(close_contact=True))
    ).judgement.findings
    declaration = next(each.evidence for each in own if each.evidence != evidence)

    def refused(registration: Any, about: Any, words: str = "No.") -> CorrectionFault:
        answer = contest(hk, new_case(), registration, about, words)
        assert isinstance(answer, CorrectionRefused)
        return answer.code

    assert refused(registered(hk, other), evidence) is CorrectionFault.EVIDENCE_UNKNOWN
    assert refused(uuid4(), evidence) is CorrectionFault.EVIDENCE_UNKNOWN
    assert refused(registered(hk, who), str(uuid4())) is CorrectionFault.EVIDENCE_UNKNOWN
    assert refused(registered(hk, who), declaration) is CorrectionFault.OWN_WORD
    assert refused(registered(hk, who), evidence, " ") is CorrectionFault.WORDS_MISSING
    contested(hk, who, evidence)
    assert refused(registered(hk, who), evidence) is CorrectionFault.CONTESTED_ALREADY


def test_contest__sent_again__opens_one_case(hk: Any) -> None:
    who = person()
    evidence, case = found(hk, who), new_case()

    first = contest(hk, case, registered(hk, who), evidence, "I was away.")

    assert contest(hk, case, registered(hk, who), evidence, "I was away.") == first
    with pytest.raises(RequestIdReusedError):
        contest(hk, case, registered(hk, who), evidence, "Something else.")


def test_cases__are_shown__to_officers_of_units_with_a_recorded_look(hk: Any) -> None:
    who = person()
    case = contested(hk, who, found(hk, who))

    assert open_cases(hk, officer="nobody") == ()
    assert look_at_case(hk, case.id, officer="nobody") is None
    assert look_at_case(hk, case.id, officer="lee") is not None
    with hk.database.transaction() as transaction:
        latest = transaction.audit.latest(limit=1)[0]
    assert (latest.actor, latest.action, latest.subject) == ("lee", "correction.look", case.id)
    assert "I was not there" not in repr(open_cases(hk, officer="lee"))
