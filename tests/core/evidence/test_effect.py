"""What is worse is worse now or later, and hides behind nothing that is there already."""

from datetime import date, datetime, timedelta

import pytest

from tests.builders.authorities import START
from tongguan.core.evidence.effect import gone_findings, is_adverse, is_worse, new_findings
from tongguan.core.evidence.records import Route
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import Finding, Judgement, LiftedBy, gravity
from tongguan.core.identifiers import EvidenceId

DAYS = {each: START + timedelta(days=each) for each in range(30)}


def finding(
    name: str,
    colour: Colour = Colour.RED,
    until: datetime | None = DAYS[14],
    reason: HealthReason = HealthReason.CLOSE_CONTACT,
) -> Finding:
    return Finding(
        evidence=EvidenceId(name),
        reason=reason,
        colour=colour,
        on=date(2021, 12, 13),
        until=until,
        source="source",
        route=Route.ORDER_OFFICE,
        is_relieved=False,
        contested_until=None,
        lifted_by=LiftedBy.SOURCE,
    )


def judgement(*findings: Finding) -> Judgement:
    return Judgement(
        colour=max((each.colour for each in findings), key=gravity, default=Colour.GREEN),
        findings=findings,
        until=DAYS[1],
        rule_version="rules",
    )


RED = finding("a")
LONG = finding("long", until=None)
DISCHARGE = HealthReason.DISCHARGED_RECENTLY


@pytest.mark.parametrize(
    ("before", "after", "worse", "adverse"),
    [
        ((), (), False, False),
        ((), (RED,), True, True),
        ((RED,), (), False, False),
        ((finding("a", Colour.AMBER),), (RED,), True, True),
        # Under a colour that is there already, and no longer than it: counted, though not worse.
        ((RED,), (RED, finding("b", until=DAYS[7])), False, True),
        ((RED,), (RED, finding("b", Colour.AMBER)), False, True),
        # What outlasts it is worse on the day on which the other ends.
        ((RED,), (RED, finding("b", until=DAYS[15])), True, True),
        ((RED,), (RED, finding("b", until=None)), True, True),
        ((RED,), (finding("a", until=DAYS[20]),), True, True),
        ((finding("a", until=None),), (RED,), False, False),
        # A discharge shortens a case, and is an act against somebody where it does not.
        ((finding("a", until=None),), (finding("a", reason=DISCHARGE),), False, False),
        ((RED,), (finding("a", until=DAYS[15], reason=DISCHARGE),), True, True),
        ((), (finding("a", reason=DISCHARGE),), True, True),
        # Under another colour too: what is longer, and a case that comes back.
        ((LONG, RED), (LONG, finding("a", until=DAYS[15])), False, True),
        ((LONG, RED), (LONG, finding("a", until=DAYS[13])), False, False),
        ((LONG, finding("a", reason=DISCHARGE)), (LONG, RED), False, True),
        ((LONG, finding("a", Colour.AMBER)), (LONG, RED), False, True),
    ],
)
def test_act__is_adverse__by_its_effect(
    before: tuple[Finding, ...], after: tuple[Finding, ...], worse: bool, adverse: bool
) -> None:
    assert is_worse(judgement(*before), judgement(*after)) is worse
    assert is_adverse(judgement(*before), judgement(*after)) is adverse


def test_findings__new_and_gone__are_named() -> None:
    before = judgement(RED, finding("b", Colour.AMBER))
    after = judgement(finding("b"), finding("c"))
    assert [each.evidence for each in new_findings(before, after)] == ["b", "c"]
    assert [each.evidence for each in gone_findings(before, after)] == ["a"]
