"""What anyone may see of the controls on health codes: acts, cases, alarms and places by month.

A count about persons below ``FEWER_THAN`` is not told; what officers did by hand always is, and
which places were listed, for it is the authority's own doing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from tongguan.app.authorities import Authority
from tongguan.app.health.figures_port import ActCount, CaseCount
from tongguan.app.ports import Transaction
from tongguan.app.schemes import holding_or_raise
from tongguan.core.calendar import instant_of, local_day
from tongguan.core.evidence.records import Route, Standing, standing_of

FEWER_THAN = 5
"""A smaller count about persons is not published; assumed, as no text of the scheme states one."""
MONTHS = 12
"""How many months are published, the present one with them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActFigures:
    """Adverse acts by one route; ``None`` = fewer than ``FEWER_THAN``."""

    acts: int | None
    held: int | None
    """Of these: beyond what their causers may do unseen, and counting for nothing till reviewed."""
    reviewed: int | None
    """Of these: looked at by two officers of units that did not cause them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthFigures:
    """One calendar month; ``None`` = fewer than ``FEWER_THAN``."""

    month: date
    """Its first day."""
    acts: Mapping[Route, ActFigures]
    """Every route is in it."""
    cases_opened: int | None
    cases_decided_in_time: int | None
    cases_relieved: int | None
    """The clock ran out undecided: relief began by itself."""
    alarms_raised: int
    claims_refused: int
    """Claims of a number that officers refused: their own doing, and always told."""
    places_listed: int
    """Places of high risk that sources listed, those that were taken back since too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthFigures:
    """The public count."""

    at: datetime
    zone: str
    """In which months begin and end."""
    months: tuple[MonthFigures, ...]
    """The present one first."""
    counting_by_officers: int
    """Evidence that officers entered and that counts now."""
    cases_open: int | None
    alarms_open: int


def health_figures(authority: Authority, *, months: int = MONTHS) -> HealthFigures:
    """The count by calendar month in the zone of the text that holds.

    Raises ``NothingHoldsError`` before any phase was activated.
    """
    with authority.database.transaction() as transaction:
        zone = holding_or_raise(transaction).version.zone
        now = transaction.now
        first_days = tuple(_months(local_day(now, zone), months))
        since = instant_of(first_days[-1], time(), zone)
        found = transaction.health_figures
        acts = {(each.month, each.route): each for each in found.acts(since, zone=zone)}
        cases = {each.month: each for each in found.cases(since, until=now, zone=zone)}
        counts = _Counts(
            alarms=dict(found.alarms(since, zone=zone)),
            refusals=dict(found.claims_refused(since, zone=zone)),
            places=dict(found.places_listed(since, zone=zone)),
        )
        return HealthFigures(
            at=now,
            zone=zone,
            months=tuple(_month(each, acts, cases.get(each), counts) for each in first_days),
            counting_by_officers=_counting_by_officers(transaction, now),
            cases_open=_told(found.cases_open()),
            alarms_open=found.alarms_open(),
        )


def _months(today: date, number: int) -> Iterable[date]:
    """First days of months, this one's first and back from there."""
    month = today.year * 12 + today.month - 1
    return (date((month - back) // 12, (month - back) % 12 + 1, 1) for back in range(number))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counts:
    """What is counted by month and always told."""

    alarms: Mapping[date, int]
    refusals: Mapping[date, int]
    places: Mapping[date, int]


def _month(
    month: date,
    acts: Mapping[tuple[date, Route], ActCount],
    cases: CaseCount | None,
    counts: _Counts,
) -> MonthFigures:
    return MonthFigures(
        month=month,
        acts={route: _acts(acts.get((month, route)), route) for route in Route},
        cases_opened=_told(cases.opened if cases else 0),
        cases_decided_in_time=_told(cases.decided_in_time if cases else 0),
        cases_relieved=_told(cases.relieved if cases else 0),
        alarms_raised=counts.alarms.get(month, 0),
        claims_refused=counts.refusals.get(month, 0),
        places_listed=counts.places.get(month, 0),
    )


def _acts(count: ActCount | None, route: Route) -> ActFigures:
    numbers = (0, 0, 0) if count is None else (count.acts, count.held, count.reviewed)
    acts, held, reviewed = numbers if route is Route.OFFICERS else map(_told, numbers)
    return ActFigures(acts=acts, held=held, reviewed=reviewed)


def _told(count: int) -> int | None:
    return None if count < FEWER_THAN else count


def _counting_by_officers(transaction: Transaction, now: datetime) -> int:
    kept = transaction.evidence.of_route(Route.OFFICERS, ends_after=now)
    return sum(standing_of(each, now) is Standing.COUNTS for each in kept)
