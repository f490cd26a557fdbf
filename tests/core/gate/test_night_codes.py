"""Evening slots over midnight: a code of the service day counts where the scheme says so."""

from typing import Any

import pytest

from tests.builders.gate import health_code, hong_kong, status_list, with_lists
from tests.builders.gate_rules import at_night, by_night
from tests.builders.schemes import GD, HK
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.gate.decide import decide
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.judgement import judge
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import JudgedAt

R = ReasonCode
RULES = bundled_health_rules()[HK].colours
THROUGH_THE_NIGHT = [(13, "18:00"), (13, "23:59"), (13, "23:59:59"), (14, "00:00"), (14, "05:59")]


def codes_of(day: int, clock: str, **changes: Any) -> tuple[HealthCodeClaims, ...]:
    """Codes of both authorities as they are issued at this time."""
    issued = hong_kong(day, clock)
    until = judge((), registration=None, risk_places=(), rules=RULES, now=issued).until
    stated = {"issued_at": issued, "valid_until": until, **changes}
    return tuple(health_code(issuer, **stated) for issuer in (HK, GD))


@pytest.mark.parametrize(("day", "clock"), THROUGH_THE_NIGHT)
def test_code_of_the_service_day__counts__to_the_end_of_its_slot(day: int, clock: str) -> None:
    codes = codes_of(13, "08:00")

    assert decide(at_night(clock, day, codes=codes)).codes == (R.ADMITTED,)


@pytest.mark.parametrize(("day", "clock"), THROUGH_THE_NIGHT)
def test_code_of_the_service_day__judged_at_the_gate__ends_at_midnight(
    day: int, clock: str
) -> None:
    at_the_gate = by_night(judged_at=JudgedAt.GATE)
    given = at_night(clock, day, codes=codes_of(13, "08:00"), version=at_the_gate)

    is_over = hong_kong(day, clock) >= hong_kong(13, "23:59:59")
    assert (R.HEALTH_CODE_EXPIRED in decide(given).codes) is is_over


@pytest.mark.parametrize("clock", ["00:00", "05:59"])
@pytest.mark.parametrize("judged_at", JudgedAt)
def test_code_of_the_new_day__counts__in_the_slot_of_the_day_before(
    clock: str, judged_at: JudgedAt
) -> None:
    codes = codes_of(14, "00:00")
    given = at_night(clock, codes=codes, version=by_night(judged_at=judged_at))

    assert decide(given).codes == (R.ADMITTED,)


def test_code_of_the_last_second__counts__as_one_of_the_new_day() -> None:
    codes = codes_of(13, "23:59:59")

    assert codes[0].valid_until == hong_kong(14, "23:59:59")
    assert decide(at_night("05:59", codes=codes)).codes == (R.ADMITTED,)


@pytest.mark.parametrize(("day", "clock"), THROUGH_THE_NIGHT)
def test_code_of_the_day_before__never_counts(day: int, clock: str) -> None:
    given = at_night(clock, day, codes=codes_of(12, "08:00"))

    assert R.HEALTH_CODE_EXPIRED in decide(given).codes


@pytest.mark.parametrize("clock", ["00:00", "05:59"])
def test_code_of_the_service_day__revoked_or_overtaken_by_a_red_one__does_not_count(
    clock: str,
) -> None:
    evening = codes_of(13, "08:00")
    given = at_night(clock, codes=evening)
    revoked = with_lists(given, status_list(HK, "health", 3, now=hong_kong(14, clock)))
    red = codes_of(14, "00:00", colour=Colour.RED)

    assert R.HEALTH_CODE_REVOKED in decide(revoked).codes
    overtaken = at_night(clock, codes=(*evening, *red))
    assert R.HEALTH_CODE_NOT_GREEN in decide(overtaken).codes
