"""Notices of evidence: part of the transaction in which what they tell of is kept."""

from collections.abc import Mapping
from datetime import date

from tongguan.app.authorities import Authority
from tongguan.app.control.store import HealthNotice
from tongguan.app.ports import Transaction
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import PersonKey


def tell(
    transaction: Transaction,
    person: PersonKey,
    code: HealthNoticeCode,
    facts: Mapping[str, str],
    *,
    delete_after: date,
) -> HealthNotice:
    """Tell a person; kept exactly when what they are told of is kept."""
    notice = HealthNotice(person=person, code=code.value, facts=facts, at=transaction.now)
    transaction.controls.tell(notice, delete_after)
    return notice


def health_notices_of(authority: Authority, person: PersonKey) -> tuple[HealthNotice, ...]:
    """What a person was told, the newest first."""
    with authority.database.transaction() as transaction:
        return transaction.controls.told(person)
