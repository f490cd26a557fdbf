"""Each fact of a statement in words, without a place and in the reader's language."""

from datetime import date

import pytest

from tests.builders.gate import hong_kong
from tongguan.adapters.statement_words import fact_in_words
from tongguan.core.evidence.batch_facts import TestOutcome as Outcome
from tongguan.core.evidence.statement import (
    STATED_GROUNDS,
    StatedDose,
    StatedFact,
    StatedGround,
    StatedTest,
)
from tongguan.core.health.grounds import HealthReason
from tongguan.core.texts import Language

ZONE = "Asia/Hong_Kong"
DAY = date(2021, 12, 1)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (
            StatedTest(
                sampled_at=hong_kong(12, "09:00"), outcome=Outcome.NEGATIVE, specimen="swab"
            ),
            "Test sampled 2021-12-12 09:00: negative (swab)",
        ),
        (StatedDose(on=DAY, number=2, product="vero-cell"), "Dose 2 on 2021-12-01 (vero-cell)"),
        (
            StatedGround(reason=HealthReason.HIGH_RISK_STAY, on=DAY),
            "Was in a place of high risk until 2021-12-01; the place is not named",
        ),
        (
            StatedGround(reason=HealthReason.ARRIVED_FROM_OUTSIDE, on=DAY),
            "Arrived from outside on 2021-12-01",
        ),
        (
            StatedGround(reason=HealthReason.ARRIVED_FROM_OUTSIDE, on=DAY, scheme="return2hk"),
            "Arrived from outside on 2021-12-01 (return2hk)",
        ),
        (
            StatedGround(reason=HealthReason.CLOSE_CONTACT, on=DAY, ends_at=hong_kong(15, "00:00")),
            "You are a close contact (2021-12-01, until 2021-12-15 00:00)",
        ),
    ],
)
def test_fact__is_said__as_it_stands_in_the_statement(fact: StatedFact, said: str) -> None:
    assert fact_in_words(fact, Language.EN, ZONE) == said


@pytest.mark.parametrize("reason", STATED_GROUNDS)
def test_ground__has_words__in_every_language(reason: HealthReason) -> None:
    said = {
        fact_in_words(StatedGround(reason=reason, on=DAY), language, ZONE) for language in Language
    }
    assert len(said) == len(Language)
    assert all("2021-12-01" in each for each in said)
