"""No hand on the colour, in numbers: what is held, what raises an alarm, and who may look at it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.records import Route
from tongguan.core.identifiers import EvidenceSourceId, UnitId

CLAIMS_CLOCK: Final = "clock:claims"
"""Who answers for numbers that were given away because nobody decided in time."""
CONSOLE: Final = "console:sources"
"""Who answers for taking back what a source said that can no longer be believed: the authority
itself, at its own console."""


_OFFICER: Final = "officer:"


class AlarmKind(StrEnum):
    """What an alarm counts by."""

    CAUSER = "causer"
    PLACES = "places"
    """A source listed places of high risk: whoever was there is amber, all of them at once."""
    TARGET = "target"


class CountedAct(Protocol):
    """What counting asks of an adverse act."""

    @property
    def route(self) -> Route: ...
    @property
    def causers(self) -> tuple[str, ...]: ...
    @property
    def targets(self) -> tuple[str, ...]: ...
    @property
    def at(self) -> datetime: ...
    @property
    def held(self) -> bool: ...
    @property
    def reviewed_at(self) -> datetime | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmDue:
    """An alarm that an act raises."""

    kind: AlarmKind
    subject: str
    """The causer, or what the targets share."""
    acts: int
    """Acts and attempts within the window that nobody else has looked at, this one among them."""


def unit_causer(unit: UnitId) -> str:
    """A unit as acts name it."""
    return f"unit:{unit}"


def officer_causer(officer: str) -> str:
    """An officer as acts name them."""
    return f"{_OFFICER}{officer}"


def officers_of(causers: Iterable[str]) -> frozenset[str]:
    """The officers among those who answer for an act, by name."""
    return frozenset(each.removeprefix(_OFFICER) for each in causers if each.startswith(_OFFICER))


def source_causer(source: EvidenceSourceId) -> str:
    """An enrolled source as acts name it."""
    return f"source:{source}"


def causers_of_two(officers: Iterable[str], units: Iterable[UnitId]) -> tuple[str, ...]:
    """Who answers for an act of officers: each of them and the unit of each, in order."""
    return tuple(
        sorted({officer_causer(each) for each in officers} | {unit_causer(each) for each in units})
    )


def is_nobodys_hand(causers: Collection[str]) -> bool:
    """Whether no officer's name stands behind an act: what a key signed, or a clock gave.

    Nobody in particular answers for it, so those answer who release it or find it in order. What
    the console takes back is answered for by the authority itself.
    """
    names = [each for each in causers if each == CONSOLE or each.startswith("officer:")]
    return bool(causers) and not names


def is_held(route: Route, unreviewed_by_causer: Mapping[str, int], controls: Controls) -> bool:
    """Whether one more act is beyond what any of its causers may do before others look.

    Every adverse act of a causer counts, whatever way it came: who has used up the hand of a unit
    finds the key of its office used up as well. A person's own word is never held.
    """
    limit = controls.unreviewed_max.get(route)
    if limit is None:
        return False
    return any(count >= limit for count in unreviewed_by_causer.values())


def alarms_due(
    act: CountedAct,
    recent_acts: Iterable[CountedAct],
    open_alarms: Collection[tuple[AlarmKind, str]],
    controls: Controls,
) -> tuple[AlarmDue, ...]:
    """The alarms that an act raises, given earlier acts; none where such an alarm is open.

    Acts that others reviewed count no more, attempts that were held do. What is held raises an
    alarm by itself: a causer who came so far slowly is not overlooked for the slowness.
    """
    unseen = [each for each in recent_acts if each.reviewed_at is None]
    due = []
    by_kind = (
        (AlarmKind.CAUSER, act.causers, controls.alarm_window, controls.alarm_acts),
        (AlarmKind.TARGET, act.targets, controls.target_window, controls.target_acts),
    )
    for kind, subjects, window, acts_by_route in by_kind:
        acts_min = acts_by_route.get(act.route)
        if acts_min is None:
            continue
        within = [each for each in unseen if act.at - window < each.at <= act.at]
        for subject in sorted(set(subjects)):
            count = 1 + sum(subject in _subjects(each, kind) for each in within)
            is_due = count >= acts_min or (kind is AlarmKind.CAUSER and act.held)
            if is_due and (kind, subject) not in open_alarms:
                due.append(AlarmDue(kind=kind, subject=subject, acts=count))
    return tuple(due)


def uninvolved(
    units: Iterable[UnitId], causers: Collection[str], *, officers: Iterable[str] = ()
) -> bool:
    """Whether none of these units, nor of these officers, is among those who caused something.

    An officer who was moved to another unit since stays involved.
    """
    named = {unit_causer(each) for each in units} | {officer_causer(each) for each in officers}
    return named.isdisjoint(causers)


def _subjects(act: CountedAct, kind: AlarmKind) -> tuple[str, ...]:
    return act.causers if kind is AlarmKind.CAUSER else act.targets
