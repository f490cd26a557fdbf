"""What a scheme asks of a person's health, judged on facts alone, whoever vouches for them.

A requirement names the ways in which it can be met: a negative test, doses, a recovery, or an
exemption on a medical ground or for age. Whoever is exempt has met it like anyone else: the finding
is of the same kind, and by which way it was met stays hidden when it is printed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from tongguan.core.health.tests import PaperFault, SampledTest, anchor_of, paper_fault, valid_until
from tongguan.core.people import age_on
from tongguan.core.scheme.model import (
    DosesTaken,
    ExemptByAge,
    ExemptOnMedicalGround,
    HealthRequirement,
    NegativeTest,
    Recovered,
    Way,
)

_ONE_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
_ONE_INSTANT = datetime.resolution
_ANY_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class CertifiedTest:
    """A negative test that a certificate vouches for, whose signature was verified."""

    sampled_at: datetime
    reported_at: datetime | None
    """``None`` where the certificate does not say."""
    specimen: str
    """The kind, by the name that the scheme gives it."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Dose:
    """A dose of a vaccine."""

    number: int
    """Which dose of the person's it was, from 1."""
    given_on: date
    product: str
    """By the name that the scheme gives it."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Recovery:
    """A disease that was survived."""

    first_positive_on: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MedicalExemption:
    """What a doctor certifies; the last day counts. ValueError when it lies before the first."""

    ground: str
    """By the name that the scheme gives it."""
    first_day: date
    last_day: date | None

    def __post_init__(self) -> None:
        """ValueError that names the field."""
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class HealthFacts:
    """What is known of a person's health; personal data, hidden when printed."""

    tests: tuple[SampledTest, ...] = ()
    """Negative ones."""
    doses: tuple[Dose, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    medical_exemptions: tuple[MedicalExemption, ...] = ()
    born_on: date | None = None

    def __repr__(self) -> str:
        return "HealthFacts(HIDDEN)"


class WayFault(StrEnum):
    """Why a way is not open, from what could best be mended to what could least."""

    TIME_NOT_STATED = "time_not_stated"
    FROM_FUTURE = "from_future"
    """What is written has not happened yet."""
    TOO_EARLY = "too_early"
    """Too few days have passed; it will be open by itself."""
    TOO_OLD = "too_old"
    TOO_FEW_DOSES = "too_few_doses"
    NOT_ACCEPTED = "not_accepted"
    """Of another specimen, product or ground than those named."""
    NOT_SHOWN = "not_shown"
    WRONG_AGE = "wrong_age"


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementMet:
    """The requirement is met at the instant judged."""

    requirement_id: str
    until: datetime | None
    """The last instant at which it still is, that instant included; ``None`` where it has no end.
    """
    way: Way = field(repr=False)
    """Of those that are open the one that stays open longest."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ClosedWay:
    """A way that is not open at the instant judged."""

    number: int
    """Which of the requirement's ways it is, from 0."""
    way: Way
    fault: WayFault
    met_from: datetime | None
    """When it opens by itself, with the same facts, if ever."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementNotMet:
    """The requirement is not met at the instant judged."""

    requirement_id: str
    closed: tuple[ClosedWay, ...] = field(repr=False)
    """Every way, in the requirement's order."""

    @property
    def faults(self) -> tuple[tuple[Way, WayFault], ...]:
        """Why each way is not open, in the requirement's order."""
        return tuple((each.way, each.fault) for each in self.closed)

    @property
    def met_from(self) -> datetime | None:
        """From when it is met with the same facts, where days alone are missing."""
        opens = (each.met_from for each in self.closed)
        return min((each for each in opens if each is not None), default=None)

    @property
    def nearest(self) -> ClosedWay:
        """The way that could best be mended; of several the one that opens first."""
        return min(self.closed, key=lambda each: _mending(each.fault, each.met_from))


RequirementFinding: TypeAlias = RequirementMet | RequirementNotMet


class _Open(NamedTuple):
    """A way is open until the instant, that included."""

    until: datetime | None


class _Closed(NamedTuple):
    """A way is not open; it opens by itself at ``met_from``, if ever."""

    fault: WayFault
    met_from: datetime | None = None


_State: TypeAlias = _Open | _Closed


_OPEN_WITHOUT_END = _Open(until=None)
_CLOSED = {fault: _Closed(fault=fault) for fault in WayFault}
"""Of ways that no day opens by itself."""
_NOT_SHOWN = _CLOSED[WayFault.NOT_SHOWN]


class _Moment(NamedTuple):
    """When a way must be open, and when it is judged."""

    judged: datetime
    now: datetime
    zone: ZoneInfo
    day: date
    """Of the instant judged, in the zone."""
    today: date

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, _MIDNIGHT, self.zone)

    def end_of(self, day: date) -> datetime:
        return self.start_of(day + _ONE_DAY) - _ONE_INSTANT


def judge_requirements(
    requirements: Iterable[HealthRequirement],
    facts: HealthFacts,
    *,
    judged: datetime,
    now: datetime,
    zone: str,
) -> tuple[RequirementFinding, ...]:
    """A finding for each requirement.

    ``judged`` is the instant at which it must be met, such as a slot's start; ``now`` is when the
    facts are read, and what is dated after it is refused.
    """
    calendar = ZoneInfo(zone)
    day = judged.astimezone(calendar).date()
    today = day if now == judged else now.astimezone(calendar).date()
    moment = _Moment(judged, now, calendar, day, today)
    return tuple([_finding(each, facts, moment) for each in requirements])


def _finding(
    requirement: HealthRequirement, facts: HealthFacts, moment: _Moment
) -> RequirementFinding:
    longest: tuple[Way, _Open] | None = None
    closed: list[_Closed] = []
    for way in requirement.ways:
        state = _JUDGES[type(way)](way, facts, moment)
        if isinstance(state, _Closed):
            closed.append(state)
        elif longest is None or _lasting(state) > _lasting(longest[1]):
            longest = (way, state)
    if longest is not None:
        way, opened = longest
        return RequirementMet(requirement_id=requirement.id, until=opened.until, way=way)
    return RequirementNotMet(
        requirement_id=requirement.id,
        closed=tuple(
            ClosedWay(number=number, way=way, fault=state.fault, met_from=state.met_from)
            for number, (way, state) in enumerate(zip(requirement.ways, closed, strict=True))
        ),
    )


def _lasting(state: _Open) -> tuple[bool, datetime]:
    """Orders open ways by their end, those without one last."""
    return (state.until is None, state.until or _ANY_INSTANT)


def _of_tests(way: NegativeTest, facts: HealthFacts, moment: _Moment) -> _State:
    if not facts.tests:
        return _NOT_SHOWN
    return _best([_of_test(way, each, moment) for each in facts.tests])


def _of_doses(way: DosesTaken, facts: HealthFacts, moment: _Moment) -> _State:
    if not facts.doses:
        return _NOT_SHOWN
    return _best([_of_dose(way, each, moment) for each in facts.doses])


def _of_recoveries(way: Recovered, facts: HealthFacts, moment: _Moment) -> _State:
    if not facts.recoveries:
        return _NOT_SHOWN
    days_min, days_max = way.days_since_min, way.days_since_max
    events = [each.first_positive_on for each in facts.recoveries]
    return _best([_since(each, days_min, days_max, moment) for each in events])


def _of_grounds(way: ExemptOnMedicalGround, facts: HealthFacts, moment: _Moment) -> _State:
    return _best([_of_ground(way, each, moment) for each in facts.medical_exemptions])


def _best(states: list[_State]) -> _State:
    """The state that serves the person best, of several facts of one kind."""
    if len(states) == 1:
        return states[0]
    if not states:
        return _NOT_SHOWN
    open_states = [each for each in states if isinstance(each, _Open)]
    if open_states:
        return max(open_states, key=_lasting)
    closed = (each for each in states if isinstance(each, _Closed))
    return min(closed, key=lambda each: _mending(each.fault, each.met_from))


def _mending(fault: WayFault, met_from: datetime | None) -> tuple[int, float]:
    """Orders closed ways by how well they could be mended, then by when they open."""
    opens = float("inf") if met_from is None else met_from.timestamp()
    return (list(WayFault).index(fault), opens)


_TEST_FAULTS = {
    PaperFault.FROM_FUTURE: WayFault.FROM_FUTURE,
    PaperFault.TIME_NOT_STATED: WayFault.TIME_NOT_STATED,
    PaperFault.TOO_OLD: WayFault.TOO_OLD,
    PaperFault.SPECIMEN_NOT_ACCEPTED: WayFault.NOT_ACCEPTED,
}


def _of_test(way: NegativeTest, test: SampledTest, moment: _Moment) -> _State:
    zone = moment.zone.key
    fault = paper_fault(way, test, judged=moment.judged, now=moment.now, zone=zone)
    anchor = anchor_of(way, test)
    if fault is not None or anchor is None:
        return _CLOSED[_TEST_FAULTS[fault or PaperFault.TIME_NOT_STATED]]
    return _Open(until=valid_until(way, anchor, zone))


def _of_dose(way: DosesTaken, dose: Dose, moment: _Moment) -> _State:
    if way.products is not None and dose.product not in way.products:
        return _CLOSED[WayFault.NOT_ACCEPTED]
    if dose.number < way.doses_min:
        return _CLOSED[WayFault.TOO_FEW_DOSES]
    return _since(dose.given_on, way.days_since_min, way.days_since_max, moment)


def _since(event: date, days_min: int, days_max: int | None, moment: _Moment) -> _State:
    if event > moment.today:
        return _CLOSED[WayFault.FROM_FUTURE]
    days = (moment.day - event).days
    if days < days_min:
        opens = moment.start_of(event + timedelta(days=days_min))
        return _Closed(fault=WayFault.TOO_EARLY, met_from=opens)
    if days_max is None:
        return _OPEN_WITHOUT_END
    if days > days_max:
        return _CLOSED[WayFault.TOO_OLD]
    return _Open(until=moment.end_of(event + timedelta(days=days_max)))


def _of_ground(way: ExemptOnMedicalGround, exemption: MedicalExemption, moment: _Moment) -> _State:
    if exemption.ground not in way.grounds:
        return _CLOSED[WayFault.NOT_ACCEPTED]
    if exemption.first_day > moment.day:
        opens = moment.start_of(exemption.first_day)
        return _Closed(fault=WayFault.TOO_EARLY, met_from=opens)
    if exemption.last_day is None or exemption.last_day == date.max:
        return _OPEN_WITHOUT_END
    if exemption.last_day < moment.day:
        return _CLOSED[WayFault.TOO_OLD]
    return _Open(until=moment.end_of(exemption.last_day))


def _of_age(way: ExemptByAge, facts: HealthFacts, moment: _Moment) -> _State:
    born_on = facts.born_on
    if born_on is None:
        return _CLOSED[WayFault.NOT_SHOWN]
    if born_on > moment.today:
        return _CLOSED[WayFault.FROM_FUTURE]
    age = age_on(born_on, moment.day)
    if way.years_min is not None:
        if age >= way.years_min:
            return _OPEN_WITHOUT_END
        opens = moment.start_of(_birthday(born_on, way.years_min))
        return _Closed(fault=WayFault.WRONG_AGE, met_from=opens)
    years = way.years_below or 0
    if age >= years:
        return _CLOSED[WayFault.WRONG_AGE]
    return _Open(until=moment.end_of(_birthday(born_on, years) - _ONE_DAY))


def _birthday(born_on: date, years: int) -> date:
    """The first day on which the person is so many years old, as ``age_on`` counts."""
    if (born_on.month, born_on.day) == (2, 29):
        # 29 February where the year has one, else 1 March.
        return date(born_on.year + years, 2, 28) + _ONE_DAY
    return born_on.replace(year=born_on.year + years)


_JUDGES: Final[Mapping[type, Callable[[Any, HealthFacts, _Moment], _State]]] = {
    NegativeTest: _of_tests,
    DosesTaken: _of_doses,
    Recovered: _of_recoveries,
    ExemptOnMedicalGround: _of_grounds,
    ExemptByAge: _of_age,
}
