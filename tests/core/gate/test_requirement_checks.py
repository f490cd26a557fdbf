"""A requirement at the gate: the same answer for everyone who meets it, and reasons that help."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.builders.gate import going_home, hong_kong, paper, papers, situation
from tests.builders.gate_cases_requirements import FRESH, MET, dose, exempted
from tests.builders.gate_rules import WAYS, immune, night_pass
from tests.builders.schemes import HOME, OUT
from tongguan.adapters.postgres.decisions import decision_as_data
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.decide import decide
from tongguan.core.gate.situation import GateSituation
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.model import (
    AgeAnchor,
    DosesTaken,
    ExemptByAge,
    JudgedAt,
    NegativeTest,
    Version,
)

CLAUSE = "phases/pilot/health/requirements/immunity"


def as_bytes(decision: Decision) -> bytes:
    return json.dumps(decision_as_data(decision), sort_keys=True).encode()


@pytest.mark.parametrize("way", MET)
def test_requirement_met__by_any_way__gets_the_same_answer_byte_for_byte(way: str) -> None:
    answer = decide(MET[way])
    tested = decide(MET["a test"])

    assert answer == tested
    assert as_bytes(answer) == as_bytes(tested)
    assert b"immunity" not in as_bytes(answer)


@pytest.mark.parametrize("way", MET)
def test_situation__when_printed__tells_no_paper(way: str) -> None:
    given = MET[way]
    printed = repr(given)
    for secret in ("coronavac", "allergy", "2018", "1951", "officer-7"):
        assert secret not in printed.replace(repr(given.version), "")
    assert "allergy" not in repr(given.papers)


def reason_of(given: GateSituation) -> Reason:
    (reason,) = decide(given).reasons
    assert reason.clause == CLAUSE
    assert reason.facts["requirement"] == "immunity"
    return reason


def facts_of(**shown: Any) -> dict[str, str]:
    facts = dict(reason_of(situation(version=immune(), **shown)).facts)
    del facts["requirement"]
    return facts


def test_reason__tells__what_could_be_shown_or_what_is_lacking_by_the_nearest_way() -> None:
    assert facts_of() == {"ways": f"{CLAUSE}/ways"}
    one = facts_of(papers=papers(doses=(dose(number=1),)))
    assert one == {"way": f"{CLAUSE}/ways/1", "lacking": "too_few_doses"}
    fresh = facts_of(papers=papers(doses=(FRESH,)), tests=(paper("10T09:00"),))
    assert fresh == {"way": f"{CLAUSE}/ways/1", "met_from": "2021-12-15T00:00+08:00"}
    old = facts_of(tests=(paper("10T09:00"),))
    assert old == {"way": f"{CLAUSE}/ways/0", "lacking": "too_old"}
    future = facts_of(papers=papers(doses=(dose(date(2021, 12, 14)),)))
    assert future == {"way": f"{CLAUSE}/ways/1"}


def test_reason__never_tells__an_age_nor_a_birthday_to_come() -> None:
    almost = papers(born_on=date(1951, 12, 14))

    assert facts_of(papers=almost) == facts_of(papers=papers(born_on=date(1980, 1, 1)))
    assert facts_of(papers=almost) == facts_of()
    alone = immune(ExemptByAge(years_min=70))
    reason = reason_of(situation(version=alone, papers=almost))
    assert reason.code is R.HEALTH_REQUIREMENT_NOT_MET
    assert set(reason.facts) == {"requirement", "way", "lacking"}


def outcome(version: Version, now: datetime, **shown: Any) -> tuple[Outcome, R]:
    decision = decide(situation(version=version, now=now, pass_=night_pass(), **shown))
    return decision.outcome, decision.codes[0]


SECOND = timedelta(seconds=1)
MIDNIGHT = hong_kong(14, "00:00")
ADMITTED = (Outcome.ADMIT, R.ADMITTED)


@pytest.mark.parametrize(
    ("shown", "last", "after"),
    [
        ({"tests": (paper("12T00:00"),)}, MIDNIGHT, R.HEALTH_REQUIREMENT_NOT_MET),
        (
            {"papers": papers(doses=(dose(date(2021, 3, 18)),))},
            MIDNIGHT - SECOND,
            R.HEALTH_REQUIREMENT_NOT_MET,
        ),
        (
            {"papers": papers(medical_exemptions=(exempted(date(2021, 12, 13)),))},
            MIDNIGHT - SECOND,
            R.HEALTH_REQUIREMENT_NOT_MET,
        ),
        (
            {"papers": papers(born_on=date(2018, 12, 14))},
            MIDNIGHT - SECOND,
            R.HEALTH_REQUIREMENT_NOT_SHOWN,
        ),
    ],
)
def test_way__is_open__through_its_last_second_in_the_zone_of_the_scheme(
    shown: dict[str, Any], last: datetime, after: R
) -> None:
    rules = immune()

    assert outcome(rules, last, **shown) == ADMITTED
    assert outcome(rules, last + SECOND, **shown)[1] is after


@pytest.mark.parametrize(
    "shown",
    [
        {"papers": papers(doses=(dose(date(2021, 11, 30)),))},
        {"papers": papers(born_on=date(1951, 12, 14))},
    ],
)
def test_way__is_open__from_its_first_second_in_the_zone_of_the_scheme(
    shown: dict[str, Any],
) -> None:
    rules = immune()

    assert outcome(rules, MIDNIGHT - SECOND, **shown) != ADMITTED
    assert outcome(rules, MIDNIGHT, **shown) == ADMITTED


def test_requirement__judged_at_the_slots_start__outlives_midnight() -> None:
    ended = papers(medical_exemptions=(exempted(date(2021, 12, 13)),))

    at_start = immune(judged_at=JudgedAt.SLOT_START)
    assert outcome(at_start, MIDNIGHT + SECOND, papers=ended) == ADMITTED
    assert outcome(immune(), MIDNIGHT + SECOND, papers=ended) != ADMITTED


def test_exemption__that_ends_with_the_calendar__has_no_end() -> None:
    for_ever = papers(medical_exemptions=(exempted(date.max),))

    assert decide(situation(version=immune(), papers=for_ever)).codes == (R.ADMITTED,)


def test_test_without_its_time__is_as_none_and_goes_to_an_officer() -> None:
    by_report = immune(NegativeTest(within_days=3, anchor=AgeAnchor.REPORT), *WAYS[1:])
    given = situation(version=by_report, tests=(paper("12T09:00"),))

    assert decide(given).codes == (R.HEALTH_REQUIREMENT_NOT_SHOWN,)


def test_two_requirements__are_judged__each_for_itself() -> None:
    both = immune(DosesTaken(doses_min=2, products=None))
    (pilot,) = both.phases
    assert pilot.health is not None
    boosted = DosesTaken(doses_min=3, products=None)
    second = immune(boosted, name="booster").phases[0].health
    assert second is not None
    rules = (*pilot.health.requirements, *second.requirements)
    version = replace(
        both, phases=(replace(pilot, health=replace(pilot.health, requirements=rules)),)
    )
    decision = decide(situation(version=version, papers=papers(doses=(dose(),))))

    assert [each.facts["requirement"] for each in decision.reasons] == ["booster"]


def test_way_home__without_what_is_required__is_never_denied() -> None:
    rules = immune(directions=(OUT, HOME))
    for shown in (None, papers(doses=(FRESH,)), papers(doses=(dose(number=1),))):
        given = going_home(version=rules, papers=shown)
        assert decide(given).outcome is Outcome.REFER
