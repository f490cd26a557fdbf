"""A health code that somebody shows, as this authority knows it: whose, until when, revoked or not.

Nothing is asked of another authority and nothing of the person is looked up: it all stands in the
code, in the lists that are at hand and in what is recognised.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tongguan.app.authorities import Authority
from tongguan.app.gates import known_status_lists
from tongguan.app.ports import Transaction
from tongguan.app.recognition import recognised_keys
from tongguan.app.schemes import trusted_keys
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.status_list import StatusPurpose
from tongguan.core.gate.health_checks import CLOCKS_DIFFER_MAX
from tongguan.core.health.code import HealthCodeClaims, read_health_code
from tongguan.core.recognition.references import RecognisedUse


class CodeStatus(StrEnum):
    """What the lists at hand say of a code."""

    NOT_REVOKED = "not_revoked"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """No list at hand has it."""


class CodeTime(StrEnum):
    """Whether a code holds at an instant, by its own dates."""

    EXPIRED = "expired"
    HOLDS = "holds"
    NOT_YET_VALID = "not_yet_valid"


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeLook:
    """A code whose signature was verified, at an instant."""

    claims: HealthCodeClaims = field(repr=False)
    time: CodeTime
    status: CodeStatus
    list_issued_at: datetime | None
    """Of the newest list that says so; ``None`` without one."""
    is_recognised: bool
    """Whether it is this authority's own, or under a key that it recognises now."""

    @property
    def counts(self) -> bool:
        """Whether nothing that is known here speaks against taking it for what it says."""
        return (
            self.is_recognised
            and self.time is CodeTime.HOLDS
            and self.status is CodeStatus.NOT_REVOKED
        )


def look_at_code(authority: Authority, text: str) -> CodeLook | Unreadable:
    """What the code says under the keys of this authority and of those whose keys it pinned."""
    with authority.database.transaction() as transaction:
        now = transaction.now
        claims = read_health_code(text, trusted_keys(authority, transaction))
        if isinstance(claims, Unreadable):
            return claims
        status, list_issued_at = _status(authority, transaction, claims)
        recognised = recognised_keys(authority, transaction, RecognisedUse.HEALTH_CODE, now)
        counts = claims.issuer == authority.id or isinstance(
            read_health_code(text, recognised), HealthCodeClaims
        )
    return CodeLook(
        claims=claims,
        time=_time(claims, now),
        status=status,
        list_issued_at=list_issued_at,
        is_recognised=counts,
    )


def _time(claims: HealthCodeClaims, now: datetime) -> CodeTime:
    if now >= claims.valid_until:
        return CodeTime.EXPIRED
    if claims.issued_at - now > CLOCKS_DIFFER_MAX:
        return CodeTime.NOT_YET_VALID
    return CodeTime.HOLDS


def _status(
    authority: Authority, transaction: Transaction, claims: HealthCodeClaims
) -> tuple[CodeStatus, datetime | None]:
    """By every list of the code's name, as a gate takes them: one set bit is enough."""
    lists = [
        each
        for each in known_status_lists(authority, transaction)
        if (each.issuer, each.list_id) == (claims.issuer, claims.status_list)
    ]
    bits = [(each, each.is_set(claims.status_index)) for each in lists]
    set_in = [each.issued_at for each, bit in bits if bit is True]
    if set_in:
        return CodeStatus.REVOKED, max(set_in)
    clear = [
        each.issued_at
        for each, bit in bits
        if bit is False and each.purpose is StatusPurpose.REVOCATION
    ]
    return (CodeStatus.NOT_REVOKED, max(clear)) if clear else (CodeStatus.UNKNOWN, None)
