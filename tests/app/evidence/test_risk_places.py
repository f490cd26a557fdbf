"""Listing a place of high risk is power over many: it rings at once, and is not without measure."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest

from tests.builders.authorities import START, Pair
from tests.builders.evidence import Source, enrolled
from tests.builders.officers import proposed, reviewed, with_units
from tongguan.app.control.alarms import alarms_shown
from tongguan.app.control.proposals import TwoOfficersRefused
from tongguan.app.evidence.batches import BatchReceipt, receive_batch
from tongguan.app.evidence.risk_places import places_that_count, risk_places
from tongguan.app.health.public import health_figures
from tongguan.core.evidence.batch_content import EndedPlace, ListedPlace
from tongguan.core.evidence.batch_faults import BatchFault
from tongguan.core.evidence.limits import AlarmKind
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.evidence.two_officers import TwoOfficersFault
from tongguan.core.identifiers import DivisionCode

FIRST = date(2021, 12, 10)
OPEN_MAX = 3


@pytest.fixture
def hk(active: Pair) -> Any:
    """Hong Kong with officers in four units, where three places may count at once."""
    rules = active.hk.health_rules
    assert rules is not None
    few = replace(rules, controls=replace(rules.controls, places_open_max=OPEN_MAX))
    return with_units(replace(active.hk, health_rules=few))


def places(hk: Any, name: str = "places", unit: str | None = None) -> Source:
    return enrolled(hk, SourceKind.RISK_PLACES, name, unit=unit)


def listed(*divisions: str, last_on: date | None = None) -> tuple[ListedPlace, ...]:
    return tuple(
        ListedPlace(division=DivisionCode(each), first_on=FIRST, last_on=last_on)
        for each in divisions
    )


def refusal(receipt: BatchReceipt) -> tuple[BatchFault, str]:
    assert receipt.refused is not None
    return receipt.refused.code, receipt.refused.place


def test_listing__rings_once_of_a_source__until_two_others_have_looked(hk: Any) -> None:
    lister, other = places(hk, unit="port-health"), places(hk, "others")
    lister.says(listed=listed("440303", "440304"))
    lister.says(listed=listed("440305"))
    shown = alarms_shown(hk, officer="lee")
    assert [(each.alarm.kind, each.alarm.subject, each.alarm.acts) for each in shown] == [
        (AlarmKind.PLACES, "source:places", 2)
    ]
    assert not shown[0].is_involved
    assert alarms_shown(hk, officer="chan")[0].is_involved  # of the unit that runs the source
    serials = [each.alarm.serial for each in shown]
    refused = reviewed(hk, alarms=serials, by=("chan", "lee"))
    assert isinstance(refused, TwoOfficersRefused)
    assert refused.code is TwoOfficersFault.INVOLVED
    proposed(reviewed(hk, alarms=serials, by=("ho", "lee")))
    assert alarms_shown(hk, officer="lee") == ()

    # The same list again lists nothing: there is nothing to look at.
    lister.says(listed=listed("440303", "440304", "440305"))
    lister.says(ended=(EndedPlace(division=DivisionCode("440305"), last_on=FIRST),))
    assert alarms_shown(hk, officer="lee") == ()
    other.says(listed=listed("440303"))
    assert [each.alarm.subject for each in alarms_shown(hk, officer="lee")] == ["source:others"]


def test_listings__are_counted__by_month_for_everybody(hk: Any) -> None:
    lister = places(hk)
    lister.says(listed=listed("440303", "440304"))
    lister.says(listed=listed("440303"))
    figures = health_figures(hk)
    assert [each.places_listed for each in figures.months[:2]] == [2, 0]
    assert figures.months[0].alarms_raised == 1


@pytest.mark.parametrize("division", ["44", "440000", "810000"])
def test_province__as_a_whole__is_no_place(hk: Any, division: str) -> None:
    receipt = places(hk).says(listed=(*listed("440303"), *listed(division)))
    assert refusal(receipt) == (BatchFault.PLACE_TOO_WIDE, "risk_places/listed/1/division")
    assert risk_places(hk) == ()
    assert alarms_shown(hk, officer="lee") == ()


def test_places__more_than_may_count_at_once__are_refused_whoever_lists_them(
    active: Pair, hk: Any
) -> None:
    lister, other = places(hk), places(hk, "others")
    assert lister.says(listed=listed("440303", "440304")).refused is None
    too_many = other.says(listed=listed("440305", "440306"))
    assert refusal(too_many) == (BatchFault.TOO_MANY_PLACES, "risk_places/listed")
    assert other.says(listed=listed("4403", "440304")).refused is None  # the second one counts once
    # One that is over counts on for as long as the rule looks back at it.
    over = listed("440307", last_on=FIRST)
    assert refusal(other.says(listed=over))[0] is BatchFault.TOO_MANY_PLACES
    assert len({each.place.division for each in places_that_count(hk)}) == OPEN_MAX
    ended = tuple(
        EndedPlace(division=DivisionCode(each), last_on=date(2021, 11, 20)) for each in ("440303",)
    )
    assert lister.says(ended=ended, listed=listed("440307")).refused is None


def test_places__listed_by_many_at_once__pass_no_limit(hk: Any) -> None:
    messages = [
        places(hk, f"places-{number}").message(listed=listed(f"4403{number:02d}"))
        for number in range(3, 8)
    ]
    barrier = Barrier(len(messages))

    def send(message: bytes) -> BatchReceipt:
        barrier.wait()
        return receive_batch(hk, message)

    with ThreadPoolExecutor(len(messages)) as threads:
        receipts = list(threads.map(send, messages))
    assert sum(each.refused is None for each in receipts) == OPEN_MAX
    assert len(risk_places(hk)) == OPEN_MAX


def test_alarm__of_places__rings_in_the_transaction_of_the_listing(
    hk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("tongguan.app.evidence.risk_places.ring", fails)
    with pytest.raises(RuntimeError):
        places(hk).says(listed=listed("440303"), at=START - timedelta(minutes=1))
    assert risk_places(hk) == ()
