"""How long a test counts: hours to the second, calendar days in the scheme's zone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import hong_kong, paper
from tests.builders.schemes import ZONE, health_test
from tongguan.core.calendar import Interval
from tongguan.core.health.tests import (
    PaperFault,
    PresentedTest,
    earliest_sampling,
    paper_fault,
    sampling_windows,
    valid_until,
)
from tongguan.core.scheme.model import AgeAnchor, HealthTestRequirement, JudgedAt

HOURS = health_test(within_hours=48)
DAYS = health_test(within_hours=None, within_days=3)
ONE_SECOND = timedelta(seconds=1)


def fault(
    requirement: HealthTestRequirement, test: PresentedTest, judged: datetime, **changes: Any
) -> PaperFault | None:
    values = {"now": judged, "zone": ZONE} | changes
    return paper_fault(requirement, test, judged=judged, **values)


def test_hours__count__from_the_sample_to_the_second() -> None:
    assert valid_until(HOURS, hong_kong(12, "09:00"), ZONE) == hong_kong(14, "09:00")
    assert fault(HOURS, paper("12T09:00"), hong_kong(14, "09:00")) is None
    late = fault(HOURS, paper("12T09:00"), hong_kong(14, "09:00:01"))
    assert late is PaperFault.TOO_OLD


@pytest.mark.parametrize("sampled", ["20T00:00", "20T08:00", "20T23:59:59"])
def test_calendar_days__end__with_the_last_day(sampled: str) -> None:
    """A test of 20 November was good until the 23rd, whatever the hour of the sample."""
    test = paper(sampled)
    until = valid_until(DAYS, test.sampled_at, ZONE)

    assert hong_kong(23, "23:59:59") < until < hong_kong(24, "00:00")
    assert fault(DAYS, test, hong_kong(23, "23:59:59")) is None
    assert fault(DAYS, test, hong_kong(24, "00:00")) is PaperFault.TOO_OLD


def test_calendar_days__are__those_of_the_zone() -> None:
    """At 00:30 in Hong Kong it is still the day before in UTC."""
    sampled = hong_kong(20, "00:30")

    assert sampled.astimezone(UTC).day == 19
    assert valid_until(DAYS, sampled, ZONE) > hong_kong(23, "23:59")
    assert valid_until(DAYS, sampled, "UTC") < hong_kong(23, "08:00")


def test_no_days__mean__the_same_day() -> None:
    same_day = health_test(within_hours=None, within_days=0)

    assert fault(same_day, paper("13T00:00"), hong_kong(13, "23:59")) is None
    assert fault(same_day, paper("12T23:59"), hong_kong(13, "00:00")) is PaperFault.TOO_OLD


def test_age__counts__from_the_report_where_the_agreement_says_so() -> None:
    by_report = health_test(within_hours=24, anchor=AgeAnchor.REPORT)
    noon = hong_kong(13, "12:00")

    assert fault(by_report, paper("11T09:00", "12T18:00"), noon) is None
    assert fault(by_report, paper("11T09:00", "12T11:59"), noon) is PaperFault.TOO_OLD
    assert fault(by_report, paper("13T09:00"), noon) is PaperFault.TIME_NOT_STATED


def test_paper__is_at_fault__for_its_specimen_or_a_time_to_come() -> None:
    noon = hong_kong(13, "12:00")
    saliva = paper(specimen="deep-throat-saliva")

    assert fault(HOURS, saliva, noon) is PaperFault.SPECIMEN_NOT_ACCEPTED
    assert fault(health_test(specimens=None), saliva, noon) is None
    assert fault(HOURS, paper("13T12:01"), noon) is PaperFault.FROM_FUTURE
    assert fault(HOURS, paper("13T11:00", "13T12:01"), noon) is PaperFault.FROM_FUTURE


def test_paper_of_today__judged_at_the_start_of_the_slot__is_not_of_the_future() -> None:
    starts, now = hong_kong(13, "10:00"), hong_kong(13, "12:00")

    assert fault(HOURS, paper("13T11:00"), starts, now=now) is None


def test_paper__reported_before_it_was_sampled__cannot_be() -> None:
    with pytest.raises(ValueError, match="reported_at"):
        paper("13T12:00", "13T11:59")


@pytest.mark.parametrize(
    ("requirement", "earliest"),
    [
        (HOURS, hong_kong(12, "06:00")),
        (health_test(judged_at=JudgedAt.SLOT_START), hong_kong(11, "18:00")),
        (DAYS, hong_kong(11, "00:00")),
        (
            health_test(within_hours=None, within_days=3, judged_at=JudgedAt.SLOT_START),
            hong_kong(10, "00:00"),
        ),
    ],
)
def test_earliest_sampling__of_a_night_slot__serves_until_its_end(
    requirement: HealthTestRequirement, earliest: datetime
) -> None:
    night = Interval(start=hong_kong(13, "18:00"), end=hong_kong(14, "06:00"))

    assert earliest_sampling(requirement, night, ZONE) == earliest
    assert sampling_windows((requirement,), night, ZONE)[0].earliest == earliest


def test_earliest_sampling__of_a_slot_until_midnight__counts_its_own_day() -> None:
    evening = Interval(start=hong_kong(13, "18:00"), end=hong_kong(14, "00:00"))

    assert earliest_sampling(DAYS, evening, ZONE) == hong_kong(10, "00:00")


@given(
    hours=st.none() | st.integers(1, 96),
    days=st.integers(0, 7),
    judged_at=st.sampled_from(JudgedAt),
    starts=st.integers(0, 1440),
    minutes=st.integers(1, 1440),
    into=st.integers(0, 1439 * 60),
)
def test_earliest_sampling__is_good__throughout_the_slot_and_a_second_earlier_is_not(
    *, hours: int | None, days: int, judged_at: JudgedAt, starts: int, minutes: int, into: int
) -> None:
    start = hong_kong(13, "00:00") + timedelta(minutes=starts)
    slot = Interval(start=start, end=start + timedelta(minutes=minutes))
    requirement = health_test(
        within_hours=hours, within_days=None if hours else days, judged_at=judged_at
    )
    earliest = earliest_sampling(requirement, slot, ZONE)
    in_slot = start + timedelta(seconds=into % (minutes * 60))
    judged = start if judged_at is JudgedAt.SLOT_START else in_slot

    assert judged <= valid_until(requirement, earliest, ZONE)
    last = start if judged_at is JudgedAt.SLOT_START else slot.end - timedelta(microseconds=1)
    assert last > valid_until(requirement, earliest - ONE_SECOND, ZONE)
