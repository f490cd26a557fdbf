"""The claims behind a refusal of the ledger, which knows the clause by its path alone."""

from collections.abc import Iterable
from dataclasses import replace

from tongguan.core.decisions import Reason
from tongguan.core.identifiers import ClaimId
from tongguan.core.scheme.model import Phase


def cited(phase: Phase, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The same reasons, each with the claims that its clause of this phase cites."""
    claims = _claims_by_clause(phase)
    return tuple(
        reason if reason.claims else replace(reason, claims=_find(claims, reason.clause))
        for reason in reasons
    )


def _claims_by_clause(phase: Phase) -> dict[str, tuple[ClaimId, ...]]:
    quotas = {f"phases/{phase.id}/quotas/{each.id}": each.basis.claims for each in phase.quotas}
    bookings = {
        f"phases/{phase.id}/directions/{each.id}/booking": each.booking.basis.claims
        for each in phase.directions
        if each.booking is not None
    }
    return quotas | bookings


def _find(claims: dict[str, tuple[ClaimId, ...]], clause: str) -> tuple[ClaimId, ...]:
    """Those of the clause itself, or of the block that it stands in."""
    return claims.get(clause) or claims.get(clause.rpartition("/")[0], ())
