"""The people of the demonstration follow from the seed, and tell every story."""

from collections import Counter

import pytest

from tongguan.cli.demonstration.population import PEAK_DAY, Frame, Party, make_population
from tongguan.cli.demonstration.stage import Plan
from tongguan.cli.demonstration.stories import Story
from tongguan.cli.scheme_files import named_scheme
from tongguan.core.credentials.holder import lasting_number
from tongguan.core.documents import number_fault


def plan(applicants: int = 600, seed: int = 1, days: int = 14) -> Plan:
    loaded = named_scheme("hk-gd-2021-assumed")
    return Plan(loaded=loaded, days=days, applicants=applicants, seed=seed)


def population(applicants: int = 600, seed: int = 1, days: int = 14) -> tuple[Party, ...]:
    return make_population(plan(days=days).frame, applicants=applicants, seed=seed)


def test_population__of_a_seed__is_always_the_same() -> None:
    assert population(seed=7) == population(seed=7)
    assert population(seed=7) != population(seed=8)


@pytest.mark.parametrize("applicants", [1, 2, 50, 601])
def test_population__has_so_many_people_in_parties_of_one_to_four(applicants: int) -> None:
    parties = population(applicants)
    assert sum(len(party.people) for party in parties) == applicants
    assert {len(party.people) for party in parties} <= {1, 2, 3, 4}


def test_population__has_no_person_twice_and_no_real_document() -> None:
    people = [person for party in population() for person in party.people]
    numbers = [person.document.number for person in people]
    lasting = {lasting_number(each.document.type, each.document.number) for each in people}
    assert len(lasting) == len(numbers)
    assert all(number_fault(person.document) is None for person in people)
    # Cards whose last digits say that they were replaced 99 times.
    assert all(len(number) == 11 and number.endswith("99") for number in numbers)


def test_population__tells_every_story_and_knows_every_category() -> None:
    parties = population()
    assert {party.story for party in parties} == set(Story)
    categories = {category.id for category in plan().phase.categories}
    assert {party.category for party in parties} == categories
    for story in (Story.OTHERS_PASS, Story.OTHERS_CODE):
        assert any(len(party.people) > 1 for party in parties if party.story is story)


@pytest.mark.parametrize("days", [2, 5, 9, 14, 28])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_party__wishes__what_can_be_booked_and_is_over_in_time(days: int, seed: int) -> None:
    frame: Frame = plan(days=days).frame
    for party in population(seed=seed, days=days):
        wish = party.wish
        assert 0 <= party.applies_on <= wish.out_day <= wish.home_day < days
        assert wish.home_day - party.applies_on <= frame.horizon_days
        assert 0 <= wish.out_slot < frame.slots
        assert 0 <= wish.home_slot < frame.slots
        if wish.out_day == wish.home_day:
            assert wish.out_slot < wish.home_slot


def test_population__by_default__asks_for_more_than_both_quotas_hold() -> None:
    parties = population(3200)
    leaving, business = Counter[int](), Counter[int]()
    for party in parties:
        leaving[party.wish.out_day] += len(party.people)
        if party.category == "business":
            business[party.wish.out_day // 7] += len(party.people)
    assert leaving[PEAK_DAY] > 1000
    assert business[0] > 1000


def test_fresh_id__for_the_same_thing__is_the_same() -> None:
    first, second = population(10)[:2]
    assert first.fresh_id("crossing", 1) == first.fresh_id("crossing", 1)
    assert first.fresh_id("crossing", 1) != first.fresh_id("crossing", 2)
    assert first.fresh_id("crossing", 1) != second.fresh_id("crossing", 1)
