"""How it stands: suspensions with their age, breakers, and criteria with their numbers."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from tongguan.app.standing import BreakerState, SuspensionAge, public_standing
from tongguan.core.scheme.measures import Evaluation
from tongguan.web.api.routing import operation
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["scheme"])


class SuspensionOut(Schema):
    """A suspension that stands; the way home is open whatever it closes."""

    order: str
    """The digest of the signed act, or ``breaker/<id>/<day>``."""
    authority: str | None
    """Who ordered it; null where a breaker of the text suspends by itself."""
    breaker: str | None
    control_points: list[str] | None
    """Null: every control point."""
    directions: list[str] | None
    """Null: every direction but the way home."""
    announced_at: datetime
    effective_at: datetime
    until: datetime | None
    age_minutes: int
    in_effect: bool
    reason: str


class ReadingOut(Schema):
    """What the figures of one authority say."""

    authority: str
    state: str
    values: list[int | None]
    """The figure of each day, the first day first; null where there is none."""
    number: str | None
    """Exactly, as a whole number or a fraction such as ``22/7``; null without data."""


class EvaluationOut(Schema):
    """A measure asked for a day."""

    day: date
    metric: str
    statistic: str
    days: int
    at_most: int | None
    at_least: int | None
    state: str
    """``met``, ``not_met`` or ``no_data``."""
    readings: list[ReadingOut]


class BreakerOut(Schema):
    """A breaker of the phase that holds."""

    id: str
    name: str
    by_itself: bool
    yesterday: EvaluationOut | None
    """Null where it follows an order alone."""
    tripped_on: date | None
    tripped_until: datetime | None


class CriterionOut(Schema):
    """A criterion for moving to a phase."""

    phase: str
    id: str
    name: str
    found: EvaluationOut


class HowItStandsOut(Schema):
    """What holds at an instant, beyond its text."""

    now: datetime
    suspensions: list[SuspensionOut]
    breakers: list[BreakerOut]
    criteria: list[CriterionOut]


@operation(router, "GET", "/standing", permission=Permission.ANYONE, answer=HowItStandsOut)
def show_standing(request: HttpRequest) -> HowItStandsOut:
    """Suspensions with their age, breakers and criteria; empty when no phase holds."""
    found = public_standing(current_authority())
    language = current_language()
    return HowItStandsOut(
        now=found.now,
        suspensions=[_suspension_out(each) for each in found.suspensions],
        breakers=[_breaker_out(each) for each in found.breakers],
        criteria=[
            CriterionOut(
                phase=phase,
                id=each.criterion.id,
                name=each.criterion.name.in_language(language),
                found=_evaluation_out(each.found),
            )
            for phase, states in found.criteria.items()
            for each in states
        ],
    )


def _suspension_out(found: SuspensionAge) -> SuspensionOut:
    suspension = found.suspension
    points, ways = suspension.control_points, suspension.directions
    return SuspensionOut(
        order=suspension.order,
        authority=suspension.authority,
        breaker=suspension.breaker,
        control_points=None if points is None else list(points),
        directions=None if ways is None else list(ways),
        announced_at=suspension.announced_at,
        effective_at=suspension.effective_at,
        until=suspension.until,
        age_minutes=found.age_minutes,
        in_effect=found.in_effect,
        reason=suspension.reason.in_language(current_language()),
    )


def _breaker_out(state: BreakerState) -> BreakerOut:
    return BreakerOut(
        id=state.breaker.id,
        name=state.breaker.name.in_language(current_language()),
        by_itself=state.breaker.by_itself,
        yesterday=None if state.yesterday is None else _evaluation_out(state.yesterday),
        tripped_on=None if state.trip is None else state.trip.day,
        tripped_until=None if state.trip is None else state.trip.until,
    )


def _evaluation_out(found: Evaluation) -> EvaluationOut:
    measure = found.measure
    return EvaluationOut(
        day=found.day,
        metric=measure.metric,
        statistic=measure.statistic.value,
        days=measure.days,
        at_most=measure.at_most,
        at_least=measure.at_least,
        state=found.state.value,
        readings=[
            ReadingOut(
                authority=each.authority,
                state=each.state.value,
                values=list(each.values),
                number=None if each.number is None else str(each.number),
            )
            for each in found.readings
        ],
    )
