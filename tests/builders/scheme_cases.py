"""Kinds of case that ask about booking, tests and earlier stays, beside the bundled schemes."""

from datetime import date, datetime
from typing import Any

from tongguan.adapters.annex_files import bundled_annexes
from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.core.booking.rules import LegWanted, decide_booking
from tongguan.core.eligibility.stays import Stay, stay_reasons
from tongguan.core.health.tests import PresentedTest, paper_fault, valid_until
from tongguan.core.identifiers import (
    AuthorityId,
    ControlPointId,
    DirectionId,
    DivisionCode,
    SlotId,
)
from tongguan.core.scheme.annexes import with_annexes
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.state import PhaseState, find_phase


def _leg(said: dict[str, Any]) -> LegWanted:
    return LegWanted(
        direction=DirectionId(said["direction"]),
        day=date.fromisoformat(said["day"]),
        slot=SlotId(said["slot"]),
        control_point=ControlPointId(said["control_point"]),
    )


def _as_run(loaded: LoadedScheme, *, annexed: bool) -> Version:
    """The version as its bundled annexes run it, or as the agreement alone does."""
    annexes = bundled_annexes(loaded.version.id) if annexed else ()
    return with_annexes(loaded.version, [each.annex for each in annexes])


def check_booking(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    """May this party take these places at this moment, quotas aside?"""
    version = _as_run(loaded, annexed=situation.get("annexes", False))
    phase = find_phase(version, situation["phase"])
    assert phase is not None
    born = situation.get("head_born")
    by = situation.get("by")
    decision = decide_booking(
        version,
        phase,
        persons=situation.get("persons", 1),
        legs=tuple(_leg(each) for each in situation["legs"]),
        head_born=None if born is None else date.fromisoformat(born),
        phase_state=PhaseState.ACTIVE,
        now=datetime.fromisoformat(situation["now"]),
        authority=None if by is None else AuthorityId(by),
    )
    assert decision.outcome.value == expected["outcome"], decision.reasons
    assert [reason.code.value for reason in decision.reasons] == expected.get("codes", [])
    for fact, value in expected.get("facts", {}).items():
        assert decision.reasons[0].facts[fact] == value


def check_test(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    """Until when is a test good, and does it do at this moment?"""
    phase = find_phase(loaded.version, situation["phase"])
    assert phase is not None
    assert phase.health is not None
    rule = next(each for each in phase.health.tests if each.id == situation["test"])
    sampled = datetime.fromisoformat(situation["sampled_at"])
    until = valid_until(rule, sampled, loaded.version.zone)
    if "until" in expected:
        assert until.replace(microsecond=0) == datetime.fromisoformat(expected["until"])
    judged = datetime.fromisoformat(situation["now"])
    paper = PresentedTest(
        sampled_at=sampled,
        reported_at=None,
        specimen=situation.get("specimen", (rule.specimens or ("any",))[0]),
        read_by="officer",
    )
    fault = paper_fault(rule, paper, judged=judged, now=judged, zone=loaded.version.zone)
    assert (None if fault is None else fault.value) == expected["fault"]


def check_stays(loaded: LoadedScheme, situation: dict[str, Any], expected: Any) -> None:
    """Was this person only where the scheme allows on the days before?"""
    phase = find_phase(loaded.version, situation["phase"])
    assert phase is not None
    stays = tuple(
        Stay(division=DivisionCode(each["division"]), last_on=date.fromisoformat(each["last_on"]))
        for each in situation["stays"]
    )
    reasons = tuple(stay_reasons(phase, stays, date.fromisoformat(situation["on"])))
    assert [each.code.value for each in reasons] == expected["codes"]
    assert [each.facts.get("division") for each in reasons] == expected.get("divisions", [])
