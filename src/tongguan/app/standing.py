"""How it stands, as anyone may see it: suspensions with their age, breakers, and criteria."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongguan.app.authorities import Authority
from tongguan.app.figures import CriterionState, criteria_now
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, all_figures, history_now, what_holds
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.identifiers import PhaseId
from tongguan.core.scheme.breakers import Trip, breaker_trips
from tongguan.core.scheme.figures import figures_by_day
from tongguan.core.scheme.measures import Evaluation, evaluate
from tongguan.core.scheme.model import Breaker
from tongguan.core.scheme.suspensions import Suspension


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspensionAge:
    """A suspension that stands, with how long ago it was announced."""

    suspension: Suspension
    age_minutes: int
    in_effect: bool
    """``False`` while it is only announced."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakerState:
    """A breaker of the phase that holds."""

    breaker: Breaker
    yesterday: Evaluation | None
    """Its measure for the last whole day; ``None`` for one that follows an order alone."""
    trip: Trip | None
    """Its last trip that is not over; whether that suspends, ``breaker.by_itself`` says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What holds at an instant, beyond its text."""

    now: datetime
    suspensions: tuple[SuspensionAge, ...] = ()
    breakers: tuple[BreakerState, ...] = ()
    criteria: Mapping[PhaseId, tuple[CriterionState, ...]]
    """Of the phases of the text that holds that have any, for the last whole day."""


def public_standing(authority: Authority) -> Standing:
    """How it stands now; nothing of it is about a person."""
    with authority.database.transaction() as transaction:
        holding = what_holds(transaction)
        if holding is None:
            return Standing(now=transaction.now, criteria={})
        now = whole_second(transaction.now)
        return Standing(
            now=transaction.now,
            suspensions=tuple(
                SuspensionAge(
                    suspension=each,
                    age_minutes=each.age_minutes(now),
                    in_effect=each.is_in_effect(now),
                )
                for each in holding.suspensions
            ),
            breakers=_breakers(transaction, holding, now),
            criteria={
                phase.id: criteria_now(transaction, holding.version, phase.id)
                for phase in holding.version.phases
                if phase.criteria
            },
        )


def _breakers(
    transaction: Transaction, holding: Holding, now: datetime
) -> tuple[BreakerState, ...]:
    version, phase = holding.version, holding.phase
    if not phase.breakers:
        return ()
    figures = all_figures(transaction)
    since = history_now(transaction).breakers_since(holding.digest, phase)
    trips = breaker_trips(version, phase, since, figures, now)
    reported = figures_by_day(figures, version, now)
    yesterday = local_day(now, version.zone) - timedelta(days=1)
    return tuple(
        BreakerState(
            breaker=each,
            yesterday=None
            if each.keeps is None
            else evaluate(version, each.keeps, reported, yesterday),
            trip=next(
                (trip for trip in trips if trip.breaker.id == each.id and not trip.is_over(now)),
                None,
            ),
        )
        for each in phase.breakers
    )
