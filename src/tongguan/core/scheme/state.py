"""Which state a phase is in at an instant, from signed acts alone.

The rules: a phase begins by an activation that took effect (``history.history_of``); either
authority suspends it alone and at once, before it begins too, and only the one that suspended
lifts its suspension; either authority ends it after a day that it names, and it ends by itself
with the last day that the signed text gives it. An end is final. A suspension that names control
points or directions leaves the phase active and closes what it names.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from tongguan.core.calendar import instant_of, slot_interval
from tongguan.core.identifiers import AuthorityId, PhaseId
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.breakers import Since, breaker_suspensions
from tongguan.core.scheme.figures import DailyFigures
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.suspensions import (
    Ordered,
    Suspension,
    in_time,
    ordered_suspensions,
)


class PhaseState(StrEnum):
    """Whether a phase holds."""

    NOT_ACTIVE = "not_active"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseStanding:
    """The state of a phase at an instant, and the acts that brought it about."""

    state: PhaseState
    since: datetime | None
    """``None`` while the phase was never active."""
    by: tuple[AuthorityId, ...] = ()
    """The authorities whose acts brought it about; none where the text itself ended it."""
    acts: tuple[Act, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    """Announced and neither lifted nor over: those in effect and those to come, in this order.

    None where the phase has ended, for there is nothing left to suspend.
    """


_NO_BREAKER: Since = {}
_NEVER_ACTIVE = PhaseStanding(state=PhaseState.NOT_ACTIVE, since=None)


def find_phase(version: Version, phase_id: PhaseId) -> Phase | None:
    """The phase of this id in the version."""
    return next((phase for phase in version.phases if phase.id == phase_id), None)


def end_of_service(version: Version, phase: Phase, last_day: date) -> datetime:
    """When the last slot of a service day is over: the end of the day, or later over midnight."""
    ends = [instant_of(last_day + timedelta(days=1), time(0), version.zone)]
    for direction in phase.directions:
        slots = direction.slots or ()
        ends.extend(slot_interval(last_day, slot, version.zone).end for slot in slots)
    return max(ends)


def standing_after(
    version: Version,
    phase: Phase,
    activation: Act | None,
    acts: Sequence[Act],
    now: datetime,
    *,
    figures: Iterable[DailyFigures] = (),
    breakers_since: Since = _NO_BREAKER,
) -> PhaseStanding:
    """The standing of a phase that an activation, if any, made active.

    ``acts`` are those on this very text and phase, and the suspensions that it takes over, up to
    ``now``, in order. ``figures`` are asked for the breakers of ``breakers_since`` that suspend by
    themselves, and for nothing else.
    """
    if activation is None:
        return _NEVER_ACTIVE
    ended = _end(version, phase, acts, now)
    if ended is not None:
        return ended
    ordered = ordered_suspensions(acts)
    by_breakers = breaker_suspensions(version, phase, breakers_since, figures, now)
    standing = tuple(
        sorted(
            (each for each in (*_not_lifted(ordered), *by_breakers) if not each.is_over(now)),
            key=in_time,
        )
    )
    whole = [each for each in standing if each.is_whole and each.is_in_effect(now)]
    if not whole:
        since, begun = _active_since(activation, ordered, by_breakers, now)
        return PhaseStanding(
            state=PhaseState.ACTIVE,
            since=since,
            by=tuple(act.authority for act in begun),
            acts=begun,
            suspensions=standing,
        )
    orders = {each.order for each in whole}
    reasons = tuple(each.act for each in ordered if each.suspension.order in orders)
    return PhaseStanding(
        state=PhaseState.SUSPENDED,
        since=max(activation.at, min(each.effective_at for each in whole)),
        by=tuple(sorted({act.authority for act in reasons})),
        acts=reasons,
        suspensions=standing,
    )


def open_suspensions(acts: Iterable[Act], now: datetime) -> tuple[Suspension, ...]:
    """The suspensions by act that are neither lifted nor over, those to come too."""
    return tuple(each for each in _not_lifted(ordered_suspensions(acts)) if not each.is_over(now))


def _not_lifted(ordered: Iterable[Ordered]) -> Iterator[Suspension]:
    return (each.suspension for each in ordered if each.lifted is None)


def _active_since(
    activation: Act, ordered: Iterable[Ordered], by_breakers: Iterable[Suspension], now: datetime
) -> tuple[datetime, tuple[Act, ...]]:
    """When the phase began or was last suspended as a whole no longer; by which act, if by any."""
    ends: list[tuple[datetime, tuple[Act, ...]]] = [(activation.at, (activation,))]
    for each in ordered:
        whole, lifted = each.suspension, each.lifted
        if not whole.is_whole:
            continue
        if whole.until is not None and whole.until <= (lifted.at if lifted else now):
            ends.append((whole.until, ()))
        elif lifted is not None and lifted.at >= whole.effective_at:
            ends.append((lifted.at, (lifted,)))
    ends.extend(
        (each.until, ())
        for each in by_breakers
        if each.is_whole and each.until is not None and each.until <= now
    )
    return max(ends, key=lambda end: end[0])


def _end(
    version: Version, phase: Phase, acts: Iterable[Act], now: datetime
) -> PhaseStanding | None:
    """The earliest end that has come, by act or by the text; with its data the scheme ends."""
    ends: list[tuple[datetime, tuple[Act, ...]]] = []
    ends.extend(
        (end_of_service(version, phase, last_day), ())
        for last_day in (phase.ends, version.data.ends)
        if last_day is not None
    )
    ends.extend(
        (max(act.at, end_of_service(version, phase, act.last_day)), (act,))
        for act in acts
        if act.kind is ActKind.END_PHASE and act.last_day is not None
    )
    since, reasons = min(ends, key=lambda end: end[0], default=(None, ()))
    if since is None or since > now:
        return None
    by = tuple(act.authority for act in reasons)
    return PhaseStanding(state=PhaseState.ENDED, since=since, by=by, acts=reasons)


_ORDER = list(ActKind)


def acts_in_order(acts: Iterable[Act], now: datetime) -> tuple[Act, ...]:
    """The acts up to an instant, once each, in the order in which they take effect."""
    return tuple(sorted({act for act in acts if act.at <= now}, key=_order))


def _order(act: Act) -> tuple[datetime, int, bool, str, str, str]:
    """Complete as far as it matters, or two sides would come to two orders.

    Within one second a suspension outlasts a resumption, but not one that names it.
    """
    names_one = act.lifts is not None
    kind = ActKind.SUSPEND if names_one else act.kind
    about = (act.authority, act.phase or "", act.digest)
    return (act.at, _ORDER.index(kind), names_one, *about)
