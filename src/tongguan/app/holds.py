"""Holds: places kept for some minutes, until the party confirms them or their hour comes."""

from datetime import datetime
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.stores import AuditEntry

EXPIRED_AT_ONCE_MAX: Final = 500
"""Holds given back in one transaction: others wait for the windows that it locks."""
_ROUNDS_MAX: Final = 200


def expire_holds(authority: Authority) -> int:
    """Give back everything that is held beyond its hour; the number of holds.

    Any number at once, and again after a failure: each is given back once.
    """
    total = 0
    asked_at: datetime | None = None
    for _ in range(_ROUNDS_MAX):
        with authority.database.transaction() as transaction:
            # What falls due from now on is no older than this call, and others' to give back.
            asked_at = asked_at or transaction.now
            # Not how few were given back: another may have given back the same meanwhile.
            if not transaction.ledger.holds_due(asked_at):
                break
        total += _expire_some(authority)
    return total


def are_holds_due(authority: Authority) -> bool:
    """Whether something is held beyond its hour."""
    with authority.database.transaction() as transaction:
        return transaction.ledger.holds_due(transaction.now)


def _expire_some(authority: Authority) -> int:
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text()
        expired = transaction.ledger.expire(transaction.now, EXPIRED_AT_ONCE_MAX)
        transaction.audit.record_many(
            [
                AuditEntry(
                    at=transaction.now,
                    actor=f"authority {authority.id}",
                    action="journey.expire",
                    subject=journey.id,
                    outcome="expired",
                )
                for journey in expired
            ]
        )
        return len(expired)
