"""A decision is a value that says why: outcome, ordered reasons, clauses, facts, remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tongguan.core.identifiers import ClaimId
from tongguan.core.reasons import ReasonCode


class Outcome(StrEnum):
    """What is decided: at a desk (grant, refuse, refer) or at a gate (admit, deny, refer)."""

    ADMIT = "admit"
    DENY = "deny"
    GRANT = "grant"
    REFER = "refer"
    """An officer decides; nobody has been refused."""
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why: a code with words in three languages, the clause it rests on, and the facts."""

    code: ReasonCode
    clause: str = ""
    """Path of the clause in the signed text, such as ``phases/pilot/quotas/business-week``."""
    claims: tuple[ClaimId, ...] = ()
    """The claims the clause cites; empty when it is assumed or rests on no clause."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the decision rests on, by name; never personal data, always printable."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """An outcome with its reasons, the one that helps the person most first."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()

    @property
    def codes(self) -> tuple[ReasonCode, ...]:
        """The reason codes in order."""
        return tuple(reason.code for reason in self.reasons)
