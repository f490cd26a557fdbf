"""Personal data goes when the scheme says so: rows are deleted, not hidden."""

from collections.abc import Mapping
from datetime import date

from tongguan.app.authorities import Authority
from tongguan.app.schemes import what_holds
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day


def delete_expired(authority: Authority) -> Mapping[str, int]:
    """Delete every row whose last day has passed; the number of rows by table.

    After the end date of the scheme's data every row of a person goes, whatever day it was kept
    for under an earlier text.
    """
    with authority.database.transaction() as transaction:
        # A transition writes anew what journeys hold: none may go while it does.
        transaction.ledger.hold_text()
        holding = what_holds(transaction)
        if holding is None:
            return {}
        today = local_day(transaction.now, holding.version.zone)
        ends = holding.version.data.ends
        is_over = ends is not None and today > ends
        deleted = transaction.retention.delete_before(date.max if is_over else today)
        for table, rows in deleted.items():
            transaction.audit.record(
                AuditEntry(
                    at=transaction.now,
                    actor="retention",
                    action="retention.delete",
                    subject=table,
                    outcome=str(rows),
                )
            )
        return deleted
