"""Who holds a place that a suspension closes: they are told once, and who was stopped is on record.

A suspension undoes nothing: places and passes are kept. Holders are told when it becomes known
here, before it takes effect where it was announced ahead, and again when it is lifted or over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tongguan.app.authorities import Authority
from tongguan.app.change_stores import Notice
from tongguan.app.ledger_port import Journey, Place
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, all_figures, history_now, what_holds
from tongguan.core.calendar import Interval, local_day, whole_second
from tongguan.core.identifiers import ControlPointId, DirectionId, JourneyId, SlotId
from tongguan.core.notices import NoticeCode
from tongguan.core.quota.windows import cell_week
from tongguan.core.scheme.breakers import breaker_suspensions
from tongguan.core.scheme.model import Direction, Leg
from tongguan.core.scheme.slots import find_slot
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.suspensions import (
    Suspension,
    in_time,
    ordered_suspensions,
)

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_STANDING = (PhaseState.ACTIVE, PhaseState.SUSPENDED)
_ORDER = "order"
"""The fact of a notice that names the suspension it is about."""


class Touch(StrEnum):
    """What a suspension does to a place, and why it leaves the others alone."""

    STOPPED = "stopped"
    """Its slot begins while the suspension is in effect."""
    CUT_SHORT = "cut_short"
    """Its slot began before and lasts longer: whoever comes in time crosses."""
    WAY_HOME = "way_home"
    OUT_OF_SCOPE = "out_of_scope"
    """Another control point or direction."""
    OVER_BEFORE = "over_before"
    """Its slot ends before the suspension takes effect."""
    AFTER_IT = "after_it"
    """Its slot begins when the suspension is over or lifted."""


_TOLD = (Touch.STOPPED, Touch.CUT_SHORT)


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchedPlace:
    """One place with what the suspension does to it."""

    journey: JourneyId
    person_number: int
    direction: DirectionId
    control_point: ControlPointId
    day: date
    slot: SlotId
    touch: Touch


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspensionRecord:
    """What a suspension did: to whom, to whom not and why, and who was told when."""

    suspension: Suspension
    over_at: datetime | None
    """When it was lifted, or ended by itself; ``None`` while it stands."""
    places: tuple[TouchedPlace, ...]
    """Of every journey with a place in the week of its announcement or later."""
    told: tuple[Notice, ...]
    told_of_the_end: tuple[Notice, ...]

    def counts(self) -> Mapping[Touch, int]:
        """Places by what became of them."""
        return {
            touch: sum(each.touch is touch for each in self.places)
            for touch in Touch
            if any(each.touch is touch for each in self.places)
        }


def tell_holders(transaction: Transaction, *, news: bool = True) -> int:
    """Tell each holder whom a suspension stops or cuts short, and when it is over; each once.

    Called in the transaction that learns of an act or of figures, and again as time goes by, for
    a breaker's suspension ends by itself, or lasts longer than was known and stops others as well;
    then there is no ``news``, and nobody waits. The number of notices given.
    """
    if not (news and _has_news(transaction)) and not _due(transaction):
        return 0
    # Whoever is booking now knows of no suspension: wait for them, and they are told as well;
    # and for whoever tells of it now, or somebody would be told twice.
    transaction.ledger.hold_text_alone()
    due = _due(transaction)
    transaction.notices.add(due)
    return len(due)


def _has_news(transaction: Transaction) -> bool:
    """Whether there is a suspension of which nobody has been told."""
    holding = _standing(transaction)
    if holding is None or not holding.suspensions:
        return False
    told = {order for _, order in _told(transaction, NoticeCode.PHASE_SUSPENDED)}
    return any(each.order not in told for each in holding.suspensions)


def _standing(transaction: Transaction) -> Holding | None:
    holding = what_holds(transaction)
    return holding if holding is not None and holding.state in _STANDING else None


def _due(transaction: Transaction) -> list[Notice]:
    """What holders have not heard yet: of each suspension that touches them, and of its end."""
    holding = _standing(transaction)
    if holding is None:
        return []
    told = _told(transaction, NoticeCode.PHASE_SUSPENDED)
    begun = [
        _notice(transaction, holding, journey, suspension, touched)
        for suspension in holding.suspensions
        for journey, touched in _untold(transaction, holding, suspension, told)
    ]
    return begun + _ended(transaction, holding, told)


def _untold(
    transaction: Transaction,
    holding: Holding,
    suspension: Suspension,
    told: set[tuple[JourneyId, str]],
) -> list[tuple[Journey, tuple[Place, ...]]]:
    """Those who have not heard of a suspension, with the places that it touches."""
    found = [
        (journey, _touched_now(holding, suspension, journey, transaction.now))
        for journey in _journeys(transaction, holding, suspension)
        if (journey.id, suspension.order) not in told
    ]
    return [(journey, touched) for journey, touched in found if touched]


def tell_of_suspensions(authority: Authority) -> int:
    """``tell_holders`` as time goes by: a suspension that a breaker ended is over by no act."""
    with authority.database.transaction() as transaction:
        return tell_holders(transaction, news=False)


def suspension_record(authority: Authority) -> tuple[SuspensionRecord, ...]:
    """Every suspension of the phase that holds, the first first, with what it did."""
    with authority.database.transaction() as transaction:
        holding = what_holds(transaction)
        if holding is None:
            return ()
        return tuple(
            _record_of(transaction, holding, suspension, over_at)
            for suspension, over_at in _all_suspensions(transaction, holding)
        )


def _all_suspensions(
    transaction: Transaction, holding: Holding
) -> list[tuple[Suspension, datetime | None]]:
    """Those that stand and those that are over, with when they were."""
    now, history = whole_second(transaction.now), history_now(transaction)
    about = history.acts_on(holding.digest, holding.phase.id, now)
    found: list[tuple[Suspension, datetime | None]] = []
    for each in ordered_suspensions(about):
        ends = [at for at in (each.suspension.until, each.lifted and each.lifted.at) if at]
        over_at = min(ends, default=None)
        found.append((each.suspension, over_at if over_at and over_at <= now else None))
    since = history.breakers_since(holding.digest, holding.phase)
    figures = all_figures(transaction)
    found.extend(
        (each, each.until if each.is_over(now) else None)
        for each in breaker_suspensions(holding.version, holding.phase, since, figures, now)
    )
    return sorted(found, key=lambda each: in_time(each[0]))


def _record_of(
    transaction: Transaction, holding: Holding, suspension: Suspension, over_at: datetime | None
) -> SuspensionRecord:
    places = tuple(
        TouchedPlace(
            journey=place.journey,
            person_number=place.person_number,
            direction=place.direction,
            control_point=place.control_point,
            day=place.day,
            slot=place.slot,
            touch=touch,
        )
        for journey in _journeys(transaction, holding, suspension)
        for place in journey.places
        for touch in _touch(holding, suspension, place, over_at)
    )
    return SuspensionRecord(
        suspension=suspension,
        over_at=over_at,
        places=places,
        told=_about(transaction, NoticeCode.PHASE_SUSPENDED, suspension.order),
        told_of_the_end=_about(transaction, NoticeCode.PHASE_RESUMED, suspension.order),
    )


def _journeys(
    transaction: Transaction, holding: Holding, suspension: Suspension
) -> tuple[Journey, ...]:
    """Live journeys with a place in the quota week of the announcement or of a later one."""
    first = min(suspension.announced_at, suspension.effective_at)
    week = cell_week(holding.version, local_day(first, holding.version.zone))
    return transaction.ledger.live_journeys(holding.version.scheme, week)


def _touched_now(
    holding: Holding, suspension: Suspension, journey: Journey, now: datetime
) -> tuple[Place, ...]:
    """The places of which their holders must be told: those of slots that are not over yet."""
    return tuple(
        place
        for place in journey.places
        for touch in _touch(holding, suspension, place, None)
        if touch in _TOLD and _is_ahead(holding, place, now)
    )


def _touch(
    holding: Holding, suspension: Suspension, place: Place, over_at: datetime | None
) -> Iterator[Touch]:
    """What the suspension does to a place; nothing is said of one that the phase no longer has."""
    found = find_slot(holding.phase, place.direction, place.slot)
    if found is None:
        return
    interval = found.on(place.day, holding.version.zone)
    ends = min((each for each in (suspension.until, over_at) if each is not None), default=None)
    yield _touch_of(suspension, found.direction, place.control_point, interval, ends)


def _touch_of(
    suspension: Suspension,
    direction: Direction,
    control_point: ControlPointId,
    slot: Interval,
    ends: datetime | None,
) -> Touch:
    if direction.leg is Leg.HOME:
        return Touch.WAY_HOME
    if not suspension.covers(direction, control_point):
        return Touch.OUT_OF_SCOPE
    if slot.end <= suspension.effective_at:
        return Touch.OVER_BEFORE
    if ends is not None and (slot.start >= ends or ends <= suspension.effective_at):
        return Touch.AFTER_IT
    return Touch.CUT_SHORT if slot.start < suspension.effective_at else Touch.STOPPED


def _notice(
    transaction: Transaction,
    holding: Holding,
    journey: Journey,
    suspension: Suspension,
    touched: tuple[Place, ...],
) -> Notice:
    return Notice(
        application=journey.application,
        journey=journey.id,
        code=NoticeCode.PHASE_SUSPENDED,
        facts={
            **suspension.facts(holding.version.zone, transaction.now),
            _ORDER: suspension.order,
            "days": _listed(place.day.isoformat() for place in touched),
            "control_points": _listed(place.control_point for place in touched),
            "directions": _listed(place.direction for place in touched),
        },
        at=transaction.now,
    )


def _ended(
    transaction: Transaction, holding: Holding, told: set[tuple[JourneyId, str]]
) -> list[Notice]:
    """Whoever was told of a suspension hears that it stands no more, while they hold the place."""
    standing = {each.order for each in holding.suspensions}
    open_ = {each for each in told if each[1] not in standing}
    open_ -= _told(transaction, NoticeCode.PHASE_RESUMED) if open_ else set()
    if not open_:
        return []
    # A slot over midnight is of the day before.
    now = transaction.now.astimezone(ZoneInfo(holding.version.zone))
    week = cell_week(holding.version, now.date() - timedelta(days=1))
    live = transaction.ledger.live_journeys(holding.version.scheme, week)
    ahead = {
        each.id: each
        for each in live
        if any(place.leg is Leg.OUT and _is_ahead(holding, place, now) for place in each.places)
    }
    return [
        Notice(
            application=ahead[journey].application,
            journey=journey,
            code=NoticeCode.PHASE_RESUMED,
            facts={_ORDER: order, "at": now.isoformat(timespec="minutes")},
            at=transaction.now,
        )
        for journey, order in sorted(open_)
        if journey in ahead
    ]


def _is_ahead(holding: Holding, place: Place, now: datetime) -> bool:
    """Whether the phase has the slot of the place, and it is not over yet."""
    found = find_slot(holding.phase, place.direction, place.slot)
    return found is not None and found.on(place.day, holding.version.zone).end > now


def _told(transaction: Transaction, code: NoticeCode) -> set[tuple[JourneyId, str]]:
    return {
        (each.journey, each.facts.get(_ORDER, ""))
        for each in transaction.notices.told(code, since=_EVER)
        if each.journey is not None
    }


def _about(transaction: Transaction, code: NoticeCode, order: str) -> tuple[Notice, ...]:
    told = transaction.notices.told(code, since=_EVER)
    return tuple(each for each in told if each.facts.get(_ORDER) == order)


def _listed(names: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(names))
