"""Which state a phase is in at an instant, from signed acts alone.

The rules: a phase begins by an activation that took effect (``history.history_of``); either
authority suspends it alone and at once, before it begins too, and only the one that suspended
lifts its suspension; either authority ends it after a day that it names, and it ends by itself
with the last day that the signed text gives it. An end is final.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from tongguan.core.calendar import instant_of, slot_interval
from tongguan.core.identifiers import AuthorityId, PhaseId, VersionDigest
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.model import Phase, Version


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
    version: Version, phase: Phase, activation: Act | None, acts: Iterable[Act], now: datetime
) -> PhaseStanding:
    """The standing of a phase that an activation, if any, made active.

    ``acts`` are those on this very text and phase up to ``now``, in order.
    """
    if activation is None:
        return _NEVER_ACTIVE
    ended = _end(version, phase, acts, now)
    if ended is not None:
        return ended
    suspensions = open_suspensions(acts)
    if suspensions:
        return PhaseStanding(
            state=PhaseState.SUSPENDED,
            since=max(activation.at, min(act.at for act in suspensions)),
            by=tuple(sorted({act.authority for act in suspensions})),
            acts=suspensions,
        )
    resumed = [act for act in acts if act.kind is ActKind.RESUME and act.at > activation.at]
    last = resumed[-1] if resumed else activation
    return PhaseStanding(state=PhaseState.ACTIVE, since=last.at, by=(last.authority,), acts=(last,))


def open_suspensions(acts: Iterable[Act]) -> tuple[Act, ...]:
    """The suspensions that their own authority has not lifted, the first of each authority."""
    suspended: dict[AuthorityId, Act] = {}
    for act in acts:
        if act.kind is ActKind.SUSPEND:
            suspended.setdefault(act.authority, act)
        elif act.kind is ActKind.RESUME:
            suspended.pop(act.authority, None)
    return tuple(suspended.values())


def _end(
    version: Version, phase: Phase, acts: Iterable[Act], now: datetime
) -> PhaseStanding | None:
    """The earliest end that has come, by act or by the text."""
    ends: list[tuple[datetime, tuple[Act, ...]]] = []
    if phase.ends is not None:
        ends.append((end_of_service(version, phase, phase.ends), ()))
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


def _order(act: Act) -> tuple[datetime, int, str, str, str]:
    """Complete as far as it matters, or two sides would come to two orders."""
    return (act.at, _ORDER.index(act.kind), act.authority, act.phase or "", act.digest)


def acts_about(acts: Iterable[Act], digest: VersionDigest, phase_id: PhaseId) -> tuple[Act, ...]:
    """Those acts that are on one phase of one text."""
    return tuple(act for act in acts if act.digest == digest and act.phase == phase_id)
