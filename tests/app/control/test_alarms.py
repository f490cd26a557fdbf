"""Alarms: raised in the transaction of the act, closed by those who had no part in it."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.claims import claimed, new_request, squatted
from tests.builders.officers import found, proposed, reviewed, with_units
from tongguan.app.control.alarms import acts_shown, alarms_shown
from tongguan.app.control.proposals import TwoOfficersRefused
from tongguan.app.control.units import put_in_unit
from tongguan.app.registration.registrations import decide_claim, register
from tongguan.app.registration.store import RegistrationRoute
from tongguan.core.evidence.limits import AlarmKind
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.identifiers import SchemeId, SponsorId

CAUSERS = {"officer:ho", "officer:lam", "unit:case-management", "unit:contact-tracing"}


@pytest.fixture
def hk(active: Pair) -> Any:
    """Hong Kong with officers in four units."""
    return with_units(active.hk)


def test_alarm__at_the_third_act__is_shown_to_all_and_closed_by_others(hk: Any) -> None:
    for number in range(2):
        found(hk, person(number))
    assert alarms_shown(hk, officer="lee") == ()

    found(hk, person(3))

    shown = alarms_shown(hk, officer="lee")
    assert {(each.alarm.kind, each.alarm.subject) for each in shown} == {
        (AlarmKind.CAUSER, causer) for causer in CAUSERS
    }
    assert all(each.alarm.acts == 3 and not each.is_involved for each in shown)
    assert all(each.is_involved for each in alarms_shown(hk, officer="ho"))
    assert alarms_shown(hk, officer="nobody") == ()

    serials = [each.alarm.serial for each in shown]
    for by in (("ho", "lee"), ("lee", "lam"), ("ho", "lam")):
        answer = reviewed(hk, alarms=serials[:1], by=by)
        assert isinstance(answer, TwoOfficersRefused)
        assert answer.code is TwoOfficersFault.INVOLVED
    proposed(reviewed(hk, alarms=serials))
    assert alarms_shown(hk, officer="lee") == ()
    assert len(alarms_shown(hk, officer="lee", open_only=False)) == len(CAUSERS)


def test_alarm__of_one_unit__is_not_closed_by_whoever_acted_with_it(hk: Any) -> None:
    for number in range(3):
        found(hk, person(number))
    of_tracing = next(
        each.alarm.serial
        for each in alarms_shown(hk, officer="lee")
        if each.alarm.subject == "unit:contact-tracing"
    )

    answer = reviewed(hk, alarms=[of_tracing], by=("lam", "lee"))

    assert isinstance(answer, TwoOfficersRefused)
    assert answer.code is TwoOfficersFault.INVOLVED


def test_alarm__of_disputed_registrations__is_not_closed_by_a_colleague(
    active: Pair, hk: Any
) -> None:
    put_in_unit(hk, "ng", "contact-tracing", by="console")
    for number in range(3):
        register(hk, new_request(number), route=RegistrationRoute.PAPER, officer="ho")
        claimed(hk, new_request(number))
    (alarm,) = alarms_shown(hk, officer="ng")
    assert (alarm.alarm.subject, alarm.is_involved) == ("officer:ho", True)
    put_in_unit(hk, "ho", "helpdesk", by="console")

    for officer in ("ho", "ng"):
        answer = reviewed(hk, alarms=[alarm.alarm.serial], by=(officer, "lee"))
        assert answer == TwoOfficersRefused(code=TwoOfficersFault.INVOLVED)
    proposed(reviewed(hk, alarms=[alarm.alarm.serial]))


def test_alarm__of_refusals__is_not_closed_by_who_refused_and_moved(active: Pair, hk: Any) -> None:
    for number in range(3):
        squatted(hk, number)
        claim = claimed(hk, new_request(number)).claim.id
        decide_claim(hk, claim, uphold=False, officer="ho")
    serials = {each.alarm.subject: each.alarm.serial for each in alarms_shown(hk, officer="lee")}
    put_in_unit(hk, "ho", "helpdesk", by="console")

    answer = reviewed(hk, alarms=[serials["unit:contact-tracing"]], by=("lee", "ho"))

    assert answer == TwoOfficersRefused(code=TwoOfficersFault.INVOLVED)


def on_lists(hk: Any, lists: dict[str, range]) -> None:
    """People by their numbers, on the lists of sponsors."""
    with hk.database.transaction() as transaction:
        for sponsor, numbers in lists.items():
            transaction.sponsors.add(
                SchemeId("hk-gd"),
                SponsorId(sponsor),
                [hk.index.person(person(number).document) for number in numbers],
                at=START,
                delete_after=date(2022, 6, 30),
            )


def test_alarm__by_target__ties_people_of_one_sponsors_list_together(active: Pair, hk: Any) -> None:
    """Whoever goes for those who came together shares nothing else: other days, other files."""
    on_lists(hk, {"general-chamber": range(6), "savers-union": range(4)})
    for number in range(5):
        active.set_time(START + timedelta(days=number))
        found(hk, person(number), **_days(number), reference=f"CT-{number}")

    (shown,) = alarms_shown(hk, officer="lee")

    assert (shown.alarm.kind, shown.alarm.subject) == (AlarmKind.TARGET, "sponsor:general-chamber")
    assert shown.alarm.acts == 5
    assert alarms_shown(hk, officer="ho")[0].is_involved


def test_alarm__closed_with_its_acts_unreviewed__rings_again_with_the_next(hk: Any) -> None:
    for number in range(3):
        found(hk, person(number))
    serials = [each.alarm.serial for each in alarms_shown(hk, officer="lee")]
    proposed(reviewed(hk, alarms=serials))

    found(hk, person(4))
    assert len(alarms_shown(hk, officer="lee")) == len(CAUSERS)


def test_alarm__after_its_acts_were_reviewed__starts_to_count_anew(hk: Any) -> None:
    for number in range(3):
        found(hk, person(number))
    alarms = [each.alarm.serial for each in alarms_shown(hk, officer="lee")]
    acts = [each.act.serial for each in acts_shown(hk, officer="lee")]
    proposed(reviewed(hk, alarms=alarms, acts=acts))

    for number in range(4, 6):
        found(hk, person(number))
    assert alarms_shown(hk, officer="lee") == ()
    found(hk, person(7))
    assert len(alarms_shown(hk, officer="lee")) == len(CAUSERS)


def test_alarm__of_the_patient__rings_when_something_is_held(active: Pair, hk: Any) -> None:
    for number in range(5):
        active.set_time(START + timedelta(days=8 * number))
        found(hk, person(number), **_days(8 * number), reference=f"CT-{number}")
    assert alarms_shown(hk, officer="lee") == ()

    active.set_time(START + timedelta(days=40))
    found(hk, person(6), **_days(40), reference="CT-6")

    assert {each.alarm.subject for each in alarms_shown(hk, officer="lee")} == CAUSERS


def _days(number: int) -> dict[str, Any]:
    from tests.builders.officers import day  # noqa: PLC0415

    return {"on": day(number), "ends_on": day(number + 6)}


def test_alarm__by_target__ties_slow_acts_on_one_reference_together(active: Pair, hk: Any) -> None:
    for number in range(5):
        active.set_time(START + timedelta(days=number))
        found(hk, person(number), **_days(number), reference="CT-2021-77")

    (shown,) = alarms_shown(hk, officer="lee")
    assert shown.alarm.kind is AlarmKind.TARGET
    assert shown.alarm.subject.startswith("reference:")
    assert alarms_shown(hk, officer="ho")[0].is_involved


def test_acts__to_review__say_who_is_involved(hk: Any) -> None:
    found(hk, person())

    assert [each.is_involved for each in acts_shown(hk, officer="ho")] == [True]
    assert [each.is_involved for each in acts_shown(hk, officer="lee")] == [False]
    assert acts_shown(hk, officer="nobody") == ()
