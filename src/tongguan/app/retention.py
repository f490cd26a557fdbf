"""Personal data goes when the scheme says so: rows are deleted, not hidden."""

from collections.abc import Mapping
from datetime import date

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.retention_port import ApplicationDue
from tongguan.app.schemes import delete_after, version_by_digest, what_holds
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day

_APPLICATIONS_AT_ONCE = 1000
"""Few enough that whoever books meanwhile waits only moments."""
_ROWS_AT_ONCE = 5000
_JOURNEYS_AT_ONCE = 200
"""Few enough that nobody waits long for the rows that forgetting them locks."""


def delete_expired(authority: Authority) -> Mapping[str, int]:
    """Delete every row whose last day has passed; the number of rows by table.

    After the end date of the scheme's data every row of a person goes, whatever day it was kept
    for under an earlier text.
    """
    with authority.database.transaction() as transaction:
        # A transition writes anew what journeys hold: none may go while it does.
        transaction.ledger.hold_text()
        today = _today(transaction)
        if today is None:
            return {}
        deleted = dict(transaction.retention.delete_before(today))
        _record(transaction, deleted)
    deleted["application"] = _delete_applications(authority, today)
    # The ledger's rows go in steps of their own: each keeps the order of locks from its beginning.
    forgotten = _forget_journeys(authority, today)
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text()
        deleted |= {
            "journey": forgotten,
            "quota_window": transaction.retention.delete_windows_before(today),
        }
        steps = ("application", "journey", "quota_window")
        _record(transaction, {name: deleted[name] for name in steps})
    _sweep(authority)
    return deleted


def _today(transaction: Transaction) -> date | None:
    """The day before whose end rows go: any, once all data end; ``None`` where nothing holds."""
    holding = what_holds(transaction)
    if holding is None:
        return None
    today = local_day(transaction.now, holding.version.zone)
    ends = holding.version.data.ends
    return date.max if ends is not None and today > ends else today


def _delete_applications(authority: Authority, today: date) -> int:
    """Delete those that no journey needs any more; a journey keeps its application to its end.

    Booking writes nothing about that, so that it need not rewrite an application; it is worked out
    here, a few at a time, at moments at which nobody is booking.
    """
    deleted = 0
    while True:
        with authority.database.transaction() as transaction:
            transaction.ledger.hold_text_alone()
            due = transaction.retention.applications_due(today, _APPLICATIONS_AT_ONCE)
            kept = {each.id: day for each in due if (day := _kept_until(transaction, each))}
            kept = {id_: day for id_, day in kept.items() if day >= today}
            transaction.applications.keep_all_until(kept)
            over = [each.id for each in due if each.id not in kept]
            deleted += transaction.retention.delete_applications(over)
        if len(due) < _APPLICATIONS_AT_ONCE:
            return deleted


def _kept_until(transaction: Transaction, due: ApplicationDue) -> date | None:
    """The last day on which its journeys keep it, each by the text it stands under."""
    days = [
        delete_after(version_by_digest(transaction, digest), day) for digest, day in due.last_days
    ]
    return max(days, default=None)


def _forget_journeys(authority: Authority, today: date) -> int:
    with authority.database.transaction() as transaction:
        over = transaction.retention.journeys_over(today)
    for first in range(0, len(over), _JOURNEYS_AT_ONCE):
        with authority.database.transaction() as transaction:
            transaction.ledger.hold_text()
            transaction.retention.forget_journeys(over[first : first + _JOURNEYS_AT_ONCE])
    return len(over)


def _sweep(authority: Authority) -> None:
    """Delete persons' rows without a journey, at a moment at which nobody is booking."""
    with authority.database.transaction() as transaction:
        if not transaction.retention.has_empty_rows():
            return
    swept = _ROWS_AT_ONCE
    while swept == _ROWS_AT_ONCE:
        with authority.database.transaction() as transaction:
            transaction.ledger.hold_text_alone()
            swept = transaction.ledger.sweep(_ROWS_AT_ONCE)


def _record(transaction: Transaction, deleted: Mapping[str, int]) -> None:
    transaction.audit.record_many(
        [
            AuditEntry(
                at=transaction.now,
                actor="retention",
                action="retention.delete",
                subject=table,
                outcome=str(rows),
            )
            for table, rows in deleted.items()
        ]
    )
