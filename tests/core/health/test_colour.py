"""Colours follow from what is declared, a rule version and the day, and from nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.health.colour import Arrival, HealthDeclaration, HighRiskStay, colour_of
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import GUANGDONG, HONG_KONG, RULES
from tongguan.core.identifiers import DivisionCode

NOON = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
TODAY = date(2021, 12, 13)
GRAVITY = (Colour.GREEN, Colour.AMBER, Colour.RED)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def stay(days: int) -> HealthDeclaration:
    place = HighRiskStay(division=DivisionCode("440305"), last_on=days_ago(days))
    return HealthDeclaration(high_risk_stays=(place,))


def arrival(days: int, scheme: str | None = None) -> HealthDeclaration:
    return HealthDeclaration(arrivals=(Arrival(arrived_on=days_ago(days), scheme=scheme),))


PUBLISHED = [
    (HealthDeclaration(), Colour.GREEN, HealthReason.NOTHING_ADVERSE),
    (HealthDeclaration(confirmed=True), Colour.RED, HealthReason.CONFIRMED),
    (HealthDeclaration(suspected=True), Colour.RED, HealthReason.SUSPECTED),
    (HealthDeclaration(close_contact=True), Colour.RED, HealthReason.CLOSE_CONTACT),
    (
        HealthDeclaration(household_of_close_contact=True),
        Colour.RED,
        HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT,
    ),
    (
        HealthDeclaration(under_compulsory_quarantine=True),
        Colour.RED,
        HealthReason.UNDER_QUARANTINE,
    ),
    (
        HealthDeclaration(discharged_on=days_ago(13)),
        Colour.RED,
        HealthReason.DISCHARGED_RECENTLY,
    ),
    (HealthDeclaration(discharged_on=days_ago(14)), Colour.GREEN, HealthReason.NOTHING_ADVERSE),
    (HealthDeclaration(symptoms_last_on=days_ago(0)), Colour.RED, HealthReason.SYMPTOMS),
    (HealthDeclaration(symptoms_last_on=days_ago(13)), Colour.RED, HealthReason.SYMPTOMS),
    (HealthDeclaration(symptoms_last_on=days_ago(14)), Colour.GREEN, HealthReason.NOTHING_ADVERSE),
    (stay(20), Colour.AMBER, HealthReason.HIGH_RISK_STAY),
    (stay(21), Colour.GREEN, HealthReason.NOTHING_ADVERSE),
    (arrival(20), Colour.AMBER, HealthReason.ARRIVED_FROM_OUTSIDE),
    (arrival(20, "diplomatic"), Colour.AMBER, HealthReason.ARRIVED_FROM_OUTSIDE),
    (arrival(20, "return2hk"), Colour.GREEN, HealthReason.NOTHING_ADVERSE),
    (arrival(0, "come2hk"), Colour.GREEN, HealthReason.NOTHING_ADVERSE),
    (arrival(21), Colour.GREEN, HealthReason.NOTHING_ADVERSE),
]


@pytest.mark.parametrize(("declaration", "colour", "reason"), PUBLISHED)
def test_colour__follows__hong_kongs_published_rules(
    declaration: HealthDeclaration, colour: Colour, reason: HealthReason
) -> None:
    decision = colour_of(declaration, HONG_KONG, on=NOON)

    assert decision.colour is colour
    assert decision.reasons == (reason,)


def test_colour__names_every_ground__the_gravest_first() -> None:
    declaration = replace(arrival(1), confirmed=True, symptoms_last_on=days_ago(3))

    decision = colour_of(declaration, HONG_KONG, on=NOON)

    assert decision.colour is Colour.RED
    assert decision.reasons == (
        HealthReason.CONFIRMED,
        HealthReason.SYMPTOMS,
        HealthReason.ARRIVED_FROM_OUTSIDE,
    )


def test_colour__counts_a_date_to_come__like_today() -> None:
    declaration = HealthDeclaration(symptoms_last_on=days_ago(-2))

    assert colour_of(declaration, HONG_KONG, on=NOON).colour is Colour.RED


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2021, 12, 12, 16, 0, tzinfo=UTC), datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC)),
        (
            datetime(2021, 12, 13, 15, 59, 58, tzinfo=UTC),
            datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC),
        ),
        (
            datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC),
            datetime(2021, 12, 14, 15, 59, 59, tzinfo=UTC),
        ),
        (datetime(2021, 12, 13, 16, 0, tzinfo=UTC), datetime(2021, 12, 14, 15, 59, 59, tzinfo=UTC)),
    ],
)
def test_colour__holds__until_23_59_of_its_day_in_hong_kong(at: datetime, until: datetime) -> None:
    assert at < until
    assert colour_of(HealthDeclaration(), HONG_KONG, on=at).until == until


def test_colour__turns_at_midnight_in_hong_kong__when_a_ground_has_run_out() -> None:
    declaration = HealthDeclaration(symptoms_last_on=date(2021, 11, 30))
    last_minute = datetime(2021, 12, 13, 15, 59, tzinfo=UTC)

    before = colour_of(declaration, HONG_KONG, on=last_minute)
    after = colour_of(declaration, HONG_KONG, on=last_minute + timedelta(minutes=1))

    assert (before.colour, after.colour) == (Colour.RED, Colour.GREEN)


def test_guangdongs_rules__are_marked__assumed() -> None:
    assert HONG_KONG.assumed is None
    assert GUANGDONG.assumed is not None
    assert colour_of(arrival(3, "hk-gd-2021"), GUANGDONG, on=NOON).colour is Colour.GREEN
    assert colour_of(arrival(3, "return2hk"), GUANGDONG, on=NOON).colour is Colour.AMBER


def test_rules__use__every_ground_once_and_name_a_source() -> None:
    for rules in RULES.values():
        reasons = [rule.reason for rule in rules.rules]
        assert sorted(reasons) == sorted(set(HealthReason) - {HealthReason.NOTHING_ADVERSE})
        assert all(rule.source.startswith("http") for rule in rules.rules)
        assert all(rule.colour is not Colour.GREEN for rule in rules.rules)


def test_health_reasons__stand__in_alphabetical_order() -> None:
    assert all(one < other for one, other in pairwise(HealthReason))


def test_declaration__is_hidden__when_printed() -> None:
    assert repr(HealthDeclaration(confirmed=True)) == "HealthDeclaration(HIDDEN)"


past_days = st.integers(0, 40).map(days_ago)
declarations = st.builds(
    HealthDeclaration,
    confirmed=st.booleans(),
    suspected=st.booleans(),
    close_contact=st.booleans(),
    household_of_close_contact=st.booleans(),
    under_compulsory_quarantine=st.booleans(),
    discharged_on=st.none() | past_days,
    symptoms_last_on=st.none() | past_days,
    high_risk_stays=st.lists(
        st.builds(HighRiskStay, division=st.just(DivisionCode("440305")), last_on=past_days),
        max_size=3,
    ).map(tuple),
    arrivals=st.lists(
        st.builds(
            Arrival, arrived_on=past_days, scheme=st.sampled_from([None, "return2hk", "other"])
        ),
        max_size=3,
    ).map(tuple),
)


@given(declaration=declarations, days=st.integers(0, 60))
def test_colour__never_worsens__while_nothing_new_is_declared(
    declaration: HealthDeclaration, days: int
) -> None:
    now = colour_of(declaration, HONG_KONG, on=NOON).colour
    later = colour_of(declaration, HONG_KONG, on=NOON + timedelta(days=days)).colour

    assert GRAVITY.index(later) <= GRAVITY.index(now)


@given(declaration=declarations)
def test_colour__is_green__exactly_when_nothing_adverse_is_found(
    declaration: HealthDeclaration,
) -> None:
    decision = colour_of(declaration, HONG_KONG, on=NOON)

    assert (decision.colour is Colour.GREEN) == (
        decision.reasons == (HealthReason.NOTHING_ADVERSE,)
    )
