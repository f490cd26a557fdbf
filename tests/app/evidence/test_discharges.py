"""Discharges: they help whom they are about, and nobody can hold one against a person."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.evidence import Source, a_contact, a_test, enrolled, entry, kept_of
from tests.builders.officers import (
    TODAY,
    colour_of,
    contested,
    day,
    lifted,
    proposed,
    told,
    with_units,
)
from tests.builders.travel import code, registered
from tongguan.app.authorities import Authority
from tongguan.app.health.codes import explain
from tongguan.app.retention import delete_expired
from tongguan.core.evidence.batch_facts import BatchEntry
from tongguan.core.evidence.records import Evidence, EvidenceKind, Route, Standing
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import EvidenceId
from tongguan.core.people import Person

DAY = timedelta(days=1)
OVER = 20
"""More people than an order office may have unreviewed acts against."""


@pytest.fixture
def hk(active: Pair) -> Authority:
    return with_units(active.hk)


@pytest.fixture
def office(hk: Authority) -> Source:
    return enrolled(hk, SourceKind.ORDER_OFFICE, "orders", unit="contact-tracing")


def a_discharge(who: Person, on: date = TODAY) -> BatchEntry:
    return entry(who, EvidenceKind.DISCHARGE, {"reference": "D-1"}, on=on)


def a_case(who: Person, *, days: int, on: date = TODAY) -> BatchEntry:
    """An order that somebody is ill, for so many days from now."""
    facts = {"reference": "C-1", "state": "confirmed"}
    return entry(who, EvidenceKind.CASE_ORDER, facts, on=on, ends_at=START + days * DAY)


def acts(hk: Authority) -> list[EvidenceId]:
    with hk.database.transaction() as transaction:
        return [each.evidence for each in transaction.evidence.acts_since(START - DAY)]


def red(hk: Authority, people: list[Person]) -> int:
    return sum(colour_of(hk, each) is Colour.RED for each in people)


def test_discharges__of_wrong_results__keep_nobody_red_when_those_are_taken_back(
    hk: Authority, office: Source
) -> None:
    people = [person(number) for number in range(1, OVER + 1)]
    laboratory = enrolled(hk)
    tests = [a_test(each) for each in people]
    laboratory.says(*tests)
    assert red(hk, people) == OVER

    office.says(*map(a_discharge, people))
    assert red(hk, people) == OVER
    assert len(acts(hk)) == OVER  # no more than the laboratory's own
    (finding,) = explain(hk, registered(hk, people[0])).findings
    assert (finding.evidence, finding.reason) == (tests[0].id, HealthReason.DISCHARGED_RECENTLY)

    laboratory.takes_back(*(each.id for each in tests))
    assert red(hk, people) == 0
    assert told(hk, people[0])[0].code == HealthNoticeCode.FINDING_WITHDRAWN


def test_discharge__of_nobodys_case__is_no_finding(hk: Authority, office: Source) -> None:
    ill, well = person(1), person(2)
    office.says(a_contact(ill))
    before = explain(hk, registered(hk, ill))

    assert office.says(a_discharge(ill), a_discharge(well)).standings == {Standing.COUNTS: 2}

    assert explain(hk, registered(hk, ill)) == before
    assert colour_of(hk, well) is Colour.GREEN
    assert told(hk, well) == ()


def test_discharge__that_keeps_red_for_longer__is_an_act_and_the_person_is_told(
    active: Pair, hk: Authority, office: Source
) -> None:
    people = [person(number) for number in range(1, 7)]
    enrolled(hk).says(*(a_test(each) for each in people))
    active.set_time(START + 10 * DAY)

    discharges = [a_discharge(each, day(10)) for each in people]
    receipt = office.says(*discharges, at=START + 10 * DAY)

    assert receipt.standings == {Standing.COUNTS: 5, Standing.HELD: 1}
    assert acts(hk)[len(people) :] == [each.id for each in discharges]
    notice = told(hk, people[0])[0]
    assert notice.code == HealthNoticeCode.FINDING_COUNTS
    assert notice.facts["ground"] == HealthReason.DISCHARGED_RECENTLY
    assert notice.facts["until"].startswith("2022-01-05T16:00")


def test_case__past_its_end__is_contested_and_lifted_while_it_counts(
    active: Pair, hk: Authority, office: Source
) -> None:
    first, second, third = (person(number) for number in range(1, 4))
    cases = [a_case(each, days=3) for each in (first, second, third)]
    office.says(*cases)
    for each in (first, second):
        office.says(a_discharge(each))
    active.set_time(START + 5 * DAY)
    assert [colour_of(hk, each) for each in (first, second, third)] == [
        Colour.RED,
        Colour.RED,
        Colour.GREEN,
    ]

    with pytest.raises(AssertionError):
        contested(hk, third, cases[2].id)  # nothing counts
    contested(hk, first, cases[0].id)
    proposed(lifted(hk, cases[1].id))

    assert colour_of(hk, second) is Colour.GREEN
    assert told(hk, second)[0].code == HealthNoticeCode.FINDING_LIFTED
    active.set_time(START + 5 * DAY + timedelta(hours=9))
    assert colour_of(hk, first) is Colour.AMBER  # nobody decided


def test_withdrawal__of_a_discharge_beside_one_that_was_brought__is_an_act(
    hk: Authority, office: Source
) -> None:
    """What the person brought counts for their registration alone, and may hide nothing."""
    who = person()
    case, discharge = a_case(who, days=30, on=day(-30)), a_discharge(who, day(-20))
    office.says(case)
    office.says(discharge)
    with hk.database.transaction() as transaction:
        transaction.evidence.add(_brought(hk, who), b"hash", day(60))
    before = acts(hk)

    assert office.takes_back(discharge.id).withdrawn == 1

    assert colour_of(hk, who) is Colour.GREEN
    assert acts(hk) == [*before, discharge.id]


def _brought(hk: Authority, who: Person) -> Evidence:
    registration = registered(hk, who)
    return Evidence(
        id=EvidenceId(str(uuid4())),
        person=hk.index.person(who.document),
        registration=registration,
        route=Route.CONVERSION,
        kind=EvidenceKind.DISCHARGE,
        ground=HealthReason.DISCHARGED_RECENTLY,
        source="GD",
        causers=(),
        on=day(-20),
        facts={},
        issued_at=START,
        received_at=START,
        ends_at=None,
    )


@pytest.mark.parametrize("order", ["case first", "discharge first"])
def test_retention__keeps__a_discharge_as_long_as_its_case(
    active: Pair, hk: Authority, office: Source, order: str
) -> None:
    who = person()
    registered(hk, who)
    said: list[Any] = [a_case(who, days=85), a_discharge(who, day(1))]
    active.set_time(START + 2 * DAY)
    for each in said if order == "case first" else said[::-1]:
        office.says(each, at=START + 2 * DAY)
    news = len(told(hk, who))
    for number in (16, 55, 58, 84):
        active.set_time(START + number * DAY)
        delete_expired(hk)
        assert colour_of(hk, who) is Colour.GREEN
        assert len(kept_of(hk, who)) == 2
    assert news <= 1


def test_retention__keeps__a_case_as_long_as_its_discharge_counts(
    active: Pair, hk: Authority, office: Source
) -> None:
    who = person()
    old = START - 40 * DAY
    with hk.database.transaction() as transaction:
        early = replace(
            _brought(hk, who),
            registration=None,
            route=Route.LABORATORY,
            kind=EvidenceKind.TEST_RESULT,
            ground=HealthReason.SUSPECTED,
            causers=("source:lab",),
            on=day(-40),
            received_at=old,
            ends_at=old + 14 * DAY,
        )
        transaction.evidence.add(early, b"hash", day(5))
    office.says(a_discharge(who))
    active.set_time(START + 10 * DAY)
    delete_expired(hk)
    assert colour_of(hk, who) is Colour.RED
    active.set_time(START + 14 * DAY)
    assert colour_of(hk, who) is Colour.GREEN


def test_discharge__that_the_person_declares__counts_as_the_rules_say(
    active: Pair, hk: Authority
) -> None:
    who = person()
    code(hk, who, HealthDeclaration(discharged_on=day(-3)))
    (finding,) = explain(hk, registered(hk, who)).findings
    assert (finding.colour, finding.reason) == (Colour.RED, HealthReason.DISCHARGED_RECENTLY)
    active.set_time(START + 11 * DAY)
    assert colour_of(hk, who) is Colour.GREEN
