"""Suspensions: what they close, from when, and whether a crossing is one of those.

An authority orders one alone (an act), or the text itself does by a breaker that both have signed.
A suspension undoes nothing: it closes the crossings in its scope while it is in effect, and never
one on the way home.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tongguan.core.identifiers import AuthorityId, ControlPointId, DirectionId
from tongguan.core.scheme.acts import Act, ActKind, act_digest
from tongguan.core.scheme.model import Direction, Leg
from tongguan.core.texts import Text

_ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspension:
    """One suspension as it stands; every instant is aware."""

    order: str
    """Names it: the digest of the act, or ``breaker/<id>/<day>`` for one that came by itself."""
    authority: AuthorityId | None
    """Who ordered it; ``None`` where a breaker of the text suspends by itself."""
    breaker: str | None
    control_points: tuple[ControlPointId, ...] | None
    """``None`` = every control point."""
    directions: tuple[DirectionId, ...] | None
    """``None`` = every direction but the way home."""
    announced_at: datetime
    effective_at: datetime
    until: datetime | None
    """When it is over by itself; ``None`` = when its authority lifts it."""
    reason: Text

    @property
    def is_whole(self) -> bool:
        """Whether it closes the whole phase."""
        return self.control_points is None and self.directions is None

    def is_in_effect(self, at: datetime) -> bool:
        """Whether it has begun and is not over."""
        return self.effective_at <= at and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended by itself."""
        return self.until is not None and self.until <= at

    def covers(self, direction: Direction, control_point: ControlPointId) -> bool:
        """Whether crossings of a direction through a control point fall in its scope."""
        return (
            direction.leg is not Leg.HOME
            and (self.directions is None or direction.id in self.directions)
            and (self.control_points is None or control_point in self.control_points)
        )

    def age_minutes(self, now: datetime) -> int:
        """Whole minutes since it was announced."""
        return (now - self.announced_at) // _ONE_MINUTE

    def facts(self, zone: str, now: datetime) -> dict[str, str]:
        """What a reason says of it: by whom, announced when, from when, and how old it is."""
        return {
            "ordered_by": self.authority or "",
            "breaker": self.breaker or "",
            "announced_at": _local(self.announced_at, zone),
            "effective_at": _local(self.effective_at, zone),
            "age_minutes": str(self.age_minutes(now)),
        }


def suspension_at(
    suspensions: Iterable[Suspension],
    *,
    direction: Direction,
    control_point: ControlPointId,
    at: datetime,
) -> Suspension | None:
    """The suspension that closes a crossing at an instant, the one in effect longest; or none."""
    closing = [
        each
        for each in suspensions
        if each.is_in_effect(at) and each.covers(direction, control_point)
    ]
    return min(closing, key=in_time, default=None)


def in_time(suspension: Suspension) -> tuple[datetime, datetime, str]:
    """The order in which suspensions are named: by effect, then announcement."""
    return suspension.effective_at, suspension.announced_at, suspension.order


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """A suspension by act, and the act that lifted it, if any."""

    suspension: Suspension
    act: Act
    lifted: Act | None = None


def ordered_suspensions(acts: Iterable[Act]) -> tuple[Ordered, ...]:
    """Every suspension among the acts of one phase, which are in order, with what became of it.

    A resumption lifts those of its own authority: the one that it names, or all there are.
    """
    found: dict[str, Ordered] = {}
    for act in acts:
        if act.kind is ActKind.SUSPEND:
            suspension = suspension_of(act)
            found[suspension.order] = Ordered(suspension=suspension, act=act)
        elif act.kind is ActKind.RESUME:
            for order, each in found.items():
                is_meant = act.lifts is None or act.lifts == order
                if each.lifted is None and each.act.authority == act.authority and is_meant:
                    found[order] = Ordered(suspension=each.suspension, act=each.act, lifted=act)
    return tuple(found.values())


def suspension_of(act: Act) -> Suspension:
    """The suspension that an act orders."""
    if act.reason is None:
        raise ValueError("a suspension says why")
    return Suspension(
        order=act_digest(act),
        authority=act.authority,
        breaker=act.breaker,
        control_points=act.control_points,
        directions=act.directions,
        announced_at=act.at,
        effective_at=act.effective_at or act.at,
        until=act.until,
        reason=act.reason,
    )


def _local(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
