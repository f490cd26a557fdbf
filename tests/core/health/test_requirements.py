"""Requirements of a person's health at the edges of days, and that exemption serves as well."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import hong_kong, paper
from tests.builders.schemes import ZONE, health_requirement
from tongguan.core.calendar import local_day
from tongguan.core.health.requirements import (
    CertifiedTest,
    Dose,
    HealthFacts,
    MedicalExemption,
    Recovery,
    RequirementMet,
    RequirementNotMet,
    WayFault,
    judge_requirements,
)
from tongguan.core.people import age_on
from tongguan.core.scheme.model import (
    AgeAnchor,
    DosesTaken,
    ExemptByAge,
    ExemptOnMedicalGround,
    NegativeTest,
    Recovered,
    Way,
)

HOURS = NegativeTest(within_hours=48, specimens=("nasal-swab",))
DAYS = NegativeTest(within_days=3, specimens=("nasal-swab",))
TWO_DOSES = DosesTaken(doses_min=2, products=("comirnaty", "coronavac"), days_since_min=14)
ONE_DOSE = DosesTaken(doses_min=1, products=("janssen",), days_since_min=14, days_since_max=270)
RECOVERED = Recovered(days_since_min=11, days_since_max=180)
UNFIT = ExemptOnMedicalGround(grounds=("unfit-for-vaccination",))
SMALL_CHILD = ExemptByAge(years_below=3)
WHOLE = health_requirement("immunity", TWO_DOSES, ONE_DOSE, RECOVERED, UNFIT, SMALL_CHILD)
LAST_INSTANT = timedelta(microseconds=1)


def finding(
    *ways: Way, at: datetime, now: datetime | None = None, **facts: Any
) -> RequirementMet | RequirementNotMet:
    [found] = judge_requirements(
        [health_requirement("one", *ways)],
        HealthFacts(**facts),
        judged=at,
        now=now or at,
        zone=ZONE,
    )
    return found


def until(*ways: Way, at: datetime, now: datetime | None = None, **facts: Any) -> datetime | None:
    found = finding(*ways, at=at, now=now, **facts)
    assert isinstance(found, RequirementMet), found
    return found.until


def fault(*ways: Way, at: datetime, now: datetime | None = None, **facts: Any) -> WayFault:
    found = finding(*ways, at=at, now=now, **facts)
    assert isinstance(found, RequirementNotMet), found
    return found.faults[0][1]


def dose(given_on: date, number: int = 2, product: str = "comirnaty") -> Dose:
    return Dose(number=number, given_on=given_on, product=product)


@pytest.mark.parametrize("clock", ["23:59", "00:00", "05:59"])
def test_hours__count__from_the_sample_at_any_hour(clock: str) -> None:
    test = paper(f"12T{clock}")
    end = hong_kong(14, clock)

    assert until(HOURS, at=end, tests=(test,)) == end
    late = end + LAST_INSTANT
    assert fault(HOURS, at=late, tests=(test,)) is WayFault.TOO_OLD


@pytest.mark.parametrize("sampled", ["12T23:59", "12T00:00", "12T05:59"])
def test_calendar_days__end__with_the_day(sampled: str) -> None:
    """A test of the 12th is good for three days: until the last instant of the 15th."""
    test = paper(sampled)

    for clock in ("00:00", "05:59", "23:59", "23:59:59.999999"):
        end = until(DAYS, at=hong_kong(15, clock), tests=(test,))
        assert end == hong_kong(16, "00:00") - LAST_INSTANT
    assert fault(DAYS, at=hong_kong(16, "00:00"), tests=(test,)) is WayFault.TOO_OLD


def test_calendar_days__in_an_evening_slot__reach_its_night_only_if_the_day_does() -> None:
    """A slot from 22:00 to 06:00: judged at its start the test serves, at 05:59 it does not."""
    test = paper("12T09:00")

    assert until(DAYS, at=hong_kong(15, "22:00"), tests=(test,)) is not None
    assert fault(DAYS, at=hong_kong(16, "05:59"), tests=(test,)) is WayFault.TOO_OLD


def test_sampling_just_after_midnight__counts__for_the_new_day() -> None:
    before, after = paper("12T23:59"), paper("13T00:00")
    at = hong_kong(16, "05:59")

    assert fault(DAYS, at=at, tests=(before,)) is WayFault.TOO_OLD
    assert until(DAYS, at=at, tests=(before, after)) == hong_kong(17, "00:00") - LAST_INSTANT


def test_test__that_does_not_do__says_why() -> None:
    at = hong_kong(13, "09:00")
    by_report = replace(HOURS, anchor=AgeAnchor.REPORT)

    assert fault(HOURS, at=at) is WayFault.NOT_SHOWN
    assert fault(by_report, at=at, tests=(paper("12T09:00"),)) is WayFault.TIME_NOT_STATED
    assert fault(HOURS, at=at, tests=(paper("13T09:01"),)) is WayFault.FROM_FUTURE
    other = paper("12T09:00", specimen="saliva")
    assert fault(HOURS, at=at, tests=(other,)) is WayFault.NOT_ACCEPTED
    assert fault(HOURS, at=at, tests=(other, paper("10T09:00"))) is WayFault.TOO_OLD


def test_test_of_a_certificate__counts__like_one_on_paper() -> None:
    on_paper = paper("12T09:00", "12T18:00")
    certified = CertifiedTest(
        sampled_at=on_paper.sampled_at, reported_at=on_paper.reported_at, specimen="nasal-swab"
    )
    at = hong_kong(13, "09:00")

    assert finding(HOURS, at=at, tests=(on_paper,)) == finding(HOURS, at=at, tests=(certified,))


def test_dose__counts__from_the_beginning_of_the_fourteenth_day() -> None:
    doses = (dose(date(2021, 12, 1)),)
    early = finding(TWO_DOSES, at=hong_kong(14, "23:59"), doses=doses)

    assert isinstance(early, RequirementNotMet)
    assert early.faults == ((TWO_DOSES, WayFault.TOO_EARLY),)
    assert early.met_from == hong_kong(15, "00:00")
    for clock in ("00:00", "05:59"):
        assert until(TWO_DOSES, at=hong_kong(15, clock), doses=doses) is None


def test_dose__counts__to_the_end_of_its_last_day() -> None:
    janssen = (dose(hong_kong(15, "12:00").date() - timedelta(days=270), 1, "janssen"),)

    for clock in ("00:00", "05:59", "23:59"):
        end = until(ONE_DOSE, at=hong_kong(15, clock), doses=janssen)
        assert end == hong_kong(16, "00:00") - LAST_INSTANT
    assert fault(ONE_DOSE, at=hong_kong(16, "00:00"), doses=janssen) is WayFault.TOO_OLD


def test_dose__that_does_not_do__says_why() -> None:
    at, day = hong_kong(20, "12:00"), date(2021, 12, 1)

    assert fault(TWO_DOSES, at=at) is WayFault.NOT_SHOWN
    assert fault(TWO_DOSES, at=at, doses=(dose(day, 1),)) is WayFault.TOO_FEW_DOSES
    assert fault(TWO_DOSES, at=at, doses=(dose(day, 2, "other"),)) is WayFault.NOT_ACCEPTED
    tomorrow = (dose(date(2021, 12, 21)),)
    assert fault(TWO_DOSES, at=at, doses=tomorrow) is WayFault.FROM_FUTURE
    in_a_month = hong_kong(31, "12:00") + timedelta(days=20)
    assert fault(TWO_DOSES, at=in_a_month, now=at, doses=tomorrow) is WayFault.FROM_FUTURE


def test_fresh_booster__leaves__the_dose_before_it_standing() -> None:
    doses = (dose(date(2021, 6, 1)), dose(date(2021, 12, 19), 3))

    assert until(TWO_DOSES, at=hong_kong(20, "12:00"), doses=doses) is None


def test_recovery__holds__from_its_first_day_to_its_last() -> None:
    recoveries = (Recovery(first_positive_on=date(2021, 12, 1)),)
    at = hong_kong(12, "00:00")
    end = at + timedelta(days=170) - LAST_INSTANT

    assert fault(RECOVERED, at=at - LAST_INSTANT, recoveries=recoveries) is WayFault.TOO_EARLY
    assert until(RECOVERED, at=at, recoveries=recoveries) == end
    assert until(RECOVERED, at=end, recoveries=recoveries) == end
    assert fault(RECOVERED, at=end + LAST_INSTANT, recoveries=recoveries) is WayFault.TOO_OLD


def exemption(last_day: int | None, ground: str = "unfit-for-vaccination") -> MedicalExemption:
    last = None if last_day is None else date(2021, 12, last_day)
    return MedicalExemption(ground=ground, first_day=date(2021, 12, 10), last_day=last)


def test_medical_exemption__holds__through_its_last_day() -> None:
    exemptions = (exemption(15),)

    assert fault(UNFIT, at=hong_kong(9, "23:59"), medical_exemptions=exemptions) is (
        WayFault.TOO_EARLY
    )
    for at in (hong_kong(10, "00:00"), hong_kong(15, "05:59"), hong_kong(15, "23:59")):
        end = until(UNFIT, at=at, medical_exemptions=exemptions)
        assert end == hong_kong(16, "00:00") - LAST_INSTANT
    late = hong_kong(16, "00:00")
    assert fault(UNFIT, at=late, medical_exemptions=exemptions) is WayFault.TOO_OLD
    assert until(UNFIT, at=late, medical_exemptions=(*exemptions, exemption(None))) is None
    other = (exemption(None, ground="other"),)
    assert fault(UNFIT, at=late, medical_exemptions=other) is WayFault.NOT_ACCEPTED


def test_dates__between_the_instant_judged_and_now__are_not_to_come() -> None:
    """A slot from 22:00 that is judged at its start, read after midnight."""
    start, now = hong_kong(14, "22:00"), hong_kong(15, "00:10")

    assert until(HOURS, at=start, now=now, tests=(paper("14T23:00"),)) is not None
    assert fault(HOURS, at=start, now=now, tests=(paper("15T00:11"),)) is WayFault.FROM_FUTURE
    assert until(SMALL_CHILD, at=start, now=now, born_on=date(2021, 12, 15)) is not None
    unborn = date(2021, 12, 16)
    assert fault(SMALL_CHILD, at=start, now=now, born_on=unborn) is WayFault.FROM_FUTURE


def test_medical_exemption__that_begins_after_the_instant_judged__is_too_early() -> None:
    begins = replace(exemption(None), first_day=date(2021, 12, 15))
    found = finding(
        UNFIT,
        at=hong_kong(14, "22:00"),
        now=hong_kong(15, "00:10"),
        medical_exemptions=(begins,),
    )

    assert isinstance(found, RequirementNotMet)
    assert found.faults == ((UNFIT, WayFault.TOO_EARLY),)
    assert found.met_from == hong_kong(15, "00:00")


def test_small_child__is_exempt__until_the_birthday() -> None:
    born_on = date(2018, 12, 16)

    for clock in ("00:00", "05:59", "23:59"):
        end = until(SMALL_CHILD, at=hong_kong(15, clock), born_on=born_on)
        assert end == hong_kong(16, "00:00") - LAST_INSTANT
    assert fault(SMALL_CHILD, at=hong_kong(16, "00:00"), born_on=born_on) is WayFault.WRONG_AGE


def test_child_of_29_february__is_exempt__through_28_february() -> None:
    born_on = date(2020, 2, 29)
    last = datetime.fromisoformat("2023-02-28T23:59:00+08:00")

    assert (
        until(SMALL_CHILD, at=last, born_on=born_on) == last + timedelta(minutes=1) - LAST_INSTANT
    )
    at_midnight = last + timedelta(minutes=1)
    assert fault(SMALL_CHILD, at=at_midnight, born_on=born_on) is WayFault.WRONG_AGE


def test_old_person__is_exempt__from_the_birthday() -> None:
    old = ExemptByAge(years_min=70)
    found = finding(old, at=hong_kong(15, "23:59"), born_on=date(1951, 12, 16))

    assert isinstance(found, RequirementNotMet)
    assert found.met_from == hong_kong(16, "00:00")
    assert until(old, at=found.met_from, born_on=date(1951, 12, 16)) is None
    assert fault(old, at=hong_kong(15, "23:59")) is WayFault.NOT_SHOWN
    assert fault(old, at=hong_kong(15, "23:59"), born_on=date(2022, 1, 1)) is WayFault.FROM_FUTURE


@pytest.mark.parametrize("limits", [{}, {"years_below": 3, "years_min": 70}])
def test_age__below_and_above__are_not_one_exemption(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="years_below"):
        ExemptByAge(**limits)


@given(
    born_on=st.dates(date(1920, 1, 1), date(2021, 1, 1)),
    years=st.integers(1, 90),
    distance=st.integers(-2, 2),
)
def test_age_exemption__ends_and_begins__as_ages_are_counted(
    born_on: date, years: int, distance: int
) -> None:
    near = date(born_on.year + years, born_on.month, min(born_on.day, 28))
    at = datetime.fromisoformat(f"{near + timedelta(days=distance)}T05:59:00+08:00")
    found = finding(ExemptByAge(years_below=years), at=at, now=at, born_on=born_on)

    assert isinstance(found, RequirementMet) is (age_on(born_on, at.date()) < years)
    if isinstance(found, RequirementMet):
        assert found.until is not None
        assert age_on(born_on, local_day(found.until, ZONE)) == years - 1
        assert age_on(born_on, local_day(found.until + LAST_INSTANT, ZONE)) == years


FACTS: dict[str, dict[str, Any]] = {
    "doses": {"doses": (dose(date(2021, 6, 1)),)},
    "medical": {"medical_exemptions": (exemption(None),)},
}


def test_exempt__is_served__like_anyone_else() -> None:
    """Nothing that is printed or shown tells by which way the requirement was met."""
    at = hong_kong(15, "12:00")
    found = {name: finding(*WHOLE.ways, at=at, **facts) for name, facts in FACTS.items()}

    assert type(found["doses"]) is type(found["medical"]) is RequirementMet
    assert repr(found["doses"]) == repr(found["medical"])
    assert "unfit" not in repr(HealthFacts(**FACTS["medical"]))
    assert "unfit" not in repr(FACTS["medical"]["medical_exemptions"])


def test_longest_way__is_the_one__that_is_told() -> None:
    at = hong_kong(15, "12:00")
    both = {"recoveries": (Recovery(first_positive_on=date(2021, 12, 1)),), **FACTS["doses"]}
    found = finding(*WHOLE.ways, at=at, **both)

    assert isinstance(found, RequirementMet)
    assert (found.way, found.until) == (TWO_DOSES, None)
    assert finding(*reversed(WHOLE.ways), at=at, **both) == found


def test_requirement__not_met__names_every_way_and_the_first_to_open() -> None:
    at = hong_kong(10, "12:00")
    facts = HealthFacts(
        doses=(dose(date(2021, 12, 1)),),
        recoveries=(Recovery(first_positive_on=date(2021, 12, 1)),),
        born_on=date(1980, 1, 1),
    )
    unmet, met = judge_requirements(
        [WHOLE, health_requirement("any", ExemptByAge(years_min=1))],
        facts,
        judged=at,
        now=at,
        zone=ZONE,
    )

    assert isinstance(met, RequirementMet)
    assert isinstance(unmet, RequirementNotMet)
    assert [each for _, each in unmet.faults] == [
        WayFault.TOO_EARLY,
        WayFault.NOT_ACCEPTED,
        WayFault.TOO_EARLY,
        WayFault.NOT_SHOWN,
        WayFault.WRONG_AGE,
    ]
    assert unmet.met_from == hong_kong(12, "00:00")
    assert (unmet.nearest.way, unmet.nearest.number) == (RECOVERED, 2)
    assert unmet.nearest.met_from == unmet.met_from


def test_nearest_way__is_what_could_best_be_mended__and_an_age_never_is() -> None:
    at = hong_kong(15, "12:00")

    def nearest(**facts: Any) -> tuple[Way, WayFault]:
        found = finding(*WHOLE.ways, ExemptByAge(years_min=60), at=at, **facts)
        assert isinstance(found, RequirementNotMet)
        return found.nearest.way, found.nearest.fault

    almost_sixty = {"born_on": date(1961, 12, 16)}
    one_dose = {"doses": (dose(date(2021, 6, 1), 1),)}
    assert nearest(**almost_sixty) == (TWO_DOSES, WayFault.NOT_SHOWN)
    assert nearest(**almost_sixty, **one_dose) == (TWO_DOSES, WayFault.TOO_FEW_DOSES)
    long_ago = (Recovery(first_positive_on=date(2020, 1, 1)),)
    assert nearest(**one_dose, recoveries=long_ago) == (RECOVERED, WayFault.TOO_OLD)
    both = {"doses": (dose(date(2021, 12, 10)),), "recoveries": long_ago}
    assert nearest(**both) == (TWO_DOSES, WayFault.TOO_EARLY)
    alone = finding(SMALL_CHILD, at=at, born_on=date(1980, 1, 1))
    assert isinstance(alone, RequirementNotMet)
    assert alone.nearest.fault is WayFault.WRONG_AGE
    assert "SMALL" not in repr(alone)
    assert "years" not in repr(alone)
