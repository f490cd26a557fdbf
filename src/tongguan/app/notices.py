"""Notices: what holders are told when the scheme changes; part of the change's own transaction."""

from collections.abc import Mapping

from tongguan.app.authorities import Authority
from tongguan.app.change_stores import Notice
from tongguan.app.ports import Transaction
from tongguan.core.identifiers import ApplicationId, JourneyId
from tongguan.core.notices import NoticeCode

_NO_FACTS: Mapping[str, str] = {}


def add_notice(
    transaction: Transaction,
    application: ApplicationId,
    code: NoticeCode,
    *,
    journey: JourneyId | None = None,
    facts: Mapping[str, str] = _NO_FACTS,
) -> Notice:
    """Tell the holders of an application; kept exactly when what they are told of is kept."""
    notice = Notice(
        application=application, journey=journey, code=code, facts=facts, at=transaction.now
    )
    transaction.notices.add([notice])
    return notice


def notices_of(authority: Authority, application: ApplicationId) -> tuple[Notice, ...]:
    """What the holders of an application were told, the newest first."""
    with authority.database.transaction() as transaction:
        return transaction.notices.of_applications([application])
