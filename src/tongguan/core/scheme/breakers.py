"""Breakers: when figures suspend a phase as its text says, and until when.

A breaker trips on the first day for which its measure does not hold for some authority; a day
without data trips nothing. The suspension begins its notice after the end of that day and lasts as
written. When it ends, the measure to resume is asked of the last day that is over by then: where
it does not hold, or nobody can say, it lasts as long again. After its end the breaker may trip
anew, on a day that begins after it.

What it says at an instant follows from the figures signed up to then, in whatever order they
came. A corrected figure changes what it says from the correction on, and nothing decided before.
Where a later text takes the place of an earlier one with a breaker of the same name, the days since
the earlier one began are asked under the words of the later: it lifts nothing unless it says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tongguan.core.calendar import instant_of, local_day
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.figures import DailyFigures, figures_by_day
from tongguan.core.scheme.measures import Evaluation, MeasureState, Reported, evaluate
from tongguan.core.scheme.model import Breaker, Measure, Phase, Version
from tongguan.core.scheme.suspensions import Suspension

Since = Mapping[str, datetime]
"""By breaker, the instant from whose day on it is asked; one that is not named is not asked."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trip:
    """A breaker that tripped, by itself or only to say so; every instant is aware."""

    breaker: Breaker
    day: date
    """The first day for which its measure did not hold."""
    authorities: tuple[AuthorityId, ...]
    """Those for whom it did not hold."""
    found: Evaluation
    """What the figures of that day say."""
    known_at: datetime
    """When the last of the figures that made it trip was signed, at the earliest that day's end."""
    effective_at: datetime
    until: datetime
    """As far as is known now: it lasts longer where the figures of its last day do not allow it."""
    asked_last: Evaluation | None
    """The measure to resume on the last day that has come; ``None`` while none has."""

    def is_over(self, now: datetime) -> bool:
        """Whether its time has ended."""
        return self.until <= now

    @property
    def suspension(self) -> Suspension:
        """What it suspends, where it does so by itself."""
        return Suspension(
            order=f"breaker/{self.breaker.id}/{self.day.isoformat()}",
            authority=None,
            breaker=self.breaker.id,
            control_points=self.breaker.control_points,
            directions=self.breaker.directions,
            announced_at=self.known_at,
            effective_at=self.effective_at,
            until=self.until,
            reason=self.breaker.name,
        )


def breaker_suspensions(
    version: Version,
    phase: Phase,
    since: Since,
    figures: Iterable[DailyFigures],
    now: datetime,
) -> tuple[Suspension, ...]:
    """Every suspension by a breaker that suspends by itself, those that are over too."""
    by_themselves = [each for each in phase.breakers if each.by_itself and each.id in since]
    if not by_themselves:
        return ()
    reported = figures_by_day(figures, version, now)
    return tuple(
        trip.suspension
        for breaker in by_themselves
        for trip in _trips(version, breaker, since[breaker.id], reported, now)
    )


def breaker_trips(
    version: Version,
    phase: Phase,
    since: Since,
    figures: Iterable[DailyFigures],
    now: datetime,
) -> tuple[Trip, ...]:
    """Every time that a breaker of the phase has tripped since it is asked, breaker by breaker."""
    reported = figures_by_day(figures, version, now)
    return tuple(
        trip
        for breaker in phase.breakers
        if breaker.id in since
        for trip in _trips(version, breaker, since[breaker.id], reported, now)
    )


def _trips(
    version: Version,
    breaker: Breaker,
    since: datetime,
    reported: Reported,
    now: datetime,
) -> Iterator[Trip]:
    if breaker.keeps is None:
        return
    first, last = local_day(since, version.zone), local_day(now, version.zone)
    free_from = instant_of(first, time(0), version.zone)
    for day in sorted({day for _, day in reported if first <= day <= last}):
        if instant_of(day, time(0), version.zone) < free_from:
            continue
        found = evaluate(version, breaker.keeps, reported, day)
        if found.state is not MeasureState.NOT_MET:
            continue
        trip = _trip(version, breaker, found, reported, now)
        yield trip
        if not trip.is_over(now):
            return
        free_from = trip.until


def _trip(
    version: Version, breaker: Breaker, found: Evaluation, reported: Reported, now: datetime
) -> Trip:
    ended = instant_of(found.day + _ONE_DAY, time(0), version.zone)
    begins = ended + timedelta(minutes=breaker.notice_minutes)
    until = days_later(begins, breaker.lasts_days, version.zone)
    asked: Evaluation | None = None
    while until <= now and breaker.resumes is not None:
        last_day = local_day(until, version.zone) - _ONE_DAY
        asked = evaluate(version, breaker.resumes, reported, last_day)
        if asked.state is MeasureState.MET:
            break
        until = days_later(until, breaker.lasts_days, version.zone)
    authorities = found.authorities(MeasureState.NOT_MET)
    return Trip(
        breaker=breaker,
        day=found.day,
        authorities=authorities,
        found=found,
        known_at=max(ended, _known_at(found.measure, authorities, reported, found.day)),
        effective_at=begins,
        until=until,
        asked_last=asked,
    )


def _known_at(
    measure: Measure, authorities: Iterable[AuthorityId], reported: Reported, day: date
) -> datetime:
    """When the figures of one of the authorities were complete, of whichever that was first."""
    days = [day - timedelta(days=back) for back in range(measure.days)]
    return min(max(reported[(each, day)].at for day in days) for each in authorities)


def days_later(instant: datetime, days: int, zone: str) -> datetime:
    """The same time of day so many days later, in the zone."""
    local = instant.astimezone(instant_of(date(2000, 1, 1), time(0), zone).tzinfo)
    return instant_of(local.date() + timedelta(days=days), local.time(), zone)
