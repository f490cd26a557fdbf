"""A crossing with the clauses that govern it, from which every check makes its reasons."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tongguan.core.calendar import service_day
from tongguan.core.decisions import Reason
from tongguan.core.gate.situation import GateSituation
from tongguan.core.passes.claims import PassClaims
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import (
    Basis,
    ControlPoint,
    Direction,
    ExemptFrom,
    JudgedAt,
    Phase,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """A situation whose phase and direction stand in the version."""

    situation: GateSituation
    phase: Phase
    direction: Direction
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    """The scheme's."""
    local_now: datetime = field(init=False, repr=False, compare=False)
    """In it."""
    in_slot: PassClaims | None = field(init=False, repr=False, compare=False)
    """The pass whose slot it is now, minutes of grace included, unless it is someone else's.

    Needed or not, for whoever is exempt must not fare worse; only its times are looked at.
    """

    def __post_init__(self) -> None:
        """What several checks ask for is worked out once."""
        zone = ZoneInfo(self.situation.version.zone)
        object.__setattr__(self, "zone", zone)
        object.__setattr__(self, "local_now", self.situation.now.astimezone(zone))
        object.__setattr__(self, "in_slot", self._in_slot())

    @property
    def readable_pass(self) -> PassClaims | None:
        """The pass's claims, when a pass was shown and could be read."""
        shown = self.situation.pass_
        return shown if isinstance(shown, PassClaims) else None

    @property
    def control_point(self) -> ControlPoint | None:
        """The control point of the phase at which the gate stands, where the phase names any."""
        entry, here = self.phase.entry, self.situation.control_point
        for each in () if entry is None else entry.control_points or ():
            if each.id == here:
                return each
        return None

    @property
    def pass_needed(self) -> bool:
        """Whether this person needs a pass here: not where nobody books, nor where they are exempt.

        A pass that is not needed is not judged, unless it is someone else's, and not used up.
        """
        point = self.control_point
        booked = point is None or point.booking_required
        return booked and not self.is_exempt(ExemptFrom.PASS)

    def is_exempt(self, what: ExemptFrom) -> bool:
        """Whether holders of the document presented need not show this on this direction."""
        document_type = self.situation.holder.document_type
        return self.phase.is_exempt(document_type, self.direction.id, what)

    def _in_slot(self) -> PassClaims | None:
        shown, now = self.readable_pass, self.situation.now
        if shown is None or self.holds(shown.holder_tag, shown.holder_period) is False:
            return None
        return shown if shown.slot_start <= now < self.admitted_until(shown) else None

    def admitted_until(self, shown: PassClaims) -> datetime:
        """The end of the pass's slot and of the grace that the direction gives, excluded."""
        lateness = self.direction.lateness
        if lateness is None:
            return shown.slot_end
        return shown.slot_end + timedelta(minutes=lateness.grace_minutes)

    @property
    def service_day(self) -> date:
        """The day this crossing counts for: the pass's own in its slot, else by the direction's."""
        shown, situation = self.in_slot, self.situation
        if shown is not None:
            return shown.service_day
        return service_day(situation.now, self.direction.slots or (), situation.version.zone)

    def judged(self, at: JudgedAt) -> datetime:
        """When a code or a test must be valid: now, or at the start of the slot that it is now."""
        shown = self.in_slot if at is JudgedAt.SLOT_START else None
        return self.situation.now if shown is None else shown.slot_start

    def holds(self, tag: bytes, period: str) -> bool | None:
        """Whether the tag is of the document presented; ``None`` without that month's key."""
        own = self.situation.holder.tags.get(period)
        return None if own is None else own == tag

    def reason(
        self, code: ReasonCode, clause: str = "", basis: Basis | None = None, **facts: str
    ) -> Reason:
        """A reason that rests on a clause of the phase, given by its path within it."""
        path = f"phases/{self.phase.id}/{clause}" if clause else f"phases/{self.phase.id}"
        claims = (self.phase.basis if basis is None else basis).claims
        return Reason(code=code, clause=path, claims=claims, facts=facts)

    def credentials_basis(self) -> Basis | None:
        """What the phase lays down about credentials, if anything."""
        return None if self.phase.credentials is None else self.phase.credentials.basis

    def clock(self, instant: datetime) -> str:
        """The time of day of an instant in the scheme's zone, such as ``18:30``."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def local(self, instant: datetime) -> str:
        """An instant in the scheme's zone with its offset, such as ``2021-12-13T18:30+08:00``."""
        return instant.astimezone(self.zone).isoformat(timespec="minutes")
