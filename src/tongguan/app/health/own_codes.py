"""What became of the newest code of a registration, for its holder, in whichever browser."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tongguan.app.authorities import Authority
from tongguan.core.identifiers import RegistrationId


class CodeState(StrEnum):
    """What the newest code of a registration is."""

    HOLDS = "holds"
    OVER = "over"
    """Its day has ended."""
    WITHDRAWN = "withdrawn"
    """It would hold still, had it not been revoked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewestCode:
    """The newest code of a registration."""

    state: CodeState
    since: datetime | None
    """When it was over or withdrawn; ``None`` of one that holds."""


def newest_code(authority: Authority, registration: RegistrationId) -> NewestCode | None:
    """The newest code that was issued for a registration; ``None`` without any."""
    with authority.database.transaction() as transaction:
        kept = transaction.registrations.get(registration)
        if kept is None:
            return None
        last, now = transaction.health_codes.last_of(kept.person, registration), transaction.now
    if last is None:
        return None
    if last.valid_until <= now:
        return NewestCode(state=CodeState.OVER, since=last.valid_until)
    if last.revoked_at is not None:
        return NewestCode(state=CodeState.WITHDRAWN, since=last.revoked_at)
    return NewestCode(state=CodeState.HOLDS, since=None)
