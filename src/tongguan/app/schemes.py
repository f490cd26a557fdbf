"""Versions adopted, acts signed and received, and what holds at an instant because of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import VersionDigest
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.state import PhaseState


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """The version and phase in force, or last in force, and its state now."""

    version: Version
    digest: VersionDigest
    phase: Phase
    state: PhaseState
    since: datetime

    def takes_applications(self) -> Decision | None:
        """``None`` while the phase is active; else a refusal that says what it is."""
        if self.state is PhaseState.ACTIVE:
            return None
        codes = {
            PhaseState.SUSPENDED: ReasonCode.PHASE_SUSPENDED,
            PhaseState.ENDED: ReasonCode.PHASE_ENDED,
        }
        reason = Reason(
            code=codes.get(self.state, ReasonCode.PHASE_NOT_ACTIVE),
            clause=f"phases/{self.phase.id}",
            claims=self.phase.basis.claims,
        )
        return Decision(outcome=Outcome.REFUSE, reasons=(reason,))

    def delete_after(self, last_day: date) -> date:
        """The last day personal data of a matter that ends on ``last_day`` is kept."""
        kept = last_day + timedelta(days=self.version.data.retention_days or 0)
        return min(kept, self.version.data.ends or kept)


def what_holds(authority: Authority, transaction: Transaction) -> Holding | None:
    """The phase that was activated last, with its state now; ``None`` before any activation."""
    raise NotImplementedError
