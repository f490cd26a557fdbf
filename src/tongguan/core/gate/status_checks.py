"""Whether a code has been revoked, as far as the lists at hand can tell."""

from collections.abc import Iterator
from datetime import timedelta

from tongguan.core.credentials.status_list import StatusFault, StatusList, StatusPurpose
from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.identifiers import AuthorityId
from tongguan.core.reasons import ReasonCode

_ONE_MINUTE = timedelta(minutes=1)


def check_status(
    crossing: Crossing, *, issuer: AuthorityId, list_id: str, index: int, revoked: ReasonCode
) -> Iterator[Reason]:
    """Revoked, for certain even by an old list; or in doubt for want of a list or its age."""
    lists = _newest(crossing.situation.status_lists, issuer, list_id)
    clause, basis = "credentials", crossing.credentials_basis()
    if StatusPurpose.REVOCATION not in lists:
        yield crossing.reason(
            ReasonCode.STATUS_LIST_MISSING, clause, basis, issuer=issuer, list=list_id
        )
    if any(each.is_set(index) is True for each in lists.values()):
        yield crossing.reason(revoked, clause, basis, issuer=issuer)
    stale = [each for each in lists.values() if _is_stale(crossing, each, index)]
    if stale:
        oldest = min(stale, key=lambda each: each.issued_at)
        age = (crossing.situation.now - oldest.issued_at) // _ONE_MINUTE
        yield crossing.reason(
            ReasonCode.STATUS_LIST_STALE,
            clause,
            basis,
            issuer=issuer,
            list=list_id,
            age_minutes=str(age),
        )


def _newest(
    lists: tuple[StatusList, ...], issuer: AuthorityId, list_id: str
) -> dict[StatusPurpose, StatusList]:
    found: dict[StatusPurpose, StatusList] = {}
    for each in lists:
        if each.list_id == list_id and each.issuer == issuer:
            known = found.get(each.purpose)
            if known is None or known.issued_at <= each.issued_at:
                found[each.purpose] = each
    return found


def _is_stale(crossing: Crossing, status_list: StatusList, index: int) -> bool:
    """Too old, from a future that this gate's clock does not know, or older than the code."""
    if status_list.is_set(index) is StatusFault.INDEX_OUT_OF_RANGE:
        return True
    rule = crossing.phase.credentials
    if rule is None:
        return False
    age = abs(crossing.situation.now - status_list.issued_at)
    return age > timedelta(minutes=rule.status_list_age_minutes_max)
