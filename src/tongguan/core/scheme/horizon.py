"""Which service days an annex's releases open, and how far ahead: what operates, not what is said.

Between the days on which a release begins or ends to apply, releases repeat every week; so the
days around those, and the first ones of the phase, stand for all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tongguan.core.booking.releases import Opening, openings_of
from tongguan.core.calendar import local_day, runs_on
from tongguan.core.scheme.model import Booking, Direction, Phase, Release, Version

OPEN_LEAST: Final = timedelta(days=1)
"""An opening that shuts sooner counts as none: it could leave out every hour of booking."""
_WEEK_DAYS: Final = 7
_TWO_WEEKS: Final = 14
"""A release by the week comes into use within one week of its edge; the second one shows it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HorizonBreach:
    """A service day whose places do not come up as the bounds ask."""

    day: date
    days_ahead: int | None
    """When they do; ``None`` = never, or for less than ``OPEN_LEAST``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Horizon:
    """Bounds of how many days ahead the places of every service day come up."""

    least: int
    most: int


def horizon_breach(
    version: Version,
    phase: Phase,
    direction: Direction,
    booking: Booking,
    horizon: Horizon,
    *,
    since: date | None,
) -> HorizonBreach | None:
    """The first service day of a direction that the releases of ``booking`` open otherwise.

    ``since`` is the day from which the releases hold, if it is known and lies in the phase; else
    they hold from its first day. Places that were to come up before may come up on that day.
    """
    if phase.not_before is None:
        return None
    begins = phase.not_before.first
    if since is not None and (phase.ends is None or since <= phase.ends):
        begins = max(begins, since)
    for day in _days_looked_at(booking.releases, begins, phase.ends, horizon):
        if runs_on(direction, day):
            openings = openings_of(version, booking, day)
            breach = _breach_of(day, openings, begins, horizon, version.zone)
            if breach is not None:
                return breach
    return None


def _breach_of(
    day: date, openings: tuple[Opening, ...], begins: date, horizon: Horizon, zone: str
) -> HorizonBreach | None:
    ahead = [(day - local_day(each.opens, zone)).days for each in openings]
    lasting = [
        days
        for days, each in zip(ahead, openings, strict=True)
        if days >= 0 and (each.shuts is None or each.shuts - each.opens >= OPEN_LEAST)
    ]
    if not lasting:
        return HorizonBreach(day=day, days_ahead=None)
    if max(ahead) > horizon.most:
        return HorizonBreach(day=day, days_ahead=max(ahead))
    if max(lasting) < min(horizon.least, (day - begins).days):
        return HorizonBreach(day=day, days_ahead=max(lasting))
    return None


def _days_looked_at(
    releases: tuple[Release, ...], begins: date, ends: date | None, horizon: Horizon
) -> list[date]:
    """Days of the phase in order: its first weeks, and those around whatever may change."""
    week, weeks = timedelta(days=_WEEK_DAYS), timedelta(days=_TWO_WEEKS)
    windows = [(begins, begins + timedelta(days=horizon.least) + weeks)]
    windows += [(max(edge - week, begins), edge + weeks) for edge in _edges(releases, horizon)]
    found: set[date] = set()
    for first, last in windows:
        days = (last if ends is None else min(last, ends)) - first
        found |= {first + timedelta(days=each) for each in range(days.days + 1)}
    return sorted(found)


def _edges(releases: tuple[Release, ...], horizon: Horizon) -> Iterator[date]:
    """Service days at which what the releases say begins or ends to apply, or lies too far."""
    for release in releases:
        if release.once is not None:
            yield from (release.once.days.first, release.once.days.last)
            yield release.once.on + timedelta(days=horizon.most)
            continue
        rule = release.weekly or release.daily
        if rule is None:
            continue
        weeks = release.weekly.weeks_ahead if release.weekly else 0
        days = release.daily.days_ahead if release.daily else weeks * _WEEK_DAYS
        for edge in (rule.first, rule.last):
            if edge is not None:
                yield edge + timedelta(days=days)
