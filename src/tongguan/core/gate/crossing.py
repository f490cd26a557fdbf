"""A crossing with the clauses that govern it, from which every check makes its reasons."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tongguan.core.decisions import Reason
from tongguan.core.gate.situation import GateSituation
from tongguan.core.passes.claims import PassClaims
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Basis, Direction, Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """A situation whose phase and direction stand in the version."""

    situation: GateSituation
    phase: Phase
    direction: Direction

    @property
    def readable_pass(self) -> PassClaims | None:
        """The pass's claims, when a pass was shown and could be read."""
        shown = self.situation.pass_
        return shown if isinstance(shown, PassClaims) else None

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
        return f"{instant.astimezone(ZoneInfo(self.situation.version.zone)):%H:%M}"

    def local(self, instant: datetime) -> str:
        """An instant in the scheme's zone with its offset, such as ``2021-12-13T18:30+08:00``."""
        zone = ZoneInfo(self.situation.version.zone)
        return instant.astimezone(zone).isoformat(timespec="minutes")
