"""The public count of acts, cases and alarms: by month, without small numbers of persons."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.builders.authorities import Pair
from tests.builders.evidence_stores import DAY, act, case, event, evidence, uuid_of
from tongguan.app.control.store import Alarm, CaseState
from tongguan.app.health.public import ActFigures, HealthFigures, health_figures
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.evidence.limits import CLAIMS_CLOCK, AlarmKind
from tongguan.core.evidence.records import EventKind, Route

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
NOTHING = ActFigures(acts=None, held=None, reviewed=None)


def at(day: int, hour: int = 12, *, month: int = 12) -> datetime:
    return datetime(2021, month, day, hour, tzinfo=HONG_KONG)


def figures(active: Pair) -> HealthFigures:
    active.set_time(at(15))
    return health_figures(active.hk)


@pytest.fixture
def controls(active: Pair) -> Pair:
    """Acts, cases and alarms of November and December, in the months as Hong Kong has them."""
    with active.hk.database.transaction() as transaction:
        kept = transaction.evidence
        first = kept.add_act(act(1, at=at(1, 0)))
        kept.add_act(act(2, at=at(1, 0) - timedelta(seconds=1), held=True))
        kept.review([first], at=at(2), by=("lam", "wong"))
        for number in range(5):
            kept.add_act(act(10 + number, route=Route.LABORATORY, at=at(3), held=number > 0))
        kept.add_act(act(20, route=Route.ORDER_OFFICE, at=at(3)))
        kept.add_act(act(21, at=at(30, month=11)))
        told = transaction.controls
        for number in range(10):
            opened = case(
                100 + number,
                evidence=uuid_of(500 + number),
                opened_at=at(1),
                decide_by=at(9 if number < 9 else 29),
            )
            told.open_case(opened, DAY)
            if number < 5:
                told.decide_case(
                    case(
                        100 + number,
                        state=CaseState.LIFTED,
                        decided_at=at(8 if number < 4 else 9),
                        decided_by=("lam", "wong"),
                    )
                )
        alarm = Alarm(serial=0, kind=AlarmKind.CAUSER, subject="unit:x", acts=5, raised_at=at(3))
        told.review_alarms([told.raise_alarm(alarm)], at=at(4), by=("lam",))
        told.raise_alarm(alarm)
    return active


def test_figures__acts__by_hand_shown_and_small_numbers_of_persons_not(controls: Pair) -> None:
    now, before = figures(controls).months[:2]
    assert (now.month, before.month) == (date(2021, 12, 1), date(2021, 11, 1))
    assert set(now.acts) == set(Route)
    assert now.acts[Route.OFFICERS] == ActFigures(acts=1, held=0, reviewed=1)
    assert before.acts[Route.OFFICERS] == ActFigures(acts=2, held=1, reviewed=0)
    assert now.acts[Route.LABORATORY] == ActFigures(acts=5, held=None, reviewed=None)
    assert now.acts[Route.ORDER_OFFICE] == NOTHING
    assert before.acts[Route.ORDER_OFFICE] == NOTHING


def test_figures__cases__opened_decided_in_time_and_relieved(controls: Pair) -> None:
    found = figures(controls)
    now = found.months[0]
    assert (now.cases_opened, now.cases_decided_in_time, now.cases_relieved) == (10, None, 5)
    assert found.months[1].cases_opened is None
    assert found.cases_open == 5
    with controls.hk.database.transaction() as transaction:
        transaction.retention.delete_before(date.max)
    assert figures(controls).months[0] == now


def test_figures__alarms__raised_and_open(controls: Pair) -> None:
    found = figures(controls)
    assert [each.alarms_raised for each in found.months[:2]] == [2, 0]
    assert found.alarms_open == 1


def test_figures__what_the_clock_gave_and_two_found_in_order__counts_once(active: Pair) -> None:
    with active.hk.database.transaction() as transaction:
        kept = transaction.evidence
        given = kept.add_act(act(1, causers=(CLAIMS_CLOCK,), at=at(3)))
        kept.add_act(act(2, causers=(CLAIMS_CLOCK,), at=at(3), held=True))
    assert figures(active).months[0].acts[Route.OFFICERS] == ActFigures(acts=2, held=1, reviewed=0)
    with active.hk.database.transaction() as transaction:
        kept = transaction.evidence
        kept.review([given], at=at(4), by=("lam", "wong"))
        taken_over = act(1, causers=("officer:lam", "officer:wong"), at=at(4))
        kept.add_act(taken_over)
        # What was held of the clock was no more than tried; who did it since did it themselves.
        kept.add_act(replace(taken_over, evidence=act(2).evidence))
    assert figures(active).months[0].acts[Route.OFFICERS] == ActFigures(acts=3, held=1, reviewed=1)


def test_figures__evidence_by_officers__that_counts_now(active: Pair) -> None:
    with active.hk.database.transaction() as transaction:
        for number in range(5):
            transaction.evidence.add(evidence(number, ends_at=at(20)), b"", DAY)
        transaction.evidence.add(evidence(5, ends_at=at(14)), b"", DAY)
        transaction.evidence.add(evidence(6, route=Route.LABORATORY), b"", DAY)
        for number, kind in enumerate((EventKind.LIFTED, EventKind.HELD, EventKind.CONTESTED)):
            became = event(kind, number, at=at(14), case=uuid_of(9), decide_by=at(15))
            transaction.evidence.add_event(became)
    assert figures(active).counting_by_officers == 2


def test_figures__months__the_present_first_and_over_the_year(active: Pair) -> None:
    active.set_time(at(15))
    months = [each.month for each in health_figures(active.hk).months]
    assert months == [date(2021, number, 1) for number in range(12, 0, -1)]
    assert health_figures(active.hk, months=13).months[-1].month == date(2020, 12, 1)


def test_figures__before_any_phase__nothing_holds(pair: Pair) -> None:
    with pytest.raises(NothingHoldsError):
        health_figures(pair.hk)
