"""What a window that is over hands on."""

import pytest

from tongguan.core.quota.carry_over import handed_on
from tongguan.core.scheme.model import CarryOver


@pytest.mark.parametrize(
    ("rule", "stated", "taken", "expected"),
    [
        (CarryOver.NONE, 10, 4, 0),
        (CarryOver.NONE, 10, 14, 0),
        (CarryOver.ADD_UNUSED, 10, 4, 6),
        (CarryOver.ADD_UNUSED, 10, 14, 0),
        (CarryOver.DEDUCT_EXCESS, 25_000, 26_737, -1_737),
        (CarryOver.DEDUCT_EXCESS, 25_000, 23_883, 0),
    ],
)
def test_carry_over__hands_on__what_its_rule_says(rule, stated, taken, expected):
    assert handed_on(rule, stated=stated, taken=taken) == expected
