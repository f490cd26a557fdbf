"""A requirement at the gate: the same answer for everyone who meets it, and reasons that help."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.builders.gate import going_home, hong_kong, paper, papers, situation
from tests.builders.gate_cases_requirements import (
    FRESH,
    GROWN,
    MET,
    UNREAD_AGE,
    dose,
    exempted,
    of_a_grown_up,
)
from tests.builders.gate_rules import WAYS, immune, night_pass
from tests.builders.schemes import HOME, OUT
from tongguan.adapters.postgres.decisions import decision_as_data
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.decide import decide
from tongguan.core.gate.requirement_checks import TOO_EARLY_FOR_SLOT
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
    one = facts_of(papers=of_a_grown_up(doses=(dose(number=1),)))
    assert one == {"way": f"{CLAUSE}/ways/1", "lacking": "too_few_doses"}
    fresh = facts_of(papers=of_a_grown_up(doses=(FRESH,)), tests=(paper("10T09:00"),))
    assert fresh == {"way": f"{CLAUSE}/ways/1", "met_from": "2021-12-15T00:00+08:00"}
    old = facts_of(tests=(paper("10T09:00"),), papers=of_a_grown_up())
    assert old == {"way": f"{CLAUSE}/ways/0", "lacking": "too_old"}
    future = facts_of(papers=papers(doses=(dose(date(2021, 12, 14)),)))
    assert future == {"way": f"{CLAUSE}/ways/1"}


def test_reason__never_tells__an_age_nor_a_birthday_to_come() -> None:
    almost = papers(born_on=date(1951, 12, 14))

    assert facts_of(papers=almost) == facts_of(papers=of_a_grown_up())
    assert facts_of(papers=almost) == facts_of()
    alone = immune(ExemptByAge(years_min=70))
    reason = reason_of(situation(version=alone, papers=almost))
    assert reason == reason_of(situation(version=alone))
    assert reason.code is R.HEALTH_REQUIREMENT_NOT_SHOWN
    assert set(reason.facts) == {"requirement", "ways"}


@pytest.mark.parametrize("what", UNREAD_AGE)
def test_age__that_nobody_has_read__is_as_if_nothing_was_shown(what: str) -> None:
    assert facts_of(**UNREAD_AGE[what]) == facts_of()


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
    late = {"papers": of_a_grown_up()} | shown
    if late["papers"].born_on is None:
        late["papers"] = replace(late["papers"], born_on=GROWN)

    assert outcome(rules, last, **shown) == ADMITTED
    assert outcome(rules, last + SECOND, **late)[1] is after


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


AT_START = immune(judged_at=JudgedAt.SLOT_START)


@pytest.mark.parametrize(
    "shown",
    [
        {"doses": (dose(date(2021, 11, 30)),)},
        {"doses": (dose(date(2021, 12, 1)),)},
        {"medical_exemptions": (replace(exempted(), first_day=date(2021, 12, 14)),)},
    ],
    ids=["of this night", "of a later day", "an exemption"],
)
def test_way__that_opens_after_the_slot_began__tells_nobody_to_wait(shown: dict[str, Any]) -> None:
    """From the first second of the slot to the last its start stays where it is."""
    pass_, slot = night_pass(), papers(**shown)
    for now in (pass_.slot_start, MIDNIGHT + 10 * SECOND, pass_.slot_end - SECOND):
        given = situation(
            version=AT_START, now=now, pass_=pass_, papers=replace(slot, born_on=GROWN)
        )
        reason = reason_of(given)
        assert decide(given).outcome is Outcome.DENY
        assert reason.code is R.HEALTH_REQUIREMENT_NOT_MET
        assert reason.facts["lacking"] == TOO_EARLY_FOR_SLOT
        assert "met_from" not in reason.facts


def test_way__out_of_any_slot__tells_from_when_it_is_open() -> None:
    given = situation(version=AT_START, pass_=None, papers=of_a_grown_up(doses=(FRESH,)))

    reason = next(each for each in decide(given).reasons if each.clause == CLAUSE)
    assert reason.code is R.HEALTH_REQUIREMENT_NOT_YET_MET
    assert reason.facts["met_from"] == "2021-12-15T00:00+08:00"


def test_dates__between_the_slots_start_and_now__are_not_to_come() -> None:
    """What is dated is held against the present, whatever instant the ways are judged at."""
    ten = hong_kong(13, "22:00")
    assert outcome(AT_START, ten, tests=(paper("13T20:00"),)) == ADMITTED
    assert outcome(AT_START, ten, tests=(paper("13T22:01"),))[0] is Outcome.REFER
    born_since = papers(born_on=date(2021, 12, 14))
    assert outcome(AT_START, MIDNIGHT + SECOND, papers=born_since) == ADMITTED


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
    few = of_a_grown_up(doses=(dose(number=1),))
    for shown in (None, of_a_grown_up(doses=(FRESH,)), papers(doses=(FRESH,)), few):
        given = going_home(version=rules, papers=shown)
        assert decide(given).outcome is Outcome.REFER
