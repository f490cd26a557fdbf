"""A refusal of the ledger cites what its clause cites."""

from tests.builders.schemes import OUT, basis, booking, direction, phase, quota
from tongguan.core.booking.citations import cited
from tongguan.core.decisions import Reason
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import QuotaPer

BLOCK = phase(
    quotas=(quota("day", per=QuotaPer.DAY, limit=1, direction=OUT),),
    directions=(direction(booking=booking(basis=basis("one-each"))),),
)


def claims_of(clause):
    (reason,) = cited(BLOCK, [Reason(code=ReasonCode.QUOTA_FULL, clause=clause)])
    return reason.claims


def test_quota__cites_its_claims():
    assert claims_of("phases/pilot/quotas/day") == ("quotas",)


def test_rule_of_booking__cites_the_claims_of_its_block():
    clause = "phases/pilot/directions/HK-GD/booking/live_journeys_per_person_max"
    assert claims_of(clause) == ("one-each",)


def test_clause__of_no_phase__cites_nothing():
    assert claims_of("") == ()
    assert claims_of("phases/other/quotas/day") == ()


def test_reason__that_cites_already__is_left_alone():
    reason = Reason(code=ReasonCode.QUOTA_FULL, claims=("own",), clause="phases/pilot/quotas/day")
    assert cited(BLOCK, [reason]) == (reason,)
