"""What a rule must be expected to cost people who are not infected; unknown is not zero."""

from dataclasses import replace
from decimal import Decimal

from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.expected_false import expected_false_per_10000
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import ByExposure, ByTests, ExpectedFrom, HealthRules
from tongguan.core.identifiers import AuthorityId

HONG_KONG = bundled_health_rules()[AuthorityId("HK")]
GUANGDONG = bundled_health_rules()[AuthorityId("GD")]


def with_figures(**figures: ExpectedFrom) -> HealthRules:
    return replace(
        HONG_KONG, expected_from={HealthReason(name): each for name, each in figures.items()}
    )


TESTS = ByTests(
    tests_per_10000_daily=Decimal(100),
    prevalence=Decimal("0.02"),
    specificity=Decimal("0.99"),
    days=Decimal(3),
)


def test_tests__turn_red__those_who_are_well_and_tested_wrongly() -> None:
    expected = expected_false_per_10000(with_figures(confirmed=TESTS))

    # 100 tests, 98 of them of people who are well, one in 100 of those wrong, for three days.
    assert expected.by_ground[HealthReason.CONFIRMED] == Decimal("2.94")
    assert expected.by_colour == {Colour.RED: Decimal("2.94"), Colour.AMBER: None}


def test_exposure__turns_amber__those_who_were_there_and_are_well() -> None:
    stays = ByExposure(persons_per_10000=Decimal(60), infected=Decimal("0.05"))
    arrivals = ByExposure(persons_per_10000=Decimal(10), infected=Decimal(0))

    expected = expected_false_per_10000(
        with_figures(high_risk_stay=stays, arrived_from_outside=arrivals)
    )

    assert expected.by_ground[HealthReason.HIGH_RISK_STAY] == 57
    assert expected.by_colour == {Colour.RED: None, Colour.AMBER: 67}


def test_perfect_test__turns_nobody_red__and_that_is_stated() -> None:
    perfect = replace(TESTS, specificity=Decimal(1))
    expected = expected_false_per_10000(with_figures(confirmed=perfect))

    assert expected.by_colour[Colour.RED] == 0
    assert HealthReason.CONFIRMED not in expected.not_stated


def test_ground__without_figures__is_not_stated() -> None:
    expected = expected_false_per_10000(with_figures())

    assert expected.by_colour == {Colour.RED: None, Colour.AMBER: None}
    assert set(expected.not_stated) == {rule.reason for rule in HONG_KONG.colours.rules}
    assert set(expected.by_ground.values()) == {None}


def test_figures__of_a_ground_that_the_version_lacks__count_for_nothing() -> None:
    rules = with_figures(confirmed=TESTS)
    without = replace(rules, colours=replace(rules.colours, rules=()))

    assert expected_false_per_10000(without).by_colour[Colour.RED] is None


def test_bundled_rules__state__what_could_be_found() -> None:
    hong_kong = expected_false_per_10000(HONG_KONG)

    assert hong_kong.by_colour[Colour.RED] == Decimal("0.079992")
    assert hong_kong.by_colour[Colour.AMBER] == Decimal("51.65496")
    assert len(hong_kong.not_stated) == 7
    assert set(expected_false_per_10000(GUANGDONG).by_colour.values()) == {None}
